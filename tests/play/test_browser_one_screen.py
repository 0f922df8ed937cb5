"""One screen: at 1280 × 720 whatever answers a click is in view, above the transport, and beside what it speaks of."""

import re

import pytest

from asking import STAND_STILL
from selenite.play.one_file import PAGE

LESSONS = (PAGE / "worker/lessons.js").read_text(encoding="utf-8").partition("export const LESSONS")[2]
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

INSIDE = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const bottom = document.querySelector("footer").getBoundingClientRect().top + 1;
  return box.width > 0 && box.height > 0 && box.left >= 0 && box.right <= innerWidth && box.top >= 0
    && box.bottom <= bottom;
}"""
APART = """([a, b]) => {
  const [one, two] = [a, b].map((selector) => document.querySelector(selector).getBoundingClientRect());
  return one.right <= two.left || two.right <= one.left || one.bottom <= two.top || two.bottom <= one.top;
}"""
POINT = """() => {
  const { store } = inside, { points } = store.state, side = document.querySelector("#surface").offsetWidth;
  return { x: points.x[3] * side, y: (1 - points.y[3]) * side };
}"""
COUNT_FLIGHTS = """() => {
  const { animate } = Element.prototype;
  Element.prototype.animate = function (...motion) { window.flights += 1; return animate.apply(this, motion); };
}"""
LAND = "document.getAnimations().forEach((flight) => flight.finish())"
UNSEEN = """() => {
  const e = document.activeElement;
  if (e === document.body || e.closest("footer, nav")) return "";
  const box = e.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 10), Math.min(box.bottom - 2, box.top + 10));
  const seen = top && (e.contains(top) || top.contains(e) || top.closest("label")?.contains(e));
  return seen ? "" : `${e.id} ${e.className} ${e.textContent.slice(0, 20)}`;
}"""
CUT = """() => [...document.querySelectorAll("select")].filter((each) => each.offsetParent).filter((each) => {
  const style = getComputedStyle(each), context = document.createElement("canvas").getContext("2d");
  context.font = style.font;
  const arrow = 18, room = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
  return context.measureText(each.selectedOptions[0]?.text ?? "").width > room;
}).map((each) => each.id)"""
OVERLAP = """() => {
  const boxes = [...document.querySelectorAll(".transport > *")].filter((each) => each.offsetParent)
    .map((each) => each.getBoundingClientRect());
  return boxes.some((a, i) => boxes.slice(i + 1).some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1));
}"""
SCROLLS = "document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def laptop(seen):
    seen.page.set_viewport_size({"width": 1280, "height": 720})
    return seen.open()


def at_each_size(page):
    """Yield on a laptop, on a laptop at 200 %, and on a telephone."""
    for width, height in ((1280, 720), (640, 400), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
        yield


def assert_inside(seen, *selectors):
    for selector in selectors:
        seen.page.wait_for_selector(selector)
        assert seen.page.evaluate(INSIDE, selector), selector
    assert not seen.page.evaluate(SCROLLS)


def test_each_lesson_is_in_view(laptop):
    lessons = re.findall(r'^  "?([\w-]+)"?: \{$', LESSONS, re.MULTILINE)
    assert set(lessons) == set(laptop.state()["lessons"])
    for lesson in lessons:
        assert_lesson_in_view(laptop, lesson)
        laptop.page.keyboard.press("Escape")
        laptop.page.wait_for_selector("#why", state="hidden")


def assert_lesson_in_view(laptop, lesson):
    page = laptop.page
    page.select_option("#lesson", lesson)
    page.wait_for_selector("#lesson-box")
    laptop.until(lambda: laptop.state()["lessons"][lesson] in laptop.text("#lesson-box"))
    assert page.query_selector("#story").bounding_box()["height"] <= 88
    assert page.eval_on_selector("#story", "story => story.scrollHeight <= story.clientHeight")
    page.click("#epoch")
    laptop.until(lambda: laptop.epoch() == 1)
    assert not page.is_visible("#drawer")
    assert_inside(laptop, "#lesson-box", "#surface", "#curve", "#losses", "#diagram", "#diagram-hint")
    assert page.query_selector("#surface").bounding_box()["width"] > 270
    page.click("button.unit >> nth=-1")
    assert_inside(laptop, "#why-box .formula", "#why", ".unit.selected")
    assert page.evaluate(APART, ["#why", ".unit.selected"])


def test_a_unit_a_weight_and_a_point_are_answered_beside_them(laptop):
    page = laptop.page
    page.click("#epoch")
    for unit in range(2, 7):
        name = page.get_attribute(f"button.unit >> nth={unit}", "aria-label")
        page.click(f"button.unit >> nth={unit}")
        page.wait_for_selector(f"button.unit.selected[aria-label='{name}']")
        page.wait_for_selector("#why-box .formula")
        assert_inside(laptop, "#why")
        assert page.evaluate(APART, ["#why", ".unit.selected"])
        page.keyboard.press("Escape")
        page.wait_for_selector("#why", state="hidden")
    page.click("#surface", position=page.evaluate(POINT))
    page.wait_for_selector("#why-box h3:has-text('P(1)')")
    assert_inside(laptop, "#why")
    assert "Followed row" in laptop.text("#row-box")
    assert_pinned_in_place_of_the_loss(laptop)
    assert_a_term_and_its_line_pointed_at_together(laptop)


def assert_pinned_in_place_of_the_loss(laptop):
    page = laptop.page
    page.click("button.unit[aria-label='h2']")
    page.click("#pin-why")
    laptop.until(lambda: page.query_selector("#why").bounding_box() == page.query_selector("#curves").bounding_box())
    assert_inside(laptop, "#why", "#surface")
    page.click("button.unit[aria-label='h3']")
    page.wait_for_selector("#why-box h3:has-text('h3')")
    page.click("#close-why")
    page.wait_for_selector("#curve")


def assert_a_term_and_its_line_pointed_at_together(laptop):
    page = laptop.page
    page.click("button.unit[aria-label='h2']")
    page.hover("#why-box .terms [data-line*='\"before\":0']")
    laptop.until(lambda: page.evaluate("inside.store.pointed") == {"layer": 0, "unit": 1, "before": 0})
    unit = page.query_selector("button.unit[aria-label='h2']").bounding_box()
    page.mouse.move(unit["x"] - 10, unit["y"] + unit["height"] / 2)
    page.wait_for_selector("#why-box .terms .lit")


def test_an_operation_shows_its_numbers(laptop):
    laptop.page.evaluate(COUNT_FLIGHTS)
    for motion in ("no-preference", "reduce"):
        assert_operation_shown(laptop, motion)
        laptop.page.keyboard.press("Home")
        laptop.page.wait_for_selector("#clock:text-is('epoch 0')")


def assert_operation_shown(laptop, motion):
    page = laptop.page
    page.emulate_media(reduced_motion=motion)
    page.evaluate("window.flights = 0")
    page.click("#operation")
    page.wait_for_selector("canvas.bend")
    assert bool(page.evaluate("window.flights")) == (motion != "reduce")
    terms = [item.text_content() for item in page.query_selector_all(".standing li")]
    assert len(terms) == 4  # two inputs times their weights, the bias, and z
    numbers = [float(text.removeprefix("z ").replace("−", "-")) for text in terms]
    assert abs(sum(numbers[:3]) - numbers[3]) < 2e-3
    assert_inside(laptop, "#why", ".unit.selected", ".standing")
    assert page.evaluate(APART, ["#why", ".standing"])
    assert page.text_content("#alert") == ""
    page.keyboard.press("Escape")
    page.wait_for_selector(".standing", state="detached")


def test_what_flies_is_a_product_and_is_added_where_it_lands(seen):
    page = seen.page
    page.emulate_media(reduced_motion="no-preference")
    seen.open()
    page.keyboard.press("Home")
    page.wait_for_selector("#clock:text-is('epoch 0')")
    page.evaluate(STAND_STILL)
    page.click("#operation")
    page.wait_for_selector(".standing .sum")
    product, bias = page.query_selector(".standing li").text_content(), page.query_selector(".standing li >> nth=2")
    assert page.text_content(".standing .sum") == "z 0"
    assert " × " in product
    assert bias.text_content() == "0"
    page.evaluate(LAND)
    page.wait_for_selector("canvas.bend")
    assert " × " not in page.text_content(".standing")
    page.click("#theme")  # they are in the colours of a theme
    page.wait_for_selector(".standing, .bend", state="detached")


def test_the_diagram_and_the_card_show_one_direction(laptop):
    page = laptop.page
    page.click("#epoch")
    page.click("button.unit[aria-label='h2']")
    page.wait_for_selector("#part-forward[aria-pressed=true]")
    page.click("#show-backward")
    page.wait_for_selector("#why-box code:text-is('h2.delta')")
    page.click("#part-forward")
    page.wait_for_selector("#show-forward[aria-pressed=true]")
    page.click("#part-update")
    page.wait_for_selector("#show-backward[aria-pressed=true]")
    page.keyboard.press("Escape")
    for _ in range(6):  # five units forward, then the output backward
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_timeout(60)
    page.wait_for_selector("#part-backward[aria-pressed=true]")
    page.wait_for_selector("#show-backward[aria-pressed=true]")


def test_squares_stand_at_units_that_have_a_bias(laptop):
    for lesson, squares in (("hidden", 5), ("part2", 0), ("hidden", 5)):
        assert_squares(laptop, lesson, squares)


def assert_squares(laptop, lesson, squares):
    laptop.page.select_option("#lesson", lesson)
    laptop.until(
        lambda: (laptop.state()["lesson"], len(laptop.page.query_selector_all(".unit .bias"))) == (lesson, squares)
    )


def test_20_seeds_and_two_runs_answer_in_view(laptop):
    page = laptop.page
    page.click("button.unit[aria-label='h4']")
    page.wait_for_selector("#why-box .formula")
    page.click("#twenty")
    page.wait_for_selector("#why", state="hidden")
    page.wait_for_selector("#seeds-text")
    assert_inside(laptop, "#seeds-text", "#seeds-box .strip", "#surface")
    page.click("#beside")
    page.wait_for_selector("#other-surface")
    sides = [page.query_selector(selector).bounding_box() for selector in ("#surface", "#other-surface")]
    assert sides[0]["width"] == sides[1]["width"] > 200
    assert_inside(laptop, "#surface", "#other-surface")


def test_nothing_scrolls_from_900_pixels_on_and_a_focus_is_never_behind_the_transport(seen):
    page = seen.page
    seen.open()
    for width, height in ((900, 700), (1280, 800), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.click("#settings")
        assert_inside(seen, "#drawer", "#surface", "#curve")
        page.keyboard.press("Escape")
        page.wait_for_selector("#drawer", state="hidden")
    assert page.query_selector("#surface").bounding_box()["width"] > 500
    for _ in at_each_size(page):
        page.focus("#lesson")
        for _ in range(60):
            page.keyboard.press("Tab")
            assert page.evaluate(UNSEEN) == ""


def test_selects_show_their_words_and_the_transport_has_room(seen):
    page = seen.page
    seen.open()
    page.select_option("#set-optimizer", "sgd")
    page.keyboard.press("a")
    page.wait_for_selector("#other-surface")
    for _ in at_each_size(page):
        assert page.evaluate(CUT) == []
    page.select_option("#lesson", "part2-perceptron")  # of as many epochs as any, and the quickest
    seen.until(lambda: seen.state()["settings"]["epochs"] == 200_000)
    page.select_option("#speed", "0")
    page.click("#play")
    page.wait_for_selector("#clock:has-text('200,000')")
    for _ in at_each_size(page):
        assert page.evaluate(CUT) == []
        assert not page.evaluate(OVERLAP)


def test_a_narrow_page_has_a_sheet_for_why(seen):
    page = seen.page
    page.set_viewport_size({"width": 390, "height": 844})
    seen.open()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("button.unit[aria-label='h3']")
    page.wait_for_selector("#why-box .formula")
    page.wait_for_selector("button.unit.selected[aria-label='h3']")
    assert page.evaluate(INSIDE, "#why")
    assert page.evaluate(APART, ["#why", ".unit.selected"])
    page.keyboard.press("Escape")
    page.wait_for_selector("#why", state="hidden")


def test_a_notice_goes_with_the_next_action_and_a_plane_for_points_of_ones_own_begins_empty(seen):
    seen.open()
    page = seen.page
    before = page.query_selector("#play").bounding_box()
    page.click("#share")
    page.click("dialog button:has-text('Copy')")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_selector("#alert p")
    assert page.query_selector("#play").bounding_box() == before
    page.wait_for_timeout(700)
    page.click("#epoch")
    page.wait_for_selector("#alert p", state="detached")
    page.click("input[value=clouds]")
    page.wait_for_selector("#legend:has-text('dog')")
    page.click("#play")
    seen.until(lambda: seen.epoch() > 3)
    page.click("#view-figures")
    page.click("#view-runs")
    page.wait_for_selector("#runs .mine:has-text('now')")
    page.click("input[value=drawn]")
    page.wait_for_selector("#intro:has-text('empty plane')")
    standing = ["▶ Play", "epoch 0", "", "gradient "]
    seen.until(lambda: [seen.text(part) for part in ("#play", "#clock", "#summary", ".norm")] == standing)
    page.click("#view-surface-box")
    page.wait_for_selector("#start-here:has-text('Click to put the first point.')")
    assert {value.text_content() for value in page.query_selector_all(".value")} == {""}
    assert seen.text("#figures") == "–"
    page.wait_for_selector("#runs .mine", state="detached")
    page.wait_for_selector("#again-0")
    assert len(page.query_selector_all("button.unit")) == 7
