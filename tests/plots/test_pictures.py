"""Each picture: drawn on axes of its own or given, says what is true, refuses what it cannot show."""

import io
import re
import sys
from itertools import pairwise

import numpy as np
import pytest

import selenite.plots as plots
from selenite.errors import OptionError
from selenite.explanation.columns import Attributions, Dependence, Importance
from selenite.explanation.numbers import expand, subject_of
from selenite.nn import Embedding, Network, Optimizer, initialize
from selenite.plots import columns
from selenite.plots.plane import COLOURS, MARKERS
from selenite.training import fit
from selenite.tutorial import load_part

matplotlib = pytest.importorskip("matplotlib")
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.image import imread  # noqa: E402

X, y = load_part(2)
NETWORK = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
HOSTILE = ["$\\frac{", "\x1b[31mred\n", "漢字", "<b>&", "$x_$" * 40]


@pytest.fixture(scope="module")
def training():
    return fit(NETWORK, X, y[:, None], epochs=400, optimizer=Optimizer("adam", 0.05), seed=1, record=True)


def texts(axes):
    """Return everything that a figure says."""
    return "\n".join(text.get_text() for text in axes.figure.findobj(matplotlib.text.Text))


def written(axes):
    """Write a figure, at whose left and right edge nothing is cut, and return the size of its PNG."""
    picture = io.BytesIO()
    axes.figure.savefig(picture, format="png", dpi=50)
    pixels = imread(io.BytesIO(picture.getvalue()))
    assert (pixels[:, [0, -1]] == 1).all()
    return len(picture.getvalue())


def test_a_network_is_drawn_with_its_numbers(training):
    axes = plots.draw_network(NETWORK, training.parameters, X[0], inputs=["income", "age"])
    said = texts(axes)
    for weights in NETWORK.weights(training.parameters):
        assert all(f"{weight:.2f}".replace("-", "−") in said for weight in weights.ravel())
    for biases in NETWORK.bias_vectors(training.parameters):
        assert all(f"b {bias:.2f}".replace("-", "−") in said for bias in biases)
    assert f"{X[0, 1]:.2f}" in said
    assert "income" in said
    assert len(axes.lines) == 2 * 4 + 4
    assert written(axes) > 5000


def test_a_wide_network_is_drawn_as_matrices():
    wide = Network((3, 20, 2), ("relu", "softmax"), "log_loss", embedding=Embedding((0,), 4, 2))
    parameters = initialize(wide, seed=1)
    axes = plots.draw_network(wide, parameters, inputs=["a", "b", "c"])
    shown = [image.get_array() for child in axes.child_axes for image in child.images]
    np.testing.assert_array_equal(shown[0][:5], wide.weights(parameters)[0])
    np.testing.assert_array_equal(shown[0][-1], wide.bias_vectors(parameters)[0])
    assert "wave 2" in texts(axes)
    assert written(axes) > 5000


def test_the_strongest_weight_is_named():
    network = Network((2, 2, 1), ("tanh", "identity"), biases=False)
    axes = plots.draw_network(network, np.array([1.0, 2, -7, 3, 1, 1]))
    assert "the strongest weight, −7, goes from x2 to h1" in texts(axes)


@pytest.mark.parametrize("k", range(2, 11))
def test_surfaces_of_2_to_10_classes(k):
    stream = np.random.default_rng(0)
    labels = np.arange(60) % k
    rows = stream.normal(size=(60, 3))
    network = Network((3, 5, k), ("tanh", "softmax"), "log_loss")
    axes = plots.draw_surface(network, initialize(network, seed=2), rows, labels, columns=(2, 0), names=["a", "b", "c"])
    said = texts(axes)
    assert "the other 1 inputs held at their medians" in said
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("c", "a")
    assert f"class {k - 1}" in said
    if k in (2, 10):
        assert written(axes) > 5000


def test_a_surface_counts_and_rings_the_mistakes(training):
    perfect = plots.draw_surface(NETWORK, training.parameters, X, y)
    assert "All 100 rows lie on their side" in texts(perfect)
    axes = plots.draw_surface(NETWORK, training.parameters, X, 1 - y, classes=HOSTILE[:2])
    assert "100 of 100 rows are taken for another class" in texts(axes)
    assert len(axes.collections[-1].get_offsets()) == 100
    assert written(axes) > 5000


