"""The source: constant tables of columns and weights, and plain loops over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from selenite.exporting.c.encoding import encoded_row, is_outside
from selenite.exporting.c.names import Names, number, string
from selenite.exporting.c.parts import called, parts_in
from selenite.exporting.c.words import (
    sizes_of_text,
    tables_of_characters,
    tables_of_terms,
)
from selenite.exporting.formula import INFIX, Language, activations_in
from selenite.exporting.plan import Plan, sum_block
from selenite.exporting.writer import Export

_PARTS = parts_in("parts.c") | parts_in("words.c")
WIDE = 32  # units, from which on it pays to look which inputs are 0
LANGUAGE = Language("C", INFIX | {
    "maximum": "{0} > {1} ? {0} : {1}", "minimum": "{0} < {1} ? {0} : {1}", "where": "{} ? {} : {}",
    "power": "POW", "sqrt": "SQRT", "absolute": "FABS", "exp": "EXP", "expm1": "EXPM1", "log": "LOG", "log1p": "LOG1P",
    "tanh": "TANH", "erfc": "ERFC",
}, lambda value: repr(value) if isinstance(value, int) else f"(REAL){value!r}")  # fmt: skip


def source(export: Export, names: Names) -> str:
    """Return the source's text."""
    plan, name, double = export.plan, export.name, export.double
    encoding = list(encoded_row(plan, names))
    body = [
        *_tables(plan, names, name, double),
        "",
        *_lookups(plan, names, name),
        f"static void encode(const {name}_row *row, REAL *inputs)",
        "{",
        "    int i;",
        "    for (i = 0; i < N_INPUTS; i++) inputs[i] = 0;",
        *[f"    {line}" for line in encoding],
        "}",
        "",
        *(_in_precision(line, double) for line in _network(plan)),
        *_answers(export, names),
    ]
    text = "\n".join(body)
    parts = called(_PARTS, text)
    sizes = {
        "N_INPUTS": plan.n_inputs, "N_MEMBERS": len(plan.members), "WIDEST": max(plan.layer_sizes),
        **({"N_SCORES": len(plan.scores)} if "ranked" in parts else {}),
        **(sizes_of_text(plan) if "count_terms" in parts else {}),
    }  # fmt: skip
    head = [
        f"/* {name}: see {name}.h. */", "#include <math.h>", "#include <stddef.h>", "#include <string.h>", "",
        f'#include "{name}.h"', "", f"typedef {'double' if double else 'float'} REAL;",
        f"enum {{ {', '.join(f'{size} = {n}' for size, n in sizes.items())} }};", "",
    ]  # fmt: skip
    if "ranked" in parts:
        head += [f"static const double scores[N_SCORES] = {{{', '.join(map(repr, plan.scores))}}};", ""]
    if "count_terms" in parts:
        head += tables_of_characters()
    return "\n".join([*head, *parts.values(), text, ""])


# ---------------------------------------------------------------- tables


def _tables(plan: Plan, names: Names, name: str, double: bool) -> Iterator[str]:
    for column, own in zip(plan.columns, names.columns, strict=True):
        if column.rank_quantiles:
            yield f"static const double {own}_quantiles[] = {{{', '.join(map(repr, column.rank_quantiles))}}};"
        if column.frequent_values:
            yield f"static const double {own}_frequent[] = {{{', '.join(map(repr, column.frequent_values))}}};"
        if column.categories:
            yield f"static const char *const {own}_names[] = {{{', '.join(map(string, column.categories))}}};"
        if column.statistics:
            yield _table(f"{own}_statistics", column.statistics, double)
        if column.terms is not None:
            yield from tables_of_terms(column.terms, own)
    for i, crossing in enumerate(plan.crossings):
        if crossing.keys:
            yield f"static const unsigned long long keys_{i}[] = {{{','.join(map(str, crossing.keys))}}};"
            yield _table(f"pairs_{i}", crossing.values, double)
    if plan.known_rows is not None:
        keys = ",".join(f"0x{key}ULL" for key in plan.known_rows.keys)
        yield f"static const unsigned long long known_rows[] = {{{keys}}};"
        yield _table("answers_of_known", plan.known_rows.values, double)
    for at in range(len(plan.periodic)):
        waves = [member.waves[at] for member in plan.members]
        yield _table(f"frequencies_{at}", [one.frequencies for one in waves], double)
        yield _table(f"phases_{at}", [one.phases for one in waves], double)
        yield _table(f"mixing_{at}", [one.mixing for one in waves], double)
        yield _table(f"offsets_{at}", [one.offsets for one in waves], double)
    for layer in range(len(plan.members[0].layers)):
        yield _table(f"weights_{layer}", [member.layers[layer].weights for member in plan.members], double)
        yield _table(f"biases_{layer}", [member.layers[layer].biases for member in plan.members], double)


