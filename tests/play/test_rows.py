"""The table of rows and the curve of a column, beside predictions made one by one."""

import numpy as np
import pytest

from selenite.errors import OptionError
from selenite.play.export import model_of
from selenite.play.rows import CURVE, dependence, rows_table
from selenite.play.settings import Settings
from selenite.play.verbs import follow
from selenite.play.workbench import Workbench
from selenite.table import Numbers, Table, Text, read_table


@pytest.fixture
def bench(pets_file):
    made = Workbench()
    made.open_table(read_table(pets_file))
    made.session.train(40)
    return made


def test_predictions_and_errors_are_the_models(bench):
    model, table = model_of(bench.session), bench.session.problem.table
    p = model.predict_proba(table)
    found = rows_table(bench)
    assert found["columns"] == ["row", "answer is", "predicted", "error", "age", "pet", "income"]
    assert found["total"] == 240
    for each in found["rows"]:
        right = model.target.classes.index(each["is"])
        assert each["error"] == pytest.approx(1 - p[each["row"], right], abs=1e-9)
        assert each["sure"] == pytest.approx(p[each["row"]].max(), abs=1e-9)
        assert each["wrong"] == (each["told"] != each["is"])
        assert each["test"] == (each["row"] in bench.session.problem.test)


def test_any_column_sorts_and_gaps_come_last(bench):
    table = bench.session.problem.table

    def column(by, descending=False):
        found = [rows_table(bench, by, descending, start)["rows"] for start in range(0, 240, 50)]
        return [each for page in found for each in page]

    errors = [each["error"] for each in column(3, True)]
    assert errors == sorted(errors, reverse=True)
    assert [each["row"] for each in column(0)] == list(range(240))
    pets = [each["cells"][1] for each in column(5)]
    assert pets == sorted(pets)
    for descending in (False, True):
        incomes = [each["cells"][2] for each in column(6, descending)]
        known = [float(text) for text in incomes if text]
        assert known == sorted(known, reverse=descending)
        assert incomes[len(known) :] == [""] * int(table["income"].missing().sum())


def test_a_number_has_signed_errors_sorted_by_size():
    bench = Workbench()
    bench.begin(Settings(data="hills", loss="squared_error"))
    bench.session.train(20)
    found = rows_table(bench, 3, True)["rows"]
    for each in found:
        assert each["error"] == pytest.approx(each["told"] - float(each["is"]), abs=1e-9)
    sizes = [abs(each["error"]) for each in found]
    assert sizes == sorted(sizes, reverse=True)
    assert rows_table(bench, start=10_000)["rows"] == []


@pytest.mark.parametrize("column", ["age", "pet"])
def test_the_curve_is_the_mean_of_predictions_with_the_column_replaced(bench, column):
    model, table = model_of(bench.session), bench.session.problem.table
    follow(bench, 5)
    found = dependence(bench, column, 1)
    for i in range(0, len(found["values"]), 8):
        value = found["values"][i]
        same = (
            Numbers(np.full(table.n_rows, value))
            if column == "age"
            else Text(np.zeros(table.n_rows, np.int32), (value,))
        )
        columns = tuple(same if name == column else old for name, old in zip(table.names, table.columns, strict=True))
        p = model.predict_proba(Table(table.names, columns, table.n_rows))[:, 1]
        assert found["means"][i] == pytest.approx(p.mean(), abs=1e-9)
        assert found["followed"][i] == pytest.approx(p[5], abs=1e-9)
    ages = table["age"].values
    if column == "age":
        assert len(found["values"]) == CURVE
        assert (found["values"][0], found["values"][-1]) == pytest.approx((ages.min(), ages.max()))
    else:
        assert found["values"] == ["cat", "dog", "owl"]


def test_inputs_that_are_made_of_the_column_follow_it():
    bench = Workbench()
    bench.begin(Settings(data="circle", features=("x1", "x1²")))
    bench.session.train(30)
    found = dependence(bench, "x1", 1)
    inputs = np.array([[value, value**2] for value in found["values"]])
    np.testing.assert_allclose(found["followed"], bench.session.answer(inputs)[:, 0], atol=1e-9)


def test_a_column_that_has_no_curve_is_refused(bench):
    with pytest.raises(OptionError, match="age"):
        dependence(bench, "answer", 0)
    with pytest.raises(OptionError, match="2"):
        dependence(bench, "age", 5)


def test_each_of_few_numbers_is_tried(tmp_path):
    """The hours of a day, so that no rush hour is left out; their places are those of the numbers."""
    rng = np.random.default_rng(0)
    hours = rng.integers(0, 24, 300)
    lines = [f"{hour},{rng.normal():.3f},{'yes' if hour in (8, 17) else 'no'}" for hour in hours]
    (tmp_path / "t.csv").write_text("\n".join(["hour,x,rush", *lines]) + "\n")
    bench = Workbench()
    bench.open_table(read_table(tmp_path / "t.csv"))
    found = dependence(bench, "hour", 1)
    assert found["values"] == list(range(24))
    np.testing.assert_allclose(found["places"], np.arange(24) / 23)
    assert len(dependence(bench, "x", 1)["values"]) == CURVE
