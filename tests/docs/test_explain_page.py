"""The page about explaining predictions runs, and shows what is printed."""

from pathlib import Path

import pytest

from documentation import call, go_to_clone, page, run_commands, run_python

PAGE = page("docs/explain.md")


def test_the_python_runs(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    (one_row, _), (whole_table, _) = run_python(PAGE)
    assert one_row.splitlines()[8] == "True"
    assert len(whole_table.splitlines()) == 3


def test_the_commands_print_what_is_shown(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    pytest.importorskip("matplotlib")
    call("fit tests/data/pima_diabetes.csv --target target -o diabetes.selenite -q --epochs 5 --members 1")
    assert run_commands(PAGE) == 3
    assert Path("report.html").stat().st_size > 100_000
