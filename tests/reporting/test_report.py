"""The page: whole, escaped, without addresses; and true."""

import re
import shlex
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import selenite
import selenite.reporting
from reported import HOSTILE, VALUES, Page, write
from selenite.estimators.mlp import FitWarning
from selenite.fitting.out_of_fold import judged_again
from selenite.model.predictions import predictions_of
from selenite.model.settings import SETTINGS_NOT_KEPT
from selenite.reporting import report
from selenite.reporting.mistakes import groups, shown_errors, worst_rows
from selenite.table import ReadOptions, read_table
from selenite.text import percent

pytest.importorskip("matplotlib")

DAY = date(2026, 11, 30)


@pytest.mark.parametrize("kind", ["two", "three", "number"])
def test_the_page_is_whole_and_nothing_in_the_table_gets_out_of_its_place(run, tmp_path, kind):
    write(tmp_path / "t.csv", kind)
    run("fit t.csv --target '<i>target</i>' --epochs 4 --members 2 --hidden 12 -o m.selenite -q")
    assert "m.html" in run("report m.selenite t.csv")
    content = (tmp_path / "m.html").read_text()
    page = Page(content)
    for text in (*HOSTILE[:2], "it's & \\u202etxt.exe", "<i>target</i>", VALUES[0]):
        assert text in page.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", content)
    for tag, key, value in page.attributes:
        assert not key.startswith("on"), (tag, key)
        if key in ("src", "href", "xlink:href"):
            assert value.startswith("#") or (tag == "image" and value.startswith("data:image/png;base64,"))
        assert "expression" not in value
        assert "url(" not in value or "url(#" in value
    assert len(page.ids) == len(set(page.ids))
    assert {value[1:] for _, key, value in page.attributes if key == "href" and value[0] == "#"} <= set(page.ids)
    outside_text = re.sub(r">[^<]*<", "><", content)
    assert not re.search(r"https?:|//[a-z]", re.sub(r"base64,[A-Za-z0-9+/=\s]*", "", outside_text))
    assert content.count("<title>") == 1
    assert "Content-Security-Policy" in content


def test_the_page_tells_what_the_model_holds_and_the_command_makes_it_again(run, tmp_path):
    write(tmp_path / "t.csv", "two")
    run("fit t.csv --target '<i>target</i>' --epochs 5 --members 2 --hidden 12 --seed 3 -o m.selenite -q")
    before = (tmp_path / "m.selenite").read_bytes()
    model, table = selenite.load("m.selenite"), read_table("t.csv", ReadOptions())
    first = report(model, table, "m.selenite", "t.csv", day=DAY)
    page = Page(first)
    accuracy = next(one.value for one in model.figures if (one.model, one.metric) == ("selenite", "accuracy"))
    assert f"Of 240 rows {percent(accuracy)} are predicted right" in page.text
    assert model.data.fingerprint in page.text
    assert "never saw them; the figures are those stored in the model file" in page.text
    fit = re.search(r"selenite (fit .*)", page.text)[1]
    (tmp_path / "m.selenite").unlink()
    run(f"{fit} -q")
    assert (tmp_path / "m.selenite").read_bytes() == before
    assert report(selenite.load("m.selenite"), table, "m.selenite", "t.csv", day=DAY) == first


@pytest.mark.usefixtures("unwritten")
def test_what_the_recipe_chose_is_left_to_it_again(run, tmp_path):
    """The folds' models choose their own hidden layers, as they did when their figures were stored."""
    rng = np.random.default_rng(1)
    X = rng.uniform(-2, 2, size=(160, 2))
    rows = [f"{a!r},{b!r},{float(np.sin(3 * a) * b)!r}" for a, b in X.tolist()]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    run("fit t.csv --target y --members 2 -o m.selenite -q")
    before, model = (tmp_path / "m.selenite").read_bytes(), selenite.load("m.selenite")
    assert model.network.layer_sizes[1:-1] == (256, 128)
    table = read_table("t.csv", ReadOptions())
    assert judged_again(model, table).as_stored
    fit = re.search(r"selenite (fit .*)", Page(report(model, table, "m.selenite", "t.csv")).text)[1]
    assert sorted(fit.split()) == sorted(["fit", "t.csv", "--target", "y", "--members", "2", "-o", "m.selenite"])
    run(f"{fit} -q")
    assert (tmp_path / "m.selenite").read_bytes() == before


