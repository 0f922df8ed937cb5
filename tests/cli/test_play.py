"""`selenite play --export`: the page as a file, with a lesson or a link, and what it cannot carry."""

import pytest

from selenite.play.link import Link, encode_link
from selenite.play.settings import Settings


@pytest.mark.parametrize(
    "source", [(), ("tutorial:3",), (f"http://127.0.0.1/#{encode_link(Link(Settings(data='circle')))}",)]
)
def test_the_page_is_written(run, tmp_path, source):
    result = run("play", *source, "--export", "page.html")
    assert result.stdout.startswith("Wrote page.html: the whole playground, 0.6 MB.")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("table.csv", "a page by itself takes tutorial:1, tutorial:2, tutorial:3 or a link, no file"),
        ("tutorial:4", "there is no tutorial:4"),
        ("http://127.0.0.1/#1.broken", "link"),
    ],
)
def test_what_it_cannot_carry_is_refused(run, tmp_path, source, message):
    assert message in run("play", source, "--export", "page.html", code=2).stderr
    assert not (tmp_path / "page.html").exists()
