"""Going on with a fitted model: what stays as it was, where training begins, and that figures are of new rows alone."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import DriftWarning, OptionError, SchemaError
from selenite.fitting.continuing import Start, settings_to_continue
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.evaluate_continued import continue_and_evaluate
from selenite.model import Settings
from selenite.model.predictions import predictions_of
from selenite.model.rows import rows_used
from selenite.table import as_table

RNG = np.random.default_rng(1)


def table(n, slope=1.0, top=2.0, task="classes", noise=0.1):
    x, z = RNG.uniform(-2, top, n), RNG.normal(size=n)
    y = slope * x + np.sin(2 * z) + noise * RNG.normal(size=n)
    answers = {"classes": np.digitize(y, [-1, 1]), "number": y, "price": np.exp(2 * y)}[task]
    return as_table(pd.DataFrame({"x": x, "z": z, "y": answers}))


@pytest.fixture(scope="module", params=["classes", "number", "price"])
def old(request):
    rows = table(600, task=request.param)
    asked = Settings("balanced", members=3, epochs=20, task=None if request.param == "classes" else "regression")
    return request.param, rows, fit_and_evaluate(rows, "y", asked, test_fraction=0.2).model


def test_it_begins_where_the_model_stands(old):
    _, rows, model = old
    new = table(200, task=old[0])
    settings = settings_to_continue(model, seed=3, epochs=1, learning_rate=1e-9)
    fit, _ = continue_and_evaluate(new, model, settings)
    again = fit.model
    assert again.target_transform == model.target_transform
    same = model.output(model.encode(rows.without("y")))
    if old[0] == "number":
        np.testing.assert_allclose(again.output(again.encode(rows.without("y"))), same, atol=1e-5)
    if old[0] == "classes":  # the temperature is found anew
        before, now = Start.of(model), Start.of(again)
        np.testing.assert_allclose(now.parameters, before.parameters, rtol=1e-5, atol=1e-6)
    if old[0] == "price":  # so is the factor that makes up for the mean of logarithms
        ratio = again.predict(rows.without("y")) / model.predict(rows.without("y"))
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-4)


def test_it_learns_what_is_new_and_is_judged_on_rows_put_aside(old):
    task, _, model = old
    new = table(900, slope=-1.0, top=3.0, task=task, noise=0.02 if task == "price" else 0.1)
    fit, notes = continue_and_evaluate(new, model, settings_to_continue(model, seed=0, epochs=60, learning_rate=0.008))
    assert any(note.startswith("x now reaches 2.9") for note in notes)
    known = dict(zip(fit.model.schema.names, fit.model.schema.columns, strict=True))
    assert 2.9 < known["x"].maximum < 3.0
    frozen = replace(
        fit.model.schema, columns=tuple(replace(c, maximum=0, minimum=0) for c in fit.model.schema.columns)
    )
    assert frozen.columns == tuple(replace(c, maximum=0, minimum=0) for c in model.schema.columns)
    aside = rows_used(fit.model, new).aside
    assert len(aside) == fit.model.data.test_rows == fit.n_judged == pytest.approx(135, abs=2)
    [figure] = [one for one in fit.figures["selenite"] if one.name in ("log loss", "RMSE")]
    found = predictions_of(fit.model, new.take(aside))
    assert figure.value == pytest.approx(found.mean_loss(), rel=1e-6)
    [before] = [one for one in fit.figures["before"] if one.name == figure.name]
    assert figure.value < 0.8 * before.value
    assert "better on these rows than the model before" in fit.verdict


def test_each_network_keeps_its_parameters_where_nothing_is_better():
    model = fit_and_evaluate(table(500, task="number"), "y", Settings("fast", epochs=10, task="regression")).model
    poor = settings_to_continue(model, seed=0, learning_rate=30.0, epochs=3)
    fit, _ = continue_and_evaluate(table(300, task="number"), model, poor)
    assert fit.model.recipe.best_epochs == (0,)
    np.testing.assert_array_equal(fit.model.parameters, model.parameters)
    assert "as good as the model before" in fit.verdict


def test_python_and_the_file(tmp_path):
    frame, new = (
        pd.DataFrame({"x": RNG.uniform(-2, top, 300), "pet": RNG.choice(["cat", "dog"], 300)}) for top in (2, 3)
    )
    stays, stay = ((one.x > 0) == (one.pet == "cat") for one in (frame, new))
    classifier = SeleniteClassifier(members=2, max_iter=10).fit(frame, stays)
    classifier.save(tmp_path / "m")
    with pytest.warns(DriftWarning, match=r"x now reaches 2\.9"):
        again = SeleniteClassifier(max_iter=10).fit(new, stay, init_model=selenite.load(tmp_path / "m"))
    with pytest.warns(DriftWarning, match=r"x now reaches 2\.9"):
        other = SeleniteClassifier(members=2, max_iter=10).fit(new, stay, init_model=classifier)
    np.testing.assert_array_equal(again.model_.parameters, other.model_.parameters)
    assert again.model_.n_members == 2
    assert again.score(new, stay) > 0.9
    again.save(tmp_path / "n")
    assert again.model_.to_bytes() == selenite.load(tmp_path / "n").to_bytes()


def test_misuse():
    rows = table(300)
    model = fit_and_evaluate(rows, "y", Settings("fast", epochs=3)).model
    settings = settings_to_continue(model, seed=0)
    with pytest.raises(OptionError, match="is the table that the model was fitted on"):
        continue_and_evaluate(rows, model, settings)
    other = table(300)
    other = replace(other, columns=(*other.columns[:2], replace(other["y"], values=np.full(300, 9.0))))
    with pytest.raises(SchemaError, match="class .9. of column .y. is unknown to the model"):
        continue_and_evaluate(other, model, settings)
    with pytest.raises(SchemaError, match='column "x" is missing'):
        continue_and_evaluate(table(300).without("x"), model, settings)
    with pytest.raises(OptionError, match="too few to go on with: at least 20"):
        continue_and_evaluate(table(21), model, settings)
    X, y = np.zeros((30, 2)), np.arange(30) % 2
    with pytest.raises(OptionError, match="init_model is of a classification, not of a regression"):
        SeleniteRegressor().fit(X, y, init_model=model)
    with pytest.raises(OptionError, match=r"hidden_layer_sizes=\(8,\) does not go with init_model"):
        SeleniteClassifier(8).fit(X, y, init_model=model)
    with pytest.raises(OptionError, match="metric='f1' does not go with init_model, which was fitted with None"):
        SeleniteClassifier(metric="f1").fit(X, y, init_model=model)
