"""Which units the diagram draws: all of a narrow layer; of a wide one those that count most, the others as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite import backend
from selenite.play.session import Session
from selenite.types import Floats, Indices

MOST_UNITS = 16  # of a layer, that are drawn one by one
LOOKED_AT = 500  # rows, to see how far a unit's value varies


@dataclass(frozen=True, eq=False)
class Chosen:
    """The units drawn of each layer, the first being what the network is given, and those summed up."""

    units: tuple[Indices, ...]
    others: tuple[Indices, ...]


def chosen_units(session: Session) -> Chosen:
    """Return the units that are drawn; of a wide layer as many as leave room for one node that stands for the rest."""
    sizes = session.network.widths
    counts = importances(session) if max(sizes) > MOST_UNITS else ()
    kept = [
        np.arange(n) if n <= MOST_UNITS else np.sort(np.argsort(-counts[l], kind="stable")[: MOST_UNITS - 1])
        for l, n in enumerate(sizes)
    ]
    return Chosen(tuple(kept), tuple(np.setdiff1d(np.arange(n), units) for n, units in zip(sizes, kept, strict=True)))


@np.errstate(all="ignore")
def importances(session: Session) -> list[Floats]:
    """Return of each unit the length of its weights onward times how far its value varies among the rows."""
    X = session.problem.X[:LOOKED_AT]
    nothing = np.zeros((len(X), session.network.n_outputs), X.dtype)
    seen = backend.get().trace(session.network, session.parameters, X, nothing)
    weights = session.network.weights(session.parameters)
    found = []
    for layer, a in enumerate(seen.a[:-1]):
        varies = a.std(axis=0, dtype=np.float64) if len(X) > 1 else np.ones(a.shape[1])
        found.append(np.nan_to_num(np.linalg.norm(weights[layer].astype(np.float64), axis=1) * varies))
    return [*found, np.ones(session.network.n_outputs)]
