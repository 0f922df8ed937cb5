"""What units are called: inputs by the user's columns, hidden ones by number, outputs by class."""

from __future__ import annotations

from selenite.play.session import Session


def layer_names(session: Session, layer: int) -> tuple[str, ...]:
    """Return the names of a layer's units; layer 0 is what the first one gets."""
    if layer == 0:
        return session.network.feature_names(session.problem.inputs)
    network, target = session.network, session.problem.target
    if layer < network.n_layers:
        before = f"h{layer}." if network.n_layers > 2 else "h"
        return tuple(f"{before}{unit + 1}" for unit in range(network.layer_sizes[layer]))
    if len(target.classes) > 2:
        return tuple(f"P({name})" for name in target.classes)
    return (f"P({target.classes[1]})" if target.classes else target.name,)


def unit_name(session: Session, layer: int, unit: int) -> str:
    """Return how a unit is called."""
    return layer_names(session, layer)[unit]


def connection_name(session: Session, layer: int, unit: int, before: int | None) -> str:
    """Return how a unit, its bias or a weight into it is called; layers are counted from 0, the first with weights."""
    name = unit_name(session, layer + 1, unit)
    if before is None:
        return f"Unit {name}"
    return f"Bias of {name}" if before == -1 else f"Weight from {unit_name(session, layer, before)} to {name}"
