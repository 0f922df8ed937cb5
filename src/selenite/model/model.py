"""A model: network, parameters, and the schema that turns a table's rows into what the network takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from os import PathLike
from typing import Any

import numpy as np

from selenite import backend as backends
from selenite.errors import OptionError, SchemaError
from selenite.model import file
from selenite.model.class_sets import class_sets
from selenite.model.headline import headline
from selenite.model.parts import Data, Figure, Header, OfTarget, OverSeeds, Recipe
from selenite.model.residual_quantiles import ResidualQuantiles, require_coverage
from selenite.model.settings import Settings
from selenite.model.threshold import decided
from selenite.nn import Network
from selenite.table import (
    Matched,
    Outside,
    ReadOptions,
    Schema,
    Target,
    as_numbers,
    as_probabilities,
    as_table,
    class_labels,
    encode,
    match,
    outside,
)
from selenite.table.table import place_of
from selenite.text import hint, shown
from selenite.types import AnyArray, Array, Floats, Indices, Mask
from selenite.writing import write

ROWS_AT_ONCE = 8192


@dataclass(frozen=True, eq=False)
class Model:
    """What `fit` makes and a file holds: a network, or several of one description; it predicts with NumPy alone.

    Tables may be files read by `selenite.table.read_table`, DataFrames or arrays. Columns are found by name: their
    order does not matter, further columns are ignored, missing ones refused.

    Attributes
    ----------
    network : Network
        Layers, activations and loss.
    parameters : array of shape (n_parameters,), or of an ensemble (n_members, n_parameters)
        Single or double precision; of an ensemble the mean of the outputs predicts.
    schema : Schema
        The columns, and how each becomes numbers.
    target : Target
        What is predicted: classes, or a number's center and width.
    read : ReadOptions
        How the file that it was fitted to is written.
    settings : Settings or None
        What was asked of the fit; None where that is not kept.
    recipe, data : Recipe, Data
        How the parameters were made, and from which rows.
    figures, verdict, over_seeds : tuple of Figure, str, tuple of OverSeeds
        How good it is on rows that it never used, what that means in words, and the figures of networks of other seeds.
    residual_quantiles, truth_quantiles : ResidualQuantiles or None, tuple of float
        Of rows not trained on: how far answers lie from predicted numbers; how probable the right classes are.
    threshold : float or None
        Of two classes the probability from which on the second is predicted; None predicts the most probable one.
    of_targets : tuple of OfTarget
        Of several targets what is each one's own, such as its figures; `of` gives the model of one.

    Examples
    --------
    >>> import numpy as np, tempfile, selenite
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> model = selenite.SeleniteRegressor(max_iter=5).fit(X, X[:, 0]).model_
    >>> path = tempfile.mkdtemp() + "/line.selenite"
    >>> model.save(path)
    >>> bool((selenite.load(path).predict(X) == model.predict(X)).all())
    True
    """

    network: Network
    parameters: Array
    schema: Schema
    target: Target
    read: ReadOptions = field(default_factory=ReadOptions)
    recipe: Recipe = field(default_factory=Recipe)
    data: Data = field(default_factory=Data)
    figures: tuple[Figure, ...] = ()
    verdict: str = ""
    over_seeds: tuple[OverSeeds, ...] = ()
    residual_quantiles: ResidualQuantiles | None = None
    truth_quantiles: tuple[float, ...] = ()
    threshold: float | None = None
    settings: Settings | None = None
    of_targets: tuple[OfTarget, ...] = ()
    whole: Model | None = None  # that predicts further targets, of the model of one

    def of(self, target: str) -> Model:
        """Return the model of one of several targets: the shared layers, and the output that predicts it.

        Examples
        --------
        >>> import numpy as np, selenite
        >>> X = np.random.default_rng(0).normal(size=(100, 2))
        >>> both = selenite.SeleniteRegressor(members=1, max_iter=5).fit(X, 2 * X).model_
        >>> both.predict(X).shape, both.target.names, both.of(both.target.names[1]).predict(X).shape
        ((100, 2), ('target1', 'target2'), (100,))
        """
        if target not in self.target.names:
            raise OptionError(f"the model predicts no {shown(target)}; {hint(target, self.target.names)}")
        if not self.target.each:
            return self
        k = self.target.names.index(target)
        network, parameters = self.network.output_alone(k, self.parameters)
        own: dict[str, Any] = {**vars(self.of_targets[k]), "target": self.target.each[k], "of_targets": ()}
        own["recipe"] = replace(self.recipe, temperature=own.pop("temperature"))
        return replace(self, network=network, parameters=parameters, whole=self, **own)

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that the networks predict, the other targets of the model of one, too."""
        target = (self.whole or self).target
        return target.each or (target,)

    @property
    def each(self) -> tuple[Model, ...]:
        """The models of each target; of one target the model itself."""
        return tuple(map(self.of, self.target.names))

    def match(self, table: Any) -> Matched:
        """Return a table with its columns found, which `predict`, `encode` and `outside` then need not find again."""
        return table if isinstance(table, Matched) else match(self.schema, as_table(table, self.schema.names))

    def encode(self, table: Any) -> Array:
        """Return the numbers that the network takes, shape (n_rows, n_inputs); columns without names go by position."""
        return encode(self.schema, self.match(table), self.parameters.dtype)

    def output(self, inputs: Array, first_row: int = 0) -> Array:
        """Return what the network gives for each encoded row, shape (n_rows, n_outputs); of an ensemble the mean.

        A row alone gives what it gives among others, to the last bit. The kernel sees to it; NumPy, whose product
        of matrices adds up in an order that depends on their size, computes in double precision and rounds. Of a piece
        of a table, `first_row` rows stand above it.
        """
        output = self._output(inputs)
        self._require_finite(output, first_row)
        return output

    def _output(self, inputs: Array) -> Array:
        verbs, dtype = backends.get(), self.parameters.dtype
        if verbs.name == "kernel":
            return verbs.predict(self.network, self.parameters, inputs)
        parameters, inputs = self.parameters.astype(np.float64), inputs.astype(np.float64)
        starts = range(0, max(len(inputs), 1), ROWS_AT_ONCE)
        parts = [verbs.predict(self.network, parameters, inputs[start : start + ROWS_AT_ONCE]) for start in starts]
        return np.concatenate(parts).astype(dtype)

    def predict_proba(self, table: Any) -> Array:
        """Return the probability of each class, shape (n_rows, n_classes), in the order of `target.classes`.

        Of several labels return that of the second class of each, shape (n_rows, n_targets).

        Raises
        ------
        OptionError
            If the model predicts a number.
        SchemaError
            If a column is missing or of another type than in training.
        """
        if self.target.task == "regression":
            raise OptionError(f"{self.target.name!r} is a number: there are no classes to give probabilities for")
        matched = self.match(table)
        output = self.output(self.encode(matched), matched.first_row)
        return output if self.target.each else self.probabilities(output)

    def predict(self, table: Any, *, quantiles: Sequence[float] | None = None) -> AnyArray:
        """Return the predicted label or number of each row, shape (n_rows,); of several targets (n_rows, n_targets).

        With `quantiles`, such as (0.05, 0.95), return those of a number instead, shape (n_rows, n_quantiles): below the
        q-quantile lies a share q of the answers, judged by rows that the network was not trained on. Between the two
        lies an interval of 90 %.

        Raises
        ------
        OptionError
            If quantiles are asked of classes, or of a model that was fitted without rows to judge itself by.
        SchemaError
            If a column is missing or of another type than in training.
        """
        if quantiles is not None:
            self._refuse_several("quantiles")
            if self.target.task == "classification":
                raise OptionError(f"{self.target.name!r} is a class: only numbers have quantiles; see predict_proba")
        matched = self.match(table)
        output = self.output(self.encode(matched), matched.first_row)
        if self.target.each:
            columns = [one._meant(output[:, [k]], matched.first_row) for k, one in enumerate(self.each)]
            alike = len({column.dtype.kind for column in columns}) == 1
            return np.column_stack([column if alike else column.astype(object) for column in columns])
        prediction = self._meant(output, matched.first_row)
        return prediction if quantiles is None else self.quantiles(prediction, quantiles)

    def _meant(self, output: Array, first_row: int) -> AnyArray:
        """Return the label or number that the output of each row means, shape (n_rows,)."""
        if self.target.task == "regression":
            return self.numbers(output, first_row)
        labels: AnyArray = class_labels(self.target)[self.decide(self.probabilities(output))]
        return labels

    def _refuse_several(self, what: str) -> None:
        if self.target.each:
            raise OptionError(f"{what} are of one target: ask model.of({self.target.names[0]!r}) for them")

    def predict_interval(self, table: Any, *, coverage: float = 0.9) -> Floats:
        """Return the interval of each row that holds the answers of so many new rows, shape (n_rows, 2).

        Its ends are the quantiles that leave out as much on both sides, judged by rows not trained on.

        Parameters
        ----------
        table : DataFrame, array or Table
        coverage : float
            The share of new rows whose answers lie inside, from 0.01 to 0.99.

        Returns
        -------
        array of shape (n_rows, 2)
            The lower and the upper end, in the target's unit.

        Raises
        ------
        OptionError
            If the model predicts classes, or was fitted without rows to judge itself by.

        Examples
        --------
        >>> import numpy as np, selenite
        >>> X = np.random.default_rng(0).normal(size=(100, 2))
        >>> model = selenite.SeleniteRegressor(members=1, max_iter=5).fit(X, X[:, 0]).model_
        >>> low, high = model.predict_interval(X, coverage=0.8).T
        >>> bool((low < high).all())
        True
        """
        self._refuse_several("intervals")
        if self.target.task == "classification":
            raise OptionError(f"{self.target.name!r} is a class: only numbers have intervals; see predict_set")
        return self.interval(self.predict(table), coverage)

    def predict_set(self, table: Any, *, coverage: float = 0.9) -> Mask:
        """Return which classes each row may be of: sets that hold the right class of so many new rows, and more.

        Parameters
        ----------
        table : DataFrame, array or Table
        coverage : float
            The share of new rows whose class is in their set, from 0.01 to 0.99.

        Returns
        -------
        array of bool of shape (n_rows, n_classes)
            In the order of `target.classes`; the most probable class is always in the set.

        Raises
        ------
        OptionError
            If the model predicts a number, or its file does not keep what tells how often sets hold the right class.

        Examples
        --------
        >>> import numpy as np, selenite
        >>> X = np.random.default_rng(0).normal(size=(100, 2))
        >>> model = selenite.SeleniteClassifier(members=1, max_iter=5).fit(X, X[:, 0] > 0).model_
        >>> model.predict_set([[3.0, 0.0]], coverage=0.5).tolist()
        [[False, True]]
        """
        self._refuse_several("sets of classes")
        return self.class_set(self.predict_proba(table), coverage)

    def probabilities(self, output: Array) -> Array:
        """Return what the network's output means as probabilities of the classes, shape (n_rows, n_classes)."""
        self._refuse_several("probabilities of classes")
        return as_probabilities(output)

    def decide(self, probabilities: Array) -> Indices:
        """Return the number of the class that is predicted from probabilities (n_rows, n_classes): shape (n_rows,)."""
        return decided(probabilities, self.threshold)

    def numbers(self, output: Array, first_row: int = 0) -> Floats:
        """Return what the network's output means as numbers of the target, shape (n_rows,)."""
        self._refuse_several("numbers")
        with np.errstate(over="ignore"):
            numbers = as_numbers(self.target, output[:, 0])
        self._require_finite(numbers, first_row)
        return numbers

    def interval(self, prediction: Floats, coverage: float) -> Floats:
        """Return the interval about each predicted number, shape (n_rows, 2)."""
        require_coverage(coverage)
        return self.quantiles(prediction, ((1 - coverage) / 2, (1 + coverage) / 2))

    def class_set(self, probabilities: Array, coverage: float) -> Mask:
        """Return the set of classes of each row, from their probabilities: shape (n_rows, n_classes)."""
        require_coverage(coverage)
        if not self.truth_quantiles:
            raise OptionError(
                "this model knows no sets of classes: it was fitted without rows to judge itself by, distilled, or "
                "saved before selenite kept what they need. Fit it again"
            )
        return class_sets(probabilities, self.truth_quantiles, coverage)

    def quantiles(self, prediction: Floats, levels: Sequence[float]) -> Floats:
        """Return the quantiles about each predicted number, shape (n_rows, n_quantiles)."""
        if self.residual_quantiles is None:
            raise OptionError("this model knows no quantiles: it was fitted without rows to judge itself by")
        try:
            asked = np.array(levels, dtype=np.float64)
        except (TypeError, ValueError):
            asked = np.empty(0)
        if asked.ndim != 1 or not asked.size:
            raise OptionError(f"quantiles={levels!r} must be a sequence of levels, such as (0.05, 0.95)")
        found = np.column_stack([self.residual_quantiles.quantile(prediction, level) for level in asked.tolist()])
        return np.maximum(found, 0.0) if self.network.activations[-1] == "exp" else found  # counts, and such as prices

    def outside(self, table: Any) -> list[Outside]:
        """Return which rows lie outside what training saw, and why."""
        return outside(self.schema, self.match(table))

    def to_bytes(self) -> bytes:
        """Return the content of the model's file."""
        if self.network.has_own:
            raise OptionError(
                "a model's file holds no code, and this network has an activation or a loss of your own: pickle the "
                "estimator, where the functions can be imported"
            )
        header = Header(**{part.name: getattr(self, part.name) for part in fields(Header)})
        if self.whole is not None:  # whose rows were put aside for all targets: those of one do not tell them again
            header = replace(header, data=replace(self.data, fingerprint=""))
        return file.to_bytes(header, self.parameters)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to one file, whole or not at all."""
        write(path, self.to_bytes())

    def __str__(self) -> str:
        """Return what it predicts from what, and a table of the network's layers."""
        return f"{headline(self)}\n{self.network}"

    def _repr_html_(self) -> str:
        """Return the same for a notebook."""
        from selenite.nn import describe

        first = self.parameters if self.parameters.ndim == 1 else self.parameters[0]
        return describe.to_html(self.network, f"{headline(self)}. {describe.headline(self.network)}", first)

    def _require_finite(self, predicted: AnyArray, first_row: int) -> None:
        """Refuse rows that lead beyond what numbers hold."""
        if self._may_overflow and not np.isfinite(predicted).all():
            place = place_of(int(np.argwhere(~np.isfinite(predicted))[0, 0]), None, first_row)
            raise SchemaError(f"{place}: its numbers are so large that the prediction would not be finite")

    @cached_property
    def _may_overflow(self) -> bool:
        """Whether rows may lead beyond what the parameters' type holds: inputs taken as they are, and exponentials."""
        free = any(column.kind == "number" and not column.scales for column in self.schema.columns)
        return free or self.network.activations[-1] == "exp"

    @property
    def n_members(self) -> int:
        """How many networks there are, whose mean predicts."""
        return 1 if self.parameters.ndim == 1 else len(self.parameters)

    @property
    def target_transform(self) -> str:
        """Return "log" where the networks learned the target's logarithm, else ""; the output layer turns it back."""
        return "log" if (self.network.loss, self.network.activations[-1]) == ("squared_error", "exp") else ""

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.network.layer_sizes))
        members = f"{self.n_members} times " if self.n_members > 1 else ""
        network = f"{members}{sizes} {self.network.hidden_activation or 'linear'}"
        return f"<Model of {self.target.name!r}, {network}, {self.parameters.size:,} parameters>"
