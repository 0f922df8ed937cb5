"""Exports of models that know rows that they were trained on: they know the same rows again."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteClassifier
from selenite.errors import ExportError, OptionError
from selenite.exporting import export, verify
from selenite.exporting.proved import exports_in
from selenite.model import Model
from selenite.nn import Network
from selenite.table import Numbers, Table, Target, as_table, match, n_inputs
from selenite.table.known_rows import row_keys
from selenite.table.schema import ColumnSchema, KnownRows, Scale, Schema


def rows(n, seed):
    """Return rows of 250 that recur, with gaps and dates, whose class goes by the row, and their classes."""
    random = np.random.default_rng(0)
    different = pd.DataFrame(
        {
            "size": np.where(random.random(250) < 0.1, np.nan, random.integers(-20, 20, 250) / 8),
            "city": np.where(random.random(250) < 0.1, None, random.choice(list("abcdé"), 250)),
            "paid": random.choice(["yes", "no"], 250),
            "on": pd.Timestamp("1969-12-01") + pd.to_timedelta(random.integers(0, 90 * 86_400, 250), unit="s"),
        }
    )
    different.loc[:40, "on"] = different.loc[:40, "on"].dt.normalize()
    different.loc[41:45, "size"] = -0.0
    of_row = random.integers(0, 3, 250)
    which = np.random.default_rng(seed).integers(0, 250, n)
    return different.iloc[which].reset_index(drop=True), np.array(["x", "y", "z"])[of_row[which]]


OF_A_VALUE = {
    "js": r'"known_rows":.*?"values":\[\[(-?\d\.\d{6,})',
    "c": r"answers_of_known\[\w*\]\[\w*\] = \{\{(-?\d\.\d{6,})",
}


@pytest.fixture(scope="module")
def model():
    table, classes = rows(900, 1)
    fitted = SeleniteClassifier(random_state=0, max_iter=8, members=3, hidden_layer_sizes=(16,)).fit(table, classes)
    assert len(fitted.model_.schema.known_rows.key_array) > 200
    return fitted.model_


@pytest.mark.parametrize("to", ["python", "js", "html", "c", "onnx"])
def test_exports_know_the_same_rows(model, tmp_path, to):
    proof = export(model, to, tmp_path, name="it")
    if proof.not_checked:
        pytest.skip(proof.not_checked)
    [(writer, file)] = exports_in(tmp_path)
    again, _ = rows(300, 2)
    new = again.assign(size=again["size"] + (np.arange(300) % 2) * 0.01)
    new.loc[::5, "city"] = "never seen"
    halves = again.assign(on=again["on"] + pd.Timedelta("500ms"))  # of a second go to the even one
    table = as_table(pd.concat([again, new, halves], ignore_index=True))
    inputs = model.encode(table)
    answers = writer.answers(file, writer.plan_in(file), table)
    np.testing.assert_allclose(answers, model.output(inputs), atol=2e-6)
    assert 440 < inputs[:, -4].sum() < 600


@pytest.mark.parametrize("to", ["python", "js", "c", "onnx"])
def test_a_number_is_known_to_its_last_bit(to, tmp_path):
    tiny, largest = np.finfo(np.float64).tiny, np.finfo(np.float64).max
    odd = np.array([0.0, 5e-324, tiny, tiny / 2, 1.0, 0.1, 1e-5, 2.0**60, 1e300, largest, np.nan, 3.0])
    odd = np.concatenate([odd, -odd])
    near = np.concatenate([odd, np.nextafter(odd, 0.0)])
    table, both = (Table(("x",), (Numbers(x),), len(x)) for x in (odd, near))
    schema = Schema((ColumnSchema("x", "number", scales=(Scale(0.0, 1.0),), minimum=-1.0, maximum=1.0),))
    keys = np.unique(row_keys(match(schema, table)))
    values = np.random.default_rng(0).normal(size=len(keys)).astype("<f4")
    schema = replace(schema, known_rows=KnownRows(("mean",), keys.tobytes(), values.tobytes()))
    network = Network((n_inputs(schema), 1), ("identity",), "squared_error")
    model = Model(network, np.ones(network.n_parameters), schema, Target("y", "regression"))
    proof = export(model, to, tmp_path, name="it")
    if proof.not_checked:
        pytest.skip(proof.not_checked)
    [(writer, file)] = exports_in(tmp_path)
    answers = writer.answers(file, writer.plan_in(file), both)
    np.testing.assert_allclose(answers, model.output(model.encode(both)), atol=1e-12)
    assert model.encode(table)[:, -2].all()


@pytest.mark.parametrize(
    ("to", "file", "of_one"),
    [("js", "it.mjs", r'(?<="known_rows":).*?"(\w{16})"'), ("c", "it.c", r"known_rows\[\] = .*?,0x(\w{16})")],
)
@pytest.mark.parametrize("place", ["key", "value"])
def test_a_row_that_was_changed_is_caught(model, tmp_path, to, file, of_one, place):
    if export(model, to, tmp_path, name="it").not_checked:
        pytest.skip("there is nothing to run it")
    text = (tmp_path / file).read_text()
    found = re.search(of_one if place == "key" else OF_A_VALUE[to], text, re.DOTALL)
    at = found.start(1) + 4
    other = "8" if text[at] == "7" else "7"
    (tmp_path / file).write_text(text[:at] + other + text[at + 1 :])
    with pytest.raises(ExportError, match="answers|predicts"):
        verify(tmp_path, model)


def test_integers_name_what_would_work(model, tmp_path):
    said = (
        r"C in integers cannot tell .* to c, js, onnx, html, python, distil it .*, or fit it without \(--no-known-rows"
    )
    with pytest.raises(OptionError, match=said):
        export(model, "c", tmp_path, integer=True)
