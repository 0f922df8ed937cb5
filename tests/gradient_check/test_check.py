"""Right gradients in many styles are never accused, wrong ones are caught and named."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from selenite.errors import ForeignCodeError, OptionError
from selenite.gradient_check import check_gradient
from selenite.tutorial import load_part
from users_networks import LogLoss, Rows, Softmax, X, labels, relu, sigmoid, sigmoid_der, softmax, y

# ---------------------------------------------------------------- right ones


class Columns:
    """Column vectors: an example a column, weights (out, in), a list of parameters, dW first."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.X, self.y = X.T, y[None, :]
        self.parameters = [rng.normal(size=(5, 3)), np.zeros((5, 1)), rng.normal(size=(1, 5)), np.zeros((1, 1))]

    def forward(self, X):
        W1, b1, W2, b2 = self.parameters
        A1 = np.tanh(W1 @ X + b1)
        A2 = sigmoid(W2 @ A1 + b2)
        return A2, {"A1": A1, "A2": A2}

    def loss(self, X, y):
        A2, _ = self.forward(X)
        return float(np.squeeze(-(y * np.log(A2) + (1 - y) * np.log(1 - A2)).sum() / y.shape[1]))

    def backward(self, X, y, cache):
        m, W2 = y.shape[1], self.parameters[2]
        dZ2 = cache["A2"] - y
        dZ1 = (W2.T @ dZ2) * (1 - cache["A1"] ** 2)
        return (
            dZ1 @ X.T / m,
            dZ1.sum(axis=1, keepdims=True) / m,
            dZ2 @ cache["A1"].T / m,
            dZ2.sum(axis=1, keepdims=True) / m,
        )


def functional_dict():
    """Functions of a module, parameters a dict, classes by number, softmax in the loss."""
    rng = np.random.default_rng(1)
    parameters = {"W1": rng.normal(size=(3, 6)), "b1": np.zeros(6), "W2": rng.normal(size=(6, 3)), "b2": np.zeros(3)}

    def forward(params, X):
        return relu(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]

    def loss(params, X, y):
        p = softmax(forward(params, X))
        return -np.log(p[np.arange(len(y)), y]).mean()

    def gradient(params, X, y):
        z = X @ params["W1"] + params["b1"]
        a = relu(z)
        d = softmax(a @ params["W2"] + params["b2"])
        d[np.arange(len(y)), y] -= 1
        d /= len(y)
        back = d @ params["W2"].T
        back[z <= 0] = 0
        return {"dW1": X.T @ back, "db1": back.sum(0), "dW2": a.T @ d, "db2": d.sum(0)}

    return SimpleNamespace(forward=forward, loss=loss, gradient=gradient, parameters=parameters, X=X, y=labels)


def flat_vector():
    """One vector, linear regression with mean squared error, no forward."""

    def loss(theta, X, y):
        return ((X @ theta[:-1] + theta[-1] - y) ** 2).mean()

    def gradient(theta, X, y):
        e = X @ theta[:-1] + theta[-1] - y
        return 2 * np.append(X.T @ e, e.sum()) / len(y)

    return SimpleNamespace(loss=loss, gradient=gradient, parameters=np.zeros(4), X=X, y=y)


class Float32(LogLoss):
    dtype = np.float32


class ThreeLayers:
    """Lists of weights and biases, a loop over the layers, one example at a time, sums; tuple (nabla_b, nabla_w)."""

    def __init__(self):
        rng = np.random.default_rng(2)
        sizes = [3, 5, 4, 2]
        self.X, self.y = X, np.column_stack([y, 1 - y])
        self.weights = [rng.normal(size=(m, n)) for n, m in pairwise(sizes)]
        self.biases = [rng.normal(size=(m, 1)) for m in sizes[1:]]

    def loss(self, X, y):
        total = 0.0
        for row, target in zip(X, y, strict=True):
            a = row[:, None]
            for w, b in zip(self.weights, self.biases, strict=True):
                a = sigmoid(w @ a + b)
            total += 0.5 * ((a - target[:, None]) ** 2).sum()
        return total

    def gradient(self, X, y):
        nabla_w = [np.zeros_like(w) for w in self.weights]
        nabla_b = [np.zeros_like(b) for b in self.biases]
        for row, target in zip(X, y, strict=True):
            a, all_a = row[:, None], [row[:, None]]
            for w, b in zip(self.weights, self.biases, strict=True):
                a = sigmoid(w @ a + b)
                all_a.append(a)
            delta = (a - target[:, None]) * a * (1 - a)
            for l in (2, 1, 0):
                nabla_w[l] += delta @ all_a[l].T
                nabla_b[l] += delta
                if l:
                    delta = (self.weights[l].T @ delta) * all_a[l] * (1 - all_a[l])
        return {"weights": nabla_w, "biases": nabla_b}


