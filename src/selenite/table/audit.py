"""Looks over a table before training: what would mislead a network, or you."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from selenite.table.cells import counted_texts, number_text, spellings
from selenite.table.codes import codes
from selenite.table.derived import derived
from selenite.table.fingerprint import fingerprint
from selenite.table.infer import look_like
from selenite.table.kinds import looks_like_identifier, numbers_rows, seeming_kind, yes_no
from selenite.table.leaks import leak
from selenite.table.learn import learn_schema
from selenite.table.repeats import Repeats, find_repeats, first_of
from selenite.table.schema import SET_ASIDE, ColumnSchema, Kind, Schema, Target, Task
from selenite.table.suspects import declare, leave_out, suspects, suspects_of_target
from selenite.table.table import (
    EXACT,
    Column,
    Dates,
    Finding,
    Numbers,
    Table,
    Text,
    called,
    n_different_values,
)
from selenite.table.target import answers_of, learn_target
from selenite.text import counted, shown

FEW_ROWS = 100
RARE_SHARE = 0.05  # a class below it, and below half of a fair share, is rare
MOST_DOUBTFUL = 30  # different whole numbers that may name classes
_TARGET_NAME = re.compile(
    r"^((.*_)?(target|label|class|outcome|response|value|price)|y|churn(ed)?|survived|species|default|income)$"
)


def audit(
    table: Table,
    target: str | None = None,
    *,
    kinds: Mapping[str, Kind | ColumnSchema] | None = None,
    task: Task | None = None,
    schema: Schema | None = None,
) -> list[Finding]:
    """Return what is worth knowing about a table; leaks and imbalance need a target.

    `kinds` and `task` are what the user has said, of which nothing is told; `schema` what is known of the columns
    already, where these are but some of the rows.
    """
    kinds, found = kinds or {}, []
    features = table.without(target)
    answers = None if target is None else answers_of(table[target], task)
    columns = (schema or learn_schema(features, kinds, np.arange(0), answers)).columns
    told = {(one.kind, one.column) for one in table.findings}
    for known in columns:
        column = features[known.name]
        if known.name not in kinds:
            is_told = ("looks otherwise", known.name) in told  # what to do
            found += _set_aside(known, column, remedied=is_told) or _counting(known, column)
        found += suspects(known, column)
    found += _duplicates(features)
    found += derived(table.without(*(known.name for known in columns if known.kind in SET_ASIDE)), target)
    if table.n_rows < FEW_ROWS:
        rows = f"{counted(table.n_rows, 'row')} {'is' if table.n_rows == 1 else 'are'}"
        found.append(Finding("few rows", "", f"{rows} few: expect the scores to be uncertain"))
    if target is None:
        names = ", ".join(shown(name) for name in target_candidates(table))
        return [*found, Finding("target?", "", f"no target is named; likely ones: {names}")]
    if answers is not None:
        found += codes(features, [known for known in columns if known.name not in kinds], target, answers)
    learnt_from = features.without(*(known.name for known in columns if known.kind in SET_ASIDE))
    found += _of_target(learnt_from, target, table[target], task)
    return sorted(found, key=lambda finding: finding.kind != "task?")  # what is to be done comes first


def audit_each(
    table: Table,
    targets: Sequence[str],
    *,
    kinds: Mapping[str, Kind | ColumnSchema] | None = None,
    task: Task | None = None,
) -> list[Finding]:
    """Return the same for each of several targets, of which none is learnt from; what is found twice once."""
    found = list[Finding]()
    for target in targets:
        others = (name for name in targets if name != target)
        found += audit(table.without(*others), target, kinds=kinds, task=task)
    return list(dict.fromkeys(found)) if targets else audit(table, kinds=kinds, task=task)


def _of_target(features: Table, target: str, column: Column, task: Task | None) -> list[Finding]:
    """Return what is worth knowing of the target, and of columns that tell too much of it."""
    rows = np.flatnonzero(~column.missing())
    answers = column.take(rows)
    if isinstance(answers, Dates) or n_different_values(answers) < 2:
        return []
    repeats = find_repeats(features.take(rows), answers)
    if repeats.are_copies:  # which would let any column tell the answer
        first = first_of(repeats.of)
        rows, answers = rows[first], answers.take(first)
    learnt = learn_target(answers, target, task)
    is_number = learnt.task == "regression"
    found = _repeats(repeats) + ([] if task else _doubtful_task(answers, learnt))
    found += suspects_of_target(answers, target, is_number)
    if not is_number:
        found += _imbalance(answers, target) + _spellings(answers, target)
    for name, feature in zip(features.names, features.columns, strict=True):
        if how := leak(feature.take(rows), answers, is_number):
            message = (
                f"{called(name)} alone predicts {shown(target)}: {how}. Would you know it beforehand? "
                f"If not, leave it out with {leave_out(name)}"
            )
            found.append(Finding("leak", name, message))
    return found


def _set_aside(known: ColumnSchema, column: Column, in_python: bool = False, remedied: bool = False) -> list[Finding]:
    """Return why a column is set aside, and what would have it learnt from, unless that is told already."""
    if known.kind not in SET_ASIDE:
        return []
    message = f"{called(known.name)} is set aside: {known.reason}"
    if known.kind == "constant":
        return [Finding("constant", known.name, message)]
    remedy = declare(known.name, "category" if isinstance(column, Text) else "number", in_python)
    return [Finding("identifier", known.name, message if remedied else f"{message}. To learn from it, {remedy}")]


def _counting(known: ColumnSchema, column: Column, in_python: bool = False) -> list[Finding]:
    """Return that a column numbers the rows, if it is learnt from all the same."""
    if known.kind in SET_ASIDE or not numbers_rows(column):
        return []
    remedy = f"If it only counts them, {'give' if in_python else 'add'} {leave_out(known.name, in_python=in_python)}"
    message = f"{called(known.name)} numbers the rows and is learnt from, as a time would be. {remedy}"
    return [Finding("numbers rows", known.name, message)]


def undeclared(table: Table, schema: Schema, declared: Collection[str]) -> list[Finding]:
    """Return what to know of columns whose kind nobody declared, with remedies as Python has them.

    Those are columns set aside, that number the rows, or of text that was meant otherwise. Who calls a column an
    identifier need not be told that it is.
    """
    found: list[Finding] = []
    for known in schema.columns:
        if known.name in declared:
            continue
        column = table[known.name]
        aside = _set_aside(known, column, in_python=True) if known.kind == "identifier" else []
        if aside and looks_like_identifier(known.name):
            continue
        if alike := look_like(column):
            what = f"is set aside: {known.reason}" if aside else "is text"
            remedy = f"convert it to such, or {declare(known.name, 'category', in_python=True)}"
            message = f"{called(known.name)} {what}; most of it looks like {alike}: {remedy}"
            found.append(Finding("looks otherwise", known.name, message))
        else:
            found += aside or (_counting(known, column, in_python=True) if len(schema.columns) > 1 else [])
    return found


def _doubtful_task(answers: Column, learnt: Target) -> list[Finding]:
    """Return a finding if numbers are taken for classes that may measure, or the other way round."""
    if not isinstance(answers, Numbers) or answers.type == "bool":
        return []
    low, high = (number_text(float(end), "float") for end in (answers.values.min(), answers.values.max()))
    n, whole = n_different_values(answers), bool((answers.values == np.round(answers.values)).all())
    if learnt.task == "classification" and (low, high) != ("0", "1"):
        message = (
            f"{called(learnt.name)} holds {n} different numbers, {low} to {high}, which are taken for classes. "
            "If they measure or rate, add --task regression"
        )
    elif learnt.task == "regression" and whole and n <= MOST_DOUBTFUL:
        message = (
            f"{called(learnt.name)} holds {n} different whole numbers, {low} to {high}, and is taken for a number. "
            "If they name classes, add --task classification"
        )
    else:
        return []
    return [Finding("task?", learnt.name, message)]


def target_candidates(table: Table) -> tuple[str, ...]:
    """Return the columns that may be meant to be predicted, the likeliest first."""
    named = [name for name in table.names if _TARGET_NAME.match(name.strip().casefold())]
    likely = [name for name in table.names[-1:] if name in named] + named
    yes_or_no = [name for name, column in zip(table.names, table.columns, strict=True) if yes_no(column) is not None]
    ordered = dict.fromkeys([*likely, *table.names[-1:], *yes_or_no])
    return tuple(name for name in ordered if seeming_kind(name, table[name])[0] not in (*SET_ASIDE, "text"))


def _duplicates(table: Table) -> list[Finding]:
    """Return each column that has the same values as an earlier one."""
    first: dict[str, str] = {}
    found = []
    for name, column in zip(table.names, table.columns, strict=True):
        key = _digest(column)
        if key in first and n_different_values(column) > 1:
            message = (
                f"{called(name)} has the same values as {called(first[key])}; one of them is enough: "
                f"leave it out with {leave_out(name)}"
            )
            found.append(Finding("duplicate", name, message))
        first.setdefault(key, name)
    return found


def _repeats(repeats: Repeats) -> list[Finding]:
    """Return a finding where far more rows are equal than chance makes."""
    rows = f"{repeats.n_repeated:,} of {len(repeats.of):,} rows repeat others"
    if repeats.are_copies:
        kept = "They are kept on one side of every split, so that none judges what learnt from its copy"
        near = "Rows that are only nearly the same are not found: name what they belong to with --groups"
        return [Finding("repeats", "", f"{rows} in every column. {kept}. {near}")]
    if repeats.beyond_chance:
        message = (
            f"{rows} in every column but the answer. If these are one thing measured again, name it with --groups: "
            "else the figures may be too good"
        )
        return [Finding("repeats", "", message)]
    return []


def _digest(column: Column) -> str:
    """Return digits that only columns of the same values share."""
    if isinstance(column, Text):
        texts = counted_texts(column)[0]
        code_of = {text: code for code, text in enumerate(texts)}
        codes = np.array([*(code_of.get(text, -1) for text in column.values), -1], dtype=np.int32)[column.codes]
        column = Text(codes, tuple(texts))
    elif isinstance(column, Numbers):
        column = Numbers(np.where(column.missing(), np.nan, column.values + 0.0))  # one gap, one zero
    return fingerprint(Table(("",), (column,), len(column.missing())))


def _imbalance(answers: Column, target: str) -> list[Finding]:
    labels, counts = counted_texts(answers)
    rarest = int(counts.argmin())
    share = counts[rarest] / counts.sum()
    if share >= min(RARE_SHARE, 0.5 / len(counts)):
        return []
    message = (
        f"the rarest class of {called(target)}, {shown(labels[rarest])}, has {counts[rarest]:,} of "
        f"{counts.sum():,} rows ({share:.1%}). Look at more than the accuracy"
    )
    return [Finding("imbalance", target, message)]


def _spellings(answers: Column, target: str) -> list[Finding]:
    """Return a finding if two classes are one number, written in two ways."""
    if not isinstance(answers, Numbers):
        return []
    first: dict[float, str] = {}
    texts, values, _ = spellings(answers)
    for text, value in zip(texts, values.tolist(), strict=True):
        if abs(value) >= EXACT:  # a double does not tell them apart, but the classes do
            continue
        if first.setdefault(value, text) != text:
            twice = f"{shown(first[value])} and {shown(text)}"
            message = f"{called(target)} has one number in two spellings, {twice}: each is a class of its own"
            return [Finding("spelling", target, message)]
    return []
