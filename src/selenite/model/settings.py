"""What is asked of a fit: stored in the model's file, so that the same can be asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Literal, get_args

from selenite.errors import OptionError
from selenite.model.metrics import CALLED
from selenite.model.own_metric import OwnMetric
from selenite.model.threshold import threshold_rule
from selenite.nn.activations import ALIASES, FALLING_SOMEWHERE, HIDDEN_ACTIVATIONS
from selenite.nn.losses import LOSSES, parse_loss
from selenite.nn.own import Own
from selenite.nn.shards import check_shards
from selenite.table.schema import Kind, Target, Task
from selenite.text import shown

Preset = Literal["fast", "balanced", "best"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
ClassWeight = Mapping[str, float] | Literal["balanced"] | None  # of the classes as the target names them
SETTINGS_NOT_KEPT = "This model file does not keep the settings that the model was fitted with"


@dataclass(frozen=True)
class Settings:
    """What can be chosen; None leaves it to the preset and the table.

    Examples
    --------
    >>> Settings("fast", hidden=(32,), seed=7).hidden
    (32,)
    """

    preset: Preset = "balanced"
    members: int | None = None  # networks whose mean predicts
    hidden: tuple[int, ...] | None = None  # units of each hidden layer; () for a linear model
    activation: str | tuple[str, ...] = "relu"  # of the hidden layers; of each where commas part several
    loss: str = "auto"  # log_loss for classes, squared_error for numbers
    epochs: int | None = None  # the most
    batch_size: int | None = None
    learning_rate: float | None = None  # the highest
    weight_decay: float | None = None
    dropout: float = 0.1
    patience: int = 20
    seed: int = 0
    time_limit: float | None = None  # seconds
    task: Task | None = None  # None: from the target's values
    kinds: Mapping[str, Kind] = field(default_factory=dict)  # of columns, where their values mislead
    class_weight: ClassWeight = None
    drop: tuple[str, ...] = ()  # columns left out of the table
    only: tuple[str, ...] = ()  # the columns learnt from, if not all
    shards: int | None = None  # of a batch, that processes can share
    metric: str | None = None  # a name, or a function (`own_metric`), that chooses the epochs and judges, not the loss
    threshold: str | None = None  # of two classes, how it is chosen: "f1", "cost:5:1", "recall>=0.9" or "0.3"
    monotone: Mapping[str, int] = field(default_factory=dict)  # 1: never falls as the column rises; -1: never rises
    known_rows: bool = True  # whether the model may keep what its training rows answered

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise OptionError(f"there is no preset {self.preset!r}; there are {', '.join(PRESETS)}")
        if self.drop and self.only:
            raise OptionError("give drop or only: only names the columns to learn from, drop those to leave out")
        if self.time_limit is not None and not self.time_limit > 0:
            raise OptionError(f"time_limit={self.time_limit:g} must be a number of seconds above 0")
        if self.learning_rate is not None and not 0 < self.learning_rate < inf:
            raise OptionError(f"learning_rate={self.learning_rate:g} must be a number above 0")
        if self.threshold is not None:
            threshold_rule(self.threshold)
        if self.monotone:
            self._require_monotone()
        check_shards(1 if self.shards is None else self.shards)

    def _require_monotone(self) -> None:
        """Refuse directions that are none, and activations that fall somewhere."""
        for name, direction in self.monotone.items():
            if direction not in (1, -1):
                raise OptionError(
                    f"monotone gives {shown(str(name))} {direction!r}: give 1 if the prediction never falls as the "
                    "column rises, -1 if it never rises"
                )
        for name in activation_names(self.activation):
            falls = "is your own, and may fall" if isinstance(name, Own) else "falls"
            if isinstance(name, Own) or ALIASES.get(name, name) in FALLING_SOMEWHERE:
                rising = [one for one in HIDDEN_ACTIVATIONS if one not in (*FALLING_SOMEWHERE, "identity")]
                raise OptionError(
                    f"the activation {name} {falls} somewhere, so that no column can be monotone: "
                    f"take {', '.join(rising[:-1])} or {rising[-1]}"
                )


def why_not_again(settings: Settings | None, *, by_command: bool = False) -> str:
    """Return why settings do not tell how to fit their model again, or by which command; nothing where they do."""
    if settings is None:
        return SETTINGS_NOT_KEPT
    is_at_hand = isinstance(settings.metric, OwnMetric) and not by_command
    if settings.metric is None or is_at_hand or settings.metric in CALLED:
        return ""
    return f"The epochs of this model were chosen by {settings.metric}, a function, which no file holds"


def activation_names(activation: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the activations that are asked for, by commas or as they are."""
    if isinstance(activation, str) and not isinstance(activation, Own):
        return tuple(name.strip() for name in activation.split(","))
    return activation if isinstance(activation, tuple) else (activation,)


def activations_as_asked(activation: str | Sequence[str]) -> str | tuple[str, ...]:
    """Return activations as settings hold them: as text, but one of one's own as it is."""
    if isinstance(activation, str):
        return activation
    own = any(isinstance(one, Own) for one in activation)
    return tuple(activation) if own else ",".join(map(str, activation))


def activations_of(activation: str | tuple[str, ...], hidden: tuple[int, ...]) -> tuple[str, ...]:
    """Return the activation of each hidden layer.

    >>> activations_of("relu", (128, 64)), activations_of("tanh,relu", (128, 64))
    (('relu', 'relu'), ('tanh', 'relu'))
    """
    names = activation_names(activation)
    if len(names) == 1:
        return names * len(hidden)
    if len(names) != len(hidden):
        sizes = f": {','.join(map(str, hidden))}" if hidden else ""
        raise OptionError(
            f"the activations {','.join(names)} are of {len(names)} hidden layers, and there are {len(hidden)}{sizes}; "
            "give one for all, or one for each"
        )
    return names


def target_loss(loss: str, target: Target) -> str:
    """Return the loss asked for, where it goes with a target; of "auto" the usual one."""
    if target.each:
        return {target_loss(loss, one) for one in target.each}.pop()
    if loss == "auto":
        return "log_loss" if target.task == "classification" else "squared_error"
    try:
        name, _ = parse_loss(loss)
    except ValueError as error:
        raise OptionError(str(error)) from None
    if target.task == "regression" and target.task not in LOSSES[name].tasks:
        raise OptionError(f"{name} is for classes, and {target.name!r} is a number; take squared_error, or classes")
    fitting = ("log_loss", "squared_error") if len(target.classes) == 2 else ("log_loss",)
    is_own = isinstance(loss, Own) and len(target.classes) == 2
    if target.task == "classification" and name not in fitting and not is_own:
        raise OptionError(
            f"the loss {loss} does not go with {len(target.classes)} classes; take {' or '.join(fitting)}"
        )
    return loss
