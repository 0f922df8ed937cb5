"""Each finding on a failure that was made for it; and how seldom healthy fits are called ill."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine, make_moons
from sklearn.preprocessing import scale

from selenite import MLPClassifier, MLPRegressor
from selenite.nn import Network
from selenite.training import diagnose, fit

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
X_wave = RNG.uniform(-2, 2, size=(300, 1))
y_wave = np.sin(2 * X_wave[:, 0])


def names_of(model):
    return [finding.name for finding in model.diagnose()]


def test_still_falling():
    model = MLPRegressor(max_iter=60, random_state=0).fit(X_wave, y_wave)
    (finding,) = model.diagnose()
    assert finding.name == "not converged"
    curve = model.loss_curve_
    share = 100 * (np.mean(curve[-12:-6]) - np.mean(curve[-6:])) / np.mean(curve[-12:-6])
    assert f"by {share:.0f} % in the last 6 of 60 epochs" in finding.evidence
    assert finding.remedy == "more epochs, such as 300"


@pytest.mark.parametrize("epochs", [1, 2, 3, 7])
def test_a_handful_of_epochs_is_too_few(epochs):
    network, X, Y = Network((1, 4, 1), ("tanh", "identity")), X_wave, y_wave[:, None]
    falling = np.linspace(1, 0.97, epochs)
    numbers = dict(losses=falling, learning_rate=0.01, converged=False)
    found = diagnose(network, RNG.normal(size=network.n_parameters), X, Y, **numbers)
    assert f"the epochs ran out after {epochs}" in [finding.evidence for finding in found]


def test_what_falls_below_rounding_no_longer_falls():
    network = Network((1, 1), ("identity",))
    numbers = dict(losses=np.geomspace(1, 1e-33, 100), learning_rate=0.1, converged=False)
    assert diagnose(network, np.array([2.0, 1.0]), X_wave, 2 * X_wave + 1, **numbers) == []


def test_a_rate_too_high():
    losses = np.r_[np.geomspace(5, 0.5, 20), np.linspace(0.5, 3, 30)]
    model = MLPRegressor(max_iter=5, random_state=0).fit(X_wave, y_wave)
    numbers = dict(losses=losses, learning_rate=0.5, converged=False)
    findings = diagnose(model._network, model._flat, X_wave, y_wave[:, None], **numbers)
    assert findings[0].name == "rate too high"
    assert "fell to 0.5 in epoch 20 and rose again to 2.9" in findings[0].evidence
    assert findings[0].remedy == "a tenth of the learning rate: 0.05"


def test_a_rate_that_kills_the_network():
    """Plain gradient descent, ten times too fast: it falls, rises, and ends with every unit dead."""
    options = dict(hidden_layer_sizes=(20,), solver="sgd", max_iter=100, n_iter_no_change=100, random_state=0)
    model = MLPRegressor(**options, learning_rate_init=0.3).fit(X_wave, y_wave)
    assert names_of(model) == ["rate too high", "dead units", "constant prediction"]
    assert model.diagnose()[0].remedy.endswith("0.03")
    assert "20 of the 20 units of hidden layer 1 are 0" in model.diagnose()[1].evidence
    assert MLPRegressor(**options | {"max_iter": 2000}, learning_rate_init=0.03).fit(X_wave, y_wave).diagnose() == []


def test_inputs_not_scaled():
    """A column a million times the others: its name and range are told."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    X = X.assign(pay=RNG.normal(size=150) * 1e7)
    model = MLPClassifier(activation="tanh", random_state=0).fit(X, y)
    finding = model.diagnose()[0]
    assert finding.name == "unscaled inputs"
    assert f"'pay' ranges from {X.pay.min():.4g} to {X.pay.max():.4g}" in finding.evidence


def test_wine_as_it_comes():
    """scikit-learn's example of what scaling is for: its fit ends no better than always saying one class, or nearly."""
    X, y = load_wine(return_X_y=True)
    model = MLPClassifier((10,), activation="logistic", random_state=0, max_iter=200).fit(X, y)
    assert names_of(model)[0] == "unscaled inputs"
    assert MLPClassifier((10,), activation="logistic", random_state=0, max_iter=2000).fit(scale(X), y).diagnose() == []


def test_saturated_units():
    X = RNG.choice([-900.0, 900.0], size=(200, 3)) + RNG.normal(size=(200, 3))
    y = (X[:, 0] % 7 > 3.5).astype(int)
    model = MLPClassifier((6,), activation="tanh", max_iter=40, random_state=0).fit(X, y)
    found = {finding.name: finding for finding in model.diagnose()}
    assert "units of hidden layer 1 stand at a limit of tanh" in found["saturated units"].evidence


def test_a_constant_prediction():
    """Targets in the thousands of which a short training with a small rate sees nothing."""
    X = RNG.normal(size=(300, 3))
    model = MLPRegressor(hidden_layer_sizes=(4,), learning_rate_init=1e-5, max_iter=20, random_state=0).fit(
        X, 5000 + 500 * X[:, 0]
    )
    assert "constant prediction" in names_of(model)


def test_no_gain_over_the_baseline():
    """Pure noise, held back from memorising it: there is nothing to be had."""
    X = RNG.normal(size=(2000, 3))
    y = RNG.integers(2, size=2000)
    model = MLPClassifier((5,), alpha=50.0, early_stopping=True, random_state=0).fit(X, y)
    (finding,) = model.diagnose()
    assert finding.name in ("no gain over the baseline", "constant prediction")


