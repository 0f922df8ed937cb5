"""The two estimators for raw tables, in scikit-learn's dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import assert_all_finite, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_feature_names, _check_n_features, check_is_fitted, column_or_1d

from selenite.arrays import NDArray
from selenite.backend import Backend
from selenite.model import Model
from selenite.nn.activations import Array
from selenite.table import Column, Kind, Table, Task, as_column, as_table, class_labels
from selenite.tabular.recipe import Fitted, Settings, fit_model
from selenite.training import Callback, History, Training


class _Selenite(BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share."""

    _task: Task

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (128, 64),
        activation: str = "relu",
        *,
        loss: str = "auto",
        learning_rate_init: float = 0.008,
        batch_size: int | str = "auto",
        max_iter: int = 80,
        dropout: float = 0.1,
        weight_decay: float = 0.02,
        validation_fraction: float = 0.15,
        n_iter_no_change: int = 30,
        kinds: Mapping[str, Kind] | None = None,
        random_state: int | np.random.RandomState | None = 0,
        backend: str | Backend | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.loss = loss
        self.learning_rate_init = learning_rate_init
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.kinds = kinds
        self.random_state = random_state
        self.backend = backend

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation_set: tuple[Any, Any] | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> Self:
        """Learn the table's columns, then train a network on them.

        Parameters
        ----------
        X : DataFrame (pandas, polars, Arrow), array or Table, of shape (n_rows, n_columns)
            Numbers, text, booleans and dates, gaps included.
        y : array-like of shape (n_rows,), or Table of one column
            The column to predict.
        validation_set : (X, y), optional
            Rows of your own to choose the best epoch by, instead of a share of the training rows.
        callbacks : sequence of selenite.training.Callback
            Told when training begins, goes on and ends.

        Returns
        -------
        self
        """
        table, column = self._rows(X, y, reset=True)
        fitted = fit_model(
            table,
            column,
            _name(y),
            self._settings(),
            validation=None if validation_set is None else self._rows(*validation_set, reset=False),
            callbacks=callbacks,
            backend=self.backend,
        )
        self._learnt(fitted)
        return self

    def _learnt(self, fitted: Fitted) -> None:
        """Keep what fit has made."""
        self.model_: Model = fitted.model
        self.training_: Training = fitted.training
        self.history_: History = fitted.training.history
        self.best_epoch_: int = fitted.training.best_epoch
        self.n_iter_: int = max(len(fitted.training.history), 1)
        self.stopped_by_: str = fitted.training.ended

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to one file, which `selenite.load` opens without scikit-learn."""
        check_is_fitted(self)
        self.model_.save(path)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.target_tags.required = True
        return tags

    def _settings(self) -> Settings:
        return Settings(
            hidden=tuple(self.hidden_layer_sizes),
            activation=self.activation,
            loss=self.loss,
            epochs=self.max_iter,
            batch_size=None if isinstance(self.batch_size, str) else self.batch_size,
            learning_rate=self.learning_rate_init,
            weight_decay=self.weight_decay,
            dropout=self.dropout,
            validation_fraction=self.validation_fraction,
            patience=self.n_iter_no_change,
            seed=_seed(self.random_state),
            task=self._task,
            kinds=dict(self.kinds or {}),
        )

    def _table(self, X: Any, *, reset: bool) -> Table:
        """Return X as a table, its names and number of columns checked as scikit-learn checks them."""
        table = as_table(X)
        _check_feature_names(self, X, reset=reset)
        _check_n_features(self, np.empty((0, len(table.names))) if isinstance(X, Table) else X, reset=reset)
        return table

    def _rows(self, X: Any, y: Any, *, reset: bool) -> tuple[Table, Column]:
        """Return X and y as a table and a column of equal length."""
        table, column = self._table(X, reset=reset), self._column(y)
        n = len(column.missing())
        if n != table.n_rows:
            raise ValueError(f"Found input variables with inconsistent numbers of samples: [{table.n_rows}, {n}]")
        return table, column

    def _column(self, y: Any) -> Column:
        if isinstance(y, Table):
            return y.columns[0]
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        y = column_or_1d(y, warn=True)
        if np.asarray(y).dtype.kind == "f":
            assert_all_finite(y, input_name="y")
        return as_column(y)

    def _predicting(self, X: Any) -> Table:
        """Return X as a table that the model can take."""
        check_is_fitted(self)
        return self._table(X, reset=False)


class SeleniteClassifier(ClassifierMixin, _Selenite):  # type: ignore[misc]
    """A neural network that classifies the rows of a raw table.

    Takes text, gaps, dates and numbers as they are: each column's kind is found, categories become indicators, numbers
    are scaled robustly, gaps get the median and an indicator. The epoch with the lowest loss on held-out rows is kept.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int
        Units of each hidden layer; an empty one makes a linear model.
    activation : str
        Of the hidden layers.
    loss : str
        "auto" is log_loss.
    learning_rate_init : float
        The highest rate of the one-cycle schedule.
    batch_size : int or "auto"
        "auto" is a 40th of the rows, from 32 to 256.
    max_iter : int
        The most epochs.
    dropout, weight_decay : float
        Of the hidden units, and of AdamW.
    validation_fraction : float
        Share of the rows held out to choose the best epoch.
    n_iter_no_change : int
        Stop after more than this many epochs without a lower validation loss.
    kinds : mapping, optional
        The kind of some columns ("number", "category", "yes/no", "date", "identifier", "constant"), by name.
    random_state : int, RandomState or None
        The same int gives the same model.
    backend : str, optional
        Who does the arithmetic.

    Attributes
    ----------
    model_ : Model
        Network, parameters and schema; what `save` writes.
    classes_ : array of shape (n_classes,)
    history_ : History
        Loss, validation loss, gradient norm, rate and seconds per epoch.
    best_epoch_, n_iter_ : int
        The epoch kept, counted from 1, and the number run.
    stopped_by_ : str
        "epochs", "patience", "interrupt", "callback" or "diverged".

    Examples
    --------
    >>> import numpy as np
    >>> from selenite import SeleniteClassifier
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "same", "different")
    >>> classifier = SeleniteClassifier().fit(X, y)
    >>> classifier.predict([[1.0, 1.2], [-1.0, 0.9]]).tolist()
    ['same', 'different']
    """

    _task: Task = "classification"

    def _column(self, y: Any) -> Column:
        column = super()._column(y)
        if not isinstance(y, Table):
            check_classification_targets(y)
        return column

    def _learnt(self, fitted: Fitted) -> None:
        super()._learnt(fitted)
        self.classes_ = class_labels(fitted.model.target)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of each row, shape (n_rows,)."""
        table = self._predicting(X)
        return self.model_.predict(table)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, in the order of `classes_`: shape (n_rows, n_classes)."""
        table = self._predicting(X)
        return self.model_.predict_proba(table)


class SeleniteRegressor(RegressorMixin, _Selenite):  # type: ignore[misc]
    """A neural network that predicts a number from the rows of a raw table.

    The target is scaled for training and predictions are scaled back. Parameters and attributes are those of
    `SeleniteClassifier`, but for `classes_`; "auto" is the loss squared_error, and absolute_error, huber, quantile
    and poisson are there, "huber(1.5)" and "quantile(0.9)" with their number.

    Examples
    --------
    >>> import numpy as np
    >>> from selenite import SeleniteRegressor
    >>> X = np.random.default_rng(0).uniform(-2, 2, size=(500, 1))
    >>> regressor = SeleniteRegressor().fit(X, X[:, 0] ** 2)
    >>> bool(abs(regressor.predict([[1.5]])[0] - 2.25) < 0.2)
    True
    """

    _task: Task = "regression"

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the predicted number of each row, shape (n_rows,)."""
        table = self._predicting(X)
        return self.model_.predict(table)


def _seed(random_state: int | np.random.RandomState | None) -> int:
    """Return the seed that a random_state stands for."""
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))


def _name(y: Any) -> str:
    """Return what the target is called."""
    name = y.names[0] if isinstance(y, Table) else getattr(y, "name", None)
    return "target" if name is None else str(name)
