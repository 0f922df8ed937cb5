"""A layer whole: all weights as they are, the bent plane, and which units are drawn of a wide layer."""

from base64 import b64decode

import numpy as np
import pytest

from selenite.nn import forward, loss_and_gradient
from selenite.play.account import picture
from selenite.play.insides import bent_plane, weights_of_layer
from selenite.play.layers import chosen_units, importances
from selenite.play.settings import Settings
from selenite.play.verbs import follow
from selenite.play.workbench import Workbench


def floats(text):
    return np.frombuffer(b64decode(text), "<f4")


@pytest.fixture
def bench():
    made = Workbench()
    made.begin(Settings(hidden=(40, 3), activations=("tanh", "relu")))
    made.session.train(5)
    made.tell()
    return made


def test_the_matrix_has_every_number(bench):
    session = bench.session
    z, a = forward(session.network, session.parameters, session.problem.X[[7]])
    follow(bench, 7)
    for layer, weights in enumerate(session.network.weights(session.parameters)):
        found = weights_of_layer(bench, layer)
        np.testing.assert_allclose(floats(found["weights"]), weights.ravel(), rtol=1e-6)
        np.testing.assert_allclose(floats(found["before"]), a[layer][0], rtol=1e-6)
        np.testing.assert_allclose(floats(found["after"]), a[layer + 1][0], rtol=1e-6, atol=1e-9)
        adds = floats(found["adds"]).reshape(weights.shape).sum(axis=0) + floats(found["biases"])
        np.testing.assert_allclose(adds, z[layer][0], rtol=1e-4, atol=1e-5)
        assert found["largest"]["weights"] == np.abs(weights).max()
        assert (len(found["below"]), len(found["units"])) == weights.shape


def test_the_bent_plane_is_where_the_units_put_it(bench):
    session = bench.session
    found = bent_plane(bench, 1, (4, 30))
    low, high = np.array(found["low"]), np.array(found["high"])
    points = low + np.array(found["points"]) * (high - low)
    _, a = forward(session.network, session.parameters, session.problem.X[bench.view.points])
    np.testing.assert_allclose(points, a[1][:, [4, 30]], atol=2e-4)
    assert found["upright"] == len(found["lines"]) / 2 == 21
    across, up = bench.view.axes
    corner = np.array([[across.low, up.low], [across.high, up.low]])
    _, a = forward(session.network, session.parameters, corner)
    lines = low + np.array(found["lines"]) * (high - low)
    np.testing.assert_allclose([lines[0][0], lines[20][0]], a[1][:, [4, 30]], atol=2e-4)
    np.testing.assert_allclose([lines[21][0], lines[21][-1]], a[1][:, [4, 30]], atol=2e-4)


def test_unless_chosen_the_units_are_those_that_count_most(bench):
    counts = importances(bench.session)[1]
    assert set(bent_plane(bench, 1)["units"]) == set(np.argsort(-counts)[:2].tolist())


def test_of_a_wide_layer_those_that_count_most_are_drawn_and_the_rest_is_one(bench):
    chosen = chosen_units(bench.session)
    assert [len(units) for units in chosen.units] == [2, 15, 3, 1]
    counts = importances(bench.session)[1]
    assert counts[chosen.units[1]].min() >= counts[chosen.others[1]].max()
    found = picture(bench)
    assert [len(values) for values in found["values"]] == [2, 15, 3, 1]
    assert found["others"][0] is None
    z, _ = forward(bench.session.network, bench.session.parameters, bench.session.problem.X[:1])
    drawn = np.array(found["values"][1]) @ np.array(found["weights"][1])
    bias = bench.session.network.bias_vectors(bench.session.parameters)[1]
    np.testing.assert_allclose(drawn + found["others"][1] + bias, z[1][0], rtol=1e-9)


def test_backward_the_same_units_have_their_part_in_the_gradient(bench):
    bench.backward = True
    session, units, found = bench.session, bench.chosen.units, picture(bench)
    problem = session.problem
    _, gradient = loss_and_gradient(session.network, session.parameters, problem.X[:1], problem.Y[:1])
    for shown, whole, below, above in zip(
        found["gradients"], session.network.weights(gradient), units[:-1], units[1:], strict=True
    ):
        np.testing.assert_allclose(shown, whole[np.ix_(below, above)], atol=1e-12)


def test_while_it_plays_the_units_drawn_stay(bench):
    bench.playing.set()
    before = bench.chosen
    bench.session.parameters[:] = bench.session.parameters[::-1].copy()
    bench.choose_units()
    assert bench.chosen is before
    bench.playing.clear()
    bench.choose_units()
    assert bench.chosen is not before


@pytest.mark.parametrize("data", ["people", "file"])
def test_a_plane_of_other_columns(data, pets_file):
    from selenite.table import read_table

    bench = Workbench()
    if data == "file":
        bench.open_table(read_table(pets_file))
    else:
        bench.begin(Settings(data="people", test_fraction=0))
    found = bent_plane(bench, 1)
    assert np.isfinite(found["lines"]).all()
    assert len(found["points"]) == len(bench.view.points)
