"""The two estimators for raw tables, in scikit-learn's dialect."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from math import inf
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import assert_all_finite, check_random_state, estimator_html_repr
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
)

from selenite.backend import Backend
from selenite.errors import OptionError
from selenite.fitting.ensemble import Fitted, fit_model, rows_that_count
from selenite.fitting.plan import Preset, Settings
from selenite.model import Model
from selenite.table import (
    Column,
    ColumnSchema,
    Kind,
    Table,
    Task,
    as_column,
    as_table,
    categorical_columns,
    class_labels,
    encode_target,
    learn_target,
)
from selenite.table.audit import undeclared
from selenite.table.grouping import grouping_of
from selenite.table.kinds import known_of
from selenite.table.suspects import suspects, suspects_of_target
from selenite.training import Callback, History, Training
from selenite.types import AnyArray, Array, Floats

MOST_SEED = 2**63 - 1
MOST_MEMBERS = 1_000_000
_COUNT = Interval(Integral, 1, 2**63 - 1, closed="both")  # as many as the kernel counts


class _Selenite(BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share."""

    _task: Task
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", None],
        "activation": [str],
        "members": [Interval(Integral, 1, MOST_MEMBERS, closed="both"), None],
        "time_limit": [Real, None],
        "loss": [str],
        "learning_rate_init": [Real, None],
        "batch_size": [StrOptions({"auto"}), _COUNT],
        "max_iter": [_COUNT, None],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "n_iter_no_change": [_COUNT],
        "kinds": [Mapping, None],
    }

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | None = None,
        activation: str = "relu",
        *,
        preset: Preset = "balanced",
        members: int | None = None,
        time_limit: float | None = None,
        loss: str = "auto",
        learning_rate_init: float | None = None,
        batch_size: int | str = "auto",
        max_iter: int | None = None,
        dropout: float = 0.1,
        weight_decay: float = 0.02,
        n_iter_no_change: int = 20,
        kinds: Mapping[str, Kind] | None = None,
        random_state: int | np.random.RandomState | None = 0,
        backend: str | Backend | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.preset = preset
        self.members = members
        self.time_limit = time_limit
        self.loss = loss
        self.learning_rate_init = learning_rate_init
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.n_iter_no_change = n_iter_no_change
        self.kinds = kinds
        self.random_state = random_state
        self.backend = backend

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        time_column: str | None = None,
        validation_set: tuple[Any, Any] | None = None,
        callbacks: Sequence[Callback] = (),
        record: bool = False,
    ) -> Self:
        """Learn the table's columns, then train an ensemble of networks on them.

        Parameters
        ----------
        X : DataFrame (pandas, polars, Arrow), array, sparse matrix or Table, of shape (n_rows, n_columns)
            Numbers, text, booleans and dates, gaps included. A duration is its seconds, a period its first moment.
        y : array-like of shape (n_rows,), or Table of one column
            The column to predict.
        sample_weight : array-like of shape (n_rows,), optional
            How much each row counts; one of weight 0, or of so little beside the heaviest that float32 does not hold
            it (1e-38 of it), is as if it were not there.
        groups : str or array-like of shape (n_rows,), optional
            What rows belong to, such as a patient: the name of a column of X, which is then not learnt from (though
            rows to predict have it, too), or a value for each row. Rows of one group train a member or judge it, never
            both.
        time_column : str, optional
            The column of X that says when a row was made: members are judged by stretches of time.
        validation_set : (X, y), optional
            Rows of your own to choose the best epochs by, instead of rows that each member holds out.
        callbacks : sequence of selenite.training.Callback
            Told when training begins, goes on and ends; then again where wider networks are trained.
        record : bool
            Keep the rows and a few snapshots: `history_.at(epoch)` then gives the first member's parameters after any
            epoch, bit for bit, and `trainings_[k].history.at(epoch)` another's. They are the network's as it trained;
            in `model_` the output layer is divided by `model_.recipe.temperature`.

        Returns
        -------
        self
        """
        self._validate_params()
        begun = time.perf_counter()
        with _unchanged_by_failure(self):
            table, column = self._rows(X, y, reset=True)
            settings = self._settings()
            kinds: dict[str, Kind | ColumnSchema] = dict.fromkeys(categorical_columns(X, table), "category")
            kinds = known_of(
                kinds | dict(settings.kinds), groups if isinstance(groups, str) else None, time_column, table
            )
            settings = replace(settings, kinds=kinds)
            fitted = fit_model(
                table,
                column,
                _name(y),
                settings,
                sample_weight=self._weights(column, sample_weight, X),
                grouping=grouping_of(table, column, groups, time_column),
                validation=None if validation_set is None else self._rows(*_pair(validation_set), reset=False),
                callbacks=callbacks,
                backend=self.backend,
                record=record,
                begun=begun,
            )
            self._learnt(fitted)
        if not isinstance(X, Table):  # whose reader tells these things
            for notice in (
                *table.notices,
                *undeclared(table, self.model_.schema, kinds),
                *self._suspects(table, column),
            ):
                warnings.warn(notice, stacklevel=2)
            if self.stopped_by_ == "interrupt":
                warnings.warn("Training interrupted by user.", stacklevel=2)
        return self

    def _suspects(self, table: Table, column: Column) -> list[str]:
        """Return what is suspicious about single values of the table and of the target."""
        found = [suspects(known, table[known.name], in_python=True) for known in self.model_.schema.columns]
        target = self.model_.target
        found.append(suspects_of_target(column, target.name, target.task == "regression", in_python=True))
        return [message for _, _, message in chain.from_iterable(found)]

    def _weights(self, column: Column, sample_weight: Any, X: Any) -> Floats | None:
        """Return the weight of each row, or None where all count alike."""
        if sample_weight is None:
            return None
        given = X if hasattr(X, "shape") else np.empty((len(column.missing()), 0))
        weight: Floats = _check_sample_weight(sample_weight, given, dtype=np.float64, ensure_non_negative=True)
        return weight

    def _learnt(self, fitted: Fitted) -> None:
        """Keep what fit has made."""
        self.model_: Model = fitted.model
        self.trainings_: list[Training] = fitted.trainings
        self.history_: History = fitted.trainings[0].history
        self.best_epoch_: int = fitted.trainings[0].best_epoch
        self.n_iter_: int = max(1, *(len(training.history) for training in fitted.trainings))
        self.stopped_by_: str = fitted.model.recipe.ended
        self.cut_short_: bool = fitted.cut_short

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to one file, which `selenite.load` opens without scikit-learn."""
        check_is_fitted(self)
        self.model_.save(path)

    def __str__(self) -> str:
        return f"{self!r}\n{self.model_}" if hasattr(self, "model_") else repr(self)

    def _html_repr(self) -> str:
        """Return what a notebook shows: the parameters, and once fitted the network."""
        parameters: str = estimator_html_repr(self)
        return parameters + self.model_._repr_html_() if hasattr(self, "model_") else parameters

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.sparse = True
        tags.input_tags.categorical = True
        tags.target_tags.required = True
        return tags

    def _settings(self) -> Settings:
        if self.learning_rate_init is not None and not 0 < self.learning_rate_init < inf:
            raise OptionError(f"learning_rate_init={self.learning_rate_init} must be a number above 0")
        return Settings(
            preset=self.preset,
            members=self.members,
            hidden=None if self.hidden_layer_sizes is None else _sizes(self.hidden_layer_sizes),
            activation=self.activation,
            loss=self.loss,
            epochs=self.max_iter,
            batch_size=None if isinstance(self.batch_size, str) else self.batch_size,
            learning_rate=self.learning_rate_init,
            weight_decay=self.weight_decay,
            dropout=self.dropout,
            patience=self.n_iter_no_change,
            seed=_seed(self.random_state),
            time_limit=self.time_limit,
            task=self._task,
            kinds=dict(self.kinds or {}),
        )

    def _table(self, X: Any, *, reset: bool) -> Table:
        """Return X as a table, its names and number of columns checked as scikit-learn checks them.

        Names that differ are refused; where X has none, or what was fitted on had none, columns go by position.
        """
        table = as_table(X)
        if reset:
            table.require_rows()
            _check_feature_names(self, X, reset=True)
            if isinstance(X, Table):
                self.feature_names_in_ = np.array(table.names, dtype=object)
            self.n_features_in_, self._names = len(table.names), table.names
        elif not isinstance(X, Table):  # whose columns the schema finds by name
            _check_feature_names(self, X, reset=False)
            _check_n_features(self, X, reset=False)
            table = replace(table, names=self._names)
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
        flat = column_or_1d(y, warn=True)
        if np.asarray(flat).dtype.kind == "f":
            assert_all_finite(flat, input_name="y")
        return as_column(y if hasattr(y, "to_numpy") else flat)  # a Series knows types that NumPy does not

    def _predicting(self, X: Any) -> Table:
        """Return X as a table that the model can take."""
        check_is_fitted(self)
        return self._table(X, reset=False)


class SeleniteClassifier(ClassifierMixin, _Selenite):  # type: ignore[misc]
    """Neural networks that classify the rows of a raw table.

    Takes text, gaps, dates and numbers as they are: each column's kind is found, categories become indicators, numbers
    enter by size, by rank and as waves, gaps get an indicator. Several networks are trained, each with other rows held
    out to choose its best epoch, and their mean probability predicts.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, optional
        Units of each hidden layer; an empty one makes a linear model. None is the preset's choice; "balanced" trains
        networks of 128 and 64, and where those still get better in the second half of their epochs, anew of 256 and 128
        (64 beyond 50 inputs).
    activation : str
        Of the hidden layers.
    preset : {"balanced", "fast", "best"}
        "fast" trains one network, "balanced" six, "best" sixteen that are twice as wide.
    members : int, optional
        How many networks, instead of the preset's choice.
    time_limit : float, optional
        Seconds that fitting may take: epochs, members and at last rows are given up to keep it.
    loss : str
        "auto" is log_loss.
    learning_rate_init : float, optional
        The highest rate of the one-cycle schedule; None is 0.008, 0.004 from 2,000 rows on, 0.03 without hidden layers.
    batch_size : int or "auto"
        "auto" is a 320th of the rows, from 32 to 256.
    max_iter : int, optional
        The most epochs, instead of the preset's choice.
    dropout, weight_decay : float
        Of the hidden units, and of AdamW.
    n_iter_no_change : int
        Stop after more than this many epochs without a lower validation loss.
    class_weight : dict, "balanced" or None
        Weights of the classes; "balanced" weighs each class alike. Probabilities are then those of such a mixture.
    kinds : mapping, optional
        The kind of some columns ("number", "category", "yes/no", "date", "identifier", "constant"), by name.
    random_state : int, RandomState or None
        The same int gives the same model.
    backend : str, optional
        Who does the arithmetic.

    Attributes
    ----------
    model_ : Model
        Network, parameters of each member and schema; what `save` writes.
    classes_ : array of shape (n_classes,)
    trainings_ : list of Training
        How each member's training went.
    history_ : History
        Loss, validation loss, gradient norm, rate and seconds per epoch, of the first member.
    best_epoch_, n_iter_ : int
        The epoch kept of the first member, counted from 1, and the most that were run.
    stopped_by_ : str
        "epochs", "patience", "time", "interrupt", "callback" or "diverged".
    cut_short_ : bool
        Whether `time_limit` left fewer rows, members or epochs than were asked for.

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
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **_Selenite._parameter_constraints,
        "class_weight": [Mapping, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | None = None,
        activation: str = "relu",
        *,
        preset: Preset = "balanced",
        members: int | None = None,
        time_limit: float | None = None,
        loss: str = "auto",
        learning_rate_init: float | None = None,
        batch_size: int | str = "auto",
        max_iter: int | None = None,
        dropout: float = 0.1,
        weight_decay: float = 0.02,
        n_iter_no_change: int = 20,
        class_weight: Mapping[Any, float] | str | None = None,
        kinds: Mapping[str, Kind] | None = None,
        random_state: int | np.random.RandomState | None = 0,
        backend: str | Backend | None = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes,
            activation,
            preset=preset,
            members=members,
            time_limit=time_limit,
            loss=loss,
            learning_rate_init=learning_rate_init,
            batch_size=batch_size,
            max_iter=max_iter,
            dropout=dropout,
            weight_decay=weight_decay,
            n_iter_no_change=n_iter_no_change,
            kinds=kinds,
            random_state=random_state,
            backend=backend,
        )
        self.class_weight = class_weight

    def _weights(self, column: Column, sample_weight: Any, X: Any) -> Floats | None:
        given = super()._weights(column, sample_weight, X)
        if self.class_weight is None:
            return given
        if isinstance(self.class_weight, Mapping) and not all(weight >= 0 for weight in self.class_weight.values()):
            raise OptionError(f"class_weight={self.class_weight!r} must hold numbers from 0 on")
        target = learn_target(column, "target", "classification")
        labels = class_labels(target)[encode_target(target, column)]
        given = np.ones(len(labels)) if given is None else given
        counting, weight = rows_that_count(given), np.zeros(len(labels))  # only these are counted to balance classes
        weight[counting] = compute_sample_weight(self.class_weight, labels[counting]) * given[counting]
        return weight

    def _column(self, y: Any) -> Column:
        column = super()._column(y)
        if not isinstance(y, Table) and not column.missing().any():  # `learn_target` says more of gaps
            check_classification_targets(y)
        return column

    def _learnt(self, fitted: Fitted) -> None:
        super()._learnt(fitted)
        self.classes_ = class_labels(fitted.model.target)

    def predict(self, X: Any) -> AnyArray:
        """Return the most probable class of each row, shape (n_rows,)."""
        table = self._predicting(X)
        return self.model_.predict(table)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, in the order of `classes_`: shape (n_rows, n_classes)."""
        table = self._predicting(X)
        return self.model_.predict_proba(table)

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of `predict_proba`."""
        return np.log(self.predict_proba(X))


