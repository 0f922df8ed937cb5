"""The page on Python: its examples run, and print what is shown."""

from pathlib import Path

from documentation import ROOT, go_to_clone, page, refuse_dead_links, run_python

PAGE = page("docs/python.md")


def test_its_examples_print_what_is_shown(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    for printed, shown in run_python(PAGE, "docs/python.md"):
        assert printed == shown


def test_its_links_lead_somewhere():
    refuse_dead_links(PAGE, Path(ROOT) / "docs")
