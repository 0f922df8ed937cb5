"""The programs around the source: one that holds the proof, one that answers the rows it reads."""

from __future__ import annotations

import math
import struct
from datetime import datetime
from pathlib import Path

from selenite.exporting.c.names import Names, string
from selenite.exporting.plan import PlannedColumn
from selenite.exporting.proof import Value
from selenite.exporting.writer import Export, Questions

_DAY = 86_400.0
_CELLS = (Path(__file__).parent.parent / "runtime" / "cells.c").read_text(encoding="utf-8")


def proof(export: Export) -> str:
    """Return the text of the program that holds the proof, and prints the largest difference."""
    name, plan = export.name, export.plan
    lines = [
        f"/* The proof of {name}: rows with the outputs of the model that it was written from. */",
        "#include <math.h>", "#include <stdio.h>", f'#include "{name}.h"', "",
        f"#define N_ROWS {len(export.rows)}", "", "int main(void)", "{",
        f"    static const {name}_row rows[N_ROWS] = {{",
        *[f"        {{{', '.join(_value(one, row[one.name]) for one in plan.columns)}}}," for row in export.rows],
        "    };",
        f"    static const double wanted[N_ROWS][{name.upper()}_N_OUTPUTS] = {{",
        *[f"        {{{', '.join(map(repr, row))}}}," for row in export.outputs],
        "    };",
        f"    double outputs[{name.upper()}_N_OUTPUTS], largest = 0.0;",
        "    int row, k;",
        "    for (row = 0; row < N_ROWS; row++) {",
        f"        {name}_outputs(&rows[row], outputs);",
        f"        for (k = 0; k < {name.upper()}_N_OUTPUTS; k++) {{",
        "            double difference = fabs(outputs[k] - wanted[row][k]);",
        "            if (!(difference <= largest)) largest = difference;",
        "        }",
        "    }",
        '    printf("largest difference of %d rows: %.3g\\n", N_ROWS, largest);',
        "    return 0;", "}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def answering(export: Questions, names: Names) -> str:
    """Return the text of a program that gives the bytes of outputs and answers for rows, as `cells` has them."""
    name, plan = export.name, export.plan
    texts = [len(value.encode()) for row in export.rows for value in row.values() if isinstance(value, str)]
    free = [column.name for column in plan.columns if column.terms is not None]
    lines = [
        f'#include "{name}.h"', f"#define LONGEST {max(texts, default=0)}", f"#define N_TEXTS {len(free) + 1}", _CELLS,
        "int main(void)", "{", f"    {name}_row row;", f"    double outputs[{name.upper()}_N_OUTPUTS], answer;",
        "    for (;;) {",
    ]  # fmt: skip
    for column, own in zip(plan.columns, names.columns, strict=True):
        given = f"{name}_{own}_of(next_text(0))" if column.categories else "next_number()"
        if column.terms is not None:
            given = f"next_text({1 + free.index(column.name)})"
        lines.append(f"        row.{own} = {given};")
    lines += [
        f"        {name}_outputs(&row, outputs);", f"        answer = {name}_predict(&row);",
        "        give(outputs, sizeof outputs);", "        give(&answer, sizeof answer);", "    }", "}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def cells(export: Questions) -> bytes:
    """Return the export's rows as that program reads them."""
    return b"".join(_cell(column, row[column.name]) for row in export.rows for column in export.plan.columns)


def _cell(column: PlannedColumn, value: Value) -> bytes:
    if not column.is_written:
        return struct.pack("=d", math.nan if value is None else _number(column, value))
    text = b"" if value is None else str(value).encode()
    return struct.pack("=i", -1 if value is None else len(text)) + text


def _value(column: PlannedColumn, value: Value) -> str:
    """Return a value as C initialises it, of categories the code."""
    if column.categories:
        known = column.categories
        return str(-1 if value is None else known.index(str(value)) if value in known else len(known))
    if column.terms is not None:
        return "NULL" if value is None else string(str(value))
    return "NAN" if value is None else repr(_number(column, value))


def _number(column: PlannedColumn, value: float | str) -> float:
    return days_since_1970(str(value)) if column.kind == "date" else float(value)


def days_since_1970(moment: str) -> float:
    """Return a moment in ISO 8601 as days."""
    return (datetime.fromisoformat(moment) - datetime(1970, 1, 1)).total_seconds() / _DAY
