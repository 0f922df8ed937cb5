"""The pages in a real browser: by day, by night, on a phone and on paper."""

import numpy as np
import pytest

import selenite
from in_browser import assert_accessible
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.reporting import report
from selenite.table import read_table

pytest.importorskip("matplotlib")

LONG = "a column with a name that is longer than others"
COLOURS = "Object.values((({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body)))"
TOO_WIDE = """() => [...document.querySelectorAll("main *")].filter((element) => !element.closest(".scroll, svg")
  && element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the folder of a report, and of an answer to why."""
    folder, random = tmp_path_factory.mktemp("pages"), np.random.default_rng(0)
    a, kinds = random.normal(size=120), random.choice(["some", "other"], 120)
    answers = np.where(a + random.normal(size=120) > 0, "yes", "no")
    rows = "".join(f"{one[0]:.4f},{one[1]},{one[2]}\n" for one in zip(a, kinds, answers, strict=True))
    (folder / "t.csv").write_text(f"{LONG},kind,answer\n{rows}")
    table = read_table(folder / "t.csv")
    model = fit_and_evaluate(table, "answer", Settings(hidden=(6,), members=2, epochs=5)).model
    (folder / "report.html").write_text(report(model, table, "m.selenite", "t.csv"))
    (folder / "why.html").write_text(selenite.why(model, "member1.hidden1.unit1.z", table, row=1, depth=None).html())
    return folder


@pytest.mark.parametrize("page_name", ["report", "why"])
def test_axe_finds_nothing_and_nothing_is_cut(axe_page, pages, page_name):
    page = axe_page
    page.goto(f"file://{pages / page_name}.html")
    for width, themes in ((1280, ("dark", "light")), (390, ())):  # no width has colours of its own
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page, themes=themes)
        assert page.evaluate(TOO_WIDE) == []
    by_day, at_night = ["rgb(34, 38, 43)", "rgb(255, 255, 255)"], ["rgb(232, 233, 236)", "rgb(20, 22, 26)"]
    assert page.evaluate(COLOURS) == by_day
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(COLOURS) == at_night
    page.emulate_media(media="print")
    assert page.evaluate(COLOURS) == by_day


def test_there_are_two_columns_where_there_is_room(offline_page, pages):
    page = offline_page
    page.goto(f"file://{pages / 'report.html'}")
    boxes = {key: page.query_selector(f"#{key}").bounding_box() for key in ("data", "inside")}
    assert boxes["data"]["y"] == boxes["inside"]["y"]
    assert boxes["inside"]["x"] >= boxes["data"]["x"] + boxes["data"]["width"]
    page.set_viewport_size({"width": 390, "height": 844})
    boxes = {key: page.query_selector(f"#{key}").bounding_box() for key in ("data", "inside")}
    assert boxes["inside"]["y"] >= boxes["data"]["y"] + boxes["data"]["height"]