class Perceptron:
    """Part 1, its own data, zeros and ones; a bias that is a float, relu and absolute error: kinks everywhere."""

    def __init__(self):
        self.X, self.y = load_part(1)
        self.weights, self.bias = np.zeros(3), 0.0

    def predict(self, X):
        return relu(X @ self.weights + self.bias)

    def loss(self, X, y):
        return np.abs(self.predict(X) - y).sum()

    def gradient(self, X, y):
        z = X @ self.weights + self.bias
        d = np.sign(relu(z) - y) * (z >= 0)
        return {"weights": X.T @ d, "bias": d.sum()}


class Clipped(LogLoss):
    """Logarithms clipped, large weights: at its own parameters many predictions are 0 or 1."""

    def __init__(self):
        super().__init__()
        self.W2 *= 30
        self.W1 *= 5

    def loss(self, X, y):
        p = np.clip(self.forward(X), 1e-7, 1 - 1e-7)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


class Epsilon(LogLoss):
    """A small number inside the logarithms, of which the gradient knows nothing."""

    def loss(self, X, y):
        p = self.forward(X)
        return -(y * np.log(p + 1e-5) + (1 - y) * np.log(1 - p + 1e-5)).mean()


class Penalised(Rows):
    def loss(self, X, y):
        return super().loss(X, y) + 0.05 * ((self.W1**2).sum() + (self.W2**2).sum())

    def gradient(self, X, y):
        found = super().gradient(X, y)
        return found | {"W1": found["W1"] + 0.1 * self.W1, "W2": found["W2"] + 0.1 * self.W2}


class Attributes(Rows):
    """Leaves the gradient as attributes and returns nothing."""

    def backward(self, X, y):
        for name, value in super().gradient(X, y).items():
            setattr(self, f"d{name}", value)

    gradient = None


class Relu(Softmax):
    hidden = "relu"


class Huber(Rows):
    """A loss that is none of those known."""

    def loss(self, X, y):
        e = np.abs(self.forward(X) - y)
        return np.where(e < 0.3, 0.5 * e * e, 0.3 * (e - 0.15)).sum()

    def delta(self, y):
        return np.clip(self.p - y, -0.3, 0.3) * self.p * (1 - self.p)


RIGHT = [
    Rows, LogLoss, Softmax, Columns, functional_dict, flat_vector, Float32, ThreeLayers, Perceptron, Clipped, Epsilon,
    Penalised, Attributes, Relu, Huber,
]  # fmt: skip


@pytest.mark.parametrize("thing", RIGHT, ids=lambda thing: thing.__name__)
def test_right_gradients_are_not_accused(thing):
    found = check_gradient(thing)
    assert found.ok, str(found)
    assert found.slips == ()
    assert "right" in str(found)
    if thing not in (Huber, Epsilon):
        assert found.network, str(found)


# ---------------------------------------------------------------- wrong ones


def wrong(base, **parts):
    """Return a class of a network with some parts done wrongly."""
    return type(base.__name__, (base,), parts)


def changed(base, change):
    """Return a class whose gradient is changed after it is computed."""

    def gradient(self, X, y):
        return change(self, base.gradient(self, X, y))

    return wrong(base, gradient=gradient)


class Tutorial1:
    """The perceptron of part 1 as it is printed: the derivative is given the activation."""

    def __init__(self):
        self.feature_set, self.labels = load_part(1)
        self.labels = self.labels.reshape(5, 1)
        stream = np.random.RandomState(42)
        self.weights, self.bias = stream.rand(3, 1), stream.rand(1)

    def forward(self, inputs):
        return sigmoid(np.dot(inputs, self.weights) + self.bias)

    def loss(self, inputs, labels):
        return 0.5 * ((self.forward(inputs) - labels) ** 2).sum()

    def gradient(self, inputs, labels):
        z = self.forward(inputs)
        error = z - labels
        z_delta = error * sigmoid_der(z)
        return {"weights": np.dot(inputs.T, z_delta), "bias": z_delta.sum()}


