"""What is asked about: a network with its parameters and some rows, whatever it came as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

import numpy as np

from selenite import backend as backends
from selenite.backend import Backend
from selenite.errors import OptionError
from selenite.explanation.numbers.address import Address, parse
from selenite.model import Model, load
from selenite.model.loading import model_of
from selenite.nn import Network, Optimizer, OptimizerState
from selenite.nn.losses import parse_loss
from selenite.table import (
    Column,
    Schema,
    Table,
    Target,
    as_column,
    as_outputs,
    as_table,
    encode_target,
    input_names,
    smoothed,
)
from selenite.text import shown
from selenite.types import Array

TUTORIAL = "tutorial:"


@dataclass(frozen=True, eq=False)
class Subject:
    """A network, or several of one description, and the rows at hand, which are a batch."""

    network: Network
    members: Array  # (n_members, n_parameters)
    X: Array  # (n_rows, n_inputs), as the network takes them
    Y: Array | None  # (n_rows, n_outputs); None where the answers are not known
    input_names: tuple[str, ...]
    row_numbers: tuple[int, ...]  # what the rows are called
    optimizer: Optimizer = field(default_factory=Optimizer)  # where `summed`, its rate is for the sum
    state: OptimizerState | None = None  # None: before the first step
    l1: float = 0.0
    l2: float = 0.0
    label_smoothing: float = 0.0  # already in Y
    left_out: str = ""  # what training has and a step here has not, in words
    summed: bool = False  # losses and gradients are sums over the rows, as in the articles
    article: str = ""  # whose names are shown beside: a network's name in the tutorial
    table: Table | None = None  # the rows as the user has them
    schema: Schema | None = None
    target: Target | None = None
    verbs: Backend = field(default_factory=backends.get)

    @property
    def n_rows(self) -> int:
        """How many rows are at hand."""
        return len(self.X)

    @property
    def penalised(self) -> bool:
        """Whether the loss is more than that of its rows."""
        return self.l1 > 0 or self.l2 > 0

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the names of the layers that have weights."""
        return (*(f"hidden{l}" for l in range(1, self.network.n_layers)), "output")

    @property
    def classes(self) -> tuple[str, ...]:
        """Return what the outputs stand for; empty if they are no probabilities."""
        if self.target is not None:
            return self.target.classes
        if self.network.activations[-1] == "softmax":
            return tuple(str(k) for k in range(1, self.network.n_outputs + 1))
        single = self.network.activations[-1] == "logistic" and self.network.n_outputs == 1
        return ("0", "1") if single else ()

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Return what the first layer gets: the inputs, then the waves of some of them."""
        return self.network.feature_names(self.input_names)

    def address(self, text: str) -> Address:
        """Return the address that a text is."""
        return parse(text, self.layers, self.network.layer_sizes[1:])

    def row(self, number: int) -> int:
        """Return which row at hand is called so."""
        if number not in self.row_numbers:
            have = f"{self.row_numbers[0]} to {self.row_numbers[-1]}" if self.n_rows > 1 else str(self.row_numbers[0])
            raise OptionError(f"there is no row {number}; the rows at hand are {have}, the first is 1")
        return self.row_numbers.index(number)

    def only(self, rows: Sequence[int]) -> Subject:
        """Return the same with some of the rows."""
        places = np.asarray(rows, dtype=np.intp)
        return replace(
            self,
            X=self.X[places],
            Y=None if self.Y is None else self.Y[places],
            row_numbers=tuple(self.row_numbers[i] for i in rows),
            table=None if self.table is None else self.table.take(places),
        )


def subject_of(
    thing: Any,
    X: Any = None,
    y: Any = None,
    *,
    row: int | None = None,
    optimizer: Optimizer | None = None,
    state: OptimizerState | None = None,
    l1: float | None = None,
    l2: float | None = None,
    epoch: int = 0,
) -> Subject:
    """Return what is asked about; the parameters are those of `selenite.why`.

    Returns
    -------
    Subject

    Raises
    ------
    OptionError
        If the thing cannot be asked, there are no rows, or a row is not there.

    Examples
    --------
    >>> subject_of("tutorial:2", row=1).network.layer_sizes
    (2, 4, 1)
    """
    if isinstance(thing, str) and thing.startswith(TUTORIAL):
        subject = _lesson(thing.removeprefix(TUTORIAL), epoch)
    elif epoch:
        raise OptionError(f"epoch={epoch} is for the tutorial's networks, which are trained while you wait")
    elif isinstance(thing, str | PathLike):
        return subject_of(load(thing), X, y, row=row, optimizer=optimizer, state=state, l1=l1, l2=l2)
    elif X is None:
        raise OptionError("say which rows: give X, a table or an array of them")
    elif isinstance(thing, Model):
        subject = _of_model(model_of(thing), X, y, row)
    elif hasattr(thing, "question"):
        subject = thing.question(X, y, row)
    elif isinstance(thing, tuple) and len(thing) == 2 and isinstance(thing[0], Network):
        subject = _bare(*thing, X, y)
    else:
        raise OptionError(
            f"a {type(thing).__name__} cannot be asked: give a model, a model file's path, a fitted estimator, "
            'a pair (network, parameters) or a text such as "tutorial:2"'
        )
    if row is not None:
        subject = subject.only([subject.row(row)])
    if optimizer is not None and optimizer.name != "sgd":
        subject = replace(subject, summed=False)  # its steps do not grow with the gradient
    changes: dict[str, Any] = {"optimizer": optimizer, "state": state, "l1": l1, "l2": l2}
    return replace(subject, **{name: value for name, value in changes.items() if value is not None})


def _lesson(name: str, epoch: int) -> Subject:
    from selenite.tutorial.networks import lesson

    known = lesson(name, epoch)
    return Subject(
        known.network,
        known.parameters[None],
        known.X,
        known.Y,
        known.columns,
        tuple(range(1, len(known.X) + 1)),
        Optimizer("sgd", known.rate),
        summed=True,
        article=name,
    )


def _of_model(model: Model, rows: Any, y: Any, row: int | None) -> Subject:
    """Return a model and rows of a table; of a long table only the row that is asked about is encoded."""
    table = as_table(rows, model.schema.names)
    column: Column | None = None
    if y is not None:
        column = y.columns[0] if isinstance(y, Table) else as_column(y)
    elif model.target.name in table.names:
        column = table[model.target.name]
    numbers = tuple(range(1, table.n_rows + 1))
    if row is not None and 1 <= row <= table.n_rows:
        place = np.array([row - 1])
        table, column, numbers = table.take(place), None if column is None else column.take(place), (row,)
    if not table.n_rows:
        raise OptionError(f"{table.source} has no rows to ask about")
    X = model.encode(table)
    Y = None
    if column is not None and not column.missing().any():
        Y = as_outputs(model.target, encode_target(model.target, column), X.dtype)
    recipe, smoothing = model.recipe, model.recipe.label_smoothing
    if Y is not None:
        Y = smoothed(Y, smoothing)
    optimizer = Optimizer(recipe.optimizer or "adam", recipe.learning_rate or 0.001, weight_decay=recipe.weight_decay)
    return Subject(
        model.network,
        np.atleast_2d(model.parameters),
        X,
        Y,
        input_names(model.schema),
        numbers,
        optimizer,
        label_smoothing=smoothing,
        left_out=_left_out(model),
        table=table,
        schema=model.schema,
        target=model.target,
    )


def _left_out(model: Model) -> str:
    """Return what the recipe's training had that a step on the saved parameters has not."""
    recipe, network = model.recipe, model.network
    if not recipe.optimizer:
        return ""
    parts = [f"training's dropout {recipe.dropout:g}"] * (recipe.dropout > 0)
    parts += ["its weights of rows, which a model does not keep"]
    parts += [f"the schedule {recipe.schedule}, whose highest rate this is"] * (recipe.schedule not in ("", "constant"))
    parts += ["that the factors of inputs learned faster"] * (network.embedding is not None)
    if recipe.temperature != 1:
        parts.append(f"that the output layer was divided by {recipe.temperature:.3g} only after training")
    if model.target_transform:
        parts.append("that the target's logarithm was learned")
    return "; ".join(parts)


