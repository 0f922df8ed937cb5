"""The programs around a model in integers: one that carries its proof, one that answers rows as bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.c import FLAGS, given_by
from selenite.exporting.integer.fixed import FixedModel, FixedRow
from selenite.types import Indices

RUNTIME = Path(__file__).parent.parent / "runtime"


def definitions(fixed: FixedRow) -> str:
    """Return what programs know a model by: its row, how many integers an answer has, and how it is asked for."""
    name = fixed.name
    ask = f"{name}_probabilities(row, answers)" if fixed.plan.classes else f"(answers)[0] = {name}_predict(row)"
    return "\n".join(
        [f'#include "{name}.h"', f"#define ROW {name}_row", f"#define N_ANSWERS {fixed.n_answers}",
         f"#define ANSWER(row, answers) {ask}", ""]
    )  # fmt: skip


def initialised(rows: Indices) -> str:
    """Return rows, or answers, as C initialises them."""
    return ", ".join("{" + ", ".join(_integer(value) for value in row) + "}" for row in rows.tolist())


def _integer(value: int) -> str:
    return "INT32_MIN" if value == -(2**31) else str(value)


def proof(fixed: FixedModel, rows: Indices, wanted: Indices, allowed: int) -> str:
    """Return the program of the proof: rows, the exact model's answers in the same unit, and what may lie between."""
    unit = "1/32768" if fixed.plan.classes else f"1e{-fixed.target.power}"
    return f"""/* The proof of {fixed.name}: rows, and the answers of the model that it was written from in {unit}. */
#include <stdio.h>
{definitions(fixed)}
#define N_ROWS {len(rows)}
#define ALLOWED {allowed}

static const ROW rows[N_ROWS] = {{{initialised(rows)}}};
static const int32_t wanted[N_ROWS][N_ANSWERS] = {{{initialised(wanted)}}};

int main(void)
{{
    int32_t answers[N_ANSWERS], largest = 0;
    int row, k;
    for (row = 0; row < N_ROWS; row++) {{
        ANSWER(&rows[row], answers);
        for (k = 0; k < N_ANSWERS; k++) {{
            int32_t difference = answers[k] - wanted[row][k];
            if (difference < 0) difference = -difference;
            if (difference > largest) largest = difference;
        }}
    }}
    printf("largest difference of %d rows: %ld of {unit}, allowed %ld\\n", N_ROWS, (long)largest, (long)ALLOWED);
    return largest > ALLOWED;
}}
"""


def answers(fixed: FixedRow, folder: Path, rows: Indices, flags: tuple[str, ...] = FLAGS) -> Indices:
    """Compile the source that lies in a folder, and return its answers to rows, (n_rows, n_answers)."""
    program = definitions(fixed) + (RUNTIME / "rows.c").read_text(encoding="utf-8")
    asked = np.ascontiguousarray(rows, dtype=np.int32).tobytes()
    given = given_by(program, f"{fixed.name}.c", folder, asked, flags)
    found = np.frombuffer(given, dtype=np.int32)
    if found.size != len(rows) * fixed.n_answers:
        raise ExportError(f"{fixed.name}.c gives {found.size} numbers for {len(rows)} rows, not {fixed.n_answers} each")
    return found.reshape(len(rows), fixed.n_answers).astype(np.int64)
