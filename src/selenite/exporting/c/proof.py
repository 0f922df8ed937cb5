"""The program of the proof: rows with the model's outputs, and how far the source's are from them."""

from __future__ import annotations

from datetime import datetime

from selenite.exporting.c.names import Names, string
from selenite.exporting.plan import PlannedColumn
from selenite.exporting.proof import Value
from selenite.exporting.writer import Export

_DAY = 86_400.0


def proof(export: Export, names: Names) -> str:
    """Return the program's text; with an argument it prints the outputs of each row, else the largest difference."""
    name, plan = export.name, export.plan
    lines = [
        f"/* The proof of {name}: rows with the outputs of the model that it was written from. */",
        "#include <math.h>", "#include <stdio.h>", f'#include "{name}.h"', "",
        f"#define N_ROWS {len(export.rows)}", "", "int main(int count, char **arguments)", "{",
        f"    static {name}_row rows[N_ROWS];",
        f"    static const double wanted[N_ROWS][{name.upper()}_N_OUTPUTS] = {{",
        *[f"        {{{', '.join(map(repr, row))}}}," for row in export.outputs],
        "    };",
        f"    double outputs[{name.upper()}_N_OUTPUTS], largest = 0.0;",
        "    int row, k;", "    (void)arguments;",
    ]  # fmt: skip
    for i, row in enumerate(export.rows):
        for column, own in zip(plan.columns, names.columns, strict=True):
            lines.append(f"    rows[{i}].{own} = {_value(name, column, own, row[column.name])};")
    lines += [
        "    for (row = 0; row < N_ROWS; row++) {",
        f"        {name}_outputs(&rows[row], outputs);",
        f"        for (k = 0; k < {name.upper()}_N_OUTPUTS; k++) {{",
        "            double difference = fabs(outputs[k] - wanted[row][k]);",
        "            if (!(difference <= largest)) largest = difference;",
        '            if (count > 1) printf("%.17g ", outputs[k]);',
        "        }",
        '        if (count > 1) printf("\\n");',
        "    }",
        '    if (count == 1) printf("largest difference of %d rows: %.3g\\n", N_ROWS, largest);',
        "    return 0;", "}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _value(name: str, column: PlannedColumn, own: str, value: Value) -> str:
    if column.categories:
        return f"{name}_{own}_of({'0' if value is None else string(str(value))})"
    if value is None:
        return "NAN"
    return repr(days_since_1970(str(value)) if column.kind == "date" else float(value))


def days_since_1970(moment: str) -> float:
    """Return a moment in ISO 8601 as days."""
    return (datetime.fromisoformat(moment) - datetime(1970, 1, 1)).total_seconds() / _DAY
