"""A run on the page: a network in training that can be stepped, taken back, changed by hand and branched.

Nothing is stored of a run but a few moments: as every epoch is the same whenever it is computed, any other is reached
by training again from the moment before it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.nn import EarlyStopping, Epochs, Network, Optimizer, OptimizerState, TrainOptions, initialize, start
from selenite.nn.early_stopping import on_plateau
from selenite.nn.random import SHUFFLE, permutation
from selenite.nn.schedules import share
from selenite.play.article import article_start
from selenite.play.curves import Curves
from selenite.play.problem import Problem
from selenite.play.settings import Settings
from selenite.training.divergence import explain_divergence
from selenite.tutorial.as_printed import train_perceptron_as_printed
from selenite.types import Array, Floats, Indices

MOST_MOMENTS = 64
STILL = 200  # epochs without a gain after which training stops by itself
GAIN = 1e-3  # share of the loss that counts as a gain


@dataclass(frozen=True)
class Moment:
    """Where a run once stood, and by which settings it went on."""

    epoch: int
    row: int  # rows of the next epoch already seen
    parameters: Floats
    state: OptimizerState
    settings: Settings
    turning: bool  # whether something was changed here: such a moment is never forgotten


class Session:
    """A network in training on a problem; its description is the settings' unless it is given."""

    finished = False  # whether it is a model that was opened, which is not trained on

    def __init__(
        self,
        settings: Settings,
        problem: Problem,
        parameters: Floats | None = None,
        epoch: int = 0,
        network: Network | None = None,
    ) -> None:
        self.settings, self.problem = settings, problem
        self.network = network or settings.network_for(problem.X.shape[1], problem.target)
        self.X, self.Y = problem.X[problem.training], problem.Y[problem.training]
        self.test_X, self.test_Y = problem.X[problem.test], problem.Y[problem.test]
        self.parameters = starting_parameters(settings, self.network) if parameters is None else parameters.copy()
        self.first_epoch = self.epoch = epoch  # of a run that was opened from a link, where that stood
        self.row = 0
        self.state = start(self.optimizer, self.parameters)
        self.state.epochs = epoch
        self.curves = Curves()
        self.moments: list[Moment] = []
        self.ended = ""  # in words, why it cannot or need not go on
        self.remember(turning=True)

    def answer(self, inputs: Array) -> Array:
        """Return the output for encoded rows."""
        return backend.get().predict(self.network, self.parameters, inputs)

    def predicted(self, rows: Indices) -> Array:
        """Return the output for some of the problem's rows."""
        return self.answer(self.problem.X[rows])

    @property
    def shown_scale(self) -> int:
        """Return by what a mean over the rows is multiplied to be shown: by their number where losses are sums."""
        return len(self.X) if self.settings.sums else 1

    @property
    def optimizer(self) -> Optimizer:
        return self.settings.optimizer_for(len(self.X))

    @property
    def batch_size(self) -> int:
        return min(self.settings.batch_size or len(self.X), len(self.X))

    @property
    def options(self) -> TrainOptions:
        """Return how epochs are made, but for what the schedules aim at."""
        batch_size = None if self.batch_size == len(self.X) else self.batch_size
        return TrainOptions(batch_size, l1=self.settings.l1, l2=self.settings.l2, dropout=self.settings.dropout)

    @property
    def order(self) -> Indices:
        """Return the training rows in the order of the present epoch."""
        if self.batch_size == len(self.X):
            return np.arange(len(self.X))
        return permutation(self.settings.seed, len(self.X), SHUFFLE, self.epoch)

    def remember(self, turning: bool = False) -> None:
        """Keep this moment, and forget every second one where there are too many."""
        moment = Moment(self.epoch, self.row, self.parameters.copy(), _copied(self.state), self.settings, turning)
        self.moments = [each for each in self.moments if (each.epoch, each.row) < (self.epoch, self.row)]
        self.moments.append(moment)
        if len(self.moments) > MOST_MOMENTS:
            self.moments = [m for i, m in enumerate(self.moments) if m.turning or i % 2 or m is moment]

    def train(self, n_epochs: int, stop: Callable[[], bool] | None = None) -> None:
        """Train for some epochs, beginning with the rest of the present one; whole epochs or nothing."""
        while self.row and not self.ended:
            self.step_batch()
            n_epochs -= self.row == 0
        n_epochs = min(n_epochs, self.settings.epochs - self.epoch)
        if n_epochs <= 0:
            self.ended = self._all_done() if self.epoch >= self.settings.epochs else ""
            return
        before = self.parameters.copy(), _copied(self.state)
        done = self._as_printed(n_epochs) if self.settings.slip else self._train(n_epochs, stop)
        if done.ended == "stopped":  # in the middle of an epoch, which is then as if it had not begun
            self.parameters[:], self.state = before
            return
        self.curves.add(done)
        self.epoch += len(done.loss)
        self.remember()
        if done.ended == "diverged":
            rate = self.optimizer.learning_rate
            self.ended = explain_divergence(self.network, self.parameters, self.X, self.Y, self.epoch + 1, rate)
        elif self.epoch >= self.settings.epochs:
            self.ended = self._all_done()
        elif self._low_enough():
            self.ended = f"The loss is below {self.settings.stop_loss:g}, so training paused."
        elif self.settings.auto_stop and on_plateau(self.curves["loss"], STILL, GAIN):
            self.ended = f"The loss has hardly moved for {STILL} epochs, so training paused."

    def step_batch(self) -> None:
        """Make one step, with the present batch."""
        if self.epoch >= self.settings.epochs:
            self.ended = self._all_done()
            return
        begin = self.row - self.row % self.batch_size
        end = min(begin + self.batch_size, len(self.X))
        rows = self.order[begin:end]
        if len(rows) == len(self.X):
            self.row = 0
            self.train(1)
            return
        epochs = self.state.epochs
        step = self._train(1, None, rows)
        self.state.epochs = epochs
        if step.ended == "diverged":
            rate = self.optimizer.learning_rate
            self.ended = explain_divergence(self.network, self.parameters, self.X, self.Y, self.epoch + 1, rate)
            return
        self._epoch_loss = (self._epoch_loss if begin else 0.0) + float(step.loss[0]) * len(rows)
        self.row = end
        if end == len(self.X):
            self._finish_epoch(float(step.gradient_norm[0]))

    def step_row(self) -> None:
        """See one more row; the last of its batch makes the step."""
        after = self.row + 1
        if after % self.batch_size == 0 or after == len(self.X):
            self.step_batch()
        else:
            self.row = after

    def go_to(self, epoch: int, row: int = 0, stop: Callable[[], bool] | None = None) -> None:
        """Go back, or forward to where the run once was, by training again from the nearest moment before.

        Where `stop` says so it ends on the way.
        """
        last = self.moments[-1]
        if not self.first_epoch <= epoch <= max(last.epoch, self.epoch) or row < 0 or row >= max(len(self.X), 1):
            raise OptionError(f"there is no epoch {epoch:,} to go to; there are {self.first_epoch:,} to {last.epoch:,}")
        later = self.moments
        length = self.curves.length
        moment = max((m for m in later if (m.epoch, m.row) <= (epoch, row)), key=lambda m: (m.epoch, m.row))
        self.parameters = moment.parameters.copy()
        self.state = _copied(moment.state)
        self.settings, self.epoch, self.row, self.ended = moment.settings, moment.epoch, moment.row, ""
        if epoch > self.epoch:
            if self.row == 0:
                self._silently(epoch - self.epoch, stop)
            else:
                self.train(epoch - self.epoch)
        if self.epoch == epoch:
            while self.row + self.batch_size <= row and not self.ended:
                self.step_batch()
            self.row = self.row if self.ended else row
        self.moments = later  # what came after stays, until something else is done
        self.curves.length = max(length, self.curves.length)

    def branch(self) -> None:
        """Forget what came after the present moment: from here on something new begins."""
        self.moments = [m for m in self.moments if (m.epoch, m.row) <= (self.epoch, self.row)]
        self.curves.cut(self.epoch - self.first_epoch)

    def set_parameter(self, layer: int, before: int, unit: int, value: float) -> None:
        """Change a weight by hand; `before` is the unit that it comes from, or -1 for the bias."""
        network = self.network
        if not 0 <= layer < network.n_layers or not np.isfinite(value) or abs(value) > 1e6:
            raise OptionError(f"a weight of layer {layer + 1} cannot be {value!r}; give a number up to a million")
        weights, biases = network.weights(self.parameters)[layer], network.bias_vectors(self.parameters)[layer]
        if not -1 <= before < weights.shape[0] or not 0 <= unit < weights.shape[1] or (before == -1 and biases is None):
            raise OptionError(f"layer {layer + 1} has no weight from {before + 1} to {unit + 1}")
        self.branch()
        if before == -1 and biases is not None:
            biases[unit] = value
        else:
            weights[before, unit] = value
        self.ended = ""
        self.remember(turning=True)

    def go_on_with(self, settings: Settings) -> None:
        """Train on with other settings, from where the run stands."""
        optimizer = self.settings.optimizer
        self.branch()
        self.settings, self.ended = settings, ""
        if settings.optimizer != optimizer:
            self.state = replace(start(self.optimizer, self.parameters), epochs=self.state.epochs)
        self.row -= self.row % self.batch_size
        self.remember(turning=True)

    @property
    def has_future(self) -> bool:
        """Tell whether the run once went on from here."""
        last = self.moments[-1]
        return (last.epoch, last.row) > (self.epoch, self.row)

    def whole(self) -> Session:
        """Return a copy of the run at its end, with all its curves."""
        twin, last = copy(self), self.moments[-1]
        twin.parameters, twin.state = last.parameters.copy(), _copied(last.state)
        twin.settings, twin.epoch, twin.row, twin.ended = last.settings, last.epoch, last.row, ""
        twin.moments, twin.curves = list(self.moments), self.curves.copy()
        return twin

    def copy(self) -> Session:
        """Return a run that begins as this one, from the same weights."""
        first = self.moments[0]
        return Session(self.settings, self.problem, first.parameters, first.epoch)

    def _train(self, n_epochs: int, stop: Callable[[], bool] | None, rows: Indices | None = None) -> Epochs:
        """Train on all rows, or make one step on some."""
        some = rows is not None
        rule = None if some or not len(self.test_X) else EarlyStopping(self.test_X, self.test_Y)
        total = self._total_epochs(some)
        return backend.get().train(
            self.network,
            self.parameters,
            self.optimizer,
            self.state,
            self.X[rows] if some else self.X,
            self.Y[rows] if some else self.Y,
            replace(self.options, batch_size=None, total_epochs=total)
            if some
            else replace(self.options, total_epochs=total),
            n_epochs=n_epochs,
            seed=self.settings.seed,
            early_stopping=rule,
            stop=stop,
        )

    def _total_epochs(self, single_step: bool) -> int:
        """Return what the schedules aim at: the epochs to come, and as many as the steps made so far would be."""
        batches = -(-len(self.X) // self.batch_size)
        return (self.settings.epochs - self.epoch + self.state.steps // batches) * (batches if single_step else 1)

    @property
    def rate_share(self) -> float:
        """Return the next step's learning rate as a share of the optimizer's; after all epochs the last step's."""
        schedule = self.optimizer.schedule
        if schedule.name == "constant":
            return 1.0
        n_steps = self._total_epochs(True)
        t = min(self.state.steps, n_steps - 1) / n_steps if n_steps else 0.0
        return share(schedule, t, self.state.epochs, self.state.epochs * len(self.X))

    @np.errstate(over="ignore")  # e^-z of a large z: the answer is 0 all the same
    def _as_printed(self, n_epochs: int) -> Epochs:
        """Train the perceptron as the article prints it."""
        n = len(self.X)
        rate = self.optimizer.learning_rate / n
        weights, bias = self.parameters[:-1], float(self.parameters[-1])
        parameters, losses = train_perceptron_as_printed(
            weights, bias, np.asarray(self.X, np.float64), np.asarray(self.Y[:, 0], np.float64), rate, n_epochs
        )
        self.parameters[:] = parameters
        self.state.epochs += n_epochs
        return Epochs(losses / n, np.empty(0), np.full(n_epochs, np.nan), np.full(n_epochs, rate))

    def _silently(self, n_epochs: int, stop: Callable[[], bool] | None) -> None:
        """Train again what was trained once, or a part of it."""
        if self.settings.slip:
            self._as_printed(n_epochs)
            self.epoch += n_epochs
            return
        before = self.parameters.copy(), _copied(self.state)
        done = self._train(n_epochs, stop)
        if done.ended == "stopped":  # maybe in the middle of an epoch: those before it once more
            self.parameters[:], self.state = before
            done = self._train(len(done.loss), None)
        self.epoch += len(done.loss)

    def _finish_epoch(self, norm: float) -> None:
        """Note an epoch that was made of single steps."""
        tested = np.empty(0)
        if len(self.test_X):
            tested = np.array(
                [backend.get().loss_and_gradient(self.network, self.parameters, self.test_X, self.test_Y)[0]]
            )
        self.state.epochs += 1
        self.row, self.epoch = 0, self.epoch + 1
        self.curves.add(Epochs(np.array([self._epoch_loss / len(self.X)]), tested, np.array([norm]), np.empty(0)))
        self.remember()

    def _all_done(self) -> str:
        return f"All {self.settings.epochs:,} epochs are done."

    def _low_enough(self) -> bool:
        """Tell whether the loss has fallen below where it was to stop."""
        loss = self.curves["test_loss" if len(self.test_X) else "loss"][-1]
        return bool(self.shown_scale * loss < self.settings.stop_loss)

    _epoch_loss = 0.0  # summed over the rows of the present epoch whose batches are done


def _copied(state: OptimizerState) -> OptimizerState:
    return replace(state, first=state.first.copy(), second=state.second.copy())


def starting_parameters(settings: Settings, network: Network) -> Floats:
    """Return the weights that a run with these settings begins with."""
    if settings.start == "article":
        return article_start(network)
    return np.asarray(initialize(network, settings.start, settings.seed), dtype=np.float64)
