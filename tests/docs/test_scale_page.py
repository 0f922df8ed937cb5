"""The page on scale: its examples run, and print what is shown."""

from documentation import ROOT, go_to_clone, page, refuse_dead_links, run_commands, run_python

PAGE = page("docs/scale.md")


def section(title):
    """Return a section of the page."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_a_search_on_a_cluster(dask_address):
    text = section("Many fits").replace("tcp://scheduler:8786", dask_address)
    assert all(printed == shown for printed, shown in run_python(text))


def test_rows_that_come_in_pieces():
    assert all(printed == shown for printed, shown in run_python(section("Rows that come in pieces")))


def test_commands_print_what_is_shown(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    others = PAGE.replace(section("A fit that is cut off"), "")  # whose commands are run, and killed, elsewhere
    assert run_commands(others) == 3
    assert all(printed == shown for printed, shown in run_python(section("Files larger than memory")))


def test_links_lead_somewhere():
    refuse_dead_links(PAGE, ROOT / "docs")
