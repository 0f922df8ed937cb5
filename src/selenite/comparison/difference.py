"""Compares two models: their files, and their answers on a table where there is one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import msgspec

from selenite.comparison.answers import Answers, compare_answers
from selenite.comparison.files import Change, LayerDifference, changes, weights, weights_differ
from selenite.comparison.text import difference_text, verdict_text
from selenite.model import Model
from selenite.model.model import model_of
from selenite.table import Table, as_table


@dataclass(frozen=True)
class Difference:
    """What differs between two models; printed, it is what `selenite diff` says.

    Attributes
    ----------
    changes : tuple of Change
        Everything but the weights that is not the same: section, of which column or model, what, `a` and `b`.
    weights : tuple of LayerDifference or None
        How far the layers lie apart; None where inputs, layers or classes are not the same.
    answers : Answers, str or None
        How the answers on a table differ, or why they cannot be compared; None without a table.
    """

    changes: tuple[Change, ...]
    weights: tuple[LayerDifference, ...] | None
    answers: Answers | str | None = None

    @property
    def equal(self) -> bool:
        """Whether the models are the same in everything that their files hold."""
        return not self.changes and not weights_differ(self.weights)

    @property
    def verdict(self) -> str:
        """What it comes to, in one sentence."""
        return verdict_text(self.changes, self.weights, self.answers)

    def as_json(self) -> dict[str, Any]:
        """Return the same as plain data that JSON can hold."""
        plain: dict[str, Any] = msgspec.to_builtins(
            {field.name: getattr(self, field.name) for field in fields(self)}, enc_hook=lambda number: number.item()
        )
        return {"equal": self.equal, "verdict": self.verdict, **plain}

    def __str__(self) -> str:
        """Return it as text, within 80 columns."""
        return difference_text(self.changes, self.weights, self.answers)


def diff(a: Any, b: Any, table: Any = None) -> Difference:
    """Compare two models: what differs in their files and, with a table, in their answers on the same rows.

    Parameters
    ----------
    a, b : Model or an estimator that was fitted
    table : table, optional
        Rows to answer. Where it has the target's column, it also says whether one model is better: McNemar's exact test
        of the classes, and the 95 % interval of the difference of the loss.

    Returns
    -------
    Difference
        It says what it found where it is printed.

    Raises
    ------
    OptionError
        Where `a` or `b` is no model.
    SchemaError
        Where the table does not fit one of the models.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> a, b = (selenite.SeleniteClassifier(members=1, max_iter=n).fit(X, X[:, 0] > 0) for n in (5, 6))
    >>> print(selenite.diff(a, a).verdict)
    A and B are equal in everything that their files hold
    >>> selenite.diff(a, b).equal
    False
    """
    of_a, of_b = model_of(a), model_of(b)
    tables = None if table is None else (as_table(table, of_a.schema.names), as_table(table, of_b.schema.names))
    return compare(of_a, of_b, tables)


def compare(a: Model, b: Model, tables: tuple[Table, Table] | None) -> Difference:
    """Return what differs; of the same rows as each model reads them."""
    answers = None if tables is None else compare_answers(a, b, *tables)
    return Difference(tuple(changes(a, b)), weights(a, b), answers)
