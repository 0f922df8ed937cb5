"""A fitted model as a start: its networks as they were trained, and new rows as they take them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np

from selenite.errors import OptionError
from selenite.fitting.calibration import shrink
from selenite.fitting.target_transform import Logarithms
from selenite.model import Model
from selenite.nn import Network
from selenite.table import Column, Numbers, Schema, Table, Target, as_outputs, encode, encode_target
from selenite.text import shown
from selenite.training import TrainingRows
from selenite.types import Array, Floats


@dataclass(frozen=True)
class Start:
    """Networks as they were trained: before the calibration, and of logarithms where they learnt those."""

    network: Network
    parameters: Array  # (n_members, n_parameters)
    logarithms: Logarithms | None

    @classmethod
    def of(cls, model: Model) -> Start:
        """Return where the members of a model stand."""
        network, parameters = model.network, np.atleast_2d(model.parameters).copy()
        shrink(network, parameters, 1 / (model.recipe.temperature or 1.0))
        if not model.target_transform:
            return cls(network, parameters, None)
        network = replace(network, activations=(*network.activations[:-1], "identity"))
        return cls(network, parameters, Logarithms(log(model.target.width), 1.0))


def known_rows(
    schema: Schema, target: Target, table: Table, answers: Column, weight: Array | None, logarithms: Logarithms | None
) -> TrainingRows:
    """Return rows as numbers, by a schema and a target that are known already."""
    encoded = encode_target(target, answers, table.first_line)
    Y = as_outputs(target, encoded, np.float32)
    if logarithms is not None:
        Y = logarithms.answers(positive(target, answers))
    return TrainingRows(encode(schema, table, np.float32), Y, weight)


def positive(target: Target, answers: Column) -> Floats:
    """Return the numbers of answers that have a logarithm; refuse others."""
    assert isinstance(answers, Numbers)
    low = float(answers.values.min())
    if low <= 0:
        raise OptionError(
            f"the model learnt the logarithm of {shown(target.name)}, and a new row has {low:g}: fit a new model"
        )
    return answers.values
