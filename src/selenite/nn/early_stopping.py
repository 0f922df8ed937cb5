"""When to stop: the loss of validation rows, or of training, or a score of yours, has not got better for too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from selenite.nn.optimizers import Optimizer, OptimizerState
from selenite.types import Array

ADAPTIVE_DIVISOR, ADAPTIVE_END = 5.0, 1e-6  # scikit-learn's


@dataclass
class EarlyStopping:
    """A rule that ends training, and the best epoch so far, which `train` writes into it.

    Training ends when more than `patience` epochs in a row have not bettered the best loss by `tolerance`
    (scikit-learn's rule).

    Parameters
    ----------
    X, Y : arrays of shape (n_validation, n_inputs) and (n_validation, n_outputs), optional
        Validation rows, whose loss decides; without them the training loss does.
    sample_weight : array of shape (n_validation,), optional
    patience : int, optional
        None never stops: only the best epoch is kept.
    tolerance : float
        What counts as a gain.
    score : callable, optional
        Of the parameters, the higher the better: it decides in the loss's place, as minus the loss. A `Run` asks it,
        `train` alone does not.
    by_training_loss : bool
        Whether a `Run` decides by the training loss although there are validation rows, which are for the curve only.

    Examples
    --------
    >>> import numpy as np
    >>> from selenite.nn import Network, Optimizer, initialize, start, train
    >>> network, optimizer, X = Network((1, 1), ("identity",)), Optimizer("sgd", 0.5), np.linspace(-1, 1, 20)[:, None]
    >>> parameters, rule = initialize(network), EarlyStopping(X, 3 * X, patience=2, tolerance=1e-6)
    >>> epochs = train(network, parameters, optimizer, start(optimizer, parameters), X, 3 * X, n_epochs=500,
    ...                early_stopping=rule)
    >>> epochs.ended, rule.stalled
    ('stalled', 3)
    """

    X: Array | None = None
    Y: Array | None = None
    sample_weight: Array | None = None
    patience: int | None = None
    tolerance: float = 0.0
    best_loss: float = float("inf")
    best_epoch: int = -1  # counted from 0
    best_parameters: Array | None = None
    stalled: int = 0  # epochs in a row without a gain
    score: Callable[[Array], float] | None = None
    scores: list[float] = field(default_factory=list)  # after each epoch
    by_training_loss: bool = False

    @property
    def decides_in_train(self) -> bool:
        """Tell whether `train` decides by itself."""
        return self.score is None and not self.by_training_loss

    def curve_only(self) -> EarlyStopping:
        """Return a rule that measures the loss of the validation rows and never stops."""
        return EarlyStopping(self.X, self.Y, self.sample_weight)

    def ends(self, loss: float, parameters: Array, optimizer: Optimizer, state: OptimizerState) -> bool:
        """Note the loss after an epoch; return whether training should end.

        The schedule "adaptive" lowers the learning rate instead, until it is next to nothing.
        """
        if self.score is not None:
            self.scores.append(self.score(parameters))
            loss = -self.scores[-1]
        self.stalled = 0 if loss <= self.best_loss - self.tolerance else self.stalled + 1
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, state.epochs - 1
            self.best_parameters = parameters.copy()
        if self.patience is None or self.stalled <= self.patience:
            return False
        if optimizer.schedule.name == "adaptive" and optimizer.learning_rate * state.rate_factor > ADAPTIVE_END:
            state.rate_factor /= ADAPTIVE_DIVISOR
            self.stalled = 0
            return False
        return True
