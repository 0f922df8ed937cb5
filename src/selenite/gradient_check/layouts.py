"""How a user may have laid out a network: which of the parameters are which layer's weights and biases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise, product

import numpy as np

from selenite.types import Array, Indices

MOST_OUTPUTS = 10  # of a network whose parameters are one flat vector


@dataclass(frozen=True)
class Layout:
    """Where each weight and bias is in the parameters, joined to one vector."""

    weights: tuple[Indices, ...]  # (n_in, n_out) each
    biases: tuple[Indices | None, ...]  # (n_out,) each

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, the inputs first."""
        return (self.weights[0].shape[0], *(index.shape[1] for index in self.weights))

    @property
    def order(self) -> Indices:
        """Where each parameter is that `nn` has in its one vector."""
        parts = [part for pair in zip(self.weights, self.biases, strict=True) for part in pair if part is not None]
        return np.concatenate([part.ravel() for part in parts])

    def joined(self, weights: list[Array], biases: list[Array | None], size: int) -> Array:
        """Return gradients in the user's order."""
        vector = np.zeros(size)
        for index, values in zip((*self.weights, *self.biases), (*weights, *biases), strict=True):
            if index is not None and values is not None:
                vector[index] = values
        return vector


def layouts(shapes: list[tuple[int, ...]], n_inputs: int) -> Iterator[Layout]:
    """Yield the ways to read arrays of these shapes as layers, the likeliest first."""
    starts = np.cumsum([0, *(int(np.prod(shape, dtype=int)) for shape in shapes)])
    arrays = [
        np.arange(start, end).reshape(shape) for shape, (start, end) in zip(shapes, pairwise(starts), strict=True)
    ]
    if len(arrays) == 1 and arrays[0].ndim == 1:
        yield from _splits(arrays[0], n_inputs)
    yield from _chains(arrays, n_inputs, Layout((), ()))


def _splits(vector: Indices, n_inputs: int) -> Iterator[Layout]:
    """Yield the ways to cut a flat vector into layers.

    Each with its biases after, before or among its weights, or all weights first; matrices by rows or by columns.
    """
    if len(vector) == n_inputs + 1:
        yield Layout((vector[1:, None],), (vector[:1],))
    for sizes, biased in _sizes(len(vector), n_inputs):
        shapes = list(pairwise(sizes))
        parts = [(layer, of_biases) for layer in range(len(shapes)) for of_biases in range(1 + biased)]
        orders = [parts, sorted(parts, key=lambda part: part[1]), sorted(parts, key=lambda part: (part[0], -part[1]))]
        for order in orders if biased else [parts]:
            lengths = [shapes[layer][1] * (1 if of_biases else shapes[layer][0]) for layer, of_biases in order]
            cut = dict(zip(order, np.split(vector, np.cumsum(lengths)[:-1]), strict=True))
            biases = tuple(cut.get((layer, 1)) for layer in range(len(shapes)))
            yield Layout(tuple(cut[layer, 0].reshape(shape) for layer, shape in enumerate(shapes)), biases)
            yield Layout(tuple(cut[layer, 0].reshape(shape[::-1]).T for layer, shape in enumerate(shapes)), biases)
        if biased:  # each unit's bias beside its weights: a column of its layer's matrix, the first or the last
            cuts = np.split(vector, np.cumsum([(n_in + 1) * n_out for n_in, n_out in shapes])[:-1])
            blocks = [cut.reshape(shape[1], shape[0] + 1) for cut, shape in zip(cuts, shapes, strict=True)]
            yield Layout(tuple(block[:, 1:].T for block in blocks), tuple(block[:, 0] for block in blocks))
            yield Layout(tuple(block[:, :-1].T for block in blocks), tuple(block[:, -1] for block in blocks))


def _sizes(length: int, d: int) -> Iterator[tuple[tuple[int, ...], bool]]:
    """Yield layer sizes of so many parameters, with biases or without, of up to two hidden layers."""
    for k in range(1, MOST_OUTPUTS + 1):
        if (d + 1) * k == length:
            yield (d, k), True
        for h in range(1, length):
            if (d + 1) * h + (h + 1) * k == length:
                yield (d, h, k), True
            if (d + k) * h == length:
                yield (d, h, k), False
    for k, h in product(range(1, MOST_OUTPUTS + 1), range(1, length)):
        g, rest = divmod(length - (d + 1) * h - k, h + 1 + k)
        if g > 0 and not rest:
            yield (d, h, g, k), True


def _chains(left: list[Indices], width: int, before: Layout) -> Iterator[Layout]:
    """Yield the ways to put arrays one after the other, each with the width that the one before has."""
    if not left:
        yield before
    for i, array in enumerate(left):
        rest = [*left[:i], *left[i + 1 :]]
        for matrix, own in _as_weights(array, width):
            n_out = matrix.shape[1]
            beside = [j for j, one in enumerate(rest) if one.size == n_out and (one.ndim < 2 or 1 in one.shape)]
            choices = [(rest[j].ravel(), [*rest[:j], *rest[j + 1 :]]) for j in beside]
            for biases, others in chain(choices, [(None, rest)]) if own is None else [(own, rest)]:
                layout = Layout((*before.weights, matrix), (*before.biases, biases))
                yield from _chains(others, n_out, layout)


def _as_weights(array: Indices, width: int) -> Iterator[tuple[Indices, Indices | None]]:
    """Yield an array as weights of a layer with so many inputs, (n_in, n_out), and the biases that it holds as well."""
    if array.ndim < 2:
        if array.size == width:
            yield array.reshape(width, 1), None
        if width == 1 and array.size > 1:
            yield array.reshape(1, -1), None
        if array.size == width + 1:
            yield array.ravel()[:width].reshape(width, 1), array.ravel()[width:]
            yield array.ravel()[1:].reshape(width, 1), array.ravel()[:1]
    elif array.ndim == 2:
        for matrix in (array, array.T):
            if matrix.shape[0] == width:
                yield matrix, None
        for matrix in (array, array.T):
            if matrix.shape[0] == width + 1:  # a row of biases, for an input that is always 1
                yield matrix[:-1], matrix[-1]
                yield matrix[1:], matrix[0]