@pytest.mark.usefixtures("unwritten")
def test_a_file_that_keeps_no_settings_is_said_to_keep_none(run, tmp_path):
    """One of another estimator, and one of an older format that was judged in folds."""
    write(tmp_path / "t.csv", "two", n=60)
    X = np.random.default_rng(0).normal(size=(60, 2))
    with pytest.warns(FitWarning, match="not converged"):
        selenite.MLPClassifier((5,), max_iter=2).fit(X, X[:, 0] > 0).save("mlp.selenite")
    lines = [",".join(map(str, [*row, row[0] > 0])) for row in X.tolist()]
    (tmp_path / "x.csv").write_text("\n".join(["x0,x1,target", *lines]) + "\n")
    run("fit t.csv --target '<i>target</i>' --epochs 2 --members 1 --hidden 4 -o m.selenite -q")
    fitted = selenite.load("m.selenite")
    assert (fitted.settings.epochs, fitted.settings.members, fitted.settings.hidden) == (2, 1, (4,))
    for model, file in ((selenite.load("mlp.selenite"), "x.csv"), (replace(fitted, settings=None), "t.csv")):
        text = Page(report(model, read_table(file, ReadOptions()), "m.selenite", file)).text
        assert SETTINGS_NOT_KEPT in text
        assert "selenite fit" not in text
    assert "so its 5 folds cannot be fitted again" in text


ASKED = (
    "--task classification --preset fast --members 2 --hidden 9,5 --activation tanh --class-weight balanced --epochs 3 "
    "--batch-size 16 --shards 2 --learning-rate 0.0123456789 --seed 3 --kind a=category --weights w"
)


@pytest.mark.usefixtures("unwritten")
def test_the_command_says_all_that_was_asked_for(run, tmp_path):
    random = np.random.default_rng(0)
    rows = [f"{random.integers(4)},{random.normal():.4f},{random.integers(3)},{random.integers(2)}" for _ in range(90)]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,w,y", *rows]) + "\n")
    run(f"fit t.csv --target y {ASKED} -o m.selenite -q")
    before, model = (tmp_path / "m.selenite").read_bytes(), selenite.load("m.selenite")
    page = Page(report(model, read_table("t.csv", ReadOptions(), {"a": ()}), "m.selenite", "t.csv")).text
    fit = re.search(r"selenite (fit .*)", page)[1]
    assert sorted(shlex.split(fit)) == sorted(shlex.split(f"fit t.csv --target y {ASKED} -o m.selenite"))
    assert "the figures are those stored in the model file" in page
    run(f"{fit} -q")
    assert (tmp_path / "m.selenite").read_bytes() == before


@pytest.mark.usefixtures("unwritten")
def test_rows_put_aside_judge_where_there_are_some(run, tmp_path):
    write(tmp_path / "t.csv", "number")
    run("fit t.csv --target '<i>target</i>' --epochs 4 --members 2 --hidden 8 --test-fraction 0.3 -o m.selenite -q")
    model, table = selenite.load("m.selenite"), read_table("t.csv", ReadOptions())
    judged = judged_again(model, table)
    assert len(judged.rows) == model.data.test_rows == 72
    assert judged.as_stored
    assert "--test-fraction 0.3" in Page(report(model, table, "m.selenite", "t.csv")).text
    stored = [one.value for one in model.figures if one.model == "selenite"]
    np.testing.assert_allclose([one.value for one in judged.metrics()], stored)
    other = table.take(np.arange(100))
    judged = judged_again(model, other)
    assert judged.unseen
    assert judged.as_stored is None
    assert judged.metrics() == predictions_of(model, other).metrics()
    run("report m.selenite t.csv -o nowhere/page.html", code=74)
    (tmp_path / "few.csv").write_text("\n".join((tmp_path / "t.csv").read_text().splitlines()[:2]) + "\n")
    assert "too few for a report" in run("report m.selenite few.csv", code=2)


