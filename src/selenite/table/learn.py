"""Learns from the training rows what each column is and how it becomes numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import erf, sqrt
from typing import get_args

import numpy as np

from selenite.errors import OptionError
from selenite.table.arrow import matching
from selenite.table.cells import as_text, counted_texts
from selenite.table.dates import PACKED_DAY, formats_of, moments_of
from selenite.table.dialect import as_arguments
from selenite.table.kinds import Answers, looks_like_identifier, may_be_identifier, numbers_rows, seeming_kind, yes_no
from selenite.table.schema import FEW_CATEGORIES, SET_ASIDE, ColumnSchema, Kind, ReadOptions, Scale, Schema
from selenite.table.table import (
    EXACT,
    Column,
    Dates,
    Numbers,
    Table,
    Text,
    called,
    days_of,
    n_different_values,
    place_of,
)
from selenite.text import shown
from selenite.types import Floats, Indices, NDArray

MOST_CATEGORIES = 255  # the rest share one code
MOST_INDICATORS = 4096  # of all columns of text; beyond, each keeps fewer categories, down to these few
MOST_COLUMNS_OF_CASES = 8  # whose frequent values have indicators; where more are such, it is how the table is measured
SCORES = np.linspace(-3.0, 3.0, 65)  # of the rank quantiles: standard normal
LEVELS = np.array([0.5 * (1 + erf(score / sqrt(2))) for score in SCORES])  # the shares of rows below them
FEWEST_FREQUENT, MOST_FREQUENT, MOST_DIFFERENT, RECURRING = 32, 64, 512, 5
_QUARTERS = np.array([0, 0.25, 0.5, 0.75, 1])
_LARGEST = float(np.finfo(np.float64).max)


def learn_schema(
    table: Table,
    kinds: Mapping[str, Kind | ColumnSchema] | None = None,
    drawn: Indices | None = None,
    answers: Answers | None = None,
) -> Schema:
    """Return the schema of the training rows: what each column is, and how it becomes numbers.

    Parameters
    ----------
    table : Table
        All training rows; they tell what a column is, and which two answers it has.
    kinds : mapping of str to Kind or ColumnSchema, optional
        What some columns are, or all that is known of them.
    drawn : array of row numbers, optional
        The rows from which scales, quantiles and categories are learnt, where these are to stand for all.
    answers : array of shape (n_rows,), optional
        The class or number of each row, as `answers_of` gives it. It tells whether there is more in a column that
        numbers or names the rows; where nothing else can be learnt from, one that numbers them is.

    Raises
    ------
    OptionError
        If a column of `kinds` is not there, or holds something else.

    Examples
    --------
    >>> from selenite.table import as_table, learn_schema
    >>> table = as_table([["no", 1.5], ["yes", 2.0], ["no", 9.0]], ["member", "age"])
    >>> for column in learn_schema(table).columns:
    ...     print(column.name, column.kind, column.categories, column.minimum, column.maximum)
    member yes/no ('no', 'yes') None None
    age number () 1.5 9.0
    """
    kinds = kinds or {}
    for name, kind in kinds.items():
        table.require(name)
        if not isinstance(kind, ColumnSchema) and kind not in get_args(Kind):
            raise OptionError(f"{called(name)} cannot be {shown(str(kind))}; kinds are {', '.join(get_args(Kind))}")
    most = most_categories(table)
    columns = [
        learn_column(name, column, kinds.get(name), drawn, answers, most, table.first_line)
        for name, column in zip(table.names, table.columns, strict=True)
    ]
    if answers is not None and all(column.kind in SET_ASIDE for column in columns):
        for i, (name, column) in enumerate(zip(table.names, table.columns, strict=True)):
            if name not in kinds and numbers_rows(column) and not looks_like_identifier(name):
                columns[i] = learn_column(name, column, "number", drawn)
    if sum(bool(column.frequent_values) for column in columns) > MOST_COLUMNS_OF_CASES:
        columns = [replace(column, frequent_values=()) for column in columns]
    return Schema(tuple(columns))


def kinds_of_all(
    table: Table, schema: Schema, declared: Mapping[str, Kind | ColumnSchema]
) -> dict[str, Kind | ColumnSchema]:
    """Return what is known of columns that a part of the rows could show otherwise, and of those declared.

    `schema` is that of all rows. A part of 1, 2, 3, ... has gaps, and of text that recurs a part may be different
    throughout.
    """
    known = dict(declared)
    for column in schema.columns:
        if column.kind == "identifier" or (column.kind != "constant" and may_be_identifier(table[column.name])):
            known.setdefault(column.name, column if column.kind == "identifier" else column.kind)
    return known


def learn_column(
    name: str,
    column: Column,
    kind: Kind | ColumnSchema | None = None,
    drawn: Indices | None = None,
    answers: Answers | None = None,
    most: int = MOST_CATEGORIES,
    first_line: int | None = None,
) -> ColumnSchema:
    """Return the schema of one column, of the given kind or of the kind it seems to be."""
    if isinstance(kind, ColumnSchema):
        return kind
    reason = "" if kind is None else f"declared as {kind}"
    if kind is None:
        kind, reason = seeming_kind(name, column, answers)
    if kind == "identifier":
        return ColumnSchema(name, kind, reason)
    if kind == "constant":
        return ColumnSchema(name, kind, reason, categories=_only_text(column), missing=bool(column.missing().any()))
    if kind == "date" and not isinstance(column, Dates):
        raise _no_dates(name, column, first_line)
    if kind == "number" and not isinstance(column, Numbers):
        raise _misfit(name, column, kind)
    if drawn is not None and kind != "yes/no":
        column = column.take(drawn)
    gaps = bool(column.missing().any())
    if kind == "number":
        assert isinstance(column, Numbers)
        present = np.sort(column.values[~column.missing()])  # quantiles of sorted numbers are quick
        different, counts = _runs(present)
        return ColumnSchema(
            name,
            kind,
            scales=(scale_of(present),),
            rank_quantiles=rank_quantiles_of(present) if len(different) > 2 else (),
            frequent_values=frequent_values_of(different, counts),
            missing=gaps,
            minimum=_limit(present, np.min),
            maximum=_limit(present, np.max),
        )
    if kind == "date":
        assert isinstance(column, Dates)
        moments = np.sort(column.values[~column.missing()])
        days = days_of(moments)
        parts = ["time"]
        for part, (phase, _) in date_phases(moments).items():
            parts += [f"{part}_sin", f"{part}_cos"] if len(np.unique(phase)) > 1 else []
        return ColumnSchema(
            name,
            kind,
            scales=(scale_of(days),),
            parts=tuple(parts),
            missing=gaps,
            zoned=column.zoned,
            minimum=_limit(days, np.min),
            maximum=_limit(days, np.max),
        )
    if kind == "yes/no":
        pair = yes_no(column)
        if pair is None:
            raise _misfit(name, column, kind)
        return ColumnSchema(name, kind, categories=pair, missing=gaps)
    if kind == "text":
        return ColumnSchema(name, kind, missing=gaps)  # terms are learnt where rows are encoded to be learnt from
    texts, counts = counted_texts(column)
    kept = kept_categories(texts, counts, len(column.missing()), most)
    return ColumnSchema(name, kind, categories=kept, rare=len(kept) < len(texts), missing=gaps)


def scale_of(values: Floats) -> Scale:
    """Return, of sorted numbers, median and interquartile range, or half the whole range where that is 0."""
    if not len(values):
        return Scale(0.0, 0.0)
    low, lower, center, upper, high = quantiles(values / 4, _QUARTERS).tolist()
    width = upper - lower if upper > lower else (high - low) / 2  # of quarters: 1e308 - -1e308 would overflow
    return Scale(center * 4, min(width, _LARGEST / 4) * 4)


def rank_quantiles_of(values: Floats) -> tuple[float, ...]:
    """Return, of sorted numbers, the values at the normal quantiles `SCORES`."""
    return tuple((4 * quantiles(values / 4, LEVELS)).tolist())  # of quarters, as in `scale_of`


def quantiles(ascending: Floats, levels: Floats) -> Floats:
    """Return what `np.quantile` does, of numbers that are sorted already: in a fifth of the time for few.

    >>> quantiles(np.array([1.0, 2.0, 4.0]), np.array([0, 0.25, 1]))
    array([1. , 1.5, 4. ])
    """
    place = (len(ascending) - 1) * levels
    below = place.astype(np.intp)
    low, high, share = ascending[below], ascending[np.minimum(below + 1, len(ascending) - 1)], place - below
    return np.where(share < 0.5, low + (high - low) * share, high - (high - low) * (1 - share))


def _runs(ascending: Floats) -> tuple[Floats, Indices]:
    """Return the different numbers of sorted ones, and how often each occurs."""
    starts = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1])[: len(ascending)])
    return ascending[starts], np.diff(np.append(starts, len(ascending)))


def frequent_values_of(different: Floats, counts: Indices) -> tuple[float, ...]:
    """Return the numbers that many rows share, of a column of mostly one value and of many others that recur.

    Such a column, a capital gain say, is a list of cases rather than a measure: neighbours mean different things.
    """
    others, n = len(different) - 1, int(counts.sum())
    if not FEWEST_FREQUENT <= others <= MOST_DIFFERENT:
        return ()
    if counts.max() < 0.5 * n or n - counts.max() < RECURRING * others:
        return ()
    commonest = np.argsort(-counts, kind="stable")[:MOST_FREQUENT]
    return tuple(np.sort(different[commonest[counts[commonest] >= RECURRING]]).tolist())


def date_phases(moments: NDArray[np.datetime64]) -> dict[str, tuple[NDArray[np.int64], int]]:
    """Return where in year, week and day moments lie, as whole steps, with the steps of a full circle."""
    day = moments.astype("datetime64[D]")
    return {
        "year": ((day - moments.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64), 366),
        "week": ((day.astype(np.int64) + 3) % 7, 7),
        "day": ((moments - day).astype("timedelta64[m]").astype(np.int64), 1440),
    }


def _only_text(column: Column) -> tuple[str, ...]:
    """Return the one value of a column as text, a number as first spelt; nothing where there are more or none."""
    if n_different_values(column) != 1:
        return ()
    first = np.flatnonzero(~column.missing())[:1]
    if isinstance(column, Numbers) and column.type == "int" and abs(column.values[first[0]]) >= EXACT:
        return ()  # they only round to one
    return (counted_texts(column.take(first))[0][0],)


def most_categories(table: Table) -> int:
    """Return how many categories of a column get a code of their own: fewer where there are many columns of text."""
    n_texts = sum(isinstance(column, Text) for column in table.columns)
    return int(np.clip(MOST_INDICATORS // max(n_texts, 1), FEW_CATEGORIES, MOST_CATEGORIES))


def kept_categories(texts: list[str], counts: Indices, n_rows: int, most: int) -> tuple[str, ...]:
    """Return the categories with a code of their own, sorted by text."""
    order = np.lexsort((np.arange(len(texts)), -counts))[:most]
    if len(texts) > FEW_CATEGORIES:
        order = order[counts[order] >= max(2, n_rows // 5000)]
    return tuple(texts[i] for i in np.sort(order))


def _limit(values: Floats, of: Callable[[Floats], np.float64]) -> float | None:
    return float(of(values)) if len(values) else None


def _misfit(name: str, column: Column, kind: Kind) -> OptionError:
    texts, _ = counted_texts(column)
    example = f" such as {shown(texts[0])}" if texts else ""
    held = {Numbers: "numbers", Text: "text", Dates: "dates"}[type(column)]
    needs = "two values such as no and yes" if kind == "yes/no" else f"{kind}s"
    return OptionError(f"{called(name)} cannot be of kind {kind}: it holds {held}{example}, not {needs}")


def _no_dates(name: str, column: Numbers | Text, first_line: int | None) -> OptionError:
    """Say which cell of a column is no date, and where that is known in which line; and the format that reads it."""
    import pyarrow

    text = as_text(column)
    texts = pyarrow.array(text.values, "string")
    is_none = np.isnat(moments_of(texts, ReadOptions())[0]) if isinstance(column, Text) else np.ones(len(texts), bool)
    wrong = np.append(is_none, False)[text.codes]
    cell, place = "nothing", ""
    if wrong.any():
        row = int(np.argmax(wrong))
        cell = shown(text.values[text.codes[row]])
        place = "" if first_line is None else f"{place_of(row, first_line)}: "
    formats = ("%Y%m%d",) if len(texts) and matching(texts, PACKED_DAY).all() else formats_of(texts)
    remedy = " or ".join(as_arguments({"date_format": one}) for one in formats)
    how = f"Add {remedy}" if remedy else "A file's dates are read as ISO 8601, or as --date-format says"
    return OptionError(f"{place}{called(name)} cannot be of kind date: it holds {cell}, which is no date. {how}")
