"""A run on the page: its settings and its problem, when it pauses and why, and what is changed by hand."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np

from selenite.errors import OptionError
from selenite.nn import EarlyStopping, Epochs, Network, Optimizer, OptimizerState, TrainOptions, initialize, start
from selenite.nn.early_stopping import on_plateau
from selenite.play.problem import Problem
from selenite.play.settings import Settings
from selenite.training import fit
from selenite.training.checkpoints import Checkpoint, Checkpoints
from selenite.training.diagnosis import explain_divergence
from selenite.training.run import Run, Stop, TrainingRows
from selenite.tutorial.as_printed import train_perceptron_as_printed
from selenite.tutorial.networks import article_start
from selenite.types import Array, Floats, Indices

STILL = 200  # epochs without a gain after which training stops by itself
EPOCHS_OF_LINEAR = 400
GAIN = 1e-3  # share of the loss that counts as a gain over so many epochs


class Session(Run):
    """A run on a problem, made from settings; the network is the settings' unless it is given."""

    finished = False  # whether it is a model that was opened, which is not trained on
    parameters: Floats
    settings: Settings
    checkpoints: Checkpoints

    def __init__(
        self,
        settings: Settings,
        problem: Problem,
        parameters: Floats | None = None,
        epoch: int = 0,
        network: Network | None = None,
    ) -> None:
        self.problem = problem
        network = network or settings.network_for(problem.X.shape[1], problem.target)
        self.X, self.Y = problem.X[problem.training], problem.Y[problem.training]
        self.test_X, self.test_Y = problem.X[problem.test], problem.Y[problem.test]
        self.ended = ""  # in words, why it cannot or need not go on
        parameters = starting_parameters(settings, network) if parameters is None else parameters.copy()
        optimizer = settings.optimizer_for(len(self.X))
        state = start(optimizer, parameters)
        state.epochs = epoch
        super().__init__(
            network,
            optimizer,
            parameters,
            state,
            TrainingRows(self.X, self.Y),
            self._options(settings, epoch, state),
            settings.seed,
            EarlyStopping(self.test_X, self.test_Y) if len(self.test_X) else EarlyStopping(),
            first_epoch=epoch,
            checkpoints=Checkpoints(),
            settings=settings,
        )

    def _options(self, settings: Settings, epoch: int, state: OptimizerState) -> TrainOptions:
        """Return how epochs are made; the schedules aim at those to come and as many as the steps so far would be."""
        n = len(self.X)
        size = min(settings.batch_size or n, n)
        total = settings.epochs - epoch + state.steps // max(-(-n // max(size, 1)), 1)
        return TrainOptions(None if size == n else size, total, settings.l1, settings.l2, settings.dropout)

    def answer(self, inputs: Array) -> Array:
        """Return the output for encoded rows."""
        return self.backend.predict(self.network, self.parameters, inputs)

    def predicted(self, rows: Indices) -> Array:
        """Return the output for some of the problem's rows."""
        return self.answer(self.problem.X[rows])

    def linear(self, output: str, loss: str) -> tuple[Network, Array]:
        """Return a network without hidden layers, trained on the run's rows: what the hidden ones are compared with."""
        network = Network((self.X.shape[1], self.Y.shape[1]), (output,), loss)
        training = fit(network, self.X, self.Y, optimizer=Optimizer("adam", 0.05), epochs=EPOCHS_OF_LINEAR)
        return network, training.parameters

    @property
    def shown_scale(self) -> int:
        """Return by what a mean over the rows is multiplied to be shown: by their number where losses are sums."""
        return len(self.X) if self.settings.sums else 1

    # ---------------------------------------------------------------- forward

    def train(self, n_epochs: int, stop: Stop | None = None) -> None:
        """Train for some epochs, beginning with the rest of the present one; whole epochs or nothing."""
        while self.row and not self.ended:
            self.step_batch()
            n_epochs -= self.row == 0
        if not self.row:
            self._train_and_pause(n_epochs, stop)

    def step_batch(self) -> None:
        """Make one step, with the present batch."""
        if self.batch_size == len(self.X):
            self._train_and_pause(1, None)
        elif not self._all_done():
            self.step()
            self.ended = self._divergence()

    def step_row(self) -> None:
        """See one more row; the last of its batch makes the step."""
        after = self.row + 1
        if after % self.batch_size == 0 or after == len(self.X):
            self.step_batch()
        else:
            self.row = after

    def _train_and_pause(self, n_epochs: int, stop: Stop | None) -> None:
        """Train whole epochs, as far as the settings allow, and say why where training pauses after them."""
        n_epochs = min(n_epochs, self.settings.epochs - self.epoch)
        if not self._all_done() and n_epochs > 0 and self.advance(n_epochs, stop):
            self.ended = self._pause()

    def _train(self, n_epochs: int, stop: Stop | None, replay: bool = False) -> Epochs:
        """Train, the perceptron as the article prints it where that is asked for."""
        if not self.settings.slip:
            return super()._train(n_epochs, stop, replay)
        n, rate = len(self.X), self.optimizer.learning_rate / len(self.X)
        X, y = np.asarray(self.X, np.float64), np.asarray(self.Y[:, 0], np.float64)
        with np.errstate(over="ignore"):  # e^-z of a large z: the answer is 0 all the same
            self.parameters[:], losses = train_perceptron_as_printed(
                self.parameters[:-1], float(self.parameters[-1]), X, y, rate, n_epochs
            )
        self.state.epochs += n_epochs
        return Epochs(losses / n, np.empty(0), np.full(n_epochs, np.nan), np.full(n_epochs, rate))

    # ---------------------------------------------------------------- when it pauses

    def _all_done(self) -> bool:
        """Say so where there are no more epochs to train."""
        if self.epoch >= self.settings.epochs:
            self.ended = f"All {self.settings.epochs:,} epochs are done."
        return self.epoch >= self.settings.epochs

    def _pause(self) -> str:
        """Return why training pauses after these epochs, nothing where it goes on."""
        tested = self.curves["validation_loss" if len(self.test_X) else "loss"]
        if self.ending == "diverged":
            return self._divergence()
        if self._all_done():
            return self.ended
        if self.shown_scale * tested[-1] < self.settings.stop_loss:
            return f"The loss is below {self.settings.stop_loss:g}, so training paused."
        if self.settings.auto_stop and on_plateau(self.curves["loss"], STILL, GAIN):
            return f"The loss has hardly moved for {STILL} epochs, so training paused."
        return ""

    def _divergence(self) -> str:
        """Return where a number first stopped being finite, nothing where all are."""
        if self.ending != "diverged":
            return ""
        rate = self.optimizer.learning_rate
        return explain_divergence(self.network, self.parameters, self.X, self.Y, self.epoch + 1, rate)

    # ---------------------------------------------------------------- back and aside

    def go_to(self, epoch: int, row: int = 0, stop: Stop | None = None) -> None:
        """Go to where the run once was; where `stop` says so it ends on the way."""
        last = self.checkpoints[-1]
        if not self.first_epoch <= epoch <= max(last.epoch, self.epoch) or row < 0 or row >= max(len(self.X), 1):
            raise OptionError(f"there is no epoch {epoch:,} to go to; there are {self.first_epoch:,} to {last.epoch:,}")
        super().go_to(epoch, row, stop)

    def _stand_at(self, there: Checkpoint) -> None:
        super()._stand_at(there)
        self.ended = ""

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
        self.settings, self.seed, self.ended = settings, settings.seed, ""
        self.optimizer = settings.optimizer_for(len(self.X))
        if settings.optimizer != optimizer:
            self.state = replace(start(self.optimizer, self.parameters), epochs=self.state.epochs)
        self.options = self._options(settings, self.epoch, self.state)
        self.row -= self.row % self.batch_size
        self.remember(turning=True)

    @property
    def has_future(self) -> bool:
        """Tell whether the run once went on from here."""
        return self.checkpoints[-1].place > (self.epoch, self.row)

    def whole(self) -> Session:
        """Return a copy of the run at its end, with all its curves."""
        twin = copy(self)
        twin.checkpoints, twin.curves = copy(self.checkpoints), self.curves.copy()
        twin._stand_at(self.checkpoints[-1])
        return twin

    def copy(self) -> Session:
        """Return a run that begins as this one, from the same weights."""
        first = self.checkpoints[0]
        return Session(self.settings, self.problem, np.asarray(first.parameters, np.float64), first.epoch)


def starting_parameters(settings: Settings, network: Network) -> Floats:
    """Return the weights that a run with these settings begins with."""
    if settings.start == "article":
        return article_start(network)
    return np.asarray(initialize(network, settings.start, settings.seed), dtype=np.float64)
