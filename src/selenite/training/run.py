"""A run: a network in training, that goes on by epochs and back to any of them.

Whoever trains stands beside it: `train_runs` (until it is time to stop), the estimators.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np

from selenite import backend as backends
from selenite.nn import EarlyStopping, Epochs, Exchange, Network, Optimizer, OptimizerState, TrainOptions
from selenite.training.checkpoints import Checkpoint, Checkpoints
from selenite.training.divergence import explain_divergence
from selenite.training.history import Curves, Ending, Training
from selenite.training.rows import TrainingRows, Windows, seed_within, train_each
from selenite.types import Array, Indices

ENDINGS: dict[str, Ending] = {"": "epochs", "stalled": "patience", "stopped": "interrupt", "diverged": "diverged"}
MOST_TIMES_AS_MANY, MOST_EPOCHS_AT_ONCE = 4, 100_000

# Who gives the order of the rows: (epochs done, count) -> (count, n), or None for that of the seed and the epoch.
Orders = Callable[[int, int], Indices | None]
Stop = Callable[[], bool]


@dataclass
class Begun:
    """An epoch in the middle of its windows."""

    windows: int  # trained on
    parameters: Array  # of the run, before the epoch
    state: OptimizerState
    n_rows: int = 0  # trained on, as the sums that follow
    n_steps: int = 0
    loss: float = 0.0
    square: float = 0.0  # of the gradients' norms


@dataclass(eq=False)
class Run:
    """What a network learns from and how, where it stands, and the way there.

    `train_runs` trains several until each has ended; `at` finds the parameters of any epoch of a run that was recorded,
    by training again from a checkpoint.

    Examples
    --------
    >>> from selenite.nn import initialize, start
    >>> from selenite.training import train_runs
    >>> network, optimizer, X = Network((1, 4, 1), ("tanh", "identity")), Optimizer("adam", 0.05), np.eye(4)[:, :1]
    >>> parameters = initialize(network)
    >>> run = Run(network, optimizer, parameters, start(optimizer, parameters), TrainingRows(X, 1 - X))
    >>> [training] = train_runs([run], epochs=80, record=True)
    >>> bool((run.at(80) == training.parameters).all()), bool((run.at(30) == training.parameters).all())
    (True, False)
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
    checkpoints: Checkpoints | None = None  # of a run that can go back
    windows: Windows | None = None  # of further rows, that all runs side by side are trained on
    exchange: Exchange | None = None  # with the processes that compute others of its shards
    begun: Begun | None = field(default=None, init=False)  # an epoch of windows
    curves: Curves = field(default_factory=Curves, init=False)
    ending: Ending = field(default="epochs", init=False)  # why it cannot go on, once it cannot
    epoch: int = field(default=0, init=False)  # epochs done
    latest: int = field(default=0, init=False)  # epochs written down last

    def note(self, epochs: Epochs, seconds: float = np.nan) -> None:
        """Write down what some epochs gave, and ask the stopping rule where the arithmetic could not."""
        self.curves.add(epochs, seconds)
        self.latest = len(epochs.loss)
        self.epoch += self.latest
        self.ending = ENDINGS[epochs.ended]
        rule = self.early_stopping
        asked = self.ending == "epochs" and not rule.decides_in_train
        if asked and rule.ends(float(epochs.loss[-1]), self.parameters, self.optimizer, self.state):
            self.ending = "patience"
        if self.checkpoints is not None and self.ending != "interrupt" and self.begun is None:  # not within an epoch
            self.remember()

    def after_window(self, epochs: Epochs, n_rows: int, batch_size: int, is_last: bool) -> Epochs:
        """Note what a window gave; return the epoch if that was its last window, else none."""
        begun, n_steps = self.begun, -(-n_rows // batch_size)
        assert begun is not None
        nothing = epochs.loss[:0]
        none = Epochs(nothing, nothing, nothing, nothing, epochs.ended)
        if epochs.ended == "diverged":  # as if the epoch had not begun
            self.parameters[:] = begun.parameters
            self.state = begun.state
        if epochs.ended in ("diverged", "stopped"):
            self.begun = None
            return none
        begun.windows += 1
        begun.n_rows += n_rows
        begun.n_steps += n_steps
        begun.loss += float(epochs.loss[0]) * n_rows
        begun.square += float(epochs.gradient_norm[0]) ** 2 * n_steps
        if not is_last:
            self.state.epochs = self.epoch
            return none
        self.begun = None
        loss, norm = np.array([begun.loss / begun.n_rows]), np.array([(begun.square / begun.n_steps) ** 0.5])
        return Epochs(loss, epochs.validation_loss, norm, epochs.rate, epochs.ended)

    # ---------------------------------------------------------------- back

    def remember(self) -> None:
        """Keep a checkpoint of where the run stands."""
        assert self.checkpoints is not None
        here = Checkpoint(self.epoch, self.parameters.copy(), self.state.copy(), copy(self.early_stopping))
        self.checkpoints.keep(here)

    def at(self, epoch: int) -> Array:
        """Return the parameters after so many epochs; the run itself stays where it is."""
        assert self.checkpoints is not None
        there, twin = self.checkpoints.before(epoch), copy(self)
        twin.begun = None
        twin.epoch, twin.early_stopping = there.epoch, copy(there.early_stopping)
        twin.parameters, twin.state = there.parameters.copy(), there.state.copy()
        while twin.epoch < epoch:
            [epochs] = train_side_by_side([twin], epoch - twin.epoch, replay=True)
            twin.epoch += len(epochs.loss)
        return twin.parameters

    # ---------------------------------------------------------------- the end

    def result(self, keep_best: bool) -> Training:
        """Return what became of it: with `keep_best`, or where it diverged, the best epoch, else the last."""
        rule, explanation = self.early_stopping, ""
        parameters, best_epoch = self.parameters, self.epoch
        if self.ending == "diverged":
            explanation = explain_divergence(self)
        if rule.best_parameters is not None and (keep_best or self.ending == "diverged"):
            parameters, best_epoch = rule.best_parameters, rule.best_epoch + 1
        history = self.curves.history(None if self.checkpoints is None else self)
        return Training(parameters, history, self.ending, best_epoch, self.state, explanation)


def train_side_by_side(
    runs: Sequence[Run], n_epochs: int, stop: Stop | None = None, replay: bool = False
) -> list[Epochs]:
    """Train runs of one network for some epochs, each on a thread, from where they stand; `Run.note` writes it down.

    Where there are windows, on the next of them alone: only the last of an epoch gives one. Other processes may compute
    others of the shards: then one run after the other.
    """
    one = runs[0]
    if one.exchange is not None and len(runs) > 1:
        return [epochs for run in runs for epochs in train_side_by_side([run], n_epochs, stop, replay)]
    if one.windows is not None:
        return _train_on_next_window(runs, one.windows, stop)
    rules: list[EarlyStopping | None] = [run.early_stopping for run in runs]
    if replay and one.optimizer.schedule.name != "adaptive":  # then nobody needs to know: quicker
        rules = [None] * len(runs)
    return train_each(
        one.backend,
        one.network,
        runs,
        [run.rows for run in runs],
        one.options,
        n_epochs=n_epochs,
        seeds=[run.seed for run in runs],
        order=None if one.orders is None else one.orders(one.epoch, n_epochs),
        early_stoppings=[rule if rule is None or rule.decides_in_train else rule.curve_only() for rule in rules],
        stop=stop,
        exchange=one.exchange,
    )


def _train_on_next_window(runs: Sequence[Run], windows: Windows, stop: Stop | None) -> list[Epochs]:
    """Train runs on the window that comes next, or on the rows of their own; return an epoch each at its end."""
    one, order = runs[0], windows.order(runs[0].epoch)
    for run in runs:
        run.begun = run.begun or Begun(0, run.parameters.copy(), run.state.copy())
    assert one.begun is not None
    which, is_last = int(order[one.begun.windows]), one.begun.windows + 1 == len(order)
    own = which == len(windows.sizes)
    rows = [run.rows for run in runs] if own else [windows.load(which)] * len(runs)
    n_rows = (*windows.sizes, windows.n_own)[which]
    size = one.options.batch_size or n_rows
    of_these_rows = windows.steps(size) / -(-n_rows // size)  # epochs in an epoch of all
    found = train_each(
        one.backend,
        one.network,
        runs,
        rows,
        replace(one.options, total_epochs=(one.options.total_epochs or 1) * of_these_rows),
        n_epochs=1,
        seeds=[seed_within(run.seed, which) for run in runs],
        early_stoppings=[run.early_stopping if is_last else None for run in runs],
        stop=stop,
        exchange=one.exchange,
    )
    return [
        run.after_window(epochs, len(each.X), size, is_last)
        for run, epochs, each in zip(runs, found, rows, strict=True)
    ]


def epochs_that_fit(seconds: float, done: int, took: float) -> int:
    """Return how many epochs fit into the seconds where so many took so long; not many times as many as those."""
    return max(1, min(int(done * min(seconds / max(took, 1e-6), MOST_TIMES_AS_MANY)), MOST_EPOCHS_AT_ONCE))
