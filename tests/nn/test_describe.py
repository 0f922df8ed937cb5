"""Networks, models and estimators say what they are."""

from html.parser import HTMLParser

import numpy as np
import pytest

from selenite import MLPClassifier, SeleniteClassifier
from selenite.nn import Embedding, Network


def test_a_network_prints_its_layers():
    text = str(Network((2, 4, 1), ("logistic", "logistic")))
    assert text.splitlines() == [
        "Network 2-4-1: 17 parameters, loss squared_error",
        "  layer    shape  weights  biases  activation",
        "  hidden1  2 × 4        8       4  logistic",
        "  output   4 × 1        4       1  logistic",
    ]
    assert repr(Network((2, 1), ("identity",))).startswith("Network(layer_sizes=(2, 1)")


@pytest.mark.parametrize("embedding", [None, Embedding((0, 2), 5, 3), Embedding()])
@pytest.mark.parametrize("biases", [True, False])
def test_the_counts_add_up(embedding, biases):
    network = Network((3, 40, 50, 2), ("relu", "tanh", "softmax"), "log_loss", biases, embedding)
    lines = [line.split() for line in str(network).splitlines()[2:]]
    counts = 0
    for words in lines:
        numbers = [int(word.replace(",", "")) for word in words[4:6] if word.replace(",", "").isdigit()]
        counts += sum(numbers[: 1 if words[0] == "embedding" else 2])
    assert counts == network.n_parameters
    assert ("without biases" in str(network)) == (not biases)


def test_html_says_the_same():
    words = []
    parser = HTMLParser()
    parser.handle_data = words.append
    parser.feed(Network((2, 4, 1), ("logistic", "logistic"))._repr_html_())
    assert {"hidden1", "2 × 4", "8", "logistic", "output"} <= set(words)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_models_and_estimators():
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.where(X[:, 0] > 0, "<b>", "no")
    fresh = SeleniteClassifier((3,), members=2, max_iter=2)
    assert str(fresh) == repr(fresh)
    fitted = fresh.fit(X, y)
    assert "one of 2 classes, from 2 columns by 2 networks whose mean predicts" in str(fitted)
    assert "from 2 columns\n" in str(SeleniteClassifier((3,), members=1, max_iter=2).fit(X, y))
    assert str(fitted).endswith(str(fitted.model_))
    assert str(fitted.model_.network) in str(fitted.model_)
    assert "<td>hidden1</td>" in fitted._repr_html_()
    assert "<td>hidden1</td>" in fitted._repr_mimebundle_()["text/html"]
    assert "<td>hidden1</td>" in fitted.model_._repr_html_()
    mlp = MLPClassifier((4,), max_iter=2, random_state=0)
    assert str(mlp) == repr(mlp)
    mlp.fit(X, y)
    assert "hidden1  2 × 4" in str(mlp)
    assert "<td>2 × 4</td>" in mlp._repr_html_()
