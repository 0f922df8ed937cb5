"""An activation as the operations that it is made of, for the exports to write in languages of their own.

The function of `nn.activations` is called with a `Formula` in place of an array: NumPy tells it each operation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, Self, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from selenite.errors import ExportError
from selenite.exporting.plan import Plan
from selenite.nn.activations import ACTIVATIONS

COMPARISONS = ("greater", "greater_equal", "less", "less_equal")
BINDING = {  # what binds more needs no brackets in what binds less
    **{"where": 0, "maximum": 1, "minimum": 1, "add": 3, "subtract": 3, "multiply": 4, "divide": 4},
    **dict.fromkeys(COMPARISONS, 2),
}
INFIX = {  # as most languages have them
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} * {}",
    "divide": "{} / {}",
    "negative": "-{}",
    "square": "{0} * {0}",
    "greater": "{} > {}",
    "greater_equal": "{} >= {}",
    "less": "{} < {}",
    "less_equal": "{} <= {}",
}


class Formula(NDArrayOperatorsMixin):
    """An operation of NumPy on others and on numbers; without any it is a letter.

    >>> z = Formula("z")
    >>> of = z * np.tanh(z + 1)
    >>> of.operation, of.operands[1].operation
    ('multiply', 'tanh')
    """

    dtype = np.dtype(np.float64)

    def __init__(self, operation: str, *operands: Any) -> None:
        self.operation = operation
        self.operands = tuple(one.item() if isinstance(one, np.generic | np.ndarray) else one for one in operands)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, **_: Any) -> Formula:
        name = ufunc.__name__.removesuffix(" (vectorized)")
        return Formula(name if method == "__call__" else f"{name}.{method}", *operands)

    def __array_function__(self, function: Any, _: Any, operands: Any, __: Any) -> Formula:
        return Formula(function.__name__, *operands)

    def copy(self) -> Self:
        """Return it: nothing writes into it."""
        return self

    def astype(self, _: Any) -> Formula:
        """Return it as a number, also where it is a comparison."""
        return Formula("where", self, 1.0, 0.0) if self.operation in COMPARISONS else self

    def operations(self) -> dict[str, None]:
        """Return the names of all operations, in their order."""
        found = {self.operation: None} if self.operands else {}
        for one in self.operands:
            if isinstance(one, Formula):
                found |= one.operations()
        return found


class Language(NamedTuple):
    """How a language writes operations: the name of a function, or a pattern with {} for each operand."""

    name: str
    operations: Mapping[str, str]
    number: Callable[[float], str] = repr

    def written(self, formula: Formula | float) -> str:
        """Return a formula as an expression.

        >>> Language("Python", {"tanh": "math.tanh", "multiply": "{} * {}"}).written(np.tanh(2 * Formula("z")))
        'math.tanh(2 * z)'
        """
        if not isinstance(formula, Formula):
            return self.number(formula)
        if not formula.operands:
            return formula.operation
        pattern = self.operations[formula.operation]
        if "{" in pattern:
            return pattern.format(*(self._inside(formula, k) for k in range(len(formula.operands))))
        return f"{pattern}({', '.join(map(self.written, formula.operands))})"

    def _inside(self, formula: Formula, k: int) -> str:
        """Return an operand as it stands in a pattern, in brackets where it needs them."""
        one, text = formula.operands[k], self.written(formula.operands[k])
        if not isinstance(one, Formula):
            return f"({text})" if k and text.startswith("-") else text
        inner, outer = BINDING.get(one.operation, -1), BINDING.get(formula.operation, 9)
        binds = inner > outer or (k == 0 and inner == outer >= BINDING["add"])  # from the left
        return text if binds or "{" not in self.operations.get(one.operation, "") else f"({text})"


def activations_in(language: Language, plan: Plan) -> dict[str, str]:
    """Return the activations of a plan's layers as expressions of z, but for softmax."""
    names = dict.fromkeys(layer.activation for layer in plan.members[0].layers)
    return {
        name: language.written(formula_of(name, language.operations, language.name))
        for name in names
        if name != "softmax"
    }


def formula_of(name: str, known: Collection[str], language: str) -> Formula:
    """Return an activation as a formula of z; refuse one with an operation that is not known."""
    z: Any = Formula("z")
    formula: Any = ACTIVATIONS[name].value(z)
    unknown = [one for one in formula.operations() if one not in known]
    if unknown:
        raise ExportError(
            f"the activation {name} is computed with NumPy's {' and '.join(unknown)}, which exports to {language} do "
            f"not write; they write {', '.join(known)}"
        )
    return cast(Formula, formula)
