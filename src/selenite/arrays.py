"""NumPy's array types for annotations, without the 10 ms that importing numpy.typing takes at every start."""

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


__all__ = ["DTypeLike", "NDArray"]
