"""The loop: runs advance side by side in chunks of about 50 ms; in between clock, callbacks and Ctrl-C are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

from selenite.interrupt import catching_interrupt
from selenite.training.callbacks import Callback, CallbackList
from selenite.training.checkpoints import Checkpoints
from selenite.training.history import Training
from selenite.training.run import Run, epochs_that_fit, train_side_by_side

CHUNK_SECONDS = 0.05  # between two looks at the clock, the callbacks and Ctrl-C
MOST_BYTES_OF_ORDERS = 1 << 26  # made in advance

Trainer = Callable[..., list[Training]]  # `train_runs`, or the method of this name of a `Journal`


def best_of(runs: Sequence[Run]) -> int:
    """Return which run has the lowest loss so far."""
    return min(range(len(runs)), key=lambda k: runs[k].early_stopping.best_loss)


def train_runs(
    runs: Sequence[Run],
    *,
    epochs: int,
    seconds: float = inf,
    keep_best: bool = False,
    callbacks: Sequence[Callback] = (),
    record: bool = False,
    saving: Callable[[Sequence[Run]], None] | None = None,
) -> list[Training]:
    """Train runs of one network, each from where it stands until it ends, and return their results.

    Callbacks are told of the best run that still goes on. Training ends after so many `seconds` at the latest. With
    `keep_best` the parameters are those of the best epoch, not of the last. With `record` each run keeps checkpoints,
    and its history the run.

    Parameters
    ----------
    runs : sequence of Run
        Of one network, on the same rows or on others.
    epochs : int
        The most of each.
    seconds : float
        The most of all.
    keep_best : bool
        Whether the parameters are those of the best epoch, judged by the run's early stopping.
    callbacks : sequence of Callback
    record : bool
        Whether any epoch's parameters can be asked for later.
    saving : callable, optional
        Told of all runs whenever they stand where they can go on from in another process.

    Returns
    -------
    list of Training
        One a run, in their order.

    Examples
    --------
    >>> import numpy as np
    >>> from selenite.nn import Network, Optimizer, initialize, start
    >>> from selenite.training import TrainingRows
    >>> network, optimizer, X = Network((1, 1), ("identity",)), Optimizer("sgd", 0.1), np.arange(3.0)[:, None]
    >>> starts = [initialize(network, seed=seed) for seed in range(2)]
    >>> runs = [Run(network, optimizer, one, start(optimizer, one), TrainingRows(X, 2 * X)) for one in starts]
    >>> [training.parameters.round(2).tolist() for training in train_runs(runs, epochs=500)]
    [[2.0, 0.0], [2.0, 0.0]]
    """
    told = CallbackList(callbacks, runs[0].network, epochs, len(runs))
    for run in runs:
        run.options = replace(run.options, total_epochs=epochs)
        if record:
            run.checkpoints = Checkpoints()
            run.remember()
    most, count = _most_at_once(runs, epochs, told), 1
    with catching_interrupt() as interrupted:

        def stop() -> bool:
            return interrupted() or told.seconds() > seconds

        while going := [run for run in runs if run.ending == "epochs" and run.epoch < epochs]:
            behind, next_epoch = furthest_behind(going, epochs)
            count, begun = min(count, most, next_epoch - behind[0].epoch), told.seconds()
            chunks = train_side_by_side(behind, count, stop)
            ended = told.seconds()
            for run, chunk in zip(behind, chunks, strict=True):
                run.note(chunk, ended)
                if run.ending == "interrupt" and seconds < inf and not interrupted():
                    run.ending = "time"
            count = epochs_that_fit(CHUNK_SECONDS, count, ended - begun)
            going = [run for run in going if run.ending == "epochs"]
            if saving is not None and all(run.ending != "interrupt" and run.ending != "time" for run in runs):
                saving(runs)
            candidates = going or runs
            leader = candidates[best_of(candidates)]
            if leader.latest and told.epoch(leader.curves, leader.parameters, leader.early_stopping):
                for run in going:
                    run.ending = "callback"
                break
        if interrupted() and all(run.ending != "interrupt" for run in runs):  # just as the last ended
            for run in runs:
                run.ending = "interrupt"
    results = [run.result(keep_best) for run in runs]
    told.end(results[best_of(runs)])
    return results


def furthest_behind(runs: Sequence[Run], epochs: int) -> tuple[list[Run], int]:
    """Return the runs with the fewest epochs done, and how many the next have; they differ in a fit that goes on."""
    least = min(map(_done, runs))
    return [run for run in runs if _done(run) == least], min(
        (run.epoch for run in runs if run.epoch > least[0]), default=epochs
    )


def _done(run: Run) -> tuple[int, int]:
    """Return the epochs that a run has done, and the windows of the next."""
    return run.epoch, 0 if run.begun is None else run.begun.windows


def _most_at_once(runs: Sequence[Run], epochs: int, told: CallbackList) -> int:
    """Return after how many epochs at the most somebody is asked or told, or all processes go on with the next run."""
    by_turns = runs[0].exchange is not None and len(runs) > 1
    if told.every_epoch or by_turns or not all(run.early_stopping.decides_in_train for run in runs):
        return 1
    return epochs if runs[0].orders is None else max(MOST_BYTES_OF_ORDERS // (8 * len(runs[0].rows.X)), 1)
