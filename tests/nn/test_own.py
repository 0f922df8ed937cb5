"""Activations and losses of one's own: what is ours, given as one's own, trains to the same bits."""

import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.model_selection import GridSearchCV

import selenite
from selenite import MLPClassifier, MLPRegressor, backend
from selenite.errors import NetworkError, OptionError
from selenite.nn import Network, OwnActivation, OwnLoss, initialize
from selenite.training import fit

X = np.random.default_rng(0).normal(size=(60, 3))
Y = X[:, :1] * X[:, 1:2]


def my_tanh(z):
    return np.tanh(z)


def slope_of_my_tanh(z, a):
    return 1 - a * a


def half_square(y, p):
    return 0.5 * (p - y) ** 2


def slope_of_half_square(y, p):
    return p - y


def log_cosh(y, p):
    return np.log(np.cosh(p - y))


def slope_of_log_cosh(y, p):
    return np.tanh(p - y)


TANH, SQUARE = OwnActivation(my_tanh, slope_of_my_tanh), OwnLoss(half_square, slope_of_half_square)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_of_ours_as_ones_own_trains_to_the_same_bits(dtype):
    options = {"epochs": 5, "batch_size": 10, "seed": 3}
    ours, own = Network((3, 6, 1), ("tanh", "identity")), Network((3, 6, 1), (TANH, "identity"), SQUARE)
    rows = X.astype(dtype), Y.astype(dtype)
    start = initialize(ours).astype(dtype)
    of_ours = fit(ours, *rows, parameters=start, backend="numpy", **options)
    of_own = fit(own, *rows, parameters=start, **options)  # by the default, which leaves it to NumPy
    np.testing.assert_array_equal(of_own.parameters, of_ours.parameters)
    assert of_own.parameters.dtype == dtype
    for verb in ("predict", "jacobian", "input_gradient"):
        numpys, default = (getattr(backend.get(name), verb) for name in ("numpy", None))
        np.testing.assert_array_equal(default(own, start, rows[0]), numpys(ours, start, rows[0]))


def test_the_gradient_is_that_of_finite_differences():
    network = Network((3, 4, 1), (TANH, "softplus"), OwnLoss(log_cosh, slope_of_log_cosh))
    parameters = initialize(network)
    loss = partial(backend.get().loss_and_gradient, network, X=X, Y=Y)
    gradient = loss(parameters=parameters)[1]
    for i in range(len(parameters)):
        step = np.zeros_like(parameters)
        step[i] = 1e-6
        difference = (loss(parameters=parameters + step)[0] - loss(parameters=parameters - step)[0]) / 2e-6
        assert gradient[i] == pytest.approx(difference, abs=1e-8)


def test_a_wrong_derivative_is_named_by_its_numbers():
    with pytest.raises(NetworkError, match=r"derivative of my_tanh is -?[\d.]+ at z = -?[\d.]+, where finite diff"):
        OwnActivation(my_tanh, lambda z, a: 1 - a)
    with pytest.raises(NetworkError, match=r"derivative of half_square is .* at p = 0\.\d+, where finite diff"):
        OwnLoss(half_square, lambda y, p: y - p)


def test_what_gives_no_number_for_each_is_refused():
    for value in (lambda z: z.sum(), lambda z: z * np.nan, lambda z: z[:3]):
        with pytest.raises(NetworkError, match="must give a finite number for each z"):
            OwnActivation(value, lambda z, a: a)
    with pytest.raises(NetworkError, match="a pair of functions"):
        OwnActivation("tanh", "tanh")


def test_a_corner_is_no_mistake():
    hinge = OwnActivation(lambda z: np.maximum(z, 0), lambda z, a: z > 0)
    assert fit(Network((3, 4, 1), (hinge, "identity")), X, Y, epochs=3).history.loss[-1] > 0


