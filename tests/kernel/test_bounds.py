"""What the kernel refuses before it touches memory: arrays and lists of the wrong size or type, numbers in no range."""

import os
import subprocess
import sys

import numpy as np
import pytest

from selenite import backend
from selenite.nn import EarlyStopping, Network, Optimizer, Schedule, start

_kernel = pytest.importorskip("selenite._kernel", reason="installed without the kernel")
VERBS = [backend.get("kernel"), backend.get("numpy")]

NETWORK = Network.of((3, 4, 2), "relu", "squared_error")
P = NETWORK.n_parameters
R = np.random.default_rng(0)
X, Y = R.normal(size=(10, 3)), R.normal(size=(10, 2))
PARAMETERS = R.normal(size=P)
DESCRIBED = _kernel.describe((3, 4, 2), ("relu", "identity"), "squared_error", 0.0, True, None, 1, 1)


def job(k=3, optimizer=Optimizer("adam", 0.01), **changes):  # noqa: B008
    """Return the arguments of `_kernel.train_float64` for k networks, with some of them changed."""
    parameters = np.tile(PARAMETERS, (k, 1))
    arguments = {
        "network": DESCRIBED,
        "parameters": list(parameters),
        "optimizers": [optimizer] * k,
        "rates": [(1.0,) * 6] * k,
        "states": [start(optimizer, row) for row in parameters],
        "X": [X],
        "Y": [Y],
        "sample_weight": [None],
        "early_stoppings": [None] * k,
        "seeds": list(range(k)),
        "n_epochs": 2,
        "total_epochs": 2,
        "batch_size": 4,
        "order": None,
        "l1": 0.0,
        "l2": 0.0,
        "dropout": 0.0,
        "stop": None,
        "n_threads": 1,
    }
    assert changes.keys() <= arguments.keys()
    return {**arguments, **changes}


def test_the_job_as_it_is_trains():
    assert len(_kernel.train_float64(**job())) == 3
    assert _kernel.train_float64(**job(k=0)) == []


@pytest.mark.parametrize("name", ["optimizers", "rates", "states", "early_stoppings", "seeds"])
@pytest.mark.parametrize("change", [lambda given: given[:1], lambda given: given * 2, lambda given: given[:0]])
def test_lists_of_another_length_than_the_networks(name, change):
    arguments = job()
    with pytest.raises(ValueError, match="not one for each network"):
        _kernel.train_float64(**{**arguments, name: change(arguments[name])})


@pytest.mark.parametrize("name", ["X", "Y", "sample_weight"])
@pytest.mark.parametrize("count", [0, 2, 4])
def test_rows_for_another_number_of_networks(name, count):
    arguments = job()
    with pytest.raises(ValueError, match="neither for all networks nor for each"):
        _kernel.train_float64(**{**arguments, name: arguments[name] * count})


@pytest.mark.parametrize("verbs", VERBS)
@pytest.mark.parametrize("name", ["optimizers", "states", "seeds", "early_stoppings", "X"])
def test_both_backends_name_the_list_that_is_too_short(verbs, name):
    optimizer = Optimizer("adam", 0.01)
    parameters = np.tile(PARAMETERS, (3, 1))
    arguments = {
        "optimizers": [optimizer] * 3,
        "states": [start(optimizer, row) for row in parameters],
        "seeds": [0, 1, 2],
        "early_stoppings": [None] * 3,
        "X": [X] * 3,
        "Y": [Y] * 3,
    }
    arguments[name] = arguments[name][:2]
    with pytest.raises(ValueError, match=f"{name} has 2 entries for 3 networks"):
        verbs.train_many(NETWORK, parameters, **arguments, n_epochs=1)


def test_a_sample_weight_of_another_length():
    for weight in (np.ones(9), np.ones(11), np.ones(0)):
        with pytest.raises(ValueError, match="sample_weight has not one number a row"):
            _kernel.train_float64(**job(sample_weight=[weight]))
        with pytest.raises(ValueError, match="sample_weight has not one number a row"):
            _kernel.loss_and_gradient(DESCRIBED, PARAMETERS, X, Y, weight, 0.0, 0.0, 1)


