"""What a notebook shows: a network's weights, a curve, bars; well-formed, in the colours of all pictures, and true."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import selenite
from selenite import MLPClassifier, SeleniteClassifier, sketch
from selenite.nn import Network
from selenite.training import fit


def parts(markup, tag):
    return list(ElementTree.fromstring(markup).iter(tag))


def test_a_line_is_a_weight_its_sign_and_its_size():
    found = parts(sketch.network((2, 1), [np.array([[2.0], [-1.0]])]), "line")
    assert [line.get("stroke") for line in found] == [sketch.UP, sketch.DOWN]
    assert [line.get("stroke-dasharray") for line in found] == [None, "5 3"]
    assert [float(line.get("stroke-width")) for line in found] == [3.6, 2.1]


def test_a_wide_layer_is_drawn_in_part_and_says_so():
    markup = sketch.network((1000, 3, 1))
    assert len(parts(markup, "circle")) == 12 + 3 + 1
    assert "1,000, 12 drawn" in markup


def test_a_curve_goes_through_its_numbers_on_a_logarithmic_scale():
    markup = sketch.curves({"training": np.array([1.0, 0.1, 0.01]), "validation": np.array([])})
    (line,) = parts(markup, "polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert heights[0] == 22
    assert heights[2] == sketch.HEIGHT - 24
    assert heights[1] == pytest.approx((heights[0] + heights[2]) / 2, abs=0.1)
    assert sketch.curves({"training": np.array([])}) == ""
    level = sketch.curves({"training": np.array([-1.0, np.nan, -1.0])})
    assert parts(level, "polyline")[0].get("points").count(",") == 2


def test_bars_lie_on_their_side_the_largest_first():
    markup = sketch.bars({"<small>": 0.5, "large": -2.0, "none": 0.0})
    found = parts(markup, "rect")
    assert [rect.get("fill") for rect in found[:2]] == [sketch.DOWN, sketch.UP]
    assert [float(rect.get("width")) for rect in found] == [110, 27.5, 0.5]
    assert float(found[0].get("x")) + 110 == 290 == float(found[1].get("x"))
    assert "&lt;small&gt;" in markup


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_one_has_in_hand_shows_itself():
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = (X[:, 0] > 0).astype(float)
    network = Network((2, 3, 1), ("tanh", "logistic"), "log_loss")
    training = fit(network, X, y[:, None], epochs=5)
    assert len(parts(training.history._repr_html_(), "polyline")) == 1
    assert "5 epochs, ended by epochs; epoch 5 kept." in training._repr_html_()
    assert network._repr_html_().count("<line") == 9
    mlp = MLPClassifier((3,), max_iter=3, random_state=0).fit(X, y)
    assert mlp._repr_html_().count("<line") == 9
    assert "<polyline" in mlp._repr_html_()
    table = SeleniteClassifier((3,), members=2, max_iter=3).fit(X, y)
    assert table._repr_html_().count("<polyline") >= 1
    explained = selenite.explain(table, X[:2])
    assert "mean size over 2 rows" in explained._repr_html_()
    one = selenite.explain(table, X[:1], background=X)
    assert f"{abs(one.values[0, 0]):.4f}"[:5] in one._repr_html_()