@pytest.mark.filterwarnings("ignore:lbfgs")
def test_estimators_take_them_beside_ours():
    X, y = load_diabetes(return_X_y=True)
    X, y = 20 * X, y / 100
    options = {"hidden_layer_sizes": (6, 4), "max_iter": 30, "random_state": 0, "solver": "lbfgs"}
    own = MLPRegressor(SQUARE, activation=[TANH, "relu"], **options).fit(X, y)
    ours = MLPRegressor(activation=["tanh", "relu"], **options).fit(X, y)
    np.testing.assert_allclose(own.predict(X), ours.predict(X), rtol=1e-6)
    assert own.loss_ == pytest.approx(ours.loss_, rel=1e-9)
    again = pickle.loads(pickle.dumps(own))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(again.predict(X), own.predict(X))
    assert clone(own).get_params() == own.get_params()


@pytest.mark.filterwarnings("ignore")
def test_classes_are_learnt_by_a_loss_of_ones_own_and_searched_by_two_workers():
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    classifier = MLPClassifier((5,), loss=SQUARE, max_iter=60, random_state=0)
    search = GridSearchCV(classifier, {"activation": [TANH, "relu"]}, cv=2, n_jobs=2).fit(X[::2], y[::2])
    assert search.best_score_ > 0.9


def test_no_file_is_written_of_code(tmp_path):
    model = MLPRegressor(SQUARE, max_iter=2, random_state=0, hidden_layer_sizes=(3,))
    with pytest.warns(UserWarning, match="converge"):
        model.fit(X, Y[:, 0])
    with pytest.raises(OptionError, match="holds no code"):
        model.save(tmp_path / "m.selenite")
    assert not list(tmp_path.iterdir())


FEW = {"members": 2, "max_iter": 4, "hidden_layer_sizes": (8, 5), "backend": "numpy"}


def test_tables_are_learnt_by_them_as_by_ours():
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(d=np.where(X[:, 0] > 0, "yes", None))
    for of, y in ((selenite.SeleniteRegressor, Y[:, 0]), (selenite.SeleniteClassifier, Y[:, 0] > 0)):
        own = of(loss=SQUARE, activation=[TANH, "relu"], **FEW).fit(frame, y)
        ours = of(loss="squared_error", activation=["tanh", "relu"], **FEW).fit(frame, y)
        asked = "predict" if of is selenite.SeleniteRegressor else "predict_proba"
        found = getattr(own, asked)(frame)
        np.testing.assert_allclose(found, getattr(ours, asked)(frame), atol=1e-5)
        again = pickle.loads(pickle.dumps(own))  # noqa: S301 - our own bytes
        np.testing.assert_array_equal(getattr(again, asked)(frame), found)


def test_a_table_is_judged_by_ones_own_loss_and_no_file_is_written(tmp_path):
    table = {"a": X[:, 0], "b": X[:, 1], "y": Y[:, 0]}
    loss = OwnLoss(log_cosh, slope_of_log_cosh)
    options = {"preset": "fast", "epochs": 2, "hidden": (8,), "loss": loss, "activation": TANH, "test_fraction": 0.4}
    found = selenite.fit(table, "y", **options)
    assert found.verdict.startswith("Verdict by log_cosh: ")
    backwards = {name: column[::-1] for name, column in table.items()}  # not known again: all rows judge
    figures = {one.name: one.value for one in selenite.score(found.model, backwards).metrics.values()}
    target, prediction = found.model.target, found.model.predict(table)
    errors = (prediction - Y[:, 0]) / target.width
    assert figures["log_cosh"] == pytest.approx(target.width * np.log(np.cosh(errors)).mean())
    with pytest.raises(OptionError, match="holds no code"):
        found.model.save(tmp_path / "m.selenite")
    with pytest.raises(OptionError, match="of your own"):
        selenite.export(found.model, "c", tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_does_not_go_with_them_is_refused():
    with pytest.raises(OptionError, match="does not go with 3 classes"):
        selenite.SeleniteClassifier(loss=SQUARE).fit(X, np.arange(60) % 3)
    with pytest.raises(OptionError, match="my_tanh is your own, and may fall"):
        selenite.SeleniteRegressor(activation=["relu", TANH], monotone={"x0": 1}).fit(X, Y[:, 0])
