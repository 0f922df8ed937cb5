"""How a number is made is seen at the unit or the weight pointed at, before a click, in the card's own numbers."""

import re

import numpy as np
import pytest

from in_browser import OF_COLOURS, assert_accessible, until, violations

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

LINES = "[...document.querySelectorAll('#preview > *')].map((each) => each.textContent.replace('+ ', ''))"
COLOURS = "[...document.querySelectorAll('#preview > span')].map((each) => getComputedStyle(each).color)"
COVERED = """() => {
  const box = document.querySelector("#preview").getBoundingClientRect();
  return [...document.querySelectorAll(".unit")].filter((unit) => {
    const at = unit.getBoundingClientRect();
    return Math.min(box.right, at.right) > Math.max(box.left, at.left)
      && Math.min(box.bottom, at.bottom) > Math.max(box.top, at.top);
  }).map((unit) => unit.id);
}"""
COUNT_QUESTIONS = """() => {
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message) {
    if (message.verb) window.verbs.push(message.verb);
    return postMessage.call(this, message);
  };
  window.verbs = [];
}"""


def number(text):
    return float(text.replace("−", "-").strip("() "))


@pytest.fixture
def learnt(seen):
    """A page at epoch 1, its network large enough that a sum has more terms than are shown."""
    seen.open()
    page = seen.page
    for last in (4, 5):
        page.click("#units-1-less ~ button >> nth=0")
        page.wait_for_selector(f"#unit-1-{last}")
    page.click("#epoch")
    seen.until(lambda: seen.epoch() == 1)
    return seen


def pointed_at(seen, selector):
    seen.page.mouse.move(1, 1)
    seen.page.wait_for_selector("#preview", state="hidden")
    seen.page.hover(selector)
    seen.page.wait_for_selector("#preview:visible")
    return seen.page.evaluate(LINES)


@pytest.mark.parametrize(("unit", "layer", "place"), [("#unit-1-1", 0, 1), ("#unit-2-0", 1, 0)])
def test_a_unit_pointed_at_shows_its_sum_as_its_card_does(learnt, unit, layer, place):
    page, frame = learnt.page, learnt.frame()
    title, *terms, total, activation = pointed_at(learnt, unit)
    assert title.startswith("Unit ")
    colours = page.evaluate(COLOURS)
    assert page.evaluate(COVERED) == []
    weights, below = np.array(frame["weights"][layer])[:, place], np.array(frame["values"][layer])
    products = [*(weights * below), frame["biases"][layer][place]]
    z, a = sum(products), frame["values"][layer + 1][place]
    left = [line for line in terms if line.startswith("…")]
    assert left == (["… 2 more"] if layer else [])
    shown = [np.prod([number(part) for part in line.split("×")]) for line in terms if line not in left]
    by_size = sorted(products, key=abs, reverse=True)[: len(shown)]
    assert shown == pytest.approx(by_size, rel=1e-3, abs=1e-4)
    assert number(total.removeprefix("= ")) == pytest.approx(z, rel=1e-3)
    found = re.fullmatch(r"logistic\((.+)\) = (.+)", activation)
    assert found[1] == total.removeprefix("= ")
    assert number(found[2]) == pytest.approx(a, rel=1e-3)
    of_terms = [colour for colour, line in zip(colours, terms, strict=False) if line not in left]
    assert [of_terms[0] == colour for colour in of_terms] == [shown[0] * value > 0 for value in shown]  # of its sign
    page.click(unit)
    page.wait_for_selector("#why-box .formula")
    page.wait_for_selector("#preview", state="hidden")
    inside = page.query_selector_all("#why-box .terms .terms .numbers")
    card = [each.text_content().split(" = ")[0] for each in inside[: len(shown)]]
    assert card == [line for line in terms if line not in left]
    assert found[2] == learnt.text("#why-box .tree .number-block strong")
    assert total.removeprefix("= ") == learnt.text("#why-box .terms .number-block strong")


def test_the_diagram_of_deltas_shows_how_a_delta_is_made(learnt):
    learnt.page.click("#show-backward")
    learnt.until(lambda: learnt.state()["backward"])
    title, *_, total = pointed_at(learnt, "#unit-1-0")
    assert title == "Unit h1"
    assert number(total.removeprefix("= ")) == pytest.approx(learnt.frame()["deltas"][0][0], rel=1e-3)


