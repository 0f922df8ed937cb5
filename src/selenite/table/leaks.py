"""Columns that alone tell the answer: known only afterwards, such as what was decided because of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selenite.table.table import Column, Dates, Numbers, Text, days_of
from selenite.types import Floats, Indices, Mask

FEWEST_ROWS = 40  # fewer show nothing
MOST_CLASSES = 100  # with more, none is looked for
LEAK_ACCURACY, LEAK_CORRELATION = 0.99, 0.999
Nearest = Callable[[Mask], Indices]


def leak(feature: Column, answers: Column, is_number: bool) -> str:
    """Say how a column alone tells the answers, which are to be a number or classes, if it does too well."""
    if len(answers.missing()) < FEWEST_ROWS:
        return ""
    if isinstance(answers, Numbers) and is_number:
        return _number_leak(feature, answers.values)
    return _class_leak(feature, _classes(answers))


def _classes(answers: Column) -> Indices:
    """Return the class of each row as a number."""
    values = answers.codes if isinstance(answers, Text) else answers.values
    return np.unique(values, return_inverse=True)[1]


def _class_leak(feature: Column, classes: Indices) -> str:
    """Say how well a feature alone tells the classes of rows that were held out, if it is too well."""
    n_classes = int(classes.max()) + 1
    if n_classes > MOST_CLASSES:
        return ""
    majority = np.bincount(classes).max() / len(classes)
    groups, nearest = _groups(feature)
    right = 0
    for learnt, held_out in _halves(len(classes)):
        counts = np.bincount(groups[learnt] * n_classes + classes[learnt], minlength=(groups.max() + 1) * n_classes)
        counts = counts.reshape(-1, n_classes)
        guess = counts.argmax(axis=1)
        seen = counts.sum(axis=1) > 0
        guess = guess[nearest(seen)] if nearest else np.where(seen, guess, np.bincount(classes[learnt]).argmax())
        right += int((guess[groups[held_out]] == classes[held_out]).sum())
    accuracy = right / len(classes)
    too_good = accuracy >= LEAK_ACCURACY and 1.0 - accuracy <= 0.2 * (1.0 - majority)
    return f"it tells {accuracy:.1%} of held-out rows right" if too_good else ""


def _number_leak(feature: Column, values: Floats) -> str:
    """Say how a feature goes along with a numeric target, if it does so too well."""
    if isinstance(feature, Text):
        groups, _ = _groups(feature)
        guess = np.empty(len(values))
        for learnt, held_out in _halves(len(values)):
            sums = np.bincount(groups[learnt], values[learnt], groups.max() + 1)
            counts = np.bincount(groups[learnt], minlength=groups.max() + 1)
            means = np.where(counts > 0, sums / np.maximum(counts, 1), values[learnt].mean())
            guess[held_out] = means[groups[held_out]]
        pairs = [(guess, values)]
    else:
        kept = ~feature.missing()
        if kept.sum() < max(FEWEST_ROWS, 0.5 * len(kept)):
            return ""
        numbers = _as_numbers(feature)[kept]
        pairs = [(numbers, values[kept]), (_ranks(numbers), _ranks(values[kept]))]
    strongest = max(_correlation(a, b) for a, b in pairs)
    return f"correlation {strongest:.4f}" if strongest >= LEAK_CORRELATION else ""


def _halves(n_rows: int) -> list[tuple[Indices, Indices]]:
    """Return two ways to learn from one half of the rows and try the other."""
    order = np.random.default_rng(0).permutation(n_rows)
    a, b = order[: n_rows // 2], order[n_rows // 2 :]
    return [(a, b), (b, a)]


def _groups(column: Column) -> tuple[Indices, Nearest | None]:
    """Return a group for each row, its value or gap; for numbers also how to find the nearest group of some."""
    if isinstance(column, Text):
        return np.unique(column.codes, return_inverse=True)[1], None
    different, groups = np.unique(_as_numbers(column), return_inverse=True)
    different = np.nan_to_num(different, nan=np.inf, posinf=np.inf)  # gaps are one group, far above

    def nearest(some: Mask) -> Indices:
        chosen = np.flatnonzero(some)
        above = np.minimum(np.searchsorted(different[chosen], different), len(chosen) - 1)
        below = np.maximum(above - 1, 0)
        with np.errstate(invalid="ignore", over="ignore"):
            use_below = different - different[chosen[below]] < different[chosen[above]] - different
        return np.asarray(np.where(use_below, chosen[below], chosen[above]))

    return groups, nearest


def _as_numbers(column: Numbers | Dates) -> Floats:
    return days_of(column.values) if isinstance(column, Dates) else column.values


def _ranks(values: Floats) -> Floats:
    return np.unique(values, return_inverse=True)[1].astype(np.float64)


def _correlation(a: Floats, b: Floats) -> float:
    """Return the absolute correlation, 0 where one side is constant."""
    a, b = (x / max(float(np.abs(x).max()), 1e-300) for x in (a, b))
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return abs(float(a @ b)) / size if size > 1e-12 * len(a) else 0.0
