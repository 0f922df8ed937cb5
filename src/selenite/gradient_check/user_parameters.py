"""The parameters of a user's network: where they are, how others are put in their place, which gradient is whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.known_names import HOW, INPUTS, TARGETS, parameter_of
from selenite.types import AnyArray, Array


class UserParameters:
    """An array, a list or a dict of arrays: an argument of the user's functions, or arrays of the user's object."""

    def __init__(self, structure: Any, label: str, *, owner: object = None, of_owner: bool = False) -> None:
        self.label = label
        self.structure = structure
        self.by_name: dict[Any, Any] = structure if isinstance(structure, dict) else {"": structure}
        self.owner = owner
        self.of_owner = of_owner  # whether they are the owner's own attributes
        leaves = flatten(self.by_name)
        for name, value in leaves:
            if not is_numeric(value):
                what = f"{value.dtype} of shape {value.shape}" if isinstance(value, np.ndarray) else repr(value)[:60]
                raise OptionError(
                    f"parameter {name or 'parameters'} of {label} is {what}; "
                    "parameters must be arrays of floats (astype(float) makes such)"
                )
        if not leaves:
            raise OptionError(f"{label} has no parameters. {HOW}")
        self.names = [name or "parameters" for name, _ in leaves]
        self.start: list[Array] = [np.array(value) for _, value in leaves]

    def as_argument(self, arrays: list[Array]) -> Any:
        """Return copies of some arrays in the parameters' structure."""
        return unflatten(self.structure, iter([np.array(array) for array in arrays]))

    def put(self, arrays: list[Array]) -> None:
        """Write some arrays into the user's own."""
        try:
            assign(self.by_name, iter(arrays))
        except ValueError as error:
            raise OptionError(f"a parameter of {self.label} cannot be written to ({error}); hand in a copy") from None
        for key, value in self.by_name.items():
            is_own_number = isinstance(value, float | np.floating) and isinstance(key, str) and hasattr(self.owner, key)
            if self.of_owner or is_own_number:
                setattr(self.owner, key, value)  # an array, too: the user's step may have put another there

    def current(self) -> list[tuple[str, Any]]:
        """Return the user's own arrays as they are now, with their names."""
        return flatten({key: getattr(self.owner, key) for key in self.by_name} if self.of_owner else self.by_name)

    def in_order(self, gradient: Any) -> list[AnyArray | None]:
        """Return a gradient's arrays in the order of the parameters; None where one is not given."""
        if isinstance(gradient, dict) and isinstance(self.structure, dict):
            return self._in_order_of_names(gradient)
        arrays = [_float_copy(value) for _, value in flatten(gradient)]
        sizes = [array.size for array in self.start]
        if len(arrays) == 1 < len(sizes) and arrays[0].size == sum(sizes):
            parts = np.split(arrays[0].ravel(), np.cumsum(sizes)[:-1])
            return [part.reshape(array.shape) for part, array in zip(parts, self.start, strict=True)]
        if len(arrays) != len(sizes):
            raise OptionError(
                f"gradient of {self.label} returned {len(arrays)} arrays; there are {len(sizes)} parameters: "
                f"{', '.join(self.names)}"
            )
        return [*arrays]

    def _in_order_of_names(self, gradient: dict[Any, Any]) -> list[AnyArray | None]:
        given = {parameter_of(key, self.by_name): part for key, part in gradient.items()}
        found: list[AnyArray | None] = []
        for key, part in self.by_name.items():
            count = len(flatten(part))
            own = flatten(given.get(key))
            if own and len(own) != count:
                raise OptionError(f"gradient of {self.label} has {len(own)} arrays for {key}, which has {count}")
            found += [_float_copy(value) for _, value in own] or [None] * count
        if all(array is None for array in found):
            raise OptionError(
                f"gradient of {self.label} returned {', '.join(map(str, gradient))}; the parameters are "
                f"{', '.join(map(str, self.by_name))}"
            )
        return found


def _float_copy(value: Any) -> AnyArray:
    array = np.array(value)  # a copy: the user's function may write into its own the next time
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(float)


