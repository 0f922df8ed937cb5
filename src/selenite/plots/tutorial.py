"""The tutorial's pictures: what each network learnt, and why the hidden layer matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.palette import BLUE, CLASSES, VERMILION, WRONG
from selenite.plots.style import GREY, INK, colour_map, figure, note, plain_log_ticks, save, typeset_number
from selenite.tutorial import Part2, Run, load_part, predictions
from selenite.types import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = 300
CLASS_COLOURS = CLASSES[:3]
TWO_CLASSES = ("#f0b48a", "#f9ece2", "#eef1f4", "#9cc3e6")
PERCEPTRON, NETWORK, WITH_BIASES = GREY, "#9a5bb5", "#00835c"


def draw_part2(result: Part2, path: str) -> None:
    """Draw both decision surfaces, the error curves and the other starts."""
    with figure(13.2, 7.7) as picture:
        head: dict[str, Any] = {"size": 19, "weight": "bold", "color": INK}
        picture.text(0.045, 0.945, "A line cannot part two moons. Four hidden units can,", **head)
        picture.text(0.045, 0.902, "and with biases they do so from every start.", **head)
        edges = {"left": 0.045, "right": 0.985, "bottom": 0.08, "top": 0.845}
        places = picture.add_gridspec(2, 3, height_ratios=(1.3, 1), hspace=0.3, wspace=0.06, **edges)
        surfaces = (
            (result.perceptron_corrected, "Perceptron: no hidden layer"),
            (result.network_as_printed, "4 hidden units, no biases (as printed)"),
            (result.network_with_biases, "4 hidden units, with biases"),
        )
        for column, (run, title) in enumerate(surfaces):
            _surface(picture.add_subplot(places[0, column]), run, title)
        lower = places[1, :].subgridspec(1, 2, width_ratios=(1.75, 1), wspace=0.2)
        _curves(picture.add_subplot(lower[0]), result)
        _starts(picture.add_subplot(lower[1]), result)
        save(picture, path)


def _surface(axes: Axes, run: Run, title: str) -> None:
    """Draw the output over the plane, the data with errors ringed, and the line of each hidden unit."""
    X, y = load_part(2)
    x1, x2 = np.meshgrid(np.linspace(-1.6, 2.6, GRID), np.linspace(-1.1, 1.6, GRID))
    plane = np.column_stack([x1.ravel(), x2.ravel()])
    output = predictions(run, plane)[:, 0].reshape(GRID, GRID)
    axes.contourf(x1, x2, output, levels=np.linspace(0, 1, 21), cmap=colour_map(*TWO_CLASSES), vmin=0, vmax=1, zorder=0)
    if run.network.n_layers == 2:
        weights = run.network.weights(run.parameters)[0]
        biases = run.network.bias_vectors(run.parameters)[0]
        for unit in range(weights.shape[1]):
            z = plane @ weights[:, unit] + (0 if biases is None else biases[unit])
            line = z.reshape(GRID, GRID)
            axes.contour(x1, x2, line, levels=[0], colors=[INK], linewidths=0.9, linestyles=[(0, (5, 4))], alpha=0.65)
    axes.contour(x1, x2, output, levels=[0.5], colors=[INK], linewidths=2.2)
    wrong = (predictions(run, X)[:, 0] > 0.5) != (y > 0.5)
    for label in (0, 1):
        _dots(axes, X[y == label], s=26, color=CLASS_COLOURS[label], edgecolor="white", linewidth=0.8, zorder=3)
    _dots(axes, X[wrong], s=90, facecolor="none", edgecolor=WRONG, linewidth=1.6, zorder=4)
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.set_xlabel("x1 across, x2 up", loc="left")
    _title(axes, title)
    mistakes = f"{wrong.sum()} of 100 wrong" if wrong.any() else "none of 100 wrong"
    axes.text(0.02, 0.035, f"½Σe² = {typeset_number(run.loss)} after {run.epochs:,} epochs, {mistakes}",
              transform=axes.transAxes, size=10, color=INK,
              bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 3})  # fmt: skip


def _curves(axes: Axes, result: Part2) -> None:
    """Draw every run's error, labelled at its end."""
    labels = (
        (result.perceptron_as_printed, "perceptron, as printed", PERCEPTRON, (0, (4, 2)), 9),
        (result.perceptron_corrected, "perceptron, corrected", PERCEPTRON, "solid", -4),
        (result.network_as_printed, "2-4-1, no bias", NETWORK, "solid", -2),
        (result.network_with_biases, "2-4-1, with biases", WITH_BIASES, "solid", 0),
    )
    for run, label, colour, style, shift in labels:
        _curve(axes, run, f"{label}  {typeset_number(run.loss, 4)}", (6, shift), colour, linestyle=style)
    _epochs_across(axes, (1, 8e6), 5)
    axes.set_ylim(0.006, 40)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.8)
    _title(axes, "Error while training, ½ × sum of squared errors")