class Tutorial1Printed(Tutorial1):
    """With the error that the article prints: a sum of signed errors."""

    def loss(self, inputs, labels):
        return (self.forward(inputs) - labels).sum()


class Tutorial2(Tutorial1):
    def __init__(self):
        super().__init__()
        X, y = load_part(2)
        self.feature_set, self.labels = X, y.reshape(100, 1)
        self.weights = np.random.RandomState(42).rand(2, 1)


class Deep(Rows):
    """Two hidden layers, the second of as many units as the first."""

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(5)
        self.Wm, self.bm = rng.normal(size=(4, 4)), np.zeros(4)

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = self.act(self.z1)
        self.zm = self.a1 @ self.Wm + self.bm
        self.am = self.act(self.zm)
        self.p = sigmoid(self.am @ self.W2 + self.b2)
        return self.p

    def through_middle(self, d):
        return d @ self.Wm.T

    def gradient(self, X, y):
        self.forward(X)
        d2 = self.delta(y)
        dm = self.back(d2) * self.slope(self.zm, self.am)
        d1 = self.through_middle(dm) * self.slope(self.z1, self.a1)
        return {
            "W1": X.T @ d1, "b1": self.bias(d1), "Wm": self.a1.T @ dm, "bm": self.bias(dm),
            "W2": self.am.T @ d2, "b2": self.bias(d2),
        }  # fmt: skip


Square = wrong(Softmax, n_hidden=3)
Mean = wrong(Rows, loss=lambda self, X, y: ((self.forward(X) - y) ** 2).mean())
Decayed = wrong(
    LogLoss, loss=lambda self, X, y: LogLoss.loss(self, X, y) + 0.0005 * ((self.W1**2).sum() + (self.W2**2).sum())
)

Sparse = wrong(
    LogLoss, loss=lambda self, X, y: LogLoss.loss(self, X, y) + 0.002 * (np.abs(self.W1).sum() + np.abs(self.W2).sum())
)


def derived_twice(self, y):
    return (self.p - y) * self.p * (1 - self.p) / len(y)


def z_for_a(self, found):
    return found | {"W2": self.z1.T @ self.delta(self.y)}


def decays(self, found, weights=0.001, biases=0.0):
    factors = {"W1": weights, "W2": weights, "b1": biases, "b2": biases}
    return {name: value + factors[name] * getattr(self, name) for name, value in found.items()}


def shrinks(self, found, weights=0.002, biases=0.0):
    factors = {"W1": weights, "W2": weights, "b1": biases, "b2": biases}
    return {name: value + factors[name] * np.sign(getattr(self, name)) for name, value in found.items()}


