"""The insides in a real browser: a model dropped, views behind tabs, why opened by keyboard, rows, curves, axe."""

import re

import pytest

from in_browser import assert_accessible

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def model_page(seen, ensemble, pets_file):
    """The page with a model and its rows, both opened on it."""
    seen.open()
    seen.page.set_input_files("#picker", ensemble)
    seen.page.wait_for_selector("#intro:has-text('pets.selenite')")
    seen.page.set_input_files("#picker", pets_file)
    seen.page.wait_for_selector("#row-box:has-text('rows the model was made from')")
    return seen


def test_a_model_is_looked_into_and_asked(model_page):
    page = model_page.page
    assert "it is not trained on" in model_page.text("#intro")
    assert not page.is_visible("#play")
    assert not page.is_visible("#training-fields")
    assert page.is_visible("button.unit[aria-label='h1.2'], button.unit[aria-label='h1.1']")
    page.select_option("#member", "2")
    page.select_option("#alone", "alone")
    model_page.until(lambda: page.input_value("#alone") == "alone" and page.input_value("#member") == "2")
    page.click("button.unit[aria-label='P(yes)']")
    page.wait_for_selector("#why-box code:has-text('member3.P(yes).a')")
    page.select_option("#alone", "")
    page.wait_for_selector("#why-box code:has-text('probability[yes]')")
    assert len(page.query_selector_all("#why-box .weights input")) == 0
    page.click("#part-update")
    page.wait_for_selector("#why-box:has-text('no step follows')")
    page.click("#view-table-box")
    page.wait_for_selector(".rows tbody tr")
    with page.expect_download() as download:
        page.click("#export")
        page.click("#take-model")
    page.click("dialog form button")
    assert download.value.path().stat().st_size > 1000
    page.click("input[value=moons]")
    page.wait_for_selector("#play:visible")
    page.click("input[value=model]")
    page.wait_for_selector("#member:visible")


def test_the_rest_of_a_wide_layer_leads_to_its_matrix(model_page):
    page = model_page.page
    page.click(".unit.others >> nth=-1")
    page.wait_for_selector("#matrix-canvas:visible")
    model_page.until(lambda: re.search(r"hidden layer 1: \d+ × 20", page.inner_text("#matrix-layer option:checked")))
    model_page.until(lambda: "Each row of colours" in model_page.text("#matrix-text"))
    page.focus("#matrix-canvas")
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    text = model_page.text("#matrix-text")
    assert re.match(r"Weight from .+ to h1\.1: −?[\d.e−]+\. In the followed row .+ is .+, which contributes", text)
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    assert "h1.1 is" in model_page.text("#matrix-text")
    page.keyboard.press("Enter")
    page.wait_for_selector("#why-box h3:has-text('Unit h1.1')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#why-box h3:has-text('Weight from')")
    page.hover("#matrix-canvas")
    assert "Weight from" in model_page.text("#matrix-text")
    page.select_option("#matrix-what", "adds")


def test_a_small_matrix_has_its_names_beside_it(seen):
    seen.open()
    page = seen.page
    page.click("#view-matrix")
    page.wait_for_selector("#matrix-text:has-text('Each row of colours')")
    ink = """() => {
      const canvas = document.querySelector("#matrix-canvas"), ratio = canvas.width / canvas.clientWidth;
      const context = canvas.getContext("2d"), n = 70 * ratio;
      return [[0, 64, n, 80 * ratio], [97 * ratio, 0, 340 * ratio, 15 * ratio]]
        .map((place) => context.getImageData(...place).data.filter((value, i) => i % 4 === 3 && value > 0).length);
    }"""
    assert min(page.evaluate(ink)) > 20  # x1 and x2 on the left, h1 to h4 above
    page.hover("#matrix-canvas", position={"x": 107, "y": 72})
    page.wait_for_selector("#matrix-text:has-text('Weight from x1 to h1')")
    page.hover("#matrix-canvas", position={"x": 107, "y": 25})
    page.wait_for_selector("#matrix-text:has-text('h1 is ')")
    page.hover("#matrix-canvas", position={"x": 107, "y": 48})
    page.wait_for_selector("#matrix-text:has-text('Bias of h1')")