@pytest.mark.usefixtures("unwritten")
def test_a_model_of_a_quantile_is_judged_by_that(run, tmp_path):
    write(tmp_path / "t.csv", "number")
    run("fit t.csv --target '<i>target</i>' --loss quantile(0.9) --epochs 4 --members 2 --hidden 8 -o m.selenite -q")
    assert "quantile(0.9)" in run("score m.selenite t.csv")
    text = Page(report(selenite.load("m.selenite"), read_table("t.csv", ReadOptions()), "m.selenite", "t.csv")).text
    assert "the figures are those stored in the model file" in text
    for words in ("Verdict by quantile(0.9): ", "its quantile(0.9) is", "always the 0.9-quantile has"):
        assert words in text
    assert "always the mean" not in text


def test_mistakes_are_found_where_they_are(run, tmp_path):
    write(tmp_path / "t.csv", "two")
    run("fit t.csv --target '<i>target</i>' --epochs 5 --members 2 --hidden 12 -o m.selenite -q")
    model, table = selenite.load("m.selenite"), read_table("t.csv", ReadOptions())
    judged = judged_again(model, table)
    wrong = shown_errors(judged)
    for group_ in groups(judged, table.take(judged.rows)):
        assert 0 <= group_.error <= 1
        total = group_.rows * group_.error + (len(wrong) - group_.rows) * group_.elsewhere
        assert total == pytest.approx(wrong.sum())
    worst = worst_rows(judged, 5)
    of_truth = judged.prediction[np.arange(len(wrong)), judged.answers.astype(int)]
    assert of_truth[worst].tolist() == sorted(of_truth[worst])
    assert of_truth[worst[0]] == of_truth.min()


def worst_rows_of(content):
    """Return the cells, as text, of each of the worst rows."""
    worst = content[content.index("mostly because of") :]
    lines = re.findall(r"<tr>(.*?)</tr>", worst[: worst.index("</table>")], flags=re.S)
    return [
        [
            re.sub(r"<[^>]*>", "", cell.replace("<br>", "\n"))
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, flags=re.S)
        ]
        for line in lines
    ]


@pytest.mark.parametrize("unit", [1e-30, 1e-6, 1e30])
def test_numbers_of_small_and_large_units_can_be_read_back(run, tmp_path, unit):
    random = np.random.default_rng(0)
    a, b = random.uniform(size=(2, 80))
    rows = "".join(f"{x},{y},{(2 * x + y * y) * unit}\n" for x, y in zip(a.tolist(), b.tolist(), strict=True))
    (tmp_path / "t.csv").write_text(f"a,b,y\n{rows}")
    run("fit t.csv --target y --epochs 5 --members 2 --hidden 12 -o m.selenite -q")
    run("report m.selenite t.csv")
    text = Page((tmp_path / "m.html").read_text()).text
    off = next(one for one in selenite.load("m.selenite").figures if (one.model, one.metric) == ("selenite", "MAE"))
    lead = float(re.search(r"off by (\S+) on average", text)[1])
    assert lead == pytest.approx(off.value, rel=0.005)
    cells = [row[1:4] for row in worst_rows_of((tmp_path / "m.html").read_text())]
    answers, predictions, gaps = np.array([[float(one.replace("−", "-")) for one in row] for row in cells]).T
    assert len(gaps) == 10
    np.testing.assert_allclose(predictions - answers, gaps, atol=0.002 * unit)


@pytest.mark.usefixtures("unwritten")
@pytest.mark.parametrize("kind", ["two", "three", "number"])
def test_causes_of_a_mistake_push_towards_it_and_the_others_away(run, tmp_path, kind):
    """Signs and sizes are those of exact Shapley values; the page samples them."""
    write(tmp_path / "t.csv", kind, names=("size", "kind", "when", "noise"), values=("a", "b", "c", "d"))
    run("fit t.csv --target '<i>target</i>' --epochs 6 --members 2 --hidden 12 -o m.selenite -q")
    run("report m.selenite t.csv")
    model, table = selenite.load("m.selenite"), read_table("t.csv", ReadOptions())
    rows = worst_rows_of((tmp_path / "m.html").read_text())
    assert len(rows) == 10
    count = {4: 0, 5: 0}
    for cells in rows:
        label = cells[2] if kind == "three" else None
        alone = table.take(np.array([int(cells[0]) - 1]))
        exact = selenite.explain(model, alone, background=table, method="exact", label=label)
        of_column = dict(zip(exact.columns, exact.values[0], strict=True))
        of_error = {"number": cells[3][0], "two": "−" if "no" in cells[2] else "+", "three": "+"}[kind]
        for place, sign in ((4, of_error), (5, "+" if of_error == "−" else "−")):
            for column, signs, size in re.findall(r"(\w+) = .*? \(([+−])([0-9.,]+)\)", cells[place]):
                value = float(size.replace(",", "")) * (1 if signs == "+" else -1)
                assert signs == sign
                assert value == pytest.approx(of_column[column], abs=0.05 * np.abs(exact.values).max())
                assert abs(value) > 0.09 * np.abs(exact.values).max()  # what adds next to nothing is no reason
                count[place] += 1
    assert min(count.values()) >= 3


