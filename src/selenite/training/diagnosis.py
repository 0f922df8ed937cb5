"""What went badly in a fit, in plain words: the evidence, and one thing to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from selenite import backend as backends
from selenite.nn import Network
from selenite.nn.backprop import row_losses
from selenite.types import Array, Floats

MOST_ROWS_LOOKED_AT = 2000  # that are looked at
HARDLY_FALLEN = 0.1  # share of the loss gained in all epochs
STEADILY = 0.9  # share of the epochs in which the loss falls
FEW_EPOCHS = 8  # of which a tenth tells nothing
STILL_FALLING = 0.05  # share of the loss gained in the last tenth of the epochs
RISEN = 0.25  # share by which the loss ends above its lowest
MUCH_LOSS = 0.5  # share of the best constant's loss that is much, after a fit
LEAST_GAIN = 0.05  # share of the best constant's loss that a fit should gain
USUAL_CLASS = 0.6  # share of the rows that are of one class, above which it may be right to give it to all
SPREADS = 100.0  # widest over median range of the inputs; mean over deviation
SATURATED = {"logistic": (0.01, 0.99), "tanh": (-0.98, 0.98)}
ON_NEARLY_ALL = 0.95  # share of the rows
MOST_UNITS = 0.5  # share of a layer's units


@dataclass(frozen=True)
class Finding:
    """One thing that went badly.

    >>> print(Finding("not converged", "the loss was still falling", "train for more epochs"))
    not converged: the loss was still falling. Remedy: train for more epochs.
    """

    name: str
    evidence: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name}: {self.evidence}. Remedy: {self.remedy}."


@np.errstate(all="ignore")
def diagnose(
    network: Network,
    parameters: Array,
    X: Array,
    Y: Array,
    *,
    losses: Floats,
    learning_rate: float,
    converged: bool,
    sample_weight: Array | None = None,
    names: Sequence[str] | None = None,
) -> list[Finding]:
    """Return what went badly, the most telling first; nothing if the fit went well.

    A fit went badly if its loss rose, was still falling when the epochs ran out, or had hardly begun to; if it is
    hardly below that of the best constant prediction; or if all rows are given one class. Inputs and units are looked
    at only then, or where the epochs ran out: they explain, they are no fault in themselves.

    Parameters
    ----------
    X, Y : arrays of shape (n, n_inputs) and (n, n_outputs)
        What was trained on; at most 2,000 rows are looked at.
    losses : array of shape (n_epochs,)
        Training loss of each epoch; may be empty.
    converged : bool
        Whether training ended by itself, before its epochs ran out.
    names : sequence of str, optional
        What the inputs are called.

    Examples
    --------
    >>> network = Network((1, 1), ("identity",))
    >>> X, Y = np.linspace(0, 1, 50)[:, None], np.linspace(0, 2, 50)[:, None]
    >>> falling = np.linspace(1, 0.5, 20)
    >>> numbers = dict(losses=falling, learning_rate=0.01, converged=False)
    >>> [finding.name for finding in diagnose(network, np.array([1.5, 0.2]), X, Y, **numbers)]
    ['not converged']
    """
    some = np.unique(np.linspace(0, len(X) - 1, min(len(X), MOST_ROWS_LOOKED_AT)).astype(int))
    X, Y = X[some], Y[some]
    weight = None if sample_weight is None else sample_weight[some]
    seen = backends.get().trace(network, parameters, X, Y)
    z, a = seen.z, seen.a
    course = [*_course(losses, learning_rate, converged)]
    constant = _constant_loss(network, Y, weight)
    loss = float(np.average(row_losses(network, z[-1], a[-1], Y), weights=weight))
    result = [] if constant is None else [*_result(a[-1], Y, weight, loss, constant)]
    result = result or [*_one_class(network, a[-1], Y)]
    slow = [] if course or constant is None or loss < MUCH_LOSS * constant else [*_slow(losses, learning_rate)]
    if converged and not (course or result or slow):
        return []
    causes = [*_inputs(X, names), *_units(network, parameters, a)]
    course = course if causes else course or slow  # inputs out of scale are reason enough to hardly fall
    if any(finding.name == "not converged" for finding in course):
        return [*causes, *course]  # the result is not the last word
    return [*course, *causes, *result]


def _course(losses: Floats, rate: float, converged: bool) -> Iterator[Finding]:
    """Judge the curve of the loss."""
    if len(losses) == 0 or not np.isfinite(losses).all():
        return
    falling = bool((np.diff(losses) < 0).all())
    if len(losses) < 3 or (len(losses) < FEW_EPOCHS and falling):
        if not converged:
            yield Finding("not converged", f"the epochs ran out after {len(losses)}", "more epochs, such as 200")
        return
    lowest, last = float(losses.min()), float(np.median(losses[-3:]))
    at = int(losses.argmin()) + 1
    if last > lowest + RISEN * max(lowest, 0.1 * float(losses[0])) and at <= 0.8 * len(losses):
        yield Finding(
            "rate too high",
            f"the loss fell to {lowest:.4g} in epoch {at} and rose again to {last:.4g}",
            f"a tenth of the learning rate: {rate / 10:g}",
        )
        return
    tenth = max(len(losses) // 10, 1)
    before, after = float(losses[-2 * tenth : -tenth].mean()), float(losses[-tenth:].mean())
    exact = after <= np.finfo(np.float64).eps * losses[0]  # what still falls is rounding
    if not converged and not exact and before - after > STILL_FALLING * before:
        share = 100 * (before - after) / before
        yield Finding(
            "not converged",
            f"the loss was still falling, by {share:.0f} % in the last {tenth} of {len(losses):,} epochs, "
            f"when they ran out at {last:.4g}",
            f"more epochs, such as {5 * len(losses):,}",
        )


def _slow(losses: Floats, rate: float) -> Iterator[Finding]:
    """Judge the curve of a fit that came to nothing: whether it had only begun to fall, as straight as ever."""
    if len(losses) < FEW_EPOCHS or not np.isfinite(losses).all():
        return
    falls = -np.diff(losses)
    quarter = len(falls) // 4
    fallen = float(losses[0] - losses[-1])
    straight = falls[-quarter:].mean() > 0.5 * falls[:quarter].mean()
    if not straight or (falls > 0).mean() < STEADILY or fallen > HARDLY_FALLEN * losses[0]:
        return
    yield Finding(
        "rate too low",
        f"the loss fell in nearly every epoch, but from {losses[0]:.4g} to no less than {losses[-1]:.4g} in "
        f"{len(losses):,}",
        f"ten times the learning rate: {10 * rate:g}",
    )


def _one_class(network: Network, prediction: Array, Y: Array) -> Iterator[Finding]:
    """Look whether all rows are given one class where none is usual."""
    output, n_outputs = network.activations[-1], network.n_outputs
    if output != "softmax" and (output != "logistic" or n_outputs > 1):
        return
    given, right = (
        (values.argmax(axis=1) if n_outputs > 1 else (values[:, 0] > 0.5).astype(int)) for values in (prediction, Y)
    )
    shares = np.bincount(right) / len(right)
    if shares.max() >= USUAL_CLASS or np.ptp(given) > 0:
        return
    yield Finding(
        "one class only",
        f"all {len(Y):,} rows looked at are given one class, to which {np.sum(right == given[0]):,} belong",
        "more epochs, or another learning rate",
    )


def _result(prediction: Array, Y: Array, weight: Array | None, loss: float, constant: float) -> Iterator[Finding]:
    """Compare with the best constant: the targets' mean, which is also the classes' shares."""
    if loss < (1 - LEAST_GAIN) * constant:
        return
    mean = np.average(Y, axis=0, weights=weight)
    spread = float(np.ptp(prediction, axis=0).max())
    if spread < 0.05 * float(np.ptp(Y, axis=0).max()):
        yield Finding(
            "constant prediction",
            f"all {len(Y):,} rows looked at are given nearly the same, {_shown(prediction.mean(axis=0))}, "
            f"which differs by no more than {spread:.2g}",
            "scale inputs and targets to mean 0 and deviation 1, and try a higher learning rate",
        )
    else:
        yield Finding(
            "no gain over the baseline",
            f"the loss {loss:.4g} is no better than that of always predicting {_shown(mean)}, {constant:.4g}",
            "look whether the columns have to do with the target; if they do, more units or another learning rate",
        )


def _constant_loss(network: Network, Y: Array, weight: Array | None) -> float | None:
    """Return the loss of predicting the mean for every row; None where that is no baseline, or nothing to learn."""
    if network.loss.partition("(")[0] not in ("squared_error", "log_loss", "poisson") or not np.ptp(Y, axis=0).any():
        return None
    mean = np.average(Y, axis=0, weights=weight)
    p = np.broadcast_to(mean, Y.shape).astype(np.float64)
    output, tiny = network.activations[-1], np.finfo(np.float64).tiny
    if output in ("softmax", "exp"):
        z = np.log(np.maximum(p, tiny))
    elif output == "logistic":
        z = np.log(np.maximum(p, tiny)) - np.log(np.maximum(1 - p, tiny))
    else:
        z = p
    return float(np.average(row_losses(network, z, p, Y.astype(np.float64)), weights=weight))


def _inputs(X: Array, names: Sequence[str] | None) -> Iterator[Finding]:
    """Look whether the inputs are of one size."""
    deviation, mean, width = X.std(axis=0), np.abs(X.mean(axis=0)), np.ptp(X, axis=0)
    varying = np.flatnonzero(deviation > 0)
    if len(varying) == 0:
        return
    called = [f"column {i}" if names is None else f"{names[i]!r}" for i in range(X.shape[1])]
    by_width = varying[width[varying].argsort(kind="stable")]
    small, usual, large = by_width[0], by_width[(len(by_width) - 1) // 2], by_width[-1]
    ratios = mean[varying] / deviation[varying]
    far = varying[ratios.argmax()]
    remedy = "scale the inputs, for example with StandardScaler"
    if width[large] > SPREADS * width[usual]:
        yield Finding(
            "unscaled inputs",
            f"{called[large]} ranges from {X[:, large].min():.4g} to {X[:, large].max():.4g}, "
            f"{called[small]} from {X[:, small].min():.4g} to {X[:, small].max():.4g}",
            remedy,
        )
    elif ratios.max() > SPREADS or deviation[varying].min() > SPREADS:
        yield Finding(
            "unscaled inputs",
            f"{called[far]} ranges from {X[:, far].min():.6g} to {X[:, far].max():.6g}, far from mean 0 and "
            "deviation 1",
            remedy,
        )


def _units(network: Network, parameters: Array, a: list[Array]) -> Iterator[Finding]:
    """Look for units that do not answer to the inputs any more, or are all the same."""
    for l, name in enumerate(network.activations[:-1]):
        values, weights = a[l + 1], network.weights(parameters)[l]
        units = values.shape[1]
        if units > 1 and (values == values[:, :1]).all() and (weights == weights[:, :1]).all():
            yield Finding(
                "equal units",
                f"the {units} units of hidden layer {l + 1} have the same weights, and so they stay the same",
                "random initial weights, another for each unit",
            )
            continue
        if name == "relu":
            dead = int((values <= 0).all(axis=0).sum())
            if dead > MOST_UNITS * units:
                yield Finding(
                    "dead units",
                    f"{dead} of the {units} units of hidden layer {l + 1} are 0 on every row looked at",
                    "a smaller learning rate, or the activation leaky_relu",
                )
        elif name in SATURATED:
            low, high = SATURATED[name]
            at_limit = int((((values < low) | (values > high)).mean(axis=0) > ON_NEARLY_ALL).sum())
            if at_limit > MOST_UNITS * units:
                yield Finding(
                    "saturated units",
                    f"{at_limit} of the {units} units of hidden layer {l + 1} stand at a limit of {name} on nearly "
                    "all rows, where they learn no more",
                    "scale the inputs, or begin with smaller weights",
                )


def _shown(values: Array) -> str:
    return ", ".join(f"{value:.3g}" for value in values[:5]) + (", ..." if len(values) > 5 else "")