def test_colours_are_different_and_shapes_too():
    assert len(set(COLOURS)) == len(set(MARKERS)) == 10


def test_units_and_the_bent_plane(training):
    four = plots.draw_units(NETWORK, training.parameters, X, y)
    assert len(four) == 4
    assert four[0].figure is four[3].figure
    axes = plots.draw_bent_plane(NETWORK, training.parameters, X, y, units=(2, 0))
    a = np.tanh(X @ NETWORK.weights(training.parameters)[0] + NETWORK.bias_vectors(training.parameters)[0])
    drawn = np.vstack([points.get_offsets() for points in axes.collections])
    np.testing.assert_allclose(np.sort(drawn[:, 0]), np.sort(a[:, 2]), rtol=1e-12)
    assert "unit 3 of hidden layer 1" in texts(axes)
    assert written(plots.draw_bent_plane(NETWORK, training.parameters, X, y)) > 5000


def test_layers_follow_the_recorded_run(training):
    norms, saturated = plots.draw_layers(training.history, X, y[:, None])
    assert len(norms.lines) == 2
    first = norms.lines[0].get_ydata()
    assert first[0] > first[-1]
    whole = np.sqrt(norms.lines[0].get_ydata()[0] ** 2 + norms.lines[1].get_ydata()[0] ** 2)
    assert whole < training.history.gradient_norm[0]  # which has the biases' part as well
    assert (saturated.lines[0].get_ydata() >= 0).all()
    assert written(norms) > 5000


def test_a_layer_that_hardly_learns_is_said():
    deep = Network((2, 4, 4, 4, 4, 4, 1), ("logistic",) * 6, "log_loss")
    run = fit(deep, X, y[:, None], epochs=3, optimizer=Optimizer("sgd", 0.1), record=True)
    assert "times smaller than the output's: it hardly learns" in texts(
        plots.draw_layers(run.history, X, y[:, None])[0]
    )


def test_weights_confusion_residuals(training):
    assert "8 weights" in texts(plots.draw_weights(NETWORK, training.parameters))
    axes = plots.draw_confusion(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]), classes=HOSTILE[:3])
    assert "3 of 4 rows are predicted right" in texts(axes)
    answers = np.linspace(-3, 3, 200)
    bent = plots.draw_residuals(answers**2, np.full(200, 3.0) + answers * 1e-3)
    assert "the mean bends" in texts(bent)
    straight = plots.draw_residuals(answers + np.tile([0.1, -0.1], 100), answers)
    assert "Off by 0.1 on average" in texts(straight)
    assert "bends" not in texts(straight)


def test_starts_count_those_that_succeed():
    losses = {"no biases": np.array([1.5, 4.2, np.nan]), "biases": np.array([0.01, 0.02, 0.03])}
    said = texts(plots.draw_starts(losses, below=2, baseline=4.15, baseline_name="perceptron"))
    assert "1 of 3 with no biases, 3 of 3 with biases" in said
    assert "1 not finite" in said
    assert "between 0.01 and 0.03" in texts(plots.draw_starts({"biases": losses["biases"]}))


def test_axes_that_are_given_are_drawn_on(training):
    figure = Figure(figsize=(6, 5))
    for draw in (
        lambda axes: plots.draw_network(NETWORK, training.parameters, axes=axes),
        lambda axes: plots.draw_surface(NETWORK, training.parameters, X, y, axes=axes),
        lambda axes: plots.draw_bent_plane(NETWORK, training.parameters, X, y, axes=axes),
        lambda axes: plots.draw_weights(NETWORK, training.parameters, axes=axes),
        lambda axes: plots.draw_confusion(y, y, axes=axes),
        lambda axes: plots.draw_residuals(y, y + 1, axes=axes),
        lambda axes: plots.draw_starts({"a": np.array([1.0])}, axes=axes),
    ):
        axes = figure.add_subplot()
        before = dict(matplotlib.rcParams)
        assert draw(axes) is axes
        assert dict(matplotlib.rcParams) == before


def test_an_ensemble_is_drawn_by_its_mean_and_its_first_member(training):
    members = np.array([training.parameters, initialize(NETWORK, seed=5)])
    plots.draw_surface(NETWORK, members, X, y)
    plots.draw_network(NETWORK, members)
    plots.draw_units(NETWORK, members, X)


