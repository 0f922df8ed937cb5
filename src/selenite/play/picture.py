"""What the page draws of a run at one moment: surfaces as bytes, weights, values of the followed row, figures."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from selenite import backend
from selenite.explanation.units import trace_of
from selenite.nn.random import permutation
from selenite.play.figures import figures, told
from selenite.play.layers import Chosen
from selenite.play.plane import Axis, axes_of, plane_inputs, positions
from selenite.play.problem import Problem
from selenite.play.session import Session
from selenite.types import Array, Floats, Indices

OUTPUT_SIZE, UNIT_SIZE = 96, 24  # places along each side of a surface
MOST_POINTS = 500  # that are drawn
SHOWN = 13  # the purpose of this draw, among those of nn/random


@dataclass(frozen=True, eq=False)
class View:
    """How a problem is seen: the plane's axes, its inputs, the points drawn in it."""

    axes: tuple[Axis, Axis | None]
    output_inputs: Array  # (OUTPUT_SIZE², n_inputs)
    unit_inputs: Array  # (UNIT_SIZE², n_inputs)
    points: Indices  # rows drawn
    row: int | None  # in which the other columns are held; None: at their usual values


def view_of(problem: Problem, wanted: tuple[str, str], row: int | None, usual: Sequence[str] = ()) -> View:
    """Return the view of a problem, the other columns as in one row or at their median."""
    axes = axes_of(problem, wanted, usual)
    n = problem.table.n_rows
    points = np.arange(n) if n <= MOST_POINTS else np.sort(permutation(0, n, SHOWN)[:MOST_POINTS])
    return View(
        axes,
        plane_inputs(problem, axes, OUTPUT_SIZE, row),
        plane_inputs(problem, axes, UNIT_SIZE, row),
        points,
        row,
    )


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


def output_surface(session: Session, view: View) -> str:
    """Return the network's answer over the plane: probability of the second class, class and probability, or number."""
    return _encoded(_answer(session, view))


@np.errstate(all="ignore")
def _answer(session: Session, view: View) -> Floats:
    problem = session.problem
    found = session.answer(view.output_inputs).astype(np.float64)
    if problem.n_classes > 2:
        return np.concatenate([found.argmax(axis=1) / 255, found.max(axis=1)])
    if problem.n_classes == 2:
        return found[:, 0]
    low, high = _ends(problem, found)
    return np.asarray((found[:, 0] - low) / ((high - low) or 1))


def _ends(problem: Problem, found: Floats) -> tuple[float, float]:
    """Return the numbers that are drawn as lowest and highest: of the answers, or where they are not known of these."""
    known = problem.Y if problem.answers else found
    return float(known.min()), float(known.max())


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
    tested = np.zeros(problem.table.n_rows, dtype=bool)
    tested[problem.test] = len(problem.training) > 0  # of rows that are all new none needs a mark
    if problem.answers:
        codes, Y = problem.codes[rows], problem.Y
    else:  # then what is predicted stands for them
        answer = session.predicted(rows)
        codes, Y = told(answer), np.zeros((problem.table.n_rows, 1))
        Y[rows] = answer[:, :1]
    low, high = _ends(problem, Y[rows].astype(np.float64))
    shade = codes if problem.n_classes else (Y[rows, 0] - low) / ((high - low) or 1)
    return {
        "rows": rows.tolist(),
        "x": positions(problem, view.axes[0], rows).round(4).tolist(),
        "y": positions(problem, view.axes[1], rows).round(4).tolist(),
        "shade": shade.tolist(),
        "test": tested[rows].tolist(),
    }


def class_colours(session: Session) -> list[int]:
    """Return which colour each class has; drawn points keep that of the brush, whichever classes there are."""
    classes = session.problem.target.classes
    drawn = session.settings.data == "drawn" and session.problem.derived
    return [int(name) for name in classes] if drawn else list(range(len(classes)))


def _encoded(shares: Floats) -> str:
    """Return numbers from 0 to 1 as bytes, in base 64."""
    return b64encode(np.clip(np.nan_to_num(shares) * 255 + 0.5, 0, 255).astype(np.uint8).tobytes()).decode()