HiddenTwice = wrong(Rows, slope=lambda self, z, a: sigmoid_der(a))
Relu4 = wrong(Rows, hidden="relu")
WRONG = {
    "tutorial 1": (Tutorial1, "slope-of-activation"),
    "tutorial 1, its own error": (Tutorial1Printed, "slope-of-activation"),
    "tutorial 2": (Tutorial2, "slope-of-activation"),
    "hidden twice": (HiddenTwice, "slope-of-activation"),
    "hidden twice, float32": (wrong(HiddenTwice, dtype=np.float32), "slope-of-activation"),
    "tanh twice": (wrong(Rows, hidden="tanh", slope=lambda self, z, a: 1 - np.tanh(a) ** 2), "slope-of-activation"),
    "all twice": (
        wrong(Rows, slope=lambda self, z, a: sigmoid_der(a), delta=lambda self, y: (self.p - y) * sigmoid_der(self.p)),
        "slope-of-activation",
    ),
    "deep, second layer twice": (
        wrong(Deep, slope=lambda self, z, a: sigmoid_der(a) if z is self.zm else a * (1 - a)),
        "slope-of-activation",
    ),
    "formula of z": (wrong(Rows, slope=lambda self, z, a: z * (1 - z)), "slope-formula-of-sum"),
    "tanh formula of z": (wrong(Rows, hidden="tanh", slope=lambda self, z, a: 1 - z**2), "slope-formula-of-sum"),
    "no 1/n": (wrong(LogLoss, delta=lambda self, y: self.p - y), "missing-1/n"),
    "softmax, no 1/n": (wrong(Softmax, delta=lambda self, y: self.p - y), "missing-1/n"),
    "1/n too many": (wrong(Rows, delta=lambda self, y: Rows.delta(self, y) / len(y)), "extra-1/n"),
    "mean squared error, no 1/n": (wrong(Mean, delta=lambda self, y: 2 * Rows.delta(self, y)), "missing-1/n"),
    "mean squared error, no 2": (wrong(Mean, delta=lambda self, y: Rows.delta(self, y) / len(y)), "factor-2"),
    "2 too many": (wrong(Rows, delta=lambda self, y: 2 * Rows.delta(self, y)), "factor-2"),
    "sign": (wrong(Rows, delta=lambda self, y: -Rows.delta(self, y)), "sign"),
    "sign on the way back": (wrong(Rows, back=lambda self, d: -(d @ self.W2.T)), "sign-on-the-way-back"),
    "no transpose": (wrong(Square, back=lambda self, d: d @ self.W2), "transpose-missing"),
    "no transpose, deep": (wrong(Deep, through_middle=lambda self, d: d @ self.Wm), "transpose-missing"),
    "gradient transposed": (changed(Square, lambda self, f: f | {"W2": f["W2"].T}), "gradient-transposed"),
    "shape transposed": (changed(Rows, lambda self, f: f | {"W1": f["W1"].T}), "gradient-transposed"),
    "biases not summed": (wrong(Rows, bias=lambda self, d: d), "bias-not-summed"),
    "biases averaged": (wrong(Rows, bias=lambda self, d: d.mean(axis=0)), "bias-not-summed"),
    "biases of the last row": (wrong(Rows, bias=lambda self, d: d[-1]), "bias-not-summed"),
    "biases summed over everything": (wrong(Softmax, bias=lambda self, d: d.sum()), "bias-not-summed"),
    "biases left out": (changed(Rows, lambda self, f: f | {"b1": np.zeros(4)}), "bias-left-out"),
    "relu of the delta": (
        wrong(Relu4, back=lambda self, d: np.where(d @ self.W2.T > 0, d @ self.W2.T, 0), slope=lambda self, z, a: 1),
        "relu-of-the-wrong-argument",
    ),
    "relu at 0: a >= 0": (wrong(Relu4, slope=lambda self, z, a: a >= 0), "slope-forgotten"),
    "relu at 0: a / |a|": (wrong(Relu4, slope=lambda self, z, a: a / np.abs(a)), "relu-at-zero"),
    "softmax derived twice": (wrong(Softmax, delta=derived_twice), "derived-twice"),
    "logistic derived twice": (wrong(LogLoss, delta=derived_twice), "derived-twice"),
    "hidden slope forgotten": (wrong(Rows, slope=lambda self, z, a: 1), "slope-forgotten"),
    "output slope forgotten": (wrong(Rows, delta=lambda self, y: self.p - y), "slope-forgotten"),
    "logistic slope": (wrong(Rows, hidden="tanh", slope=lambda self, z, a: a * (1 - a)), "slope-of-another-function"),
    "z for a": (changed(Rows, z_for_a), "sum-in-place-of-activation"),
    "error passed back": (wrong(Rows, back=lambda self, d: (self.p - self.y) @ self.W2.T), "error-passed-back"),
    "l2 on biases": (changed(Decayed, lambda self, f: decays(self, f, biases=0.001)), "l2-on-biases"),
    "l2 left out": (Decayed, "l2-left-out"),
    "l2 without its 2": (changed(Decayed, lambda self, f: decays(self, f, weights=0.0005)), "l2-left-out"),
    "l1 left out": (Sparse, "l1-left-out"),
    "l1 with a 2": (changed(Sparse, lambda self, f: shrinks(self, f, weights=0.004)), "l1-too-much"),
    "l1 on biases": (changed(Sparse, lambda self, f: shrinks(self, f, biases=0.002)), "l1-on-biases"),
    "twice, and no 1/n": (
        wrong(LogLoss, slope=lambda self, z, a: sigmoid_der(a), delta=lambda self, y: self.p - y),
        "slope-of-activation",
    ),
    "twice, and biases averaged": (
        wrong(Rows, slope=lambda self, z, a: sigmoid_der(a), bias=lambda self, d: d.mean(axis=0)),
        "slope-of-activation",
    ),
}  # fmt: skip


