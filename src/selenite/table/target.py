"""Learns what is to be predicted, and turns it into class numbers or scaled numbers and back."""

from __future__ import annotations

from typing import Literal

import numpy as np

from selenite.arrays import NDArray
from selenite.errors import OptionError, SchemaError, TableError, shown
from selenite.table.learn import counted_texts
from selenite.table.schema import Target, Task
from selenite.table.table import Column, Dates, Numbers, Text, called, number_text

MOST_INTEGER_CLASSES = 20  # contiguous integers up to this many are taken for classes


def learn_target(column: Column, name: str, task: Task | None = None, first_line: int | None = None) -> Target:
    """Return the target that a column is; `task` decides where the column leaves it open."""
    gaps = column.missing()
    if gaps.any():
        row = int(np.argmax(gaps))
        place = f"row {row + 1:,}" if first_line is None else f"line {first_line + row:,}"
        raise TableError(
            f"the target, {called(name)}, is missing in {int(gaps.sum()):,} of {len(gaps):,} rows, first in {place}. "
            f"Delete these rows or fill them in"
        )
    if isinstance(column, Dates):
        raise TableError(f"the target, {called(name)}, holds dates. Choose a target of classes or numbers")
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
        return _regression(column.values, name)
    return _classification(column, name)


def encode_target(target: Target, column: Column) -> NDArray[np.int64] | NDArray[np.float64]:
    """Return class numbers (int64), or numbers scaled to mean 0 and deviation 1 (float64)."""
    gaps = column.missing()
    if gaps.any():
        raise SchemaError(f"the target, {called(target.name)}, is missing, first in row {int(np.argmax(gaps)) + 1:,}")
    if target.task == "regression":
        if not isinstance(column, Numbers):
            raise SchemaError(f"the target, {called(target.name)}, was numbers in training and is not now")
        return (column.values - target.center) / target.width
    code_of = {text: code for code, text in enumerate(target.classes)}
    if isinstance(column, Text):
        codes = np.array([code_of.get(text, -1) for text in column.values] + [-1])[column.codes]
    elif isinstance(column, Numbers):
        different, inverse = np.unique(column.values, return_inverse=True)
        kind = "bool" if target.class_type == "bool" and set(different) <= {0.0, 1.0} else target.class_type
        codes = np.array([code_of.get(_class_text(float(v), kind), -1) for v in different] + [-1])[inverse]
    else:
        raise SchemaError(f"the target, {called(target.name)}, holds dates, not classes")
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        unknown = column.values[column.codes[row]] if isinstance(column, Text) else repr(float(column.values[row]))
        known = ", ".join(shown(text) for text in target.classes[:6]) + (", ..." if len(target.classes) > 6 else "")
        raise SchemaError(
            f"row {row + 1:,}: class {shown(unknown)} of {called(target.name)} is unknown to the model, "
            f"which knows {known}"
        )
    return codes.astype(np.int64)


def class_labels(target: Target) -> NDArray[np.generic]:
    """Return the classes as an array of their own type."""
    if target.class_type == "text":
        return np.array(target.classes, dtype=str)
    if target.class_type == "bool":
        return np.array([text == "true" for text in target.classes])
    return np.array([(int if target.class_type == "int" else float)(text) for text in target.classes])


def _seeming_task(values: NDArray[np.float64]) -> Task:
    """Tell numbers that count classes from numbers that measure."""
    different = np.unique(values)
    if not np.equal(different, np.round(different)).all():
        return "regression"
    contiguous = len(different) == different[-1] - different[0] + 1
    few = len(different) <= 2 or (contiguous and len(different) <= MOST_INTEGER_CLASSES)
    return "classification" if few else "regression"


def _regression(values: NDArray[np.float64], name: str) -> Target:
    with np.errstate(over="ignore", invalid="ignore"):
        center, width = float(values.mean()), float(values.std())
    if not (np.isfinite(center) and np.isfinite(width)):
        raise TableError(f"the target, {called(name)}, holds numbers too large to average. Divide them first")
    width = width if width > 1e-12 * abs(center) else 1.0  # constant but for rounding
    return Target(
        name, "regression", center=center, width=width, minimum=float(values.min()), maximum=float(values.max())
    )


def _classification(column: Text | Numbers, name: str) -> Target:
    class_type: Literal["text", "int", "float", "bool"] = "text"
    if isinstance(column, Text):
        classes = tuple(str(text) for text in counted_texts(column)[0])
    else:
        different = np.unique(column.values)
        fractional = different[different != np.round(different)]
        if len(fractional):
            raise TableError(
                f"Unknown label type: continuous. The target, {called(name)}, holds numbers such as "
                f"{fractional[0]:g}, not classes. Use --task regression"
            )
        class_type = "bool" if column.type == "bool" else "int" if column.type == "int" else "float"
        classes = tuple(_class_text(float(value), class_type) for value in different)
    if len(classes) == 1:
        raise TableError(
            f"the target, {called(name)}, has only one class: {shown(classes[0])}. There is nothing to tell apart"
        )
    return Target(name, "classification", classes, class_type)


def _class_text(value: float, class_type: str) -> str:
    """Return a class that is a number as text."""
    return repr(value) if class_type == "float" else number_text(value, class_type)
