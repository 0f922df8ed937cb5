"""200 numbers of 20 random networks: the terms add up to the backend's value, and what is shown was computed."""

import re
from dataclasses import replace
from math import fsum

import numpy as np
import pytest
from random_subjects import addresses, random_subject

from selenite import backend
from selenite.explanation.numbers.expansion import checked
from selenite.explanation.numbers.text import to_text
from selenite.explanation.numbers.tree import Opener
from selenite.nn import ACTIVATIONS, LOSSES, TrainOptions, start
from selenite.nn.losses import parse_loss

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Truth:
    """The backend asked directly, apart from the expansions."""

    def __init__(self, subject):
        self.subject, network, verbs = subject, subject.network, subject.verbs
        self.parameters = subject.members[0].copy()
        self.trace = verbs.trace(network, self.parameters, subject.X, subject.Y)
        self.loss, self.gradient = verbs.loss_and_gradient(
            network, self.parameters, subject.X, subject.Y, l1=subject.l1, l2=subject.l2
        )
        self.after, self.state = self.parameters.copy(), start(subject.optimizer, self.parameters)
        how = TrainOptions(l1=subject.l1, l2=subject.l2)
        verbs.train(network, self.after, subject.optimizer, self.state, subject.X, subject.Y, how, n_epochs=1)

    def __call__(self, text):
        """Return (value, relative tolerance) of an address."""
        row, rest = re.fullmatch(r"(?:row(\d+)\.)?(.*)", text).groups()
        r = int(row or 1) - 1
        if rest == "loss":
            return (self.trace.losses[r], 0) if row else (self.loss, 0)
        if rest == "output.total":
            z = self.trace.z[-1][r]
            return np.exp(z - z.max()).sum(), 1e-6
        part = re.fullmatch(r"(\w+)(?:\[(.*)\])?(\.gradient)?", rest)
        if part is not None and part[1] in ("input", "feature", "wave", "prediction", "probability"):
            return self.of_row(part[1], part[2] or "", bool(part[3]), r)
        layer, kind, index, attribute = re.fullmatch(r"(\w+)\.([a-z]+)\[?([\d,]*)\]?(?:\.(.+))?", rest).groups()
        places = tuple(int(i) - 1 for i in index.split(","))
        if kind != "unit":
            vector = {
                None: self.parameters, "gradient": self.gradient, "update": self.after, "velocity": self.state.first,
                "mean": self.state.first, "mean_square": self.state.second,
            }[attribute]  # fmt: skip
            return self.view(vector, layer, kind)[places], 0
        at, j = self.subject.layers.index(layer), places[0]
        if attribute in ("z", "delta"):
            return getattr(self.trace, attribute)[at][r, j], 0
        z, a = self.trace.z[at][r : r + 1], self.trace.a[at + 1][r : r + 1]
        if attribute == "a":
            return a[0, j], 0
        slope = ACTIVATIONS[self.subject.network.activations[at]].derivative
        if attribute == "slope":
            return slope(z, a)[0, j], 1e-5 if a.dtype == np.float32 else 1e-12
        if layer == "output":  # dloss/da is what delta would be of an output that is its sum
            loss, number = parse_loss(self.subject.network.loss)
            delta = LOSSES[loss].delta(self.subject.Y[r : r + 1], a, a, "identity", number)
            return delta[0, j], 1e-5 if a.dtype == np.float32 else 1e-10
        weights = self.subject.network.weights(self.parameters)[at + 1]
        return weights[j] @ self.trace.delta[at + 1][r], None

    def of_row(self, kind, name, gradient, r):
        subject, network = self.subject, self.subject.network
        if kind == "input":
            return subject.X[r, subject.input_names.index(name)], 0
        if kind in ("prediction", "probability"):
            output = subject.verbs.predict(network, self.parameters, subject.X)[r]
            if kind == "prediction":
                return output[int(name or 1) - 1], 0
            return (output if len(output) > 1 else (1 - output[0], output[0]))[subject.classes.index(name)], 0
        if kind == "wave":
            p, f = (int(i) - 1 for i in name.split(","))
            views = network.embedding_views(self.parameters)
            t = subject.X[r, network.embedding.periodic[p]] * views.frequencies[p, f] + views.phases[p, f]
            return np.cos(2 * np.pi * t), None
        i = subject.feature_names.index(name)
        if gradient:
            return network.weights(self.parameters)[0][i] @ self.trace.delta[0][r], None
        return self.trace.a[0][r, i], 0

    def view(self, vector, layer, kind):
        network = self.subject.network
        if layer == "embedding":
            return getattr(network.embedding_views(vector), kind)
        views = network.weights(vector) if kind == "weights" else network.bias_vectors(vector)
        return views[self.subject.layers.index(layer)]


