"""What the page may ask without changing anything; each answer is computed here and only shown there."""

from __future__ import annotations

from typing import Any

from selenite.play import messages as m
from selenite.play.insides import bent_plane, matrix_of
from selenite.play.picture import shares_of
from selenite.play.plane import Axis
from selenite.play.rows import dependence, rows_table
from selenite.play.runs import runs_table
from selenite.play.why import check_openable, explanation, opened_number
from selenite.play.workbench import Workbench


def why(bench: Workbench, message: m.Ask) -> dict[str, Any]:
    """Explain one number."""
    return explanation(bench.session, bench.followed, message.layer, message.unit, message.before, message.part)


def expand(bench: Workbench, message: m.Expand) -> dict[str, Any]:
    """Open a number inside an explanation."""
    check_openable(bench.session, message.address, message.batch)
    return opened_number(bench.session, bench.followed, message.address, message.batch, message.terms)


def matrix(bench: Workbench, message: m.Matrix) -> dict[str, Any]:
    """Return all weights of a layer."""
    return matrix_of(bench.session, bench.followed, message.layer)


def bent(bench: Workbench, message: m.Bent) -> dict[str, Any]:
    """Return the plane as a layer bends it."""
    return bent_plane(bench.session, bench.view, message.layer, message.units)


def rows(bench: Workbench, message: m.Rows) -> dict[str, Any]:
    """Return a part of the table of rows."""
    return rows_table(bench.session, message.by, message.descending, message.start)


def depends(bench: Workbench, message: m.Dependence) -> dict[str, Any]:
    """Return how the answer depends on a column."""
    return dependence(bench.session, bench.followed, message.column, message.of_class)


def at(bench: Workbench, message: m.At) -> dict[str, Any]:
    """Return the network's answer at a place of the plane."""
    size = int(len(bench.view.output_inputs) ** 0.5)
    column, row = min(int(message.x * size), size - 1), min(int((1 - message.y) * size), size - 1)
    output = bench.session.answer(bench.view.output_inputs[[row * size + column]])
    target = bench.session.problem.target
    where = {a.name: _place(a, share) for a, share in zip(bench.view.axes, (message.x, message.y), strict=True) if a}
    if target.classes:
        return {"where": where, "shares": dict(zip(target.classes, shares_of(output)[0].tolist(), strict=True))}
    return {"where": where, "number": target.center + target.width * float(output[0, 0])}


def runs(bench: Workbench, message: m.Nothing) -> list[dict[str, Any]]:
    """Return the table of runs."""
    return runs_table(bench.runs, bench.session, bench.file.source if bench.file else None)


def link(bench: Workbench, message: m.Nothing) -> str:
    """Return the fragment of a link to what stands here."""
    return bench.link(message)


def _place(axis: Axis, share: float) -> float | str:
    value = axis.low + share * (axis.high - axis.low)
    return axis.labels[min(max(round(value), 0), len(axis.labels) - 1)] if axis.labels else value
