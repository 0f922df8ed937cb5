"""An exported page in a real browser: offline, by mouse and by keyboard, by day and by night, wide and narrow."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import selenite
from in_browser import assert_accessible
from selenite.explanation.columns import word_effects
from selenite.exporting.exact import export_of
from selenite.exporting.page import html
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.table import Numbers, as_table, read_table
from test_exported_text import TOLD, model_of_text, rows_of_texts

LONG = "a column with a name that is longer than others"
TOO_WIDE = """() => [...document.querySelectorAll("main *")]
  .filter((each) => !each.closest(".scroll, svg, .heard") && each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.outerHTML.slice(0, 80))"""
READY = "#adds:not([aria-busy])"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder with pages of a model of classes and of one of a number, and the table of both."""
    folder, random = tmp_path_factory.mktemp("pages"), np.random.default_rng(0)
    a, kinds = random.normal(size=150).round(3), random.choice(["some", "other", "many more"], 150)
    days = random.integers(0, 500, 150).astype("timedelta64[D]") + np.datetime64("2024-01-01")
    number = (10 + 3 * a + (kinds == "some") + random.normal(size=150)).round(2)
    rows = zip(a.tolist(), kinds, days, np.where(number > 10, "yes", "no"), number.tolist(), strict=True)
    text = f"{LONG},kind,day,answer,number\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows)
    (folder / "t.csv").write_text(text)
    table, settings = read_table(folder / "t.csv"), Settings(hidden=(6,), members=2, epochs=30)
    for target, other in (("answer", "number"), ("number", "answer")):
        model = fit_and_evaluate(table.without(other), target, settings, test_fraction=0.2).model
        model.save(folder / f"{target}.selenite")
        (folder / f"{target}.html").write_text(html(export_of(model, "it", data=table)))
    whole = random.integers(1, 7, (151, 2))
    of_medians = selenite.SeleniteRegressor((4,), members=1, max_iter=5).fit(whole, whole[:, 0] * 1.0).model_
    (folder / "medians.html").write_text(html(export_of(of_medians, "it", data=None)))
    said, rows = model_of_text(classes=("a", "b", "c")), rows_of_texts([*TOLD, *TOLD], ("int", "class"))
    (folder / "said.html").write_text(html(export_of(said, "it", data=rows)))
    wide = random.normal(size=(150, 12))
    for name, X, data in (("plain", wide[:, :2], None), ("wide", wide, wide)):
        plain = selenite.MLPClassifier(hidden_layer_sizes=(4,), max_iter=5, random_state=0)
        with pytest.warns(ConvergenceWarning):
            plain.fit(X, X[:, 0] > 0)
        (folder / f"{name}.html").write_text(
            html(export_of(plain.model_, "it", data=None if data is None else as_table(data)))
        )
    return folder


@pytest.fixture
def opened(offline_page, made):
    """Open a page without a network."""

    def page(name):
        offline_page.goto((made / f"{name}.html").as_uri())
        offline_page.wait_for_selector(READY)
        return offline_page

    return page


@pytest.mark.parametrize("name", ["answer", "number", "plain", "said"])
def test_axe_finds_nothing_and_nothing_is_cut(axe_page, made, name):
    page = axe_page
    page.goto((made / f"{name}.html").as_uri())
    page.wait_for_selector(READY)
    coloured = () if name == "plain" else ("dark", "light")  # which has no part of its own
    for width, themes in ((1280, coloured), (390, ())):  # nor has a width
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page, themes=themes)
        assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("name", ["answer", "number"])
def test_the_numbers_are_those_of_explain(opened, made, name):
    page, model, table = opened(name), selenite.load(made / f"{name}.selenite"), read_table(made / "t.csv")
    page.fill("#column-0", "0.5")
    page.select_option("#column-1", label="some")
    page.fill("#column-2", "2024-08-09")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.wait_for_selector(READY)
    (made / "row.csv").write_text(f"{LONG},kind,day\n0.5,some,2024-08-09\n")
    row = read_table(made / "row.csv")
    wanted = selenite.explain(model, row, background=table)
    cells = page.locator("#adds tr").all_inner_texts()
    found = {cell.split("\t")[0].split(" = ")[0].strip(): cell.split("\t")[-1].strip() for cell in cells}
    assert found.pop("mean of the baseline") == f"{wanted.base[0]:{wanted.form}}"
    assert found.pop("together, the prediction") == f"{wanted.prediction[0]:{wanted.form}}"
    assert list(found.values()) == sorted(found.values(), key=lambda text: -abs(float(text)))
    assert sorted(found.values()) == sorted(f"{value:+{wanted.form}}" for value in wanted.values[0])
    if name == "number":
        low, high = model.predict(row, quantiles=(0.05, 0.95))[0]
        assert f"90 % interval: {low:{wanted.form}} to {high:{wanted.form}}" in page.inner_text(".answer")