def assert_equal_to(truth, address, value):
    expected, tolerance = truth(address)
    if tolerance == 0:
        assert value == float(expected), address
    else:  # what the trace does not hold
        rough = 1e-5 if truth.parameters.dtype == np.float32 else 1e-12
        assert value == pytest.approx(float(expected), rel=tolerance or rough, abs=rough), address


def assert_true(expansion, truth):
    """Terms add up; values and factors are the backend's; the text holds these numbers and no others."""
    assert expansion.check.holds
    assert expansion.check.ulp <= 4, expansion
    assert expansion.check.total == fsum(term.value for term in expansion.terms)
    assert_equal_to(truth, expansion.address, expansion.value)
    allowed = {expansion.value}
    for term in expansion.terms:
        allowed |= {term.value, *(factor.value for factor in term.factors)}
        allowed |= {float(text) for text in NUMBER.findall(term.pattern.text)}
        for factor in term.factors:
            if factor.address:
                assert_equal_to(truth, factor.address, factor.value)
    allowed |= {-value for value in allowed}
    real = np.dtype(expansion.dtype).type
    allowed = {real(value) for value in allowed}
    lines = to_text(expansion, terms=10_000).splitlines()
    values = [lines[0].split("   ")[0].rpartition(" = ")[2]]
    labels = {term.label for term in expansion.terms}
    for line in lines[2:-2] if lines[-1].startswith("  to open") else lines[2:-1]:
        body = line.strip()
        label = max((label for label in labels if body.startswith(label)), key=len, default="")
        values += NUMBER.findall(body.removeprefix(label) if len(expansion.terms) > 1 else body)
    assert len(values) >= len(expansion.terms)
    for text in values:
        assert real(text) in allowed, (text, expansion)


@pytest.mark.parametrize("name", backend.BACKENDS)
@pytest.mark.parametrize("seed", range(20))
def test_numbers_add_up_and_are_the_backends(seed, name):
    subject = random_subject(seed, backend.get(name))
    rng, opener, truth = np.random.default_rng(seed), Opener(subject), Truth(subject)
    known = addresses(subject)
    for address in rng.choice(known, min(10, len(known)), replace=False):
        assert_true(opener.expand(str(address)), truth)


@pytest.mark.parametrize("seed", range(100, 110))
def test_in_single_precision(seed):
    subject = random_subject(seed, backend.get(), np.float32)
    rng, opener, truth = np.random.default_rng(seed), Opener(subject), Truth(subject)
    for address in rng.choice(addresses(subject), 10):
        assert_true(opener.expand(str(address)), truth)


@pytest.mark.parametrize("seed", range(30, 36))
def test_every_number_below_can_be_opened(seed):
    """Opened as deep as it goes, each factor is the number that its own expansion explains."""
    subject = random_subject(seed, backend.get())
    layer = subject.layers[0]
    found = Opener(subject).expand(f"{layer}.weights[1,1].update", depth=None, breadth=3)
    seen = [factor for one in found.opened() for term in one.terms for factor in term.factors]
    for factor in seen:
        if factor.opened is not None:
            assert (factor.opened.address, factor.opened.value) == (factor.address, factor.value)
            assert factor.opened.check.holds
    inputs = "input[" if subject.network.embedding is None else "feature["
    assert any(inputs in factor.address for factor in seen)


def test_a_wrong_number_is_noticed():
    found = Opener(random_subject(0, backend.get())).expand("row1.output.unit1.z")
    first, *others = sorted(found.terms, key=lambda term: -abs(term.value))
    terms = (replace(first, value=first.value * (1 + 1e-13)), *others)
    assert not checked(found.value, terms, np.dtype(float), "kernel").holds
