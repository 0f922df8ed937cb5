"""The page: whole, escaped, without addresses; and true."""

import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import selenite
import selenite.report
from selenite.cli import group
from selenite.estimators.mlp import FitWarning
from selenite.fitting.out_of_fold import judged_again
from selenite.model.predictions import predictions_of
from selenite.model.settings import SETTINGS_NOT_KEPT
from selenite.report import report
from selenite.report.markup import element, joined, name
from selenite.report.mistakes import groups, shown_errors, worst_rows
from selenite.table import ReadOptions, read_table

pytest.importorskip("matplotlib")

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "it's & \u202etxt.exe", "\x1b[31m\u200fשם"]
VALUES = ["</td></svg><b>", 'https://evil.example/"x"', "'><style>*{}", "עב\u202e]]>-->"]
VOID = {"meta", "br"}
TAGS = (
    "html head meta title style body section h1 h2 h3 p a b i div span nav table thead tbody tr th td bdi br pre "
    "figure svg g path defs use rect image clippath ol li"
)
ALLOWED = set(TAGS.split())


class Page(HTMLParser):
    """Reads a page strictly: every element closed in order, and only those that a page is made of."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.attributes, self.ids = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(line, code=0):
        result = CliRunner().invoke(group, shlex.split(line), prog_name="selenite")
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    return call


def write(path, kind, n=240, names=HOSTILE, values=VALUES):
    """Write a table whose names and values are hostile."""
    rng = np.random.default_rng(1)
    size, codes, gap = rng.normal(size=n), rng.integers(4, size=n), rng.random(n) < 0.1
    score = size + (codes == 0) + 0.3 * rng.normal(size=n)
    labels = {"two": ["<no>", "<yes>"], "three": values[:3]}.get(kind)
    at = None if labels is None else np.digitize(score, np.quantile(score, np.linspace(0, 1, len(labels) + 1)[1:-1]))
    answers = [f"{1000 * s:.1f}" for s in score] if labels is None else [labels[k] for k in at]

    def cell(text):
        return '"' + str(text).replace('"', '""') + '"'

    lines = [",".join(map(cell, [*names, "<i>target</i>"]))]
    for i in range(n):
        row = [
            "" if gap[i] else f"{size[i]:.3f}",
            values[codes[i]],
            f"2024-01-{1 + i % 28:02d}",
            i * i % 17,
            answers[i],
        ]
        lines.append(",".join(map(cell, row)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


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
    run("report m.selenite t.csv -o page.html --json")
    first = (tmp_path / "page.html").read_bytes()
    model, page = selenite.load("m.selenite"), Page(first.decode())
    accuracy = next(one.value for one in model.figures if (one.model, one.metric) == ("selenite", "accuracy"))
    assert f"{100 * accuracy:.1f} % of the rows are predicted right" in page.text
    assert model.data.fingerprint in page.text
    assert "never saw them; the figures are those stored in the model file" in page.text
    fit = re.search(r"selenite (fit .*)", page.text)[1]
    (tmp_path / "m.selenite").unlink()
    run(f"{fit} -q")
    assert (tmp_path / "m.selenite").read_bytes() == before
    run("report m.selenite t.csv -o page.html")
    assert (tmp_path / "page.html").read_bytes() == first


def test_what_the_recipe_chose_is_left_to_it_again(run, tmp_path):
    """The folds' models choose their own hidden layers, as they did when their figures were stored."""
    rng = np.random.default_rng(1)
    X = rng.uniform(-2, 2, size=(300, 2))
    rows = [f"{a!r},{b!r},{float(np.sin(3 * a) * b)!r}" for a, b in X.tolist()]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    run("fit t.csv --target y -o m.selenite -q")
    before, model = (tmp_path / "m.selenite").read_bytes(), selenite.load("m.selenite")
    assert model.network.layer_sizes[1:-1] == (256, 128)
    table = read_table("t.csv", ReadOptions())
    assert judged_again(model, table).as_stored
    fit = re.search(r"selenite (fit .*)", Page(report(model, table, "m.selenite", "t.csv")).text)[1]
    assert fit == "fit t.csv --target y -o m.selenite"
    run(f"{fit} -q")
    assert (tmp_path / "m.selenite").read_bytes() == before


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
    "--batch-size 16 --learning-rate 0.0123456789 --seed 3 --kind a=category --weights w"
)


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


def test_a_model_of_a_quantile_is_judged_by_that(run, tmp_path):
    write(tmp_path / "t.csv", "number")
    run("fit t.csv --target '<i>target</i>' --loss quantile(0.9) --epochs 4 --members 2 --hidden 8 -o m.selenite -q")
    assert "quantile(0.9)" in run("score m.selenite t.csv")
    text = Page(report(selenite.load("m.selenite"), read_table("t.csv", ReadOptions()), "m.selenite", "t.csv")).text
    assert "the figures are those stored in the model file" in text
    for words in ("Verdict by quantile(0.9): ", "always the 0.9-quantile"):
        assert words in text
    assert "always giving the mean" not in text


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
        [re.sub(r"<[^>]*>", "\n", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, flags=re.S)]
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
    assert lead == pytest.approx(off.value, rel=0.001)
    cells = [row[1:4] for row in worst_rows_of((tmp_path / "m.html").read_text())]
    answers, predictions, gaps = np.array([[float(one.replace("−", "-")) for one in row] for row in cells]).T
    assert len(gaps) == 10
    np.testing.assert_allclose(predictions - answers, gaps, atol=0.002 * unit)


def test_text_is_escaped_unless_it_is_markup():
    assert joined("<", element("b", "&")) == "&lt;<b>&amp;</b>"
    assert element("a", "x", href='"') == '<a href="&quot;">x</a>'
    assert name("\u202e<") == "<bdi>\\u202e&lt;</bdi>"


def test_the_pages_style_asks_for_nothing():
    style = Path(selenite.report.__file__).with_name("page.css").read_text()
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("kind", ["two", "three", "number"])
def test_only_columns_that_pushed_towards_the_mistake_are_said_to_have_led_there(run, tmp_path, kind):
    write(tmp_path / "t.csv", kind, names=("size", "kind", "when", "noise"), values=("a", "b", "c", "d"))
    run("fit t.csv --target '<i>target</i>' --epochs 6 --members 2 --hidden 12 -o m.selenite -q")
    run("report m.selenite t.csv")
    rows = worst_rows_of((tmp_path / "m.html").read_text())
    assert len(rows) == 10
    n_reasons = 0
    for cells in rows:
        signs = set(re.findall(r"\(([+−])[0-9.,]+\)", cells[4]))
        sizes = [float(size.replace(",", "")) for size in re.findall(r"\([+−]([0-9.,]+)\)", cells[4])]
        assert not sizes or min(sizes) > 0.09 * max(sizes)  # one that adds next to nothing is no reason
        n_reasons += len(signs)
        assert len(signs) <= 1
        if kind == "number":
            assert signs <= {cells[3][0]}  # off by +12 for what added to it
        else:
            assert signs <= {"−" if kind == "two" and "no" in cells[2] else "+"}
    assert n_reasons >= 6
