"""An exported page computes what `selenite explain` and `selenite predict` do: its script, run in Node."""

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite.bundle import module_name
from selenite.explanation.columns import word_effects
from selenite.explanation.columns.baseline import MOST_BACKGROUND_ROWS
from selenite.exporting import export, verify
from selenite.exporting.exact import export_of
from selenite.exporting.page import _SCRIPT, RUNTIME, html
from selenite.exporting.proof import rows_of
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.nn.random import EXPLAIN
from selenite.splits.split import drawn_rows
from selenite.table import Numbers, ReadOptions, Table, Text, as_table, read_table
from selenite.table.cells import text_column
from test_exported_known_rows import rows as rows_that_recur
from test_exported_statistics import rows as rows_of_categories
from test_exported_text import TOLD, model_of_text, rows_of_texts
from test_exporting import model_of, table_of

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node: the page's script was NOT run")


def told(page, folder, module, expression, given=None):
    """Return what an expression gives in one of the page's modules; `model` is the model, `given` JSON."""
    files = (f"page/{module}.js", "page/work.js", "model.js")
    names = [module_name(RUNTIME / file, RUNTIME) for file in files]
    (folder / "page.mjs").write_text(
        f"{_SCRIPT.search(page)[1]}\nconst [it, slices, model] = [{', '.join(names)}], given = {json.dumps(given)};\n"
        f"console.log(JSON.stringify({expression}));",
        encoding="utf-8",
    )
    done = subprocess.run([NODE, folder / "page.mjs"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def explained(page, folder, row):
    """Return the contributions of a row's columns, as the page computes them."""
    inputs, index = "model.encode(given)", "it.explained(model.answersOf(model.encode(given)))"
    return told(page, folder, "contributions", f"slices.finished(it.contributions({inputs}, {index}))", row)


@pytest.mark.parametrize("background", ["rows", "medians"])
@pytest.mark.parametrize("target", ["two", "class", "number"])
def test_contributions_are_those_of_explain(target, background, tmp_path):
    model, table, rows = model_of(target), table_of(0), table_of(1, 2)
    page = html(export_of(model, "it", data=table if background == "rows" else None))
    compared = table if background == "rows" else "medians"
    for i, row in enumerate(rows_of(rows)):
        wanted = selenite.explain(model, rows.take(np.array([i])), background=compared)
        found = explained(page, tmp_path, row)
        assert wanted.method == "exact"
        assert found["values"] == pytest.approx(wanted.values[0].tolist(), abs=2e-6 * model.target.width)
        assert found["base"] == pytest.approx(wanted.base[0], abs=2e-6 * model.target.width)
        assert found["base"] + sum(found["values"]) == pytest.approx(found["prediction"])
        assert found["errors"] is None


@pytest.mark.parametrize(("n_more", "method"), [(0, "exact"), (14, "sampled")])
def test_contributions_mix_pairs_of_categories_by_their_columns(n_more, method, tmp_path):
    table, classes = rows_of_categories(2500, 0)
    random = np.random.default_rng(1)
    more = tuple(Numbers(random.normal(size=2500)) for _ in range(n_more))
    table = Table((*table.names, *(f"more {k}" for k in range(n_more))), (*table.columns, *more), 2500)
    model = selenite.SeleniteClassifier(members=2, max_iter=5, random_state=0).fit(table, classes).model_
    page = html(export_of(model, "it", data=table))
    mixing = module_name(RUNTIME / "page/mixing.js", RUNTIME)
    for i, row in enumerate(rows_of(table.take(np.arange(2)))):
        wanted = selenite.explain(model, table.take(np.array([i])), background=table)
        index = "it.explained(model.answersOf(model.encode(given)))"
        asked = f"slices.finished(it.contributions({mixing}.partsOf(given), {index}))"
        found = told(page, tmp_path, "contributions", asked, row)
        assert wanted.method == method
        assert found["values"] == pytest.approx(wanted.values[0].tolist(), abs=2e-6)
        assert found["base"] + sum(found["values"]) == pytest.approx(found["prediction"], abs=1e-6)
    assert model.schema.crossings.columns == ((0, 1),)
    asked = "it.curves(Object.values(given), model.encode(given), 1)"
    curve = told(page, tmp_path, "curves", asked, row)
    cities = model.schema.columns[0].categories[:41]
    changed = Table(table.names, (text_column(cities), *(one.take(np.full(41, 1)) for one in table.columns[1:])), 41)
    assert curve[0] == pytest.approx(model.predict_proba(changed)[:, 1], abs=1e-6)
    usual = told(page, tmp_path, "columns", "model.COLUMNS.map(it.usual)")
    background = table.take(drawn_rows(2500, MOST_BACKGROUND_ROWS, 0, EXPLAIN))["trade"]
    counts = np.bincount(background.codes, minlength=len(background.values))
    assert counts[background.values.index(usual[1])] == counts.max()


def test_known_rows_are_known_wherever_the_page_asks(tmp_path):
    frame, classes = rows_that_recur(900, 1)
    fitted = selenite.SeleniteClassifier(random_state=0, max_iter=8, members=2, hidden_layer_sizes=(16,))
    model, table = fitted.fit(frame, classes).model_, as_table(frame)
    assert model.schema.known_rows.names
    mixing, changes = (module_name(RUNTIME / f"page/{name}.js", RUNTIME) for name in ("mixing", "changes"))
    index = "it.explained(model.answersOf(model.encode(given)))"
    asked = f"slices.finished(it.contributions({mixing}.partsOf(given), {index}))"
    one = table.take(np.array([50]))
    [row] = rows_of(one)
    for compared in (table, None):
        page = html(export_of(model, "it", data=compared))
        wanted = selenite.explain(model, one, background="medians" if compared is None else compared)
        found = told(page, tmp_path, "contributions", asked, row)
        assert found["values"] == pytest.approx(wanted.values[0].tolist(), abs=2e-6)
        assert found["prediction"] == pytest.approx(wanted.prediction[0], abs=2e-6)
    values = "Object.values(given).with(3, Date.parse(`${given.on}Z`) / 86400000)"  # dates as the form has them
    asked = f"[it.curves({values}, model.encode(given), 1)[2], slices.finished({changes}.changes({values}))]"
    curve, nearest = told(page, tmp_path, "curves", asked, row)
    changed = as_table(frame.iloc[[50, 50]].assign(paid=model.schema.columns[2].categories))
    assert curve == pytest.approx(model.predict_proba(changed)[:, 1], abs=1e-6)
    assert model.encode(changed)[:, -4].sum() == 1  # the row itself
    assert nearest
    for change in nearest:
        name, value = frame.columns[change["column"]], change["value"]
        value = pd.Timestamp(0) + pd.Timedelta(milliseconds=round(value * 86_400_000)) if name == "on" else value
        before, after = (model.predict(as_table(frame.iloc[[50]].assign(**new)))[0] for new in ({}, {name: value}))
        assert after == change["answer"] != before


def test_sampled_contributions_are_those_of_explain(tmp_path):
    X = np.random.default_rng(0).normal(size=(150, 17))
    model = selenite.SeleniteRegressor(members=1, max_iter=5, random_state=0).fit(X, X[:, 0] * X[:, 1]).model_
    names = [column.name for column in model.schema.columns]
    table = Table(tuple(names), tuple(Numbers(column) for column in X.T), len(X))
    page = html(export_of(model, "it", data=table))
    wanted = selenite.explain(model, table.take(np.array([3])), background=table)
    found = explained(page, tmp_path, dict(zip(names, X[3].tolist(), strict=True)))
    assert wanted.method == "sampled"
    assert found["values"] == pytest.approx(wanted.values[0].tolist(), abs=1e-6)
    assert found["errors"] == pytest.approx(wanted.errors[0].tolist(), abs=1e-6)


def test_a_form_begins_with_medians_and_the_commonest_categories(tmp_path):
    model, table = model_of("two"), table_of(0, 90)
    page = html(export_of(model, "it", data=table))
    usual = dict(zip(table.names, told(page, tmp_path, "columns", "model.COLUMNS.map(it.usual)"), strict=True))
    assert usual["age"] == pytest.approx(model.schema.columns[0].scales[0].center, abs=0.1)
    for name in ("odd", "日本", "pair"):
        column = table[name]
        counts = dict(zip(column.values, np.bincount(column.codes[column.codes >= 0]).tolist(), strict=True))
        assert counts[usual[name]] == max(counts.values())


def test_a_form_begins_with_the_commonest_category_of_a_single_column_of_many(tmp_path):
    random = np.random.default_rng(3)
    codes = np.where(random.random(2500) < 0.2, 250, random.integers(300, size=2500))
    table = Table(
        ("town", "size"),
        (text_column([f"town {code}" for code in codes]), Numbers(random.normal(size=2500))),
        2500,
    )
    answers = random.normal(size=300)[codes] + table["size"].values
    model = selenite.SeleniteRegressor(members=1, max_iter=2, random_state=0).fit(table, answers).model_
    assert model.schema.columns[0].statistics is not None
    assert not model.schema.crossings.columns
    page = html(export_of(model, "it", data=table))
    assert told(page, tmp_path, "columns", "it.usual(model.COLUMNS[0])") == "town 250"


def test_a_curve_is_what_the_model_says_were_a_column_changed(tmp_path):
    X = np.random.default_rng(0).normal(size=(200, 2)).round(3)
    model = selenite.SeleniteClassifier(members=2, max_iter=20, random_state=0).fit(X, X[:, 0] > 0.3).model_
    tried = f"model.COLUMNS.map((column) => {module_name(RUNTIME / 'page/columns.js', RUNTIME)}.tried(column))"
    both = f"[{tried}, it.curves(given, model.encode({{ x0: given[0], x1: given[1] }}), 1)]"
    values, curves = told(html(export_of(model, "it")), tmp_path, "curves", both, [-0.5, 0.1])
    for k in (0, 1):
        rows = np.tile([-0.5, 0.1], (len(values[k]), 1))
        rows[:, k] = values[k]
        assert (min(values[k]), max(values[k]), len(values[k])) == (X[:, k].min(), X[:, k].max(), 41)
        assert curves[k] == pytest.approx(model.predict_proba(rows)[:, 1], abs=1e-6)


def test_a_change_flips_the_class_and_nothing_nearer_does(tmp_path):
    X = np.random.default_rng(0).normal(size=(200, 2)).round(3)
    model = selenite.SeleniteClassifier(members=1, max_iter=60, random_state=0).fit(X, X[:, 0] > 0.3).model_
    found = told(html(export_of(model, "it")), tmp_path, "changes", "slices.finished(it.changes(given))", [-0.5, 0.1])
    nearest = found[0]
    assert nearest["column"] == 0
    assert model.predict([[nearest["value"], 0.1]]) != model.predict([[-0.5, 0.1]])
    between = np.linspace(-0.5, nearest["value"], 100)[:95]
    assert len(set(model.predict(np.column_stack([between, np.full(95, 0.1)])).tolist())) == 1


def test_a_table_is_read_and_answered_as_predict_does(tmp_path):
    rows = '1.001,5 €;a;31/01/2026;9:05;x\n2,5;"b ""1""";01/02/2026;23:30;y\n;a;02/02/2026;9:10;x\n'
    rows += "(3);NA;28/02/2026;22:15;y\n-9;a;01/03/2026;10:00;x\n"
    text = f"size;kind;when;at;answer\n{rows * 30}"
    (tmp_path / "t.csv").write_text(text)
    options = ReadOptions(
        separator=";", decimal=",", thousands=".", strip="€()", date_format="%d/%m/%Y|%H:%M", missing=("-9",)
    )
    table = read_table(tmp_path / "t.csv", options)
    model = fit_and_evaluate(table, "answer", Settings(hidden=(4,), epochs=3)).model
    model = replace(model, read=options)
    page = html(export_of(model, "it"))
    rows = list(csv.reader(io.StringIO(told(page, tmp_path, "table", "it.predictionsOf(it.rowsOf(given))", text))))
    assert rows[0] == ["prediction", "probability of x", "probability of y", "outside"]
    assert [row[0] for row in rows[1:]] == model.predict(table).tolist()
    assert np.array([row[1:3] for row in rows[1:]], float) == pytest.approx(model.predict_proba(table), abs=1e-6)
    fails = "(() => { try { it.rowsOf(given); } catch (error) { return error.message; }})()"
    said = told(page, tmp_path, "table", fails, "size;kind;at\n1;a;9:05")
    assert said == 'the table lacks "when"; its first line has "size", "kind", "at"'
    for cells in ("big;a;31/01/2026", "0x1F;a;31/01/2026", "1;a;31/02/2026", "1;a"):
        assert told(page, tmp_path, "table", fails, f"size;kind;when;at\n{cells};9:05").startswith("line 2")


def test_a_page_warns_as_a_report_does():
    model, few = model_of("two"), table_of(0, 60)
    goal = Text(np.arange(60, dtype=np.int32) % 2, ("no", "yes"))
    table = Table((*few.names, "goal"), (*few.columns, goal), 60)
    assert "60 rows are few" in html(export_of(model, "it", data=table))
    assert "60 rows are few" not in html(export_of(model, "it", data=few))  # which has no answers


def test_another_page_in_the_folder_is_no_export(tmp_path):
    model = model_of("two")
    export(model, "html", tmp_path, name="it")
    (tmp_path / "report.html").write_text("<!DOCTYPE html>")
    assert [proof.files[0].name for proof in verify(tmp_path, model)] == ["it.html"]


def test_no_script_but_its_own_may_run():
    page = html(export_of(model_of("two"), "it"))
    assert page.count("<script") == 1
    assert "default-src 'none'; script-src 'sha256-" in page
    assert "http" not in page.split("<script")[0].replace("http-equiv", "")


@pytest.mark.parametrize("classes", [(), ("a", "b", "c")])
def test_what_words_add_is_what_explain_says(classes, tmp_path):
    model = model_of_text(classes=classes)
    page = html(export_of(model, "it"))
    for text in (*TOLD, "Good", "Σίσυφος good!\nGOOD naïve wine"):
        table = rows_of_texts([text], ("the CLASS of int",))
        wanted = {(one.column, one.word): one.effect for one in word_effects(model, table)}
        made = "const answers = model.answersOf(model.encode(given));"
        most = "answers.indexOf(Math.max(...answers))"
        expression = f"(() => {{ {made} return model.wordEffects(given, {most}); }})()"
        found = told(page, tmp_path, "columns", expression, rows_of(table)[0])
        assert {(one["column"], one["word"]): one["effect"] for one in found} == pytest.approx(wanted, abs=1e-12)
        assert len(found) > 1


def test_a_table_dropped_in_may_hold_texts(tmp_path):
    page = html(export_of(model_of_text(), "it"))
    rows = told(page, tmp_path, "table", "it.rowsOf(given)", 'said,age,int\n"a ""good""\nwine, ",30,7\nNA,40,int\n')
    assert rows == [{"said": 'a "good"\nwine, ', "age": 30, "int": "7"}, {"said": None, "age": 40, "int": "int"}]
