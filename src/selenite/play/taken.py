"""The model file of a run on the page, as `selenite fit` would have made it."""

from __future__ import annotations

import numpy as np

from selenite.model import Model
from selenite.model.parts import Data, Recipe
from selenite.nn import Network
from selenite.play.arithmetic import checked
from selenite.play.files import Files
from selenite.table import ReadOptions, Schema, Target
from selenite.types import AnyArray, Array


def model_file(
    files: Files,
    network: Network,
    parameters: Array,
    schema: Schema,
    target: Target,
    read: ReadOptions,
    recipe: Recipe,
    data: Data,
) -> AnyArray:
    """Return the bytes of the file."""
    checked(network, parameters)
    made = Model(network, parameters.copy(), schema, target, read, recipe, data)
    return np.frombuffer(made.to_bytes(), np.uint8)