def healthy():
    """Yield fits that went well: enough epochs, inputs of one size, something to learn."""
    sets = [
        (MLPClassifier, *load_iris(return_X_y=True)),
        (MLPClassifier, *load_wine(return_X_y=True)),
        (MLPClassifier, *load_breast_cancer(return_X_y=True)),
        (MLPClassifier, *make_moons(200, noise=0.2, random_state=0)),
        (MLPRegressor, *load_diabetes(return_X_y=True)),
        (MLPRegressor, X_wave, y_wave),
        (MLPRegressor, RNG.normal(size=(400, 5)), None),
    ]
    for make, X, y in sets:
        X = scale(X)
        y = X[:, 0] * X[:, 1] + 0.3 * RNG.normal(size=len(X)) if y is None else y
        y = scale(y) if make is MLPRegressor else y
        for options in (
            {},
            {"activation": "tanh", "hidden_layer_sizes": (20,)},
            {"activation": "logistic", "hidden_layer_sizes": (20,), "learning_rate_init": 0.01},
            {"solver": "sgd", "learning_rate_init": 0.05, "hidden_layer_sizes": (30,)},
            {"solver": "lbfgs", "alpha": 0.1, "hidden_layer_sizes": (10,)},
            {"early_stopping": True, "n_iter_no_change": 30, "learning_rate_init": 0.005},
        ):
            for seed in (0, 1):
                yield make(max_iter=2000, random_state=seed, **options).fit(X, y)


def test_healthy_fits_are_left_alone():
    """84 fits: at most 1 in 20 is called ill."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alarms = [names_of(model) for model in healthy()]
    assert len(alarms) == 84
    assert sum(bool(names) for names in alarms) <= 4, alarms


XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def test_few_rows_are_judged_as_many():
    """The first network that many people try: four rows, a rate with which nothing happens."""
    for seed in range(20):
        options = {"activation": "logistic", "solver": "sgd", "random_state": seed}
        model = MLPClassifier((2,), **options).fit(*XOR)
        assert names_of(model)[-1] == "constant prediction", seed
    model = MLPRegressor(learning_rate_init=1e-6, max_iter=30, random_state=0).fit([[0.0], [1.0]], [0.0, 9.0])
    assert names_of(model) == ["rate too low", "constant prediction"]


def test_few_rows_that_are_learnt_are_left_alone():
    for seed in range(20):
        model = MLPClassifier((4,), activation="tanh", solver="lbfgs", random_state=seed).fit(*XOR)
        assert (names_of(model), model.score(*XOR)) == ([], 1.0), seed
        some = slice(0, 150, 50)
        X, y = load_iris(return_X_y=True)
        assert names_of(MLPClassifier((10,), solver="lbfgs", random_state=seed).fit(scale(X)[some], y[some])) == [], (
            seed
        )


def test_what_is_not_on_a_line_is_no_gain_for_a_line():
    for seed in range(20):
        model = MLPClassifier((), learning_rate_init=0.05, max_iter=2000, random_state=seed).fit(*XOR)
        assert names_of(model) in (["constant prediction"], ["no gain over the baseline"]), seed


def test_a_rate_too_low():
    X, y = make_moons(200, noise=0.1, random_state=0)
    for seed in range(20):
        model = MLPClassifier(learning_rate_init=1e-6, random_state=seed).fit(X, y)
        assert names_of(model)[0] == "rate too low", seed
        assert model.diagnose()[0].remedy == "ten times the learning rate: 1e-05"
        assert names_of(MLPClassifier(learning_rate_init=0.01, max_iter=2000, random_state=seed).fit(X, y)) == [], seed


def test_of_two_columns_one_is_out_of_scale():
    X = RNG.normal(size=(100, 2)) * [1, 1e5]
    for seed in range(20):
        model = MLPClassifier(random_state=seed).fit(X, X[:, 0] > 0)
        assert "unscaled inputs" in names_of(model), seed


def test_equal_units():
    """All weights begin alike: the units of a layer stay one."""
    X, y = make_moons(200, noise=0.1, random_state=0)
    network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    for value in (0.0, 0.3):
        training = fit(
            network, X, y[:, None].astype(float), parameters=np.full(network.n_parameters, value), epochs=200
        )
        numbers = dict(losses=training.history.loss, learning_rate=0.01, converged=False)
        (finding, *_) = diagnose(network, training.parameters, X, y[:, None].astype(float), **numbers)
        assert finding.name == "equal units"
        assert "4 units of hidden layer 1" in finding.evidence


def test_one_class_only():
    """Better than the best constant, and yet one class for all: the threshold is never crossed."""
    network = Network((1, 1), ("logistic",), "log_loss")
    X = np.linspace(-1, 1, 40)[:, None]
    Y = (X > 0).astype(float)
    numbers = dict(losses=np.geomspace(1, 0.4, 40), learning_rate=0.01, converged=True)
    (finding,) = diagnose(network, np.array([4.0, -4.0]), X, Y, **numbers)
    assert finding.name == "no gain over the baseline"
    (finding,) = diagnose(network, np.array([1.0, -1.0]), X, Y, **numbers)
    assert finding.name == "one class only"
    assert "all 40 rows looked at are given one class, to which 20 belong" in finding.evidence
    assert diagnose(network, np.array([2.0, 0.0]), X, Y, **numbers) == []


def test_digits_by_default_are_fine():
    X, y = load_digits(return_X_y=True)
    assert MLPClassifier(random_state=0).fit(X, y).diagnose() == []


def test_pictures_with_edges_that_are_nearly_black_are_scaled():
    """A column that hardly varies is no column out of scale."""
    X = np.c_[RNG.uniform(size=(300, 6)), 0.005 * RNG.uniform(size=300)]
    assert "unscaled inputs" not in names_of(MLPClassifier(max_iter=3, random_state=0).fit(X, X[:, 0] > 0.5))
