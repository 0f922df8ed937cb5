"""`partial_fit`: an epoch a call, columns and classes fixed at first sight, drift told, scikit-learn's contracts."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import DriftWarning, OptionError, SchemaError
from selenite.nn import step
from selenite.nn.backprop import loss_and_gradient
from selenite.nn.random import SHUFFLE, permutation

RNG = np.random.default_rng(0)
N = 600


def people(n=N, oldest=90, cities=("Oslo", "Rome")):
    frame = pd.DataFrame({"age": RNG.integers(18, oldest, n).astype(float), "city": RNG.choice(cities, n)})
    frame.loc[:1, "age"] = [18, oldest]
    return frame, np.where((frame.age > 50) == (frame.city == "Rome"), "yes", "no")


def test_pieces_are_learnt_and_all_that_needs_a_model_works(tmp_path):
    classifier = SeleniteClassifier(members=2)
    for k in range(16):
        X, y = people()
        classifier.partial_fit(X, y, classes=["no", "yes"] if k == 0 else None)
    assert classifier.score(*people()) > 0.95
    assert classifier.n_iter_ == len(classifier.history_) == 16
    assert classifier.model_.data.training_rows == 16 * N
    classifier.save(tmp_path / "m")
    loaded = selenite.load(tmp_path / "m")
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    assert len(selenite.explain(classifier, X.head(3), background=X).values) == 3
    asked = selenite.why(classifier, "probability", X=X, row=1).value
    assert asked == pytest.approx(classifier.predict_proba(X)[0, 1], abs=1e-5)


def test_a_call_is_one_epoch_of_adamw_whose_state_is_kept():
    X = RNG.normal(size=(64, 1))
    asked = dict(hidden_layer_sizes=(), members=1, batch_size=16, dropout=0.0, learning_rate_init=0.01, backend="numpy")
    regressor = SeleniteRegressor(**asked).partial_fit(X, X[:, 0])
    learner = regressor._incremental
    network, optimizer = regressor.model_.network, learner.optimizer
    parameters, state = learner.start.parameters[0].copy(), learner.states[0].copy()
    assert (state.steps, state.epochs) == (4, 1)
    inputs = regressor.model_.encode(X)
    answers = ((X - regressor.model_.target.center) / regressor.model_.target.width).astype(np.float32)
    regressor.partial_fit(X, X[:, 0])
    order = permutation(0, 64, SHUFFLE, 1)
    for batch in order.reshape(4, 16):
        _, gradient = loss_and_gradient(network, parameters, inputs[batch], answers[batch])
        step(optimizer, state, network, parameters, gradient, optimizer.learning_rate)
    np.testing.assert_allclose(regressor.model_.parameters[0], parameters, rtol=1e-5, atol=1e-7)


def test_the_same_pieces_give_the_same_model_whoever_computes_and_after_a_pickle():
    pieces = [people() for _ in range(3)]

    def learnt(backend, pickled):
        classifier = SeleniteClassifier(members=2, backend=backend, dropout=0.0)
        for X, y in pieces:
            classifier.partial_fit(X, y, classes=["no", "yes"])
            classifier = pickle.loads(pickle.dumps(classifier)) if pickled else classifier  # noqa: S301
        return classifier.model_.parameters

    np.testing.assert_array_equal(learnt(None, False), learnt(None, True))
    np.testing.assert_allclose(learnt(None, False), learnt("numpy", False), rtol=1e-3, atol=1e-4)


def test_what_was_never_seen_is_told_once():
    regressor = SeleniteRegressor(members=1)
    X, _ = people()
    regressor.partial_fit(X, X.age.to_numpy())
    before = regressor.model_.encode(X)
    new, _ = people(oldest=104, cities=("Oslo", "Rome", "Bern"))
    new.loc[5, "age"] = np.nan
    with pytest.warns(DriftWarning) as told:
        regressor.partial_fit(new, new.age.fillna(0).to_numpy())
    assert {str(one.message) for one in told} == {
        "age now reaches 104, was 90",
        "age: missing, never missing in training",
        'city: category "Bern" never seen',
        "target now falls to 0, was 18",
        "target now reaches 104, was 90",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        regressor.partial_fit(new, new.age.fillna(0).to_numpy())
    np.testing.assert_array_equal(regressor.model_.encode(X), before)
    assert not regressor.model_.outside(X.assign(age=104.0))


def test_small_moves_are_told_once_they_add_up():
    X = RNG.uniform(0, 1, (200, 1))
    regressor = SeleniteRegressor(members=1).partial_fit(X, X[:, 0])
    told = []
    for k in range(1, 8):
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            regressor.partial_fit(X + 0.02 * k, X[:, 0])
        told.append(len(notes))
    assert told == [0, 0, 1, 0, 0, 1, 0]
    assert regressor.model_.schema.columns[0].maximum == X.max() + 0.14


def test_it_goes_on_from_a_fit_and_fit_forgets():
    X = RNG.normal(size=(400, 2))
    y = np.exp(2 * X[:, 0] + X[:, 1] + 0.2 * RNG.normal(size=400))
    regressor = SeleniteRegressor(members=3, max_iter=30).fit(X, y)
    assert regressor.model_.target_transform == "log"
    state = regressor.trainings_[0].state.steps
    before, schema = r2_score(np.log(y), np.log(regressor.predict(X))), regressor.model_.schema
    regressor.partial_fit(X, y)
    assert regressor._incremental.states[0].steps > state > 0
    assert r2_score(np.log(y), np.log(regressor.predict(X))) > before - 0.02
    assert (regressor.model_.schema, regressor.model_.target_transform) == (schema, "log")
    with pytest.raises(OptionError, match="learnt the logarithm"):
        regressor.partial_fit(X, y - y.max())
    fitted = regressor.fit(X, y).model_.parameters
    np.testing.assert_array_equal(fitted, SeleniteRegressor(members=3, max_iter=30).fit(X, y).model_.parameters)


def test_probabilities_of_a_fit_stay_calibrated_where_it_goes_on():
    X = RNG.normal(size=(400, 2))
    y = RNG.integers(0, 3, 400)
    classifier = SeleniteClassifier(members=2, max_iter=10, learning_rate_init=1e-7).fit(X, y)
    before = classifier.predict_proba(X)
    np.testing.assert_allclose(classifier.partial_fit(X, y).predict_proba(X), before, atol=1e-4)


def test_misuse():
    X, y = people()
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        SeleniteClassifier().partial_fit(X, y)
    classifier = SeleniteClassifier(members=1).partial_fit(X, y, classes=["no", "yes"])
    before = classifier.model_
    with pytest.raises(SchemaError, match='class "maybe" of column "target" is unknown'):
        classifier.partial_fit(X, np.where(X.age > 40, "maybe", "no"))
    with pytest.raises(ValueError, match="is not the same as on last call"):
        classifier.partial_fit(X, y, classes=["no", "yes", "maybe"])
    with pytest.raises(ValueError, match="feature names"):
        classifier.partial_fit(X.rename(columns={"age": "years"}), y)
    assert classifier.model_ is before
    with pytest.raises(OptionError, match="give a weight for each class"):
        SeleniteClassifier(class_weight="balanced").partial_fit(X, y, classes=["no", "yes"])
