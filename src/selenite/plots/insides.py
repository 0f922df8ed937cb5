"""Pictures of a network's insides: gradients and saturation layer by layer while it trains, and its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.nn import Network
from selenite.nn.activations import ACTIVATIONS
from selenite.plots.drawn import member, watched_run
from selenite.plots.style import INK, PALE, canvas, figure, headline, plain_axes, plain_log_ticks, say, typeset_number
from selenite.training.history import History
from selenite.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 40  # epochs looked at
FLAT = 0.1  # a unit is saturated on a row where its slope is below this share of the steepest
# One a layer, from light to dark of a hue that is no sign and no class; told apart by their dashes as well.
SHADES = ("#9483c9", "#6a4fb3", "#462a8c", "#2a1460", "#7a7f87", "#22262b")
DASHES = ("solid", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (1, 1)), (0, (10, 3)))


def draw_layers(history: Any, X: Any, Y: Any) -> list[Axes]:
    """Draw the norm of each layer's gradient and the share of its saturated units over the epochs of a recorded run.

    A unit is saturated on a row where its slope is less than a tenth of its steepest: there it hardly learns. A unit of
    relu is so where it is off.

    Parameters
    ----------
    history : History, or estimator
        Of `selenite.training.fit(..., record=True)`; an estimator that was fitted with `record=True`.
    X : array of shape (n, n_inputs)
        The rows to look at, as they were trained on; of an estimator as for its `fit`.
    Y : array of shape (n, n_outputs)
        Likewise.

    Returns
    -------
    list of two matplotlib axes
        Of one figure: the gradients, the saturation.

    Raises
    ------
    OptionError
        If the run was not recorded, or matplotlib is missing.

    Examples
    --------
    >>> from selenite.training import fit
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> training = fit(Network((1, 4, 1), ("tanh", "identity")), X, X**2, epochs=30, record=True)
    >>> norms, saturated = draw_layers(training.history, X, X**2)
    """
    history, X, Y = watched_run(history, X, Y)
    network, n = history.recorded.network, len(history)
    epochs = np.unique(np.geomspace(1, n + 1, POINTS).round().astype(int) - 1)
    norms, flats = _watched(history, epochs, X, Y)
    with figure(9.4, 4.7) as picture:
        headline(picture, _finding(norms, flats, network), "Layer by layer over the epochs of the run")
        places = picture.add_gridspec(1, 2, left=0.085, right=0.83, top=0.76, bottom=0.14, wspace=0.33)
        gradient, saturation = picture.add_subplot(places[0]), picture.add_subplot(places[1])
        for l in range(network.n_layers):
            style: dict[str, Any] = {"color": SHADES[l % 6], "linestyle": DASHES[l % 6], "linewidth": 2.2}
            gradient.plot(epochs + 1, np.where(norms[:, l] > 0, norms[:, l], np.nan), **style)
            hidden = l < network.n_layers - 1
            at: Any = epochs + 1 if hidden else []
            shares: Any = 100 * flats[:, l] if hidden else []
            saturation.plot(at, shares, label=f"hidden {l + 1}" if hidden else "output", **style)
        gradient.set(xscale="log", yscale="log")
        saturation.set(xscale="log", ylim=(-2, 102))
        gradient.set_title("Norm of the gradient of the weights", loc="left", size=11.5, color=INK)
        saturation.set_title("Units saturated, % of units and rows", loc="left", size=11.5, color=INK)
        for axes in (gradient, saturation):
            plain_axes(axes, "epoch, 1 being the start")
            plain_log_ticks(axes.xaxis)
            axes.grid(axis="y", color=PALE, linewidth=0.8)
        plain_log_ticks(gradient.yaxis)
        saturation.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False, fontsize=11, handlelength=2.6)
    return [gradient, saturation]


def _watched(history: History, epochs: Array, X: Array, Y: Array) -> tuple[Array, Array]:
    """Return each layer's gradient norm and share of saturated units, (epochs, layers)."""
    network, verbs = history.recorded.network, history.recorded.backend
    steepest = [_steepest(name) for name in network.activations[:-1]]
    norms = np.zeros((len(epochs), network.n_layers))
    flats = np.zeros((len(epochs), network.n_layers - 1))
    for place, epoch in enumerate(epochs):
        parameters = history.at(int(epoch))
        _, gradient = verbs.loss_and_gradient(network, parameters, X, Y)
        norms[place] = [np.linalg.norm(weights) for weights in network.weights(gradient)]
        seen = verbs.trace(network, parameters, X, Y)
        for l, name in enumerate(network.activations[:-1]):
            slope = ACTIVATIONS[name].derivative(seen.z[l], seen.a[l + 1])
            flats[place, l] = float((np.abs(slope) < FLAT * steepest[l]).mean())
    return norms, flats


