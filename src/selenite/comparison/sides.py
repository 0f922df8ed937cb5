"""What may be compared: a model, or one that was exported, which has answers and no file of selenite's.

What runs exports is imported where there is one: two models are compared without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.errors import OptionError
from selenite.model.loading import load, model_of
from selenite.model.model import Model
from selenite.table import Table
from selenite.text import listed
from selenite.types import Floats

if TYPE_CHECKING:
    from selenite.exporting.writer import Writer

OF_MODELS = ("", ".selenite")  # suffixes of their files


@dataclass(frozen=True)
class Side:
    """One of two models."""

    model: Model  # of an export what it says of columns and target, without a network
    outputs: Callable[[Table], Floats]  # of a table's rows, (n, n_outputs)
    is_export: bool = False


def side_of(given: Any) -> Side:
    """Return a model, a fitted estimator's, that in a file, or an export, by its folder or file."""
    if not isinstance(given, str | PathLike):
        return _of_model(model_of(given))
    return _of_export(Path(given)) if is_export(given) else _of_model(model_of(load(given)))


def is_export(path: str | PathLike[str]) -> bool:
    """Tell whether a path is that of an export, by its suffix or as it is a folder."""
    if Path(path).is_dir() or Path(path).suffix in OF_MODELS:
        return Path(path).is_dir()
    from selenite.exporting.proved import WRITERS

    return Path(path).suffix in {writer.suffix for writer in WRITERS.values()}


def _of_model(model: Model) -> Side:
    return Side(model, lambda table: np.asarray(model.output(model.encode(table)), dtype=np.float64))


def _of_export(path: Path) -> Side:
    from selenite.exporting.plan import without_network
    from selenite.exporting.writer import NotChecked

    writer, file = _the_export(path)
    try:
        plan = writer.plan_in(file)
    except NotChecked as reason:
        raise OptionError(f"{file} cannot be compared: {reason}") from None

    def outputs(table: Table) -> Floats:
        try:
            return writer.answers(file, plan, table)
        except NotChecked as reason:
            raise OptionError(f"{file} cannot be compared: {reason}") from None

    return Side(without_network(plan), outputs, is_export=True)


def _the_export(path: Path) -> tuple[Writer, Path]:
    """Return the one export in a folder, or that of a file."""
    from selenite.exporting.proved import exports_in

    if not path.exists():
        raise OptionError(f"{path} is not there: name a model, or the folder or file of an export")
    found = exports_in(path if path.is_dir() else path.parent)
    if not path.is_dir():
        found = [one for one in found if one[1].name == path.name]
    if not found:
        raise OptionError(f"{path} is no export of selenite; name the folder of one")
    if len(found) > 1:
        named = listed([str(file) for _, file in found])
        raise OptionError(f"{path} holds {len(found)} exports: {named}; name one of these files")
    return found[0]
