"""The page's questions, which change nothing: each is answered here and only shown there."""

from __future__ import annotations

from typing import Any

from selenite.errors import OptionError
from selenite.play.insides import answer_at, bent_plane, weights_of_layer
from selenite.play.link import Link, encode_link, pack_weights
from selenite.play.messages import messages
from selenite.play.rows import dependence, rows_table
from selenite.play.runs import runs_table
from selenite.play.why import explanation, opened_number
from selenite.play.workbench import Workbench


def runs_here(bench: Workbench) -> list[dict[str, Any]]:
    """Return the table of runs."""
    return runs_table(bench.runs, bench.session, bench.file.source if bench.file else None)


def link_here(bench: Workbench) -> str:
    """Return the fragment of a link to what stands here."""
    session = bench.session
    if session.finished:
        raise OptionError("a link carries settings and few weights, no model; share its file")
    points = tuple(bench.drawn) if session.settings.data == "drawn" else ()
    weights = pack_weights(session.parameters)
    return encode_link(Link(session.settings, session.epoch, weights, points, bench.lesson, bench.hidden))


QUESTIONS = messages(
    why=explanation, expand=opened_number, matrix=weights_of_layer, bent=bent_plane, at=answer_at, rows=rows_table,
    depends=dependence, runs=runs_here, link=link_here,
)  # fmt: skip