def test_a_bias_and_a_weight_show_what_they_add(learnt):
    page, frame = learnt.page, learnt.frame()
    title, adds = pointed_at(learnt, "#unit-1-2 .bias")
    assert title == "Bias of h3"
    assert number(adds) == pytest.approx(frame["biases"][0][2], rel=1e-3)
    from_, to = (page.query_selector(unit).bounding_box() for unit in ("#unit-0-0", "#unit-1-0"))
    page.mouse.move((from_["x"] + from_["width"] + to["x"]) / 2, (from_["y"] + to["y"] + to["height"]) / 2)
    page.wait_for_selector("#preview b:text-is('Weight from x1 to h1')")
    weight, value, product = re.fullmatch(r"(.+) × (.+) = (.+)", page.evaluate(LINES)[1]).groups()
    assert number(weight) == pytest.approx(frame["weights"][0][0][0], rel=1e-3)
    assert number(value) == pytest.approx(frame["values"][0][0], rel=1e-3)
    assert number(product) == pytest.approx(number(weight) * number(value), rel=1e-3)


def test_it_goes_with_the_pointer_and_escape_and_comes_with_the_focus(learnt):
    page = learnt.page
    pointed_at(learnt, "#unit-1-1")
    page.keyboard.press("Escape")
    page.wait_for_selector("#preview", state="hidden")
    pointed_at(learnt, "#unit-1-2")
    page.mouse.move(1, 1)
    page.wait_for_selector("#preview", state="hidden")
    assert page.evaluate(LINES) == []
    page.focus("#unit-1-0")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("#preview b:text-is('Unit h2')")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#preview b:text-is('Unit P(1)')")
    assert page.get_attribute("#unit-2-0", "aria-describedby") == "preview"
    page.keyboard.press("Enter")
    page.wait_for_selector("#why-box .formula")
    page.wait_for_selector("#preview", state="hidden")
    page.keyboard.press("Escape")
    page.wait_for_selector("#why", state="hidden")
    page.wait_for_timeout(400)
    assert page.is_hidden("#preview")  # though its unit has the focus again


def test_it_follows_a_run_and_asks_for_nothing_unless_something_is_pointed_at(seen):
    seen.open()
    page = seen.page
    page.evaluate(COUNT_QUESTIONS)
    page.select_option("#set-learning_rate", "0.01")
    page.focus("body")
    page.keyboard.press("Space")
    seen.until(lambda: seen.epoch() > 20)
    assert "why" not in page.evaluate("verbs")
    page.hover("#unit-1-0")
    page.wait_for_selector("#preview:visible")
    before = page.evaluate(LINES)
    seen.until(lambda: page.evaluate(LINES) not in (before, []))
    page.keyboard.press("Space")
    page.mouse.move(1, 1)
    page.wait_for_selector("#preview", state="hidden")


def test_a_tap_opens_the_card_at_once(chromium, seen_in):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")
    seen = seen_in(context).open()
    page = seen.page
    page.click("#epoch")
    page.tap("#unit-1-1")
    page.wait_for_selector("#why-box .formula")
    page.wait_for_timeout(300)
    assert page.is_hidden("#preview")
    seen.leave()
    context.close()


def test_of_classes_and_numbers_it_shows_what_the_output_makes_of_the_sum(seen):
    seen.open(f"token={seen.playground.token}&lesson=9")
    seen.until(lambda: len(seen.state()["classes"]) == 3)
    shares = pointed_at(seen, "#unit-2-1")[-1]
    assert re.fullmatch(r"e\^\(.+\) / .+ = .+", shares)
    assert number(shares.split(" = ")[1]) == pytest.approx(seen.frame()["values"][2][1], rel=1e-3)
    assert seen.page.input_value("#field-points") == "2100" == str(seen.state()["rows"]["all"])
    seen.page.click("#of-plane")
    seen.until(lambda: seen.state()["settings"]["data"] == "plane")
    last = pointed_at(seen, "#unit-2-0")[-1]  # an identity makes nothing of it
    assert number(last.removeprefix("= ")) == pytest.approx(seen.frame()["values"][2][0], rel=1e-3)


def test_axe_finds_nothing_in_it(seen_by_axe):
    page = seen_by_axe.page
    page.hover("#unit-1-1")
    page.wait_for_selector("#preview:visible")
    by_day = page.evaluate(COLOURS)
    page.emulate_media(color_scheme="dark")
    until(lambda: page.evaluate(COLOURS) not in (by_day, []))
    assert violations(page, runOnly={"type": "rule", "values": OF_COLOURS}) == []
    page.emulate_media(color_scheme="light")
    until(lambda: page.evaluate(COLOURS) == by_day)
    assert_accessible(page, themes=("light",))


def test_a_link_is_opened_before_anything_is_seen(chromium, seen_in):
    context = chromium.new_context(reduced_motion="reduce")
    context.add_init_script("""
      globalThis.told = [];
      const Own = Worker;
      globalThis.Worker = class extends Own {
        constructor(...given) {
          super(...given);
          this.addEventListener("message", ({ data }) => data.event === "state" && told.push(data.content.lesson));
        }
      };""")
    seen = seen_in(context)
    seen.open(f"token={seen.playground.token}&lesson=2")
    assert seen.page.evaluate("told[0]") == "part2-perceptron"
    seen.leave()
    context.close()
