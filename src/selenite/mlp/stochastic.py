"""Epochs as scikit-learn counts them: its order of rows, its stopping rules, its messages."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isinf

import numpy as np

from selenite.arrays import NDArray
from selenite.backend import Backend
from selenite.nn import Epochs, Network, Optimizer, OptimizerState, Watch
from selenite.nn.activations import Array
from selenite.nn.epoch import ADAPTIVE_DIVISOR, ADAPTIVE_END
from selenite.training.callbacks import Callback, Progress
from selenite.training.interrupt import catching_interrupt

Validation = tuple[Array, Array, Array | None]  # inputs, targets, weights

CHUNK_SECONDS = 0.05  # between two looks at the clock and the callbacks
CHUNK_BYTES = 1 << 26  # of row orders made in advance


@dataclass
class Running:
    """An optimizer in use; `partial_fit` goes on with it."""

    optimizer: Optimizer
    state: OptimizerState

    @property
    def learning_rate(self) -> float:
        return self.optimizer.learning_rate * self.state.rate_factor


@dataclass
class Progressing:
    """What grows from epoch to epoch, and over calls with `warm_start` and `partial_fit`."""

    rows_seen: int  # scikit-learn's t_
    loss_curve: list[float]
    best_loss: float
    stalled: int  # epochs in a row without a gain
    validation_scores: list[float]
    best_score: float
    validation_loss_curve: list[float]


@dataclass(frozen=True)
class Rules:
    """When to stop."""

    epochs: int
    patience: float  # may be infinite
    tolerance: float
    by_score: bool  # of the validation rows, else by the training loss
    once: bool  # a single epoch, of partial_fit


@dataclass(frozen=True)
class Ended:
    """How a run of epochs ended: "epochs", "stalled", "interrupt", "callback" or "diverged"."""

    how: str
    epochs: int
    best_parameters: Array | None  # of the best score


def run(
    verbs: Backend,
    network: Network,
    parameters: Array,
    running: Running,
    X: Array,
    Y: Array,
    progress: Progressing,
    rules: Rules,
    *,
    random_state: np.random.RandomState,
    shuffle: bool,
    must_advance: bool,
    batch_size: int,
    sample_weight: Array | None,
    l2: float,
    dropout: float,
    validation: Validation | None,
    score: Callable[[Array], float],
    verbose: bool,
    callbacks: Sequence[Callback],
) -> Ended:
    """Train; write into the parameters, the optimizer's state and `progress`.

    `score` gives the validation score of parameters. With `must_advance` the random stream moves on even where the
    order of the rows does not matter, because somebody else draws from it too.
    """
    n = len(X)
    optimizer, state = running.optimizer, running.state
    inverse = optimizer.schedule.name == "inverse_scaling" and (progress.rows_seen > 0 or rules.once)
    full = batch_size >= n
    each = validation is not None or inverse or verbose or any(callback.every_epoch for callback in callbacks)
    ordered = shuffle and (not full or must_advance)
    seed = int(random_state.randint(2**31)) if dropout else 0
    patience = None if rules.by_score or isinf(rules.patience) else int(rules.patience)
    X_aside, Y_aside, weight_aside = validation or (None, None, None)
    watch = Watch(X_aside, Y_aside, weight_aside, None if validation else patience, rules.tolerance)
    if not validation:
        watch.best_loss, watch.stalled = progress.best_loss, progress.stalled
    order = np.arange(n)
    best_parameters: Array | None = None
    how, done, chunk = "epochs", 0, 1
    for callback in callbacks:
        callback.begin(network, rules.epochs)
    begin = time.perf_counter()
    with catching_interrupt() as stop:
        while done < rules.epochs and how == "epochs":
            chunk = 1 if each else min(chunk, rules.epochs - done)
            drawn = random_state.get_state(legacy=True) if ordered and must_advance else None
            orders, before = _orders(random_state, order, chunk) if ordered else None, time.perf_counter()
            part = verbs.train(
                network,
                parameters,
                optimizer,
                state,
                X,
                Y,
                n_epochs=chunk,
                total_epochs=rules.epochs,
                batch_size=None if full else batch_size,
                order=None if full else _in_order(order, chunk) if orders is None else orders,
                seed=seed + done if inverse else seed,
                sample_weight=sample_weight,
                l2=l2,
                dropout=dropout,
                watch=watch,
                stop=stop,
            )
            ran = len(part.loss)
            if orders is not None and ran:
                order = orders[ran - 1]
            if drawn is not None and ran < chunk:  # as if no more had been drawn
                random_state.set_state(drawn)
                _orders(random_state, order, ran)
            done += ran
            _note(progress, part, n, watch, validated=validation is not None)
            if part.ended == "stopped":
                how = "interrupt"
            elif part.ended == "diverged":
                how = "diverged"
                progress.loss_curve.append(float("nan"))
                if rules.by_score:
                    progress.validation_scores.append(float("nan"))
                done += 1
            elif part.ended == "stalled":
                how = "stalled"
            elif rules.by_score:
                if _scored(progress, score(parameters), rules):
                    best_parameters = parameters.copy()
                if progress.stalled > rules.patience and not _smaller_rate(running, progress):
                    how = "stalled"
            elif validation is not None and _lost(progress, rules) and not _smaller_rate(running, progress):
                how = "stalled"
            if verbose:
                _print_iteration(done, progress, rules, how)
            if inverse:
                state.rate_factor = (1 + progress.rows_seen) ** -optimizer.schedule.power
                state.epochs = 0  # the factor holds what the schedule would give
            seconds = time.perf_counter() - before
            chunk = int(np.clip(chunk * min(CHUNK_SECONDS / max(seconds, 1e-6), 8), 1, max(CHUNK_BYTES // (8 * n), 1)))
            if callbacks and ran and _told(callbacks, network, parameters, progress, done, rules, begin):
                how = "callback"
    if verbose:
        _end_line()
    if optimizer.schedule.name == "inverse_scaling":
        state.rate_factor, state.epochs = (1 + progress.rows_seen) ** -optimizer.schedule.power, 0
    return Ended(how, done, best_parameters)


def _orders(random_state: np.random.RandomState, order: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the next orders of the rows, each a shuffling of the one before: (count, n)."""
    orders = np.empty((count, len(order)), dtype=np.intp)
    for row in orders:
        places = np.arange(len(order))
        random_state.shuffle(places)
        np.take(order, places, out=row)
        order = row
    return orders


