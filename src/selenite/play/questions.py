"""The page's questions, which change nothing: each is answered here and only shown there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from selenite.errors import OptionError
from selenite.play.insides import bent_plane, matrix_of
from selenite.play.link import Link, encode_link, pack_weights
from selenite.play.messages import Class, Count, Layer, Message, Place, Unit, UnitBefore, by_tag
from selenite.play.picture import answer_at
from selenite.play.rows import dependence, rows_table
from selenite.play.runs import runs_table
from selenite.play.why import TERMS, check_openable, explanation, opened_number
from selenite.play.workbench import Workbench


class Why(Message, frozen=True, tag="why"):
    """Why is this number what it is?"""

    layer: Layer
    unit: Unit
    before: UnitBefore | None = None
    part: Literal["forward", "backward", "update"] = "forward"

    def act(self, bench: Workbench) -> dict[str, Any]:
        return explanation(bench.session, bench.followed, self.layer, self.unit, self.before, self.part)


class Expand(Message, frozen=True, tag="expand"):
    """A number inside an explanation that is opened: of the followed row, or of a row of the batch."""

    address: Annotated[str, msgspec.Meta(max_length=4000)]
    batch: bool = False
    terms: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = TERMS

    def act(self, bench: Workbench) -> dict[str, Any]:
        check_openable(bench.session, self.address, self.batch)
        return opened_number(bench.session, bench.followed, self.address, self.batch, self.terms)


class Matrix(Message, frozen=True, tag="matrix"):
    """All weights of a layer; 0 is the first."""

    layer: Layer

    def act(self, bench: Workbench) -> dict[str, Any]:
        return matrix_of(bench.session, bench.followed, self.layer)


class Bent(Message, frozen=True, tag="bent"):
    """The plane as a hidden layer bends it, in the space of two of its units; none: those that count most."""

    layer: Annotated[int, msgspec.Meta(ge=1, le=10)]
    units: tuple[Unit, Unit] | None = None

    def act(self, bench: Workbench) -> dict[str, Any]:
        return bent_plane(bench.session, bench.view, self.layer, self.units)


class Rows(Message, frozen=True, tag="rows"):
    """A part of the table of rows, sorted by one of its columns."""

    by: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    descending: bool = False
    start: Count = 0

    def act(self, bench: Workbench) -> dict[str, Any]:
        return rows_table(bench.session, self.by, self.descending, self.start)


class Depends(Message, frozen=True, tag="depends"):
    """How the answer depends on a column; of classes, the probability of one of them."""

    column: Annotated[str, msgspec.Meta(max_length=2000)]
    of_class: Class = 0

    def act(self, bench: Workbench) -> dict[str, Any]:
        return dependence(bench.session, bench.followed, self.column, self.of_class)


class At(Message, frozen=True, tag="at"):
    """The answer at a place of the plane."""

    x: Place
    y: Place

    def act(self, bench: Workbench) -> dict[str, Any]:
        return answer_at(bench.session, bench.view, self.x, self.y)


class Runs(Message, frozen=True, tag="runs"):
    """The table of runs."""

    def act(self, bench: Workbench) -> list[dict[str, Any]]:
        return runs_table(bench.runs, bench.session, bench.file.source if bench.file else None)


class GetLink(Message, frozen=True, tag="link"):
    """The fragment of a link to what stands here."""

    def act(self, bench: Workbench) -> str:
        session = bench.session
        if session.finished:
            raise OptionError("a link carries settings and few weights, no model; share its file")
        points = tuple(bench.drawn) if session.settings.data == "drawn" else ()
        weights = pack_weights(session.parameters)
        return encode_link(Link(session.settings, session.epoch, weights, points, bench.lesson, bench.hidden))


Question = Why | Expand | Matrix | Bent | Rows | Depends | At | Runs | GetLink
QUESTIONS = by_tag(Question)