def test_a_penalty_on_sizes_that_both_have_is_right():
    assert check_gradient(changed(Sparse, shrinks)).ok


@pytest.mark.parametrize(("thing", "name"), WRONG.values(), ids=WRONG)
def test_wrong_gradients_are_caught_and_the_slip_is_named(thing, name):
    found = check_gradient(thing)
    assert not found.ok, str(found)
    assert name in [slip.name for slip in found.slips], str(found)
    assert len(found.slips) <= 2, str(found)


def test_more_than_rounding_is_told_but_not_accused():
    assert "more than rounding" in str(check_gradient(Epsilon))
    assert "more than rounding" not in str(check_gradient(LogLoss))


def test_a_column_minus_a_row_is_named():
    class Broadcast(Rows):
        def __init__(self):
            super().__init__()
            self.y = y

        def loss(self, X, y):
            return 0.5 * ((self.forward(X) - y) ** 2).mean()

        def gradient(self, X, y):
            p = self.forward(X)
            d = (p - y) * p * (1 - p) / p.shape[0]
            return {"W2": self.a1.T @ d, "b2": d.sum(axis=0)}

    found = check_gradient(Broadcast)
    assert [slip.name for slip in found.slips] == ["shapes-broadcast"], str(found)
    assert "(30, 30)" in str(found)


def test_what_is_no_known_slip_is_only_said_to_differ():
    noise = np.random.default_rng(0).normal(size=(3, 4))
    found = check_gradient(changed(Rows, lambda self, f: f | {"W1": f["W1"] + noise}))
    assert (found.ok, found.slips) == (False, ())
    assert [one.agrees for one in found.parameters] == [False, True, True, True]
    assert "differs here: W1. No known slip fits" in str(found)


def test_an_unknown_factor_is_told():
    found = check_gradient(changed(Rows, lambda self, f: {name: 3.7 * value for name, value in f.items()}))
    assert found.slips == ()
    assert "3.7 times the right one" in str(found)


def test_the_users_parameters_are_left_as_they_were():
    network = Rows()
    before = {name: getattr(network, name).copy() for name in ("W1", "b1", "W2", "b2")}
    check_gradient(network)
    for name, value in before.items():
        np.testing.assert_array_equal(getattr(network, name), value)


def test_only_some_entries_of_large_parameters_are_looked_at():
    class Wide(Rows):
        n_hidden = 100

    found = check_gradient(Wide)
    assert found.ok
    assert (found.parameters[0].checked, found.parameters[0].entries) == (200, 300)
    assert "200 of 300 entries" in str(found)


class Silent:
    X, y = X, y

    def __init__(self):
        self.w = np.zeros(3)

    def loss(self, X, y):
        return ((X @ self.w - y) ** 2).sum()


RANDOM = np.random.default_rng(0)


def silent(**parts):
    return wrong(Silent, **({"gradient": lambda self, X, y: {"w": X[0]}} | parts))


def of_parameters(params, X, y):
    return 1.0


