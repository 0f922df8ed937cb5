"""`MLPRegressor`, in place of scikit-learn's: nothing else changes in the user's program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from sklearn.base import RegressorMixin, _fit_context
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if

from selenite.estimators.mlp.base import MLP, TARGET
from selenite.estimators.mlp.checking import checked
from selenite.nn.losses import LOSSES, parse_loss
from selenite.table.schema import Target
from selenite.types import AnyArray, Array


@dataclass(eq=False, repr=False)
class MLPRegressor(RegressorMixin, MLP):  # type: ignore[misc]
    """Multi-layer perceptron regressor: scikit-learn's, with the same numbers, faster, and with more to choose from.

    Parameters and attributes are those of `MLPClassifier`, but for `classes_` and `class_weight`; scores are R².

    Parameters
    ----------
    loss : str, default='squared_error'
        'squared_error', 'poisson', 'absolute_error', 'huber(1.5)' or 'quantile(0.9)', the last two with their number.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from selenite import MLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> regressor = MLPRegressor(hidden_layer_sizes=(8,), solver="lm", random_state=0).fit(X, y)
    >>> bool(regressor.score(X, y) > 0.5)
    True
    """

    loss: str = "squared_error"
    hidden_layer_sizes: int | Sequence[int] = (100,)
    activation: str | Sequence[str] = "relu"

    @available_if(lambda self: self._is_stochastic())  # type: ignore[untyped-decorator]
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train one epoch on the given rows, going on from where the model stands.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), optional

        Returns
        -------
        self
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """Return the predicted number of each row, shape (n_samples,), or numbers, shape (n_samples, n_outputs)."""
        output = self._output(X)
        return self._framed(X, output.ravel() if output.shape[1] == 1 else output, TARGET)

    def _validated(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Array, AnyArray, AnyArray]:
        X, y = checked(self, X, y, reset, y_numeric=True)
        return X, y.reshape(len(y), -1), y

    def _output_activation(self) -> str:
        return LOSSES[parse_loss(self.loss)[0]].activations[0]

    def _shown_loss(self, dtype: Any) -> str:
        if self.n_outputs_ > 1 and self.loss in ("squared_error", "poisson"):
            return f"{self.loss}({self.n_outputs_})"  # the mean over the outputs
        loss: str = self.loss
        return loss

    def _score(self, prediction: Array, Y: Array, sample_weight: Array | None) -> float:
        """Return R²."""
        return float(r2_score(Y, prediction, sample_weight=sample_weight))

    def _target(self) -> Target:
        if self.n_outputs_ > 1:
            raise ValueError("save writes models of one target; this one has several. Pickle it")
        return Target(TARGET, "regression")