def _curve(axes: Axes, run: Run, text: str, offset: tuple[float, float], colour: str, **more: Any) -> None:
    """Draw a run's loss by epochs from 1, with text at its end."""
    axes.plot(run.curve_epochs + 1, run.curve, color=colour, linewidth=2, **more)
    note(axes, text, (float(run.curve_epochs[-1] + 1), float(run.curve[-1])), offset, color=colour, size=10.5)


def _epochs_across(axes: Axes, ends: tuple[float, float], last_power: int) -> None:
    """Let both axes be logarithmic, epochs from 1 on across, marked up to a power of ten."""
    axes.set(xscale="log", yscale="log", xlim=ends)
    plain_log_ticks(axes.xaxis, axes.yaxis)
    axes.set_xticks([10**power for power in range(last_power + 1)])
    axes.set_xlabel("epoch", loc="left")


def _dots(axes: Axes, X: Floats, **more: Any) -> None:
    axes.scatter(X[:, 0], X[:, 1], **more)


def _title(axes: Axes, text: str, size: float = 12.5, pad: float = 8) -> None:
    axes.set_title(text, loc="left", size=size, color=INK, pad=pad)


def _starts(axes: Axes, result: Part2) -> None:
    """Draw where 20 other starts end, beside the perceptron's level."""
    rows = ((1, result.starts_without_biases, NETWORK), (0, result.starts_with_biases, WITH_BIASES))
    for row, starts, colour in rows:
        jitter = np.linspace(-0.2, 0.2, len(starts.losses))
        axes.scatter(starts.losses, row + jitter, s=42, color=colour, alpha=0.8, edgecolor="white", linewidth=0.6)
        good = int((starts.losses < 2).sum())
        text = f"{starts.name}: {good} of {len(starts.losses)} below 2, after {starts.epochs:,} epochs"
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(0.0032, row + 0.36, text, size=10.5, color=colour, bbox=box)
    level = result.perceptron_corrected.loss
    axes.axvline(level, color=PERCEPTRON, linewidth=1.6, zorder=0)
    note(axes, "perceptron", (level, -0.42), (5, 0), size=10, color=PERCEPTRON, va="baseline")
    axes.set(xscale="log", xlim=(0.003, 30), ylim=(-0.5, 1.62), yticks=[])
    axes.set_xticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.minorticks_off()
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("½ × sum of squared errors at the end", loc="left")
    _title(axes, "20 other starts, at random")


