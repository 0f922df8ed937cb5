"""The graph of ONNX takes columns as users have them, and answers in their words."""

import json
import sys

import numpy as np
import pytest

from selenite.errors import OptionError
from selenite.exporting import export
from selenite.model import Model
from selenite.nn import Network, initialize
from selenite.table import Dates, Numbers, Table, as_column, learn_schema, learn_target, n_inputs
from selenite.table.cells import text_column
from test_exporting import model_of


@pytest.fixture(scope="module")
def onnxruntime():
    return pytest.importorskip("onnxruntime")  # that it is there where CI is set, the tests of all exports see to


def model_from(table, answers):
    """Return a model of one layer with random weights."""
    schema, goal = learn_schema(table), learn_target(as_column(answers), "goal")
    output = "identity" if goal.task == "regression" else "logistic" if goal.n_outputs == 1 else "softmax"
    loss = "squared_error" if goal.task == "regression" else "log_loss"
    network = Network((n_inputs(schema), goal.n_outputs), (output,), loss)
    return Model(network, initialize(network, "glorot", 0).astype(np.float32), schema, goal)


def numbers(*columns):
    """Return a table of numbers."""
    return Table(tuple(f"x{k}" for k in range(len(columns))), tuple(map(Numbers, columns)), len(columns[0]), "numbers")


@pytest.mark.parametrize(
    ("answers", "type"),
    [(["b", "a", "c"], str), ([3, 1, 2], np.int64), ([1.0, 0.0, 1.0], np.float64), ([True, False, True], np.bool_)],
)
def test_classes_are_answered_in_their_own_type_with_their_probabilities(onnxruntime, answers, type, tmp_path):
    x = np.random.default_rng(0).normal(size=99)
    model = model_from(numbers(x), answers * 33)
    session = onnxruntime.InferenceSession(export(model, "onnx", tmp_path).files[0])
    labels, probabilities, _ = session.run(["label", "probabilities", "output"], {"x0": x[:, None]})
    assert labels.tolist() == model.predict(numbers(x)).tolist()
    assert labels.dtype == (object if type is str else type)
    np.testing.assert_allclose(probabilities, model.predict_proba(numbers(x)), atol=1e-6)


def test_a_number_is_answered_in_its_unit_for_a_row_as_a_user_has_it(onnxruntime, tmp_path):
    when = Dates(np.array(["2024-03-18T12:00"], "datetime64[us]"), zoned=False)
    columns = {
        "age": (40.0, Numbers(np.array([40.0]))),
        'a "quoted" name\n*/': (1.5, Numbers(np.array([1.5]))),
        "int": (np.nan, Numbers(np.array([np.nan]))),
        "odd": ("日本", text_column(["日本"])),
        "日本": ("yes", text_column(["yes"])),
        "pair": ("", text_column([None])),
        "when": (19800.5, when),
    }
    model = model_of("number")
    session = onnxruntime.InferenceSession(export(model, "onnx", tmp_path).files[0])
    (number, _) = session.run(None, {name: np.array([[value]]) for name, (value, _) in columns.items()})
    table = Table(tuple(columns), tuple(column for _, column in columns.values()), 1, "a row")
    np.testing.assert_allclose(number, model.predict(table), rtol=1e-6)


def test_the_file_says_what_it_takes_and_answers(onnxruntime, tmp_path):
    model = model_of("class")
    session = onnxruntime.InferenceSession(export(model, "onnx", tmp_path).files[0])
    known = session.get_modelmeta().custom_metadata_map
    columns, proof = json.loads(known["columns"]), json.loads(known["proof"])
    assert [column["name"] for column in columns] == [one.name for one in session.get_inputs()]
    assert columns[-1]["given as"].startswith("days since 1970-01-01")
    assert json.loads(known["classes"]) == list(model.target.classes)
    assert known["target"] == "goal"
    assert len(proof["rows"]) == len(proof["outputs"]) >= 64
    assert [one.type for one in session.get_inputs()] == ["tensor(double)"] * 3 + ["tensor(string)"] * 3 + [
        "tensor(double)"
    ]


def test_columns_may_be_called_as_answers_are_or_not_at_all(onnxruntime, tmp_path):
    x = np.random.default_rng(0).normal(size=60)
    columns = dict.fromkeys(("", "output", "number", "add", "column"), Numbers(x))
    model = model_from(Table(tuple(columns), tuple(columns.values()), 60, "names"), x)
    proof = export(model, "onnx", tmp_path)
    assert proof.difference <= 1e-6
    session = onnxruntime.InferenceSession(proof.files[0])
    assert [one.name for one in session.get_inputs()] == ["column_1", "output", "number", "add", "column"]
    assert [one.name for one in session.get_outputs()] == ["number_1", "output_1"]


def test_what_is_not_installed_is_said(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    pytest.importorskip("onnx")
    proof = export(model_of("two"), "onnx", tmp_path)
    assert str(proof) == "model.onnx not checked: there is no onnxruntime (pip install 'selenite[export]') to run it"
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(OptionError, match=r"pip install 'selenite\[export\]'"):
        export(model_of("two"), "onnx", tmp_path)
