"""Pictures: each kind is written, whatever names hold; nothing else is written or changed."""

import sys
import warnings
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError, SaveError
from selenite.model.parts import Data
from selenite.model.predictions import predictions_of
from selenite.plots.curves import draw_curves
from selenite.plots.panels import percent, tenths
from selenite.plots.score import draw_score
from selenite.plots.style import label, picture_format
from selenite.table import as_table
from selenite.training.history import History

matplotlib = pytest.importorskip("matplotlib")

HOSTILE = ("$\\frac{", "<b>&--></b>", "\x1b[31mred\x1b[0m\n\x07", "漢字 \U0001f600", "$x_$" * 40)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 2))


@cache
def fitted(kind, classes=("no", "yes")):
    """Return a small estimator and the table it was fitted on."""
    if kind == "regression":
        target, estimator = 1000 * X[:, 0] + 50, SeleniteRegressor(max_iter=4, random_state=0)
    else:
        score = np.argsort(np.argsort(X[:, 0])) * len(classes) // len(X)
        target = np.array(classes, dtype=object)[score]
        estimator = SeleniteClassifier(max_iter=4, random_state=0)
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"$a$": X[:, 0], "b": X[:, 1]})
    estimator.fit(frame, pandas.Series(target, name="$t_{"))
    frame[estimator.model_.target.name] = target
    return estimator, as_table(frame)


def history(n, **changes):
    curve = np.linspace(2, 0.5, n)
    fields = dict(loss=curve, validation_loss=curve + 0.1, gradient_norm=curve, learning_rate=curve, seconds=curve)
    return History(**(fields | changes))


@pytest.fixture(scope="module")
def binary():
    return fitted("classification")


def is_png(path):
    content = path.read_bytes()
    return content.startswith(b"\x89PNG\r\n") and len(content) > 10_000


@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        ("classification", ("no", "yes")),
        ("classification", HOSTILE[:2]),
        ("classification", HOSTILE),
        ("classification", tuple(f"class {i}" for i in range(15))),
        ("regression", ()),
    ],
)
def test_each_picture_is_written(kind, classes, tmp_path):
    estimator, table = fitted(kind, classes)
    draw_score(predictions_of(estimator.model_, table), tmp_path / "score.png")
    draw_curves(estimator.history_, estimator.best_epoch_, estimator.model_, tmp_path / "curves.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curves.png", "score.png"]
    assert all(is_png(path) for path in tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".PNG"])
def test_names_reach_other_formats_as_text(suffix, tmp_path):
    estimator, table = fitted("classification", HOSTILE)
    paths = [tmp_path / f"{name}{suffix}" for name in ("a" if suffix == ".svg" else "ab")]
    for path in paths:
        draw_score(predictions_of(estimator.model_, table), path)
    if suffix != ".svg":  # matplotlib's SVG ids may depend on where objects lie in memory
        assert paths[0].read_bytes() == paths[1].read_bytes()  # no date
    else:
        from xml.etree import ElementTree

        assert ElementTree.parse(paths[0]).getroot().tag.endswith("svg")


