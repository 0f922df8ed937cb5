"""What a way of writing a model is: its files, and how these are run to see that they answer as the model does."""

from __future__ import annotations

import re
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from selenite.errors import ExportError
from selenite.exporting.plan import Plan
from selenite.exporting.proof import Value
from selenite.fitting.distillation import Distilled
from selenite.model import Model
from selenite.table import Table
from selenite.types import Floats

Rows = list[dict[str, Value]]
Files = dict[str, bytes]
Outputs = Sequence[list[float]]  # what the network gives for each row
LONGEST_SECONDS = 300.0


class Answered(NamedTuple):
    """What an export gives for rows."""

    outputs: Outputs
    answers: Sequence[Any]  # of each row what it predicts, a class in its own type or a number


class NotChecked(Exception):
    """Why an export could not be run here, in words."""


@dataclass(frozen=True)
class Questions:
    """Rows for an export to answer."""

    name: str  # an identifier, of the files and of what they define
    plan: Plan  # at least of the row
    rows: Rows

    @property
    def rows_json(self) -> bytes:
        """The rows as JSON."""
        return msgspec.json.encode(self.rows)


@dataclass(frozen=True)
class Export(Questions):
    """What is written: the plan under a name, with the rows of its proof and what the model gives for them."""

    outputs: Outputs
    answers: list[Any]
    model: Model
    double: bool = False  # whether the arithmetic is in double precision, where there is a choice
    data: Table | None = None  # rows that a page compares with

    @cached_property
    def plan_json(self) -> str:
        """The plan as JSON."""
        return msgspec.json.encode(self.plan).decode()

    @cached_property
    def proof_json(self) -> str:
        """The proof as JSON."""
        return msgspec.json.encode({"rows": self.rows, "outputs": self.outputs}).decode()


@dataclass(frozen=True)
class Asked:
    """What may be asked of any way of writing."""

    tolerance: float | None = None  # None: the usual one
    double: bool = False
    data: Table | None = None


class Writer(ABC):
    """A way of writing a model."""

    to: str
    suffix: str  # of the file by which an export is known,
    sign: str  # and what it holds that no other file does
    reads_text: bool  # whether free text can be written so
    knows_rows: bool  # whether rows that were trained on can
    plan_in: Callable[[Path], Plan]  # of what an export carries, at least of the row; raises NotChecked

    def is_of(self, file: Path) -> bool:
        """Tell whether a file with this suffix was written so."""
        return self.sign.encode() in file.read_bytes()

    @abstractmethod
    def written(self, model: Model, name: str, asked: Asked) -> tuple[Files, Proof]:
        """Return the files that a model becomes, and what was proved of them."""

    @abstractmethod
    def verified(self, file: Path, model: Model, asked: Asked) -> Proof:
        """Run what was written again beside its model."""

    @abstractmethod
    def answers(self, file: Path, plan: Plan, table: Table) -> Floats:
        """Return the outputs of an export for a table's rows, (n, n_outputs); raises NotChecked."""


@dataclass(frozen=True)
class Proof:
    """How far an export's answers are from its model's."""

    to: str
    files: tuple[Path, ...]
    n_rows: int
    difference: float  # largest of a probability, or of a number in the target's widths; NaN where not checked
    tolerance: float  # of a model in integers the proved bound
    not_checked: str = ""  # why
    facts: tuple[str, ...] = ()  # what else is known, a sentence each
    distilled: Distilled | None = None  # the network that was exported in place of the model, and what it costs

    def __str__(self) -> str:
        """Return it in a sentence, what else is known in lines of its own."""
        what = ", ".join(path.name for path in self.files)
        differs = f"largest difference {self.difference:.2g}, allowed {self.tolerance:.3g}"
        found = f"checked on {self.n_rows} rows: {differs}"
        return "\n".join([f"{what} {f'not checked: {self.not_checked}' if self.not_checked else found}", *self.facts])


def filled(text: str, instead: dict[str, str]) -> str:
    """Return a text with something else in each of some places, which it has once."""
    assert all(text.count(place) == 1 for place in instead)
    return re.sub("|".join(map(re.escape, instead)), lambda found: instead[found[0]], text)


def ran(command: list[str], folder: Path, given: bytes = b"") -> bytes:
    """Return what a command prints; where it fails the export is wrong."""
    try:
        done = subprocess.run(
            command, cwd=folder, input=given, capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ExportError(f"{command[0]} has not answered the rows of the proof in {LONGEST_SECONDS:.0f} s") from None
    if done.returncode:
        said = next(
            (line for line in done.stderr.decode(errors="replace").splitlines() if "rror" in line), "it says not why"
        )
        raise ExportError(f"{Path(command[0]).name} cannot run the export: {said}")
    return done.stdout
