"""What the network looks like inside: layers, weights, units that do nothing."""

from __future__ import annotations

import numpy as np

from selenite.markup import Markup, element, joined, picture, table
from selenite.nn import forward
from selenite.nn.random import EXPLAIN
from selenite.plots import inline
from selenite.reporting.facts import Facts
from selenite.splits.split import drawn_rows
from selenite.text import plain_number

ROWS_WATCHED = 2000


def inside(facts: Facts) -> Markup:
    """Return the layers, their weights, and how many of their units do something."""
    model = facts.model
    network, members = model.network, np.atleast_2d(model.parameters)
    watched = drawn_rows(facts.rows_judged.n_rows, ROWS_WATCHED, 0, EXPLAIN)
    inputs = model.encode(facts.rows_judged.take(watched))
    steps = [(f"{len(facts.found.columns)}", "columns"), (f"{network.n_inputs}", "inputs")]
    if network.embedding is not None and network.n_features != network.n_inputs:
        steps.append((f"{network.n_features}", "features, waves among them"))
    for size, activation in zip(network.layer_sizes[1:], network.activations, strict=True):
        steps.append((f"{size}", f"{activation} unit{'s' * (size != 1)}"))
    boxes = element(
        "ol", *(element("li", element("b", count), element("span", what)) for count, what in steps), class_="layers"
    )
    activations = [forward(network, member, inputs)[1] for member in members]
    weights = [
        np.concatenate([network.weights(member)[l].ravel() for member in members]) for l in range(network.n_layers)
    ]
    names = [f"hidden layer {l + 1}" for l in range(network.n_layers - 1)] + ["output layer"]
    rows = []
    for l in range(network.n_layers):
        idle = [(np.ptp(a[l + 1], axis=0) == 0).mean() for a in activations]
        rows.append(
            [
                names[l],
                f"{network.layer_sizes[l + 1]}",
                network.activations[l],
                f"{weights[l].size // len(members):,}",
                plain_number(float(f"{weights[l].std():.3g}")),
                f"{100 * float(np.mean(idle)):.0f} %",
            ]
        )
    count = f"{len(members)} such networks; their mean predicts. " if len(members) > 1 else ""
    return joined(
        element("p", f"{count}{members.size:,} parameters in all."),
        boxes,
        table(
            "Layers",
            ["layer", "units", "activation", "weights", "their deviation", "constant units"],
            rows,
            numbers_from=3,
        ),
        picture(inline.weights_svg([each.astype(np.float64) for each in weights], names)),
        element(
            "p",
            f"Units are watched on {len(inputs):,} of the rows judged; a constant one does nothing.",
            class_="note",
        ),
    )