def _table(name: str, values: Sequence[Any], double: bool) -> str:
    shape, inner = "", values
    while isinstance(inner, list):
        shape += f"[{len(inner)}]"
        inner = inner[0]
    return f"static const REAL {name}{shape} = {_braced(values, double)};"


def _braced(values: Any, double: bool) -> str:
    if isinstance(values, list):
        return "{" + ",".join(_braced(value, double) for value in values) + "}"
    return number(float(values), double)


def _lookups(plan: Plan, names: Names, name: str) -> Iterator[str]:
    for column, own in zip(plan.columns, names.columns, strict=True):
        if column.categories:
            of = "folded_code_of" if column.kind == "yes/no" else "code_of"
            found = f"{of}(text, {own}_names, {len(column.categories)})"
            yield f"int {name}_{own}_of(const char *text) {{ return {found}; }}"
    if any(column.kind == "date" for column in plan.columns):
        yield f"""
double {name}_days(int year, int month, int day, int hour, int minute)
{{
    static const int before[] = {{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}};
    int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    long days = days_before(year) + before[month - 1] + (is_leap && month > 2) + day - 1;
    return (double)days + (hour * 60 + minute) / 1440.0;
}}
"""


# ---------------------------------------------------------------- inputs become an output


def _in_precision(line: str, double: bool) -> str:
    """Return a line with the C library's functions, which it has in capitals, for float or for double."""
    return re.sub(r"\b([A-Z][A-Z0-9]+)(?=\()", lambda found: found[1].lower() + ("" if double else "f"), line)


def _network(plan: Plan) -> Iterator[str]:
    layers = plan.members[0].layers
    for name, value in activations_in(LANGUAGE, plan).items():
        yield f"static REAL {name}_of(REAL z) {{ return {value}; }}"
    yield ""
    for n in dict.fromkeys(len(layer.biases) for layer in layers):
        yield from _adding(n)
    yield "static void forward(int member, const REAL *inputs, REAL *a)"
    yield "{"
    yield "    REAL z[WIDEST];"
    yield "    int i, j;"
    if plan.periodic:
        yield "    int k;"
    yield "    for (i = 0; i < N_INPUTS; i++) a[i] = inputs[i];"
    for p, i in enumerate(plan.periodic):
        waves = plan.members[0].waves[p]
        n_waves, n_components = len(waves.frequencies), len(waves.offsets)
        at = plan.n_inputs + sum(len(one.offsets) for one in plan.members[0].waves[:p])
        yield f"    for (k = 0; k < {n_components}; k++) a[{at} + k] = offsets_{p}[member][k];"
        yield f"    for (i = 0; i < {n_waves}; i++) {{"
        yield f"        REAL turns = inputs[{i}] * frequencies_{p}[member][i] + phases_{p}[member][i];"
        yield "        REAL u = COS((REAL)6.283185307179586 * (turns - ROUND(turns)));"
        yield f"        for (k = 0; k < {n_components}; k++) a[{at} + k] += u * mixing_{p}[member][k][i];"
        yield "    }"
    for k, layer in enumerate(layers):
        n_in, n_out = len(layer.weights), len(layer.biases)
        block = sum_block(n_in)
        yield f"    for (j = 0; j < {n_out}; j++) z[j] = biases_{k}[member][j];"
        yield f"    add_to_{n_out}(a, {block}, weights_{k}[member], z);"
        if block < n_in:
            yield f"    for (i = {block}; i < {n_in}; i += {block}) {{"
            yield f"        REAL sums[{n_out}] = {{0}};"
            yield f"        int n = {n_in} - i < {block} ? {n_in} - i : {block};"
            yield f"        add_to_{n_out}(a + i, n, weights_{k}[member] + i, sums);"
            yield f"        for (j = 0; j < {n_out}; j++) z[j] += sums[j];"
            yield "    }"
        if layer.activation == "softmax":
            yield from _softmax(n_out)
        else:
            yield f"    for (j = 0; j < {n_out}; j++) a[j] = {layer.activation}_of(z[j]);"
    yield "}"
    yield ""