@pytest.mark.parametrize("name", ["picture.gif", "picture", "picture.png.exe", ".png"])
def test_unknown_suffixes_are_refused_and_nothing_is_written(name, binary, tmp_path):
    estimator, table = binary
    for draw in (
        lambda path: draw_score(predictions_of(estimator.model_, table), path),
        lambda path: draw_curves(estimator.history_, 1, estimator.model_, path),
    ):
        with pytest.raises(SaveError, match=r"must end in \.png, \.svg, \.pdf"):
            draw(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing_behind(binary, tmp_path, monkeypatch):
    estimator, table = binary
    with pytest.raises(SaveError, match="cannot be written"):
        draw_score(predictions_of(estimator.model_, table), tmp_path / "missing" / "score.png")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    (tmp_path / "old.png").write_bytes(b"old")
    for name in ("score.png", "old.png"):
        with pytest.raises(SaveError, match="No space left"):
            draw_score(predictions_of(estimator.model_, table), tmp_path / name)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old.png", b"old")]


def test_the_settings_of_the_user_are_neither_read_nor_changed(binary, tmp_path):
    estimator, table = binary
    draw_score(predictions_of(estimator.model_, table), tmp_path / "a.png")
    with matplotlib.rc_context({"font.size": 40, "axes.facecolor": "black", "text.usetex": True}):
        before = dict(matplotlib.rcParams)
        draw_score(predictions_of(estimator.model_, table), tmp_path / "b.png")
        assert dict(matplotlib.rcParams) == before
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_pictures_say_that_they_need_matplotlib(binary, tmp_path, monkeypatch):
    estimator, table = binary
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OptionError, match=r"pip install 'selenite\[plot\]'"):
        draw_score(predictions_of(estimator.model_, table), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


EMPTY = np.empty(0)


@pytest.mark.parametrize(
    "curves",
    [
        history(1),
        history(3, validation_loss=EMPTY),
        history(40, learning_rate=EMPTY),
        history(500, loss=np.linspace(1, -1, 500)),  # Poisson loss may be negative
        history(3, loss=np.array([1.0, 5, np.nan]), validation_loss=np.array([1.0, np.inf, np.nan])),
        history(2, loss=np.full(2, np.nan), validation_loss=np.full(2, np.nan)),
        history(5, loss=np.full(5, 0.7), validation_loss=np.full(5, 0.7), learning_rate=np.zeros(5)),
        history(6, loss=np.logspace(-12, 9, 6)),
    ],
)
def test_curves_of_any_training_are_drawn(curves, binary, tmp_path):
    draw_curves(curves, len(curves), binary[0].model_, tmp_path / "a.png")
    assert is_png(tmp_path / "a.png")


def test_curves_say_on_how_many_rows(binary, tmp_path):
    many = replace(binary[0].model_, data=Data(training_rows=2607))
    draw_curves(history(3), 3, many, tmp_path / "a.svg")
    assert "2,607 training rows" in (tmp_path / "a.svg").read_text()


def test_without_an_epoch_there_is_no_curve(binary, tmp_path):
    with pytest.raises(OptionError, match="no epoch was completed"):
        draw_curves(history(0), 0, binary[0].model_, tmp_path / "a.png")


@pytest.mark.parametrize("kind", ["classification", "regression"])
@pytest.mark.parametrize("rows", [[0], [5, 5, 5], list(range(120)) * 40])
def test_scores_of_few_rows_and_many_are_drawn(kind, rows, tmp_path):
    estimator, table = fitted(kind)
    draw_score(predictions_of(estimator.model_, table.take(np.array(rows))), tmp_path / "a.png")
    assert is_png(tmp_path / "a.png")


def test_no_rows_are_refused(binary, tmp_path):
    with pytest.raises(OptionError, match="no rows"):
        draw_score(predictions_of(binary[0].model_, binary[1].take(np.array([], dtype=int))), tmp_path / "a.png")


def test_labels_are_short_lines_with_control_characters_as_escapes():
    assert label("\x1b[31mred\n\x07", 40) == "\\x1b[31mred\\n\\x07"
    assert label("$" * 100, 10) == "$" * 9 + "…"
    assert picture_format("a.B.PNG") == ".png"


def test_tenths_hold_every_probability_once():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows, means, shares = tenths(np.array([0, 0.05, 0.1, 0.95, 1.0]), np.array([0, 1, 1, 0, 1]))
    assert rows.tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    np.testing.assert_allclose(means[[0, 1, 9]], [0.025, 0.1, 0.975])
    np.testing.assert_allclose(shares[[0, 1, 9]], [0.5, 1, 0.5])
    assert np.isnan(means[2:9]).all()


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (1, "100 %"), (0.0001, "<0.1 %"), (0.99999, ">99.9 %"), (0.051, "5.1 %"), (0.77, "77 %")],
)
def test_only_all_is_100percent(share, text):
    assert percent(share) == text
