"""What the table holds, what fitting made of it, and what to look out for."""

from __future__ import annotations

import numpy as np

from selenite.markup import Markup, element, joined, name, table
from selenite.model.table_warnings import table_warnings
from selenite.reporting.facts import Facts, is_number, target_name
from selenite.table import input_columns
from selenite.table.cells import describe, prediction_format

MOST_COLUMNS, MOST_CLASSES = 40, 30


def data(facts: Facts) -> Markup:
    """Return the columns of the table, what fitting made of them, and what to look out for."""
    model, original = facts.model, facts.table
    rows = []
    inputs = np.bincount(np.array(input_columns(model.schema), dtype=np.intp), minlength=len(model.schema.columns))
    for k, column in enumerate(model.schema.columns[:MOST_COLUMNS]):
        if column.name not in original.names:
            rows.append([name(column.name), column.kind, column.reason or "", "", ""])
            continue
        here = original[column.name]
        missing = int(here.missing().sum())
        values = describe(column, here, lambda text: text) if missing < original.n_rows else "no values"
        rows.append(
            [name(column.name), column.kind, name(values, 160), f"{missing:,}" if missing else "", f"{inputs[k]}"]
        )
    more = len(model.schema.columns) - MOST_COLUMNS
    return joined(
        element(
            "p",
            name(original.source, 200),
            f": {original.n_rows:,} rows, {len(original.names)} columns. ",
            _answers(facts),
        ),
        table("The columns of the table", ["column", "kind", "values", "missing", "inputs"], rows, numbers_from=3),
        element("p", f"{more} further columns are not listed.", class_="note") if more > 0 else "",
        *table_warnings(model, original),
    )


def _answers(facts: Facts) -> Markup:
    """Return what the answers are."""
    model, original = facts.model, facts.table
    target = model.target
    if is_number(model):
        values, form = facts.judged.answers, prediction_format(target)
        return joined(
            "To predict: ", name(target_name(model)), f", a number, {values.min():{form}} to {values.max():{form}} "
            f"in the rows judged, median {np.median(values):{form}}.",
        )  # fmt: skip
    counts = np.bincount(facts.judged.classes, minlength=len(target.classes))
    kinds = [
        joined(name(each, 40), f" ({count / counts.sum():.0%})")
        for each, count in zip(target.classes, counts, strict=True)
    ]
    listed = joined(*kinds[:MOST_CLASSES], between=", ")
    more = f" and {len(kinds) - MOST_CLASSES} more" if len(kinds) > MOST_CLASSES else ""
    return joined(
        "To predict: ", name(original.names[original.names.index(target.name)]), ", one of ", listed, more, "."
    )
