"""Columns that number or name the rows: set aside, unless the answers say that there is more in them than that.

A number that counts the rows of a file may be the day of a measurement, or nothing. It is learnt from where the answers
rise or fall along the file, or where neighbours have answers more alike than chance makes them; not where the file
merely stands in the order of the answers, each class in one block or numbers sorted. Where a column is called an
identifier its name decides, and where the user says what it is, that does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from selenite.table.schema import ColumnSchema, Kind
from selenite.table.table import Numbers, Table
from selenite.types import Floats, Indices

FEWEST_ROWS = 20  # fewer show nothing about a column being an identifier
SURE = 3.5  # standard errors beyond which answers go along with a column
UNEVEN = 0.3  # steps between sorted numbers drawn by chance differ by half of their size, those of a trend by less
_NAME = re.compile(r"(^|[^a-z])(id|ids|uuid|guid|key|idx|row ?num|row number|unnamed: 0)$|^(index)?$")

Answers = Indices | Floats  # the number of each row's class, or the number itself: (n,)


def looks_like_identifier(name: str) -> bool:
    """Tell whether a column's name is one of those given to identifiers."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").casefold().strip()
    return _NAME.search(spaced) is not None


def numbers_rows(column: object) -> bool:
    """Tell whether a column counts the rows in their order, from 0 or 1 on."""
    if not isinstance(column, Numbers) or len(column.values) < FEWEST_ROWS or column.values[0] not in (0, 1):
        return False
    return bool((np.diff(column.values) == 1).all())


def known_of(
    kinds: Mapping[str, Kind | ColumnSchema], groups: str | None, time_column: str | None, table: Table
) -> dict[str, Kind | ColumnSchema]:
    """Return what is known of columns, with those added that say which rows belong together, or when each was made."""
    known = dict(kinds)
    if groups is not None:  # learnt by heart, it would say nothing of new ones
        known[groups] = ColumnSchema(groups, "identifier", "says which rows belong together")
    if time_column is not None and time_column not in known and numbers_rows(table[time_column]):
        known[time_column] = "number"
    return known


def why_rows_numbers_are_set_aside(answers: Answers | None) -> str:
    """Return why a column that numbers the rows is not learnt from, in words; "" where it is."""
    if answers is None:
        return "numbers the rows; learnt from where the target goes along with it"
    if _are_in_order(answers):
        return "numbers the rows, which stand in the order of the target"
    return "" if _go_along_the_rows(answers) else "numbers the rows, and the target does not go along with it"


def answers_go_along(groups: Indices, answers: Answers) -> bool:
    """Tell whether the group of a row says more of its answer than chance, in rows that were not looked at.

    groups: 0, 1, 2, ...; -1 where there is none.
    """
    order = np.random.default_rng(0).permutation(len(groups))
    half = len(groups) // 2
    gain = np.zeros(len(groups))
    for learnt, tried in ((order[:half], order[half:]), (order[half:], order[:half])):
        gain[tried] = _gain(groups, answers, learnt, tried)
    deviation = float(gain.std())
    return deviation > 0 and float(gain.mean()) / deviation * np.sqrt(len(gain)) > SURE


def _are_in_order(answers: Answers) -> bool:
    """Tell whether rows were sorted by their answers: each class in one block, or numbers by chance's steps."""
    steps = np.diff(answers)
    if answers.dtype.kind == "i":
        return int(np.count_nonzero(steps)) + 1 == len(np.unique(answers))
    if not ((steps >= 0).all() or (steps <= 0).all()):
        return False
    pairs = np.abs(steps[1:] + steps[:-1]).sum()
    return bool(np.abs(np.diff(steps)).sum() >= UNEVEN * pairs)


def _go_along_the_rows(answers: Answers) -> bool:
    """Tell whether answers rise or fall along the rows, or whether neighbours' are alike, by more than chance."""
    n = len(answers)
    place = (np.arange(n) - (n - 1) / 2) / np.sqrt((n * n - 1) / 12)
    if answers.dtype.kind == "i":
        counts = np.bincount(answers)
        sums = np.bincount(answers, place)[(counts > 0) & (counts < n)]
        counts = counts[(counts > 0) & (counts < n)]
        trends = sums / np.sqrt(counts * (1 - counts / n))
        expected = n - (counts**2).sum() / n  # changes from row to row, were their order chance
        likeness = 1 - np.count_nonzero(np.diff(answers)) / max(expected, 1e-300)
    else:
        ranks = np.unique(answers, return_inverse=True)[1].astype(np.float64)
        deviation = float(ranks.std())
        if not deviation:
            return False
        ranks = (ranks - ranks.mean()) / deviation
        trends = np.array([(place * ranks).sum() / np.sqrt(n)])
        likeness = 1 - (np.diff(ranks) ** 2).sum() / (2 * n)
    sure = np.sqrt(SURE**2 + 2 * np.log(max(len(trends), 1)))  # the largest of many lies further out
    return bool(np.abs(trends).max(initial=0) > sure or likeness * np.sqrt(n) > SURE)


def _gain(groups: Indices, answers: Answers, learnt: Indices, tried: Indices) -> Floats:
    """Return by how much the learnt rows of its group foretell each tried row better than all learnt rows do.

    For classes by the logarithm of the probability, for numbers by the squared error of the rank. All learnt rows count
    as one more row of each group.
    """
    group = groups + 1  # -1 becomes a group that says nothing
    n_groups = int(group.max(initial=0)) + 1
    rows = np.bincount(group[learnt], minlength=n_groups)
    if answers.dtype.kind == "i":
        n_classes = int(answers.max()) + 1
        share = (np.bincount(answers[learnt], minlength=n_classes) + 1) / (len(learnt) + n_classes)
        pairs, counts = np.unique(group[learnt] * n_classes + answers[learnt], return_counts=True)
        wanted = group[tried] * n_classes + answers[tried]
        at = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        seen = np.where(pairs[at] == wanted, counts[at], 0)
        of_all = share[answers[tried]]
        gain = np.log((seen + of_all) / (rows[group[tried]] + 1)) - np.log(of_all)
    else:
        ranks = np.unique(answers, return_inverse=True)[1].astype(np.float64)
        mean = ranks[learnt].mean()
        of_group = (np.bincount(group[learnt], ranks[learnt], n_groups) + mean) / (rows + 1)
        gain = (ranks[tried] - mean) ** 2 - (ranks[tried] - of_group[group[tried]]) ** 2
    return np.where(groups[tried] < 0, 0.0, gain)
