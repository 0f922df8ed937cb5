"""Arrays in a vector, a list or a dict, however nested: flattened with their names, and put back.

The arrays and numbers are the leaves of the structure (`jax.tree_util` calls it a pytree); None is no leaf.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


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