def draw_part1(runs: list[Run], path: str) -> None:
    """Draw what both perceptrons say of the five people, and their errors."""
    X, y = load_part(1)
    with figure(11.5, 5.2) as picture:
        picture.text(0.05, 0.92, "A wrong slope still learns, only to another place", size=17, weight="bold", color=INK)
        edges = {"left": 0.05, "right": 0.97, "bottom": 0.13, "top": 0.8}
        places = picture.add_gridspec(1, 2, width_ratios=(1.25, 1), wspace=0.22, **edges)
        axes = picture.add_subplot(places[0])
        columns = ("smokes", "obese", "exercises")
        people = [", ".join(name for name, has in zip(columns, row, strict=True) if has) or "none" for row in X]
        colours = {runs[0].name: VERMILION, runs[1].name: BLUE}
        for shift, run in zip((0.13, -0.13), runs, strict=True):
            axes.scatter(predictions(run, X)[:, 0], np.arange(5)[::-1] + shift, s=70, color=colours[run.name], zorder=3)
        axes.scatter(y, np.arange(5)[::-1], marker="|", s=900, color=INK, linewidth=2.2, zorder=2)
        for row, text in enumerate(people):
            axes.text(0.5, 4 - row + 0.2, text, ha="center", size=10.5, color=INK)
            axes.axhline(4 - row, color="#e6e6e6", zorder=0)
        axes.set(xlim=(-0.07, 1.07), ylim=(-0.6, 4.7), yticks=[])
        axes.set_xticks([0, 0.5, 1], ["0, not diabetic", "0.5", "1, diabetic"])
        axes.set_xlabel("prediction", loc="left")
        _title(axes, "Five people: truth (bar) and predictions (dots)", 12, 6)
        axes = picture.add_subplot(places[1])
        for run in runs:
            text = f"{run.name.removeprefix('perceptron, ')}  {run.loss:.6f}"
            _curve(axes, run, text, (5, 0), colours[run.name])
        _epochs_across(axes, (1, 3e6), 4)
        _title(axes, "½ × sum of squared errors", 12, 6)
        save(picture, path)


def draw_part3(run: Run, path: str) -> None:
    """Draw the regions of the three classes and the loss."""
    X, y = load_part(3)
    with figure(11.5, 5.6) as picture:
        title = "Softmax: each point of the plane has a share of three classes"
        picture.text(0.05, 0.92, title, size=17, weight="bold", color=INK)
        edges = {"left": 0.05, "right": 0.97, "bottom": 0.13, "top": 0.82}
        places = picture.add_gridspec(1, 2, width_ratios=(1.2, 1), wspace=0.2, **edges)
        axes = picture.add_subplot(places[0])
        x1, x2 = np.meshgrid(np.linspace(-7.5, 7.5, GRID), np.linspace(-7, 7.2, GRID))
        shares = predictions(run, np.column_stack([x1.ravel(), x2.ravel()])).reshape(GRID, GRID, 3)
        axes.imshow(
            _mixed(shares), origin="lower", extent=(-7.5, 7.5, -7, 7.2), aspect="auto", interpolation="bilinear"
        )
        for label, name in enumerate(("cat", "mouse", "dog")):
            cloud = X[y == label]
            _dots(axes, cloud, s=7, color=CLASS_COLOURS[label], edgecolor="white", linewidth=0.2)
            box = {"facecolor": CLASS_COLOURS[label], "edgecolor": "none", "boxstyle": "round,pad=0.35"}
            middle: dict[str, Any] = {"ha": "center", "va": "center", "size": 13, "weight": "bold", "color": "white"}
            axes.text(cloud[:, 0].mean(), cloud[:, 1].mean(), name, bbox=box, **middle)
        axes.set(xlim=(-7.5, 7.5), ylim=(-7, 7.2))
        axes.set_xlabel("x1", loc="left")
        axes.set_ylabel("x2", loc="bottom")
        axes = picture.add_subplot(places[1])
        note(axes, f"{run.curve[0]:,.0f}", (1, float(run.curve[0])), (8, 0), size=10.5)
        _curve(axes, run, typeset_number(float(run.curve[-1]), 4), (5, 0), INK)
        _epochs_across(axes, (0.9, 4e5), 4)
        _title(axes, "Cross-entropy, sum over 2,100 rows", 12, 6)
        save(picture, path)


def _mixed(shares: Any) -> Any:
    """Return the classes' colours mixed by their shares, lightened."""
    from matplotlib.colors import to_rgb

    colours = np.array([to_rgb(colour) for colour in CLASS_COLOURS])
    return 1 - 0.45 * (1 - shares @ colours)
