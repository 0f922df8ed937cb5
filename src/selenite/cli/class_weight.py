"""Weights of classes on the command line."""

from __future__ import annotations

import re
from math import inf

import click

from selenite.model.settings import ClassWeight

_PAIR = re.compile(r"(?P<name>.+?)=(?P<weight>[^=,]+)(?:,|$)", re.DOTALL)


def class_weights(value: str) -> ClassWeight:
    """Return "balanced", or of "yes=5,no=1" the weights by class; what they are of, the table tells."""
    if value == "balanced":
        return "balanced"
    found = list(_PAIR.finditer(value))
    try:
        weights = {pair["name"]: float(pair["weight"]) for pair in found}
    except ValueError:
        weights = {}
    written = sum(len(pair[0]) for pair in found) == len(value) and len(weights) == len(found)
    if not weights or not written or not all(0 <= weight < inf for weight in weights.values()):
        raise click.BadParameter(
            f"{value!r} must be balanced, or a number from 0 on for each class, such as yes=5,no=1"
        )
    return weights
