"""The arithmetic that the page is lent: the backend's, bit for bit, of what came, lies here, or makes no sense."""

import http.client
import time
from dataclasses import asdict

import msgspec
import numpy as np
import pytest

from selenite import backend
from selenite.nn import EarlyStopping, Embedding, Network, Optimizer, Schedule, TrainOptions, initialize, start
from selenite.play.messages import MESSAGES
from selenite.play.wire import KIND, pack, unpack

NETWORKS = (
    Network((3, 8, 1), ("tanh", "logistic"), "log_loss"),
    Network((3, 4, 3), ("relu", "softmax"), "log_loss", biases=False),
    Network((3, 5, 4, 1), ("gelu", "logistic", "identity"), "huber(0.5)", embedding=Embedding((0, 2), 4, 2)),
)


def case(network, dtype=np.float64, n=40):
    """Return a network as the page describes it, its parameters, and rows."""
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(n, 3)).astype(dtype), rng.random((n, network.n_outputs)).astype(dtype)
    return msgspec.to_builtins(network), initialize(network, seed=1).astype(dtype), X, Y


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_predictions_and_traces_are_the_backends(visitor, network, dtype):
    described, parameters, X, Y = case(network, dtype)
    verbs, asked = backend.get(), {"network": described, "parameters": parameters, "X": X}
    np.testing.assert_array_equal(visitor.call("predict", **asked), verbs.predict(network, parameters, X).ravel())
    seen, wanted = visitor.call("trace", **asked, Y=Y), verbs.trace(network, parameters, X, Y)
    for name, arrays in (("z", wanted.z), ("a", wanted.a[1:]), ("delta", wanted.delta)):
        for one, other in zip(seen[name], arrays, strict=True):
            np.testing.assert_array_equal(one, other.ravel())
    np.testing.assert_array_equal(seen["losses"], wanted.losses)
    if network.embedding is None:
        assert seen["features"] is None
    else:
        np.testing.assert_array_equal(seen["features"], wanted.a[0].ravel())


@pytest.mark.parametrize(
    "optimizer", [Optimizer("sgd", 0.1, momentum=0.5), Optimizer("adam", 0.01, schedule=Schedule("cosine"))]
)
@pytest.mark.parametrize("options", [{}, {"batch_size": 8, "l1": 0.01, "l2": 0.1, "dropout": 0.2}])
def test_training_goes_on_where_the_state_stands(visitor, optimizer, options):
    network = NETWORKS[0]
    described, parameters, X, Y = case(network)
    there, state = parameters.copy(), start(optimizer, parameters)
    done = backend.get().train(
        network, there, optimizer, state, X, Y, TrainOptions(total_epochs=20, **options), n_epochs=9, seed=4,
        early_stopping=EarlyStopping(X[:5], Y[:5]),
    )  # fmt: skip
    memory, losses = {**vars(start(optimizer, parameters))}, []
    for n_epochs in (2, 7):
        found = visitor.call(
            "train", network=described, parameters=parameters, optimizer=msgspec.to_builtins(optimizer), state=memory,
            X=X, Y=Y, watched_X=X[:5], watched_Y=Y[:5], n_epochs=n_epochs, total_epochs=20, seed=4, **options,
        )  # fmt: skip
        parameters, memory = found["parameters"], found["state"]
        losses.append(found["validation_loss"])
    np.testing.assert_array_equal(parameters, there)
    np.testing.assert_array_equal(np.concatenate(losses), done.validation_loss)
    for name, value in asdict(state).items():
        np.testing.assert_array_equal(memory[name], value)


