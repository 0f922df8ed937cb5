"""What can be asked of a fitted estimator for raw tables: which columns matter, what went badly, any number's why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from selenite.estimators.tables.running import threads
from selenite.explanation.columns.importance import importance_of
from selenite.fitting.diagnosis import diagnose_members, rows_kept
from selenite.fitting.encoded import TrainingTable
from selenite.model import Model
from selenite.model.loading import model_of
from selenite.table import Table, columns_of, input_names
from selenite.training import Finding, Training
from selenite.types import AnyArray, Floats

if TYPE_CHECKING:
    from selenite.explanation.numbers.subject import Subject

Found = TypeVar("Found")
REPEATS = 5  # of the shuffles


class Hindsight:
    """A fitted estimator that keeps some rows, and is asked."""

    model_: Model
    trainings_: list[Training]
    n_jobs: int | None
    _names: tuple[str, ...]

    def _keep_rows(self, given: TrainingTable, seed: int) -> None:
        """Keep some of the rows that were fitted to."""
        kept = rows_kept(given, seed)
        self._rows_kept = kept.features, kept.answers, kept.weight
        self.__dict__.pop("_importances", None)

    @property
    def feature_importances_(self) -> Floats:
        """How much each column matters, shape (n_features_in_,): shares that add up to 1.

        By how much the loss grows where the column is shuffled (permutation importance, mean of 5 shuffles), on at most
        1,000 of the rows fitted to, which the estimator keeps; `save` does not write them. Computed when first asked
        for, then kept; of several targets, the mean of the shares for each. A column that is not learnt from, or does
        not help, has 0. `selenite explain` does it on rows of yours, in the loss's unit.
        """
        check_is_fitted(self)
        if "_importances" not in self.__dict__:
            features, answers, _ = self._rows_kept
            total = np.zeros(len(self._names))
            for model, column in zip(self.model_.each, columns_of(answers), strict=True):
                found = importance_of(model, features, column, repeats=REPEATS)
                growth = {one.column: max(one.mean, 0.0) for one in found}
                shares = np.array([growth.get(name, 0.0) for name in self._names])
                total += shares / shares.sum() if shares.any() else shares
            self._importances = total / total.sum() if total.any() else total
        return self._importances

    def get_feature_names_out(self, input_features: Any = None) -> AnyArray:
        """Return what each input of the networks is called: what the columns become, such as "age" and "pet = cat".

        Parameters
        ----------
        input_features : ignored
            Columns are named in `feature_names_in_`.
        """
        check_is_fitted(self)
        return np.array(input_names(self.model_.schema), dtype=object)

    def diagnose(self) -> list[Finding]:
        """Return what went badly in the last fit: each finding with its evidence and one remedy; empty if nothing.

        Looked at are the curves of all networks, and their units on at most 1,000 of the rows fitted to.
        """
        check_is_fitted(self)
        return diagnose_members(self.model_, self.trainings_, *self._rows_kept)

    def question(self, X: Any, y: Any = None, row: int | None = None) -> Subject:
        """Return the model and some rows: what `selenite.why` asks.

        Parameters
        ----------
        X, y : as for `fit`; y may be left out
        row : int, optional
            The row that is asked about, counted from 1; only this one is encoded.

        Returns
        -------
        selenite.explanation.numbers.subject.Subject
        """
        from selenite.explanation.numbers.subject import subject_of

        table = self._predicting(X)
        return subject_of(model_of(self), table, y, row=row)

    def _predicting(self, X: Any) -> Table:
        """Return X as a table that the model can take."""
        raise NotImplementedError

    def _said_of(self, X: Any, by: Callable[[Model, Table], Found]) -> Found:
        """Return what the model says of X, by one of its methods, on as many threads as are asked for."""
        table = self._predicting(X)
        with threads(self.n_jobs):
            return by(self.model_, table)
