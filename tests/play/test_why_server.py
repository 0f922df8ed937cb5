"""Why on the page: terms add up, numbers open down to the inputs, the step is the one that is made."""

import re

import numpy as np
import pytest

from selenite.explanation.numbers import expand as expand_number
from selenite.play.lessons import LESSONS
from selenite.play.settings import Settings
from selenite.play.why import batch_subject, explanation, opened_number
from selenite.play.workbench import Workbench
from selenite.table import read_table


def tried(settings, epochs=3):
    bench = Workbench()
    bench.begin(settings)
    bench.session.train(epochs)
    return bench


@pytest.fixture
def bench():
    return tried(Settings(hidden=(3, 2), activations=("tanh", "relu"), batch_size=10))


@pytest.mark.parametrize("part", ["forward", "backward", "update"])
def test_every_number_of_a_run_adds_up(bench, part):
    for layer, n_units in ((0, 3), (1, 2), (2, 1)):
        for unit in range(n_units):
            found = explanation(bench, layer, unit, 0, part)
            assert found["tree"]["check"]["holds"], found["text"]
            terms = [term["value"] for term in found["tree"]["terms"]]
            assert sum(terms) == pytest.approx(found["tree"]["value"], rel=1e-9, abs=1e-9 * max(map(abs, terms)))
            assert float(found["tree"]["text"]) == pytest.approx(found["tree"]["value"], rel=1e-4)


def test_it_opens_down_to_the_inputs(bench):
    waiting, seen = [explanation(bench, 2, 0)["tree"]], set()
    while waiting:
        tree = waiting.pop()
        for term in tree["terms"]:
            for factor in term["factors"]:
                if factor["opened"]:
                    waiting.append(factor["opened"])
                elif factor["opens"] and factor["address"] not in seen:
                    seen.add(factor["address"])
                    waiting.append(opened_number(bench, factor["address"]))
                    assert waiting[-1]["check"] is None or waiting[-1]["check"]["holds"]
    assert {"input[x1]", "input[x2]"} <= seen
    assert any(address.startswith("hidden1.unit") for address in seen)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("sums", [False, True])
def test_the_update_is_the_step_that_follows(optimizer, sums):
    settings = Settings(optimizer=optimizer, learning_rate=0.01, sums=sums, l2=0.1, batch_size=0 if sums else 16)
    bench = tried(settings)
    said = explanation(bench, 0, 2, 1, "update")
    opened = opened_number(bench, "hidden1.weights[2,3].gradient", batch=True)
    assert said["tree"]["check"]["holds"]
    assert opened["check"]["holds"]
    bench.session.step_batch()
    new = bench.session.network.weights(bench.session.parameters)[0][1, 2]
    assert said["tree"]["value"] == pytest.approx(new, rel=1e-4)
    assert f"{bench.session.batch_size} rows" in said["said"]


@pytest.mark.parametrize(("optimizer", "momentum"), [("sgd", 0.0), ("sgd", 0.8), ("adam", 0.0), ("adamw", 0.0)])
@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one_cycle"])
@pytest.mark.parametrize("batch_size", [0, 16])
def test_penalties_and_the_schedule_are_in_the_update(optimizer, momentum, schedule, batch_size):
    settings = Settings(
        optimizer=optimizer, momentum=momentum, schedule=schedule, batch_size=batch_size, learning_rate=0.05, l1=0.3,
        l2=0.1, epochs=20,
    )  # fmt: skip
    session = tried(settings, epochs=7).session
    session.step_batch()
    network, subject = session.network, batch_subject(session)
    places = [("hidden1.weights[2,3]", 0, (1, 2)), ("output.weights[4,1]", 1, (3, 0)), ("hidden1.biases[1]", 0, 0)]
    explained = [expand_number(subject, f"{address}.update") for address, _, _ in places]
    assert all(each.check.holds for each in explained)
    gradient = expand_number(subject, "hidden1.weights[2,3].gradient")
    [penalty] = [term for term in gradient.terms if term.label == "l1 penalty"]
    weight = network.weights(session.parameters)[0][1, 2]
    assert penalty.value == pytest.approx(0.3 * np.sign(weight) / subject.n_rows)
    session.step_batch()
    for each, (address, layer, index) in zip(explained, places, strict=True):
        vectors = network.weights if "weights" in address else network.bias_vectors
        np.testing.assert_allclose(each.value, vectors(session.parameters)[layer][index], rtol=1e-12)


def test_the_articles_names_stand_beside():
    bench = tried(LESSONS["part2"].settings)
    assert explanation(bench, 0, 0, None, "backward")["tree"]["formula"]["article"].startswith("dcost_dzh1")
    assert "article" in explanation(bench, 1, 0, None, "backward")["text"]
    printed = tried(LESSONS["part2-perceptron"].settings)
    assert "own step differs" in explanation(printed, 0, 0, 0, "update")["said"]


def test_users_columns_name_the_terms(pets_file):
    bench = Workbench()
    bench.open_table(read_table(pets_file))
    found = explanation(bench, 0, 0)
    first = pets_file.read_text().splitlines()[1].split(",")
    assert f"age = {first[0]}" in found["text"]
    opened = opened_number(bench, "input[age]")
    assert opened["note"] == f"column age holds {first[0]}"
    assert re.search(r"begin\{align\*\}", found["latex"])


def test_large_sums_are_shortened_and_shown_on_demand(bench):
    few = opened_number(bench, "hidden1.weights[1,1].gradient", batch=True, terms=3)
    every = opened_number(bench, "hidden1.weights[1,1].gradient", batch=True, terms=100)
    assert [term["count"] for term in few["terms"]] == [1, 1, 1, 7]
    assert len(every["terms"]) == 10
    assert few["value"] == every["value"]
    rest = sum(term["value"] for term in sorted(every["terms"], key=lambda t: -abs(float(t["value"])))[3:])
    np.testing.assert_allclose(float(few["terms"][3]["value"]), rest, rtol=1e-3)