@pytest.mark.parametrize(
    ("thing", "error", "message"),
    [
        (Silent, OptionError, "Silent has no gradient .or backward.*forward.X., loss.X, y."),
        (object(), OptionError, "has no loss and gradient"),
        (silent(gradient=lambda self, X, y: 1 / 0), ForeignCodeError, r"test_check.py, line \d+, in <lambda>.*ZeroDiv"),
        (silent(gradient=lambda self, X, y: {"v": X}), OptionError, "returned v, but the parameters of these names"),
        (silent(gradient=lambda self, X, y: None), OptionError, "which arrays of Silent are its parameters"),
        (silent(gradient=lambda self, a, b, c, d: None), OptionError, r"what is a, b, c, d\?|what is c, d\?|what is"),
        (silent(loss=lambda self, X, y: X @ self.w), OptionError, "an array of shape .30,.; it must return one number"),
        (silent(gradient=lambda self, X, y: {"w": X[0, :2]}), OptionError, r"\(2\) for a parameter of \(3\) w"),
        (silent(loss=lambda self, X, y: 1.0), OptionError, "does not depend on w"),
        (silent(loss=lambda self, X, y: RANDOM.normal()), OptionError, "fix its seed"),
        (silent(__init__=lambda self, n: None), OptionError, "needs arguments to be made"),
        (silent(parameters=[np.zeros(3, int)]), OptionError, "int64 of shape"),
        (silent(X=None), OptionError, "on which rows"),
        (SimpleNamespace(loss=of_parameters, gradient=of_parameters, X=X, y=y), OptionError, "none to begin with"),
    ],
)
def test_what_cannot_be_checked_is_said(thing, error, message):
    with pytest.raises(error, match=message):
        check_gradient(thing)


def flat_network(sizes, wrong):
    """Functions of one flat vector, layer by layer, relu inside and softmax."""

    def layers(theta):
        at = 0
        for n_in, n_out in pairwise(sizes):
            yield theta[at : at + n_in * n_out].reshape(n_out, n_in), theta[at + n_in * n_out :][:n_out]
            at += (n_in + 1) * n_out

    class Flat:
        theta = np.random.default_rng(0).normal(size=sum((i + 1) * o for i, o in pairwise(sizes))) * 0.4

        def forward(self, theta, X):
            self.a = [X]
            for W, b in layers(theta):
                self.a.append(np.maximum(self.a[-1] @ W.T + b, 0))
            e = np.exp(self.a[-2] @ W.T + b)
            return e / e.sum(1, keepdims=True)

        def loss(self, theta, X, y):
            return -np.log(self.forward(theta, X)[np.arange(len(y)), y]).sum()

        def gradient(self, theta, X, y):
            p = self.forward(theta, X)
            delta, parts = p - np.eye(p.shape[1])[y], []
            for k, (W, _) in reversed(list(enumerate(layers(theta)))):
                parts = [(delta.T @ self.a[k]).ravel(), delta.sum(0), *parts]
                delta = (delta @ W) * (self.a[k] >= 0 if wrong else self.a[k] > 0)
            return np.concatenate(parts)

    return Flat


@pytest.mark.parametrize("sizes", [(4, 5, 3), (4, 6, 6, 3), (3, 2, 7, 4)])
def test_a_flat_vector_of_one_or_two_hidden_layers_is_recognised(sizes):
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(30, sizes[0])), rng.integers(sizes[-1], size=30)
    right = check_gradient(flat_network(sizes, wrong=False), X, y)
    assert right.ok
    assert right.network.startswith("-".join(map(str, sizes)) + ", relu")
    assert [slip.name for slip in check_gradient(flat_network(sizes, wrong=True), X, y).slips] == ["slope-forgotten"]


class Stepping:
    """A network whose gradient takes a step as well: after all is computed, or on the way back."""

    def __init__(self, early=False):
        rng = np.random.default_rng(1)
        self.early, self.W1, self.W2 = early, rng.normal(size=(2, 5)), rng.normal(size=(5, 1))

    def forward(self, X):
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W2

    def loss(self, X, y):
        return 0.5 * ((self.forward(X) - y) ** 2).mean()

    def gradient(self, X, y):
        delta = (self.forward(X) - y) / len(X)
        dW2, W2 = self.h.T @ delta, self.W2
        self.W2 = self.W2 - 0.1 * dW2
        dW1 = X.T @ (delta @ (self.W2 if self.early else W2).T * (1 - self.h**2))
        self.W1 = self.W1 - 0.1 * dW1
        return {"W1": dW1, "W2": dW2}


def test_a_step_inside_the_gradient_is_wrong_only_on_the_way_back():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    right = check_gradient(Stepping(), X, y)
    assert right.ok
    assert right.network.startswith("2-5-1, tanh")
    early = check_gradient(Stepping(early=True), X, y)
    assert [(line.name, line.agrees) for line in early.parameters] == [("W1", False), ("W2", True)]
    assert any(note.startswith("gradient changes W1, W2 itself: a step belongs after") for note in early.notes)
