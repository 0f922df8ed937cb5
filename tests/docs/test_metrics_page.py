"""The page on metrics and decisions: its commands and its Python run, and say what is shown."""

from documentation import ROOT, go_to_clone, page, refuse_dead_links, run_commands, run_python

PAGE = page("docs/metrics.md")


def test_it_shows_what_is_said(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    assert run_commands(PAGE) == 4
    assert all(printed == shown for printed, shown in run_python(PAGE))
    refuse_dead_links(PAGE, ROOT / "docs")
