"""`fit --activation tanh,relu`, `--weight-decay`, `--no-known-rows` ...: stored, told, the same word in Python."""

from pathlib import Path

import numpy as np
import pytest

import selenite
from selenite.errors import OptionError

QUICK = ("--preset", "fast", "--epochs", 3)


def test_they_are_stored_told_and_written_into_the_command_of_the_report(run, people):
    options = ("--activation", "tanh,relu", "--dropout", 0.25, "--weight-decay", 0, "--no-known-rows")
    told = run("fit", people, "--target", "happy", *QUICK, *options).output
    assert "hidden layers 128,64 tanh,relu" in told
    model = selenite.load("people.selenite")
    assert model.network.activations[:2] == ("tanh", "relu")
    assert (model.settings.activation, model.settings.dropout, model.settings.weight_decay) == ("tanh,relu", 0.25, 0)
    assert not model.settings.known_rows
    assert (model.recipe.dropout, model.recipe.weight_decay) == (0.25, 0)
    run("report", "people.selenite", people)
    page = Path("people.html").read_text()
    assert "--activation tanh,relu --epochs" in page
    assert "--dropout 0.25 --weight-decay 0 --no-known-rows -o" in page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--activation", "tanh,relu,elu"), "of 3 hidden layers, and there are 2: 128,64"),
        (("--hidden", "", "--activation", "tanh,relu"), "there are 0;"),
        (("--activation", "tanh,rleu"), "there is no activation 'rleu'"),
        (("--dropout", "1"), "--dropout"),
        (("--weight-decay", "-1"), "--weight-decay"),
    ],
)
def test_what_cannot_be_is_refused(run, people, options, said):
    assert said in run("fit", people, "--target", "happy", *QUICK, *options, code=2).output


def test_a_model_keeps_its_own(run, people):
    run("fit", people, "--target", "happy", *QUICK, "--dropout", 0.2, "-q")
    for option in (("--dropout", 0.3), ("--no-known-rows",)):
        refused = run("fit", people, "--from", "people.selenite", "-o", "b.selenite", *option, code=2).output
        assert f"{option[0]} does not go with --from" in refused


def test_python_names_a_layer_each():
    X = np.random.default_rng(0).normal(size=(100, 2))
    quick = {"members": 1, "max_iter": 2, "hidden_layer_sizes": (4, 3)}
    fitted = selenite.SeleniteRegressor(activation=["tanh", "relu"], **quick).fit(X, X[:, 0])
    same = selenite.SeleniteRegressor(activation="tanh,relu", **quick).fit(X, X[:, 0])
    assert fitted.model_.network.activations == ("tanh", "relu", "identity")
    assert fitted.model_.to_bytes() == same.model_.to_bytes()
    with pytest.raises(OptionError, match="of 2 hidden layers, and there are 1: 8"):
        selenite.SeleniteRegressor(8, ["tanh", "relu"]).fit(X, X[:, 0])