@pytest.mark.usefixtures("unwritten")
@pytest.mark.parametrize("kind", ["two", "number"])
def test_the_verdict_of_fit_stands_first_and_one_figure_of_each_baseline_everywhere(run, tmp_path, kind):
    write(tmp_path / "sales.v2.csv", kind)
    lines = (tmp_path / "sales.v2.csv").read_text().splitlines(keepends=True)
    fewer = [line for i, line in enumerate(lines) if i % 3 or "<yes>" not in line]  # so that one class is commoner
    (tmp_path / "sales.v2.csv").write_text("".join(fewer))
    said = run("fit sales.v2.csv --target '<i>target</i>' --epochs 4 --hidden 8 --test-fraction 0.3 -o m.selenite")
    model, table = selenite.load("m.selenite"), read_table("sales.v2.csv", ReadOptions())
    text = report(model, table, str(tmp_path / "m.selenite"), str(tmp_path / "sales.v2.csv"), day=DAY)
    page = Page(text)
    assert "<title>sales.v2: report on &lt;i&gt;target&lt;/i&gt;, 30 November 2026</title>" in text
    assert "linear model" in model.verdict
    assert model.verdict in said
    assert re.search(r'<p class="lead">(.*?)</p>', text)[1].replace("&#x27;", "'") == model.verdict
    judged = judged_again(model, table).rows
    kept = np.setdiff1d(np.arange(table.n_rows), judged)
    column = table["<i>target</i>"]
    if kind == "number":
        off = np.abs(column.values[judged] - column.values[kept].mean()).mean()
        baseline, words = f"{off:.1f}", f"always the mean by {off:.1f}."
        linear = next(one.value for one in model.figures if (one.model, one.metric) == ("linear", "MAE"))
        assert f"a linear model by {linear:.1f}" in page.text
    else:
        right = (column.codes[judged] == np.bincount(column.codes[kept]).argmax()).mean()
        baseline, words = f"{right:.3f}", f"always the commonest class gets {percent(right)}."
    assert words in page.text
    assert f"{baseline} ±" in page.text
    assert str(tmp_path) not in page.text


@pytest.mark.usefixtures("unwritten")
def test_a_table_that_did_not_judge_it_is_told_from_the_one_that_did(run, tmp_path):
    write(tmp_path / "t.csv", "number")
    write(tmp_path / "new.csv", "number", n=90)
    run("fit t.csv --target '<i>target</i>' --epochs 4 --members 2 --hidden 8 -o m.selenite -q")
    model, table = selenite.load("m.selenite"), read_table("new.csv", ReadOptions())
    text = Page(report(model, table, "m.selenite", "new.csv")).text
    assert f"When it was fitted, on all 240 rows, each by a model fitted without its fold of 5: {model.verdict}" in text
    answers = table["<i>target</i>"].values
    assert f"always their mean by {np.abs(answers - answers.mean()).mean():.1f}." in text


