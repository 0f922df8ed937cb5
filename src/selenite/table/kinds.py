"""What each column seems to be; those that number or name the rows are set aside, unless the answers say otherwise.

Text that is mostly different from row to row names the rows, or is free text: four words a row and more.

A number that counts the rows of a file may be the day of a measurement, or nothing. It is learnt from where the answers
rise or fall along the file, or where neighbours have answers more alike than chance makes them; not where the file
merely stands in the order of the answers, each class in one block or numbers sorted. Where a column is called an
identifier its name decides, and where the user says what it is, that does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from selenite.table.cells import counted_texts
from selenite.table.schema import FEW_CATEGORIES, ColumnSchema, Kind
from selenite.table.table import EXACT, Column, Dates, Numbers, Table, Text, n_different_values
from selenite.types import Floats, Indices

FEWEST_ROWS = 20  # fewer show nothing about a column being an identifier
SURE = 3.5  # standard errors beyond which answers go along with a column
FEWEST_TEXTS, FEWEST_WORDS = 100, 4  # of free text, and words in one on average, parted by blanks and with a letter
MOST_LOOKED_AT = 1000  # different texts, to tell whether they are free text
UNEVEN = 0.3  # steps between sorted numbers drawn by chance differ by half of their size, those of a trend by less
_NAME = re.compile(r"(^|[^a-z])(id|ids|uuid|guid|key|idx|no|nr|row ?num|row number|unnamed: 0)[.]?$|^(index)?$")

PAIRS = (("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"))
IN_A_DOUBLE = " in the digits that a double holds, which rounds whole numbers beyond 2^53"

Answers = Indices | Floats  # the number of each row's class, or the number itself: (n,)


def seeming_kind(name: str, column: Column, answers: Answers | None = None) -> tuple[Kind, str]:
    """Return the kind a column seems to be, and why if it is set aside."""
    gaps = column.missing()
    n_rows, n_present = len(gaps), len(gaps) - int(np.count_nonzero(gaps))
    if n_present == 0:
        return "constant", "no values at all"
    if n_present == n_rows and _is_one_value(column):
        rounded = isinstance(column, Numbers) and column.type == "int" and abs(column.values[0]) >= EXACT
        return "constant", f"one value only{IN_A_DOUBLE if rounded else ''}"
    by_heart = "{:,} different {} in {:,} rows, would only be learnt by heart".format
    if isinstance(column, Dates):
        return "date", ""
    if yes_no(column) is not None:
        return "yes/no", ""
    if isinstance(column, Numbers):
        if n_present == n_rows >= FEWEST_ROWS and looks_like_identifier(name):
            if (column.values == np.round(column.values)).all() and n_different_values(column) == n_rows:
                return "identifier", by_heart(n_rows, "values", n_rows)
        elif numbers_rows(column):
            reason = why_rows_numbers_are_set_aside(answers)
            return ("identifier", reason) if reason else ("number", "")
        return "number", ""
    n_different = n_different_values(column)
    if n_different > 0.5 * n_present and is_free_text(column):
        return "text", ""
    names_rows = n_rows >= FEWEST_ROWS and n_different > FEW_CATEGORIES and n_different > 0.5 * n_present
    if names_rows and (answers is None or not answers_go_along(_repeated(column), answers)):
        return "identifier", by_heart(n_different, "texts", n_rows)
    return "category", ""


def _is_one_value(column: Column) -> bool:
    """Tell whether all rows of a column without gaps have the same value."""
    of_each = column.codes if isinstance(column, Text) else column.values
    return bool((of_each == of_each[0]).all())


def is_free_text(column: Text) -> bool:
    """Tell whether a column's texts are many, and of many words.

    >>> texts = tuple(f"bottle {i} had a fine taste" for i in range(100))
    >>> addresses = tuple(f"https://example.org/bottle-{i}?taste=fine" for i in range(100))
    >>> is_free_text(Text(np.arange(100), texts)), is_free_text(Text(np.arange(100), addresses))
    (True, False)
    """
    used = np.unique(column.codes[column.codes >= 0])
    if len(used) < FEWEST_TEXTS:
        return False
    texts = [column.values[code] for code in used[:MOST_LOOKED_AT].tolist()]
    return sum(map(_n_words, texts)) >= FEWEST_WORDS * len(texts)


def _n_words(text: str) -> int:
    """Return how many words a text has: what stands between blanks and has a letter."""
    return sum(any(map(str.isalpha, part)) for part in text.split())


def yes_no(column: Column) -> tuple[str, str] | None:
    """Return the texts for no and yes, if the column holds these two."""
    if isinstance(column, Numbers):
        no, yes = column.values == 0, column.values == 1
        if not (no | yes | column.missing()).all() or not no.any() or not yes.any():
            return None
        return ("false", "true") if column.type == "bool" else ("0", "1")
    if isinstance(column, Dates) or n_different_values(column) != 2:
        return None
    texts, _ = counted_texts(column)
    by_folded = {text.strip().casefold(): text for text in texts}
    for no, yes in PAIRS:
        if set(by_folded) == {no, yes}:
            return by_folded[no], by_folded[yes]
    return None


def may_be_identifier(column: Column) -> bool:
    """Tell whether some of a column's rows could be taken for numbers or names of the rows, though all are not."""
    return numbers_rows(column) or (isinstance(column, Text) and n_different_values(column) > FEW_CATEGORIES)


def _repeated(column: Text) -> Indices:
    """Return a group for each row, its value: -1 where it is missing or has no other row."""
    often = np.append(np.bincount(column.codes[column.codes >= 0], minlength=len(column.values)) > 1, False)
    return np.where(often[column.codes], column.codes, -1).astype(np.intp)


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
    """Tell whether the group of a row says more of its answer than chance, in rows that were not looked at."""
    gain = gains(groups, answers)
    deviation = float(gain.std())
    return deviation > 0 and float(gain.mean()) / deviation * np.sqrt(len(gain)) > SURE


def gains(groups: Indices, answers: Answers) -> Floats:
    """Return by how much the group of a row foretells its answer better than all rows do, (n,): half by other half.

    groups: 0, 1, 2, ...; -1 where there is none.
    """
    order = np.random.default_rng(0).permutation(len(groups))
    half = len(groups) // 2
    gain = np.zeros(len(groups))
    for learnt, tried in ((order[:half], order[half:]), (order[half:], order[:half])):
        gain[tried] = _gain(groups, answers, learnt, tried)
    return gain


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
