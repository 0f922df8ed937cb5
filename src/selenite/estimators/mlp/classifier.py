"""`MLPClassifier`, in place of scikit-learn's: nothing else changes in the user's program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from math import log
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels

from selenite.estimators.mlp.base import MLP, TARGET
from selenite.estimators.mlp.checking import checked
from selenite.table import as_column, as_probabilities
from selenite.table.schema import Target
from selenite.table.target import learn_target
from selenite.types import AnyArray, Array


@dataclass(eq=False, repr=False)
class MLPClassifier(ClassifierMixin, MLP):  # type: ignore[misc]
    """Multi-layer perceptron classifier: scikit-learn's, with the same numbers, faster, and with more to choose from.

    Everything that `sklearn.neural_network.MLPClassifier` has, with the same meaning and defaults; the same
    `random_state` gives the same initial weights, order of rows, stopping and, to rounding, the same result.
    The parameters from `loss` on are selenite's own.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of each hidden layer; an empty one makes a linear model.
    activation : str or sequence of str, default='relu'
        Of the hidden layers, one name for all or one each: any of `selenite.nn.ACTIVATIONS` but exp and softmax.
    solver : {'adam', 'sgd', 'lbfgs', 'adamw', 'lm'}, default='adam'
        'lm' is Levenberg-Marquardt, for small networks with loss='squared_error'.
    alpha : float, default=0.0001
        Strength of the L2 penalty on the weights, which is divided by the number of rows.
    batch_size : int or 'auto', default='auto'
        'auto' is min(200, n_samples).
    learning_rate : {'constant', 'invscaling', 'adaptive'}, default='constant'
        How the rate of 'sgd' changes.
    learning_rate_init : float, default=0.001
    power_t : float, default=0.5
        Exponent of 'invscaling'.
    max_iter : int, default=200
        The most epochs, or iterations.
    shuffle : bool, default=True
    random_state : int, RandomState or None, default=None
    tol : float, default=1e-4
        A gain below it does not count.
    verbose : bool, default=False
        Print each epoch; on a terminal in one line.
    warm_start : bool, default=False
    momentum, nesterovs_momentum : float and bool, default=0.9 and True
        Of 'sgd'.
    early_stopping : bool, default=False
        Put rows aside, stop by their score and keep the best epoch.
    validation_fraction : float, default=0.1
    beta_1, beta_2, epsilon : float, default=0.9, 0.999 and 1e-8
        Of 'adam' and 'adamw'.
    n_iter_no_change : int, default=10
    max_fun : int, default=15000
        The most evaluations of 'lbfgs'.
    loss : str, default='log_loss'
        For two classes and multi-label also 'squared_error', 'absolute_error' and 'huber'.
    class_weight : dict, 'balanced' or None, default=None
        Weights of the classes; 'balanced' weighs each class alike.
    dropout : float, default=0.0
        Share of hidden units silenced in training.
    weight_decay : float, default=0.01
        Of 'adamw'.
    restarts : int, default=1
        How many starts are trained at once; the best is kept: by the loss on validation rows if there are any, else by
        the training loss. `restart_losses_` holds the spread. Stops by loss, not by score.
    dtype : {'float32', 'float64'} or None, default=None
        In which to compute; None is that of X.
    n_threads : int or None, default=None
        The most threads; None is all.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    coefs_, intercepts_ : list of arrays
        Weights (n_in, n_out) and biases (n_out,) of each layer.
    loss_, best_loss_ : float
    loss_curve_ : list of float
        Training loss of each epoch.
    validation_scores_, best_validation_score_ : list of float and float
        Accuracy on the rows put aside, with `early_stopping`.
    validation_loss_curve_ : list of float
        Loss on the validation rows, where there are any.
    restart_losses_ : array of shape (restarts,)
    history_ : History
        Of a fit with `record=True`; `history_.at(epoch)` gives the parameters after an epoch, as one vector.
    n_iter_, t_, n_layers_, n_outputs_, n_features_in_ : int
    feature_names_in_ : array of str
    out_activation_ : str

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from selenite import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = MLPClassifier((10,), solver="lbfgs", max_iter=1000, random_state=1).fit(X, y)
    >>> bool(classifier.score(X, y) > 0.97)
    True
    >>> classifier.transform(X[:2]).shape
    (2, 10)
    """

    hidden_layer_sizes: int | Sequence[int] = (100,)
    activation: str | Sequence[str] = "relu"
    _: KW_ONLY
    loss: str = "log_loss"
    class_weight: dict[Any, float] | str | None = None

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **MLP._parameter_constraints,
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
    }

    @available_if(lambda self: self._is_stochastic())  # type: ignore[untyped-decorator]
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train one epoch on the given rows, going on from where the model stands.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), optional
        classes : array-like, optional
            All classes that will ever be seen; needed in the first call.

        Returns
        -------
        self
        """
        if _check_partial_fit_first_call(self, classes):
            self._label_binarizer = LabelBinarizer()
            self._label_binarizer.fit(y if type_of_target(y).startswith("multilabel") else classes)
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> AnyArray:
        """Return the class of each row, shape (n_samples,), or its labels, shape (n_samples, n_outputs)."""
        return self._framed(X, self._labels(self._output(X)), TARGET)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, in the order of `classes_`: shape (n_samples, n_classes)."""
        return self._framed(X, as_probabilities(self._output(X)), TARGET, self.classes_)

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of `predict_proba`."""
        p = as_probabilities(self._output(X))
        return self._framed(X, np.log(p, out=p), TARGET, self.classes_)

    def _labels(self, output: Array) -> AnyArray:
        """Return the labels that the outputs stand for."""
        if self._label_binarizer.y_type_ == "multiclass":
            labels: AnyArray = self.classes_[output.argmax(axis=1)]
            return labels
        if self._label_binarizer.y_type_ == "binary" and len(self.classes_) == 2:
            return self.classes_[(output[:, 0] > 0.5).astype(np.intp)]  # type: ignore[no-any-return]
        output = output.ravel() if output.shape[1] == 1 else output
        return self._label_binarizer.inverse_transform(output)  # type: ignore[no-any-return]

    def _validated(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Array, AnyArray, AnyArray]:
        X, y = checked(self, X, y, reset)
        if not hasattr(self, "classes_") or (not self.warm_start and not incremental):
            self._label_binarizer = LabelBinarizer()
            self._label_binarizer.fit(y)
            self.classes_ = self._label_binarizer.classes_
        else:
            classes = unique_labels(y)
            if self.warm_start:
                if set(classes) != set(self.classes_):
                    raise ValueError(
                        "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                        f"Previously got {self.classes_}, `y` has {classes}"
                    )
            elif len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
                raise ValueError(
                    f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {classes}."
                )
        Y = self._label_binarizer.transform(y).astype(bool)
        return X, Y.reshape(len(Y), -1), y

    def _validation(self, X: Any, y: Any) -> tuple[Array, AnyArray]:
        X, y = checked(self, X, y, reset=False)
        unknown = np.setdiff1d(unique_labels(y), self.classes_)
        if len(unknown):
            raise ValueError(f"the validation set has classes that training has not: {unknown}")
        Y = self._label_binarizer.transform(y)
        return X, Y.reshape(len(Y), -1)

    def _weighted_by_class(self, y: AnyArray, sample_weight: Array | None, incremental: bool) -> Array | None:
        if self.class_weight is None:
            return sample_weight
        if incremental and self.class_weight == "balanced":
            raise ValueError(
                "class_weight 'balanced' is not supported for partial_fit, which sees a part of the rows. "
                "Give a dict of weights"
            )
        weights: Array = compute_sample_weight(self.class_weight, y).astype(np.float64)
        return weights if sample_weight is None else weights * sample_weight

    def _output_activation(self) -> str:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "logistic"

    def _shown_loss(self, dtype: Any) -> str:
        if self.loss == "log_loss":
            return f"log_loss({-log(np.finfo(dtype).eps)!r})"  # probabilities no smaller than that
        loss: str = self.loss
        return loss

    def _score(self, prediction: Array, Y: Array, sample_weight: Array | None) -> float:
        """Return the accuracy."""
        if self.out_activation_ == "softmax":
            right = prediction.argmax(axis=1) == Y.argmax(axis=1)
        else:
            right = ((prediction > 0.5) == (Y > 0.5)).all(axis=1)
        return float(np.average(right, weights=sample_weight))

    def _stratified(self) -> bool:
        return bool(self.n_outputs_ == 1)

    def _target(self) -> Target:
        if self._label_binarizer.y_type_ not in ("binary", "multiclass"):
            raise ValueError("save writes models of one target; this one has several labels a row. Pickle it")
        return learn_target(as_column(self.classes_), TARGET, "classification")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
