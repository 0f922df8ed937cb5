"""Learns what is to be predicted, and turns it into class numbers or scaled numbers and back."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Literal

import numpy as np

from selenite.errors import OptionError, SchemaError, TableError
from selenite.table.cells import counted_texts, spellings
from selenite.table.kinds import Answers
from selenite.table.match import value_of
from selenite.table.schema import Target, Task
from selenite.table.table import EXACT, Column, Dates, Numbers, Text, called, place_of
from selenite.text import shown
from selenite.types import AnyArray, Array, Floats, NDArray

MOST_INTEGER_CLASSES = 20  # contiguous integers up to this many are taken for classes
LONGEST_LABEL = 1000  # NumPy's own text takes as much room for each label as for the longest
ClassType = Literal["text", "int", "float", "bool"]
IN_TEXT_FILES = (
    "In a CSV file, blanks, NA, N/A, NaN and null mean missing; in Parquet they are text as any other. "
    "If NA is a class, add --not-missing NA"
)


def learn_target(
    column: Column,
    name: str,
    task: Task | None = None,
    first_line: int | None = None,
    weight: Array | None = None,
) -> Target:
    """Return the target that a column is: classes, or a number with its mean and deviation.

    Parameters
    ----------
    column : Column
        The answers of the training rows, without gaps.
    name : str
        The column's name.
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
        If text is to be a number.

    Examples
    --------
    >>> from selenite.table import as_column, learn_target
    >>> learn_target(as_column(["b", "a", "b"]), "y").classes
    ('a', 'b')
    >>> learn_target(as_column([1.5, 2.5]), "y").center
    2.0
    """
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


def answers_of(column: Column, task: Task | None = None) -> Answers | None:
    """Return the number of each row's class, or the numbers, (n,); None where a row has none, and of dates.

    Parameters
    ----------
    column : Column of n rows
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
    if isinstance(column, Dates) or column.missing().any():
        return None
    if isinstance(column, Numbers):
        if (task or ("classification" if column.type == "bool" else _seeming_task(column.values))) == "regression":
            return column.values
        return np.unique(column.values, return_inverse=True)[1].astype(np.intp)
    return np.unique(column.codes, return_inverse=True)[1].astype(np.intp)


def encode_target(
    target: Target, column: Column, first_line: int | None = None, first_row: int = 0
) -> NDArray[np.int64] | Floats:
    """Return class numbers (int64), or numbers scaled to mean 0 and deviation 1 (float64).

    Parameters
    ----------
    target : Target
    column : Column of n rows
    first_line : int, optional
        The line of the first row in its file, so that errors name lines.
    first_row : int
        How many rows stand above, of a piece of a table.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    SchemaError
        If a row has no answer, or one that the target does not know.

    Examples
    --------
    >>> encode_target(Target("y", "classification", ("no", "yes")), Text(np.array([0, 1], np.int32), ("yes", "no")))
    array([1, 0])
    """
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
        by_value = _codes_by_value(target, column)
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