@pytest.mark.parametrize(
    "order",
    [
        np.zeros((1, 10)),
        np.zeros((2, 9)),
        np.zeros((2, 11)),
        np.full((2, 10), 10),
        np.full((2, 10), -1),
        np.full((2, 10), 1 << 62),
    ],
)
def test_an_order_of_other_rows(order):
    with pytest.raises(ValueError, match="order"):
        _kernel.train_float64(**job(order=order.astype(np.int64)))


@pytest.mark.parametrize("wrong", [PARAMETERS[:-1], np.append(PARAMETERS, 0), PARAMETERS[:0]])
def test_parameters_of_another_length(wrong):
    for call in (
        lambda: _kernel.predict(DESCRIBED, wrong, X, 1),
        lambda: _kernel.loss_and_gradient(DESCRIBED, wrong, X, Y, None, 0.0, 0.0, 1),
        lambda: _kernel.input_gradient(DESCRIBED, wrong, X, 0),
        lambda: _kernel.jacobian(DESCRIBED, wrong, X),
        lambda: _kernel.trace(DESCRIBED, wrong, X, Y),
        lambda: _kernel.train_float64(**job(k=1, parameters=[wrong])),
    ):
        with pytest.raises(ValueError, match="not as many as the network has"):
            call()


def test_members_are_rows_of_parameters():
    assert _kernel.predict(DESCRIBED, np.stack([PARAMETERS] * 2), X, 1).shape == (10, 2)
    for shape in [(2, P // 2), (P // 2, 2), (P, 1), (1, 1, P), (0, P)]:  # as many numbers, or none
        with pytest.raises(ValueError, match="not as many as the network has"):
            _kernel.predict(DESCRIBED, np.zeros(shape), X, 1)


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_state_of_another_network(name):
    for wrong in (np.zeros(P - 1), np.zeros(P + 1), np.zeros(0)):
        arguments = job(k=1)
        setattr(arguments["states"][0], name, wrong)
        with pytest.raises(ValueError, match="not as many as the network has"):
            _kernel.train_float64(**arguments)


@pytest.mark.parametrize(
    "wrong", [np.zeros(P, np.float32), np.zeros(2 * P)[::2], np.broadcast_to(0.0, (P,)), np.zeros((1, P)), None, "x"]
)
def test_what_is_written_into_is_never_a_copy(wrong):
    """An array of another type or layout would be converted, and what was learnt lost."""
    arguments = job(k=1)
    arguments["states"][0].first = wrong
    with pytest.raises(TypeError, match="first is not an array of the parameters' type"):
        _kernel.train_float64(**arguments)
    rule = EarlyStopping(best_parameters=wrong)
    with pytest.raises(TypeError, match="best_parameters is not an array"):
        _kernel.train_float64(**job(k=1, early_stoppings=[rule]))
    with pytest.raises(TypeError):
        _kernel.train_float64(**job(k=1, parameters=[wrong]))


@pytest.mark.parametrize(
    "wrong", [np.zeros((1, 2 * P))[:, ::2], np.zeros((P, 2)).T[:1], np.broadcast_to(0.0, (1, P)), PARAMETERS]
)
def test_the_backend_says_what_parameters_to_give(wrong):
    optimizer = Optimizer("sgd", 0.1)
    with pytest.raises(ValueError, match="give a writable array, one contiguous row for each network"):
        VERBS[0].train_many(
            NETWORK, wrong, [optimizer] * len(wrong), [start(optimizer, PARAMETERS)] * len(wrong), X, Y, n_epochs=1
        )


@pytest.mark.parametrize("share", ["parameters", "first", "second", "early_stoppings"])
def test_networks_that_share_what_is_written_into(share):
    """Each would be trained by a thread of its own: a race."""
    arguments = job(k=2)
    if share == "parameters":
        arguments["parameters"][1] = arguments["parameters"][0]
    elif share == "early_stoppings":
        arguments["early_stoppings"] = [EarlyStopping(best_parameters=np.zeros(P))] * 2
    else:
        room = np.zeros(P + 1)
        for state, own in zip(arguments["states"], (room[:-1], room[1:]), strict=True):
            setattr(state, share, own)
    with pytest.raises(ValueError, match="must not share their arrays"):
        _kernel.train_float64(**arguments)


def test_rows_of_another_width():
    for x, y in (
        (X[:, :2], Y),
        (np.hstack([X, X]), Y),
        (X, Y[:, :1]),
        (X, np.hstack([Y, Y])),
        (X, Y[:9]),
        (X[:0], Y[:0]),
    ):
        x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
        for call in (
            lambda x=x, y=y: _kernel.loss_and_gradient(DESCRIBED, PARAMETERS, x, y, None, 0.0, 0.0, 1),
            lambda x=x, y=y: _kernel.trace(DESCRIBED, PARAMETERS, x, y),
            lambda x=x, y=y: _kernel.train_float64(**job(X=[x], Y=[y])),
            lambda x=x, y=y: _kernel.train_float64(
                **job(k=1, early_stoppings=[EarlyStopping(x, y, best_parameters=np.zeros(P))])
            ),
        ):
            with pytest.raises(ValueError, match="has not as many columns|have not the same rows"):
                call()
    for verb in (_kernel.predict, _kernel.input_gradient):
        with pytest.raises(ValueError, match="has not as many columns"):
            verb(DESCRIBED, PARAMETERS, np.ascontiguousarray(X[:, :2]), 0)


@pytest.mark.parametrize("output", [-1, 2, 1 << 40])
def test_an_output_that_is_not_there(output):
    with pytest.raises(ValueError, match="no such output"):
        _kernel.input_gradient(DESCRIBED, PARAMETERS, X, output)


@pytest.mark.parametrize("name", ["n_epochs", "total_epochs", "batch_size"])
def test_numbers_below_zero(name):
    with pytest.raises(ValueError, match="must not be negative"):
        _kernel.train_float64(**job(**{name: -1}))


@pytest.mark.parametrize("dropout", [-0.1, 1.0, 1e300, np.nan])
def test_a_dropout_that_is_no_share(dropout):
    with pytest.raises(ValueError, match="dropout must lie in"):
        _kernel.train_float64(**job(dropout=dropout))


@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="AddressSanitizer ends where memory ends")
def test_more_epochs_than_memory():
    for n_epochs in (1 << 45, 1 << 62):
        with pytest.raises(MemoryError):
            _kernel.train_float64(**job(k=1, n_epochs=n_epochs))


@pytest.mark.parametrize("name", ["patience", "stalled", "best_epoch"])
@pytest.mark.parametrize("value", [10**30, 1 << 62, -(10**30), "two", 2.5])
def test_whole_numbers_beyond_what_the_kernel_counts(name, value):
    rule = EarlyStopping(best_parameters=np.zeros(P))
    setattr(rule, name, value)
    with pytest.raises(ValueError, match=f"{name}=.* must be a whole number of less than 2\\^62"):
        _kernel.train_float64(**job(k=1, early_stoppings=[rule]))


def test_what_is_no_state_is_an_error_and_no_abort():
    code = "import runpy, sys; tests = runpy.run_path(sys.argv[1])\n"
    code += "try: tests['_kernel'].train_float64(**tests['job'](k=1, states=[None]))\n"
    code += "except AttributeError as error: print(error)"
    told = subprocess.run([sys.executable, "-c", code, __file__], capture_output=True, text=True, timeout=60)
    assert told.stdout == "'NoneType' object has no attribute 'first'\n", told.stderr


@pytest.mark.parametrize(("name", "value"), [("steps", -1), ("epochs", -5), ("steps", 10**30), ("rate_factor", "1")])
def test_a_state_that_cannot_be(name, value):
    arguments = job(k=1)
    setattr(arguments["states"][0], name, value)
    with pytest.raises(ValueError, match=name):
        _kernel.train_float64(**arguments)


def test_an_optimizer_that_cannot_be():
    for name, value in (("nesterov", "no"), ("momentum", None), ("name", 3), ("name", "sgdx")):
        optimizer = Optimizer("adam", 0.01)
        object.__setattr__(optimizer, name, value)
        with pytest.raises(ValueError, match=f"{name}=|does not know sgdx"):
            _kernel.train_float64(**job(k=1, optimizers=[optimizer]))
    schedule = Schedule("step")
    object.__setattr__(schedule, "every", 0)  # a division by it would end the process
    with pytest.raises(ValueError, match="every must be at least 1"):
        _kernel.train_float64(**job(k=1, optimizers=[Optimizer("sgd", 0.1, schedule=schedule)]))


def test_early_stopping_with_half_of_its_rows():
    rule = EarlyStopping(X, None, best_parameters=np.zeros(P))
    with pytest.raises(TypeError, match="Y is not an array"):
        _kernel.train_float64(**job(k=1, early_stoppings=[rule]))


def test_a_refusal_leaves_the_stopping_rule_as_it_was():
    rule, best = EarlyStopping(patience=10**30), PARAMETERS.copy()
    rule.best_parameters = best
    optimizer = Optimizer("sgd", 0.1)
    with pytest.raises(ValueError, match="patience"):
        VERBS[0].train(
            NETWORK, PARAMETERS.copy(), optimizer, start(optimizer, PARAMETERS), X, Y, n_epochs=1, early_stopping=rule
        )
    assert rule.best_parameters is best


SOUND = {
    "layer_sizes": (3, 4, 2),
    "activations": ("relu", "softmax"),
    "loss": "log_loss",
    "loss_parameter": 0.0,
    "biases": True,
    "periodic": (0, 2),
    "n_frequencies": 4,
    "n_components": 3,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"activations": ()},
        {"activations": ("relu",)},
        {"activations": ("relu", "relu", "softmax")},
        {"activations": ("softmax", "softmax")},
        {"activations": ("relu", "sofmax")},
        {"loss": "logloss"},
        {"layer_sizes": ()},
        {"layer_sizes": (3,), "activations": ()},
        {"layer_sizes": (3, 0, 2)},
        {"layer_sizes": (0, 4, 2)},
        {"layer_sizes": (3, -4, 2)},
        {"layer_sizes": (3, 1 << 32, 1 << 32)},
        {"layer_sizes": (1 << 30, 1 << 30, 2)},
        {"periodic": (3,)},
        {"periodic": (-1,)},
        {"periodic": (1 << 40,)},
        {"n_components": 0},
        {"n_components": 5},
        {"n_frequencies": 0},
        {"n_frequencies": 1 << 60},
    ],
)
def test_descriptions_that_cannot_be(changes):
    assert _kernel.describe(**SOUND).n_parameters == 2 * (5 * 4 + 3) + 9 + 10 * 4 + 5 * 2
    with pytest.raises(ValueError):
        _kernel.describe(**{**SOUND, **changes})


