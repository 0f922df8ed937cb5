"""The page: one HTML text without scripts and addresses, in the order in which a colleague would ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from html import escape
from os import PathLike, fspath
from pathlib import Path
from typing import Any

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
from selenite.text import path_text
from selenite.writing import write

DRAWING = "drawing"  # the last stage
SECTIONS = {
    "good": "How good it is",
    "wrong": "Where it is wrong",
    "matters": "Which columns matter",
    "data": "The data",
    "inside": "What it looks like inside",
    "again": "How to make it again",
}


@dataclass(frozen=True, repr=False)
class Report:
    """One page about a model.

    Attributes
    ----------
    html : str
        The page: it needs no network and no script.
    model, file, page : str or None
        The paths of the model, of the table, and of the page once it is saved.
    """

    html: str
    model: str | None = None
    file: str | None = None
    page: str | None = None

    def save(self, path: str | PathLike[str]) -> Report:
        """Write the page; return the report that knows where it is."""
        write(path, self.html.encode())
        return replace(self, page=fspath(path))

    def to_dict(self) -> dict[str, Any]:
        """Return where things are and how long the page is: what `selenite report --json` prints."""
        paths = {name: getattr(self, name) for name in ("model", "file", "page")}
        named = {name: None if path is None else path_text(path) for name, path in paths.items()}
        return {**named, "bytes": len(self.html.encode())}

    def __repr__(self) -> str:
        where = "not saved" if self.page is None else self.page
        return f"<Report, a page of {len(self.html.encode()) / 1000:,.0f} kB: {where}>"

    def _repr_html_(self) -> str:
        """Return the page in a frame, for a notebook."""
        return f'<iframe srcdoc="{escape(self.html)}" style="width: 100%; height: 80vh; border: 0"></iframe>'


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
