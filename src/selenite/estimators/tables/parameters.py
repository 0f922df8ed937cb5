"""The estimators' parameters, and what `fit` is given, in the engine's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import inf
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import assert_all_finite, check_random_state, column_or_1d

from selenite.errors import OptionError
from selenite.model import Settings
from selenite.model.own_metric import as_metric
from selenite.model.settings import activations_as_asked
from selenite.table import Answers, Kind, Table, Task, as_column, as_table

if TYPE_CHECKING:
    from selenite.estimators.tables.base import Selenite

MOST_SEED = 2**63 - 1
NAMES = {  # of settings, as parameters have them
    "hidden": "hidden_layer_sizes",
    "epochs": "max_iter",
    "learning_rate": "learning_rate_init",
    "patience": "n_iter_no_change",
    "seed": "random_state",
}


def settings_of(estimator: Selenite, task: Task, categories: Collection[str] = ()) -> Settings:
    """Return the settings that parameters stand for; of some columns the table itself says that they are categories."""
    rate, hidden, limit = estimator.learning_rate_init, estimator.hidden_layer_sizes, estimator.time_limit
    if rate is not None and not 0 < rate < inf:
        raise OptionError(f"learning_rate_init={rate} must be a number above 0")
    decay = estimator.weight_decay
    drop, only = chosen_of(estimator)
    return Settings(
        preset=estimator.preset,
        members=estimator.members,
        hidden=None if hidden is None else _sizes(hidden),
        activation=activations_as_asked(estimator.activation),
        loss=estimator.loss,
        epochs=estimator.max_iter,
        batch_size=None if isinstance(estimator.batch_size, str) else estimator.batch_size,
        learning_rate=None if rate is None else float(rate),
        weight_decay=None if decay is None else float(decay),
        dropout=float(estimator.dropout),
        patience=estimator.n_iter_no_change,
        seed=_seed(estimator.random_state),
        time_limit=None if limit is None else float(limit),
        task=task,
        kinds=with_categories(estimator.kinds or {}, categories),
        drop=drop,
        only=only,
        shards=estimator.shards,
        metric=as_metric(estimator.metric),
        monotone=dict(estimator.monotone or {}),
        known_rows=bool(estimator.known_rows),
    )


def chosen_of(estimator: Selenite, groups: Any = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns to drop and those to take alone, with the one of groups, if a name tells it."""
    drop, only = (
        tuple(str(name) for name in names) if names is not None else () for names in (estimator.drop, estimator.only)
    )
    if only and isinstance(groups, str) and groups not in only:
        only = *only, groups
    return drop, only


def with_categories(kinds: Mapping[str, Kind], categories: Collection[str]) -> dict[str, Kind]:
    """Return the kinds of columns, those of some more that are categories among them."""
    return {**dict.fromkeys(categories, "category"), **kinds}


def _sizes(hidden_layer_sizes: int | Sequence[int]) -> tuple[int, ...]:
    """Return the hidden layers' sizes, whole numbers from 1 on; a number is that of a single layer."""
    given: Sequence[Any] = (
        (hidden_layer_sizes,) if isinstance(hidden_layer_sizes, int | np.integer) else hidden_layer_sizes
    )
    if not all(isinstance(size, Integral) and int(size) >= 1 for size in given):
        raise OptionError(
            f"hidden_layer_sizes={hidden_layer_sizes!r} must be whole numbers, at least 1, such as (128, 64), "
            "or () for none"
        )
    return tuple(int(size) for size in given)


def _seed(random_state: int | np.random.RandomState | None) -> int:
    """Return the seed that a random_state stands for."""
    if isinstance(random_state, (int, np.integer)):
        if not 0 <= random_state <= MOST_SEED:
            raise OptionError(f"the seed {random_state} must lie between 0 and {MOST_SEED}")
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))


def pair_of(validation_set: Any) -> tuple[Any, Any]:
    """Return rows to validate by and their answers."""
    if not isinstance(validation_set, tuple | list) or len(validation_set) != 2:
        raise OptionError(f"validation_set must be a pair (X, y), not {type(validation_set).__name__}")
    X, y = validation_set
    return X, y


def answers_given(y: Any) -> Answers:
    """Return y as a column, or of several targets as the table of theirs."""
    if isinstance(y, Table):
        return y.columns[0] if len(y.columns) == 1 else y
    if (several := _several(y)) is not None:
        return several
    flat = column_or_1d(y, warn=True)
    if np.asarray(flat).dtype.kind == "f":
        assert_all_finite(flat, input_name="y")
    return as_column(y if hasattr(y, "to_numpy") else flat)  # a Series knows types that NumPy does not


def _several(y: Any) -> Table | None:
    """Return y as the table of several targets; None of one."""
    is_frame = hasattr(y, "columns")
    given = y if is_frame or issparse(y) or hasattr(y, "ndim") else np.asarray(y)
    if getattr(given, "ndim", 2) != 2 or given.shape[1] == 1:
        return None
    if issparse(given):
        raise OptionError("y is sparse: give an array or a frame of its columns")
    if not is_frame and given.dtype.kind == "f":
        assert_all_finite(given, input_name="y")
    return as_table(y) if is_frame else as_table(given, tuple(f"target{k + 1}" for k in range(given.shape[1])))


def name_of(y: Any) -> str:
    """Return what the target is called."""
    name = as_table(y).names[0] if hasattr(y, "columns") else getattr(y, "name", None)
    return "target" if name is None else str(name)
