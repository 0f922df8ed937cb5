"""The answer as text, LaTeX, JSON and HTML: the same numbers, and text of the user's that stays text."""

import json
import re
from html.parser import HTMLParser
from math import fsum

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite.explanation.numbers import shortened
from selenite.explanation.numbers.latex import symbol
from selenite.explanation.numbers.text import filled
from selenite.nn import Network

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "div", "p", "code", "strong", "span"),
    *("table", "tbody", "tr", "td", "details", "summary", "main"),
}
HOSTILE = "<script>alert('&amp;')</script> \x1b[31m $x_1% {\\n"


@pytest.fixture(scope="module")
def hostile():
    """An answer about a column whose name is markup, an escape sequence and LaTeX at once."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({HOSTILE: rng.choice(["<i>a</i>", "b&b", "c"], 60), "n": rng.normal(size=60)})
    classifier = selenite.SeleniteClassifier((3,), members=1, max_iter=2).fit(X, np.where(X["n"] > 0, "<u>", "v"))
    return selenite.why(classifier, "probability[<u>]", X, row=1, depth=None, breadth=20, terms=50)


@pytest.fixture(scope="module")
def chain():
    return selenite.why("tutorial:2", "hidden1.weights[1,1].update", depth=None, terms=4)


class Page(HTMLParser):
    """Collects the tags and the text of a page, and checks that tags close in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.stack = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_html_needs_nothing_else_and_stays_text(hostile, chain):
    for answer in (hostile, chain):
        page = Page(answer.html())
        assert page.stack == []
        names = {tag for tag, _ in page.tags}
        assert names <= TAGS
        assert not any("src" in attributes or "href" in attributes for _, attributes in page.tags)
        assert "://" not in answer.html()
        assert f"{answer.value:.5g}" in "".join(page.words)
    assert "\x1b" not in hostile.html()
    assert "<script>alert('&amp;')</script>" in "".join(Page(hostile.html()).words)
    assert Page(hostile._repr_html_()).stack == []


def test_text_obeys_nothing(hostile):
    assert "\x1b" not in str(hostile)
    assert "\\x1b[31m" in str(hostile)
    assert "<script>" in str(hostile)


def test_json_is_the_tree(chain):
    top = json.loads(chain.json())
    assert top["address"] == "hidden1.weights[1,1].update"
    assert top["value"] == chain.value
    assert top["article"]["name"] == "w1"
    gradient = top["terms"][1]["factors"][1]["opened"]
    assert gradient["article"] == {"name": "dcost_dw1", "equation": 2}
    assert gradient["terms"][-1]["count"] == 96
    assert fsum(term["value"] for term in gradient["terms"]) == pytest.approx(gradient["value"], rel=1e-14)
    for term in gradient["terms"][:-1]:
        product = np.prod([factor["value"] for factor in term["factors"]])
        assert term["value"] == pytest.approx(product, rel=1e-15)
    check = gradient["check"]
    assert (check["holds"], check["ulp"] <= 4, check["limit"], set(check)) == (
        True, True, 50, {"total", "ulp", "limit", "holds", "backend"}
    )  # fmt: skip


def test_json_keeps_the_users_text_and_knows_no_infinity(hostile):
    assert json.dumps(f"input[{HOSTILE} = b&b]", ensure_ascii=False) in hostile.json()
    network = selenite.Network((1, 1), ("exp",), "poisson", biases=False)
    with np.errstate(over="ignore"):  # which NumPy tells of, and the kernel does not
        text = selenite.why((network, np.array([1.0])), "output.a", np.array([[800.0]])).json()
    assert json.loads(text)["value"] is None


def test_latex_has_its_brackets_in_order(hostile, chain):
    for answer in (hostile, chain):
        text = answer.latex()
        bare = re.sub(r"\\[{}\\]", "", re.sub(r"^%.*$", "", text, flags=re.MULTILINE))
        assert bare.count("{") == bare.count("}")
        assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") == len(list(answer.expansion.opened()))
        assert "{0}" not in text  # a place left unfilled
    assert r"\textless" not in hostile.latex()
    assert r"\$x\_1\% \{" in hostile.latex()


def test_symbols():
    assert symbol("hidden1.weights[2,3].gradient") == r"\frac{\partial L}{\partial w^{(1)}_{2,3}}"
    assert symbol("output.unit1.delta") == r"\delta^{(\text{out})}_{1}"
    assert symbol("member2.input[50%]") == r"\text{input[50\%]}\,[\text{member 2}]"


def test_negative_numbers_get_brackets_where_they_need_them():
    assert filled("-{0}²", ["-3"]) == "-(-3)²"
    assert filled("e^(-{0})", ["-3"]) == "e^(-(-3))"
    assert filled("tanh({0}) + {1}", ["-3", "-4"]) == "tanh(-3) + (-4)"


def test_the_largest_terms_are_shown_and_the_rest_is_summed():
    rng = np.random.default_rng(0)
    network = selenite.Network((30, 1), ("identity",))
    answer = selenite.why((network, rng.normal(size=31)), "output.z", rng.normal(size=(1, 30)), terms=5)
    assert len(answer.expansion.terms) == 31
    short = shortened(answer.expansion, 5)
    assert [term.count for term in short.terms] == [1] * 5 + [26]
    assert fsum(term.value for term in short.terms) == pytest.approx(answer.value, rel=1e-13)
    assert "26 others" in str(answer)
    sizes = [abs(term.value) for term in short.terms[:5]]
    assert sizes == sorted(sizes, reverse=True)


def test_what_is_nothing_but_rounding_is_0():
    network, parameters = Network((2, 1), ("identity",), biases=False), np.array([0.1, 0.3])
    answer = selenite.why((network, parameters), "output.unit1.z", X=[[3.0, -1.0]])
    assert 0 < answer.value < 1e-15  # 0.1 × 3 is a little more than 0.3
    assert str(answer).splitlines()[0] == "output.unit1.z = 0"
    everything = selenite.why((network, parameters), "output.unit1.z", X=[[3.0, -1.0]], digits=None)
    assert f"= {answer.value!r}" in str(everything)
    error = selenite.why("tutorial:2", "output.unit1.a.gradient", row=99)
    assert "  y   0\n" in str(error)  # not -0


def test_digits():
    text = selenite.why("tutorial:2", "hidden1.unit1.z", row=1, digits=3).text()
    assert text.startswith("hidden1.unit1.z = 0.729\n")
