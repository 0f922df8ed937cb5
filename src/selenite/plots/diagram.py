"""The picture of a network: units, weights, biases and the values of a row; wide layers as matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.errors import OptionError
from selenite.model import Model
from selenite.nn import Network, forward
from selenite.palette import BLUE, GREEN, VERMILION
from selenite.plots.drawn import input_row, member
from selenite.plots.style import (
    GREY,
    INK,
    PALE,
    TICKS,
    canvas,
    colour_map,
    draw_colour_bar,
    label,
    say,
    typeset_number,
    with_minus,
)
from selenite.table import input_names
from selenite.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_UNITS = 16  # of a layer drawn unit by unit
MOST_LABELS = 30  # weights between two layers that are written as numbers
SIGNED = ("#a33c00", "#ee9d6b", "#f7f7f7", "#6aaede", "#004c7f")  # from orange through white to blue
MOST_CELLS = 40  # rows or columns of a matrix that are named


def draw_network(
    network: Any,
    parameters: Any = None,
    row: Any = None,
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    mark: tuple[int, ...] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw a network: weights as lines, blue and solid above 0, orange and dashed below, biases beside the units.

    One with more than 16 units in a layer is drawn as matrices.

    Parameters
    ----------
    network : Network; or Model or fitted estimator
        After the latter two comes the row at once, without parameters.
    parameters : array of shape (n_parameters,) or (n_members, n_parameters)
        Of several members the first is drawn.
    row : array of shape (n_inputs,), or the first row of a table for a model, optional
        The units hold the values that this row gives.
    inputs, outputs : sequences of str
        What they are called; a model knows it.
    mark : tuple of int, optional
        What is shown in green: (layer, unit), or of a weight (layer, from, to); layer 0 are the inputs.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If the row has another shape, or matplotlib is missing.

    Examples
    --------
    >>> from selenite.nn import initialize
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> axes = draw_network(network, initialize(network), np.array([0.5, -1.0]))
    >>> axes.figure.savefig("network.png")  # doctest: +SKIP
    """
    network, parameters, row, model = _given(network, parameters, row)
    if model is not None:
        target = model.target
        inputs = inputs or input_names(model.schema)
        outputs = outputs or (target.classes if len(target.classes) == network.n_outputs else (target.name,))
    if row is not None and np.shape(row) != (network.n_inputs,):
        raise OptionError(f"row has shape {np.shape(row)}; the network takes one of ({network.n_inputs},)")
    sizes = network.widths
    values = None if row is None else [layer[0] for layer in forward(network, parameters, np.asarray(row)[None])[1]]
    names = _names(network, inputs, outputs)
    if max(sizes) > MOST_UNITS:
        with canvas(axes, 11, 6.2) as axes:
            _matrices(axes, network, parameters, names)
            finding = _strongest(network, parameters, names)
            say(axes, finding, "A column a unit, a line what it is fed; blue above 0, orange below")
        return axes
    with canvas(axes, 2.0 + 2.2 * len(sizes), max(3.8, 1.4 + 0.78 * max(sizes))) as axes:
        _units(axes, network, parameters, values, names)
        if mark is not None:
            _ring(axes, network, mark)
        finding = _strongest(network, parameters, names)
        if values is not None:
            shown = ", ".join(typeset_number(value) for value in values[-1][:4])
            finding = f"This row gives {shown}: what each unit passes on"
        say(axes, finding, "Weights above 0 blue, below 0 orange and dashed, the wider the larger; b: bias")
    return axes


def _given(network: Any, parameters: Any, row: Any) -> tuple[Network, Array, Array | None, Model | None]:
    """Return the network, its first member's parameters, the row as it takes it, and the model if one was given."""
    first, own, model = member(network, parameters)
    if model is None:
        return first, own, row, None
    row = row if parameters is None else parameters
    return first, own, None if row is None else input_row(model, row), model


