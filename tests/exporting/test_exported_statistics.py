"""Exports of models that are told by mean answers of categories, and of pairs of them."""

import re

import numpy as np
import pytest

from selenite import SeleniteClassifier
from selenite.errors import ExportError
from selenite.exporting import export, verify
from selenite.exporting.plan import plan_of
from selenite.exporting.proved import exports_in
from selenite.table import as_table


def rows(n, seed):
    random = np.random.default_rng(seed)
    cities, trades = (np.minimum((size ** random.random(n)).astype(int) - 1, size - 1) for size in (300, 40))
    cells = [
        [None if gap else f"city {a}", f"trade {b}", float(x)]
        for gap, a, b, x in zip(random.random(n) < 0.1, cities, trades, random.normal(size=n), strict=True)
    ]
    return as_table(cells, ["city", "trade", "x"]), (cities + trades) % 3


@pytest.fixture(scope="module")
def model():
    table, classes = rows(2500, 0)
    return SeleniteClassifier(preset="fast", random_state=0).fit(table, classes).model_


def test_a_plan_holds_each_pair(model):
    plan = plan_of(model)
    assert [column.statistics is not None for column in plan.columns] == [True, True, False]
    [crossing] = plan.crossings
    assert (crossing.first, crossing.second, crossing.n_inputs) == (0, 1, 3)
    assert crossing.at + 3 == plan.n_inputs
    key = crossing.keys[7]
    first, second = divmod(key, len(plan.columns[1].categories))
    row = [[plan.columns[0].categories[first], plan.columns[1].categories[second], 0.0]]
    inputs = model.encode(as_table(row, model.schema.names))[0]
    np.testing.assert_allclose(inputs[crossing.at :], crossing.values[7], rtol=1e-6)


@pytest.mark.parametrize("to", ["python", "js", "html", "c", "onnx"])
def test_exports_answer_as_the_model_does(model, tmp_path, to):
    proof = export(model, to, tmp_path, name="it")
    if proof.not_checked:
        pytest.skip(proof.not_checked)
    [(writer, file)] = exports_in(tmp_path)
    new, _ = rows(500, 9)
    answers = writer.answers(file, writer.plan_in(file), new)
    np.testing.assert_allclose(answers, model.output(model.encode(new)), atol=2e-6)


@pytest.mark.parametrize("where", ['"statistics":[[', '"crossings":[{'])
def test_a_mean_answer_that_was_changed_is_caught(model, tmp_path, where):
    if export(model, "js", tmp_path, name="it").not_checked:
        pytest.skip("there is no node")
    file, text = tmp_path / "it.mjs", (tmp_path / "it.mjs").read_text()
    at = re.compile(r"\],\[-?").search(text, text.index(where)).end()
    file.write_text(text[:at] + ("8" if text[at] == "7" else "7") + text[at + 1 :])
    with pytest.raises(ExportError, match="answers|predicts"):
        verify(tmp_path, model)


def test_integers_hold_their_bound_on_every_pair(tmp_path):
    table, classes = rows(2500, 0)
    fitted = SeleniteClassifier(members=1, hidden_layer_sizes=(8,), max_iter=5, random_state=0).fit(table, classes)
    model = fitted.model_
    proof = export(model, "c", tmp_path, name="it", integer=True, tolerance=0.05)
    if proof.not_checked:
        pytest.skip(proof.not_checked)
    [(writer, file)] = exports_in(tmp_path)
    new, _ = rows(1500, 9)
    inputs = model.encode(new)
    told = inputs[:, -3:].any(axis=1)
    assert 100 < told.sum() < 1500
    differences = np.abs(writer.answers(file, writer.plan_in(file), new) - model.output(inputs)).max(axis=1)
    assert differences.max() < proof.tolerance < 0.05
