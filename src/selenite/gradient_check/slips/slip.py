"""A slip in words, and the layers in which it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selenite.gradient_check.layers import Layers

SHOWN = {"logistic": "the logistic function (sigmoid)", "relu": "ReLU", "leaky_relu": "leaky ReLU"}


@dataclass(frozen=True)
class Slip:
    """A slip: its name, what it is, and how to write it rightly."""

    name: str
    sentence: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.sentence}{f'. {self.remedy}' if self.remedy else ''}"


def shown(activations: Iterable[str]) -> str:
    """Return the names of functions as people write them."""
    return " and ".join(SHOWN.get(name, name.replace("leaky_relu", "leaky ReLU")) for name in sorted(set(activations)))


def place(layers: Layers, which: tuple[int, ...]) -> str:
    """Return some layers in words."""
    n = len(layers.weights)
    if which == tuple(range(n)) and n > 1:
        return "in every layer"
    if len(which) == n - 1 > 1 and n - 1 not in which:
        return "in the hidden layers"
    return f"in {' and '.join(called(layers, l) for l in which)}"


def called(layers: Layers, l: int) -> str:
    """Return what a layer is called; -1 is the inputs."""
    n = len(layers.weights)
    if l < 0:
        return "the inputs"
    return "the output layer" if l == n - 1 else f"hidden layer {l + 1}" if n > 2 else "the hidden layer"


def of_layers(layers: Layers, which: tuple[int, ...]) -> str:
    return place(layers, which).replace("in ", "of ", 1)


def sets(layers: Layers, fitting: list[int]) -> list[tuple[int, ...]]:
    """Return the sets of layers in which a slip may be made at once: all, all hidden ones, each."""
    n = len(layers.weights)
    found = [tuple(fitting), tuple(l for l in fitting if l < n - 1), *((l,) for l in fitting)]
    return [chosen for chosen in dict.fromkeys(found) if chosen]


def displaced(fitting: dict[int, list[int]]) -> Iterator[dict[int, int]]:
    """Yield which other layer is taken in place of which: in one layer each of the fitting ones, in all that by one."""
    yield from ({l: m} for l, others in fitting.items() for m in others)
    for by in (1, -1):
        together = {l: l + by for l, others in fitting.items() if l + by in others}
        if len(together) > 1:
            yield together


def is_square(layers: Layers, l: int) -> bool:
    n_in, n_out = layers.weights[l].shape
    return bool(n_in == n_out)


def sloped(layers: Layers) -> list[int]:
    """Return the layers that have a slope of their own: no identity, no output folded into its loss."""
    last = len(layers.weights) - 1
    folded = layers.loss == "log_loss" or layers.activations[last] == "softmax"
    return [l for l, name in enumerate(layers.activations) if name != "identity" and not (l == last and folded)]