P = initialize(NETWORK)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.draw_network(NETWORK, P, X), r"row has shape \(100, 2\)"),
        (lambda: plots.draw_surface(Network((2, 1), ("identity",)), np.zeros(3), X, y), "logistic or softmax"),
        (lambda: plots.draw_surface(NETWORK, P, X, y + 1), "a class from 0 to 1"),
        (lambda: plots.draw_surface(NETWORK, P, X, y, columns=(0, 0)), "two different columns"),
        (lambda: plots.draw_surface(NETWORK, P, X[:0], y[:0]), "a plane needs rows"),
        (lambda: plots.draw_units(NETWORK, P, X, layer=2), "no hidden layer 2; the network has 1"),
        (lambda: plots.draw_bent_plane(NETWORK, P, X, y, units=(0, 4)), "two different ones from 0 to 3"),
        (lambda: plots.draw_layers(fit(NETWORK, X, y[:, None], epochs=1).history, X, y[:, None]), "not recorded"),
        (lambda: plots.draw_confusion(np.array([0]), np.array([0, 1])), "as many classes"),
        (lambda: plots.draw_residuals(np.array([]), np.array([])), "not none"),
        (lambda: plots.draw_starts({}), "at least one start"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw, message):
    with pytest.raises(OptionError, match=message):
        draw()


def test_importing_the_pictures_does_not_import_matplotlib():
    import subprocess

    code = "import sys, selenite.plots as p; p.draw_network, p.draw_starts; print('matplotlib' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "False\n"


def test_no_other_name_is_there():
    with pytest.raises(AttributeError, match="draw_nothing"):
        plots.draw_nothing  # noqa: B018


def test_the_terms_of_an_answer_beside_the_network_that_it_is_of():
    subject = subject_of("tutorial:2-biases", row=1)
    diagram, bars = plots.draw_answer(subject, expand(subject, "hidden1.unit3.z"))
    said = texts(bars)
    assert "hidden1.unit3.z is 0.3338;\nthe largest of 3 terms is x2, 0.371" in said
    assert "adds up ✓" in said
    widths = {round(patch.get_width(), 4) for patch in bars.patches}
    assert widths == {0.371, -0.0373, 0.0}
    [ring] = [one for one in diagram.collections if len(one.get_facecolor()) == 0]
    units = {text.get_text(): text.get_position() for text in diagram.texts}
    assert tuple(ring.get_offsets()[0]) == units["0.58"]  # σ(0.3338)
    assert written(bars) > 5000


def test_of_an_update_the_change_is_drawn_beside_which_the_old_value_would_hide_it():
    """The step is 3,000 times smaller than the weight; it is the only bar, and the longest thing in the picture."""
    subject = subject_of("tutorial:2", row=1)
    bars = plots.draw_terms(expand(subject, "hidden1.weights[1,1].update"))
    [step] = bars.patches
    assert step.get_width() == pytest.approx(0.000236364, rel=1e-5)
    low, high = bars.get_xlim()
    assert step.get_width() > 0.3 * (high - low)
    assert "hidden1.weights[1,1].update is 0.7888;\n+0.0002364 from the old 0.7885" in texts(bars)
    assert "0.0002364   = −0.5 × (−0.0004727)" in texts(bars)
    assert written(bars) > 3000


def test_numbers_are_plain_on_axes_of_small_and_large_values():
    network = Network((2, 3, 1), ("tanh", "identity"))
    rows = np.linspace(-1, 1, 40).reshape(20, 2)
    training = fit(network, rows, 1e-4 * rows[:, :1], epochs=30, record=True)
    for axes in plots.draw_layers(training.history, rows, 1e-4 * rows[:, :1]):
        axes.figure.canvas.draw()
        shown = [text.get_text() for text in (*axes.get_xticklabels(), *axes.get_yticklabels())]
        assert all(re.fullmatch(r"−?[\d,.]+", text) for text in shown), shown


