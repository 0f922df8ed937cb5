"""More weight decay: tried where categories are told by mean answers, taken where held-out rows say so."""

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteRegressor

RNG = np.random.default_rng(0)
NUMBERS = pd.DataFrame(RNG.normal(size=(600, 3)), columns=["x", "y", "z"])
CODES = NUMBERS.assign(code=[f"c{k % 300}" for k in range(600)])  # more categories than indicators tell apart
TOO_MUCH, ENOUGH = 30.0, 0.01


def decay_of(monkeypatch, table, usual, more, **asked):
    """Return the weight decay of a fit where the usual one and the other have these values."""
    monkeypatch.setattr("selenite.fitting.plan.WEIGHT_DECAY", usual)
    monkeypatch.setattr("selenite.fitting.retraining.MORE_WEIGHT_DECAY", more)
    model = SeleniteRegressor(members=2, max_iter=8, **asked).fit(table, table["x"] * table["y"]).model_
    return model.recipe.weight_decay


def test_it_is_taken_where_rows_that_were_held_out_lose_less(monkeypatch):
    assert decay_of(monkeypatch, CODES, usual=TOO_MUCH, more=ENOUGH) == ENOUGH
    assert decay_of(monkeypatch, CODES, usual=ENOUGH, more=TOO_MUCH) == ENOUGH


def test_what_is_taken_is_what_one_can_ask_for():
    found, asked = (SeleniteRegressor(members=2, max_iter=8, weight_decay=decay) for decay in (None, 0.3))
    y = NUMBERS["x"] * NUMBERS["y"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("selenite.fitting.plan.WEIGHT_DECAY", TOO_MUCH)
        found.fit(CODES, y)
    np.testing.assert_array_equal(found.model_.parameters, asked.fit(CODES, y).model_.parameters)


@pytest.mark.parametrize(
    ("table", "asked", "expected"),
    [
        (NUMBERS, {}, TOO_MUCH),
        (CODES, dict(preset="best"), ENOUGH),
        (CODES, dict(preset="fast"), TOO_MUCH),
        (CODES, dict(weight_decay=TOO_MUCH), TOO_MUCH),
        (CODES, dict(hidden_layer_sizes=()), TOO_MUCH),
        (CODES, dict(loss="absolute_error"), TOO_MUCH),
    ],
    ids=["numbers", "best", "fast", "asked for", "linear", "loss"],
)
def test_where_it_is_tried(table, asked, expected, monkeypatch):
    assert decay_of(monkeypatch, table, usual=TOO_MUCH, more=ENOUGH, **asked) == expected
