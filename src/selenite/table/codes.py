"""Whole numbers that seem to be codes, as of shops or places: each tells of the target, and their order does not.

The answers of a half of the rows are foretold from the other half, by a number's own rows and by those of all numbers
near. Of sizes these are as good. What may be codes is called so, or lies far apart; where one number has most of the
rows, as 0 of a gain, the others are special amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from selenite.table.kinds import SURE, Answers, gains, looks_like_identifier
from selenite.table.schema import FEW_CATEGORIES, ColumnSchema
from selenite.table.suspects import declare
from selenite.table.table import Finding, Numbers, Table, called
from selenite.text import shown
from selenite.types import Floats

FAR_APART = 10  # whole numbers to each one that occurs
MOST_OF_ONE = 0.5  # of the rows
MOST_ROWS = 20_000  # that are looked at
STRETCHES = (64, 32, 16, 8, 4, 2)  # of numbers near each other, with about as many rows
NUMBERS_A_STRETCH = 3  # at the least
_CALLED_CODE = re.compile(r"(?i)(code|zip|zip_?code|post_?code|postal_?code|plz|sku)s?$")


def codes(table: Table, columns: Iterable[ColumnSchema], target: str, answers: Answers) -> Iterator[Finding]:
    """Give the columns learnt from as numbers that seem to be codes, and what would have them learnt from as such."""
    rows = np.arange(0, table.n_rows, -(-table.n_rows // MOST_ROWS))
    for known in columns:
        column = table[known.name]
        if known.kind != "number" or not isinstance(column, Numbers):
            continue
        values = column.values[rows]
        there = ~np.isnan(values)
        values, of_rows = values[there], answers[rows[there]]
        if not _may_be_codes(known.name, values) or not _order_says_nothing(values, of_rows):
            continue
        message = (
            f"{called(known.name)} holds whole numbers that seem to be codes: each tells of {shown(target)}, and their "
            f"order does not. If they are, {declare(known.name, 'category')}"
        )
        yield Finding("codes", known.name, message)


def _may_be_codes(name: str, values: Floats) -> bool:
    """Tell whether many whole numbers recur, called codes or far apart, and none has most of the rows."""
    different, counts = np.unique(values, return_counts=True)
    if len(different) <= FEW_CATEGORIES or 2 * len(different) > len(values) or (different % 1 != 0).any():
        return False
    called_so = looks_like_identifier(name) or _CALLED_CODE.search(name) is not None
    is_far = different[-1] - different[0] >= FAR_APART * len(different) and not _are_days(different)
    return bool((called_so or is_far) and counts.max() < MOST_OF_ONE * len(values))


def _are_days(values: Floats) -> bool:
    """Tell whether numbers are written as days, such as 20260131."""
    month, day = values // 100 % 100, values % 100
    return bool(((values >= 1900_01_01) & (values <= 2100_12_31) & (month >= 1) & (month <= 12) & (day <= 31)).all())


def _order_says_nothing(values: Floats, answers: Answers) -> bool:
    """Tell whether each number's own rows foretell the answers better than do those of the numbers near it."""
    different, places = np.unique(values, return_inverse=True)
    own = gains(places.astype(np.intp), answers)
    for count in STRETCHES:
        if NUMBERS_A_STRETCH * count > max(len(different), 2 * NUMBERS_A_STRETCH):
            continue
        ends = np.unique(np.quantile(values, np.arange(1, count) / count))
        more = own - gains(np.searchsorted(ends, values, side="right"), answers)
        if not more.mean() * np.sqrt(len(more)) > SURE * more.std():
            return False
    return True
