"""The settings that a search tries: a list without an end, whose order the seed draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from selenite.fitting.plan import learning_rate_for
from selenite.model import Settings
from selenite.nn.random import SEARCH, bits, uniform

KEPT = 0.5  # how often a candidate keeps a setting of the recipe
RATES = (0.25, 0.5, 2.0, 3.0)  # times the recipe's learning rate
OTHERS: dict[str, tuple[Any, ...]] = {  # than the recipe's
    "hidden": ((64,), (64, 32), (256, 128), (256, 256), (128, 128, 128), (512, 256)),
    "activation": ("tanh", "elu", "silu", "gelu"),
    "dropout": (0.0, 0.05, 0.2, 0.3, 0.5),
    "weight_decay": (0.0, 0.005, 0.05, 0.2, 0.5),
}
TRIED = ("hidden", "activation", "learning_rate", "dropout", "weight_decay")


def candidates(settings: Settings, n_rows: int) -> Iterator[Settings]:
    """Yield the settings given, then others in an order drawn by their seed, none twice.

    Each depends on the seed and its place alone. `n_rows` are learnt from: the recipe's learning rate depends on them.
    """
    others = OTHERS | {"learning_rate": tuple(rate * learning_rate_for(n_rows) for rate in RATES)}
    seen = []
    for place in count():
        drawn = settings if place == 0 else replace(settings, **_drawn(others, settings.seed, place))
        if drawn not in seen:
            seen.append(drawn)
            yield drawn


def _drawn(others: dict[str, tuple[Any, ...]], seed: int, place: int) -> dict[str, Any]:
    """Return the settings that differ from the recipe's at a place of the list."""
    drawn = {}
    for k, name in enumerate(TRIED):
        changed, which = (float(uniform(bits(seed, SEARCH, place, k, draw))) for draw in range(2))
        if changed >= KEPT:
            drawn[name] = others[name][int(which * len(others[name]))]
    return drawn
