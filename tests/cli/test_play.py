"""`selenite play`: what it begins with, the page as a file, and what is refused."""

import re
import sys

import pytest
from click.testing import CliRunner

from selenite.cli import group
from selenite.cli.play import N_LESSONS
from selenite.play.one_file import PAGE

LINK = "1.eNqrVipOLSnJzEsvVrJSqFZKSSxJBDKUkjOLknNSlWprAbZBCu4"  # to the circle


@pytest.mark.parametrize(
    "source", [(), ("tutorial:3",), (f"http://127.0.0.1/#{LINK}",), ("file:///p.html#lesson=rate",)]
)
def test_the_page_is_written(run, tmp_path, source):
    result = run("play", *source, "--export", "page.html")
    assert result.stdout.startswith("Wrote page.html: the whole playground, 0.")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("table.csv", "a page by itself takes tutorial:1 to tutorial:3, lesson:1 to lesson:10 or a link, no file"),
        ("tutorial:4", "there is no tutorial:4"),
        ("lesson:11", "there is no lesson:11; there are tutorial:1 to tutorial:3, and lesson:1 to lesson:10"),
        ("http://127.0.0.1/#1.broken", "is no link of the playground, or was cut off"),
        (f"http://127.0.0.1/#{LINK[:-8]}!", "is no link of the playground, or was cut off"),
        ("http://127.0.0.1/#<script>", "is no link of the playground, or was cut off"),
    ],
)
def test_what_it_cannot_carry_is_refused(run, tmp_path, source, message):
    assert message in run("play", source, "--export", "page.html", code=2).stderr
    assert not (tmp_path / "page.html").exists()


def test_it_knows_how_many_lessons_there_are():
    course = (PAGE / "worker/lessons.js").read_text(encoding="utf-8")
    assert len(re.findall(r'^    title: ".*", docs: ', course, re.MULTILINE)) == N_LESSONS


@pytest.mark.parametrize(
    ("source", "begins"), [("tutorial:1", "lesson=part1"), ("lesson:7", "lesson=7"), (f"x#{LINK}", LINK)]
)
def test_the_address_carries_what_the_page_begins_with(monkeypatch, source, begins):
    play = pytest.importorskip("selenite.play.server", reason="the playground needs starlette and uvicorn")
    monkeypatch.setattr(play.Playground, "serve", lambda playground, browser: None)
    assert f"&{begins}\n" in CliRunner().invoke(group, ["play", source, "--no-browser"]).output


def test_the_page_begins_with_what_columns_are_said_to_be(monkeypatch, tmp_path):
    play = pytest.importorskip("selenite.play.server", reason="the playground needs starlette and uvicorn")
    begun = []
    monkeypatch.setattr(play.Playground, "serve", lambda playground, browser: begun.append(playground.first()))
    (tmp_path / "t.csv").write_text("zip,city,y\n" + "".join(f"{i % 5},{'ab'[i % 2]},{i % 3}\n" for i in range(30)))
    arguments = ["play", str(tmp_path / "t.csv"), "--no-browser", "--kind"]
    assert CliRunner().invoke(group, [*arguments, "zip=category,city=text"]).exit_code == 0
    assert begun[0]["table"]["kinds"] == (("zip", "category"), ("city", "text"))
    for kind, refusal in {
        "zip=yes/no": "on the page a column can be number, category, date, text, identifier",
        "zip=date": 'line 2: column "zip" cannot be of kind date: it holds "0", which is no date',
        "city=number": 'column "city" cannot be of kind number: it holds text such as "a", not numbers',
        "town=category": 'has no column "town"',
    }.items():
        result = CliRunner().invoke(group, [*arguments, kind])
        assert (result.exit_code, refusal in result.output) == (2, True), result.output
    assert "--kind a=category is for a table" in CliRunner().invoke(group, ["play", "--kind", "a=category"]).output


def test_the_command_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "selenite.play.server", raising=False)
    monkeypatch.delattr("selenite.play.server", raising=False)
    monkeypatch.delitem(sys.modules, "selenite.serving.door", raising=False)
    monkeypatch.delattr("selenite.serving.door", raising=False)
    result = CliRunner().invoke(group, ["play", "--no-browser"])
    assert result.exit_code == 2
    assert "pip install 'selenite[play]'" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--host", "0.0.0.0"],
        ["tutorial:4"],
        ["none.csv"],
        ["none.selenite"],
        ["iris.csv", "more.csv"],
        ["--port", "99999"],
    ],
)
def test_the_command_refuses(arguments):
    assert CliRunner().invoke(group, ["play", "--no-browser", *arguments]).exit_code in (2, 3, 5)
