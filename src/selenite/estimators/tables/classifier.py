"""The classifier for raw tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets
from sklearn.utils.validation import check_is_fitted

from selenite.errors import OptionError
from selenite.estimators.tables.base import Selenite
from selenite.estimators.tables.parameters import name_of
from selenite.fitting.encoded import TrainingTable
from selenite.fitting.ensemble import Fitted
from selenite.model import Model, Settings
from selenite.table import Answers, Table, Task, as_column, class_labels, columns_of, learn_target
from selenite.types import AnyArray, Array, Mask


@dataclass(eq=False, repr=False)
class SeleniteClassifier(ClassifierMixin, Selenite):  # type: ignore[misc]
    """Neural networks that classify the rows of a raw table.

    Takes text, gaps, dates and numbers as they are: each column's kind is found, categories become indicators, numbers
    enter by size, by rank and as waves, gaps get an indicator. Several networks are trained, each with other rows held
    out to choose its best epoch, and their mean probability predicts.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, optional
        Units of each hidden layer; an empty one makes a linear model. None is the preset's choice; "balanced" trains
        networks of 128 and 64, and where those still get better in the second half of their epochs, anew of 256 and 128
        (64 beyond 50 inputs).
    activation : str or sequence of str
        Of the hidden layers, or one for each; an `OwnActivation` of `selenite.nn`, too.
    preset : {"balanced", "fast", "best"}
        "fast" trains one network, "balanced" six, "best" sixteen that are twice as wide.
    members : int, optional
        How many networks, instead of the preset's choice.
    time_limit : float, optional
        Seconds that fitting may take: epochs, members and at last rows are given up to keep it.
    loss : str
        "auto" is log_loss. Of two classes also "squared_error", or an `OwnLoss` of `selenite.nn`.
    learning_rate_init : float, optional
        The highest rate of the one-cycle schedule; None is 0.008, 0.004 from 2,000 rows on, 0.03 without hidden layers.
    batch_size : int or "auto"
        "auto" is a 320th of the rows, from 32 to 256.
    max_iter : int, optional
        The most epochs, instead of the preset's choice.
    dropout : float
        The share of the hidden units left out in a step.
    weight_decay : float, optional
        Of AdamW. None is 0.02, or 0.3 where categories are told by mean answers and held-out rows lose less by it.
    n_iter_no_change : int
        Stop after more than this many epochs without a lower validation loss.
    class_weight : dict, "balanced" or None
        Weights of the classes; "balanced" weighs each class alike. Probabilities are then those of such a mixture.
    threshold : float or str, optional
        Of two classes, when the second of `classes_` is predicted: from a probability such as 0.3 on, or "f1",
        "recall>=0.9", "cost:5:1" (of a row missed and of a false alarm), chosen by rows not trained on.
    kinds : mapping, optional
        The kind of some columns ("number", "category", "yes/no", "date", "text", "identifier", "constant"), by name.
    drop, only : sequence of str, optional
        Columns of X to leave out, or the only ones to learn from; rows to predict need not have the others.
    monotone : mapping, optional
        Columns of numbers that the prediction goes one way with, all else equal: {"income": 1}, the probability of the
        second of two classes never falls as the income rises; -1, it never rises. The signs of weights hold it, for all
        rows.
    known_rows : bool
        Whether the model may keep what its training rows answered, where rows recur and that says more of an equal row
        than its columns do. False keeps nothing of single rows.
    shards : int, optional
        Cut each batch into so many parts, a power of two, summed in a fixed order: the model is then that of
        `selenite fit --shards`, whose parts several processes share.
    metric : str or callable, optional
        What chooses each network's epoch in place of the loss: "f1", "roc_auc", "average_precision" and the like; of
        numbers "r2", "rmse" or "mae". Or a function metric(y, prediction) -> number, the higher the better: of classes
        it gets the number of each row's class in `classes_`, (n,), and the probabilities, (n, n_classes); of a number
        both in the target's unit, (n,). Files keep its name alone.
    random_state : int, RandomState or None
        The same int gives the same model.
    backend : str, optional
        Who does the arithmetic.
    n_jobs : int, optional
        Threads, for fitting and predicting: -1 is all processors, -2 all but one, None all that are allowed
        (`SELENITE_NUM_THREADS`). The model does not depend on it.
    verbose : bool
        Show how far fitting is, in one line that is redrawn, on a terminal and in a notebook; then how it ended.

    Attributes
    ----------
    model_ : Model
        Network, parameters of each member and schema; what `save` writes.
    classes_ : array of shape (n_classes,), or of several targets a list of the classes of each
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
    feature_importances_ : array of shape (n_features_in_,)
        Permutation importance, as shares; computed when first asked for.

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

    _: KW_ONLY
    class_weight: Mapping[Any, float] | str | None = None
    threshold: float | str | None = None

    _task: ClassVar[Task] = "classification"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Selenite._parameter_constraints,
        "class_weight": [Mapping, StrOptions({"balanced"}), None],
        "threshold": [Real, str, None],
    }

    def _weighed(self, given: TrainingTable, settings: Settings) -> tuple[TrainingTable, Settings]:
        if self.class_weight is not None:
            given.only_answers("class_weight")
        settings = replace(settings, threshold=None if self.threshold is None else str(self.threshold))
        if not isinstance(self.class_weight, Mapping):
            return given, replace(settings, class_weight="balanced" if self.class_weight else None)
        if not all(weight >= 0 for weight in self.class_weight.values()):
            raise OptionError(f"class_weight={self.class_weight!r} must hold numbers from 0 on")
        target = given.target or learn_target(given.answers, given.target_name, self._task)
        labels = class_labels(target)  # by which the user weighs; the engine does by the classes' names
        weights = compute_class_weight(dict(self.class_weight), classes=labels, y=labels).tolist()
        by_name = dict(zip(target.classes, weights, strict=True))
        return replace(given, target=target), replace(settings, class_weight=by_name)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Go on learning: one epoch over these rows.

        The first call fixes what the columns mean, how they become numbers, and the networks; give it a few hundred
        rows. After `fit` the fitted networks go on. Weights and the optimizer's state are kept between calls. The rate
        is steady, a quarter of the recipe's highest, and no rows are held out: there is no early stopping and no
        temperature, so give the rows several times if they are few.

        Parameters
        ----------
        X, y : as for `fit`
        classes : array-like of shape (n_classes,)
            All classes that will ever come; needed in the first call only.
        sample_weight : array-like of shape (n_rows,), optional
            How much each row counts, as it is: beside a row of another call, too.

        Returns
        -------
        self

        Raises
        ------
        SchemaError
            If a row is of a class that is not among `classes`, or a column is missing or of another type.

        Warns
        -----
        DriftWarning
            If a column holds what it never held before: a number beyond the range, a new category, a gap.

        Examples
        --------
        >>> import numpy as np
        >>> from selenite import SeleniteClassifier
        >>> X = np.random.default_rng(0).uniform(-1, 1, size=(500, 2))
        >>> classifier = SeleniteClassifier(members=1)
        >>> for _ in range(5):
        ...     _ = classifier.partial_fit(X, X[:, 0] > X[:, 1], classes=[False, True])
        >>> classifier.predict([[0.5, -0.5], [-0.5, 0.5]]).tolist(), classifier.n_iter_
        ([True, False], 5)
        """
        if self.class_weight == "balanced":
            raise OptionError(
                'class_weight="balanced" counts the classes of all rows, and partial_fit sees some: '
                "give a weight for each class, {class: weight}"
            )
        _check_partial_fit_first_call(self, classes)
        target = None
        if not hasattr(self, "model_"):
            target = learn_target(as_column(self.classes_), name_of(y), self._task)
        return self._partial_fit(X, y, sample_weight, target)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _answers(self, y: Any) -> Answers:
        answers: Answers = super()._answers(y)
        has_gaps = any(column.missing().any() for column in columns_of(answers))  # `learn_target` says more of them
        if not (isinstance(y, Table) or has_gaps):
            check_classification_targets(y)
        return answers

    def _learnt(self, fitted: Fitted) -> None:
        super()._learnt(fitted)
        target = fitted.model.target
        self.classes_ = [class_labels(one) for one in target.each] if target.each else class_labels(target)

    def predict(self, X: Any) -> AnyArray:
        """Return the class of each row, shape (n_rows,), the most probable one or by the threshold.

        Of several targets the shape is (n_rows, n_targets).
        """
        predicted = self._said_of(X, Model.predict)
        return self._framed(X, predicted, self.model_.target.name, self.model_.target.names)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, in the order of `classes_`: shape (n_rows, n_classes).

        Of several targets return that of the second class of each, shape (n_rows, n_targets), as MLPClassifier does.
        """
        return self._framed(X, self._said_of(X, Model.predict_proba), "", self._probability_names())

    def predict_set(self, X: Any, *, coverage: float = 0.9) -> Mask:
        """Return which classes each row may be of: sets that hold the right class of so many new rows, and more.

        As `Model.predict_set` does: shape (n_rows, n_classes), in the order of `classes_`.

        Examples
        --------
        >>> import numpy as np
        >>> from selenite import SeleniteClassifier
        >>> random = np.random.default_rng(0)
        >>> X = random.uniform(-2, 2, size=(1000, 1))
        >>> y = X[:, 0] + random.normal(size=1000) > 0
        >>> sets = SeleniteClassifier(members=1).fit(X[:500], y[:500]).predict_set(X[500:])
        >>> bool(sets[np.arange(500), y[500:].astype(int)].mean() > 0.85)
        True
        """
        sets = self._said_of(X, partial(Model.predict_set, coverage=coverage))
        return self._framed(X, sets, "", self.classes_)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy: the share of rows whose class is predicted right, of several targets all of them."""
        check_is_fitted(self)
        if not self.model_.target.each:
            return float(super().score(X, y, sample_weight))
        right = (np.asarray(self.predict(X)) == np.asarray(y)).all(axis=1)
        return float(np.average(right, weights=sample_weight))

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):  # of a probability too small for its type
            logarithms = np.log(self._said_of(X, Model.predict_proba))
        return self._framed(X, logarithms, "", self._probability_names())

    def _probability_names(self) -> Iterable[Any]:
        """Return of what each column of probabilities is: a class, or of several targets one of them."""
        names: Iterable[Any] = self.model_.target.names if self.model_.target.each else self.classes_
        return names
