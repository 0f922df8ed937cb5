"""What the two estimators for raw tables share: scikit-learn's dialect in, the engine's words out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from itertools import chain
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import estimator_html_repr
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    _check_sample_weight,
    check_is_fitted,
)

from selenite.backend import Backend
from selenite.errors import DriftWarning, OptionError
from selenite.estimators.frames import FramesOut
from selenite.estimators.tables.chosen import with_chosen
from selenite.estimators.tables.continuing import continued
from selenite.estimators.tables.hindsight import Hindsight
from selenite.estimators.tables.keeping import Keeping, digits_of
from selenite.estimators.tables.parameters import (
    answers_given,
    chosen_of,
    name_of,
    pair_of,
    settings_of,
    with_categories,
)
from selenite.estimators.tables.pieces import InPieces
from selenite.estimators.tables.running import running, threads, unchanged_by_failure
from selenite.fitting.budget import countdown
from selenite.fitting.encoded import Encoded, TrainingTable, encode_rows
from selenite.fitting.ensemble import Fitted, fit_model
from selenite.fitting.incremental import Incremental
from selenite.fitting.large import look_over
from selenite.fitting.retraining import possible_rounds
from selenite.model import Model, Settings
from selenite.model.loading import model_of
from selenite.model.settings import Preset
from selenite.table import (
    Answers,
    Kind,
    Table,
    Target,
    Task,
    as_table,
    categorical_columns,
    columns_of,
    declared_categories,
)
from selenite.table.audit import undeclared
from selenite.table.grouping import grouping_of
from selenite.table.kinds import known_of
from selenite.table.limits import LARGE
from selenite.table.suspects import suspects, suspects_of_target
from selenite.training import Callback, History, Training
from selenite.types import Floats

MOST_MEMBERS = 1_000_000
_COUNT = Interval(Integral, 1, 2**63 - 1, closed="both")  # as many as the kernel counts


@dataclass(eq=False, repr=False)
class Selenite(FramesOut, Hindsight, BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share; their parameters are the fields."""

    hidden_layer_sizes: int | Sequence[int] | None = None
    activation: str | Sequence[str] = "relu"
    _: KW_ONLY
    preset: Preset = "balanced"
    members: int | None = None
    time_limit: float | None = None
    loss: str = "auto"
    learning_rate_init: float | None = None
    batch_size: int | str = "auto"
    max_iter: int | None = None
    dropout: float = 0.1
    weight_decay: float | None = None
    n_iter_no_change: int = 20
    kinds: Mapping[str, Kind] | None = None
    drop: Sequence[str] | None = None
    only: Sequence[str] | None = None
    monotone: Mapping[str, int] | None = None
    known_rows: bool = True
    shards: int | None = None
    metric: str | Callable[[Any, Any], float] | None = None
    random_state: int | np.random.RandomState | None = 0
    backend: str | Backend | None = None
    n_jobs: int | None = None
    verbose: bool = False

    _task: ClassVar[Task]
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", _COUNT, None],
        "activation": [str, "array-like"],
        "members": [Interval(Integral, 1, MOST_MEMBERS, closed="both"), None],
        "time_limit": [Real, None],
        "loss": [str],
        "learning_rate_init": [Real, None],
        "batch_size": [StrOptions({"auto"}), _COUNT],
        "max_iter": [_COUNT, None],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left"), None],
        "n_iter_no_change": [_COUNT],
        "kinds": [Mapping, None],
        "drop": ["array-like", None],
        "only": ["array-like", None],
        "monotone": [Mapping, None],
        "known_rows": ["boolean"],
        "n_jobs": [Interval(Integral, None, -1, closed="right"), _COUNT, None],
        "verbose": ["verbose"],
        "shards": [_COUNT, None],
        "metric": [str, callable, None],
    }

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
        init_model: Any = None,
        checkpoint: str | PathLike[str] | None = None,
        resume: str | PathLike[str] | None = None,
    ) -> Self:
        """Learn the table's columns, then train an ensemble of networks on them.

        Parameters
        ----------
        X : DataFrame (pandas, polars, Arrow), array, sparse matrix or Table, of shape (n_rows, n_columns); or a source
            Numbers, text, booleans and dates, gaps included. A duration is its seconds, a period its first moment. A
            source is what `selenite.table.pieces_of` takes, with `y` one of its columns: a path, a pyarrow Dataset, an
            iterable of frames. Of more than 262,144 rows most are kept as numbers on the disk while it is fitted.
        y : array-like of shape (n_rows,) or (n_rows, n_targets), or Table; the name of the column for a source
            The column to predict; or several, all numbers or all of two classes, that share the hidden layers.
        sample_weight : array-like of shape (n_rows,), or the name of a column of the source, optional
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
            Keep the rows and a few checkpoints: `history_.at(epoch)` then gives the first member's parameters after any
            epoch, bit for bit, and `trainings_[k].history.at(epoch)` another's. They are the network's as it trained;
            in `model_` the output layer is divided by `model_.recipe.temperature`.
        init_model : Model or fitted estimator, optional
            Go on with its networks, by its columns and its target, on these rows, which should be new. Each network
            keeps its parameters where no epoch is better on the rows that it holds out. The optimizer begins anew: a
            model keeps parameters, not the optimizer's state (`partial_fit` keeps both). What it never saw before is
            told as a `DriftWarning`.
        checkpoint : path, optional
            A file that saves the fit as it goes, until it ends. If it is cut off, `resume` goes on from there.
        resume : path, optional
            The checkpoint of this fit, which was cut off. The model is that of a fit without the break, bit for bit.

        Returns
        -------
        self
        """
        self._validate_params()
        seconds_left = countdown(self.time_limit)
        with running(self, callbacks) as (callbacks, stages):
            group_column = groups if isinstance(groups, str) else None
            at_once = {"groups": groups is not group_column, "init_model": init_model is not None}
            together = [name for name, is_asked in at_once.items() if is_asked]
            given, declared = self._given(X, y, sample_weight, together, groups)
            validation = None if validation_set is None else self._rows(*pair_of(validation_set), reset=False)
            told: list[str] = []
            training: dict[str, Any] = {"callbacks": callbacks, "backend": self.backend, "record": record}
            beside = {"time_column": time_column, "groups": group_column}
            keeping = Keeping(self, checkpoint, resume, beside | {"record": record})
            if isinstance(given, InPieces):
                given, settings, encoded, digits = self._encoded_in_pieces(given, validation, **beside)
                stages.expect(*possible_rounds(settings, encoded.target))
                training["trainer"] = keeping.trained_by(settings, digits_of(given, digits))
                fitted = fit_model(encoded, settings, seconds_left, stages=stages, **training)
            else:
                table = given.features
                grouping = grouping_of(table, given.answers, groups, time_column)
                given = replace(given, grouping=grouping, validation=validation)
                given, settings = self._weighed(
                    given, settings_of(self, self._task, categorical_columns(declared, table))
                )
                known = known_of(settings.kinds, group_column, time_column, table)
                given = replace(given, known=known)
                training["trainer"] = keeping.trained_by(settings, digits_of(given, init_model=init_model))
                if init_model is None:
                    encoded = encode_rows(given, settings, seconds_left)
                    stages.expect(*possible_rounds(settings, encoded.target))
                    fitted = fit_model(encoded, settings, seconds_left, stages=stages, **training)
                else:
                    fitted, told = continued(model_of(init_model), given, settings, **training)
            self._learnt(fitted)
            keeping.end(self.stopped_by_)
            self._keep_rows(given, settings.seed)
            self.__dict__.pop("_incremental", None)  # what was learnt before is forgotten
        for note in told:
            warnings.warn(note, DriftWarning, stacklevel=2)
        if init_model is None and not isinstance(X, Table):  # whose reader tells these things
            for notice in self._notices(given):
                warnings.warn(notice, stacklevel=2)
        return self

    def _given(
        self, X: Any, y: Any, sample_weight: Any, together: Sequence[str], groups: Any
    ) -> tuple[TrainingTable | InPieces, Sequence[str]]:
        """Return the rows, in pieces where they are many, and the columns that are declared to be categories.

        `together` are the options, if any, that need all rows in memory.
        """
        drop, only = chosen_of(self, groups)
        if isinstance(y, str):
            rows = InPieces.of_source(X, y, sample_weight, drop, only)
            self._name_columns(tuple(name for name in rows.pieces.names if name not in (rows.answers, rows.weights)))
            if rows.pieces.n_rows <= LARGE:
                return rows.whole(), rows.declared
            if together:
                raise OptionError(
                    f"{together[0]} needs all rows in memory, and {rows.pieces.source} has "
                    f"{rows.pieces.n_rows:,}: give them as a frame X and a column y"
                )
            return rows, rows.declared
        X = with_chosen(X, drop, only)
        table, answers = self._rows(X, y, reset=True)
        declared = declared_categories(X, table)
        given = TrainingTable(table, answers, name_of(y), weight=self._weights(table, sample_weight, X))
        in_memory = together or table.n_rows <= LARGE or isinstance(answers, Table)
        return given if in_memory else InPieces.of_table(given, declared), declared

    def _encoded_in_pieces(
        self, rows: InPieces, validation: tuple[Table, Answers] | None, **together: Any
    ) -> tuple[TrainingTable, Settings, Encoded, str]:
        """Return the rows drawn of many, that stand for all, all as numbers, most on the disk, and their digits."""
        settings = settings_of(self, self._task)
        large = look_over(rows.pieces, rows.answers, settings, is_judged=False, weights=rows.weights, **together)
        drawn = replace(rows.features_of(large.sample), findings=rows.pieces.findings)
        kinds = with_categories(settings.kinds, categorical_columns(rows.declared, drawn))
        settings, large = replace(settings, kinds=kinds), replace(large, kinds=kinds)
        answers = large.sample[rows.answers]
        given = TrainingTable(
            drawn, answers, rows.target_name, known=large.known, target=large.target, validation=validation
        )
        given, settings = self._weighed(given, settings)
        own = None if validation is None else (validation[0], rows.named(validation[1]))
        encoded = large.encode(settings, own)
        encoded = replace(encoded, target=replace(encoded.target, name=rows.target_name))
        return given, settings, encoded, large.census.fingerprint

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, target: Target | None = None) -> Self:
        """Go once over rows, by columns as the first rows had them; a target is given where these do not show it."""
        self._validate_params()
        with unchanged_by_failure(self), threads(self.n_jobs):
            is_first = not hasattr(self, "model_")
            X = with_chosen(X, *chosen_of(self)) if is_first else self._known(X)
            table, answers = self._rows(X, y, reset=is_first)
            weight = self._weights(table, sample_weight, X)
            given = TrainingTable(table, answers, name_of(y), weight=weight, target=target)
            categories = categorical_columns(declared_categories(X, table), table)
            given, settings = self._weighed(given, settings_of(self, self._task, categories))
            if is_first:
                known = known_of(settings.kinds, None, None, table)
                self._incremental = Incremental.first(replace(given, known=known), settings)
            elif not hasattr(self, "_incremental"):  # after `fit`
                self._incremental = Incremental.after(self.model_, self.trainings_, settings)
            fitted, notes = self._incremental.learn(given, self.backend)
            self._learnt(fitted)
            self._keep_rows(given, settings.seed)
        for note in () if is_first else notes:
            warnings.warn(note, DriftWarning, stacklevel=3)
        return self

    def _notices(self, given: TrainingTable) -> list[str]:
        """Return what is to be known of the table, of single values in it and in the target, and of the training."""
        model, table, answers = self.model_, given.features, given.answers
        found = [suspects(column, table[column.name], in_python=True) for column in model.schema.columns]
        for column, name in zip(columns_of(answers), model.target.names, strict=True):
            found.append(suspects_of_target(column, name, self._task == "regression", in_python=True))
        findings = (*table.findings, *undeclared(table, model.schema, given.known), *chain.from_iterable(found))
        told = [finding.message for finding in findings]
        return [*told, "Training interrupted by user."] if self.stopped_by_ == "interrupt" else told

    def _weights(self, table: Table, sample_weight: Any, X: Any) -> Floats | None:
        """Return the weight of each row, or None where all count alike."""
        if sample_weight is None:
            return None
        shaped = X if hasattr(X, "shape") else np.empty((table.n_rows, 0))
        return _check_sample_weight(sample_weight, shaped, dtype=np.float64, ensure_non_negative=True)  # type: ignore[no-any-return]

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
        """Return what a notebook shows: the parameters, and once fitted the network and its loss."""
        parameters: str = estimator_html_repr(self)
        if not hasattr(self, "model_"):
            return parameters
        return parameters + self.model_._repr_html_() + self.history_._repr_html_()

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.sparse = True
        tags.input_tags.categorical = True
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags

    def _weighed(self, given: TrainingTable, settings: Settings) -> tuple[TrainingTable, Settings]:
        """Return the rows and the settings with what classes weigh."""
        return given, settings

    def _table(self, X: Any, *, reset: bool) -> Table:
        """Return X as a table, its names and number of columns checked as scikit-learn checks them.

        Names that differ are refused; where X has none, or what was fitted on had none, columns go by position.
        """
        X = X if reset else self._known(X)
        table = as_table(X)
        if reset:
            table.require_rows()
            if isinstance(X, Table):
                self._name_columns(table.names)
            else:
                _check_feature_names(self, X, reset=True)
                self.n_features_in_, self._names = len(table.names), table.names
        elif not isinstance(X, Table):  # whose columns the schema finds by name
            _check_feature_names(self, X, reset=False)
            _check_n_features(self, X, reset=False)
            table = replace(table, names=self._names)
        return table

    def _known(self, X: Any) -> Any:
        """Return rows without what was left out when the columns were learnt."""
        return with_chosen(X, *chosen_of(self), self._names)

    def _name_columns(self, names: tuple[str, ...]) -> None:
        """Remember the names of the columns that are learnt from."""
        self.feature_names_in_ = np.array(names, dtype=object)
        self.n_features_in_, self._names = len(names), names

    def _rows(self, X: Any, y: Any, *, reset: bool) -> tuple[Table, Answers]:
        """Return X and y as a table and answers of equal length."""
        table, answers = self._table(X, reset=reset), self._answers(y)
        n = len(columns_of(answers)[0].missing())
        if n != table.n_rows:
            raise ValueError(f"Found input variables with inconsistent numbers of samples: [{table.n_rows}, {n}]")
        return table, answers

    def _answers(self, y: Any) -> Answers:
        """Return y as a column, or of several targets as the table of theirs."""
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        return answers_given(y)

    def _predicting(self, X: Any) -> Table:
        """Return X as a table that the model can take."""
        check_is_fitted(self)
        return self._table(X, reset=False)
