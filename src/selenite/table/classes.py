"""The classes of a target: as its table writes them, as values of their own type, and by their value."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

import numpy as np

from selenite.table.cells import spellings
from selenite.table.match import value_of
from selenite.table.schema import Target
from selenite.table.table import EXACT, Numbers
from selenite.types import Floats, NDArray

LONGEST_LABEL = 1000  # NumPy's own text takes as much room for each label as for the longest
ClassType = Literal["text", "int", "float", "bool"]


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


def number_classes(column: Numbers) -> tuple[tuple[str, ...], ClassType]:
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


def codes_by_value(target: Target, column: Numbers) -> dict[float | None, int]:
    """Return the class that each number stands for, where no two classes spell the same number."""
    type = "bool" if "bool" in (target.class_type, column.type) else "float"
    values = [_class_value(text, type) for text in target.classes]
    counts = Counter(values)
    return {value: code for code, value in enumerate(values) if counts[value] == 1}


def _class_value(text: str, type: str) -> float | None:
    """Return the number that a class spells; of booleans true is 1 and false is 0."""
    logical = value_of(text.strip().casefold(), logical=True) if type == "bool" else None
    return value_of(text) if logical is None else logical