@pytest.mark.usefixtures("unwritten")
def test_groups_of_rows_are_counted_as_the_table_shows_them(run, tmp_path):
    """Where b is 3 the answer is noise; a hundred columns of chance would make some look as bad."""
    random = np.random.default_rng(5)
    n = 600
    a, b = random.uniform(size=n), random.integers(1, 4, n)
    y = np.where(b == 3, random.normal(0, 30, n), a)
    rows = "".join(f"{one[0]:.4f},{one[1]},{one[2]:.4f}\n" for one in zip(a, b, y, strict=True))
    (tmp_path / "t.csv").write_text(f"a,b,y\n{rows}")
    run("fit t.csv --target y --epochs 8 --members 2 --hidden 12 -o m.selenite -q")
    model, table = selenite.load("m.selenite"), read_table("t.csv", ReadOptions())
    judged = judged_again(model, table)
    found = {(one.column, one.what): one for one in groups(judged, table)}
    assert [what for column, what in found if column == "b"] == ["1", "2", "3"]
    errors = np.abs(judged.prediction - judged.answers)
    for value in (1, 2, 3):
        here, there = errors[b == value], errors[b != value]
        spread = np.sqrt(here.var() / len(here) + there.var() / len(there))
        assert found["b", str(value)].deviations == pytest.approx((here.mean() - there.mean()) / spread)
    sure = sum(one.deviations > 3 for one in found.values())
    perhaps = sum(2 < one.deviations <= 3 for one in found.values())
    text = Page(report(model, table, "m.selenite", "t.csv")).text
    assert found["b", "3"].deviations > 3
    assert f"in {sure} by more than 3 standard errors, which is more than chance" in text
    assert (f"in {perhaps} by 2 to 3, which may be chance" in text) == (perhaps > 0)


@pytest.mark.usefixtures("unwritten")
def test_numbers_are_written_as_people_write_them(run, tmp_path):
    random = np.random.default_rng(0)
    a, b = random.uniform(11_000, 4_000_000, 200), random.uniform(1e-5, 1e-4, 200)
    rows = "".join(f"{one[0]:.1f},{one[1]:.8f},{one[0] / 7:.3f}\n" for one in zip(a, b, strict=True))
    (tmp_path / "t.csv").write_text(f"a,b,y\n{rows}")
    run("fit t.csv --target y --epochs 3 --members 2 --hidden 8 -o m.selenite -q")
    page = Page(report(selenite.load("m.selenite"), read_table("t.csv", ReadOptions()), "m.selenite", "t.csv"))
    text = " ".join(page.texts[page.texts.index("Where it is wrong") :])
    text = text[: text.rindex("How to make it again")]
    assert not re.search(r"\d[eE][+-]?\d|[−-]0(?![.,\d])|(?<![.,\d])\d{4}", text)


@pytest.mark.usefixtures("unwritten")
def test_the_file_keeps_the_losses_by_epoch_and_the_page_says_what_they_mean(run, tmp_path):
    """Of answers that are chance nothing can be learnt but the rows themselves."""
    random = np.random.default_rng(0)
    X, y = random.normal(size=(160, 6)), random.choice(["heads", "tails"], 160)
    classifier = selenite.SeleniteClassifier((64, 64), members=2, max_iter=150, n_iter_no_change=149, random_state=0)
    classifier.fit(X, y).save(tmp_path / "m.selenite")
    model = selenite.load(tmp_path / "m.selenite")
    for curve, training, kept in zip(model.recipe.curves, classifier.trainings_, model.recipe.best_epochs, strict=True):
        at = np.array(curve.epochs) - 1
        assert len(training.history) == 150
        assert (at[0], at[-1], kept - 1 in at, len(at) <= 101) == (0, 149, True, True)
        np.testing.assert_allclose(curve.training, training.history.loss[at], rtol=1e-4)
        np.testing.assert_allclose(curve.validation, training.history.validation_loss[at], rtol=1e-4)
    lines = [",".join(map(str, [*row, one])) for row, one in zip(X.tolist(), y, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join([",".join(classifier.model_.schema.names) + ",target", *lines]) + "\n")
    text = Page(report(model, read_table("t.csv"), "m.selenite", "t.csv")).text
    last = np.mean([training.history.validation_loss[-1] for training in classifier.trainings_])
    assert re.search(
        rf"Training on led to 0\.[0-9]+ and {last:.3g}0*: those networks had learnt their training rows by heart", text
    )
    without = replace(model, recipe=replace(model.recipe, curves=()))
    assert "The loss as it was trained" not in Page(report(without, read_table("t.csv"), "m.selenite", "t.csv")).text
