"""The columns that an estimator is to learn from: `drop` and `only`, applied to tables that have names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selenite.errors import OptionError
from selenite.table import Table
from selenite.table.choice import kept_columns
from selenite.table.frames import in_memory


def with_chosen(X: Any, drop: Sequence[str], only: Sequence[str], known: Sequence[str] | None = None) -> Any:
    """Return a table with the columns that are left once some are dropped, or only some taken.

    Further rows need not have what was left out when the `known` columns were learnt.
    """
    X = in_memory(X)
    if not (drop or only):
        return X
    names = _names_of(X)
    if known is not None:
        return _selected(X, names, [name for name in names if name in known or not (only or name in drop)])
    if len(set(names)) < len(names):
        return X  # which is refused
    return _selected(X, names, kept_columns(names, _called(X), drop, only))


def _names_of(X: Any) -> list[str]:
    """Return the names of a table's columns; refuse what has none."""
    names = X.names if isinstance(X, Table) else getattr(X, "column_names", getattr(X, "columns", None))
    if names is None:
        raise OptionError(
            f"drop and only name columns, and {_called(X)} has no names: give a DataFrame, or leave them out yourself"
        )
    return [str(name) for name in names]


def _selected(X: Any, names: Sequence[str], kept: Sequence[str]) -> Any:
    if isinstance(X, Table):
        return X.without(*(name for name in names if name not in kept))
    import narwhals.stable.v2 as narwhals

    places = [place for place, name in enumerate(names) if name in kept]
    return narwhals.from_native(X, eager_only=True)[:, places].to_native()


def _called(X: Any) -> str:
    return X.source if isinstance(X, Table) else f"the {type(X).__module__.split('.')[0]} {type(X).__name__}"
