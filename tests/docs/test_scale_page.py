"""The page on scale: its examples run, and print what is shown."""

from documentation import page, run_python

PAGE = page("docs/scale.md")


def section(title):
    """Return a section of the page."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_a_search_on_a_cluster(dask_address):
    text = section("Many fits").replace("tcp://scheduler:8786", dask_address)
    assert all(printed == shown for printed, shown in run_python(text))
