"""The model file of a run on the page, as `selenite fit` would have made it."""

from __future__ import annotations

from typing import Annotated

import msgspec
import numpy as np

from selenite.model import Model
from selenite.model.parts import Data, Recipe
from selenite.nn import Network
from selenite.play.arithmetic import checked
from selenite.play.files import Files
from selenite.table import ReadOptions, Schema, Target
from selenite.types import AnyArray, Array

Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
Name = Annotated[str, msgspec.Meta(max_length=100)]


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """By what the run was trained."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
    optimizer: Name
    learning_rate: float
    schedule: Name
    dropout: float
    batch_size: Count
    epochs: Count
    epochs_run: Count


def model_file(
    files: Files,
    network: Network,
    parameters: Array,
    schema: Schema,
    target: Target,
    read: ReadOptions,
    settings: Settings,
    training_rows: Count,
    test_rows: Count,
) -> AnyArray:
    """Return the bytes of the file."""
    checked(network, parameters)
    recipe = Recipe(**msgspec.structs.asdict(settings), best_epochs=(settings.epochs_run,), ended="callback")
    data = Data(training_rows=training_rows, test_rows=test_rows, split_seed=settings.seed)
    made = Model(network, parameters.copy(), schema, target, read, recipe, data)
    return np.frombuffer(made.to_bytes(), np.uint8)
