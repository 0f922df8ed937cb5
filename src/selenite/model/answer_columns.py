"""What is predicted of rows, each column by its name: as `predict` writes it and `serve` answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.model.model import Model
from selenite.table import Matched
from selenite.table.table import called
from selenite.types import Array, Floats


def answer_columns(
    model: Model, rows: Matched, levels: Sequence[float] = (), coverage: float | None = None
) -> dict[str, Any]:
    """Return what a model predicts of n rows.

    Parameters
    ----------
    model : Model
    rows : Matched
        The n rows.
    levels : sequence of float
        Quantiles of a number that are added.
    coverage : float, optional
        How many of the answers the intervals or sets of classes that are added shall hold.

    Returns
    -------
    dict of str to array (n,) of float, or list of n str
        The prediction, then the probability of each class, then what was asked for; of several targets for each,
        "prediction for ..." and so on.

    Raises
    ------
    OptionError
        If quantiles are asked for of classes.
    """
    output, columns = model.output(model.encode(rows), rows.first_row), dict[str, Any]()
    for k, one in enumerate(model.each):
        own, of = (output[:, [k]], f" for {one.target.name}") if model.target.each else (output, "")
        if one.target.task == "regression":
            found = _of_numbers(one, one.numbers(own, rows.first_row), levels, coverage)
        else:
            found = _of_classes(one, one.probabilities(own), levels, coverage)
        columns |= {f"{name}{of}": values for name, values in found.items()}
    return columns


def _of_numbers(model: Model, numbers: Floats, levels: Sequence[float], coverage: float | None) -> dict[str, Any]:
    columns: dict[str, Any] = {"prediction": numbers}
    if levels:
        found = model.quantiles(numbers, levels)
        columns |= {f"quantile {level:.12g}": found[:, k] for k, level in enumerate(levels)}
    if coverage is not None:
        columns["low"], columns["high"] = model.interval(numbers, coverage).T
    return columns


def _of_classes(model: Model, probabilities: Array, levels: Sequence[float], coverage: float | None) -> dict[str, Any]:
    if levels:
        require_number(model)
    classes = model.target.classes
    columns: dict[str, Any] = {"prediction": [classes[code] for code in model.decide(probabilities).tolist()]}
    columns |= {f"probability of {label}": probabilities[:, k] for k, label in enumerate(classes)}
    if coverage is not None:
        sets = model.class_set(probabilities, coverage)
        columns |= {f"may be {label}": np.where(sets[:, k], "yes", "no").tolist() for k, label in enumerate(classes)}
    return columns


def require_number(model: Model) -> None:
    """Refuse quantiles of classes."""
    if model.target.task == "classification":
        raise OptionError(f"quantiles are of numbers, and {called(model.target.name)} is a class; ask for a coverage")


def quantile_levels(quantiles: str | None) -> list[float]:
    """Return the levels in a text such as ".05,.95", rising."""
    if quantiles is None:
        return []
    try:
        levels = sorted(float(text) for text in quantiles.split(","))
    except ValueError:
        raise OptionError(f"quantiles {quantiles} must be numbers between 0 and 1, such as .05,.95") from None
    if len(set(levels)) < len(levels):
        raise OptionError(f"quantiles {quantiles} name a quantile twice")
    return levels