def test_what_is_rounding_has_no_bar_and_no_sign(opened):
    page = opened("medians")  # begins with these, and compares with them
    widths = page.locator("#adds .fill").evaluate_all("fills => fills.map((fill) => fill.style.width)")
    assert widths == ["0%", "0%"]
    assert page.locator("#adds .up, #adds .down").count() == 0


def test_what_words_add_stands_beside_a_text_as_it_is_typed(opened):
    page, model = opened("said"), model_of_text(classes=("a", "b", "c"))
    assert page.inner_text(".control >> nth=0 >> .flag") == ""  # empty, as training saw it, too
    page.fill("#column-0", "The GOOD wine,\nσίσυφος 日本!")
    page.wait_for_selector("#words tr")
    page.wait_for_selector(READY)
    row = rows_of_texts(["The GOOD wine,\nσίσυφος 日本!"], (None,))
    row = replace(
        row, columns=(row.columns[0], Numbers(np.array([float(page.input_value("#column-1"))])), row.columns[2])
    )
    wanted = [f"{one.word}\t{one.effect:+.4f}" for one in word_effects(model, row)]
    assert page.locator("#words tr").all_inner_texts() == wanted
    assert len(wanted) == 4
    page.fill("#column-0", "nothing of it")
    assert page.inner_text(".control >> nth=0 >> .flag") == "has no word that training saw"


def test_a_slider_by_keyboard_and_beyond_what_training_saw(opened):
    page = opened("answer")
    before = page.input_value("#column-0")
    page.focus("#column-0")
    page.keyboard.press("Tab")  # to missing
    page.keyboard.press("Tab")  # to the slider
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(READY)
    assert float(page.input_value("#column-0")) > float(before)
    page.fill("#column-0", "99")
    page.keyboard.press("Tab")
    assert page.inner_text(".control >> nth=0 >> .flag") == "above all that training saw"
    page.keyboard.press("Space")
    assert page.inner_text(".control >> nth=0 >> .flag") == "missing, never missing in training"
    assert page.input_value("#column-0") == ""


def test_a_curve_is_dragged_and_exact_on_release(opened):
    page = opened("answer")
    box = page.locator("svg.curve >> nth=0").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    page.wait_for_selector("#adds:has-text('Approximate so far')")
    low = float(page.input_value("#column-0"))
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 20)
    assert float(page.input_value("#column-0")) > low
    page.mouse.up()
    page.wait_for_selector(READY)
    assert "Adds up to the prediction ✓" in page.inner_text("#adds")


def test_the_slider_does_not_wait_for_exact_values_of_many_columns(opened):
    page = opened("wide")
    changed = """(field) => {
      const answer = document.querySelector(".answer"), before = answer.textContent;
      const adds = document.querySelector("#adds"), told = () => notes.push(adds.querySelector(".note").textContent);
      globalThis.notes = [];
      new MutationObserver(told).observe(adds, { childList: true, subtree: true });
      field.value = "-1.5";
      field.dispatchEvent(new Event("change"));
      return [answer.textContent !== before, adds.ariaBusy];
    }"""
    assert page.eval_on_selector("#column-0", changed) == [True, "true"]
    page.wait_for_selector(READY)
    notes = page.evaluate("notes")
    told = ["Approximate so far", "Sampled Shapley values", "Computing the exact ones: ", "✓ Exact Shapley values"]
    found = [next(i for i, note in enumerate(notes) if part in note) for part in told]
    assert found == sorted(found)


def test_the_nearest_change_flips_the_class(opened):
    page = opened("answer")
    said = page.inner_text(".said b")
    page.click("#flips button >> nth=0")
    page.wait_for_selector(READY)
    assert page.inner_text(".said b") != said


def test_a_table_is_predicted_and_saved(opened, made):
    page = opened("answer")
    with page.expect_download() as download:
        page.set_input_files("#table", made / "t.csv")
    lines = download.value.path().read_text().splitlines()
    assert download.value.suggested_filename == "t.predictions.csv"
    assert lines[0] == "prediction,probability of no,probability of yes,outside"
    wanted = selenite.load(made / "answer.selenite").predict(read_table(made / "t.csv"))
    assert [line.split(",")[0] for line in lines[1:]] == wanted.tolist()
    (made / "wrong.csv").write_text("kind\nsome\n")
    page.set_input_files("#table", made / "wrong.csv")
    page.wait_for_selector("#drop .warning")
    assert 'lacks "a column' in page.inner_text("#drop .warning")
