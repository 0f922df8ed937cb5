"""The difference of two models as a terminal shows it, within 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import groupby
from typing import Any

import numpy as np

from selenite.comparison.answers import Answers
from selenite.comparison.better import Judgement, Loss
from selenite.comparison.files import Change, LayerDifference, weights_differ
from selenite.model.parts import Figure
from selenite.text import counted, figure_texts, listed, paragraph, percent, plain, plain_number, sentence, shown

MOST_VALUES = 6  # of a list, that are named
MOST_CELLS = 5  # of a row
LEFT, INDENT = 24, 4  # columns of the names of what differs; of what does not fit beside them
Layers = Sequence[LayerDifference] | None


def verdict_text(changes: Sequence[Change] | None, layers: Layers, answers: Answers | str | None) -> str:
    """Return in one sentence which model is better, or else what differs."""
    apart, of_files = weights_differ(layers), changes is not None
    if of_files and not changes and not apart:
        return "A and B are equal in everything that their files hold"
    if isinstance(answers, str):
        return f"none, {answers}"
    if answers is not None and answers.largest.a == answers.largest.b:
        return f"A and B {'differ, but ' * of_files}give the same answer in every row"
    if answers is not None and answers.are_alike and not of_files:
        return "A and B give the same answers, but for rounding"
    if answers is not None and answers.judgement is not None:
        return answers.judgement.verdict
    if answers is not None:
        return f"none, {answers.remark}"
    sections = [*dict.fromkeys(change.section for change in changes or ()), *["weights"] * apart]
    *first, last = sections
    named = f"{', '.join(first)} and {last}" if first else last
    return f"A and B differ in their {named}{'' if apart else '; their weights are the same'}"


def difference_text(changes: Sequence[Change] | None, layers: Layers, answers: Answers | str | None) -> str:
    """Return what differs, section by section, and last what it comes to."""
    blocks = [
        "\n".join([section, *(_line(name, texts) for name, texts in _lines(section, list(of_section)))])
        for section, of_section in groupby(changes or (), lambda change: change.section)
    ]
    verdict = verdict_text(changes, layers, answers)
    if changes is not None and (changes or weights_differ(layers)):
        blocks.append(_weights_text(layers))
    if isinstance(answers, Answers) and (changes is None or blocks):
        blocks.append(_answers_text(answers))
    blocks.append(paragraph(f"Verdict: {verdict}.", ""))
    return "\n\n".join(blocks)


def _lines(section: str, changes: Sequence[Change]) -> list[tuple[str, str]]:
    """Return what differs, and how: of a column all in one line, of anything else each by itself."""
    if section != "columns":
        return [
            (" ".join(filter(None, (plain(one.of, 32), one.what))), _values_text(one) or "differ") for one in changes
        ]
    found = []
    for name, of_column in groupby(changes, lambda change: change.of):
        texts = {one.what: _values_text(one) for one in of_column}
        said = [text if what == "kind" else f"{what} {text}" for what, text in texts.items() if text]
        unsaid = [what for what, text in texts.items() if not text]
        found.append((plain(name, 32), "; ".join([*said, *[f"{', '.join(unsaid)} differ"] * bool(unsaid)])))
    return found


def _line(name: str, text: str) -> str:
    head = f"  {name:<{LEFT}}  "
    if len(head) > LEFT + 4:
        return f"{head.rstrip()}\n{paragraph(text, ' ' * INDENT, ' ' * INDENT)}"
    return paragraph(text, head, " " * len(head))


def _values_text(change: Change) -> str:
    """Return both values, or what is in one of them only; "" where they are too long to be told apart so."""
    a, b = change.a, change.b
    if change.what == "kind" and None in (a, b):
        return f"only in A, {a}" if b is None else f"only in B, {b}"
    if isinstance(a, Figure) or isinstance(b, Figure):
        there = [one for one in (a, b) if one is not None]
        texts = figure_texts(there[0].metric, there)
        return " → ".join(texts) if len(there) == 2 else f"only in {'A' if b is None else 'B'}: {texts[0]}"
    if change.what in ("categories", "classes"):
        alone = {name: [one for one in these if one not in those] for name, these, those in (("A", a, b), ("B", b, a))}
        texts = [f"only in {name}: {listed(labels, MOST_VALUES)}" for name, labels in alone.items() if labels]
        return "; ".join(texts) or "the same, in another order"
    if change.what == "verdict":
        return " ".join(
            f"{name}: {text.removeprefix('Verdict').lstrip(': ') or 'none.'}" for name, text in (("A", a), ("B", b))
        )
    if change.what == "range" and change.section == "columns":
        return " → ".join("unknown" if None in ends else " to ".join(map(_value_text, ends)) for ends in (a, b))
    if change.what == "fingerprint":
        return "of another table"
    texts = [_value_text(one) for one in (a, b)]
    return " → ".join(texts) if texts[0] != texts[1] else ""


def _value_text(value: Any) -> str:
    """Return a setting in a few words."""
    if value is None:
        return "not set"
    if value == "" or (isinstance(value, Mapping | tuple) and not value):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | np.number):
        return plain_number(float(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(str(name), 20)}={_value_text(each)}" for name, each in value.items())
    if is_dataclass(value):
        texts = {one.name.replace("_", " "): _value_text(getattr(value, one.name)) for one in fields(value)}
        return ", ".join(f"{name} {text}" for name, text in texts.items())
    if isinstance(value, tuple | list):
        if len(value) > MOST_VALUES or any(isinstance(each, tuple | list) or is_dataclass(each) for each in value):
            return counted(len(value), "value")
        return ", ".join(map(_value_text, value))
    return plain(str(value), 40)


def _weights_text(layers: Layers) -> str:
    if layers is None:
        return "weights\n  not compared: the networks differ in inputs, layers, number or classes"
    if not weights_differ(layers):
        return "weights\n  the same in every layer"
    table = [("layer", "shape", "numbers", "root mean square", "largest difference")]
    table += [
        (one.layer, one.shape, f"{one.size:,}", f"{one.root_mean_square:.3g}", f"{one.largest:.3g}") for one in layers
    ]
    widths = [max(len(row[k]) for row in table) for k in range(5)]
    lines = [
        "  " + "  ".join(f"{cell:{'<' if k < 2 else '>'}{widths[k]}}" for k, cell in enumerate(row)) for row in table
    ]
    return "\n".join(["weights", *lines])


def _answers_text(found: Answers) -> str:
    lines = [f"answers on {plain(found.source, 50)}, {counted(found.n_rows, 'row')}"]
    if found.mean_change is None or found.mean_absolute_change is None:
        share = percent(found.n_changed / found.n_rows)
        verb = "changes" if found.n_changed == 1 else "change"
        lines.append(f"  {counted(found.n_changed, 'row')} of {found.n_rows:,} ({share}) {verb} class")
    else:
        mean, way = plain_number(abs(found.mean_change)), "more" if found.mean_change > 0 else "less"
        lines.append(
            paragraph(
                f"{plain(found.unit, 30)} moves by {plain_number(found.mean_absolute_change)} on average; "
                f"B answers {mean} {way} than A, on average"
            )
        )
    lines.append(paragraph(_largest_text(found), "  ", "    "))
    lines += _judgement_lines(found.judgement) if found.judgement is not None else []
    if found.judgement is not None and found.remark:
        lines.append(paragraph(sentence(found.remark) + ".", "  ", "    "))
    return "\n".join(lines)


def _largest_text(found: Answers) -> str:
    largest = found.largest
    cells = [f"{plain(name, 20)} {plain(cell, 12) or 'missing'}" for name, cell in largest.cells.items()]
    more = f" and {len(cells) - MOST_CELLS} more" if len(cells) > MOST_CELLS else ""
    of_row = f" (line {largest.place.removeprefix('line ')})" if largest.place.startswith("line") else ""
    if largest.label is None:
        values = f"{plain_number(largest.a)} → {plain_number(largest.b)}"
    else:
        values = f"probability of {shown(largest.label, 20)} {largest.a:.4f} → {largest.b:.4f}"
    return f"largest change: row {largest.row:,}{of_row}, {values}; {', '.join(cells[:MOST_CELLS])}{more}"


def _judgement_lines(found: Judgement) -> list[str]:
    lines = [f"  judged on {found.rows} ({found.n_rows:,})"]
    if found.only_a_right is not None:
        test = "" if found.p_value is None else f"; McNemar's exact test: p = {found.p_value:.2g}"
        lines.append(
            paragraph(
                f"only A is right in {counted(found.only_a_right, 'row')}, only B in {found.only_b_right:,}{test}",
                "  ",
                "    ",
            )
        )
    if found.loss is not None:
        lines.append(paragraph(_loss_text(found.loss), "  ", "    "))
    return lines


def _loss_text(loss: Loss) -> str:
    said = f"{loss.name}: {plain_number(loss.a)} → {plain_number(loss.b)}"
    if not np.isfinite((loss.low, loss.high)).all():
        return said
    low, high = plain_number(loss.low, 3), plain_number(loss.high, 3)
    return f"{said}, a difference of {plain_number(loss.difference, 3)} (95 %: {low} to {high})"
