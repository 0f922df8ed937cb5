"""The loop over epochs: chunks of about 50 ms, and between them the clock, early stopping, Ctrl-C and the callbacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np

from selenite import backend as backends
from selenite.interrupt import catching_interrupt
from selenite.nn import EarlyStopping, Network, Optimizer, OptimizerState, TrainOptions
from selenite.training.callbacks import Audience, Callback
from selenite.training.checkpoints import Tape
from selenite.training.divergence import explain_divergence
from selenite.training.history import Ending, Record, Training
from selenite.types import AnyArray, Array, Indices

CHUNK_SECONDS = 0.05  # between two looks at the clock, the callbacks and Ctrl-C
CHUNK_BYTES = 1 << 26  # of row orders made in advance
ENDINGS: dict[str, Ending] = {"": "epochs", "stalled": "patience", "stopped": "interrupt", "diverged": "diverged"}

# Who gives the order of the rows: (epochs done, count) -> (count, n), or None for that of the seed and the epoch.
Orders = Callable[[int, int], Indices | None]


@dataclass(frozen=True)
class Rows:
    """Rows to train on: inputs, targets, weights."""

    X: Array  # (n, n_inputs)
    Y: Array  # (n, n_outputs)
    weight: Array | None = None  # (n,)

    def take(self, rows: AnyArray) -> Rows:
        """Return some of the rows, by number or by mask."""
        return Rows(self.X[rows], self.Y[rows], None if self.weight is None else self.weight[rows])


@dataclass
class Run:
    """A network in training: the loop writes into all of it."""

    parameters: Array
    state: OptimizerState
    early_stopping: EarlyStopping
    seed: int = 0
    record: Record = field(default_factory=Record)
    ended: Ending = "epochs"
    tape: Tape | None = None  # of a run that is recorded


def best_of(runs: Sequence[Run]) -> int:
    """Return which run has the lowest loss so far."""
    return min(range(len(runs)), key=lambda k: runs[k].early_stopping.best_loss)


def train_runs(
    network: Network,
    optimizer: Optimizer,
    runs: Sequence[Run],
    rows: Sequence[Rows],
    options: TrainOptions,
    *,
    epochs: int,
    seconds: float = inf,
    orders: Orders | None = None,
    keep_best: bool = False,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
    record: bool = False,
) -> list[Training]:
    """Train each run and return its result; callbacks are told of the best that still goes on.

    `rows` are those of each run, or one entry for all. Training ends after so many `seconds` at the latest. With
    `keep_best` the parameters are those of the best epoch, not of the last. With `record` each run gets a tape, which
    keeps its rows.
    """
    verbs, options = backends.get(backend), replace(options, total_epochs=epochs)
    audience = Audience(callbacks, network, epochs, len(runs))
    rows_of = {id(run): own for run, own in zip(runs, rows if len(rows) > 1 else [*rows] * len(runs), strict=True)}
    most = epochs if orders is None else max(CHUNK_BYTES // (8 * len(rows[0].X)), 1)
    if audience.every_epoch or not all(run.early_stopping.by_loss_of_rows for run in runs):
        most = 1
    done, count, going, parameters = 0, 1, list(runs), _rows(runs)
    if record:
        for run in runs:
            mine = rows_of[id(run)]
            run.tape = Tape(network, optimizer, verbs, mine.X, mine.Y, mine.weight, run.seed, orders, options)
            run.tape.keep(0, run.parameters, run.state, run.early_stopping)
    with catching_interrupt() as interrupted:

        def stop() -> bool:
            return interrupted() or audience.seconds() > seconds

        while going and done < epochs:
            count = min(count, most, epochs - done)
            begun = audience.seconds()
            own = [rows_of[id(run)] for run in going]
            chunks = verbs.train_many(
                network,
                parameters,
                [optimizer] * len(going),
                [run.state for run in going],
                [each.X for each in own],
                [each.Y for each in own],
                options,
                sample_weight=None if own[0].weight is None else [each.weight for each in own],
                n_epochs=count,
                seeds=[run.seed for run in going],
                order=None if orders is None else orders(done, count),
                early_stoppings=[_for_train(run.early_stopping) for run in going],
                stop=stop,
            )
            ended = audience.seconds()
            for run, chunk in zip(going, chunks, strict=True):
                run.record.note(chunk, ended)
                if run.tape is not None and chunk.ended != "stopped":  # else perhaps in the middle of an epoch
                    run.tape.keep(run.record.epochs, run.parameters, run.state, run.early_stopping)
                run.ended = "time" if chunk.ended == "stopped" and not interrupted() else ENDINGS[chunk.ended]
                rule = run.early_stopping
                asked = run.ended == "epochs" and not rule.by_loss_of_rows
                if asked and rule.ends(float(chunk.loss[-1]), run.parameters, optimizer, run.state):
                    run.ended = "patience"
            done += count
            count = max(int(count * min(CHUNK_SECONDS / max(ended - begun, 1e-6), 8)), 1)
            if any(run.ended != "epochs" for run in going):
                going = [run for run in going if run.ended == "epochs"]
                parameters = _rows(going)
            candidates = going or runs
            leader = candidates[best_of(candidates)]
            if len(leader.record.chunks[-1].loss) and audience.tell(
                leader.record, leader.parameters, leader.early_stopping
            ):
                for run in going:
                    run.ended = "callback"
                break
        if interrupted() and all(run.ended != "interrupt" for run in runs):  # just as the last ended
            for run in runs:
                run.ended = "interrupt"
    results = [_result(network, optimizer, run, rows_of[id(run)], keep_best) for run in runs]
    audience.dismiss(results[best_of(runs)])
    return results


def _for_train(rule: EarlyStopping) -> EarlyStopping:
    """Return what the arithmetic decides by; where it cannot, it only measures."""
    return rule if rule.by_loss_of_rows else rule.curve_only()


def _rows(runs: Sequence[Run]) -> Array:
    """Return the parameters of some runs as the rows of an array; what is written into it the runs see."""
    rows = np.array([run.parameters for run in runs])
    for run, row in zip(runs, rows, strict=True):
        run.parameters = row
    return rows


def _result(network: Network, optimizer: Optimizer, run: Run, rows: Rows, keep_best: bool) -> Training:
    """Return what became of a run."""
    rule, explanation = run.early_stopping, ""
    parameters, best_epoch = run.parameters, run.record.epochs
    if run.ended == "diverged":
        rate = optimizer.learning_rate * run.state.rate_factor
        explanation = explain_divergence(network, run.parameters, rows.X, rows.Y, run.record.epochs + 1, rate)
    if rule.best_parameters is not None and (keep_best or run.ended == "diverged"):
        parameters, best_epoch = rule.best_parameters, rule.best_epoch + 1
    return Training(parameters, run.record.history(run.tape), run.ended, best_epoch, run.state, explanation)
