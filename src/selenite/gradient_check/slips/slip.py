"""A slip in words, the layers in which it is made, and tables of slips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from selenite.gradient_check.layers import Changes, Layers, Piece

SHOWN = {"logistic": "the logistic function (sigmoid)", "relu": "ReLU", "leaky_relu": "leaky ReLU"}
FORMULAS = {"logistic": "a(1 - a)", "tanh": "1 - a²"}


@dataclass(frozen=True)
class Slip:
    """A slip in a gradient written by hand; `print` shows sentence and remedy.

    Parameters
    ----------
    name : str
        Such as "missing-1/n"; docs/check-gradient.md has all of them.
    sentence : str
        What is wrong, and in which layers.
    remedy : str
        How to write it rightly; empty where the sentence says it.

    Examples
    --------
    >>> print(Slip("sign", "the sign is wrong", "Take prediction - target"))
    the sign is wrong. Take prediction - target
    """

    name: str
    sentence: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.sentence}{f'. {self.remedy}' if self.remedy else ''}"


Candidate: TypeAlias = tuple[Slip, Changes]  # a slip, and the backward pass that makes it
# Of a table: name, sentence, remedy, and the piece as it is wrongly computed. In the words {at} and {of} are the layers
# where it is made, {functions} their activations, {right} the formulas of these.
Row: TypeAlias = tuple[str, str, str, Piece]


def made_in(layers: Layers, which: Sequence[int], piece: str, table: Iterable[Row]) -> Iterator[Candidate]:
    """Yield each slip of a table, made in these layers."""
    names = {layers.activations[l] for l in which}
    words = {
        "at": place(layers, which),
        "of": place(layers, which).replace("in ", "of ", 1),
        "functions": " and ".join(SHOWN.get(one, one.replace("leaky_relu", "leaky ReLU")) for one in sorted(names)),
        "right": ", ".join(FORMULAS[name] for name in sorted(names & FORMULAS.keys())),
    }
    for name, sentence, remedy, wrong in table:
        slip = Slip(name, sentence.format(**words), remedy.format(**words))
        yield slip, {(piece, l): wrong for l in which}


def place(layers: Layers, which: Sequence[int]) -> str:
    """Return some layers in words."""
    n = layers.n_layers
    if len(which) == n > 1:
        return "in every layer"
    if len(which) == n - 1 > 1 and n - 1 not in which:
        return "in the hidden layers"
    return f"in {' and '.join(called(layers, l) for l in which)}"


def called(layers: Layers, l: int) -> str:
    """Return what a layer is called; -1 is the inputs."""
    n = layers.n_layers
    if l < 0:
        return "the inputs"
    return "the output layer" if l == n - 1 else f"hidden layer {l + 1}" if n > 2 else "the hidden layer"


def sets(layers: Layers, fitting: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the sets of layers in which a slip may be made at once: all, all hidden ones, each."""
    found = [tuple(fitting), tuple(l for l in fitting if l < layers.n_layers - 1), *((l,) for l in fitting)]
    return [chosen for chosen in dict.fromkeys(found) if chosen]


def displaced(fitting: dict[int, list[int]]) -> Iterator[dict[int, int]]:
    """Yield which other layer is taken in place of which: in one layer each of the fitting ones, in all that by one."""
    yield from ({l: m} for l, others in fitting.items() for m in others)
    for by in (1, -1):
        together = {l: l + by for l, others in fitting.items() if l + by in others}
        if len(together) > 1:
            yield together


def sloped(layers: Layers) -> list[int]:
    """Return the layers that have a slope of their own: no identity, no output folded into its loss."""
    n = layers.n_layers - layers.folds_slope
    return [l for l in range(n) if layers.activations[l] != "identity"]
