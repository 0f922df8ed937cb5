"""What can be asked about: models, ensembles, estimators, bare networks; with the user's own columns and values."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

import selenite
from selenite import backend
from selenite.errors import OptionError
from selenite.explanation.numbers import expand, subject_of
from selenite.nn import Embedding, Network, Optimizer, OptimizerState, initialize, start

TIGHT = 4
ROUNDING = (
    0 if backend.get().name == "kernel" else 3e-7
)  # relative; the kernel gives a row the same bits however it is asked


def equal(value):
    """Return what is equal to a number in single precision."""
    return pytest.approx(float(value), rel=ROUNDING, abs=0)


@pytest.fixture(scope="module")
def people():
    """Numbers with gaps and a spike, text, yes/no, dates and a column with a name that is markup."""
    rng = np.random.default_rng(3)
    n = 240
    table = pd.DataFrame(
        {
            "age": np.where(rng.random(n) < 0.1, np.nan, rng.integers(18, 90, n)),
            "spent": np.where(rng.random(n) < 0.4, 0.0, rng.gamma(2, 30, n).round(2)),
            "pet": rng.choice(["cat", "dog", "none"], n),
            "<b>garden</b>": rng.choice(["yes", "no"], n),
            "joined": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D"),
        }
    )
    table["happy"] = np.where((table["pet"] == "dog") == (table["<b>garden</b>"] == "yes"), "yes", "no")
    return table


@pytest.fixture(scope="module")
def classifier(people):
    X = people.drop(columns="happy")
    return selenite.SeleniteClassifier((9, 5), members=3, max_iter=4).fit(X, people["happy"])


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    path = tmp_path_factory.mktemp("why") / "happy.selenite"
    classifier.save(path)
    return str(path)


def opened(answer):
    return list(answer.expansion.opened())


def test_the_probability_of_an_ensemble_is_the_mean_of_its_members(saved, people):
    model = selenite.load(saved)
    for row in (1, 17):
        expected = model.predict_proba(people.iloc[row - 1 : row])[0]
        answer = selenite.why(saved, "probability", people, row=row)
        assert answer.value == equal(expected[1])
        assert answer.expansion.address == "probability[yes]"
        assert [term.label for term in answer.expansion.terms] == ["member 1", "member 2", "member 3"]
        assert selenite.why(saved, "probability[no]", people, row=row).value == equal(expected[0])
        for part in ("probability", "probability[no]"):
            for one in opened(selenite.why(saved, part, people, row=row, depth=None, breadth=2)):
                assert one.check is None or one.check.ulp <= TIGHT, one


def test_the_same_from_the_estimator_the_model_and_the_file(classifier, saved, people):
    X, y = people.drop(columns="happy"), people["happy"]
    address = "member2.hidden1.weights[3,4].gradient"
    first = selenite.why(classifier, address, X.head(20), y.head(20))
    assert first.value == selenite.why(classifier.model_, address, people.head(20)).value
    assert str(first) == str(selenite.why(saved, address, people.head(20)))


def test_terms_name_the_users_columns_and_values(saved, people):
    row = 5
    person = people.iloc[row - 1]
    answer = selenite.why(saved, "member1.hidden1.unit2.z", people, row=row, terms=100)
    labels = [term.label for term in answer.expansion.terms]
    age = "missing" if np.isnan(person["age"]) else f"{person['age']:g}"
    assert f"age = {age}" in labels
    assert f"pet = dog ({person['pet']})" in labels
    assert any(label.startswith("joined: time (20") for label in labels)
    assert any(", wave 1 (" in label for label in labels)
    assert "bias" in labels
    assert answer.expansion.check.ulp <= TIGHT


def test_every_input_is_what_the_encoder_makes_of_the_cell(saved, people):
    model = selenite.load(saved)
    for row in (1, int(np.flatnonzero(people["age"].isna())[0]) + 1, int(np.flatnonzero(people["spent"] == 0)[0]) + 1):
        subject = subject_of(model, people, row=row)
        for i, name in enumerate(subject.input_names):
            found = expand(subject, f"input[{i + 1}]")
            assert found.address == f"input[{name}]"
            assert found.value == float(subject.X[0, i])
            assert found.check is None or found.check.ulp <= TIGHT, found
    texts = [
        str(selenite.why(model, f"input[{name}]", people, row=1)) for name in ("pet = dog", "joined: time", "spent")
    ]
    assert f"column pet holds {people['pet'][0]}" in texts[0]
    assert f"column joined holds {people['joined'][0].date()}" in texts[1]
    assert f"column spent holds {people['spent'][0]:g}" in texts[2]


def test_an_answer_goes_down_to_the_cells(saved, people):
    answer = selenite.why(saved, "probability", people, row=3, depth=None)
    addresses = [one.address for one in opened(answer)]
    assert any(".hidden2.unit" in address for address in addresses)
    assert any(address.startswith("input[") for address in addresses)
    assert "column " in str(answer)
    assert len(addresses) == len(set(addresses))


def test_updates_take_the_models_recipe_or_an_optimizer_of_ones_own(saved, people):
    model = selenite.load(saved)
    adamw = selenite.why(model, "member1.output.weights[2,1].update", people.head(30))
    assert [term.label for term in adamw.expansion.terms] == ["old", "decay", "step"]
    sgd = selenite.why(model, "member1.output.weights[2,1].update", people.head(30), optimizer=Optimizer("sgd", 0.25))
    gradient = selenite.why(model, "member1.output.weights[2,1].gradient", people.head(30)).value
    assert sgd.expansion.terms[1].value == -0.25 * gradient
    with pytest.raises(OptionError, match="the optimizer sgd has no memory"):
        selenite.why(model, "member1.output.weights[2,1].mean", people.head(3), optimizer=Optimizer("sgd", 0.25))


def test_a_second_step_goes_on_from_the_optimizers_state():
    network = Network((2, 3, 1), ("tanh", "identity"))
    parameters, optimizer = initialize(network), Optimizer("adam", 0.1)
    X, y = np.array([[0.5, -1.0], [1.0, 2.0]]), np.array([1.0, 0.0])
    state = start(optimizer, parameters)
    selenite.backend.get().train(network, parameters, optimizer, state, X, y[:, None], n_epochs=3)
    after, further = parameters.copy(), OptimizerState(3, 3, 1.0, state.first.copy(), state.second.copy())
    selenite.backend.get().train(network, after, optimizer, further, X, y[:, None], n_epochs=1)
    answer = selenite.why(
        (network, parameters), "hidden1.weights[1,1].update", X, y, optimizer=optimizer, state=state, depth=2
    )
    assert answer.value == after[0]
    assert state.steps == 3
    assert all(one.check.ulp <= TIGHT for one in opened(answer))
    with pytest.raises(OptionError, match="state is of 2 parameters"):
        selenite.why(
            (network, parameters),
            "hidden1.weights[1,1].update",
            X,
            y,
            state=OptimizerState(0, 0, 1.0, *2 * [np.zeros(2)]),
        )


@pytest.mark.parametrize("penalty", [{"l1": 0.5}, {"l2": 0.5}, {"l1": 0.2, "l2": 0.1}])
def test_of_one_row_with_a_penalty_each_loss_has_its_own_name(penalty):
    network = Network((2, 3, 1), ("tanh", "identity"))
    subject = (network, np.random.default_rng(0).normal(size=network.n_parameters))
    X, y = np.array([[1.0, 2.0]]), np.array([1.0])
    whole, own = (selenite.why(subject, address, X, y, **penalty) for address in ("loss", "row1.loss"))
    weights = np.concatenate([each.ravel() for each in network.weights(subject[1])])
    added = penalty.get("l1", 0) * np.abs(weights).sum() + 0.5 * penalty.get("l2", 0) * (weights**2).sum()
    assert whole.value - own.value == pytest.approx(added)
    assert (whole.expansion.address, own.expansion.address) == ("loss", "row1.loss")
    assert "row1.loss" in [factor.address for term in whole.expansion.terms for factor in term.factors]
    assert "`loss` has the penalty" in str(own)
    plain = selenite.why(subject, "row1.loss", X, y)
    assert (plain.expansion.address, plain.expansion.note, plain.value) == ("loss", "", own.value)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_mlp_classifier(solver):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(3, size=60)
    classifier = selenite.MLPClassifier((6, 4), activation="tanh", solver=solver, random_state=0, max_iter=8).fit(X, y)
    for label in classifier.classes_:
        expected = classifier.predict_proba(X[4:5])[0, label]
        assert selenite.why(classifier, f"probability[{label}]", X, row=5).value == expected
    loss = selenite.why(classifier, "loss", X, y)
    assert loss.expansion.terms[-1].label == "penalty"
    assert loss.expansion.check.ulp <= loss.expansion.check.limit
    for address in ("hidden2.weights[1,2].update", "output.biases[3].gradient", "loss"):
        assert all(one.check.holds for one in opened(selenite.why(classifier, address, X, y, depth=None)))
    labels = [term.label for term in selenite.why(classifier, "hidden1.unit1.z", X, row=1).expansion.terms]
    assert labels == ["x0", "x1", "x2", "bias"]


@pytest.mark.parametrize(
    ("memory", "optimizer"),
    [
        ("velocity", Optimizer("sgd", 0.1, momentum=0.9)),
        ("mean", Optimizer("adam", 0.1)),
        ("mean_square", Optimizer("adam", 0.1)),
    ],
)
def test_a_step_that_adds_up_cancelling_rows_in_another_order_agrees(memory, optimizer):
    """What rows say of the gradient cancels to a millionth, so that rounding shows where the order differs."""
    network = Network((3, 4, 1), ("tanh", "identity"))
    parameters = initialize(network)
    rng = np.random.default_rng(0)
    X, errors = np.repeat(rng.normal(size=(250, 3)), 2, axis=0), np.repeat(rng.normal(size=250), 2)
    errors[1::2] *= -1 + 1e-6
    y = selenite.backend.get().predict(network, parameters, X)[:, 0] + errors
    for place in ("output.biases[1]", "hidden1.weights[1,2]", "output.weights[3,1]"):
        for attribute in (memory, "update"):
            answer = selenite.why((network, parameters), f"{place}.{attribute}", X, y, optimizer=optimizer, depth=2)
            assert all(one.check.holds for one in opened(answer))
            assert answer.expansion.check.total == pytest.approx(answer.value, rel=1e-6)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_mlp_regressor_and_names_of_a_frame():
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(50, 2)), columns=["height", "weight"])
    y = X["height"] * 3 - X["weight"]
    regressor = selenite.MLPRegressor(hidden_layer_sizes=(4,), random_state=0, max_iter=5).fit(X, y)
    answer = selenite.why(regressor, "prediction", X, row=2, depth=None)
    assert answer.value == regressor.predict(X)[1]
    assert "height" in str(answer)
    assert selenite.why(regressor, "row3.loss", X, y).value == pytest.approx(
        0.5 * (regressor.predict(X)[2] - y[2]) ** 2
    )


def test_a_number_is_scaled_back(people):
    X = people[["age", "pet"]]
    regressor = selenite.SeleniteRegressor((4,), members=2, max_iter=3).fit(X, people["spent"])
    answer = selenite.why(regressor, "prediction", X, row=9)
    assert answer.value == equal(regressor.predict(X.iloc[8:9])[0])
    assert [term.label for term in answer.expansion.terms] == ["center", "member 1", "member 2"]
    assert answer.expansion.check.ulp <= TIGHT
    with pytest.raises(OptionError, match="gives no probability.*Ask for prediction"):
        selenite.why(regressor, "probability", X, row=1)


def test_a_bare_ensemble_with_an_embedding():
    network = Network((3, 4, 2), ("gelu", "softmax"), "log_loss", embedding=Embedding((1,), 4, 2))
    members = np.array([initialize(network, seed=seed) for seed in range(3)])
    X, y = np.random.default_rng(1).normal(size=(2, 3)), np.eye(2)
    answer = selenite.why((network, members), "row2.probability[1]", X, depth=None, breadth=9)
    mean = np.mean([selenite.nn.predict(network, member, X)[1, 0] for member in members])
    assert answer.value == pytest.approx(mean, rel=1e-14)
    assert any("wave[1," in one.address for one in opened(answer))
    assert all(one.check.ulp <= TIGHT for one in opened(answer))
    for part in ("frequencies[1,2]", "phases[1,1]", "mixing[1,2,3]", "offsets[1,1]", "factors[5]"):
        assert selenite.why((network, members), f"member3.embedding.{part}.update", X, y, depth=2).expansion.check.holds


MISTAKES = [
    ("hidden1.unit3", "3 networks whose mean predicts: say which, as in member1.hidden1.unit3"),
    ("member4.hidden1.unit3", "no member 4; there are 1 to 3"),
    ("member1.hidden1.unit30.z", "hidden1 has units 1 to 9"),
    ("member1.hidden1.unit0.z", "hidden1 has units 1 to 9"),
    ("member1.hidden1.unit3.q", "each with z, a, slope, delta, a.gradient"),
    ("member1.hidden3.unit1.z", "The layers are hidden1, hidden2, output"),
    ("member1.hidden2.weights[1,2,3]", "weights\\[i,j\\] and biases\\[j\\]"),
    ("member1.hidden2.weights[0,1]", "the first is 1 in each place"),
    ("member1.hidden2.weights[9,6]", "the last is \\[9,5\\]"),
    ("probably", "Did you mean probability"),
    ("probability[maybe]", "no class \"maybe\"; there are \"no\", \"yes\""),
    ("input[aged]", "did you mean \"age\""),
    ("prediction", "predicts a class: ask for probability"),
    ("member1.output.total", "the output is not softmax"),
    ("member1.output.a.gradient", "ask for output.unit1.delta"),
    ("member1.wave[9,1]", "inputs become waves"),
    ("", "there is no number"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "message"), MISTAKES)
def test_mistakes_are_told(saved, people, address, message):
    with pytest.raises(OptionError, match=message):
        selenite.why(saved, address, people, row=1)


@pytest.mark.parametrize(
    "estimator", [selenite.MLPClassifier((3,), max_iter=5), selenite.SeleniteClassifier(max_iter=5)]
)
def test_a_fitted_estimator_says_what_can_be_asked(estimator):
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.where(X[:, 0] > 0, "a", "b")
    with pytest.raises(NotFittedError):
        estimator.question(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(X, y)
    asked = estimator.question(X[:7], y[:7])
    assert (asked.n_rows, asked.classes, asked.row_numbers) == (7, ("a", "b"), tuple(range(1, 8)))
    assert estimator.question(X[:7], y[:7], 3).row_numbers == (3,)


def test_more_mistakes(saved, people):
    with pytest.raises(OptionError, match=r"of one row, and there are 240: say which, as in member1\.row1\.hidden1"):
        selenite.why(saved, "member1.hidden1.unit3.z", people)
    with pytest.raises(OptionError, match="there is no row 241; the rows at hand are 1 to 240"):
        selenite.why(saved, "probability", people, row=241)
    with pytest.raises(OptionError, match="none are given: give y, or a table with the column 'happy'"):
        selenite.why(saved, "member1.loss", people.drop(columns="happy"), row=1)
    with pytest.raises(OptionError, match="say which rows"):
        selenite.why(saved, "probability")
    with pytest.raises(OptionError, match="a dict cannot be asked"):
        selenite.why({}, "loss", people)
    with pytest.raises(OptionError, match="depth=0"):
        selenite.why(saved, "probability", people, row=1, depth=0)
    network = Network((2, 1), ("identity",))
    with pytest.raises(OptionError, match="there are 4 parameters; the network has 3"):
        selenite.why((network, np.zeros(4)), "loss", np.zeros((1, 2)))
    with pytest.raises(OptionError, match="X has 3 columns; the network takes 2"):
        selenite.why((network, np.zeros(3)), "loss", np.zeros((1, 3)))
    with pytest.raises(OptionError, match=r"Y has shape \(3,\)"):
        selenite.why((network, np.zeros(3)), "loss", np.zeros((1, 2)), np.zeros(3))
    with pytest.raises(OptionError, match="has no embedding"):
        selenite.why((network, np.zeros(3)), "embedding.factors[1].gradient", np.zeros((1, 2)), np.zeros(1))
    with pytest.raises(OptionError, match="epoch=3 is for the tutorial's networks"):
        selenite.why((network, np.zeros(3)), "loss", np.zeros((1, 2)), np.zeros(1), epoch=3)


def test_without_answers_what_goes_forward_is_there():
    network = Network((2, 2, 1), ("relu", "exp"), "poisson")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = selenite.why((network, initialize(network)), "output.z", np.ones((1, 2)), depth=None)
    assert answer.expansion.check.holds


def test_the_module_is_called_whoever_imported_what():
    import selenite.explanation.numbers
    from selenite.explanation.numbers import why

    assert selenite.why("tutorial:2", "loss").value == why("tutorial:2", "loss").value


def test_the_loss_of_a_model_is_of_smoothed_answers_as_in_training():
    """With the last bits that training had: its own validation loss, of the parameters that it kept."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    classifier = selenite.SeleniteClassifier((6,), members=1, max_iter=6, dropout=0)
    classifier.fit(X, y, validation_set=(X.iloc[::3], y.iloc[::3]))
    model = classifier.model_
    hot = model.parameters.copy()
    for layer in (model.network.weights(hot[0])[-1], model.network.bias_vectors(hot[0])[-1]):
        layer *= np.float32(model.recipe.temperature)
    answer = selenite.why(replace(model, parameters=hot), "loss", X.iloc[::3], y.iloc[::3])
    in_training = classifier.history_.validation_loss[classifier.best_epoch_ - 1]
    assert answer.value == pytest.approx(in_training, rel=1e-5)
    assert answer.expansion.check.holds
    probability = replace(model, parameters=hot).predict_proba(X.iloc[::3])
    plain = -np.log(probability[np.arange(50), y.iloc[::3]]).mean()
    [smoothing, left_out] = answer.expansion.remarks
    assert float(smoothing.rpartition(" ")[2]) == pytest.approx(plain, rel=1e-4)
    assert left_out.startswith("left out: its weights of rows, which a model does not keep; the schedule one_cycle")
    row = selenite.why(model, "loss", X, y, row=60, depth=None)
    assert "NO" not in str(row)
    assert row.expansion.formula.text == "Σ y × (ln Σ e^z - z) = -Σ y ln p"


def test_two_classes_are_not_smoothed_and_dropout_is_named(saved, people):
    answer = selenite.why(saved, "member1.loss", people, row=3)
    assert answer.expansion.remarks[0].startswith("left out: training's dropout 0.1; its weights of rows")
    assert selenite.why(saved, "member1.output.z", people, row=3).expansion.remarks == ()
    p = float(selenite.why(saved, "member1.output.a", people, row=3).value)
    assert answer.value == pytest.approx(-np.log(p if people["happy"][2] == "yes" else 1 - p), rel=1e-5)


def test_what_an_mlp_was_trained_with_besides_is_named():
    X, y = load_iris(return_X_y=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlp = selenite.MLPClassifier((4,), max_iter=2, dropout=0.2, class_weight="balanced", random_state=0).fit(X, y)
    [remark] = selenite.why(mlp, "hidden1.weights[1,1].update", X, y).expansion.remarks
    assert remark == "left out: training's dropout 0.2; class weights; sample weights, if fit was given any"
