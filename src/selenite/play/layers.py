"""The layers as the page shows them: what their units are called, and which of a wide layer are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.explanation.units import unit_importances
from selenite.play.session import Session
from selenite.types import Floats, Indices

MOST_UNITS_DRAWN = 16  # of a layer, one by one
ROWS_LOOKED_AT = 500  # to see how far a unit's value varies


@dataclass(frozen=True, eq=False)
class Chosen:
    """The units drawn of each layer, the first being what the network is given, and those summed up."""

    units: tuple[Indices, ...]
    others: tuple[Indices, ...]


def chosen_units(session: Session) -> Chosen:
    """Return the units that are drawn; of a wide layer as many as leave room for one node that stands for the rest."""
    sizes = session.network.widths
    counts = importances(session) if max(sizes) > MOST_UNITS_DRAWN else ()
    kept = [
        np.arange(n)
        if n <= MOST_UNITS_DRAWN
        else np.sort(np.argsort(-counts[l], kind="stable")[: MOST_UNITS_DRAWN - 1])
        for l, n in enumerate(sizes)
    ]
    return Chosen(tuple(kept), tuple(np.setdiff1d(np.arange(n), units) for n, units in zip(sizes, kept, strict=True)))


def importances(session: Session) -> list[Floats]:
    """Return of each layer how much its units count, among some rows."""
    return unit_importances(session.network, session.parameters, session.problem.X[:ROWS_LOOKED_AT])


def layer_names(session: Session, layer: int) -> tuple[str, ...]:
    """Return the names of a layer's units: of layer 0 the columns, of hidden ones numbers, of outputs classes."""
    if layer == 0:
        return session.network.feature_names(session.problem.inputs)
    network, target = session.network, session.problem.target
    if layer < network.n_layers:
        before = f"h{layer}." if network.n_layers > 2 else "h"
        return tuple(f"{before}{unit + 1}" for unit in range(network.layer_sizes[layer]))
    if len(target.classes) > 2:
        return tuple(f"P({name})" for name in target.classes)
    return (f"P({target.classes[1]})" if target.classes else target.name,)


def connection_name(session: Session, layer: int, unit: int, before: int | None) -> str:
    """Return how a unit, its bias or a weight into it is called; layers are counted from 0, the first with weights."""
    name = layer_names(session, layer + 1)[unit]
    if before is None:
        return f"Unit {name}"
    return f"Bias of {name}" if before == -1 else f"Weight from {layer_names(session, layer)[before]} to {name}"