def test_an_answer_of_a_wide_network_is_its_terms_alone():
    network = Network((40, 30, 1), ("relu", "identity"), embedding=Embedding((), 8, 2))
    parameters = initialize(network, seed=0)
    subject = subject_of((network, parameters), np.ones((1, 40)), [[0.0]])
    [axes] = plots.draw_answer(subject, expand(subject, "hidden1.unit2.z"))
    assert len(axes.patches) == 12  # the rest is a number, no bar
    assert "29 others" in texts(axes)
    for address in ("loss", "hidden1.weights[1,2]", "hidden1.unit2.slope", "output.delta"):
        assert written(plots.draw_terms(expand(subject, address))) > 3000


@pytest.mark.parametrize(
    ("address", "mark"), [("input[x2]", (0, 1)), ("hidden1.weights[2,3].gradient", (1, 1, 2)), ("loss", (2, 0))]
)
def test_the_place_of_a_number(address, mark, monkeypatch):
    from selenite.plots import answer

    seen, subject = [], subject_of("tutorial:2", row=1)
    draw = answer.draw_network
    monkeypatch.setattr(
        answer, "draw_network", lambda *given, **named: seen.append(named["mark"]) or draw(*given, **named)
    )
    assert len(plots.draw_answer(subject, expand(subject, address))) == 2
    assert seen == [mark]


def attributions(n_columns, errors=True):
    values = np.random.default_rng(0).normal(size=(3, n_columns))
    base = np.full(3, 2.0)
    names = tuple((HOSTILE * 4)[:n_columns])
    return Attributions(
        names, values, np.full_like(values, 0.1) if errors else None, base + values.sum(axis=1), base,
        (HOSTILE[0],) * 3, "sampled" if errors else "exact", "3 rows",
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("n_columns", [1, 5, 20])
def test_a_prediction_step_by_step(n_columns):
    found = attributions(n_columns)
    axes = plots.draw_attributions(found, 1, cells=["a<b"] * n_columns)
    steps = np.array([patch.get_width() for patch in axes.patches])
    assert len(steps) == min(n_columns, 15)
    assert steps.sum() == pytest.approx(found.values[1].sum())
    ends = [patch.get_x() + patch.get_width() for patch in axes.patches]
    assert ends[-1] == pytest.approx(found.prediction[1])
    assert "95 % intervals" in texts(axes)
    assert "95 %" not in texts(plots.draw_attributions(attributions(n_columns, errors=False)))
    assert written(axes) > 5000
    with pytest.raises(OptionError, match="3 rows were explained"):
        plots.draw_attributions(found, 3)


@pytest.mark.filterwarnings("ignore:Glyph")
def test_columns_that_matter_and_how_predictions_depend_on_them():
    found = attributions(5)
    growths = [Importance(name, 0.1 * k, 0.01) for k, name in enumerate(found.columns)]
    left, right = plots.draw_importance(found, growths, error="log loss")
    assert [patch.get_width() for patch in left.patches] == sorted(found.importance.tolist(), reverse=True)
    assert "The log loss grows most where" in texts(right)
    curves = [
        Dependence("age", ("1", "2", "9"), (1.0, 2.0, 9.0), (0.1, 0.3, 0.2), "number"),
        Dependence(HOSTILE[1], ("", HOSTILE[3]), (0.0, 1.0), (0.25, 0.2), "category"),
        Dependence("when", ("2020-01-01", "2021-01-01"), (18262.0, 18628.0), (0.2, 0.3), "date"),
    ]
    age, *_ = plots.draw_dependence(curves, "probability of yes")
    assert "age\n0.1 at 1, 0.3 at 2" in texts(age)
    [flat] = plots.draw_dependence([Dependence("a", ("1", "4"), (1.0, 4.0), (0.5, 0.5001), "number")], "y")
    assert {"1", "2", "3", "4"} <= {text.get_text() for text in flat.get_xticklabels()} <= set("012345")
    assert len({text.get_text() for text in flat.get_yticklabels()}) == len(flat.get_yticklabels())
    assert written(age) > 5000
    together = columns.draw_columns(found, growths, curves, "log loss")
    assert len(together) == 5
    assert written(together[0]) > 10_000
    places = [axes.get_position() for axes in together]
    assert all(left.x1 < right.x0 or left.y0 > right.y1 for left, right in pairwise(places))
    assert len(columns.draw_columns(found, [], [], "RMSE")) == 1
    with pytest.raises(OptionError, match="1 axes were given; this picture takes 3"):
        plots.draw_dependence(curves, "y", axes=[age])
