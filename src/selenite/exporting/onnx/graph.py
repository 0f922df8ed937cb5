"""A graph of ONNX as it grows: operators applied to tensors, each under a name of its own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

import numpy as np

from selenite.types import AnyArray

LEARNING = "ai.onnx.ml"  # the domain that has LabelEncoder
VERSIONS = {"": 17, LEARNING: 2}  # of the operators; those of later runtimes know them, too
IR_VERSION = 8


class Graph:
    """Operators in the order in which they are computed, and constants.

    `dtype` is that of the network's arithmetic: float32 or float64.
    """

    def __init__(self, taken: Iterable[str], dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.versions = {"": VERSIONS[""]}
        self._taken = set(taken)

    def name(self, wanted: str) -> str:
        """Return a name that nothing else has, and keep it: the one that is wanted, or with a number after it."""
        found = next(name for k in count() if (name := f"{wanted}_{k}" if k else wanted) not in self._taken)
        self._taken.add(found)
        return found

    def constant(self, values: Any, name: str = "constant") -> str:
        """Return the name of an array that is given; of texts as objects."""
        from onnx import numpy_helper

        found = self.name(name)
        self.constants.append(numpy_helper.from_array(np.asarray(values), found))
        return found

    def real(self, values: Any, name: str = "constant") -> str:
        """Return the name of numbers given in the precision of the network."""
        return self.constant(np.asarray(values, dtype=self.dtype), name)

    def add(
        self,
        operator: str,
        *operands: str | float | AnyArray | np.int64,
        name: str = "",
        domain: str = "",
        **attributes: Any,
    ) -> str:
        """Return the name of what an operator gives; operands that are no names are constants, in double precision."""
        from onnx import helper

        given = [one if isinstance(one, str) else self.constant(one) for one in operands]
        found = self.name(name or operator.lower())
        self.nodes.append(helper.make_node(operator, given, [found], name=found, domain=domain, **attributes))
        self.versions.setdefault(domain, VERSIONS[domain])
        return found

    def needs(self, version: int) -> None:
        """Take the main domain's operators of a version, or a later one."""
        self.versions[""] = max(self.versions[""], version)

    def cast(self, tensor: str, dtype: Any) -> str:
        """Return a tensor in another type."""
        from onnx import helper

        return self.add("Cast", tensor, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def cos(self, x: str) -> str:
        """Return cos x in double precision, for which older runtimes have the sine alone: 1 - 2 sin²(x/2)."""
        sine = self.add("Sin", self.add("Mul", x, 0.5))
        return self.add("Sub", 1.0, self.add("Mul", 2.0, self.add("Mul", sine, sine)), name="cos")

    def last_not_above(self, table: str, x: str, at: str, n: int) -> str:
        """Return the place of the last of n entries, which rise from a place on, that is not above x: by halving."""
        while n := n // 2:
            further = self.add("Add", at, np.int64(n))
            is_below = self.add("LessOrEqual", self.add("Gather", table, further), x)
            at = self.add("Where", is_below, further, at)
        return at

    def columns(self, tensor: str, which: list[int]) -> str:
        """Return some of the columns of a tensor (n, k)."""
        return self.add("Gather", tensor, np.array(which, dtype=np.int64), axis=1)

    def beside(self, *tensors: str) -> str:
        """Return tensors (n, k) beside each other."""
        return self.add("Concat", *tensors, axis=1)
