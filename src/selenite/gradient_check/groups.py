"""The parameters in groups that play one part, the weights of a layer or its biases, whatever arrays they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from selenite.gradient_check.points import Parameters, joined
from selenite.gradient_check.recognise import Recognised
from selenite.gradient_check.slips.slip import of_layers
from selenite.types import Array, Indices


@dataclass(frozen=True)
class Group:
    """An array of the user's, or the weights or biases of a layer in an array that holds more than these."""

    name: str
    is_bias: bool
    places: Indices  # of the entries looked at, in all parameters joined
    shape: tuple[int, ...] = ()  # of a whole array

    def of(self, vectors: list[Array]) -> Array:
        """Return the group's entries of a vector at each point, behind one another."""
        return np.concatenate([vector[self.places] for vector in vectors])


def grouped(parameters: Parameters, known: Recognised | None) -> list[Group]:
    """Return the groups, in the user's order."""
    groups: list[Group] = []
    parts = [] if known is None else list(_parts(known, joined(parameters.start)))
    begin = 0
    for name, array, looked_at in parameters.each():
        places, end = begin + looked_at, begin + array.size
        inside = [(what, is_bias, index) for what, is_bias, index in parts if begin <= index.min() < end]
        if len(inside) > 1:
            groups += [
                Group(f"{name}, {what}", is_bias, np.intersect1d(places, index)) for what, is_bias, index in inside
            ]
        else:
            is_bias = inside[0][1] if inside else _looks_like_bias(name, array)
            groups.append(Group(name, is_bias, places, array.shape))
        begin = end
    return [group for group in groups if len(group.places)]


def _parts(known: Recognised, vector: Array) -> Iterator[tuple[str, bool, Indices]]:
    layers = known.layers(vector)
    for what, is_bias, indices in (("weights", False, known.reading.weights), ("biases", True, known.reading.biases)):
        for l, index in enumerate(indices):
            if index is not None:
                yield f"{what} {of_layers(layers, (l,))}", is_bias, index


def _looks_like_bias(name: str, array: Array) -> bool:
    return array.ndim < 2 or (1 in array.shape and "b" in name.lower())
