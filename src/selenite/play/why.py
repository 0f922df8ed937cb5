"""Why a number is what it is: `selenite.why` asked about the run on the page, for the followed row or the batch."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.explanation.numbers import Subject, expand
from selenite.explanation.numbers.latex import to_latex
from selenite.explanation.numbers.structure import to_dict
from selenite.explanation.numbers.text import to_text
from selenite.nn import Schedule
from selenite.play.layers import connection_name, layer_names
from selenite.play.messages import Layer, Unit, UnitBefore
from selenite.play.opened import Opened
from selenite.play.session import Session
from selenite.play.workbench import Workbench
from selenite.types import Indices

TERMS_SHOWN = 12  # of each number, the largest; the others summed
DIGITS_SHOWN = 5
LEVELS_OPEN = 2  # at first
MOST_WEIGHTS_CHANGED = 40  # weights into a unit that can be changed
MOST_ROWS_TAKEN_APART = 5000  # rows of a batch or terms of a sum that are taken apart one by one
ARTICLES = {("people", (3, 1)): "1", ("moons", (2, 1)): "2-perceptron", ("clouds", (2, 4, 3)): "3"}
NO_ANSWERS = "The loss compares predictions with answers, and these rows have none."
NO_STEP = "This model is finished: no step follows, so there is no update."


def explanation(
    bench: Workbench,
    layer: Layer,
    unit: Unit,
    before: UnitBefore | None = None,
    part: Literal["forward", "backward", "update"] = "forward",
) -> dict[str, Any]:
    """Return what a unit (or one weight into it) is made of: the forward, backward or update part.

    Layers are counted from 0, the first that has weights; `before` is the unit a weight comes from, -1 the bias.
    """
    session, network = bench.session, bench.session.network
    if layer >= network.n_layers or unit >= network.layer_sizes[layer + 1]:
        layer, unit, before = network.n_layers - 1, 0, None
    if before is not None and before >= network.widths[layer]:
        before = None
    answer = {
        "title": connection_name(session, layer, unit, before),
        "layer": layer,
        "unit": unit,
        "before": before,
        "part": part,
        "batch": part == "update",
        "incoming": [] if session.finished else _incoming(session, layer, unit),
    }
    if part != "forward" and not session.problem.answers:
        return {**answer, "tree": None, "said": NO_ANSWERS, "text": NO_ANSWERS, "latex": ""}
    if part == "update" and session.finished:
        return {**answer, "tree": None, "said": NO_STEP, "text": NO_STEP, "latex": ""}
    subject = batch_subject(session) if part == "update" else _of_row(session, bench.followed)
    address = _address(session, subject, layer, unit, before, part)
    found = expand(subject, address, LEVELS_OPEN if part == "forward" else 1)
    return {
        **answer,
        "tree": to_dict(found, terms=TERMS_SHOWN, digits=DIGITS_SHOWN),
        "said": _note(session, subject) if part == "update" else "",
        "text": to_text(found, terms=TERMS_SHOWN, digits=DIGITS_SHOWN),
        "latex": to_latex(found, terms=TERMS_SHOWN),
    }


def opened_number(
    bench: Workbench,
    address: Annotated[str, msgspec.Meta(max_length=4000)],
    batch: bool = False,
    terms: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = TERMS_SHOWN,
) -> dict[str, Any]:
    """Return a number inside an explanation, taken apart in its turn: of the followed row, or of the batch."""
    session = bench.session
    if batch and session.finished:
        raise OptionError(NO_STEP)
    if batch and session.batch_size > MOST_ROWS_TAKEN_APART and ("gradient" in address or address == "loss"):
        raise OptionError(
            f"this is a mean over {session.batch_size:,} rows; choose a smaller batch to see what each row says"
        )
    subject = batch_subject(session) if batch else _of_row(session, bench.followed)
    return to_dict(expand(subject, address), terms=terms, digits=DIGITS_SHOWN)


def _address(session: Session, subject: Subject, layer: int, unit: int, before: int | None, part: str) -> str:
    """Return the address of what was selected, as `selenite why` takes it."""
    place = subject.layers[layer]
    member = f"member{session.member + 1}." if isinstance(session, Opened) and len(session.members) > 1 else ""
    if part == "update":
        if before == -1 and session.network.biases:
            return f"{place}.biases[{unit + 1}].update"
        return f"{place}.weights[{max(before or 0, 0) + 1},{unit + 1}].update"
    if part == "backward":
        return f"{member}{place}.unit{unit + 1}.delta"
    if member and layer == session.network.n_layers - 1 and not (isinstance(session, Opened) and session.alone):
        classes = session.problem.target.classes
        return f"probability[{classes[unit if len(classes) > 2 else 1]}]" if classes else "prediction"
    return f"{member}{place}.unit{unit + 1}.a"


def _of_row(session: Session, row: int) -> Subject:
    return _subject(session, np.array([row]))


def batch_subject(session: Session) -> Subject:
    """Return the rows of the next step, with the optimizer as it stands."""
    begin = session.row - session.row % session.batch_size
    rows = session.problem.training[session.order[begin : begin + session.batch_size]]
    return _subject(session, rows)


def _subject(session: Session, rows: Indices) -> Subject:
    problem, settings = session.problem, session.settings
    summed = settings.sums and settings.optimizer == "sgd" and len(rows) == len(session.X)
    rate = settings.learning_rate if summed else session.optimizer.learning_rate
    return Subject(
        network=session.network,
        members=session.members if isinstance(session, Opened) else session.parameters[None],
        X=problem.X[rows],
        Y=problem.Y[rows] if problem.answers else None,
        input_names=problem.inputs,
        row_numbers=tuple((rows + 1).tolist()),
        optimizer=replace(session.optimizer, learning_rate=rate * session.rate_share, schedule=Schedule()),  # as of now
        state=session.state,
        l1=settings.l1,
        l2=settings.l2,
        summed=summed,
        article=_article(session),
        table=problem.given(problem.table.take(rows)),
        schema=problem.schema,
        target=problem.target,
    )


def _article(session: Session) -> str:
    """Return the tutorial's network whose names of numbers can be shown beside; "" where there is none."""
    settings, sizes = session.settings, session.network.layer_sizes
    if not settings.sums or settings.start != "article" or settings.features != ("x1", "x2"):
        return ""
    if (settings.data, sizes) == ("moons", (2, 4, 1)):
        return "2-biases" if settings.biases else "2"
    return ARTICLES.get((settings.data, sizes), "")


def _note(session: Session, subject: Subject) -> str:
    """Say in what the step of the run differs from the one that is explained."""
    settings, rows = session.settings, f"The next step is of a batch of {subject.n_rows:,} rows."
    if settings.slip:
        return f"{rows} As printed, the article takes its slope of the output instead, so its own step differs."
    if settings.dropout:
        return f"{rows} Dropout leaves out some units by chance when it trains; here all of them are counted."
    return rows


def _incoming(session: Session, layer: int, unit: int) -> list[dict[str, Any]]:
    """Return the weights into a unit, for the fields in which they are changed."""
    weights = session.network.weights(session.parameters)[layer][:, unit]
    bias = session.network.bias_vectors(session.parameters)[layer]
    names = layer_names(session, layer)
    found = [] if bias is None else [{"before": -1, "name": "bias", "value": float(bias[unit])}]
    return found + [
        {"before": i, "name": names[i], "value": float(weights[i])}
        for i in range(min(len(weights), MOST_WEIGHTS_CHANGED))
    ]
