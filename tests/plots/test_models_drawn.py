"""Every picture of a network is also one of an estimator and of a model: rows come as they are, names by themselves."""

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite import MLPClassifier, MLPRegressor, SeleniteClassifier, SeleniteRegressor, plots
from selenite.errors import OptionError

Text = pytest.importorskip("matplotlib.text").Text
RNG = np.random.default_rng(0)
N = 120
FRAME = pd.DataFrame(
    {"pet": RNG.choice(["cat", "dog"], N), "a": RNG.normal(size=N), "b": RNG.normal(size=N), "c": RNG.normal(size=N)}
)
FRAME.loc[::10, "b"] = np.nan
SIDE = pd.Series(np.where(FRAME["a"] > 0, "up", "down"), name="side")
pytestmark = pytest.mark.filterwarnings("ignore::selenite.estimators.mlp.FitWarning")
QUICK = {"hidden_layer_sizes": (5, 4), "max_iter": 30}


@pytest.fixture(scope="module")
def classifiers():
    numbers = FRAME[["a", "c"]]
    perceptron = MLPClassifier(random_state=0, tol=0, learning_rate_init=0.01, n_iter_no_change=40, **QUICK)
    return {
        "table": (SeleniteClassifier(members=2, **QUICK).fit(FRAME, SIDE, record=True), FRAME),
        "perceptron": (perceptron.fit(numbers, SIDE, record=True), numbers),
    }


def written(axes):
    return " ".join(text.get_text() for text in axes.figure.findobj(Text))


@pytest.mark.parametrize("kind", ["table", "perceptron"])
def test_a_classifier_is_drawn(classifiers, kind):
    classifier, rows = classifiers[kind]
    surface = plots.draw_surface(classifier, rows, SIDE, columns=("a", "c"))
    wrong = int((classifier.predict(rows) != SIDE).sum())
    said = f"{wrong} of {N} rows are taken" if wrong else f"All {N} rows lie"
    assert said in written(surface)
    assert {"a", "c", "up", "down"} <= set(written(surface).split())
    same = plots.draw_surface(classifier.model_, X=rows, y=SIDE, columns=("a", "c"))
    assert written(same) == written(surface)
    assert len(plots.draw_units(classifier, rows, SIDE, layer=2)) == 4
    plots.draw_bent_plane(classifier, rows, SIDE, columns=(0, 1))
    plots.draw_weights(classifier)
    if kind == "table":  # rows with gaps in the plane's columns are left out
        assert f"{N - N // 10} rows" in written(plots.draw_surface(classifier, rows, SIDE, columns=("a", "b")))
    network = plots.draw_network(classifier, rows[:1])
    assert "This row gives" in written(network)
    norms, _ = plots.draw_layers(classifier, rows, SIDE)
    assert norms.get_title("left").startswith("Norm of the gradient")
    confusion = plots.draw_confusion(classifier, rows, SIDE)
    assert f"{int((classifier.predict(rows) == SIDE).sum())} of {N} rows are predicted right" in written(confusion)


def test_the_surface_is_what_the_model_predicts(classifiers):
    classifier, rows = classifiers["table"]
    axes = plots.draw_surface(classifier, rows, SIDE, columns=("a", "c"))
    image = axes.images[0]
    left, right, low, high = image.get_extent()
    for share in (0.1, 0.9):
        a, c = left + share * (right - left), low + share * (high - low)
        commonest = rows["pet"].mode()[0]
        point = pd.DataFrame({"pet": [commonest], "a": [a], "b": [rows["b"].dropna().median()], "c": [c]})
        up = classifier.predict(point)[0] == "up"
        red, _, blue = image.get_array()[int(share * 219), int(share * 219), :3]
        assert (blue > red) == up  # the second class is blue, the first orange


def test_a_regressor_is_drawn():
    numbers = FRAME[["a", "c"]]
    for regressor in (
        SeleniteRegressor(members=1, **QUICK).fit(numbers, FRAME["a"]),
        MLPRegressor(**QUICK).fit(numbers, FRAME["a"]),
    ):
        assert f"{N} rows" in written(plots.draw_residuals(regressor, numbers, FRAME["a"]))
        assert len(plots.draw_units(regressor, numbers)) == 5
        plots.draw_network(regressor)
        with pytest.raises(OptionError, match="is a number"):
            plots.draw_surface(regressor, numbers, FRAME["a"])


def test_a_threshold_decides_in_pictures_too(classifiers):
    _, rows = classifiers["table"]
    frame = rows.assign(side=SIDE)
    model = selenite.fit(frame, "side", threshold="0.9", preset="fast", epochs=3).model
    right = int((model.predict(rows) == SIDE).sum())
    assert right != int((model.predict_proba(rows).argmax(axis=1) == (SIDE == "up")).sum())
    assert f"{right} of {N} rows are predicted right" in written(plots.draw_confusion(model, rows, SIDE))
    surface = plots.draw_surface(model, rows, SIDE, columns=("a", "c"))
    assert f"{N - right} of {N} rows are taken for another class" in written(surface)


def test_what_cannot_be_drawn_is_told(classifiers):
    classifier, rows = classifiers["table"]
    with pytest.raises(OptionError, match="no column of numbers 'pet'"):
        plots.draw_surface(classifier, rows, SIDE, columns=("pet", "a"))
    with pytest.raises(OptionError, match="give rows beside the model"):
        plots.draw_units(classifier, None)
    with pytest.raises(OptionError, match="is no model"):
        plots.draw_weights("network")
    unrecorded = SeleniteClassifier(members=1, **QUICK).fit(rows, SIDE)
    with pytest.raises(OptionError, match="not recorded"):
        plots.draw_layers(unrecorded, rows, SIDE)
