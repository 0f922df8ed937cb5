"""Models that are opened: their answers to the bit, their networks, rows and none, and why, as selenite says it."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import selenite
from selenite.cli import group
from selenite.model import Model, load
from selenite.model.reading import read_rows
from selenite.nn import Network, forward
from selenite.play.files import Files
from selenite.play.opened import Sent, answer, encoded, explain, open_model
from selenite.play.server import Playground
from selenite.table import ColumnSchema, Schema, Target, as_table, encode, read_table
from selenite.table.schema import Terms


@pytest.fixture
def model(ensemble):
    return load(ensemble)


def test_its_answers_are_those_of_predict_to_the_bit(visitor, ensemble, model, pets_file):
    found = visitor.opened(ensemble)
    rows = visitor.opened(pets_file, found["file"])
    table = read_table(pets_file)
    output = visitor.call("answer", file=rows["file"], X={"kept": rows["kept"]["X"]})
    assert output.dtype == model.parameters.dtype == np.float32
    np.testing.assert_array_equal(output, model.predict_proba(table)[:, 1])
    sent = visitor.call("answer", file=rows["file"], X=encode(model.schema, table, np.float64))  # as the page encodes
    np.testing.assert_array_equal(sent, output)
    assert rows["answers"]
    assert (len(rows["training"]), len(rows["test"])) == (192, 48)
    assert (rows["name"], rows["table"]["source"]) == ("pets.selenite", "pets.csv")


def test_each_network_is_told_and_answers_alone(visitor, ensemble, model):
    found = visitor.opened(ensemble)
    assert (found["widths"], found["n_embedding"]) == (list(model.network.widths), model.network.n_embedding)
    assert len(found["features"]) == len(found["of_features"]) == model.network.n_features
    assert {"pet = owl", "age", "age: rank, wave 1"} <= set(found["features"])
    X = np.random.default_rng(0).normal(size=(7, model.network.n_inputs)).astype(np.float32)
    for k, member in enumerate(model.parameters):
        np.testing.assert_array_equal(found["members"][k], member)
        asked = {"network": found["network"], "parameters": {"kept": found["kept"]["members"][k]}}
        _, a = forward(model.network, member, X)
        np.testing.assert_allclose(visitor.call("predict", **asked, X=X), a[-1].ravel(), rtol=2e-5, atol=1e-6)
    assert "has no array" in visitor.refused("predict", **asked | {"parameters": {"kept": f"{found['file']} 3"}}, X=X)


def test_without_rows_it_is_seen_by_one_of_usual_values(model):
    found = open_model(Files(), model, "m.selenite")
    assert (found["table"]["n_rows"], found["has_rows"], found["answers"]) == (1, False, False)
    ages = next(column for column in model.schema.columns if column.name == "age")
    [age] = [column["values"] for column in found["table"]["columns"] if column["name"] == "age"]
    assert age.tolist() == [ages.scales[0].center]


@pytest.mark.parametrize("address", ["probability[yes]", "member2.output.unit1.a", "member1.hidden1.unit3.delta"])
def test_why_is_what_selenite_why_says(model, pets_file, address):
    files, table = Files(), read_rows(model, pets_file)
    number = open_model(files, model, "m.selenite", table)["file"]
    found = explain(files, number, 4, address)
    wanted = (
        selenite.why(model, address, table, table["answer"], row=5)
        if "delta" in address
        else selenite.why(model, address, table, row=5)
    )
    assert found["tree"]["value"] == wanted.value
    assert found["tree"]["check"]["holds"]
    assert found["text"].splitlines()[0].startswith(address)


def test_what_is_asked_of_no_model_or_no_row_is_refused(visitor, ensemble, pets_file):
    found, table = visitor.opened(ensemble), visitor.opened(pets_file)
    for asked in (
        {"file": 99},
        {"file": table["file"]},
        {"row": 1},
        {"address": "nothing"},
        {"address": "loss"},
        {"row": -1},
    ):
        assert visitor.refused("explain", **{"file": found["file"], "row": 0, "address": "probability[yes]"} | asked)
    assert "open it again" in visitor.refused("answer", file=99, X=np.zeros(3))
    assert "open it again" in visitor.refused("learn", file=found["file"], target="x", test_fraction=0.2, seed=0)
    assert "no rows of" in visitor.refused("answer", file=found["file"], X=np.zeros(1))


def test_its_file_is_taken_home_as_it_came(visitor, ensemble):
    found = visitor.opened(ensemble)
    assert visitor.call("opened_file", file=found["file"]).tobytes() == ensemble.read_bytes()


def test_a_number_is_predicted_too(tmp_path):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 2))
    model = selenite.SeleniteRegressor(max_iter=5).fit(X, X[:, 0]).model_
    files = Files()
    found = open_model(files, model, "line")
    output = answer(files, found["file"], found["X"])
    assert model.target.center + model.target.width * output[0, 0] == pytest.approx(
        model.predict(np.zeros((1, 2)) + X.mean(0))[0], abs=0.2
    )
    assert found["target"].task == "regression"


@pytest.mark.parametrize(
    ("sources", "kind", "rows"),
    [(["table"], "table", 240), (["model"], "model", 1), (["model", "table"], "model", 240)],
)
def test_the_command_opens_what_it_is_given(ensemble, pets_file, monkeypatch, sources, kind, rows):
    served = []
    monkeypatch.setattr(Playground, "serve", lambda playground, browser: served.append(playground.first()))
    paths = [str({"table": pets_file, "model": ensemble}[each]) for each in sources]
    result = CliRunner().invoke(group, ["play", *paths, "--no-browser", "--json"])
    assert result.exit_code == 0, result.output
    assert "/#token=" in json.loads(result.output)["address"]
    assert (served[0]["kind"], served[0]["table"]["n_rows"]) == (kind, rows)


def test_a_model_of_free_text_is_looked_into_and_asked_by_its_words():
    terms = Terms(("a", "b"), (1.0, 2.0), ("score",), ((0.5, 1.0),))
    schema = Schema((ColumnSchema("note", "text", terms=terms), ColumnSchema("x", "number")))
    network = Network((2, 1), ("identity",), "squared_error")
    model = Model(network, np.array([3.0, 0.0, 0.0]), schema, Target("y", "regression"))
    files, rows = Files(), as_table([["a", 1.0], ["b a", 2.0]], ["note", "x"])
    found = open_model(files, model, "m", rows)
    assert found["inputs"] == ("note: score", "x")
    assert all(column.terms is None for column in found["schema"])  # they stay here
    np.testing.assert_array_equal(answer(files, found["file"], found["X"])[:, 0], model.predict(rows))
    other = {"name": "note", "type": "text", "codes": np.zeros(1, np.int32), "texts": ("b",)}
    X = encoded(files, found["file"], np.array([0, 1]), (Sent(**other),))
    np.testing.assert_array_equal(X[:, 0], 1.0)
    assert "'b'" in explain(files, found["file"], 1, "input[note: score]")["text"]


def test_pages_begin_with_the_file_each_with_its_own(playground: Playground, visitor, model):
    assert visitor.call("begin") is None
    playground.first = lambda: open_model(playground.files, model, "m.selenite")
    first, second = visitor.call("begin"), visitor.call("begin")
    assert first["kind"] == "model"
    assert first["file"] != second["file"]