def _in_order(order: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    return np.broadcast_to(order, (count, len(order)))


def _note(progress: Progressing, part: Epochs, n: int, watch: Watch, *, validated: bool) -> None:
    """Write down what some epochs gave."""
    progress.loss_curve.extend(part.loss.tolist())
    progress.validation_loss_curve.extend(part.validation_loss.tolist())
    progress.rows_seen += n * len(part.loss)
    if not validated:
        progress.best_loss, progress.stalled = watch.best_loss, watch.stalled


def _scored(progress: Progressing, score: float, rules: Rules) -> bool:
    """Note a validation score; return whether it is the best so far."""
    progress.validation_scores.append(score)
    progress.stalled = progress.stalled + 1 if score < progress.best_score + rules.tolerance else 0
    better = score > progress.best_score
    if better:
        progress.best_score = score
    return better


def _lost(progress: Progressing, rules: Rules) -> bool:
    """Note the last training loss where the watch looks at other rows; return whether patience is at its end."""
    loss = progress.loss_curve[-1]
    progress.stalled = progress.stalled + 1 if loss > progress.best_loss - rules.tolerance else 0
    progress.best_loss = min(progress.best_loss, loss)
    return progress.stalled > rules.patience


def _smaller_rate(running: Running, progress: Progressing) -> bool:
    """Divide an adaptive rate, unless it is tiny already; return whether training goes on with it."""
    if running.optimizer.schedule.name != "adaptive" or running.learning_rate <= ADAPTIVE_END:
        return False
    running.state.rate_factor /= ADAPTIVE_DIVISOR
    progress.stalled = 0
    return True


def _told(
    callbacks: Sequence[Callback],
    network: Network,
    parameters: Array,
    progress: Progressing,
    done: int,
    rules: Rules,
    begin: float,
) -> bool:
    """Tell the callbacks; return whether one wants to end training."""
    validation = progress.validation_loss_curve
    told = Progress(
        epoch=done,
        epochs=rules.epochs,
        loss=progress.loss_curve[-1],
        validation_loss=validation[-1] if validation else None,
        best_epoch=int(np.argmin(progress.loss_curve)) + 1,
        best_loss=min(progress.loss_curve),
        seconds=time.perf_counter() - begin,
        network=network,
        parameters=parameters,
    )
    asked_to_end = [callback.epoch(told) for callback in callbacks]
    return any(asked_to_end)


def _print_iteration(done: int, progress: Progressing, rules: Rules, how: str) -> None:
    """Print an epoch as scikit-learn does; on a terminal all in one line."""
    words = [f"Iteration {done}, loss = {progress.loss_curve[-1]:.8f}"]
    if rules.by_score:
        words.append(f"Validation score: {progress.validation_scores[-1]:f}")
    if how == "stalled":
        what = "Validation score" if rules.by_score else "Training loss"
        words.append(
            f"{what} did not improve more than tol={rules.tolerance:f} for {rules.patience:.0f} consecutive epochs. "
            "Stopping."
        )
    if sys.stdout.isatty():
        print("\r\x1b[2K" + ". ".join(words), end="", flush=True)
    else:
        print("\n".join(words))


def _end_line() -> None:
    if sys.stdout.isatty():
        print()