def test_the_jacobian_is_not_for_softmax_and_embeddings():
    for changes in ({"periodic": None}, {"activations": ("relu", "identity")}):
        described = _kernel.describe(**{**SOUND, **changes})
        with pytest.raises(ValueError, match="without an embedding, and not for softmax"):
            _kernel.jacobian(described, np.zeros(described.n_parameters), X)


def misaligned(array):
    """Return the same numbers at an odd address."""
    room = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    room[...] = array
    assert not room.flags.aligned
    return room


def test_misaligned_arrays_are_copied_where_they_are_read():
    verbs = VERBS[0]
    for x in (X, X[:1]):
        np.testing.assert_array_equal(
            verbs.predict(NETWORK, misaligned(PARAMETERS), misaligned(x)), verbs.predict(NETWORK, PARAMETERS, x)
        )
    for one, other in zip(
        verbs.loss_and_gradient(NETWORK, misaligned(PARAMETERS), misaligned(X), misaligned(Y)),
        verbs.loss_and_gradient(NETWORK, PARAMETERS, X, Y),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_misaligned_arrays_are_refused_where_they_would_be_written_into():
    with pytest.raises(TypeError, match="does not begin at a multiple"):
        _kernel.train_float64(**job(k=1, parameters=[misaligned(PARAMETERS)]))
    arguments = job(k=1)
    arguments["states"][0].first = misaligned(PARAMETERS)
    with pytest.raises(TypeError, match="first is not an array"):
        _kernel.train_float64(**arguments)
    for name in ("X", "Y"):
        with pytest.raises(TypeError, match="does not begin at a multiple"):
            _kernel.train_float64(**{**job(), name: [misaligned({"X": X, "Y": Y}[name])]})
