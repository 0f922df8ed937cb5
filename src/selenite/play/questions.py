"""The page's questions, which change nothing: each is answered here and only shown there."""

from __future__ import annotations

from typing import Any

from selenite.errors import OptionError
from selenite.play.insides import At, Bent, Matrix
from selenite.play.link import Link, encode_link, pack_weights
from selenite.play.messages import Message, by_tag
from selenite.play.rows import Depends, Rows
from selenite.play.runs import runs_table
from selenite.play.why import Expand, Why
from selenite.play.workbench import Workbench


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