def as_outputs(target: Target, answers: AnyArray, dtype: Any = np.float64) -> AnyArray:
    """Return encoded answers as a network gives them: a column, or for three classes and more one of each class.

    Parameters
    ----------
    target : Target
    answers : array of shape (n,)
        As `encode_target` gives them.
    dtype : dtype
        Of the result; of numbers very far from the center it may hold infinity.

    Returns
    -------
    array of shape (n, n_outputs)

    Examples
    --------
    >>> as_outputs(Target("y", "classification", ("a", "b", "c")), np.array([2, 0])).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if target.n_outputs > 1:
        return np.eye(len(target.classes), dtype=dtype)[answers.astype(np.intp)]
    with np.errstate(over="ignore"):  # an answer very far from the center may be beyond single precision
        return answers[:, None].astype(dtype)


def as_probabilities(output: Array) -> AnyArray:
    """Return a network's output as probabilities of the classes, (n, n_classes): of one output p they are 1 - p and p.

    Parameters
    ----------
    output : array of shape (n, n_outputs)

    Returns
    -------
    array of shape (n, n_classes)

    Examples
    --------
    >>> as_probabilities(np.array([[0.25], [0.75]])).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """
    return np.hstack([1 - output, output]) if output.shape[1] == 1 else output


def as_numbers(target: Target, encoded: AnyArray) -> Floats:
    """Return encoded answers, or outputs, as numbers in the target's unit, in double precision: (n,).

    Parameters
    ----------
    target : Target
        Its center and width, in its unit.
    encoded : array of shape (n,)

    Returns
    -------
    array of shape (n,)

    Examples
    --------
    >>> as_numbers(Target("y", "regression", center=10.0, width=2.0), np.array([-1.0, 0.5])).tolist()
    [8.0, 11.0]
    """
    numbers: Floats = target.center + target.width * encoded.astype(np.float64)
    return numbers


def smoothed(Y: Array, share: float) -> Array:
    """Return answers (n, n_outputs) of which each gives up a share to all classes alike (Szegedy et al. 2016).

    Parameters
    ----------
    Y : array of shape (n, n_outputs)
    share : float
        From 0, which leaves them as they are, up to 1.

    Returns
    -------
    array of shape (n, n_outputs)

    Examples
    --------
    >>> smoothed(np.array([[0.0, 1.0]]), 0.1).tolist()
    [[0.05, 0.9500000000000001]]
    """
    return (1 - share) * Y + Y.dtype.type(share / Y.shape[1]) if share else Y


def class_labels(target: Target) -> NDArray[np.generic]:
    """Return the classes as an array of their own type; of objects where NumPy's own text would not hold them well.

    Parameters
    ----------
    target : Target
        Of classes.

    Returns
    -------
    array of shape (n_classes,)
        In the order of `target.classes`: of text, int, float or bool.

    Examples
    --------
    >>> class_labels(Target("y", "classification", ("1", "2"), "int"))
    array([1, 2])
    """
    if target.class_type == "text":
        kept = all(len(text) <= LONGEST_LABEL and not text.endswith("\0") for text in target.classes)
        return np.array(target.classes, dtype=str if kept else object)
    if target.class_type == "bool":
        return np.array([_class_value(text, "bool") == 1 for text in target.classes])
    return np.array([(int if target.class_type == "int" else float)(text) for text in target.classes])


def _seeming_task(values: Floats) -> Task:
    """Tell numbers that count classes from numbers that measure."""
    different = np.unique(values)
    if not np.equal(different, np.round(different)).all():
        return "regression"
    contiguous = len(different) == different[-1] - different[0] + 1
    few = len(different) <= 2 or (contiguous and len(different) <= MOST_INTEGER_CLASSES)
    return "classification" if few else "regression"


def missing_answers(name: str, n_missing: int, n_rows: int, place: str) -> TableError:
    """Return the error for a target with gaps, the first of them at a place."""
    return TableError(
        f"the target, {called(name)}, is missing in {n_missing:,} of {n_rows:,} rows, "
        f"first in {place}. Delete these rows or fill them in. {IN_TEXT_FILES}"
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
        classes, class_type = _number_classes(column)
    if len(classes) == 1:
        raise TableError(
            f"the target, {called(name)}, has only one class: {shown(classes[0])}. There is nothing to tell apart"
        )
    return Target(name, "classification", classes, class_type)


def _number_classes(column: Numbers) -> tuple[tuple[str, ...], ClassType]:
    """Return the classes that numbers are, as they are written, and their type: text if that is more than a number."""
    texts, values, _ = spellings(column)
    numbers = _exactly(texts, values) if column.type == "int" else values.tolist()
    if len(set(numbers)) < len(texts):  # such as 1 and 1.0
        return tuple(sorted(texts)), "text"
    in_order = sorted(range(len(texts)), key=numbers.__getitem__)
    class_type: ClassType = "bool" if column.type == "bool" else "int" if column.type == "int" else "float"
    readable = all(_class_value(text, class_type) == value for text, value in zip(texts, values.tolist(), strict=True))
    return tuple(texts[i] for i in in_order), class_type if readable else "text"


def _exactly(texts: list[str], values: Floats) -> list[float]:
    """Return whole numbers with all their digits, those beyond 2^53 as their texts have them."""
    if np.abs(values).max() < EXACT or not all(re.fullmatch(r"[+-]?\d+", text) for text in texts):
        return [float(value) for value in values]
    return [int(text) for text in texts]


def _codes_by_value(target: Target, column: Numbers) -> dict[float | None, int]:
    """Return the class that each number stands for, where no two classes spell the same number."""
    type = "bool" if "bool" in (target.class_type, column.type) else "float"
    values = [_class_value(text, type) for text in target.classes]
    counts = Counter(values)
    return {value: code for code, value in enumerate(values) if counts[value] == 1}


def _class_value(text: str, type: str) -> float | None:
    """Return the number that a class spells; of booleans true is 1 and false is 0."""
    logical = value_of(text.strip().casefold(), logical=True) if type == "bool" else None
    return value_of(text) if logical is None else logical