def _bare(network: Network, parameters: Any, X: Any, y: Any) -> Subject:
    """Return a network and parameters, one vector or one a member."""
    given = np.asarray(parameters)
    members = np.atleast_2d(given if given.dtype == np.float32 else given.astype(np.float64))
    if members.shape[1] != network.n_parameters:
        raise OptionError(f"there are {members.shape[1]:,} parameters; the network has {network.n_parameters:,}")
    rows = np.atleast_2d(np.asarray(X, dtype=members.dtype))
    if rows.shape[1] != network.n_inputs:
        raise OptionError(f"X has {rows.shape[1]} columns; the network takes {network.n_inputs}")
    if not len(rows):
        raise OptionError("X has no rows to ask about")
    Y = None if y is None else np.asarray(y, dtype=members.dtype)
    if Y is not None:
        Y = _answers(Y, network, len(rows))
    names = tuple(f"x{i}" for i in range(1, network.n_inputs + 1))
    return Subject(network, members, rows, Y, names, tuple(range(1, len(rows) + 1)))


def _answers(Y: Array, network: Network, n_rows: int) -> Array:
    """Return the answers, (n_rows, n_outputs); those of one row or one output may lie flat."""
    if Y.size != n_rows * network.n_outputs:
        name = shown(parse_loss(network.loss)[0])
        raise OptionError(
            f"Y has shape {Y.shape}; for {n_rows} rows the loss {name} needs ({n_rows}, {network.n_outputs})"
        )
    return Y.reshape(n_rows, network.n_outputs)
