"""A fitted perceptron: its parameters in one piece and in many, what its network gives, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from selenite import backend as backends
from selenite.estimators.mlp.checking import dense
from selenite.nn import Network, Optimizer
from selenite.nn.epoch import mean_loss
from selenite.nn.initializers import require_room
from selenite.nn.random import EXPLAIN, permutation
from selenite.table.schema import Target
from selenite.training import TrainingRows
from selenite.types import Array, Floats

if TYPE_CHECKING:
    from selenite.explanation.numbers.subject import Subject

MOST_ROWS_KEPT, REPEATS = 1000, 5  # of those trained on; shuffles of each feature


def drawn(network: Network, stream: np.random.RandomState, dtype: Any) -> Array:
    """Return parameters as scikit-learn draws them: uniform within √(6 / (n_in + n_out)), 2 for logistic."""
    require_room(network, dtype)
    flat = np.empty(network.n_parameters, dtype)
    names = (*network.activations[:-1], *network.activations[-2:-1])  # the output's as the last hidden
    pairs = zip(network.weights(flat), network.bias_vectors(flat), strict=True)
    for l, (weights, biases) in enumerate(pairs):
        factor = 2.0 if names and names[l] == "logistic" else 6.0
        bound = np.sqrt(factor / sum(weights.shape))
        weights[:] = stream.uniform(-bound, bound, weights.shape)
        if biases is not None:
            biases[:] = stream.uniform(-bound, bound, biases.shape)
    return flat


class FittedPerceptron(BaseEstimator):  # type: ignore[misc]
    """An estimator with one flat vector, of which `coefs_` and `intercepts_` are views."""

    _network: Network
    _flat: Array

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Take up `coefs_` and `intercepts_`, whoever set them, and show them again in the end."""
        self._flat = self._packed()
        try:
            yield
        finally:
            self._show_parameters()

    def _show_parameters(self) -> None:
        """Make `coefs_` and `intercepts_` views of the flat vector."""
        self.coefs_ = self._network.weights(self._flat)
        self.intercepts_ = self._network.bias_vectors(self._flat)
        self._shown = (*self.coefs_, *self.intercepts_)

    def _packed(self) -> Array:
        """Return the flat vector, made anew if somebody has put other arrays into `coefs_` or `intercepts_`."""
        given = (*self.coefs_, *self.intercepts_)
        shown = self.__dict__.get("_shown", ())
        if len(shown) == len(given) and all(map(lambda a, b: a is b, given, shown)):
            flat: Array = self._flat
            return flat
        arrays: list[Any] = [array for pair in zip(self.coefs_, self.intercepts_, strict=True) for array in pair]
        return np.concatenate([np.ravel(array) for array in arrays])

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__().copy()
        if "_shown" in state:
            state["_flat"] = self._packed()
            del state["_shown"]
        return dict(state)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_flat" in state:
            self._show_parameters()

    def _output(self, X: Any) -> Array:
        """Return what the network gives, shape (n_samples, n_outputs)."""
        parameters, rows = self._ready(X)
        threads = self.n_threads
        with nullcontext() if threads is None else backends.limit_threads(threads):
            return backends.get().predict(self._network, parameters, rows)

    def _ready(self, X: Any) -> tuple[Array, Array]:
        """Return the parameters and the rows, checked as scikit-learn checks them, in one type."""
        known = self.__dict__
        if "coefs_" not in known:
            check_is_fitted(self)
        plain = (
            type(X) is np.ndarray
            and X.ndim == 2
            and X.dtype.kind == "f"
            and X.shape[1] == known["n_features_in_"]
            and len(X) > 0
            and "feature_names_in_" not in known
            and bool(np.isfinite(X).all())
        )
        if not plain:
            X = dense(validate_data(self, X, accept_sparse=["csr", "csc"], reset=False))
        parameters = self._packed()
        if "_network" not in known:
            raise ValueError("coefs_ were set by hand: call fit or partial_fit before predicting")
        dtype = parameters.dtype if X.dtype.kind != "f" else np.result_type(parameters.dtype, X.dtype)
        dtype = np.dtype(np.float64) if dtype == np.float16 else dtype
        return parameters.astype(dtype, copy=False), np.ascontiguousarray(X, dtype)

    def _keep_rows(self, rows: TrainingRows) -> None:
        """Keep some of the rows that were trained on, to be asked about."""
        n = len(rows.X)
        self._rows_kept = rows.take(np.sort(permutation(0, n, EXPLAIN)[:MOST_ROWS_KEPT]))

    @property
    def feature_importances_(self) -> Floats:
        """How much each feature matters, shape (n_features_in_,): shares that add up to 1.

        By how much the loss grows where the feature is shuffled (permutation importance, mean of 5 shuffles), on at
        most 1,000 of the rows trained on, which the estimator keeps. Computed when asked for; 0 where a feature does
        not help.
        """
        check_is_fitted(self)
        rows, parameters = self._rows_kept, self._packed()

        def loss(X: Array) -> float:
            return mean_loss(self._network, parameters, X, rows.Y, rows.weight)

        least, found = loss(rows.X), np.zeros(rows.X.shape[1])
        for feature in range(len(found)):
            shuffled = rows.X.copy()
            for repeat in range(REPEATS):
                shuffled[:, feature] = rows.X[permutation(0, len(rows.X), EXPLAIN, repeat, feature), feature]
                found[feature] += (loss(shuffled) - least) / REPEATS
        found = np.maximum(found, 0.0)
        return found / found.sum() if found.any() else found

    def question(self, X: Any, y: Any = None, row: int | None = None) -> Subject:
        """Return the network, its penalty and its optimizer where it stands, with some rows: what `selenite.why` asks.

        Parameters
        ----------
        X, y : as for `fit`; y may be left out
        row : int, optional
            The row that is asked about, counted from 1.

        Returns
        -------
        selenite.explanation.numbers.subject.Subject
        """
        from selenite.explanation.numbers.subject import Subject

        parameters, rows = self._ready(X)
        Y = None if y is None else np.asarray(self._validation(X, y)[1], dtype=rows.dtype)
        names = getattr(self, "feature_names_in_", [f"x{i}" for i in range(rows.shape[1])])
        running = getattr(self, "_optimizer", None)
        classes = getattr(self, "classes_", ())
        target = None
        if self._network.activations[-1] == "softmax" or (len(classes) == 2 and self._network.n_outputs == 1):
            target = Target("target", "classification", tuple(str(label) for label in classes))
        left_out = [f"training's dropout {self.dropout:g}"] * (self.dropout > 0)
        left_out += ["class weights"] * (getattr(self, "class_weight", None) is not None)
        subject = Subject(
            self._network,
            parameters[None],
            rows,
            Y,
            tuple(str(name) for name in names),
            tuple(range(1, len(rows) + 1)),
            Optimizer() if running is None else running.optimizer,
            None if running is None else running.state,
            l2=float(self.alpha),
            left_out="; ".join([*left_out, "sample weights, if fit was given any"]),
            target=target,
        )
        return subject if row is None else subject.only([subject.row(row)])
