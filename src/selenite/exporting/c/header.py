"""The header: the row as the user's columns, and what is asked of the model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from selenite.exporting.c.names import Names, comment
from selenite.exporting.plan import Plan
from selenite.exporting.writer import Export, NotChecked

_PLAN = "/* plan: "


def header(export: Export, names: Names) -> str:
    """Return the header's text."""
    plan, name = export.plan, export.name
    guard = f"{name.upper()}_H"
    classes = f" of {len(plan.classes)} classes" if plan.classes else ", a number"
    lines = [
        f"/* {name}: predicts {comment(plan.target)}{classes}, from {len(plan.columns)} columns. */",
        f"#ifndef {guard}", f"#define {guard}", "",
        f"#define {name.upper()}_N_COLUMNS {len(plan.columns)}",
        f"#define {name.upper()}_N_OUTPUTS {plan.n_outputs}",
    ]  # fmt: skip
    if plan.classes:
        lines += [f"#define {name.upper()}_N_CLASSES {len(plan.classes)}"]
    lines += ["", f"#define {name.upper()}_MISSING (-1) /* a category that is missing; of a number NAN is */", ""]
    lines += [*enumerations(name, plan, names), "/* A row, its columns as the table named them. */", "typedef struct {"]
    lines += [f"    {line}" for line in _fields(export, names)]
    lines += [f"}} {name}_row;", "", *_functions(export, names), "", "#endif", "", plan_comment(plan), ""]
    return "\n".join(lines)


def plan_comment(plan: Plan) -> str:
    """Return the plan of the row as a comment, by which selenite knows what an export takes and gives."""
    text = json.dumps(msgspec.to_builtins(plan.row))
    text = text.replace("*", r"\u002a").replace("?", r"\u003f")  # no ends of comments, no trigraphs
    return f"{_PLAN}{text} */"


def plan_in(file: Path) -> Plan:
    """Return the plan that a header holds."""
    _, found, text = file.read_text(encoding="utf-8").rpartition(_PLAN)
    if not found:
        raise NotChecked("its header has lost the comment with its plan")
    return msgspec.json.decode(text.rpartition("*/")[0], type=Plan)


def enumerations(name: str, plan: Plan, names: Names) -> Iterator[str]:
    """Yield the codes of each column's categories."""
    for column, own, codes in zip(plan.columns, names.columns, names.categories, strict=True):
        if column.categories:
            yield from (f"/* {comment(column.name)} */", "enum {")
            for i, code in enumerate(codes):
                yield f"    {name}_{own}_{code} = {i}, /* {comment(column.categories[i])} */"
            yield from (f"    {name}_{own}_UNSEEN = {len(codes)}", "};", "")


def _fields(export: Export, names: Names) -> Iterator[str]:
    for column, own in zip(export.plan.columns, names.columns, strict=True):
        known = comment(column.name)
        if column.categories:
            yield f"int {own}; /* {known}: one of the codes above, or {export.name}_{own}_of(text) */"
        elif column.terms is not None:
            yield f'const char *{own}; /* {known}: text in UTF-8; NULL or "" where it is missing */'
        elif column.kind == "date":
            zone = "UTC" if column.zoned else "as the clocks showed in training"
            yield f"double {own}; /* {known}: {export.name}_days(year, month, day, hour, minute), {zone} */"
        else:
            seen = "" if column.minimum is None else f", {column.minimum:g} to {column.maximum:g} in training"
            yield f"double {own}; /* {known}{seen} */"


def _functions(export: Export, names: Names) -> Iterator[str]:
    name, plan = export.name, export.plan
    for column, own in zip(plan.columns, names.columns, strict=True):
        if column.categories:
            yield f'int {name}_{own}_of(const char *text); /* the code of a category; NULL or "" is missing */'
    if any(column.kind == "date" for column in plan.columns):
        yield f"double {name}_days(int year, int month, int day, int hour, int minute); /* since 1970 */"
    yield ""
    yield "/* What the network gives: of several networks the mean. */"
    yield f"void {name}_outputs(const {name}_row *row, double outputs[{name.upper()}_N_OUTPUTS]);"
    yield ""
    if plan.classes:
        yield "/* The classes, the probability of each, and the place of the one predicted. */"
        yield f"extern const char *const {name}_classes[{name.upper()}_N_CLASSES];"
        yield f"void {name}_probabilities(const {name}_row *row, double probabilities[{name.upper()}_N_CLASSES]);"
        yield f"int {name}_predict(const {name}_row *row);"
    else:
        yield "/* The number. */"
        yield f"double {name}_predict(const {name}_row *row);"
    yield ""
    yield "/* How many columns lie outside what training saw; outside[k], unless NULL, says whether the k-th does. */"
    yield f"int {name}_outside(const {name}_row *row, unsigned char outside[{name.upper()}_N_COLUMNS]);"
