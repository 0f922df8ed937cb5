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
from selenite.exporting.writer import Export, NotChecked, Outputs, Questions, ran

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


def outputs(folder: Path, export: Questions) -> Outputs:
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
    found: Outputs = np.frombuffer(given).reshape(-1, export.plan.n_outputs).tolist()
    return found


def is_header(file: Path) -> bool:
    """Tell whether a file is the header of an export to C with floating point."""
    return f"{file.stem.upper()}_N_OUTPUTS" in file.read_text(encoding="utf-8", errors="replace")


C = Exact("c", ".h", files, outputs, plan_in, is_header)
