"""What is to be said beside a number: where the article slips, and what training had that a step here has not."""

from __future__ import annotations

from math import exp

import numpy as np

from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.run import Run
from selenite.types import Array


def slips(run: Run, address: Address, row: int | None) -> tuple[str, ...]:
    """Return where the article's program gives another number than this, with its number, or calls it wrongly."""
    article, perceptron = run.subject.article, run.network.n_layers == 1
    if not article:
        return ()
    if address.part == "loss":
        return _of_loss(run, row)
    if perceptron and address.attribute in ("slope", "delta", "gradient", "update"):
        if not (address.kind == "unit" or _as_in_the_article(run)):
            return ()
        printed = _as_printed(run, address, row)
        return (f"as printed {printed:.6g}: the article puts a in place of z into σ'(z), so σ is applied twice",)
    if article == "3" and (address.kind == "total" or (address.part == "output" and address.attribute == "a")):
        return ("the article does not take the greatest z off: its e^z overflows where z is above 709",)
    return (*_of_rate(run, address), *_of_words(run, address))


def _of_rate(run: Run, address: Address) -> tuple[str, ...]:
    if address.attribute != "update" or run.subject.n_rows == 1 or not _as_in_the_article(run):
        return ()
    n, rate = run.subject.n_rows, run.subject.optimizer.learning_rate
    return (f"the article sums the gradient over {n:,} rows: on their mean the rate {rate:g} would be {rate * n:g}",)


def _of_words(run: Run, address: Address) -> tuple[str, ...]:
    """Return what part 2 calls by a wrong name in its text."""
    if run.subject.article != "2" or address.kind != "weights":
        return ()
    if address.part == "hidden1" and address.attribute == "gradient":
        return ('the article puts equations 3, 8 and 9 into "Equation 3" in its last step: it means 2',)
    return ('the article writes "w2" for w12 in one place',) if address.index == (3, 0) else ()


def _of_loss(run: Run, row: int | None) -> tuple[str, ...]:
    article, n = run.subject.article, run.subject.n_rows
    error = run.trace.a[-1] - run.Y
    of_rows = error if row is None else error[[row]]
    if article == "1":
        return (f"the article prints {of_rows.sum():.6g}, the sum of signed errors, which can be near 0 for a bad fit",)
    if article.startswith("2") and len(of_rows) > 1:
        mean = float((error**2).mean())
        return (f"a sum over {n:,} rows, which the article calls percent; the mean squared error is {mean:.6g}",)
    if article == "3":
        return ("the article's ln p has no floor: where p is 0 it is infinite",)
    return ()


def _as_in_the_article(run: Run) -> bool:
    """Whether a step is plain gradient descent on the sum, without a penalty."""
    subject = run.subject
    return subject.summed and subject.optimizer.momentum == 0 and subject.l1 == subject.l2 == 0


def _as_printed(run: Run, address: Address, row: int | None) -> float:
    """Return a perceptron's number as the article's program has it."""
    a = run.trace.a[-1]
    twice = 1 / (1 + np.exp(-a))
    slope = twice * (1 - twice)
    delta = (a - run.Y) * slope if address.attribute != "slope" else slope
    if address.kind == "unit":
        return float(delta[row if row is not None else 0, 0])
    below: Array = run.X[:, address.index[0]] if address.kind == "weights" else np.ones(len(delta))
    gradient = float(below @ delta[:, 0])
    if address.attribute == "gradient":
        return gradient
    return run.of_vector(run.parameters, address.at("")) - run.subject.optimizer.learning_rate * gradient


def left_out(run: Run, address: Address, row: int | None) -> tuple[str, ...]:
    """Return how the number that was asked for differs from what training had."""
    subject = run.subject
    if address.part != "loss" and not (address.attribute in ("delta", "a.gradient") or _of_step(address)):
        return ()
    found = []
    if subject.label_smoothing and subject.Y is not None:
        rows = [row] if row is not None else list(range(subject.n_rows))
        plain = float(np.mean([_log_loss(run, r) for r in rows]))
        of_plain = f"; of the plain answer{'s' * (len(rows) > 1)} the loss is {plain:.6g}" * (address.part == "loss")
        found.append(f"as in training, {subject.label_smoothing:g} of an answer is shared by all classes{of_plain}")
    if subject.left_out and (address.part == "loss" or _of_step(address)):
        found.append(f"left out: {subject.left_out}")
    return tuple(found)


def _of_step(address: Address) -> bool:
    return address.is_parameter and bool(address.attribute)


def _log_loss(run: Run, row: int) -> float:
    """Return the log loss of the answer that a smoothed one stands for."""
    z, right = run.trace.z[-1][row].astype(np.float64), int(run.Y[row].argmax())
    return float(np.log(sum(exp(each - z.max()) for each in z.tolist())) + z.max() - z[right])