def _steepest(activation: str) -> float:
    z = np.linspace(-8, 8, 801)
    return float(np.abs(ACTIVATIONS[activation].derivative(z, ACTIVATIONS[activation].value(z))).max())


def _finding(norms: Array, flats: Array, network: Network) -> str:
    """Return what is most worth saying."""
    if flats.shape[1] and flats[-1].max() > 0.5:
        l = int(flats[-1].argmax())
        what = "off" if network.activations[l] in ("relu", "leaky_relu") else "saturated"
        return f"At the end hidden layer {l + 1} is {what} on {100 * flats[-1, l]:.0f} % of units and rows"
    if norms.shape[1] > 1 and norms[-1, 0] < 0.05 * norms[-1, -1]:
        share = norms[-1, -1] / max(norms[-1, 0], 1e-300)
        return f"The first layer's gradient is {share:,.0f} times smaller than the output's: it hardly learns"
    ends = f"{typeset_number(norms[0].max(), 2)} to {typeset_number(norms[-1].max(), 2)}"
    return f"The gradient falls from {ends} over the run"


def draw_weights(network: Any, parameters: Any = None, *, axes: Axes | None = None) -> Axes:
    """Draw how the weights of each layer are spread; few weights are drawn one by one below.

    Parameters
    ----------
    network : Network; or Model or fitted estimator, without parameters
    parameters : array of shape (n_parameters,) or (n_members, n_parameters)
        Of several members the first is drawn.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If matplotlib is missing.

    Examples
    --------
    >>> from selenite.nn import initialize
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> axes = draw_weights(network, initialize(network))
    """
    network, parameters, _ = member(network, parameters)
    layers = [weights.ravel() for weights in network.weights(parameters)]
    names = [*(f"hidden layer {l + 1}" for l in range(network.n_layers - 1)), "output layer"]
    largest = max(float(np.abs(weights).max()) for weights in layers) or 1.0
    edges = np.linspace(-1.04 * largest, 1.04 * largest, 42)
    with canvas(axes, 8.2, 1.9 + 1.15 * len(layers)) as axes:
        for l, (weights, name) in enumerate(zip(layers, names, strict=True)):
            floor = len(layers) - 1 - l
            counts = np.histogram(weights, edges)[0]
            heights = 0.66 * counts / max(counts.max(), 1)
            colour = SHADES[l % 6]
            axes.stairs(floor + heights, edges, baseline=floor, fill=True, color=colour, alpha=0.55)
            axes.stairs(floor + heights, edges, baseline=floor, color=colour, linewidth=1.2)
            if weights.size <= 300:
                axes.plot(weights, np.full(weights.size, floor - 0.06), "|", color=colour, markersize=7, alpha=0.8)
            text = f"{name}: {weights.size:,} weights, deviation {typeset_number(weights.std(), 2)}"
            axes.text(-1.03 * largest, floor + 0.72, text, size=10.5, color=INK, va="bottom")
        axes.axvline(0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        axes.set(ylim=(-0.2, len(layers)), xlim=(edges[0], edges[-1]), yticks=[])
        plain_axes(axes, "weight")
        axes.spines["left"].set_visible(False)
        widest = int(np.argmax([weights.std() for weights in layers]))
        strongest = typeset_number(np.abs(layers[widest]).max(), 2)
        finding = f"{names[widest].capitalize()} has the widest spread of weights, up to {strongest}"
        if len(layers) == 1:
            ends = f"{typeset_number(layers[0].min(), 2)} to {typeset_number(layers[0].max(), 2)}"
            finding = f"The weights reach from {ends}"
        say(axes, finding, "Each layer's weights by size; heights are scaled layer by layer, biases left out")
    return axes
