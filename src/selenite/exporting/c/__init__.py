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
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise NotChecked(f"there is no C compiler ({', '.join(COMPILERS)})")
    with tempfile.TemporaryDirectory() as scratch:
        program = Path(scratch) / "answering"
        main = program.with_suffix(".c")
        main.write_text(answering(export, Names(export.plan)))
        ran([compiler, *FLAGS, "-I.", str(main), f"{export.name}.c", "-lm", "-o", str(program)], folder)
        given = ran([str(program)], folder, cells(export))
    found = np.frombuffer(given).reshape(-1, export.plan.n_outputs + 1)
    answers: AnyArray = found[:, -1]
    if export.plan.classes:
        answers = class_labels(without_network(export.plan).target)[answers.astype(np.intp)]
    return Answered(found[:, :-1].tolist(), answers.tolist())


def is_header(file: Path) -> bool:
    """Tell whether a file is the header of an export to C with floating point."""
    return f"{file.stem.upper()}_N_OUTPUTS" in file.read_text(encoding="utf-8", errors="replace")


C = Exact("c", ".h", files, answered, plan_in, is_header)