WRONG = [
    ({"parameters": np.zeros(3)}, "has 41 parameters, and 3 came"),
    ({"parameters": np.zeros(41, np.int32)}, "parameters"),
    ({"X": np.zeros(4)}, "no rows of 3"),
    ({"X": {"kept": "1 X"}}, "open it again"),
    ({"X": {"kept": "x" * 6000}}, "cannot be done"),
    ({"X": {"array": "f8", "at": 1 << 40, "length": 3}}, "ends before"),
    ({"X": {"array": "f8", "at": 4, "length": 3}}, "ends before"),
    ({"X": {"array": "f8", "at": -8, "length": 3}}, "cannot be done"),
    ({"X": {"array": "O", "at": 0, "length": 3}}, "no arrays of"),
    ({"X": [1, 2, 3]}, "cannot be done"),
    ({"network": {"layer_sizes": [3, 10**9, 10**9, 1], "activations": ["relu"] * 3}}, "parameters"),
    ({"network": {"layer_sizes": [3], "activations": []}}, "cannot be done|network"),
    ({"network": {"layer_sizes": [3, 1], "activations": ["os.system"]}}, "no activation"),
    ({"network": {"layer_sizes": [-3, 1], "activations": ["relu"]}}, "cannot be done|network"),
    ({"more": 1}, "cannot be done"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_what_makes_no_sense_is_refused_in_words(visitor, wrong, words):
    described, parameters, X, _ = case(NETWORKS[0])
    asked = {"network": described, "parameters": parameters, "X": X} | wrong
    reason = visitor.refused("predict", **asked)
    assert any(word in reason for word in words.split("|")), reason


def test_training_that_makes_no_sense_is_refused(visitor):
    network, optimizer = NETWORKS[0], Optimizer("adam", 0.1)
    described, parameters, X, Y = case(network)
    usual = {
        "network": described, "parameters": parameters, "optimizer": msgspec.to_builtins(optimizer),
        "state": vars(start(optimizer, parameters)), "X": X, "Y": Y, "n_epochs": 1, "total_epochs": 1,
    }  # fmt: skip
    for wrong in (
        {"n_epochs": 0},
        {"n_epochs": 10**9},
        {"batch_size": -1},
        {"dropout": 1.0},
        {"Y": Y[:3]},
        {"X": X[:0], "Y": Y[:0]},
        {"optimizer": {"name": "adam", "learning_rate": -1.0}},
        {"state": vars(start(Optimizer("sgd"), parameters))},
        {"state": {**usual["state"], "steps": -1}},
        {"watched_X": X, "watched_Y": Y[:1]},
    ):
        assert visitor.refused("train", **(usual | wrong))
    wide = {"layer_sizes": [3, 100_000, 1], "activations": ["tanh", "logistic"], "loss": "log_loss"}
    rows = {"X": np.zeros(3 * 1000), "Y": np.zeros(1000)}
    assert "too many" in visitor.refused("trace", network=wide, parameters=np.zeros(500_001), **rows)


def test_a_message_comes_back_to_the_bit():
    kind = msgspec.defstruct("sent", [("x", np.ndarray), ("more", list[np.ndarray]), ("words", str)])
    arrays = [
        np.array([np.nan, -0.0, 5e-324]),
        np.arange(3, dtype=np.float32),
        np.arange(5, dtype=np.int32),
        np.zeros(0),
    ]
    found = unpack(pack({"x": arrays[0], "more": arrays[1:], "words": "ä"}), kind, lambda name: arrays[0])
    for one, other in zip([found.x, *found.more], arrays, strict=True):
        assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())
    assert found.words == "ä"


def test_bytes_at_random_are_refused_and_nothing_breaks(visitor, caplog):
    rng = np.random.default_rng(0)
    described, parameters, X, Y = case(NETWORKS[0], n=5)
    whole = pack({"network": described, "parameters": parameters, "X": X, "Y": Y})
    for verb in MESSAGES:
        for _ in range(15):
            body = bytearray(whole[: rng.integers(len(whole) + 1)])
            for at in rng.integers(len(body), size=rng.integers(4)) if body else ():
                body[at] = rng.integers(256)
            status, _, _ = visitor.request("POST", f"/api/{verb}", bytes(body))
            assert status == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_an_answer_does_not_wait_for_the_network_to_fill_a_packet(playground):
    """A worker asks for epochs one after the other: 40 ms between two answers would be lost to each."""
    connection = http.client.HTTPConnection("127.0.0.1", playground.port, timeout=20)
    headers = {"X-Selenite-Token": playground.token, "Content-Type": KIND}
    seconds = []
    for _ in range(10):
        begun = time.perf_counter()
        connection.request("POST", "/api/begin", bytes(3000), headers)
        connection.getresponse().read()
        seconds.append(time.perf_counter() - begun)
    connection.close()
    assert sorted(seconds)[3] < 0.03, seconds
