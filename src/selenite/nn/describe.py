"""A network in a table: what `print(network)` and a notebook show."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from selenite.sketch import network as draw_network
from selenite.types import Array

if TYPE_CHECKING:
    from selenite.nn.network import Network

HEADINGS = ("layer", "shape", "weights", "biases", "activation")
Row = tuple[str, str, str, str, str]


def headline(network: Network) -> str:
    """Return the network in one line."""
    sizes = "-".join(map(str, network.layer_sizes))
    bare = "" if network.biases else ", without biases"
    return f"Network {sizes}{bare}: {network.n_parameters:,} parameters, loss {network.loss}"


def rows(network: Network) -> list[Row]:
    """Return a row a layer: its name, shape, how many weights and biases, its activation; the embedding's first."""
    found: list[Row] = []
    if network.embedding is not None:
        waves = network.n_features - network.n_inputs
        shape = f"{network.n_inputs} → {network.n_features}"
        what = f"a factor each; {waves} mixtures of waves" if waves else "a factor each"
        found.append(("embedding", shape, f"{network.n_embedding:,}", "", what))
    sizes = network.widths
    for l, activation in enumerate(network.activations):
        name = "output" if l == network.n_layers - 1 else f"hidden{l + 1}"
        n_in, n_out = sizes[l], sizes[l + 1]
        found.append((name, f"{n_in} × {n_out}", f"{n_in * n_out:,}", f"{n_out * network.biases:,}", activation))
    return found


def to_text(network: Network) -> str:
    """Return the network as text."""
    table = [HEADINGS, *rows(network)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(
            cell.rjust(width) if column in (2, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
    return "\n".join([headline(network), *(f"  {line}" for line in lines)])


def to_html(network: Network, title: str | None = None, parameters: Array | None = None) -> str:
    """Return the network as a sketch, with its weights where there are parameters, and an HTML table."""
    head = "".join(f'<th style="text-align:left">{heading}</th>' for heading in HEADINGS)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows(network))
    caption = escape(headline(network) if title is None else title)
    sketch = draw_network(network.widths, () if parameters is None else network.weights(parameters))
    return f"<div><p>{caption}</p>{sketch}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
