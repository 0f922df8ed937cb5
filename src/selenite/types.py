"""The types of arrays, without the 10 ms that importing numpy.typing takes at every start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray
else:
    DTypeLike = Any

    class NDArray:
        """`NDArray[np.float64]` is `np.ndarray` at run time."""

        def __class_getitem__(cls, scalar: object) -> type:
            return np.ndarray


Array = NDArray[np.floating[Any]]  # of the arithmetic: float32 or float64
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]  # numbers of rows, columns, classes, units
Mask = NDArray[np.bool_]
AnyArray = NDArray[Any]

__all__ = ["AnyArray", "Array", "DTypeLike", "Floats", "Indices", "Mask", "NDArray"]
