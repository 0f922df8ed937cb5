"""Learns what is to be predicted, and turns it into class numbers or scaled numbers and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selenite.errors import OptionError, SchemaError, TableError
from selenite.table.cells import counted_texts, spellings
from selenite.table.classes import ClassType, codes_by_value, number_classes
from selenite.table.kinds import Answers as Codes
from selenite.table.schema import Target, Task
from selenite.table.table import EXACT, Answers, Dates, Numbers, Table, Text, called, place_of
from selenite.text import argument, listed, shown
from selenite.types import AnyArray, Array, Floats, Indices, NDArray

MOST_INTEGER_CLASSES = 20  # contiguous integers up to this many are taken for classes
IN_TEXT_FILES = (
    "In a CSV file, blanks, NA, N/A, NaN and null mean missing; in Parquet they are text as any other. "
    "If NA is a class, add --not-missing NA"
)


def learn_target(
    column: Answers,
    name: str,
    task: Task | None = None,
    first_line: int | None = None,
    weight: Array | None = None,
) -> Target:
    """Return the target that a column is: classes, or a number with its mean and deviation.

    Parameters
    ----------
    column : Column, or Table of several targets
        The answers of the training rows, without gaps.
    name : str
        The column's name; a table has the names itself.
    task : "classification" or "regression", optional
        Decides where the column leaves it open.
    first_line : int, optional
        The line of row 0 in a file, which an error then names.
    weight : array of shape (n_rows,), optional
        How much each row adds to mean and deviation.

    Raises
    ------
    TableError
        If an answer is missing, there is but one class, or there is nothing to predict in the column.
    OptionError
        If text is to be a number, or several targets are neither all numbers nor all labels of two classes.

    Examples
    --------
    >>> from selenite.table import as_column, learn_target
    >>> learn_target(as_column(["b", "a", "b"]), "y").classes
    ('a', 'b')
    >>> learn_target(as_column([1.5, 2.5]), "y").center
    2.0
    """
    if isinstance(column, Table):
        return joint_target(
            [
                learn_target(one, of, task, first_line, weight)
                for of, one in zip(column.names, column.columns, strict=True)
            ]
        )
    gaps = column.missing()
    if gaps.any():
        raise missing_answers(name, int(gaps.sum()), len(gaps), place_of(int(np.argmax(gaps)), first_line))
    if isinstance(column, Dates):
        raise TableError(
            f"the target, {called(name)}, holds dates. Choose a target of classes or numbers; "
            f"dates are classes only as text, as which a CSV file is read with --task classification"
        )
    if isinstance(column, Text) or column.type == "bool":
        if task == "regression" and isinstance(column, Text):
            first = column.values[int(column.codes[0])]
            raise OptionError(
                f"the target, {called(name)}, holds text such as {shown(first)}: no numbers to regress on"
            )
        seeming: Task = "classification"
    else:
        seeming = _seeming_task(column.values)
    task = task or seeming
    if task == "regression":
        assert isinstance(column, Numbers)
        return _regression(column.values, name, weight)
    return _classification(column, name)


def joint_target(each: Sequence[Target]) -> Target:
    """Return several targets as one; refuse those that no network predicts together.

    Examples
    --------
    >>> joint_target([Target("a", "regression"), Target("b", "regression")]).names
    ('a', 'b')
    """
    if len({one.task for one in each}) > 1 or any(len(one.classes) > 2 for one in each):
        is_a = ("is a number" if not one.classes else f"has {len(one.classes)} classes" for one in each)
        told = ", ".join(f"{shown(one.name)} {what}" for one, what in zip(each, is_a, strict=True))
        raise OptionError(
            f"several targets must all be numbers, or all have two classes: {told}. Fit a model for each, or say by "
            "the task what they are"
        )
    return Target(", ".join(one.name for one in each), each[0].task, each=tuple(each))


def answers_of(column: Answers, task: Task | None = None) -> Codes | None:
    """Return the number of each row's class, or the numbers, (n,); None where a row has none, and of dates.

    Of several targets there are none.

    Parameters
    ----------
    column : Column of n rows, or Table of several targets
    task : "classification" or "regression", optional
        What the numbers of a column are; what they seem to be unless said.

    Returns
    -------
    array of shape (n,), or None
        Whole numbers from 0 in the order of the classes, or the numbers themselves.

    Examples
    --------
    >>> answers_of(Text(np.array([1, 0, 1], np.int32), ("no", "yes"))).tolist(), answers_of(Numbers(np.array([np.nan])))
    ([1, 0, 1], None)
    """
    if isinstance(column, Dates | Table) or column.missing().any():
        return None
    if isinstance(column, Numbers):
        if (task or ("classification" if column.type == "bool" else _seeming_task(column.values))) == "regression":
            return column.values
        return np.unique(column.values, return_inverse=True)[1].astype(np.intp)
    return np.unique(column.codes, return_inverse=True)[1].astype(np.intp)


def encode_target(
    target: Target, column: Answers, first_line: int | None = None, first_row: int = 0
) -> NDArray[np.int64] | Floats:
    """Return class numbers (int64), or numbers scaled to mean 0 and deviation 1 (float64).

    Parameters
    ----------
    target : Target
    column : Column of n rows, or Table of several targets
    first_line : int, optional
        The line of the first row in its file, so that errors name lines.
    first_row : int
        How many rows stand above, of a piece of a table.

    Returns
    -------
    array of shape (n,), of several targets (n, n_targets) in double precision

    Raises
    ------
    SchemaError
        If a row has no answer, or one that the target does not know.

    Examples
    --------
    >>> encode_target(Target("y", "classification", ("no", "yes")), Text(np.array([0, 1], np.int32), ("yes", "no")))
    array([1, 0])
    """
    if isinstance(column, Table) != bool(target.each):
        raise SchemaError(f"the answers must be of {listed(target.names)}, a column each")
    if isinstance(column, Table):
        each = [encode_target(one, column[one.name], first_line, first_row) for one in target.each]
        return np.column_stack(each).astype(np.float64)
    gaps = column.missing()
    if gaps.any():
        place = place_of(int(np.argmax(gaps)), first_line, first_row)
        raise SchemaError(f"the target, {called(target.name)}, is missing, first in {place}. {IN_TEXT_FILES}")
    if target.task == "regression":
        if not isinstance(column, Numbers):
            raise SchemaError(f"the target, {called(target.name)}, was numbers in training and is not now")
        with np.errstate(over="ignore"):
            return (column.values - target.center) / target.width
    code_of = {text: code for code, text in enumerate(target.classes)}
    if isinstance(column, Text):
        texts, rows = list(column.values), column.codes.astype(np.intp)
        found = [code_of.get(text, -1) for text in texts]
    elif isinstance(column, Numbers):
        texts, values, rows = spellings(column)
        by_value = codes_by_value(target, column)
        found = [code_of.get(text, by_value.get(value, -1)) for text, value in zip(texts, values.tolist(), strict=True)]
    else:
        raise SchemaError(f"the target, {called(target.name)}, holds dates, not classes")
    codes = np.array(found, dtype=np.int64)[rows]
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        unknown = texts[int(rows[row])]
        known = ", ".join(shown(text) for text in target.classes[:6]) + (", ..." if len(target.classes) > 6 else "")
        raise SchemaError(
            f"{place_of(row, first_line, first_row)}: class {shown(unknown)} of {called(target.name)} is unknown to "
            f"the model, which knows {known}"
        )
    return codes


def strata_of(target: Target, encoded: AnyArray) -> Indices | None:
    """Return the number of each row's class, or combination of labels, (n,), as splits keep them; None of numbers."""
    if target.task == "regression":
        return None
    if target.each:
        return np.unique(encoded, axis=0, return_inverse=True)[1].ravel().astype(np.intp)
    return encoded.astype(np.intp)


