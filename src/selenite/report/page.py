"""The page: one HTML text without scripts and addresses, in the order in which a colleague would ask."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from selenite.markup import Markup, element
from selenite.markup import page as whole_page
from selenite.model import Model
from selenite.report.again import again
from selenite.report.data import data
from selenite.report.facts import gather
from selenite.report.good import good
from selenite.report.inside import inside
from selenite.report.matters import matters
from selenite.report.opening import opening, title
from selenite.report.wrong import wrong
from selenite.table import Table

SECTIONS = {
    "good": "How good it is",
    "wrong": "Where it is wrong",
    "matters": "Which columns matter",
    "data": "The data",
    "inside": "What it looks like inside",
    "again": "How to make it again",
}


def report(
    model: Model, table: Table, model_path: str, table_path: str, *, seed: int = 0, day: date | None = None
) -> str:
    """Return the page about a model, and a table with answers; it bears the day, today unless given."""
    facts = gather(model, table, model_path, table_path, day or date.today(), seed)
    contents = element("nav", *(element("a", text, href=f"#{key}") for key, text in SECTIONS.items()))
    return whole_page(
        title(facts),
        opening(facts),
        contents,
        _section("good", good(facts)),
        _section("wrong", wrong(facts)),
        _section("matters", matters(facts)),
        element("div", _section("data", data(facts)), _section("inside", inside(facts)), class_="columns"),
        _section("again", again(facts)),
        style=Path(__file__).with_name("report.css").read_text(encoding="utf-8"),
    )


def _section(key: str, content: Markup) -> Markup:
    return Markup(f"\n{element('section', element('h2', SECTIONS[key]), content, id=key)}")
