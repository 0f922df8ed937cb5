"""The page on scale: its examples run, and print what is shown."""

import pytest

from documentation import ROOT, go_to_clone, page, refuse_dead_links, run_commands, run_python

PAGE = page("docs/scale.md")


def section(title):
    """Return a section of the page."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_a_search_on_a_cluster():
    """The cluster is a thread of this process; tests/estimators/test_many_fits.py has one of two processes."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster:
        text = section("Many fits").replace("tcp://scheduler:8786", cluster.scheduler_address)
        assert all(printed == shown for printed, shown in run_python(text))


def test_rows_that_come_in_pieces():
    assert all(printed == shown for printed, shown in run_python(section("Rows that come in pieces")))


def test_a_search_for_better_settings(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    assert run_commands(section("A search for better settings")) == 1


def test_a_model_that_goes_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head, *rows = ROOT.joinpath("tests/data/pima_diabetes.csv").read_text().splitlines()
    (tmp_path / "old.csv").write_text("\n".join([head, *rows[:500]]))
    (tmp_path / "new.csv").write_text("\n".join([head, *rows[500:]]))
    text = section("A model that goes on with new rows")
    assert run_commands(text) == 2
    assert all(printed == shown for printed, shown in run_python(text))


def test_a_fit_in_pieces(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    assert run_commands(section("A fit of a table larger than memory")) == 1


def test_files_larger_than_memory(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    text = section("Files larger than memory")
    assert run_commands(text) == 3
    assert all(printed == shown for printed, shown in run_python(text))


def test_a_fit_by_several_processes(tmp_path, monkeypatch):
    pytest.importorskip("mpi4py", reason="no mpi4py (extra mpi): several processes were NOT tested")
    go_to_clone(tmp_path, monkeypatch)
    assert run_commands(section("A fit by several processes")) == 2


def test_links_lead_somewhere():
    refuse_dead_links(PAGE, ROOT / "docs")
