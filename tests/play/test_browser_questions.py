"""Questions about the numbers of a run, each answered on the page in at most three clicks, and rightly."""

import json
import re
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from selenite.play.one_file import one_file

EPOCHS, RATE = 10, 3.0
TEXTS = """(all) => all.map((each) => {
  const found = [each.value?.replace("-", "−")], walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) found.push(walker.currentNode.data);
  return found.join(" ");
})"""
NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?")


def unit(name):
    return "unit", name


def line(below, above):
    return "line", below, above


def tab(part):
    return "button", f"#part-{part}"


def at_epoch(number):
    return "epoch", number


def value_of(name):
    return f".unit[aria-label='{name}'] + .value"


BACKWARD, ROWS, FIGURES = [("button", f"#{name}") for name in ("show-backward", "view-table-box", "view-figures")]
TREE = "#why-box .tree"

# the question, the clicks, where the answer stands, and the answer from the weights and the rows that were taken home
QUESTIONS = [
    ("the loss", [], "#losses", lambda run: run.before.losses.mean()),
    ("the share of right answers, in per cent", [], "#losses", lambda run: 100 * run.right.mean()),
    ("how many points are wrong", [], "#summary", lambda run: (~run.right).sum()),
    ("the epoch", [], "#clock", lambda run: EPOCHS),
    ("the norm of the gradient in the last epoch", [], ".key.norm", lambda run: run.before.norm),
    ("x2 of the followed row", [], value_of("x2"), lambda run: run.X[0, 1]),
    ("what h2 makes of it", [], value_of("h2"), lambda run: run.a[0, 1]),
    ("what the network says of it", [], value_of("P(1)"), lambda run: run.p[0]),
    ("its class", [("button", "#row-box summary")], "#row-box tr:last-child td", lambda run: run.y[0]),
    ("the delta of h3", [BACKWARD], value_of("h3"), lambda run: run.delta[0, 2]),
    ("the delta of the output", [BACKWARD], value_of("P(1)"), lambda run: run.p[0] - run.y[0]),
    ("z of h1", [unit("h1")], TREE, lambda run: run.z[0, 0]),
    ("what x2 adds to z of h4", [unit("h4")], TREE, lambda run: run.X[0, 1] * run.V[1, 3]),
    ("the bias of h3", [unit("h3")], "#weight--1", lambda run: run.b[2]),
    ("the weight from x1 to h2", [line("x1", "h2")], "#weight-0", lambda run: run.V[0, 1]),
    ("z of the output", [unit("P(1)")], TREE, lambda run: run.a[0] @ run.w + run.c),
    ("what h4 adds to it", [unit("P(1)")], TREE, lambda run: run.a[0, 3] * run.w[3]),
    ("da/dz of h2", [unit("h2"), tab("backward")], TREE, lambda run: run.a[0, 1] * (1 - run.a[0, 1])),
    ("p - y", [unit("P(1)"), tab("backward")], TREE, lambda run: run.p[0] - run.y[0]),
    (
        "the loss of the followed row",
        [unit("P(1)"), tab("backward"), ("button", "#why-box .why-open >> text=loss")],
        TREE,
        lambda run: run.losses[0],
    ),
    (
        "the gradient of the weight from x2 to h1, in the followed row",
        [line("x2", "h1"), tab("backward")],
        TREE,
        lambda run: run.delta[0, 0] * run.X[0, 1],
    ),
    (
        "the gradient of w9, the weight from h1 to the output, over all rows",
        [line("h1", "P(1)"), tab("update")],
        TREE,
        lambda run: run.of_w[0],
    ),
    (
        "the gradient of w9 at epoch 3",
        [at_epoch(3), line("h1", "P(1)"), tab("update")],
        TREE,
        lambda run: run.third.of_w[0],
    ),
    (
        "what the next step makes of it",
        [line("h1", "P(1)"), tab("update")],
        TREE,
        lambda run: run.w[0] - RATE * run.of_w[0],
    ),
    (
        "the gradient of the bias of h2, over all rows",
        [("bias", "h2"), tab("update")],
        TREE,
        lambda run: run.delta[:, 1].mean(),
    ),
    ("the loss at epoch 3", [at_epoch(3)], "#losses", lambda run: run.second.losses.mean()),
    (
        "the weight from x1 to h2 at epoch 3",
        [at_epoch(3), line("x1", "h2")],
        "#weight-0",
        lambda run: run.third.V[0, 1],
    ),
    ("the delta of h3 at epoch 3", [at_epoch(3), BACKWARD], value_of("h3"), lambda run: run.third.delta[0, 2]),
    ("z of h1 at epoch 3", [at_epoch(3), unit("h1")], TREE, lambda run: run.third.z[0, 0]),
    (
        "what the network says of row 17, in per cent",
        [ROWS],
        "#table-box tr:has(#follow-16)",
        lambda run: 100 * max(run.p[16], 1 - run.p[16]),
    ),
    (
        "which row is the most wrong",
        [ROWS, ("button", "#sort-3")],
        "#table-box tbody tr",
        lambda run: 1 + np.argmax(abs(run.p - run.y)),
    ),
    (
        "how many of class 1 are taken for 0",
        [FIGURES, ("button", "#figures summary")],
        ".confusion tbody tr:last-child td",
        lambda run: (~run.right & (run.y == 1)).sum(),
    ),
    ("how many weights and biases there are", [FIGURES], "#figures > p", lambda run: 17),
    ("how often the commonest class is right, in per cent", [FIGURES], "#figures > p", lambda run: 50),
]


