"""What can be chosen on the page, with limits: whatever arrives from outside is decoded into this or refused."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from selenite.model.settings import target_loss
from selenite.nn import Network, Optimizer, Schedule
from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.nn.losses import parse_loss
from selenite.table import Target

LOSSES_OF = {
    "classification": ("log_loss", "squared_error"),
    "regression": ("squared_error", "absolute_error", "huber"),
}
HALVINGS = 10  # of the rate over all epochs, by the schedule step
RESTARTING = (  # a change of one of these begins anew; of the others training goes on
    "data", "rows", "noise", "test_fraction", "seed", "features", "target", "hidden", "activations", "biases", "loss",
    "start", "slip", "sums",
)  # fmt: skip

Name = Annotated[str, msgspec.Meta(max_length=2000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=0.8)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One setting of the playground."""

    data: Name = "moons"  # a name of `points.SETS`, "drawn" or "file"
    rows: Annotated[int, msgspec.Meta(ge=10, le=2000)] = 100  # of a set that is made
    noise: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    test_fraction: Share = 0.25
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)] = 0
    features: Annotated[tuple[Name, ...], msgspec.Meta(max_length=8)] = ("x1", "x2")  # inputs, of sets with two columns
    target: Name = ""  # the column of a file to predict; "": the last
    axes: tuple[Name, Name] = ("", "")  # "": the first that are numbers
    hold: Literal["median", "row"] = "median"  # where the other columns are held
    hidden: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=64)], ...], msgspec.Meta(max_length=6)] = (4,)
    activations: Annotated[tuple[Name, ...], msgspec.Meta(max_length=6)] = ("logistic",)  # one a hidden layer
    biases: bool = True
    loss: Name = "log_loss"
    start: Literal["glorot", "he", "lecun", "normal", "uniform", "article"] = "glorot"
    optimizer: Literal["sgd", "adam", "adamw"] = "adam"
    learning_rate: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 0.1
    momentum: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0  # of sgd
    schedule: Literal["constant", "step", "cosine", "one_cycle"] = "constant"  # of the rate, over all epochs
    l1: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    l2: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    dropout: Share = 0.0
    batch_size: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0  # 0: all rows
    epochs: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 20_000  # where training ends at the latest
    auto_stop: bool = True  # when the loss has not moved for 200 epochs
    stop_loss: Annotated[float, msgspec.Meta(ge=0, le=1e9)] = (
        0.0  # training ends below it; of test rows where there are
    )
    sums: bool = False  # losses and gradients are sums over the rows, as in the articles, not means
    slip: bool = False  # the perceptron as the article prints it: its slope is taken of the output

    def __post_init__(self) -> None:
        if len(self.hidden) != len(self.activations):
            raise ValueError(f"{len(self.activations)} activations for {len(self.hidden)} hidden layers: give one each")
        for name in self.activations:
            if name not in HIDDEN_ACTIVATIONS:
                raise ValueError(f"there is no activation {name!r}; there are {', '.join(HIDDEN_ACTIVATIONS)}")
        parse_loss(self.loss)
        if self.slip and (self.hidden or self.batch_size or not self.biases or self.loss != "squared_error"):
            raise ValueError(
                "the slip is that of a perceptron with a bias: no hidden layer, squared_error and a full batch"
            )

    def optimizer_for(self, n_rows: int) -> Optimizer:
        """Return the optimizer; a rate meant for sums is that many times larger on the mean."""
        rate = self.learning_rate * (n_rows if self.sums else 1)
        schedule = Schedule(self.schedule, every=max(self.epochs // HALVINGS, 1))
        momentum = self.momentum if self.optimizer == "sgd" else 0.0
        return Optimizer(self.optimizer, rate, momentum=momentum, schedule=schedule)

    def network_for(self, n_inputs: int, target: Target) -> Network:
        """Return the network from so many inputs to what tells the target."""
        n_classes, loss = len(target.classes), target_loss(self.loss, target)
        output = "identity" if n_classes == 0 else "softmax" if n_classes > 2 else "logistic"
        return Network((n_inputs, *self.hidden, target.n_outputs), (*self.activations, output), loss, self.biases)
