"""Models that are opened: predictions to the bit, each network inside, rows and none, what is refused."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from msgspec import to_builtins

from selenite.cli import group
from selenite.errors import OptionError, SchemaError
from selenite.model import load
from selenite.model.reading import read_rows
from selenite.nn import forward
from selenite.play.account import everything
from selenite.play.export import model_of, script_of
from selenite.play.insides import answer_at, bent_plane, weights_of_layer
from selenite.play.questions import link_here
from selenite.play.rows import dependence, rows_table
from selenite.play.settings import Settings
from selenite.play.verbs import change, draw, look, play, run_beside, run_seeds, set_weight, show, step
from selenite.play.why import explanation
from selenite.play.workbench import Workbench
from selenite.table import read_table


@pytest.fixture
def model(ensemble):
    return load(ensemble)


@pytest.fixture
def bench(model, pets_file):
    made = Workbench()
    made.open_model(model, "pets.selenite", read_rows(model, pets_file))
    made.tell()
    return made


def test_its_answers_are_those_of_predict_to_the_bit(bench, model, pets_file):
    table = read_table(pets_file)
    found = bench.session.predicted(np.arange(table.n_rows))
    np.testing.assert_array_equal(found[:, 0], model.predict_proba(table)[:, 1])
    said = rows_table(bench, start=50)["rows"]
    assert [each["told"] for each in said] == model.predict(table)[50:100].tolist()
    assert [each["is"] for each in said] == list(np.array(table["answer"].values)[table["answer"].codes[50:100]])


def test_rows_put_aside_are_judged_apart_as_the_model_says(bench, model):
    found = everything(bench)
    good, figures = found["frame"]["good"], {f.metric: f.value for f in model.figures if f.model == "selenite"}
    assert found["state"]["rows"] == {"all": 240, "training": 192, "test": 48}
    assert good["test"] == pytest.approx(figures["accuracy"], abs=1e-12)
    assert found["state"]["opened"]["judged"] == "on 48 rows put aside"


def test_each_network_is_looked_into_and_can_answer_alone(bench, model):
    X = model.encode(bench.session.problem.table)
    for member in range(3):
        look(bench, member, alone=True)
        bench.tell()
        shown = bench.chosen.units
        found = everything(bench)["frame"]
        _, a = forward(model.network, model.parameters[member], X[:1])
        for layer, units in enumerate(shown):
            np.testing.assert_allclose(found["values"][layer], a[layer][0, units], rtol=2e-5, atol=1e-6)
        weights = model.network.weights(model.parameters[member])
        assert found["weights"][1] == weights[1][np.ix_(shown[1], shown[2])].tolist()
        assert found["prediction"] == pytest.approx(a[-1][0].tolist(), abs=1e-6)
        rest = bench.chosen.others[1]
        assert len(rest) == 5  # of 20 units 15 are drawn
        np.testing.assert_allclose(found["others"][1], a[1][0, rest] @ weights[1][rest][:, shown[2]], atol=1e-5)


def test_layers_are_named_by_the_columns(bench):
    names = everything(bench)["state"]["layers"][0]["names"]
    assert {"pet = owl", "age"} <= set(names)
    assert any(name.startswith("age: rank, wave") for name in names)


def test_why_begins_with_the_mean_of_the_networks(bench, model):
    found = explanation(bench, 2, 0)
    assert found["tree"]["address"] == "probability[yes]"
    p = model.predict_proba(bench.session.problem.table)[0, 1]
    assert float(found["tree"]["value"]) == pytest.approx(p, rel=1e-4)
    assert len(found["tree"]["terms"]) == 3
    look(bench, 1, alone=True)
    assert explanation(bench, 2, 0)["tree"]["address"] == "member2.output.unit1.a"
    assert "no step follows" in explanation(bench, 2, 0, None, "update")["said"]
    assert explanation(bench, 0, 3, None, "backward")["tree"]["check"]["holds"]


def test_backward_is_shown_where_answers_are_known(bench, model):
    show(bench, "backward")
    found = everything(bench)
    assert found["state"]["backward"]
    assert [np.shape(each) for each in found["frame"]["gradients"]] == [(12, 15), (15, 8), (8, 1)]
    bench.open_model(model, "pets.selenite")
    found = everything(bench)
    assert not found["state"]["backward"]
    assert found["frame"]["gradients"] is None


def test_nothing_trains_it(bench, model):
    before = bench.session.parameters.copy()
    for wish in (
        lambda: play(bench),
        lambda: step(bench, "epoch"),
        lambda: set_weight(bench, 0, 0, 0, 1.0),
        lambda: run_seeds(bench, 5),
        lambda: run_beside(bench, "begin"),
        lambda: script_of(bench.session, []),
        lambda: look(bench, 3),
    ):
        with pytest.raises(OptionError):
            wish()
    with pytest.raises(OptionError, match="share its file"):
        link_here(bench)
    np.testing.assert_array_equal(bench.session.parameters, before)
    assert not bench.playing.is_set()
    assert model_of(bench.session).to_bytes() == model.to_bytes()


def test_without_rows_it_is_seen_by_one_of_usual_values(model):
    bench = Workbench()
    bench.open_model(model, "pets.selenite")
    found = everything(bench)
    assert found["state"]["rows"] == {"all": 1, "training": 0, "test": 1}
    assert not found["state"]["answers"]
    ages = next(column for column in model.schema.columns if column.name == "age")
    assert dict(found["state"]["followed_row"])["age"] == str(int(ages.scales[0].center))
    axis = found["state"]["axes"][[a.name for a in found["state"]["axes"]].index("age")]
    assert axis.low < ages.minimum < ages.maximum < axis.high
    assert found["frame"]["wrong"] == []
    assert "none" in explanation(bench, 0, 0, None, "backward")["said"]
    assert weights_of_layer(bench, 0)["units"][-1] == "h1.20"
    assert bent_plane(bench, 2)["units"][0] != bent_plane(bench, 2)["units"][1]
    assert dependence(bench, "pet", 1)["values"] == ["cat", "dog", "owl"]
    assert set(answer_at(bench, 0.5, 0.5)["shares"]) == {"no", "yes"}


def test_new_rows_need_no_answers(model, tmp_path):
    (tmp_path / "new.csv").write_text("pet,income,age\nowl,,20\ncat,31.5,77\n")
    bench = Workbench()
    bench.open_model(model, "pets.selenite", read_rows(model, tmp_path / "new.csv"))
    found = everything(bench)
    assert found["state"]["rows"] == {"all": 2, "training": 0, "test": 2}
    said = rows_table(bench)["rows"]
    assert [each["is"] for each in said] == [None, None]
    assert [each["error"] for each in said] == [None, None]
    told = model.predict(read_table(tmp_path / "new.csv"))
    assert [each["told"] for each in said] == told.tolist()


def test_rows_that_do_not_fit_are_refused_and_change_nothing(bench, tmp_path):
    (tmp_path / "other.csv").write_text("age,dog\n1,2\n")
    before = bench.session
    with pytest.raises(SchemaError, match="pet"):
        bench.read(str(tmp_path / "other.csv"), "other.csv")()
    assert bench.session is before
    (tmp_path / "x.selenite").write_bytes(b"no model at all, but some bytes")
    with pytest.raises(Exception, match="not a model"):
        bench.read(str(tmp_path / "x.selenite"), "x.selenite")()
    assert bench.session is before


def test_another_set_leaves_it_and_it_can_be_taken_up_again(bench):
    opened = bench.session
    change(bench, Settings())
    assert not bench.session.finished
    step(bench, "epoch")
    change(bench, Settings(data="model", axes=("income", "age")))
    assert bench.session is opened
    assert [axis.name for axis in bench.view.axes] == ["income", "age"]
    draw(bench, "begin")
    assert bench.waiting
    assert not bench.session.finished


def test_a_model_and_then_rows_are_dropped(visitor, ensemble, pets_file):
    visitor.opened(ensemble)
    assert visitor.state()["state"]["opened"]["has_rows"] is False
    visitor.opened(pets_file)
    found = visitor.state()["state"]
    assert found["opened"]["has_rows"]
    assert found["source"] == "pets.csv"
    visitor.call("look", member=2)
    assert visitor.state()["state"]["opened"]["member"] == 2
    assert "finished model" in visitor.refused("play", speed=1)
    visitor.change(data="moons")
    visitor.opened(pets_file)
    assert visitor.state()["state"]["opened"] is None  # now it is learnt from
    status, _, body = visitor.request("GET", "/api/export/script")
    assert status == 200, body


def test_the_command_opens_a_model_beside_its_rows(ensemble, pets_file, monkeypatch):
    served = []
    monkeypatch.setattr("selenite.play.server.Playground.serve", lambda self, browser: served.append(self.bench))
    for rows_given in ([], [str(pets_file)]):
        result = CliRunner().invoke(group, ["play", "--no-browser", str(ensemble), *rows_given])
        assert result.exit_code == 0, result.output
        assert served[-1].session.has_rows == bool(rows_given)
    other = pets_file.with_name("other.csv")
    other.write_text(pets_file.read_text().replace("age,pet", "years,pet", 1))
    result = CliRunner().invoke(group, ["play", "--no-browser", str(ensemble), str(other), "--rename", "years=age"])
    assert result.exit_code == 0, result.output
    np.testing.assert_array_equal(served[-1].session.problem.X, served[-2].session.problem.X)
    result = CliRunner().invoke(group, ["play", "--no-browser", str(pets_file), str(pets_file)])
    assert "selenite play model.selenite" in result.output


def test_a_number_is_predicted_too(tmp_path):
    from selenite.estimators.tables import SeleniteRegressor

    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 3))
    y = 100 + 7 * X[:, 0]
    model = SeleniteRegressor(hidden_layer_sizes=(5,), members=2, max_iter=8).fit(X, y).model_
    lines = [
        ",".join(column.name for column in model.schema.columns),
        *(",".join(map(repr, row)) for row in X.tolist()),
    ]
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n")
    bench = Workbench()
    bench.open_model(model, "line.selenite", read_rows(model, tmp_path / "x.csv"))
    said = rows_table(bench, by=2, descending=True)["rows"]
    found = np.sort(model.predict(X))[::-1]
    np.testing.assert_allclose([each["told"] for each in said], found[:50], rtol=1e-6)
    assert explanation(bench, 1, 0)["tree"]["address"] == "prediction"
    assert json.dumps(to_builtins(everything(bench)), allow_nan=False)
