"""Exports a model to C in integers, with a proved bound, and what it does and takes beside it."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from math import floor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from selenite.errors import ExportError, OptionError
from selenite.exporting.c.header import plan_in
from selenite.exporting.c.names import comment
from selenite.exporting.integer.columns import fixed_columns
from selenite.exporting.integer.device import on_device
from selenite.exporting.integer.fixed import FixedModel, FixedRow, fixed_model
from selenite.exporting.integer.header import SIGN, bits_of, bound_of, header, rounded_up
from selenite.exporting.integer.program import answers, proof
from selenite.exporting.integer.source import source, table_bytes
from selenite.exporting.integer.target import SHARES, fixed_target
from selenite.exporting.plan import Plan, without_network
from selenite.exporting.proof import proof_table
from selenite.exporting.told import told_table
from selenite.exporting.writer import Asked, Files, NotChecked, Proof, Writer
from selenite.model import Model
from selenite.model.predictions import Predictions, predictions_of
from selenite.model.threshold import decided
from selenite.table import Table
from selenite.table.parted import joined
from selenite.text import figure_texts, plain_number
from selenite.types import Floats, Indices

TOLERANCE = 0.1  # of a probability, or of a number in the target's widths, unless asked otherwise
LARGE = 64 * 1024  # bytes of tables, above which it is said what would make them fewer


class Rows(NamedTuple):
    """Rows as integers, and what the exact model gives for them."""

    name: str
    integers: Indices
    wanted: Floats


class Integers(Writer):
    """To C in integers."""

    to, suffix, sign, reads_text, knows_rows = "c", ".h", SIGN, False, False
    plan_in = staticmethod(plan_in)

    def written(self, model: Model, name: str, asked: Asked) -> tuple[Files, Proof]:
        """Return the files of a model in integers, and what is proved and measured of them."""
        allowed = TOLERANCE if asked.tolerance is None else asked.tolerance
        fixed = fixed_model(model, name, allowed)
        own = _rows(fixed, model, proof_table(model), "rows of its own")
        code = source(fixed)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / f"{name}.h").write_text(header(fixed, ()), encoding="utf-8")
            (folder / f"{name}.c").write_text(code, encoding="utf-8")
            found, not_checked, notes = _run(fixed, model, folder, own, asked.data)
        size = table_bytes(fixed)
        if size > LARGE:
            notes.append(f"Its tables take {size:,} bytes; --distil 16,8 makes them fewer.")
        files = {
            f"{name}.h": header(fixed, notes),
            f"{name}.c": code,
            f"{name}_proof.c": proof(fixed, own.integers, _nearest(fixed, own.wanted), _allowed(fixed)),
        }
        facts = (bound_of(fixed), *notes)
        proved = Proof(self.to, (), len(own.integers), found, fixed.network.bound, not_checked, facts)
        return {file: text.encode() for file, text in files.items()}, proved

    def verified(self, file: Path, model: Model, asked: Asked) -> Proof:
        """Run the source again: its answers must be those that a new source gives, and hold the bound."""
        name, code = file.stem, file.with_suffix(".c")
        if not code.exists():
            raise OptionError(f"{code} is not there; {file.name} belongs to it")
        kinds = re.findall(r"^static const int(8|16)_t (?:mixing_0|layer_\d+)_weights", code.read_text(), re.MULTILINE)
        fixed = fixed_model(model, name, np.inf, tuple(map(int, kinds)))
        tables = [proof_table(model), *filter(None, [told_table(model)])]
        own = _rows(fixed, model, joined(tables), "rows of its own")
        bare = Proof(self.to, (file,), len(own.integers), np.nan, fixed.network.bound, "", (bound_of(fixed),))
        with tempfile.TemporaryDirectory() as scratch:
            (Path(scratch) / f"{name}.h").write_text(header(fixed, ()), encoding="utf-8")
            (Path(scratch) / f"{name}.c").write_text(source(fixed), encoding="utf-8")
            try:
                given, fresh = (answers(fixed, folder, own.integers) for folder in (file.parent, Path(scratch)))
            except NotChecked as reason:
                return replace(bare, not_checked=str(reason))
        moved = np.flatnonzero((given != fresh).any(axis=1))
        if len(moved):
            row = own.integers[moved[0]].tolist()
            raise ExportError(
                f"{code.name} answers {given[moved[0]].tolist()} where the model in integers answers "
                f"{fresh[moved[0]].tolist()}, for the row {row}"
            )
        return replace(bare, difference=_measured(fixed, own, given)[0])

    def answers(self, file: Path, plan: Plan, table: Table) -> Floats:
        """Return the outputs for a table's rows."""
        fixed = FixedRow(file.stem, plan, fixed_columns(plan), fixed_target(plan))
        return fixed.outputs(answers(fixed, file.parent, fixed.rows(without_network(plan).schema, table)))


