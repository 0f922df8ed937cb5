"""Small pictures for a notebook, as SVG without a library: a network and its weights, a curve, signed bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

import numpy as np

from selenite.markup import Markup
from selenite.palette import DOWN, UP
from selenite.text import printable
from selenite.types import Array, Floats

MOST_UNITS = 12  # of a layer that are drawn
MOST_POINTS = 200  # of a curve
MOST_BARS = 15
WIDTH, HEIGHT = 420, 200
INK = "currentColor"


def network(sizes: Sequence[int], weights: Sequence[Array] = ()) -> Markup:
    """Return a network's units and lines, as thick as the weights of each layer, (n_in, n_out), where given."""
    places = [_column(size, l, len(sizes)) for l, size in enumerate(sizes)]
    parts: list[str] = []
    for l, (before, after) in enumerate(pairwise(places)):
        matrix = weights[l] if len(weights) else None
        largest = 1.0 if matrix is None else max(float(np.abs(matrix).max(initial=0.0)), 1e-300)
        for i, (x, y) in enumerate(before):
            for j, (to_x, to_y) in enumerate(after):
                share = 0.0 if matrix is None else float(matrix[i, j]) / largest
                colour = INK if matrix is None else UP if share > 0 else DOWN
                dashes = ' stroke-dasharray="5 3"' if share < 0 else ""
                opacity = 0.3 if matrix is None else 0.15 + 0.85 * abs(share)
                parts.append(
                    f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{to_x:.0f}" y2="{to_y:.0f}" stroke="{colour}"{dashes} '
                    f'stroke-width="{0.6 + 3 * abs(share):.1f}" opacity="{opacity:.2f}"/>'
                )
    for l, (size, column) in enumerate(zip(sizes, places, strict=True)):
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" fill="{INK}"/>' for x, y in column]
        more = f"{size:,}" + (f", {len(column)} drawn" if size > len(column) else "")
        anchor, shift = ("start", -8) if l == 0 else ("end", 8) if l == len(sizes) - 1 else ("middle", 0)
        parts.append(_text(column[0][0] + shift, HEIGHT - 4, more, anchor))
    named = "-".join(map(str, sizes))
    return _svg(
        f"Network {named}" + (": blue weights are positive, dashed orange negative" * bool(len(weights))), parts
    )


def curves(lines: Mapping[str, Floats], what: str = "loss") -> Markup:
    """Return numbers an epoch as curves, on a logarithmic scale where all are above 0; empty ones are left out."""
    shown = {name: values for name, values in lines.items() if np.isfinite(values).any()}
    if not shown:
        return Markup("")
    everything = np.concatenate(list(shown.values()))
    everything = everything[np.isfinite(everything)]
    scaled = np.log if everything.min() > 0 else np.asarray
    low, high = (float(scaled(value)) for value in (everything.min(), everything.max()))
    parts = [
        _text(0, 14, f"{what} {_number(everything.max())}"),
        _text(0, HEIGHT - 22, f"{_number(everything.min())}"),
        _text(60, HEIGHT - 4, "epoch 1"),
        _text(WIDTH - 4, HEIGHT - 4, f"{max(map(len, shown.values())):,}", "end"),
    ]
    for k, (name, values) in enumerate(shown.items()):
        at = np.unique(np.linspace(0, len(values) - 1, MOST_POINTS).round().astype(np.intp))
        at = at[np.isfinite(values[at])]
        x = 60 + (WIDTH - 64) * at / max(len(values) - 1, 1)
        y = 22 + (HEIGHT - 46) * (high - scaled(values[at])) / ((high - low) or 1.0)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        style = f'stroke="{(UP, DOWN)[k % 2]}"' + (' stroke-dasharray="5 3"' if k else "")
        parts.append(f'<polyline points="{points}" fill="none" {style} stroke-width="2"/>')
        last = f"{name} {_number(values[at[-1]])}"
        parts.append(_text(WIDTH - 4 - 150 * (len(shown) - 1 - k), 14, last, "end", (UP, DOWN)[k % 2]))
    return _svg(f"{what} of {', '.join(shown)} by epoch", parts)


def bars(values: Mapping[str, float]) -> Markup:
    """Return numbers as bars from a middle line, the largest first: to the right above 0, to the left below."""
    ordered = sorted(values.items(), key=lambda item: -abs(item[1]))[:MOST_BARS]
    largest = max((abs(value) for _, value in ordered), default=0.0) or 1.0
    parts: list[str] = []
    for row, (name, value) in enumerate(ordered):
        y, length = 20 * row, 110 * abs(value) / largest
        x = 290 if value > 0 else 290 - length
        colour = UP if value > 0 else DOWN
        parts.append(_text(165, y + 14, name if len(name) <= 24 else f"{name[:23]}…", "end"))
        parts.append(f'<rect x="{x:.1f}" y="{y + 3}" width="{max(length, 0.5):.1f}" height="13" fill="{colour}"/>')
        parts.append(_text(404, y + 14, "+" * (value > 0) + _number(value)))
    return _svg("; ".join(f"{name} {_number(value)}" for name, value in ordered), parts, 490, 20 * len(ordered) + 4)


def _number(value: float) -> str:
    """Return four digits, and no exponent."""
    return np.format_float_positional(value, precision=4, fractional=False, trim="-")


def _column(size: int, l: int, n_layers: int) -> list[tuple[float, float]]:
    """Return the places of a layer's units that are drawn."""
    drawn = min(size, MOST_UNITS)
    x = 24 + (WIDTH - 48) * l / max(n_layers - 1, 1)
    return [(x, 8 + (HEIGHT - 32) * (u + 0.5) / drawn) for u in range(drawn)]


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = INK) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{escape(printable(text))}</text>'


def _svg(label: str, parts: Sequence[str], width: int = WIDTH, height: int = HEIGHT) -> Markup:
    return Markup(
        f'<svg role="img" aria-label="{escape(printable(label))}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-size="12" font-family="sans-serif">{"".join(parts)}</svg>'
    )
