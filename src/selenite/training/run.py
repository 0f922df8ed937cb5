"""A run: a network in training, that advances by epochs, batches and rows, goes back to any of them, and branches.

Whoever trains stands beside it: `train_runs` (until it is time to stop), the estimators, the playground.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from selenite import backend as backends
from selenite.nn import EarlyStopping, Epochs, Network, Optimizer, OptimizerState, TrainOptions
from selenite.nn.random import SHUFFLE, permutation
from selenite.nn.schedules import share
from selenite.training.checkpoints import Checkpoint, Checkpoints
from selenite.training.diagnosis import explain_divergence
from selenite.training.history import Curves, Ending, Training
from selenite.types import AnyArray, Array, Indices

ENDINGS: dict[str, Ending] = {"": "epochs", "stalled": "patience", "stopped": "interrupt", "diverged": "diverged"}
MOST_TIMES_AS_MANY, MOST_EPOCHS_AT_ONCE = 4, 100_000

# Who gives the order of the rows: (epochs done, count) -> (count, n), or None for that of the seed and the epoch.
Orders = Callable[[int, int], Indices | None]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class TrainingRows:
    """Rows to train on: inputs, targets, weights."""

    X: Array  # (n, n_inputs)
    Y: Array  # (n, n_outputs)
    weight: Array | None = None  # (n,)

    def take(self, rows: AnyArray) -> TrainingRows:
        """Return some of the rows, by number or by mask."""
        return TrainingRows(self.X[rows], self.Y[rows], None if self.weight is None else self.weight[rows])


@dataclass(eq=False)
class Run:
    """What a network learns from and how, where it stands, and the way there.

    `advance` and `step` go on, `go_to` and `at` go back by training again from a checkpoint, `branch` forgets what came
    after. `train_runs` trains several until each has ended.

    Examples
    --------
    >>> from selenite.nn import initialize, start
    >>> network, optimizer, X = Network((1, 4, 1), ("tanh", "identity")), Optimizer("adam", 0.05), np.eye(4)[:, :1]
    >>> parameters = initialize(network)
    >>> rows = TrainingRows(X, 1 - X)
    >>> run = Run(network, optimizer, parameters, start(optimizer, parameters), rows, checkpoints=Checkpoints())
    >>> run.advance(30)
    True
    >>> there = run.parameters.copy()
    >>> run.advance(50)
    True
    >>> run.go_to(30)
    >>> bool((run.parameters == there).all()), run.curves.length
    (True, 80)
    """

    network: Network
    optimizer: Optimizer
    parameters: Array  # written into, as is the state
    state: OptimizerState
    rows: TrainingRows
    options: TrainOptions = TrainOptions()
    seed: int = 0
    early_stopping: EarlyStopping = field(default_factory=EarlyStopping)
    orders: Orders | None = None
    backend: backends.Backend = field(default_factory=backends.get)
    first_epoch: int = 0  # where it began
    checkpoints: Checkpoints | None = None  # of a run that can go back
    settings: Any = None  # what its owner made the optimizer and the options from
    curves: Curves = field(default_factory=Curves, init=False)
    ending: Ending = field(default="epochs", init=False)  # why it cannot go on, once it cannot
    row: int = field(default=0, init=False)  # rows of the present epoch already seen
    latest: int = field(default=0, init=False)  # epochs written down last

    def __post_init__(self) -> None:
        self.epoch = self.first_epoch  # epochs done
        self._epoch_loss = 0.0  # summed over the rows of the present epoch whose batches are done
        if self.checkpoints is not None:
            self.remember(turning=True)

    @property
    def batch_size(self) -> int:
        """Return how many rows a step sees."""
        return min(self.options.batch_size or len(self.rows.X), len(self.rows.X))

    @property
    def order(self) -> Indices:
        """Return the rows in the order of the present epoch."""
        n = len(self.rows.X)
        return np.arange(n) if self.batch_size == n else permutation(self.seed, n, SHUFFLE, self.state.epochs)

    @property
    def rate_share(self) -> float:
        """Return the next step's learning rate as a share of the optimizer's; after all epochs the last step's."""
        schedule, n = self.optimizer.schedule, len(self.rows.X)
        if schedule.name == "constant":
            return 1.0
        n_steps = (self.options.total_epochs or 0) * -(-n // self.batch_size)
        t = min(self.state.steps, n_steps - 1) / n_steps if n_steps else 0.0
        return share(schedule, t, self.state.epochs, self.state.epochs * n)

    # ---------------------------------------------------------------- forward

    def advance(self, n_epochs: int, stop: Stop | None = None) -> bool:
        """Train for some epochs, from the beginning of the present one, and forget what came after.

        Where `stop` ended it, nothing was trained: return False.
        """
        self.branch()
        before = self.parameters.copy(), self.state.copy()
        epochs = self._train(n_epochs, stop)
        if epochs.ended == "stopped":
            self.parameters[:], self.state = before
            return False
        self.row = 0
        self.note(epochs)
        return True

    def step(self) -> None:
        """Make one step, with the present batch; the last one completes the epoch."""
        n, size, rows = len(self.rows.X), self.batch_size, self.rows
        begin = self.row - self.row % size
        end = min(begin + size, n)
        batch = rows.take(self.order[begin:end])
        total = (self.options.total_epochs or 1) * -(-n // size)
        options, epochs_done = replace(self.options, batch_size=None, total_epochs=total), self.state.epochs
        step = self.backend.train(
            self.network, self.parameters, self.optimizer, self.state, batch.X, batch.Y, options,
            n_epochs=1, seed=self.seed, sample_weight=batch.weight,
        )  # fmt: skip
        self.state.epochs = epochs_done
        self.ending = ENDINGS[step.ended]
        if step.ended:
            return
        self._epoch_loss = (self._epoch_loss if begin else 0.0) + float(step.loss[0]) * (end - begin)
        self.row = end
        if end == n:
            self.row, self.state.epochs = 0, epochs_done + 1
            measured = self.early_stopping
            tested = np.empty(0)
            if measured.X is not None:
                loss, _ = self.backend.loss_and_gradient(self.network, self.parameters, measured.X, measured.Y)
                tested = np.array([loss])
            self.note(Epochs(np.array([self._epoch_loss / n]), tested, step.gradient_norm, np.empty(0)))
            if self.options.dropout and self.checkpoints is not None:
                self.remember(turning=True)  # what a step leaves out, an epoch trained again would not

    def note(self, epochs: Epochs, seconds: float = np.nan) -> None:
        """Write down what some epochs gave, and ask the stopping rule where the arithmetic could not."""
        self.curves.add(epochs, seconds, at=self.epoch - self.first_epoch)
        self.latest = len(epochs.loss)
        self.epoch += self.latest
        self.ending = ENDINGS[epochs.ended]
        rule = self.early_stopping
        asked = self.ending == "epochs" and not rule.decides_in_train
        if asked and rule.ends(float(epochs.loss[-1]), self.parameters, self.optimizer, self.state):
            self.ending = "patience"
        if self.checkpoints is not None and self.ending != "interrupt":  # else perhaps in the middle of an epoch
            self.remember()

    def _train(self, n_epochs: int, stop: Stop | None, replay: bool = False) -> Epochs:
        """Train without writing it down."""
        return train_side_by_side([self], n_epochs, stop, replay)[0]

    # ---------------------------------------------------------------- back

    def remember(self, turning: bool = False) -> None:
        """Keep a checkpoint of where the run stands; `turning`: for ever."""
        assert self.checkpoints is not None
        self.checkpoints.keep(
            Checkpoint(
                self.epoch, self.row, self.parameters.copy(), self.state.copy(), self.optimizer, self.options,
                copy(self.early_stopping), self._epoch_loss, self.settings, turning,
            )
        )  # fmt: skip

    def go_to(self, epoch: int, row: int = 0, stop: Stop | None = None) -> None:
        """Go to where the run once was, by training again from the checkpoint before; `stop` may end it on the way."""
        assert self.checkpoints is not None
        self._stand_at(self.checkpoints.before(epoch, row))
        while self.row and self.epoch < epoch and self.ending == "epochs":
            self.step()
        if self.epoch < epoch:
            before = self.parameters.copy(), self.state.copy()
            done = self._train(epoch - self.epoch, stop, replay=True)
            if done.ended == "stopped":  # maybe in the middle of an epoch: those before it once more
                self.parameters[:], self.state = before
                done = self._train(len(done.loss), None, replay=True)
            self.epoch += len(done.loss)
        if self.epoch == epoch:
            while self.row + self.batch_size <= row and self.ending == "epochs":
                self.step()
            self.row = row if self.ending == "epochs" else self.row

    def at(self, epoch: int) -> Array:
        """Return the parameters after so many epochs; the run itself stays where it is."""
        twin = copy(self)
        twin.go_to(epoch)
        return twin.parameters

    def branch(self) -> None:
        """Forget what came after the present place: from here on something new begins."""
        self.curves.cut(self.epoch - self.first_epoch)
        if self.checkpoints is not None:
            self.checkpoints.cut(self.epoch, self.row)

    def _stand_at(self, there: Checkpoint) -> None:
        """Go back to a checkpoint."""
        self.epoch, self.row, self.ending = there.epoch, there.row, "epochs"
        self.parameters, self.state = there.parameters.copy(), there.state.copy()
        self.optimizer, self.options, self.settings = there.optimizer, there.options, there.settings
        self.early_stopping, self._epoch_loss = copy(there.early_stopping), there.epoch_loss

    # ---------------------------------------------------------------- the end

    def result(self, keep_best: bool) -> Training:
        """Return what became of it: with `keep_best`, or where it diverged, the best epoch, else the last."""
        rule, explanation = self.early_stopping, ""
        parameters, best_epoch = self.parameters, self.epoch - self.first_epoch
        if self.ending == "diverged":
            rate = self.optimizer.learning_rate * self.state.rate_factor
            explanation = explain_divergence(
                self.network, self.parameters, self.rows.X, self.rows.Y, best_epoch + 1, rate
            )
        if rule.best_parameters is not None and (keep_best or self.ending == "diverged"):
            parameters, best_epoch = rule.best_parameters, rule.best_epoch + 1
        history = self.curves.history(None if self.checkpoints is None else self)
        return Training(parameters, history, self.ending, best_epoch, self.state, explanation)


def train_side_by_side(
    runs: Sequence[Run], n_epochs: int, stop: Stop | None = None, replay: bool = False
) -> list[Epochs]:
    """Train runs of one network for some epochs, each on a thread, from where they stand; `Run.note` writes it down."""
    one = runs[0]
    rules: list[EarlyStopping | None] = [run.early_stopping for run in runs]
    if replay and one.optimizer.schedule.name != "adaptive":  # then nobody needs to know: quicker
        rules = [None] * len(runs)
    return one.backend.train_many(
        one.network,
        [run.parameters for run in runs],
        [run.optimizer for run in runs],
        [run.state for run in runs],
        [run.rows.X for run in runs],
        [run.rows.Y for run in runs],
        one.options,
        n_epochs=n_epochs,
        seeds=[run.seed for run in runs],
        order=None if one.orders is None else one.orders(one.epoch - one.first_epoch, n_epochs),
        sample_weight=None if one.rows.weight is None else [run.rows.weight for run in runs],
        early_stoppings=[rule if rule is None or rule.decides_in_train else rule.curve_only() for rule in rules],
        stop=stop,
    )


def epochs_that_fit(seconds: float, done: int, took: float) -> int:
    """Return how many epochs fit into the seconds where so many took so long; not many times as many as those."""
    return max(1, min(int(done * min(seconds / max(took, 1e-6), MOST_TIMES_AS_MANY)), MOST_EPOCHS_AT_ONCE))
