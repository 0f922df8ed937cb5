"""What is planted is found: in a part of a file, in a weight of a layer, in the answers of a row, and nothing else."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite.errors import OptionError, SchemaError
from selenite.model.parts import Figure, Header, OverSeeds
from selenite.model.residual_quantiles import LEVELS
from selenite.table import ReadOptions
from selenite.text import json_text

DATA = Path(__file__).parents[1] / "data"
N = 120


def table(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": rng.normal(size=N), "z": rng.normal(size=N), "pet": rng.choice(["cat", "dog"], N)})
    frame["day"] = pd.date_range("2024-01-01", periods=N)
    frame["happy"] = np.where(frame.x + (frame.pet == "dog") + rng.normal(size=N) > 0.5, "yes", "no")
    frame["size"] = 10 * frame.x + rng.normal(size=N)
    return frame


COLUMNS = ["x", "z", "pet", "day"]
TRAIN, NEW = table(0), table(1)


def classifier(answers="happy", frame=TRAIN, **more):
    options = {"members": 2, "max_iter": 3} | more
    return selenite.SeleniteClassifier(**options).fit(frame[COLUMNS], frame[answers]).model_


def regressor(**more):
    options = {"members": 1, "max_iter": 3} | more
    return selenite.SeleniteRegressor(**options).fit(TRAIN[COLUMNS], TRAIN["size"]).model_


@pytest.fixture(scope="module")
def model():
    return classifier()


@pytest.fixture(scope="module")
def number():
    return regressor()


def test_a_path_is_that_of_a_model_or_of_an_export(model, number, tmp_path):
    model.save(tmp_path / "it.selenite")
    assert selenite.diff(model, tmp_path / "it.selenite").equal
    selenite.export(number, "python", tmp_path / "home")
    found = selenite.diff(tmp_path / "home", number, NEW)
    assert (found.changes, found.equal, found.answers.unit) == (None, None, "size")
    assert found.answers.largest.a == pytest.approx(found.answers.largest.b)
    assert found.verdict == "A and B give the same answers, but for rounding"
    with pytest.raises(OptionError, match="an export has answers alone"):
        selenite.diff(number, tmp_path / "home")


def test_columns_of_text_are_compared_after_they_predicted():
    frame = TRAIN.assign(said=[f"a {word} day with it {k}" for k, word in enumerate(TRAIN.pet)])[["said", "happy"]]

    def fitted(rows):
        kinds = {"kinds": {"said": "text"}, "members": 1, "max_iter": 1}
        return selenite.SeleniteClassifier(**kinds).fit(frame[["said"]][:rows], frame["happy"][:rows]).model_

    assert "terms" in said(selenite.diff(fitted(100), fitted(80), frame))


def moved(model, by, where=slice(None)):
    """Return the model with some of its parameters moved."""
    parameters = model.parameters.astype(np.float64)
    parameters[where] += by
    return replace(model, parameters=parameters)


def said(found):
    return " ".join(str(found).split())


def test_equal_files_say_so(model, tmp_path):
    model.save(tmp_path / "a")
    model.save(tmp_path / "b")
    found = selenite.diff(selenite.load(tmp_path / "a"), selenite.load(tmp_path / "b"), NEW)
    assert found.equal
    assert found.changes == ()
    assert str(found) == "Verdict: A and B are equal in everything that their files hold."


PLANTED = {
    "schema": lambda schema: replace(schema, columns=(replace(schema.columns[0], maximum=99.0), *schema.columns[1:])),
    "target": lambda target: replace(target, name="glad"),
    "read": lambda read: ReadOptions(";"),
    "recipe": lambda recipe: replace(recipe, dropout=0.5),
    "data": lambda data: replace(data, fingerprint="0" * 32),
    "figures": lambda figures: (replace(figures[0], value=0.25),),
    "network": lambda network: replace(network, loss="squared_error"),
    "residual_quantiles": lambda found: selenite.load(DATA / "number_format2.selenite").residual_quantiles,
    "over_seeds": lambda found: (OverSeeds("accuracy", (0.5, 0.75)),),
    "settings": lambda settings: replace(settings, seed=7),
    "threshold": lambda found: 0.25,
    "truth_quantiles": lambda found: tuple(np.linspace(0.1, 0.9, len(LEVELS)).tolist()),
    "verdict": lambda verdict: "Verdict: better.",
}


def test_each_part_of_a_file_is_compared(model):
    of_several = {"of_targets"}  # each of which is compared as a model of its own
    assert set(PLANTED) | of_several == {field.name for field in fields(Header)}
    model = replace(model, figures=(Figure("accuracy", "selenite", 0.5),))
    for part, change in PLANTED.items():
        other = replace(model, **{part: change(getattr(model, part))})
        found = selenite.diff(model, other)
        assert len(found.changes) == 1, part
        assert not found.equal
        assert "their weights are the same" in found.verdict
        assert json_text(found.as_json())


def test_columns_are_told_by_name(model):
    frame = TRAIN.rename(columns={"z": "w"}).assign(pet=np.where(TRAIN.x > 0, "cat", "hen"), x=TRAIN.x.round(1))
    frame["day"] += pd.Timedelta(days=1)
    other = selenite.SeleniteClassifier(members=2, max_iter=3).fit(frame[["w", "x", "pet", "day"]], frame["happy"])
    text = said(selenite.diff(model, other))
    for part in (
        "z only in A, number",
        "w only in B, number",
        'categories only in A: "dog"; only in B: "hen"',
        "range 2024-01-01 to 2024-04-29 → 2024-01-02 to 2024-04-30",
        "not compared: the networks differ in inputs",
    ):
        assert part in text
    assert "order" not in text


def test_a_weight_moved_by_hand_is_found_in_its_layer(model):
    network, member = model.network, 1
    start = network.n_embedding
    found = selenite.diff(model, moved(model, -0.5, (member, start)))
    sizes = [2 * network.n_embedding] + [
        2 * (n_in + 1) * n_out for n_in, n_out in zip(network.widths[:-1], network.widths[1:], strict=True)
    ]
    assert [layer.size for layer in found.weights] == sizes
    assert [layer.layer for layer in found.weights if layer.largest] == ["hidden1"]
    assert found.weights[1].largest == pytest.approx(0.5)
    assert found.weights[1].root_mean_square == pytest.approx(0.5 / np.sqrt(sizes[1]))
    last = selenite.diff(model, moved(model, 0.25, (slice(None), -1)))  # the biases of the output
    assert [layer.layer for layer in last.weights if layer.largest] == ["output"]
    assert last.weights[-1].root_mean_square == pytest.approx(0.25 * np.sqrt(2 / sizes[-1]))


def test_changed_classes_are_those_of_predict(model):
    other = moved(model, 0.7, (slice(None), -1))
    found = selenite.diff(model, other, NEW).answers
    changed = model.predict(NEW) != other.predict(NEW)
    apart = np.abs(model.predict_proba(NEW) - other.predict_proba(NEW)).max(axis=1)
    assert 0 < found.n_changed == changed.sum()
    assert found.largest.row == apart.argmax() + 1
    assert abs(found.largest.b - found.largest.a) == pytest.approx(apart.max(), abs=1e-6)
    assert found.largest.cells["pet"] == NEW["pet"][apart.argmax()]


def test_rows_right_and_losses_are_those_of_predict(model):
    other = moved(model, 0.7, (slice(None), -1))
    judged = selenite.diff(model, other, NEW).answers.judgement
    right = [one.predict(NEW) == NEW["happy"] for one in (model, other)]
    assert judged.only_a_right == (right[0] & ~right[1]).sum()
    assert judged.only_b_right == (right[1] & ~right[0]).sum()
    losses = [
        -np.log(one.predict_proba(NEW)[np.arange(N), (NEW["happy"] == "yes").astype(int)]) for one in (model, other)
    ]
    assert (judged.loss.a, judged.loss.b) == pytest.approx([loss.mean() for loss in losses], rel=1e-5)
    assert judged.loss.difference == pytest.approx((losses[1] - losses[0]).mean(), rel=1e-4)


def test_numbers_move_as_predict_says_and_the_interval_is_hall_s(number):
    other = regressor(max_iter=12)
    found = selenite.diff(number, other, NEW).answers
    predicted = [one.predict(NEW) for one in (number, other)]
    change = predicted[1] - predicted[0]
    assert found.mean_change == pytest.approx(change.mean())
    assert found.mean_absolute_change == pytest.approx(np.abs(change).mean())
    assert (found.largest.row, found.largest.b) == (np.abs(change).argmax() + 1, predicted[1][np.abs(change).argmax()])
    loss = found.judgement.loss
    d = (predicted[1] - NEW["size"]) ** 2 - (predicted[0] - NEW["size"]) ** 2
    error = d.std(ddof=1) / np.sqrt(N)
    g = (((d - d.mean()) / d.std(ddof=1)) ** 3).mean()
    for end, z in ((loss.low, 1.96), (loss.high, -1.96)):  # Hall: t + g (t²/3 + 1/6) / √n + g² t³ / (27 n) = z
        t = (d.mean() - end) / error
        assert t + g * (t * t / 3 + 1 / 6) / np.sqrt(N) + g * g * t**3 / (27 * N) == pytest.approx(z, abs=1e-3)
    assert loss.difference == pytest.approx(d.mean())
    assert loss.name == "mean squared error"


def test_models_of_two_losses_are_judged_by_the_usual_one(number):
    other = regressor(loss="quantile(0.9)")
    assert selenite.diff(number, other, NEW).answers.judgement.loss.name == "mean squared error"
    loss = selenite.diff(other, regressor(loss="quantile(0.9)", max_iter=5), NEW).answers.judgement.loss
    error = NEW["size"] - other.predict(NEW)
    assert loss.a == pytest.approx(np.maximum(0.9 * error, -0.1 * error).mean(), rel=1e-4)


def test_other_classes_are_compared_by_name(model):
    frame = TRAIN.assign(happy=np.where(TRAIN.x > 1, "very", TRAIN.happy))
    other = classifier(frame=frame)
    found = selenite.diff(model, other, NEW)
    assert found.weights is None
    assert found.answers.n_changed == (model.predict(NEW) != other.predict(NEW)).sum()
    assert found.answers.judgement.loss is None
    assert 'classes only in B: "very"' in said(found)
    assert "one that a model does not know has probability 0" in said(found)


def test_classes_in_another_order_are_the_same(model):
    network = model.network
    start = model.parameters.shape[1] - network.widths[-2] - 1
    turned = model.parameters.copy()
    turned[:, start:] *= -1
    other = replace(model, parameters=turned, target=replace(model.target, classes=("yes", "no")))
    found = selenite.diff(model, other, NEW)
    assert found.weights is None  # those of the output are of another class
    assert found.answers.n_changed == 0
    assert found.answers.judgement.loss.difference == pytest.approx(0, abs=1e-6)
    assert "the same, in another order" in said(found)


def test_a_class_and_a_number_are_not_compared(model, number):
    found = selenite.diff(model, number, NEW)
    assert found.verdict == "none, A predicts a class and B a number: their answers cannot be compared"
    assert "task classification → regression" in said(found)


def test_other_targets_are_not_judged(model):
    other = replace(moved(model, 0.7, (slice(None), -1)), target=replace(model.target, name="glad"))
    found = selenite.diff(model, other, NEW)
    assert found.answers.judgement is None
    assert found.verdict.startswith('none, A predicts "happy" and B "glad"')


def test_without_answers_none_is_better(model):
    found = selenite.diff(model, moved(model, 0.7, (slice(None), -1)), NEW[COLUMNS])
    assert found.answers.judgement is None
    assert 'no column "happy"' in found.verdict


def test_the_same_answers_say_so(model):
    found = selenite.diff(model, replace(model, settings=replace(model.settings, seed=9)), NEW)
    assert found.verdict == "A and B differ, but give the same answer in every row"


def test_what_is_no_model_or_does_not_fit_is_refused(model):
    with pytest.raises(OptionError, match=r"table='rows.csv' is a path: give rows"):
        selenite.diff(model, model, "rows.csv")
    with pytest.raises(OptionError, match="dict is no model"):
        selenite.diff(model, {})
    with pytest.raises(SchemaError, match='"pet"'):
        selenite.diff(model, model, NEW[["x", "z", "day"]])
    with pytest.raises(OptionError, match="no rows"):
        selenite.diff(model, model, NEW[:0])


def test_long_names_stay_within_80_columns(model):
    name, label = "a name of a column that goes on and on and on " * 3, "a class with a long name " * 10
    frame = TRAIN.rename(columns={"pet": name}).assign(happy=TRAIN.happy.replace("no", label))
    other = selenite.SeleniteClassifier(members=2, max_iter=3).fit(frame[["x", "z", name, "day"]], frame["happy"])
    found = selenite.diff(model, other, NEW.assign(**{name: NEW["pet"]}))
    assert max(map(len, str(found).splitlines())) <= 80
