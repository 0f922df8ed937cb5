"""The course in the exported file: every lesson is done by the mouse, as its task says, and is marked as done."""

import re

import pytest

from in_browser import until
from selenite.play.one_file import one_file

SETTINGS, LEAST_UNITS, PLAY = "#settings", "#units-1-less", "#play"


def _unset(page, *names):
    page.click(SETTINGS)
    for name in names:
        page.click(f"#check-{name}")


def _play(page, speed="0"):
    page.select_option("#speed", speed)
    page.click(PLAY)


def _write(page, field, value):
    page.fill(field, value)
    page.press(field, "Enter")


def _perceptron(page):
    _unset(page, "as-printed")
    _play(page)


def _line(page):
    page.click("#add-layer")
    _play(page)


def _hidden(page):
    page.click(LEAST_UNITS)
    _play(page)


def _forward(page):
    page.click("#unit-2-0")
    _write(page, "#weight-0", "3")


def _loss(page):
    page.click(SETTINGS)
    page.select_option("#set-loss", "log_loss")
    _play(page)


def _backward(page):
    page.click("#show-backward")
    page.click("#unit-2-0")
    _write(page, "#weight-1", "-1.5")


def _rate(page):
    page.select_option("#set-learning_rate", "0.1")
    page.click("#reset")
    _play(page)


def _biases(page):
    _unset(page, "biases")
    _write(page, "#set-epochs", "2000")  # not to wait
    page.click("#twenty")


def _classes(page):
    for units in (3, 2, 1):
        page.click(LEAST_UNITS)
        page.wait_for_selector(f".units strong:text-is('{units}')")
    _play(page)


def _table(page):
    page.click(SETTINGS)
    _write(page, "#set-l2", "0.03")
    page.click("#reset")
    _play(page)


DONE = [_perceptron, _line, _hidden, _forward, _loss, _backward, _rate, _biases, _classes, _table]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("course") / "course.html"
    path.write_text(one_file(), encoding="utf-8")
    return path


@pytest.fixture
def course(exported, offline_page):
    """The file in a browser without a network, at a lesson."""
    offline_page.set_viewport_size({"width": 1280, "height": 720})

    def at(lesson):
        offline_page.goto("about:blank")
        offline_page.goto(f"{exported.as_uri()}#lesson={lesson}")
        offline_page.wait_for_selector("#lesson-box h2")
        return offline_page

    return at


RINGED = """() => [...document.querySelectorAll("*")]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).outlineStyle === "dashed")
  .map((one) => one.id || one.querySelector("input, select").id)"""


def test_each_lesson_is_done_as_it_says_and_the_next_begins(course):
    page = course(1)
    for number, do in enumerate(DONE, 1):
        assert page.input_value("#lesson") == page.eval_on_selector("#lesson", f"list => list.options[{number}].value")
        ringed = page.evaluate(RINGED)
        assert len(ringed) == 1, (number, ringed)
        assert not page.is_visible("#drawer")
        do(page)
        page.wait_for_selector("#answer:has-text('✓')", timeout=60_000)
        assert page.evaluate(RINGED) == []
        assert page.query_selector("#story").bounding_box()["height"] <= 88
        assert page.eval_on_selector("#story", "story => story.scrollHeight <= story.clientHeight"), number
        if number < len(DONE):
            page.click("#lesson-on")
            page.wait_for_selector("#answer", state="detached")
    assert page.is_disabled("#lesson-next")
    again = course(4)
    marked = again.eval_on_selector_all("#lesson option", "all => all.map((one) => one.textContent)")
    assert [re.match(r"(\d+)\. .* ✓$", text)[1] for text in marked[1:]] == [str(i + 1) for i in range(10)]


def test_what_the_lesson_speaks_of_is_in_view_in_the_drawer_and_on_a_telephone(course):
    page = course(5)
    page.click(SETTINGS)
    assert page.evaluate("document.activeElement.id") == "set-loss"
    assert page.is_visible("label.lights > #set-loss")
    page.click("#lesson-next")
    page.wait_for_selector("#lesson-box h2:has-text('Backpropagation')")
    assert not page.is_visible("#drawer")
    page.select_option("#lesson", "hidden")
    page.wait_for_selector("#lesson-box h2:has-text('A hidden layer')")
    page.set_viewport_size({"width": 390, "height": 844})
    page.select_option("#lesson", "backward")
    page.wait_for_selector("#lesson-box h2:has-text('Backpropagation')")
    until(lambda: page.query_selector("#show-backward").bounding_box()["y"] < 844 - 74 - 24)


def test_a_lesson_of_ones_own_is_made_by_share_and_opens_from_its_link(course):
    page = course(7)
    page.select_option("#lesson", "")
    page.click("#share")
    page.click("#own summary")
    for name, text in (("title", "Two moons"), ("text", "Two classes."), ("task", "Get it right.")):
        _write(page, f"#own-{name}", text)
    page.select_option("#own-mark", "right_above")
    _write(page, "#own-value", "95")
    page.click("summary:has-text('Hidden controls')")
    before = page.input_value("#link")
    page.check("#hide-optimizer")
    until(lambda: page.input_value("#link") != before)
    link = page.input_value("#link")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("#lesson-box h2:has-text('Two moons')")
    assert not page.is_visible("#set-optimizer")
    assert "Get it right." in page.text_content("#lesson-box")
    assert page.query_selector("#answer") is None
    _play(page)
    page.wait_for_selector("#answer:has-text('✓ That is it.')")