def parameters_behind(gradient: Any, owner: object, label: str) -> dict[str, Any]:
    """Return the attributes of an object whose gradients are given: by a dict's keys, by dW1 for W1, or in order."""
    attributes = {
        name: value
        for name, value in vars(owner).items()
        if not name.startswith("_") and name not in (*INPUTS, *TARGETS) and all_numeric(value)
    }
    if gradient is None:
        names = [name for name in attributes if any(f"{d}{name}" in vars(owner) for d in ("d", "d_", "grad_"))]
    elif isinstance(gradient, dict):
        names = [parameter_of(key, attributes) or "" for key in gradient]
        if "" in names:
            raise OptionError(
                f"gradient of {label} returned {', '.join(map(str, gradient))}, but the parameters of these "
                f"names are not found; it has {', '.join(attributes) or 'no arrays'}"
            )
    else:
        names = _by_size(list(gradient) if isinstance(gradient, list | tuple) else [gradient], attributes)
    if not names:
        raise OptionError(
            f"which arrays of {label} are its parameters? Let gradient return a dict with their names, "
            'such as {"W1": dW1, "b1": db1}, or name them parameters'
        )
    return {name: attributes[name] for name in names}


def _by_size(parts: list[Any], attributes: dict[str, Any]) -> list[str]:
    """Return which attributes a gradient without names belongs to; nothing where that is not clear."""

    def sizes(value: Any) -> list[int]:
        return [np.size(leaf) for _, leaf in flatten(value)]

    if [*map(sizes, parts)] == [*map(sizes, attributes.values())]:
        return list(attributes)
    names: list[str] = []
    for part in parts:
        fitting = [name for name, value in attributes.items() if sizes(value) == sizes(part) and name not in names]
        if len(fitting) != 1:
            return list(attributes) if len(parts) == len(attributes) else []
        names += fitting
    return names


# ---------------------------------------------------------------- a structure and its leaves, its arrays and numbers


def flatten(structure: Any, name: str = "") -> list[tuple[str, Any]]:
    """Return (name, array or number) of each leaf, in order.

    >>> flatten({"W": [np.zeros(2), np.ones(1)], "b": 0.5})
    [('W[0]', array([0., 0.])), ('W[1]', array([1.])), ('b', 0.5)]
    """
    if structure is None:
        return []
    if not isinstance(structure, dict | list | tuple):
        return [(name, structure)]
    return [
        leaf
        for key, part in _items(structure)
        for leaf in flatten(part, f"{name}[{key}]" if name or not isinstance(structure, dict) else f"{key}")
    ]


def unflatten(structure: Any, leaves: Iterator[Any]) -> Any:
    """Return a structure of the same form with other leaves."""
    if structure is None:
        return None
    if isinstance(structure, dict):
        return {key: unflatten(part, leaves) for key, part in structure.items()}
    if isinstance(structure, list | tuple):
        parts = [unflatten(part, leaves) for part in structure]
        return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)
    leaf = next(leaves)
    return float(leaf) if isinstance(structure, float) else leaf


def assign(structure: Any, leaves: Iterator[Any]) -> None:
    """Write other leaves into a structure's own arrays, so that other names for them see it; replace its numbers."""
    for key, part in [*_items(structure)]:
        if isinstance(part, np.ndarray):
            part[...] = next(leaves)
        elif isinstance(part, dict | list | tuple):
            assign(part, leaves)
        elif part is not None:
            number = type(part)(next(leaves))
            if not isinstance(structure, tuple):
                structure[key] = number


def _items(structure: Any) -> Any:
    return structure.items() if isinstance(structure, dict) else enumerate(structure)


def is_numeric(leaf: Any) -> bool:
    """Return whether a leaf is an array of floats, or a float."""
    if isinstance(leaf, np.ndarray):
        return bool(np.issubdtype(leaf.dtype, np.floating)) and leaf.size > 0
    return isinstance(leaf, float | np.floating)


def all_numeric(structure: Any) -> bool:
    """Return whether a structure has leaves, all of them floats."""
    leaves = flatten(structure) if isinstance(structure, np.ndarray | float | list | dict | tuple) else []
    return bool(leaves) and all(is_numeric(leaf) for _, leaf in leaves)
