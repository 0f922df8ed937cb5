"""Ways of writing a model whose answers are the model's but for rounding, and the proof that they are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.plan import Plan, plan_of, without_network
from selenite.exporting.proof import matched_table, proof_table, rows_of
from selenite.exporting.told import told_table
from selenite.exporting.writer import Answered, Asked, Export, Files, NotChecked, Proof, Questions, Writer
from selenite.model import Model
from selenite.table import Table
from selenite.types import Floats

# Of a probability, or of a number in the target's widths, of one beyond 1 as a share of it.
TOLERANCE_SINGLE, TOLERANCE_DOUBLE = 1e-6, 1e-12
EQUALLY_LIKELY = 1e-6  # what the probabilities of two classes differ by where either may be predicted


@dataclass(frozen=True)
class Exact(Writer):
    """A way of writing a model so that the proof compares answers with its own."""

    to: str
    suffix: str
    sign: str
    files: Callable[[Export], Files]
    answered: Callable[[Path, Questions], Answered]  # of the rows, by the files in a folder; raises NotChecked
    plan_in: Callable[[Path], Plan]
    reads_text: bool = True
    knows_rows: bool = True

    def written(self, model: Model, name: str, asked: Asked) -> tuple[Files, Proof]:
        """Return the files that a model becomes, which are run beside it first."""
        made = export_of(model, name, asked.double, asked.data)
        files = self.files(made)
        with tempfile.TemporaryDirectory() as scratch:
            for file, content in files.items():
                (Path(scratch) / file).write_bytes(content)
            return files, self._proof(Path(scratch) / f"{name}{self.suffix}", made, asked)

    def verified(self, file: Path, model: Model, asked: Asked) -> Proof:
        """Run what was written again beside its model."""
        return self._proof(file, export_of(model, file.stem), asked)

    def answers(self, file: Path, plan: Plan, table: Table) -> Floats:
        """Return the outputs of an export for a table's rows."""
        rows = rows_of(matched_table(without_network(plan).schema, table))
        return np.array(self.answered(file.parent, Questions(file.stem, plan, rows)).outputs, dtype=np.float64)

    def _proof(self, file: Path, made: Export, asked: Asked) -> Proof:
        """Return how far the answers of an export are from its model's; beyond the tolerance it is refused."""
        made = with_told_rows(made)
        allowed = usual_tolerance(made.model) if asked.tolerance is None else asked.tolerance
        try:
            found = self.answered(file.parent, made)
        except NotChecked as reason:
            return Proof(self.to, (file,), len(made.rows), np.nan, allowed, str(reason))
        answers: Floats = np.array(found.outputs)
        wanted: Floats = np.array(made.outputs)
        if answers.shape != wanted.shape:
            raise ExportError(f"{file.name} gives answers of shape {answers.shape}, not {wanted.shape}")
        differences = (np.abs(answers - wanted) / np.maximum(np.abs(wanted), 1.0)).max(axis=1)
        worst = int(np.argmax(np.where(np.isnan(differences), np.inf, differences)))
        if not differences[worst] <= allowed:
            raise ExportError(
                f"{file.name} answers {answers[worst].tolist()} where the model answers "
                f"{made.outputs[worst]}, beyond the tolerance of {allowed:g}, for the row {made.rows[worst]}"
            )
        _refuse_other_answers(file, made, found.answers, allowed)
        return Proof(self.to, (file,), len(made.rows), float(differences[worst]), allowed)


def _refuse_other_answers(file: Path, made: Export, answers: Sequence[Any], allowed: float) -> None:
    """Refuse an export that predicts another class, where two are not as good as equally likely, or another number."""
    if made.plan.classes:
        differ = _margins(made) > EQUALLY_LIKELY
        differ &= [not _is_same(*pair) for pair in zip(answers, made.answers, strict=True)]
    else:
        wanted = np.array(made.answers, dtype=np.float64)
        steps = made.plan.width * np.maximum(np.abs(np.array(made.outputs)[:, 0]), 1.0)
        differ = ~(np.abs(np.array(answers) - wanted) <= allowed * np.maximum(np.abs(wanted), steps))
    if differ.any():
        row = int(np.argmax(differ))
        raise ExportError(
            f"{file.name} predicts {answers[row]!r} where the model predicts {made.answers[row]!r}, for the row "
            f"{made.rows[row]}"
        )


def _margins(made: Export) -> Floats:
    """Return by how much the likeliest class of each row is likelier than the next, or how far the threshold is."""
    probabilities = made.model.probabilities(np.array(made.outputs))
    if made.model.threshold is not None:
        return np.asarray(np.abs(probabilities[:, 1] - made.model.threshold))
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(ordered[:, -1] - ordered[:, -2])


def _is_same(answer: Any, wanted: Any) -> bool:
    """Return whether two classes are the same; JavaScript's numbers have 53 bits."""
    return bool(answer == wanted if isinstance(wanted, str) else float(answer) == float(wanted))


def usual_tolerance(model: Model) -> float:
    """Return how far an export's answers may be from the model's.

    In single precision rounding alone can take a sum of n terms 2^-24 √n further: of more than 281 that is allowed.
    """
    if model.parameters.dtype == np.float64:
        return TOLERANCE_DOUBLE
    return max(TOLERANCE_SINGLE, 2.0**-24 * sqrt(max(model.network.layer_sizes)))


def export_of(model: Model, name: str, double: bool = False, data: Table | None = None) -> Export:
    """Return what is written of a model under a name."""
    table = proof_table(model)
    outputs, answers = _answered(model, table)
    double = double or model.parameters.dtype == np.float64
    return Export(name, plan_of(model), rows_of(table), outputs, answers, model, double, data)


def with_told_rows(made: Export) -> Export:
    """Return an export with rows more to be run on, which it does not carry, one for each thing its model was told."""
    table = told_table(made.model)
    if table is None:
        return made
    outputs, answers = _answered(made.model, table)
    rows = [*made.rows, *rows_of(table)]
    return replace(made, rows=rows, outputs=[*made.outputs, *outputs], answers=[*made.answers, *answers])


def _answered(model: Model, table: Table) -> tuple[list[list[float]], list[Any]]:
    return model.output(model.encode(table)).astype(np.float64).tolist(), model.predict(table).tolist()
