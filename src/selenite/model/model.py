"""A model: network, parameters, and the schema that turns a table's rows into what the network takes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from os import PathLike
from typing import Any

import numpy as np

from selenite import backend as backends
from selenite.arrays import NDArray
from selenite.errors import OptionError
from selenite.model import file
from selenite.model.header import Data, Figure, Header, Recipe
from selenite.nn import Network
from selenite.nn.activations import Array
from selenite.table import Outside, ReadOptions, Schema, Target, as_table, class_labels, encode, outside

ROWS_AT_ONCE = 8192


@dataclass(frozen=True, eq=False)
class Model:
    """What `fit` makes and a file holds; it predicts with NumPy alone.

    Tables may be files read by `selenite.table.read_table`, DataFrames or arrays. Columns are found by name: their
    order does not matter, further columns are ignored, missing ones refused.

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

    def output(self, table: Any) -> Array:
        """Return what the network gives for each row, shape (n_rows, n_outputs).

        Computed in double precision and then rounded to the parameters' type, so that a row alone gives what it gives
        among others: the order in which a matrix product adds up depends on its size.
        """
        X = encode(self.schema, as_table(table), np.float64)
        parameters = self.parameters.astype(np.float64)
        predict = backends.get().predict
        starts = range(0, max(len(X), 1), ROWS_AT_ONCE)
        parts = [predict(self.network, parameters, X[start : start + ROWS_AT_ONCE]) for start in starts]
        return np.concatenate(parts).astype(self.parameters.dtype)

    def predict_proba(self, table: Any) -> Array:
        """Return the probability of each class, shape (n_rows, n_classes)."""
        if self.target.task == "regression":
            raise OptionError(f"{self.target.name!r} is a number: there are no classes to give probabilities for")
        output = self.output(table)
        return np.hstack([1 - output, output]) if self.network.n_outputs == 1 else output

    def predict(self, table: Any) -> NDArray[Any]:
        """Return the predicted label or number of each row, shape (n_rows,)."""
        if self.target.task == "regression":
            return self.target.center + self.target.width * self.output(table)[:, 0].astype(np.float64)
        labels: NDArray[Any] = class_labels(self.target)[self.predict_proba(table).argmax(axis=1)]
        return labels

    def outside(self, table: Any) -> list[Outside]:
        """Return which rows lie outside what training saw, and why."""
        return outside(self.schema, as_table(table))

    def to_bytes(self) -> bytes:
        """Return the content of the model's file."""
        header = Header(**{part.name: getattr(self, part.name) for part in fields(Header)})
        return file.to_bytes(header, self.parameters)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to one file, whole or not at all."""
        file.write(path, self.to_bytes())

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.network.layer_sizes))
        count = f"{len(self.parameters):,} parameters"
        return f"<Model of {self.target.name!r}, {sizes} {self.network.activations[0]}, {count}>"


def load(path: str | PathLike[str]) -> Model:
    """Return the model of a file written by `save`.

    Raises
    ------
    ModelFileError
        If the file is damaged, foreign or made by a newer selenite. Nothing in a file is ever run.
    """
    header, parameters = file.read(path)
    return Model(parameters=parameters, **{part.name: getattr(header, part.name) for part in fields(Header)})