def _names(network: Network, inputs: Sequence[str], outputs: Sequence[str]) -> list[list[str]]:
    """Return the names of the units of each layer, the inputs first."""
    given = list(inputs) + [f"wave {i + 1}" for i in range(network.n_features - len(inputs))] if inputs else []
    names = [[label(name) for name in given] or [f"x{i + 1}" for i in range(network.n_features)]]
    for layer, size in enumerate(network.layer_sizes[1:-1], start=1):
        names.append([f"h{layer}.{unit + 1}" if network.n_layers > 2 else f"h{unit + 1}" for unit in range(size)])
    k = network.n_outputs
    own = [label(name) for name in outputs] if len(outputs) == k else [f"y{i + 1}" if k > 1 else "y" for i in range(k)]
    return [*names, own]


def _strongest(network: Network, parameters: Array, names: list[list[str]]) -> str:
    """Return which weight is the largest, as a sentence."""
    layer, weights = max(enumerate(network.weights(parameters)), key=lambda pair: float(np.abs(pair[1]).max()))
    i, j = np.unravel_index(int(np.abs(weights).argmax()), weights.shape)
    sizes = "-".join(map(str, network.layer_sizes))
    way = f"from {names[layer][i]} to {names[layer + 1][j]}"
    return f"{sizes}: the strongest weight, {typeset_number(weights[i, j])}, goes {way}"


def _heights(size: int) -> Array:
    """Return where the units of a layer stand, the first on top."""
    return (size - 1) / 2 - np.arange(size)


def _gap(network: Network) -> float:
    """Return how far apart the layers stand."""
    return max(2.2, 0.42 * max(network.widths))


def _ring(axes: Axes, network: Network, mark: tuple[int, ...]) -> None:
    """Draw a green ring around a unit, or green along a weight's line."""
    sizes, gap, layer = network.widths, _gap(network), mark[0]
    height = float(_heights(sizes[layer])[mark[-1]])
    if len(mark) == 3:
        before = float(_heights(sizes[layer - 1])[mark[1]])
        axes.plot([(layer - 1) * gap, layer * gap], [before, height], color=GREEN, linewidth=13, alpha=0.6, zorder=0.5)
    else:
        axes.scatter([layer * gap], [height], s=1750, facecolor="none", edgecolor=GREEN, linewidth=3.4, zorder=2.5)


