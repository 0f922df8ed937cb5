"""What the page draws of a run at one moment: surfaces as bytes, weights, values of the followed row, figures."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from selenite import backend
from selenite.explanation.units import trace_of
from selenite.play.figures import figures, told
from selenite.play.layers import Chosen
from selenite.play.plane import Axis, plane_inputs, positions
from selenite.play.problem import Problem
from selenite.play.session import Session
from selenite.splits.split import drawn_rows
from selenite.types import Array, Floats, Indices

OUTPUT_SIZE, UNIT_SIZE = 96, 24  # places along each side of a surface
MOST_POINTS_DRAWN = 500
SHOWN = 13  # the purpose of this draw, among those of nn/random


@dataclass(frozen=True, eq=False)
class View:
    """How a problem is seen: the plane's axes, its inputs, the points drawn in it."""

    axes: tuple[Axis, Axis | None]
    output_inputs: Array  # (OUTPUT_SIZE², n_inputs)
    unit_inputs: Array  # (UNIT_SIZE², n_inputs)
    points: Indices  # rows drawn
    row: int | None  # in which the other columns are held; None: at their usual values


def view_of(problem: Problem, axes: tuple[Axis, Axis | None], row: int | None) -> View:
    """Return the view of a problem on a plane, the other columns as in one row or at their usual values."""
    points = drawn_rows(problem.table.n_rows, MOST_POINTS_DRAWN, 0, SHOWN)
    output_inputs, unit_inputs = (plane_inputs(problem, axes, size, row) for size in (OUTPUT_SIZE, UNIT_SIZE))
    return View(axes, output_inputs, unit_inputs, points, row)


@np.errstate(all="ignore")
def frame(session: Session, view: View, followed: int, chosen: Chosen, backward: bool = False) -> dict[str, Any]:
    """Return what changes from frame to frame; `backward`: with the followed row's part in each gradient."""
    network, parameters, problem = session.network, session.parameters, session.problem
    weights, biases = network.weights(parameters), network.bias_vectors(parameters)
    row = backend.get().trace(network, parameters, problem.X[[followed]], problem.Y[[followed]])
    prediction = session.predicted(view.points)
    wrong = told(prediction) != problem.codes[view.points] if problem.n_classes and problem.answers else np.empty(0)
    units, onward = chosen.units, chosen.units[1:]
    return {
        "epoch": session.epoch,
        "row": session.row,
        "ended": session.ended,
        **figures(session),
        "weights": [w[np.ix_(*pair)].tolist() for w, pair in zip(weights, pairwise(units), strict=True)],
        "biases": [None if b is None else b[some].tolist() for b, some in zip(biases, onward, strict=True)],
        "values": [a[0, some].tolist() for a, some in zip(row.a, units, strict=True)],
        "deltas": [d[0, some].tolist() for d, some in zip(row.delta, onward, strict=True)],
        "others": [  # what those of a layer that are not drawn add, in the followed row, to each unit drawn above
            (a[0, rest] @ w[np.ix_(rest, above)]).tolist() if len(rest) else None
            for a, w, rest, above in zip(row.a, weights, chosen.others, onward, strict=False)
        ],
        "prediction": session.predicted(np.array([followed]))[0].tolist(),
        "gradients": [
            np.outer(a[0, below], d[0, above]).tolist()
            for a, d, below, above in zip(row.a[:-1], row.delta, units[:-1], onward, strict=True)
        ]
        if backward
        else None,
        "output": output_surface(session, view),
        "units": unit_surfaces(session, view, chosen),
        "wrong": np.flatnonzero(wrong).tolist(),
    }


@np.errstate(all="ignore")
def output_surface(session: Session, view: View) -> str:
    """Return the network's answer over the plane: probability of the second class, class and probability, or number."""
    problem = session.problem
    found = session.answer(view.output_inputs).astype(np.float64)
    if problem.n_classes > 2:
        return _encoded(np.concatenate([found.argmax(axis=1) / 255, found.max(axis=1)]))
    return _encoded(found[:, 0] if problem.n_classes else _shares(problem, found[:, 0], found))


def _shares(problem: Problem, numbers: Array, drawn: Array) -> Floats:
    """Return numbers as shares of the way from the lowest known answer to the highest, or of those drawn."""
    known = (problem.Y if problem.answers else drawn).astype(np.float64)
    low, high = known.min(), known.max()
    return np.asarray((numbers - low) / ((high - low) or 1))


@np.errstate(all="ignore")
def unit_surfaces(session: Session, view: View, chosen: Chosen) -> str:
    """Return the surface of each unit that is drawn, one after the other, the inputs' first: 128 is the middle."""
    network = session.network
    seen = trace_of(network, session.parameters, view.unit_inputs)
    parts = []
    for name, a, units in zip(("input", *network.activations), seen.a, chosen.units, strict=True):
        some = a[:, units].astype(np.float64)
        if name in ("logistic", "softmax"):
            parts.append(some)
        elif name == "tanh":
            parts.append(0.5 + 0.5 * some)
        else:
            middle = 0.5 * (some.max(axis=0) + some.min(axis=0)) if name == "input" else 0.0
            parts.append(0.5 + 0.5 * (some - middle) / np.maximum(np.abs(some - middle).max(axis=0), 1e-12))
    return _encoded(np.concatenate([part.T.ravel() for part in parts]))


def points_of(session: Session, view: View) -> dict[str, Any]:
    """Return the points drawn: where, of which class or value, and whether put aside."""
    problem, rows = session.problem, view.points
    tested = np.isin(rows, problem.test) & (len(problem.training) > 0)  # of rows that are all new none needs a mark
    output = problem.Y[rows] if problem.answers else session.predicted(rows).astype(np.float64)  # stands for the answer
    codes = problem.codes[rows] if problem.answers else told(output)
    shade = codes if problem.n_classes else _shares(problem, output[:, 0], output)
    return {
        "rows": rows.tolist(),
        "x": positions(problem, view.axes[0], rows).round(4).tolist(),
        "y": positions(problem, view.axes[1], rows).round(4).tolist(),
        "shade": shade.tolist(),
        "test": tested.tolist(),
    }


def class_colours(session: Session) -> list[int]:
    """Return which colour each class has; drawn points keep that of the brush, whichever classes there are."""
    classes = session.problem.target.classes
    drawn = session.settings.data == "drawn" and session.problem.derived
    return [int(name) for name in classes] if drawn else list(range(len(classes)))


def _encoded(shares: Floats) -> str:
    """Return numbers from 0 to 1 as bytes, in base 64."""
    return b64encode(np.clip(np.nan_to_num(shares) * 255 + 0.5, 0, 255).astype(np.uint8).tobytes()).decode()
