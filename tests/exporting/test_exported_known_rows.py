"""Exports of models that know rows that they were trained on: they know the same rows again."""

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteClassifier
from selenite.errors import OptionError
from selenite.exporting import export
from selenite.exporting.proved import exports_in
from selenite.table import as_table


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


@pytest.fixture(scope="module")
def model():
    table, classes = rows(900, 1)
    fitted = SeleniteClassifier(random_state=0, max_iter=8, members=3, hidden_layer_sizes=(16,)).fit(table, classes)
    assert len(fitted.model_.schema.known_rows.key_array) > 200
    return fitted.model_


@pytest.mark.parametrize("to", ["python", "js", "html", "c"])
def test_exports_know_the_same_rows(model, tmp_path, to):
    proof = export(model, to, tmp_path, name="it")
    if proof.not_checked:
        pytest.skip(proof.not_checked)
    [(writer, file)] = exports_in(tmp_path)
    again, _ = rows(300, 2)
    new = again.assign(size=again["size"] + (np.arange(300) % 2) * 0.01)
    new.loc[::5, "city"] = "never seen"
    known = 0
    halves = again.assign(on=again["on"] + pd.Timedelta("500ms"))  # of a second go to the even one
    for frame in (again, new, halves):
        table = as_table(frame)
        inputs = model.encode(table)
        known += inputs[:, -4].sum()
        answers = writer.answers(file, writer.plan(file), table)
        np.testing.assert_allclose(answers, model.output(inputs), atol=2e-6)
    assert 440 < known < 600


@pytest.mark.parametrize("asked", [{"to": "onnx"}, {"to": "c", "integer": True}])
def test_what_cannot_be_written_is_named(model, tmp_path, asked):
    with pytest.raises(
        OptionError, match="knows rows that it was trained on, which .* export it to c, js, html, python"
    ):
        export(model, path=tmp_path, **asked)
