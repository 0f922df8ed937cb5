"""Which columns are taken from a source: all, all but some, or some alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from selenite.errors import OptionError, TableError
from selenite.table.table import Table
from selenite.text import listed, shown

Kept = Callable[[tuple[str, ...], str], tuple[str, ...]]  # of a source's columns, and what it is called: those taken


def all_columns(names: tuple[str, ...], source: str) -> tuple[str, ...]:
    """Return all columns."""
    return names


def kept_columns(
    names: Sequence[str],
    source: str,
    drop: Sequence[str],
    only: Sequence[str],
    with_task: Sequence[str | None] = (),
) -> tuple[str, ...]:
    """Return the columns that are left once some are dropped, or only some taken; none of either takes all.

    Those `with_task`, such as the target, are taken beside the only ones where they are there.

    >>> kept_columns(["id", "age", "y"], "t.csv", ["id"], []), kept_columns(["id", "age", "y"], "t.csv", [], ["age"])
    (('age', 'y'), ('age',))
    >>> kept_columns(["id", "age", "y"], "t.csv", ["agee"], [])
    Traceback (most recent call last):
    selenite.errors.OptionError: t.csv has no column "agee"; did you mean "age"?
    """
    header = Table(tuple(names), (), 0, source)
    for name in (*drop, *only):
        header.require(name)
    kept = tuple(name for name in names if name not in drop and (not only or name in (*only, *with_task)))
    if not kept:
        raise OptionError(f"no column of {source} is left to learn from: all are dropped")
    return kept


def positions(names: Iterable[str], kept: Iterable[str]) -> list[int]:
    """Return where the columns taken stand among all of a source, whose names differ.

    >>> positions(["id", "age", "y"], ["age", "y"])
    [1, 2]
    """
    place = {name: k for k, name in enumerate(names)}
    return [place[name] for name in kept]


def require_same_columns(
    what: str, names: Sequence[str], first: str, first_names: Sequence[str], together: str
) -> None:
    """Refuse what has other columns than the first of those that go together, whatever their order."""
    here, there = set(names), set(first_names)
    if missing := [name for name in first_names if name not in here]:
        told = f"no column {shown(missing[0])}, which {first} has"
    elif further := [name for name in names if name not in there]:
        told = f"a column {shown(further[0])}, which {first} has not"
    else:
        return
    raise TableError(f"{what} has {told}. It has {listed(names, 8)}. All {together} must have the same columns")


def named_in(text: str, names: Sequence[str]) -> list[str]:
    """Return the columns that a text names: the one of that name, else those between its commas.

    >>> named_in("age, sex", ["age", "sex"]), named_in("Smith, J.", ["Smith, J.", "J."])
    (['age', 'sex'], ['Smith, J.'])
    """
    return [text] if text in names else [name.strip() for name in text.split(",")]
