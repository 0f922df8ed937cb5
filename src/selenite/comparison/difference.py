"""Compares two models: their files, and their answers on a table where there is one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from os import PathLike, fspath
from typing import Any

import msgspec

from selenite.comparison.answers import Answers, compare_answers
from selenite.comparison.files import Change, LayerDifference, changes, weights, weights_differ
from selenite.comparison.sides import Side, side_of
from selenite.comparison.text import difference_text, verdict_text
from selenite.errors import OptionError
from selenite.table import Table, as_table


@dataclass(frozen=True)
class Difference:
    """What differs between two models; printed, it is what `selenite diff` says.

    Attributes
    ----------
    changes : tuple of Change or None
        Everything but the weights that is not the same: section, of which column or model, what, `a` and `b`. None of
        an export, which has answers alone.
    weights : tuple of LayerDifference or None
        How far the layers lie apart; None where inputs, layers or classes are not the same.
    answers : Answers, str or None
        How the answers on a table differ, or why they cannot be compared; None without a table.
    """

    changes: tuple[Change, ...] | None
    weights: tuple[LayerDifference, ...] | None
    answers: Answers | str | None = None

    @property
    def equal(self) -> bool | None:
        """Whether the models are the same in everything that their files hold; None of an export."""
        return None if self.changes is None else not self.changes and not weights_differ(self.weights)

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
    a, b : Model, an estimator that was fitted, or path
        A path is that of a model's file, or of what `selenite.export` wrote: its folder, or one of its files where
        there are several exports in the folder. An export is run: its answers alone are compared.
    table : table, optional
        Rows to answer, which an export needs. Where it has the target's column, it also says whether one model is
        better: McNemar's exact test of the classes, and the 95 % interval of the difference of the loss.

    Returns
    -------
    Difference
        It says what it found where it is printed.

    Raises
    ------
    OptionError
        Where `a` or `b` is no model, or an export that cannot be run here.
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
    if isinstance(table, str | PathLike):
        raise OptionError(
            f"table={fspath(table)!r} is a path: give rows, such as a frame, or run selenite diff A B --on FILE"
        )
    sides = side_of(a), side_of(b)
    tables = None if table is None else tuple(as_table(table, side.model.schema.names) for side in sides)
    return compare(*sides, tables)


def compare(a: Side, b: Side, tables: tuple[Table, ...] | None) -> Difference:
    """Return what differs; of the same rows as each model reads them."""
    if tables is None and (a.is_export or b.is_export):
        raise OptionError("an export has answers alone: give a table, --on TABLE, to compare them on")
    answers = None if tables is None else compare_answers(a, b, *tables)
    if a.is_export or b.is_export:
        return Difference(None, None, answers)
    return Difference(tuple(changes(a.model, b.model)), weights(a.model, b.model), answers)