def test_why_opens_down_to_an_input_and_is_copied(seen):
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.open()
    page = seen.page
    page.click("#epoch")
    page.click("button.unit[aria-label^='P(1)']")
    page.wait_for_selector("#why-box code[title='output.unit1.a']:text-is('P(1).a')")
    page.focus("#why-box .why-open:text-matches('^. h[1-4].a$') >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#why-box code[title^='hidden1.unit']")
    page.click("#why-box .why-open:has-text('.z') >> nth=0")
    page.wait_for_selector("#why-box .why-open:has-text('input[x1]')")
    page.click("#why-box .why-open:has-text('input[x1]')")
    page.wait_for_selector("#why-box code:text-is('input[x1]')")
    assert seen.text("#why-box").count("adds up ✓") >= 4
    page.click("#copy-latex")
    page.wait_for_selector("#alert:has-text('Copied')")
    assert "begin{align*}" in page.evaluate("navigator.clipboard.readText()")
    page.click("#part-update")
    page.wait_for_selector("#why-box code:has-text('output.weights[1,1].update')")
    page.click("#why-box .why-open:has-text('mean') >> nth=0")
    page.click("#why-box .why-open:has-text('gradient') >> nth=0")
    page.click("#why-box button:has-text('show all')")
    seen.until(lambda: seen.text("#why-box").count("row ") >= 76)


def test_the_plane_bends_while_it_learns(seen):
    seen.open()
    page = seen.page
    page.click("#view-bent")
    page.wait_for_selector("#bent-across")
    before = page.evaluate("document.querySelector('#bent-canvas').toDataURL()")
    page.select_option("#bent-across", "3")
    seen.until(lambda: "Across h4" in seen.text("#bent-text"))
    page.click("#play")
    seen.until(lambda: seen.epoch() > 50)
    seen.pause()
    assert page.evaluate("document.querySelector('#bent-canvas').toDataURL()") != before
    page.click("#view-diagram")
    page.click("button[aria-label='Take away hidden layer 1']")
    page.click("#view-bent")
    page.wait_for_selector("#bent-text:has-text('no hidden layer')")


def test_rows_are_sorted_and_followed(seen):
    seen.open()
    page = seen.page
    page.click("#view-table-box")
    page.wait_for_selector(".rows tbody tr >> nth=49")
    page.click("#sort-3")
    page.wait_for_selector("th[aria-sort=descending] #sort-3")
    page.wait_for_function("document.querySelectorAll('.rows tbody tr').length == 50")
    errors = page.evaluate(
        "[...document.querySelectorAll('.rows tbody tr td:nth-child(4)')].map((e) => parseFloat(e.textContent))"
    )
    assert errors == sorted(errors, reverse=True)
    page.click("#rows-after")
    page.wait_for_selector(".pager:has-text('51 to 100')")
    number = page.inner_text(".rows tbody tr:nth-child(3) button").split()[0]
    page.click(".rows tbody tr:nth-child(3) td:nth-child(3)")
    page.wait_for_selector(f"#row-box summary:has-text('Followed row: {number}')")
    page.wait_for_selector(".rows tbody tr:nth-child(3)[aria-current=true]")
    page.focus("#view-table-box")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#dependence-canvas:visible")
    page.select_option("#dependence-column", "x2")
    seen.until(lambda: "by x2" in (page.get_attribute("#dependence-canvas", "aria-label") or ""))
    page.click("#dependence summary")
    assert len(page.query_selector_all("#dependence tbody tr")) == 33


def test_drawn_classes_keep_the_colour_of_the_brush(seen):
    seen.open()
    page = seen.page
    seen.draw_points(other=2)
    middle = """(k) => { const c = document.querySelectorAll('#legend .swatch')[k].getContext('2d');
        return [...c.getImageData(14, 14, 1, 1).data].slice(0, 3).join(' '); }"""
    brush = """(k) => getComputedStyle(document.querySelectorAll('.brushes .dot')[k]).backgroundColor
        .match(/\\d+/g).join(' ')"""
    assert page.evaluate(middle, 0) == page.evaluate(brush, 0)
    assert page.evaluate(middle, 1) == page.evaluate(brush, 2)


def test_axe_finds_nothing_in_the_views(seen_by_axe, ensemble, pets_file):
    seen, page = seen_by_axe, seen_by_axe.page
    for path in (ensemble, pets_file):
        page.set_input_files("#picker", path)
        seen.until(lambda name=path.name: f"{name} is open" in seen.text("#alert"))
    page.click("button.unit[aria-label='P(yes)']")
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert_views_accessible(page, narrow=width < 820)


def assert_views_accessible(page, narrow):
    """Ask axe of all views; of their colours where they stand side by side."""

    def show(panel, what):
        if narrow:
            page.click(f"#tab-{panel}")
        page.click(what)
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    for network, output in (("matrix", "table-box"), ("bent", "dependence")):
        show("network", f"#view-{network}")
        if narrow:
            assert_accessible(page, themes=())
        show("output", f"#view-{output}")
        if network == "bent":
            show("why", "#why-box .why-open >> nth=0")
        assert_accessible(page, themes=() if narrow else ("dark", "light"))
