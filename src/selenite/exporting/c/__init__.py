"""To C: one header and one source in C99, constant tables and plain loops, and a program that runs the proof."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np

from selenite.exporting.c.header import header
from selenite.exporting.c.names import Names
from selenite.exporting.c.proof import answering, cells, proof
from selenite.exporting.c.source import source
from selenite.exporting.writer import Export, NotChecked, Outputs, Writer, ran

COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror")


def files(export: Export) -> dict[str, bytes]:
    """Return the header, the source and the program of the proof."""
    names = Names(export.plan)
    return {
        f"{export.name}.h": header(export, names).encode(),
        f"{export.name}.c": source(export, names).encode(),
        f"{export.name}_proof.c": proof(export, names).encode(),
    }


def outputs(folder: Path, export: Export) -> Outputs:
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
    found: Outputs = np.frombuffer(given).reshape(-1, export.plan.layer_sizes[-1]).tolist()
    return found


C = Writer("c", ".h", files, outputs)
