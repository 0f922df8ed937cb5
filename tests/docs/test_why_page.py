"""The page about why: its commands print what it shows, and its Python runs."""

from documentation import go_to_clone, page, run_commands, run_python

PAGE = page("docs/why.md")


def test_commands_print_what_is_shown(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    assert run_commands(PAGE) == 5


def test_python_runs_and_prints_what_is_shown():
    (printed, shown), (tree, _) = run_python(PAGE)
    assert printed == shown
    assert tree.startswith("loss ")
    assert all(line.endswith("True") for line in tree.splitlines())
