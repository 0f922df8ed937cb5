"""The README's examples run, and the commands print what it shows; so do the pages that have no test of their own."""

import re

import pytest

from documentation import ROOT, call, go_to_clone, page, refuse_dead_links, run_commands, run_python

README = page("README.md")


def test_python_examples_run(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    assert sum(len(printed.splitlines()) for printed, _ in run_python(README)) >= 4


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_page_of_the_mlp_estimators_runs_and_shows_what_it_prints():
    _, (by_lm, _), (diagnosis, shown) = run_python(page("docs/mlp.md"))
    assert float(by_lm.split()[1]) < 0.01
    printed, expected = diagnosis.splitlines(), shown.splitlines()
    assert printed[0] == expected[0]
    assert [line.partition(":")[0] for line in printed] == [line.partition(":")[0] for line in expected]


def test_the_page_of_the_recipe_runs(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    (printed, _), (varying, _) = run_python(page("docs/accuracy.md"))
    assert printed.startswith('Model of column "target", a number, from 3 columns by 6 networks')
    assert re.fullmatch(r"0\.7\d ±0\.0\d\n", varying)


def test_commands_print_what_is_shown(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    for language, file in (("js", "ask.mjs"), ("c", "ask.c")):
        tmp_path.joinpath(file).write_text(re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1])
    assert run_commands(README) == 11


def test_the_page_that_was_taken_home_opens(tmp_path, monkeypatch, offline_page):
    go_to_clone(tmp_path, monkeypatch)
    (fit,) = re.findall(r"^\$ selenite (fit .*)$", README, re.MULTILINE)
    (export,) = re.findall(r"^\$ selenite (export .* --to html .*)$", README, re.MULTILINE)
    call(f"{fit} --preset fast --epochs 5")
    file = call(export).splitlines()[0]
    page = offline_page
    page.goto((tmp_path / file).as_uri())
    page.wait_for_selector("#adds:not([aria-busy])")
    assert page.text_content("h1") == "target predicted from 8 columns"


def test_links_lead_somewhere():
    refuse_dead_links(README, ROOT)