INTEGERS = Integers()


def _run(fixed: FixedModel, model: Model, folder: Path, own: Rows, data: Table | None) -> tuple[float, str, list[str]]:
    """Run the source in a folder: return the largest difference, why there is none, and what is to be said."""
    found, not_checked, notes = np.nan, "", [bits_of(fixed)]
    try:
        given = answers(fixed, folder, own.integers)
        found, measured = _measured(fixed, own, given)
        notes.append(measured)
        if data is not None:
            notes.append(_on_data(fixed, model, folder, data))
        notes.append(str(on_device(fixed, folder, own.integers, given)))
    except NotChecked as reason:
        if np.isnan(found):
            not_checked = str(reason)
        notes.append(f"Not run on an emulated device: {reason}.")
    return found, not_checked, notes


def _rows(fixed: FixedModel, model: Model, table: Table, name: str) -> Rows:
    integers = fixed.rows(model.schema, table)
    return Rows(name, integers, fixed.wanted(model, table, integers))


def _measured(fixed: FixedModel, rows: Rows, given: Indices) -> tuple[float, str]:
    """Return how far answers are from the exact model's at most, also in words; beyond the bound they are refused."""
    outputs = fixed.outputs(given)
    differences = np.abs(outputs - rows.wanted).max(axis=1)
    worst = int(differences.argmax())
    if differences[worst] > fixed.network.bound:
        raise ExportError(
            f"{fixed.name}.c answers {outputs[worst].tolist()} where the model answers {rows.wanted[worst].tolist()}, "
            f"beyond the bound of {fixed.network.bound:g}, for the row {rows.integers[worst].tolist()}"
        )
    largest = float(differences[worst])
    count = f"{len(given):,} {rows.name}"
    if not fixed.plan.classes:
        return largest, (
            f"Measured on {count}: at most {plain_number(largest * fixed.plan.width, 2)}, "
            f"{plain_number(largest, 2)} standard deviations."
        )
    changed = int((_classes(fixed, outputs) != _classes(fixed, rows.wanted)).sum())
    return largest, f"Measured on {count}: at most {plain_number(largest, 2)}, another class in {changed:,} of them."


def _classes(fixed: FixedModel, outputs: Floats) -> Indices:
    both = np.column_stack([1 - outputs, outputs]) if len(fixed.plan.classes) == 2 else outputs
    return decided(both, fixed.plan.threshold)


def _on_data(fixed: FixedModel, model: Model, folder: Path, data: Table) -> str:
    """Return how far answers to a table's rows are from the model's, and how good either's are, in words."""
    rows = _rows(fixed, model, data.without(model.target.name), f"rows of {comment(Path(data.source).name)}")
    given = answers(fixed, folder, rows.integers)
    said = _measured(fixed, rows, given)[1]
    exact = predictions_of(model, data)
    outputs = fixed.outputs(given)
    own = model.probabilities(outputs) if fixed.plan.classes else model.numbers(outputs)
    of_integers = Predictions(model, own.astype(np.float64), exact.answers)
    (metric, *_), (beside, *_) = of_integers.metrics(), exact.metrics()
    figures = [figure_texts(one.name, [one])[0] for one in (metric, beside)]
    return f"{said} Their {metric.name} is {figures[0]} in integers, {figures[1]} of the model."


def _nearest(fixed: FixedModel, wanted: Floats) -> Indices:
    """Return the exact model's outputs as the nearest integer answers."""
    if fixed.plan.classes:
        both = np.concatenate([1 - wanted, wanted], axis=1) if len(fixed.plan.classes) == 2 else wanted
        return np.round(both * SHARES).astype(np.int64)
    return np.round((fixed.plan.center + fixed.plan.width * wanted) * 10.0**fixed.target.power).astype(np.int64)


def _allowed(fixed: FixedModel) -> int:
    """Return the bound in the unit of the answers, with the half that rounding the exact answers adds."""
    return floor(rounded_up(fixed.network.bound) * (SHARES if fixed.plan.classes else fixed.target.width) + 0.5)