def _adding(n: int) -> Iterator[str]:
    """Yield the function that adds inputs times weights to n units: four at a time, so that z is seldom read."""
    found = "active[{}]" if n >= WIDE else "{}"
    terms = " + ".join(f"a[i{k}] * weights[i{k}][j]" for k in range(4))
    yield f"static void add_to_{n}(const REAL *a, int n_in, const REAL (*weights)[{n}], REAL *z)"
    yield "{"
    if n >= WIDE:
        yield "    int active[WIDEST], n = 0, i, j; /* the inputs that are not 0 */"
        yield "    for (i = 0; i < n_in; i++) {"
        yield "        active[n] = i;"
        yield "        n += a[i] != 0;"
        yield "    }"
    else:
        yield "    int n = n_in, i, j;"
    yield "    for (i = 0; i + 4 <= n; i += 4) {"
    yield f"        int {', '.join(f'i{k} = ' + found.format(f'i + {k}' if k else 'i') for k in range(4))};"
    yield f"        for (j = 0; j < {n}; j++) z[j] = z[j] + {terms};"
    yield "    }"
    yield "    for (; i < n; i++)"
    yield f"        for (j = 0; j < {n}; j++) z[j] += a[{found.format('i')}] * weights[{found.format('i')}][j];"
    yield "}"
    yield ""


def _softmax(n: int) -> Iterator[str]:
    yield "    {"
    yield "        REAL top = z[0], sum = 0;"
    yield f"        for (j = 1; j < {n}; j++) if (z[j] > top) top = z[j];"
    yield f"        for (j = 0; j < {n}; j++) sum += a[j] = EXP(z[j] - top);"
    yield f"        for (j = 0; j < {n}; j++) a[j] /= sum;"
    yield "    }"


# ---------------------------------------------------------------- an output becomes an answer


def _answers(export: Export, names: Names) -> Iterator[str]:
    plan, name = export.plan, export.name
    n = f"{name.upper()}_N_OUTPUTS"
    yield f"""void {name}_outputs(const {name}_row *row, double outputs[{n}])
{{
    REAL inputs[N_INPUTS], a[WIDEST];
    int member, k;
    encode(row, inputs);
    for (k = 0; k < {n}; k++) outputs[k] = 0;
    for (member = 0; member < N_MEMBERS; member++) {{
        forward(member, inputs, a);
        for (k = 0; k < {n}; k++) outputs[k] += (double)a[k] / N_MEMBERS;
    }}
}}
"""
    if plan.classes:
        yield from _classes(plan, name)
    else:
        yield f"""double {name}_predict(const {name}_row *row)
{{
    double output;
    {name}_outputs(row, &output);
    return {plan.center!r} + {plan.width!r} * output;
}}
"""
    yield from outside(name, (is_outside(*one) for one in zip(plan.columns, names.columns, strict=True)))


def outside(name: str, conditions: Iterable[str]) -> Iterator[str]:
    """Yield the function that counts the columns outside what training saw, by a condition for each."""
    yield f"int {name}_outside(const {name}_row *row, unsigned char outside[{name.upper()}_N_COLUMNS])"
    yield "{"
    yield "    int count = 0, is_outside;"
    for k, condition in enumerate(conditions):
        yield f"    is_outside = {condition};"
        yield "    count += is_outside;"
        yield f"    if (outside) outside[{k}] = (unsigned char)is_outside;"
    yield "    return count;"
    yield "}"


def _classes(plan: Plan, name: str) -> Iterator[str]:
    n = f"{name.upper()}_N_CLASSES"
    yield f"const char *const {name}_classes[{n}] = {{{', '.join(map(string, plan.classes))}}};"
    yield ""
    yield f"void {name}_probabilities(const {name}_row *row, double probabilities[{n}])"
    yield "{"
    if len(plan.classes) == 2:
        yield "    double output;"
        yield f"    {name}_outputs(row, &output);"
        yield "    probabilities[0] = 1 - output;"
        yield "    probabilities[1] = output;"
    else:
        yield f"    {name}_outputs(row, probabilities);"
    yield "}"
    yield deciding(name, "double", plan.threshold)


def deciding(name: str, real: str, threshold: float | None) -> str:
    """Return the function that gives the place of the class predicted; `real`: of what type probabilities are."""
    if threshold is not None:
        return f"""
int {name}_predict(const {name}_row *row)
{{
    {real} probabilities[2];
    {name}_probabilities(row, probabilities);
    return probabilities[1] >= {threshold!r};
}}
"""
    n = f"{name.upper()}_N_CLASSES"
    return f"""
int {name}_predict(const {name}_row *row)
{{
    {real} probabilities[{n}];
    int k, best = 0;
    {name}_probabilities(row, probabilities);
    for (k = 1; k < {n}; k++)
        if (probabilities[k] > probabilities[best]) best = k;
    return best;
}}
"""