def _seeming_task(values: Floats) -> Task:
    """Tell numbers that count classes from numbers that measure."""
    different = np.unique(values)
    if not np.equal(different, np.round(different)).all():
        return "regression"
    with np.errstate(over="ignore"):
        contiguous = len(different) == different[-1] - different[0] + 1
    few = len(different) <= 2 or (contiguous and len(different) <= MOST_INTEGER_CLASSES)
    return "classification" if few else "regression"


def missing_answers(name: str, n_missing: int, n_rows: int, place: str) -> TableError:
    """Return the error for a target with gaps, the first of them at a place."""
    return TableError(
        f"the target, {called(name)}, is missing in {n_missing:,} of {n_rows:,} rows, "
        f"first in {place}. Delete these rows or fill them in; --drop-missing {argument(name)} leaves them out. "
        f"{IN_TEXT_FILES}"
    )


def _regression(values: Floats, name: str, weight: Array | None) -> Target:
    up = max(0, -int(np.frexp(np.abs(values).max())[1]))  # by a power of two, so that no square underflows
    scaled = np.ldexp(values, up)
    with np.errstate(over="ignore", invalid="ignore"):
        center = float(np.average(scaled, weights=weight))
        width = float(np.sqrt(np.average((scaled - center) ** 2, weights=weight)))
    return number_target(name, center, width, float(values.min()), float(values.max()), up)


def number_target(name: str, center: float, width: float, minimum: float, maximum: float, up: int = 0) -> Target:
    """Return the target of numbers with a mean and deviation, which were taken of 2^up times these."""
    if not (np.isfinite(center) and np.isfinite(width)):
        raise TableError(f"the target, {called(name)}, holds numbers too large to average. Divide them first")
    is_constant = width <= 1e-12 * abs(center)  # but for rounding
    center, width = float(np.ldexp(center, -up)), float(np.ldexp(width, -up))
    if width < np.finfo(np.float64).tiny and not is_constant:
        raise TableError(f"the target, {called(name)}, holds numbers too small to scale. Multiply them first")
    return Target(
        name,
        "regression",
        center=center,
        width=1.0 if is_constant else width,
        minimum=minimum,
        maximum=maximum,
    )


def _classification(column: Text | Numbers, name: str) -> Target:
    class_type: ClassType = "text"
    if isinstance(column, Text):
        classes = tuple(counted_texts(column)[0])
    else:
        fractional = column.values[column.values != np.round(column.values)]
        if len(fractional):
            raise TableError(
                f"Unknown label type: continuous. The target, {called(name)}, holds numbers such as "
                f"{fractional.min():g}, not classes. Use --task regression"
            )
        if column.type == "int" and column.written is None and np.abs(column.values).max() >= EXACT:
            raise TableError(
                f"the target, {called(name)}, holds whole numbers beyond 2^53, which lose digits. Make text of them"
            )
        classes, class_type = number_classes(column)
    if len(classes) == 1:
        raise TableError(
            f"the target, {called(name)}, has only one class: {shown(classes[0])}. There is nothing to tell apart"
        )
    return Target(name, "classification", classes, class_type)
