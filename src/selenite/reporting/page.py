"""The page: one HTML text without scripts and addresses, in the order in which a colleague would ask."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from selenite.markup import Markup, element
from selenite.markup import page as whole_page
from selenite.model import Model
from selenite.reporting.again import again
from selenite.reporting.data import data
from selenite.reporting.facts import EXPLAINING, JUDGING, SHUFFLING, gather
from selenite.reporting.good import good
from selenite.reporting.inside import inside
from selenite.reporting.matters import matters
from selenite.reporting.opening import opening, title
from selenite.reporting.wrong import wrong
from selenite.stages import Stages
from selenite.table import Table

DRAWING = "drawing"  # the last stage
SECTIONS = {
    "good": "How good it is",
    "wrong": "Where it is wrong",
    "matters": "Which columns matter",
    "data": "The data",
    "inside": "What it looks like inside",
    "again": "How to make it again",
}


def report(
    model: Model,
    table: Table,
    model_path: str,
    table_path: str,
    *,
    seed: int = 0,
    day: date | None = None,
    stages: Stages | None = None,
) -> str:
    """Return the page about a model, and a table with answers; it bears the day, today unless given."""
    stages = stages or Stages()
    stages.expect(JUDGING, SHUFFLING, EXPLAINING, DRAWING)
    facts = gather(model, table, model_path, table_path, day or date.today(), seed, stages)
    stages.begin(DRAWING)
    builders = {"good": good, "wrong": wrong, "matters": matters, "data": data, "inside": inside, "again": again}
    section = {}
    for k, (key, build) in enumerate(builders.items()):
        section[key] = _section(key, build(facts))
        stages.done((k + 1) / len(builders))
    contents = element("nav", *(element("a", text, href=f"#{key}") for key, text in SECTIONS.items()))
    return whole_page(
        title(facts),
        opening(facts),
        contents,
        section["good"],
        section["wrong"],
        section["matters"],
        element("div", section["data"], section["inside"], class_="columns"),
        section["again"],
        style=Path(__file__).with_name("report.css").read_text(encoding="utf-8"),
    )


def _section(key: str, content: Markup) -> Markup:
    return Markup(f"\n{element('section', element('h2', SECTIONS[key]), content, id=key)}")