def _units(axes: Axes, network: Network, parameters: Array, values: list[Array] | None, names: list[list[str]]) -> None:
    """Draw units as circles and weights as lines."""
    sizes = [len(layer) for layer in names]
    gap = _gap(network)
    largest = max(float(np.abs(weights).max()) for weights in network.weights(parameters)) or 1.0
    pairs = zip(network.weights(parameters), network.bias_vectors(parameters), strict=True)
    for l, (weights, biases) in enumerate(pairs):
        before, after = _heights(sizes[l]).tolist(), _heights(sizes[l + 1]).tolist()
        for i, j in np.ndindex(*weights.shape):
            weight = float(weights[i, j])
            colour, style = (BLUE, "solid") if weight >= 0 else (VERMILION, (0, (3, 1.6)))
            share = abs(weight) / largest
            axes.plot([l * gap, (l + 1) * gap], [before[i], after[j]], color=colour, linestyle=style,
                      linewidth=0.4 + 4.6 * share, alpha=0.25 + 0.55 * share, zorder=1)  # fmt: skip
            if weights.size <= MOST_LABELS:
                # Where the fewer lines meet there is room to write: 0.85 apart is less than from unit to unit.
                n_in, n_out = weights.shape
                near = 0.85 / max(min(n_in, n_out) - 1, 1)
                at = 1 - min(max(near, 0.26), 0.36) if n_in <= n_out else min(max(near, 0.26), 0.36)
                axes.text((l + at) * gap, before[i] + at * (after[j] - before[i]), with_minus(f"{weight:.2f}"),
                          size=9, color=colour, ha="center", va="center", zorder=2,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.9})  # fmt: skip
        if biases is not None:
            for j, bias in enumerate(biases):
                axes.text((l + 1) * gap, after[j] - 0.43, with_minus(f"b {bias:.2f}"), size=9, color=INK,
                          ha="center", va="center", zorder=5,
                          bbox={"facecolor": "white", "edgecolor": "#b5bac0", "pad": 1.6})  # fmt: skip
    for l, layer in enumerate(names):
        for unit, height in enumerate(map(float, _heights(len(layer)))):
            axes.scatter(
                [l * gap], [height], s=900, facecolor="white" if l else PALE, edgecolor=INK, linewidth=1.3, zorder=3
            )
            inside = layer[unit] if values is None else with_minus(f"{values[l][unit]:.2f}")
            fits = len(inside) <= 5
            axes.text(l * gap if fits else l * gap - 0.32, height, inside, ha="center" if fits else "right",
                      va="center", size=10, weight="bold" if values is not None else "normal", color=INK, zorder=4,
                      parse_math=False)  # fmt: skip
            if values is not None and l in (0, len(names) - 1):
                side = -0.34 if l == 0 else 0.34
                axes.text(l * gap + side, height, layer[unit], ha="right" if l == 0 else "left", va="center", size=11,
                          color=INK, parse_math=False)  # fmt: skip
    top = max(_heights(size)[0] for size in sizes) + 0.62
    hidden = ["hidden"] if network.n_layers == 2 else [f"hidden {l}" for l in range(1, network.n_layers)]
    words = [f"{which}: {name}" for which, name in zip([*hidden, "output"], network.activations, strict=True)]
    for l, text in enumerate(["inputs" if network.embedding is None else "features", *words]):
        axes.text(l * gap, top, text, ha="center", size=10.5, color=GREY)
    outside = [max(map(len, layer)) if values is not None or max(map(len, layer)) > 5 else 2 for layer in names]
    axes.set(
        xlim=(-0.5 - 0.115 * outside[0], (len(sizes) - 1) * gap + 0.5 + 0.115 * outside[-1]),
        ylim=(-max(_heights(size)[0] for size in sizes) - 0.75, top + 0.3),
    )
    axes.axis("off")


def _matrices(axes: Axes, network: Network, parameters: Array, names: list[list[str]]) -> None:
    """Draw the weights of each layer as a matrix of colours, its biases as one more line below."""
    axes.axis("off")
    pairs = list(zip(network.weights(parameters), network.bias_vectors(parameters), strict=True))
    widths = np.sqrt([weights.shape[1] + 4 for weights, _ in pairs])
    starts = np.concatenate([[0], np.cumsum(widths / widths.sum())])
    for l, (weights, biases) in enumerate(pairs):
        left = starts[l] + 0.075
        place = axes.inset_axes((left, 0.05, max(starts[l + 1] - left - 0.05, 0.03), 0.86))
        size = float(np.abs(weights).max()) or 1.0
        rows = weights if biases is None else np.vstack([weights, np.full(weights.shape[1], np.nan), biases])
        shown = place.imshow(
            rows, cmap=colour_map(*SIGNED), vmin=-size, vmax=size, aspect="auto", interpolation="nearest"
        )
        lines = [*names[l], *([] if biases is None else ["", "bias"])]
        step = 1 + (len(names[l]) - 1) // MOST_CELLS
        marked = [*range(0, len(names[l]), step), *([] if biases is None else [len(lines) - 1])]
        place.set_yticks(marked, [lines[i] for i in marked], size=9 if len(marked) <= 20 else 7, parse_math=False)
        across = range(0, weights.shape[1], 1 + (weights.shape[1] - 1) // 12)
        place.set_xticks(across, [names[l + 1][j] for j in across], size=8, parse_math=False, rotation=90)
        place.tick_params(length=0, labelcolor=TICKS)
        place.spines[:].set_visible(False)
        which = "output" if l == network.n_layers - 1 else f"hidden layer {l + 1}"
        place.set_title(f"{which}: {network.activations[l]}", loc="left", size=10.5, color=INK)
        bar = place.inset_axes((1.015, 0, 0.018 / max(starts[l + 1] - left, 0.1), 0.35))
        draw_colour_bar(bar, shown, 8)