class SeleniteRegressor(RegressorMixin, _Selenite):  # type: ignore[misc]
    """Neural networks that predict a number from the rows of a raw table.

    The target is scaled for training and predictions are scaled back; of positive numbers that are products, such as
    prices, the logarithm is learned where that is clearly better on rows held out: `model_.target_transform` is then
    "log", and no prediction is below 0. One or two networks try it only where else a prediction would be.

    Parameters and attributes are those of `SeleniteClassifier`, but for `class_weight` and `classes_`; "auto" is the
    loss squared_error, and absolute_error, huber, quantile and poisson are there, "huber(1.5)" and "quantile(0.9)" with
    their number.

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

    def predict(self, X: Any, *, quantiles: Sequence[float] | None = None) -> Floats:
        """Return the predicted number of each row, shape (n_rows,).

        With `quantiles`, such as (0.05, 0.95), return those instead, shape (n_rows, n_quantiles): between these two
        lies an interval that covers 90 % of new answers where new rows are like the old.
        """
        table = self._predicting(X)
        return self.model_.predict(table, quantiles=quantiles)


@contextmanager
def _unchanged_by_failure(estimator: _Selenite) -> Iterator[None]:
    """Leave an estimator as it was before where fitting it fails or is interrupted."""
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        estimator.__dict__ = before
        raise


def _pair(validation_set: Any) -> tuple[Any, Any]:
    """Return rows to validate by and their answers."""
    if not isinstance(validation_set, tuple | list) or len(validation_set) != 2:
        raise OptionError(f"validation_set must be a pair (X, y), not {type(validation_set).__name__}")
    X, y = validation_set
    return X, y


def _sizes(hidden_layer_sizes: Sequence[int]) -> tuple[int, ...]:
    """Return the hidden layers' sizes, whole numbers from 1 on."""
    if not all(isinstance(size, Integral) and size >= 1 for size in hidden_layer_sizes):
        raise OptionError(
            f"hidden_layer_sizes={hidden_layer_sizes!r} must be whole numbers, at least 1, such as (128, 64), "
            "or () for none"
        )
    return tuple(int(size) for size in hidden_layer_sizes)


def _seed(random_state: int | np.random.RandomState | None) -> int:
    """Return the seed that a random_state stands for."""
    if isinstance(random_state, (int, np.integer)):
        if not 0 <= random_state <= MOST_SEED:
            raise OptionError(f"the seed {random_state} must lie between 0 and {MOST_SEED}")
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))


def _name(y: Any) -> str:
    """Return what the target is called."""
    name = as_table(y).names[0] if hasattr(y, "columns") else getattr(y, "name", None)
    return "target" if name is None else str(name)
