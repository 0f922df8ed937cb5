"""To C: one header and one source in C99, constant tables and plain loops, and a program that runs the proof."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np

from selenite.exporting.c.header import header, plan_in
from selenite.exporting.c.names import Names
from selenite.exporting.c.proof import answering, cells, proof
from selenite.exporting.c.source import source
from selenite.exporting.exact import Exact
from selenite.exporting.plan import without_network
from selenite.exporting.writer import Answered, Export, NotChecked, Questions, ran
from selenite.table.classes import class_labels
from selenite.types import AnyArray

COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror")


def files(export: Export) -> dict[str, bytes]:
    """Return the header, the source and the program of the proof."""
    names = Names(export.plan)
    return {
        f"{export.name}.h": header(export, names).encode(),
        f"{export.name}.c": source(export, names).encode(),
        f"{export.name}_proof.c": proof(export).encode(),
    }


def answered(folder: Path, export: Questions) -> Answered:
    """Compile the source with a program that reads the export's rows, and run that."""
    program = answering(export, Names(export.plan))
    given = given_by(program, f"{export.name}.c", folder, cells(export), (*FLAGS, "-lm"))
    found = np.frombuffer(given).reshape(-1, export.plan.n_outputs + 1)
    answers: AnyArray = found[:, -1]
    if export.plan.classes:
        answers = class_labels(without_network(export.plan).target)[answers.astype(np.intp)]
    return Answered(found[:, :-1].tolist(), answers.tolist())


def given_by(program: str, source: str, folder: Path, rows: bytes, flags: tuple[str, ...] = FLAGS) -> bytes:
    """Return what a program gives for rows, compiled together with the source that lies in a folder."""
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise NotChecked(f"there is no C compiler ({', '.join(COMPILERS)})")
    with tempfile.TemporaryDirectory() as scratch:
        main, made = Path(scratch) / "answering.c", Path(scratch) / "answering"
        main.write_text(program)
        ran([compiler, "-I.", str(main), source, *flags, "-o", str(made)], folder)
        return ran([str(made)], folder, rows)


C = Exact("c", ".h", "_N_OUTPUTS]);", files, answered, plan_in)
