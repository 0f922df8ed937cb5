"""The page on differences: its commands and its Python run, and say what is shown."""

import re

from documentation import ROOT, call, page, refuse_dead_links, run_commands, run_python

PAGE = page("docs/diff.md")


def words(text):
    """Return text without its numbers and cells, which another processor's last digits may move."""
    return re.sub(r"[-\d.,e]*\d[-\d.,e]*|missing", "#", text).split()


def test_it_shows_what_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head, *rows = ROOT.joinpath("tests/data/pima_diabetes.csv").read_text().splitlines()
    (tmp_path / "people.csv").write_text("\n".join([head, *rows[:500]]))
    (tmp_path / "new.csv").write_text("\n".join([head, *rows[500:]]))
    block = re.search(r"```console\n(.*?)```", PAGE, re.DOTALL)[1]
    *fits, diff = re.findall(r"^\$ selenite (.*)$", block, re.MULTILINE)
    for line in fits:
        call(line)
    assert words(call(diff)) == words(block.partition(f"{diff}\n")[2])
    assert run_commands(PAGE.partition("## Exports")[2]) == 2
    assert all(printed == shown for printed, shown in run_python(PAGE))
    refuse_dead_links(PAGE, ROOT / "docs")
