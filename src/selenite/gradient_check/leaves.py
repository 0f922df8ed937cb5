"""Arrays in a vector, a list or a dict, however nested: taken out with names, and put back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def leaves(structure: Any, name: str = "") -> list[tuple[str, Any]]:
    """Return (name, array or number) of everything in a structure, in order; None is nothing.

    >>> leaves({"W": [np.zeros(2), np.ones(1)], "b": 0.5})
    [('W[0]', array([0., 0.])), ('W[1]', array([1.])), ('b', 0.5)]
    """
    if structure is None:
        return []
    if isinstance(structure, dict):
        return [
            leaf for key, part in structure.items() for leaf in leaves(part, f"{name}[{key}]" if name else f"{key}")
        ]
    if isinstance(structure, list | tuple):
        return [leaf for place, part in enumerate(structure) for leaf in leaves(part, f"{name}[{place}]")]
    return [(name, structure)]


def rebuilt(structure: Any, arrays: Iterator[Any]) -> Any:
    """Return a structure of the same form with other leaves."""
    if structure is None:
        return None
    if isinstance(structure, dict):
        return {key: rebuilt(part, arrays) for key, part in structure.items()}
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*(rebuilt(part, arrays) for part in structure))
    if isinstance(structure, list | tuple):
        return type(structure)(rebuilt(part, arrays) for part in structure)
    array = next(arrays)
    return float(array) if isinstance(structure, float) else array


def is_number(value: Any) -> bool:
    """Return whether a leaf is an array of floats, or a float."""
    if isinstance(value, np.ndarray):
        return bool(np.issubdtype(value.dtype, np.floating)) and value.size > 0
    return isinstance(value, float | np.floating)