def run_of(weights, X, y):
    """Every number of the network by hand: one hidden layer, logistic, cross-entropy, the mean over the rows."""
    hidden, last = weights["layers"]
    V, b, w, c = (np.array(part) for layer in (hidden, last) for part in (layer["weights"], layer["biases"]))
    w, c = w[:, 0], c[0]
    z = X @ V + b
    a = 1 / (1 + np.exp(-z))
    p = 1 / (1 + np.exp(-(a @ w + c)))
    delta = np.outer(p - y, w) * a * (1 - a)
    of_w = a.T @ (p - y) / len(y)
    losses = -np.where(y == 1, np.log(p), np.log(1 - p))
    gradient = [of_w, [(p - y).mean()], (X.T @ delta / len(y)).ravel(), delta.mean(axis=0)]
    return SimpleNamespace(
        X=X, y=y, V=V, b=b, w=w, c=c, z=z, a=a, p=p, delta=delta, of_w=of_w, losses=losses,
        right=(p > 0.5) == (y == 1), norm=np.linalg.norm(np.concatenate(gradient)),
    )  # fmt: skip


CLICK = "(selectors) => selectors.forEach((selector) => document.querySelector(selector)?.click())"  # of no matter


class Asked:
    """A page on which a run of ten epochs stands, and its numbers by hand."""

    def __init__(self, page):
        self.page = page
        page.fill("#field-test-share", "0")
        page.keyboard.press("Enter")
        page.wait_for_selector("#row-box:has-text('no test rows')", state="attached")
        page.select_option("#set-optimizer", "sgd")
        page.select_option("#set-learning_rate", f"{RATE:g}")
        weights = {}
        for epoch in range(1, EPOCHS + 1):
            page.click("#epoch")
            self.wait_for(epoch)
            if epoch in (2, 3, EPOCHS - 1, EPOCHS):
                weights[epoch] = json.loads(self.taken("weights"))
        X, y = np.split(np.loadtxt(self.taken("data").splitlines(), delimiter=",", skiprows=1), [2], axis=1)
        second, third, before, self.run = (run_of(each, X, y[:, 0]) for each in weights.values())
        self.run.second, self.run.third, self.run.before = second, third, before

    def wait_for(self, epoch):
        self.page.wait_for_selector(f"#clock:text-is('epoch {epoch}')")

    def taken(self, what):
        self.page.click("#export")
        with self.page.expect_download() as found:
            self.page.click(f"#take-{what}")
        self.page.keyboard.press("Escape")
        return found.value.path().read_text()

    def as_it_stood(self):
        page = self.page
        page.keyboard.press("Escape")
        page.evaluate(CLICK, [".unit[aria-label='h1']"])
        page.wait_for_selector("#part-forward")
        page.evaluate(CLICK, ["#part-forward", "#show-forward", "#view-surface-box", "#row-box details[open] summary"])
        page.keyboard.press("Escape")
        page.focus("#timeline")
        page.keyboard.press("End")
        self.wait_for(EPOCHS)

    def click(self, kind, *what):
        page = self.page
        if kind == "button":
            page.click(what[0])
        elif kind == "unit":
            page.click(f".unit[aria-label='{what[0]}']")
        elif kind == "bias":
            page.click(f".unit[aria-label='{what[0]}'] .bias")
        elif kind == "epoch":
            page.mouse.click(*self.of_curve(what[0]))
            self.wait_for(what[0])
        else:
            page.mouse.click(*self.of_line(*what))

    def of_curve(self, epoch):
        """Return where an epoch stands on the curve, whose epochs are on a logarithmic axis from 1 on."""
        box = self.page.query_selector("#curve").bounding_box()
        return box["x"] + 44 + (box["width"] - 52) * np.log(epoch) / np.log(EPOCHS), box["y"] + box["height"] / 2

    def of_line(self, below, above):
        """Return a place on a line that is far from the other lines."""
        boxes = {
            unit.get_attribute("aria-label"): unit.bounding_box() for unit in self.page.query_selector_all(".unit")
        }
        layers = (["x1", "x2"], ["h1", "h2", "h3", "h4"], ["P(1)"])
        t = np.linspace(0.05, 0.95, 91)[:, None]
        lines = {}
        for left, right in pairwise(layers):
            for a in left:
                for b in right:
                    start = boxes[a]["x"] + boxes[a]["width"], boxes[a]["y"] + boxes[a]["height"] / 2
                    end = boxes[b]["x"], boxes[b]["y"] + boxes[b]["height"] / 2
                    middle = (start[0] + end[0]) / 2
                    bend = [start, (middle, start[1]), (middle, end[1]), end]
                    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
                    lines[a, b] = sum(weight * np.array(point) for weight, point in zip(weights, bend, strict=True))
        mine = lines.pop((below, above))
        others = np.concatenate(list(lines.values()))
        return mine[np.argmax(np.linalg.norm(mine[:, None] - others, axis=2).min(axis=1))]

    def answers(self, selector):
        """Return the numbers that stand somewhere."""
        self.page.wait_for_selector(selector, timeout=3000)
        texts = self.page.eval_on_selector_all(selector, TEXTS)
        numbers = (NUMBER.findall(text) for text in texts)
        return [float(number.replace("−", "-").replace(",", "")) for found in numbers for number in found]


@pytest.fixture(scope="module")
def asked(chromium, tmp_path_factory):
    path = tmp_path_factory.mktemp("questions") / "playground.html"
    path.write_text(one_file(), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    context.set_default_timeout(5000)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("#figures tbody td", state="attached")
    yield Asked(page)
    context.close()


def test_there_are_thirty():
    assert len(QUESTIONS) >= 30


@pytest.mark.parametrize(("question", "clicks", "where", "answer"), QUESTIONS, ids=[each[0] for each in QUESTIONS])
def test_a_question_is_answered(asked, question, clicks, where, answer):
    assert len(clicks) <= 3
    asked.as_it_stood()
    for click in clicks:
        asked.click(*click)
    wanted = float(answer(asked.run))
    for _ in range(40):  # the page answers in a moment
        found = asked.answers(where)
        if any(abs(number - wanted) <= 0.006 * abs(wanted) + 5e-6 for number in found):
            return
        asked.page.wait_for_timeout(50)
    raise AssertionError(f"{question}: {wanted}, not among {found}")
