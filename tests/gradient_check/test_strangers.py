"""Networks as strangers write them: right ones in many styles are not accused, wrong ones are caught and named."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from selenite.gradient_check import check_gradient

RNG = np.random.default_rng(11)
X = RNG.normal(size=(24, 5))
labels = RNG.integers(0, 3, size=24)
one_hot = np.eye(3)[labels]
binary = (X[:, :1] - X[:, 1:2] > 0).astype(float)
numbers = X[:, :2] @ [[1.0], [-0.5]] + 0.1 * RNG.normal(size=(24, 1))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# ---------------------------------------------------------------- functions and one flat vector, as in a course


def course(order="C", first=1, penalise_bias=False, both=True, delta=lambda h, t: h - t):
    """A course's network: one vector of matrices with the bias in the first column, classes counted from `first`."""
    sizes = [5, 4, 3]
    network = SimpleNamespace(
        X=X, y=labels + first, input_layer_size=5, hidden_layer_size=4, num_labels=3, lambda_=0.7,
        nn_params=np.random.default_rng(0).normal(size=(4 * 6 + 3 * 5)),
    )  # fmt: skip

    def matrices(theta):
        return theta[:24].reshape((4, 6), order=order), theta[24:].reshape((3, 5), order=order)

    def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
        assert [input_layer_size, hidden_layer_size, num_labels] == sizes
        theta1, theta2 = matrices(nn_params)
        m = len(X)
        a1 = np.hstack([np.ones((m, 1)), X])
        z2 = a1 @ theta1.T
        a2 = np.hstack([np.ones((m, 1)), sigmoid(z2)])
        h = sigmoid(a2 @ theta2.T)
        t = (y[:, None] == np.arange(num_labels) + first).astype(float)
        cost = -(t * np.log(h) + (1 - t) * np.log(1 - h)).sum() / m
        cost += lambda_ / (2 * m) * ((theta1[:, 1:] ** 2).sum() + (theta2[:, 1:] ** 2).sum())
        d3 = delta(h, t)
        d2 = (d3 @ theta2[:, 1:]) * sigmoid(z2) * (1 - sigmoid(z2))
        decay1, decay2 = theta1.copy(), theta2.copy()
        if not penalise_bias:
            decay1[:, 0] = decay2[:, 0] = 0
        grad1 = d2.T @ a1 / m + lambda_ / m * decay1
        grad2 = d3.T @ a2 / m + lambda_ / m * decay2
        return cost, np.concatenate([grad1.ravel(order=order), grad2.ravel(order=order)])

    def cost(params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
        return nnCostFunction(params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_)[0]

    if both:
        network.nnCostFunction = nnCostFunction
    else:
        network.cost, network.backprop = cost, nnCostFunction
    return network


class TwoLayerNet:
    """A dict of parameters; one method returns scores, or with y the loss and a dict of gradients."""

    X, y = X, labels

    def __init__(self):
        rng = np.random.default_rng(4)
        self.params = {
            "W1": rng.normal(size=(5, 6)), "b1": np.zeros(6), "W2": rng.normal(size=(6, 3)), "b2": np.zeros(3),
        }  # fmt: skip

    def loss(self, X, y=None, reg=0.1):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores
        N = len(X)
        p = softmax(scores)
        loss = -np.log(p[np.arange(N), y]).mean() + reg * ((W1**2).sum() + (W2**2).sum())
        dscores = p.copy()
        dscores[range(N), y] -= 1
        dscores /= N
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0] = 0
        return loss, {
            "W1": X.T @ dhidden + 2 * reg * W1, "b1": dhidden.sum(0),
            "W2": hidden.T @ dscores + 2 * reg * W2, "b2": dscores.sum(0),
        }  # fmt: skip


# ---------------------------------------------------------------- objects


class Pair:
    """forward returns the prediction and, beside it, an array or two."""

    X, y = X, binary
    beside = "first"

    def __init__(self):
        rng = np.random.default_rng(5)
        self.W1, self.b1, self.W2, self.b2 = rng.normal(size=(5, 4)), np.zeros(4), rng.normal(size=(4, 1)), np.zeros(1)

    def forward(self, X):
        h = np.tanh(X @ self.W1 + self.b1)
        p = sigmoid(h @ self.W2 + self.b2)
        return {"first": (p, h), "last": (h, p), "same size": (p, h @ self.W2 + self.b2), "all": [X, h, p]}[self.beside]

    def parts(self, X):
        h = np.tanh(X @ self.W1 + self.b1)
        return h, sigmoid(h @ self.W2 + self.b2)

    def loss(self, X, y):
        return 0.5 * ((self.parts(X)[1] - y) ** 2).mean()

    def slope(self, h):
        return 1 - h * h

    def gradient(self, X, y):
        h, p = self.parts(X)
        d2 = (p - y) * p * (1 - p) / len(X)
        d1 = (d2 @ self.W2.T) * self.slope(h)
        return {"W1": X.T @ d1, "b1": d1.sum(0), "W2": h.T @ d2, "b2": d2.sum(0)}


class SameWidths(Pair):
    """As many hidden units as outputs, and the loss takes the prediction: only the loss tells which it is."""

    y = one_hot

    def __init__(self):
        rng = np.random.default_rng(6)
        self.W1, self.b1, self.W2, self.b2 = rng.normal(size=(5, 3)), np.zeros(3), rng.normal(size=(3, 3)), np.zeros(3)

    def loss(self, p, y):
        return 1.5 * ((p - y) ** 2).mean()


class Signs:
    """Logistic regression with targets -1 and 1."""

    X, y = X, 2 * binary[:, 0] - 1
    w, b = np.zeros(5), 0.0

    def __init__(self):
        self.w, self.b = np.zeros(5), 0.0

    def loss(self, X, y):
        return np.log1p(np.exp(-y * (X @ self.w + self.b))).sum()

    def gradient(self, X, y):
        g = -y * sigmoid(-y * (X @ self.w + self.b))
        return {"w": X.T @ g, "b": g.sum()}


class Leaky:
    """Leaky ReLU with a slope of its own, column vectors."""

    X, y = X.T, numbers.T
    there, back = 0.2, 0.2

    def __init__(self):
        rng = np.random.default_rng(7)
        self.W = [rng.normal(size=(6, 5)), rng.normal(size=(1, 6))]
        self.b = [rng.normal(size=(6, 1)), np.zeros((1, 1))]

    def predict(self, X):
        self.Z = self.W[0] @ X + self.b[0]
        self.A = np.where(self.Z > 0, self.Z, self.there * self.Z)
        return self.W[1] @ self.A + self.b[1]

    def loss(self, X, y):
        return np.mean((self.predict(X) - y) ** 2)

    def gradient(self, X, y):
        dZ2 = 2 * (self.predict(X) - y) / X.shape[1]
        dZ1 = self.W[1].T @ dZ2 * np.where(self.Z > 0, 1, self.back)
        return {
            "W": [dZ1 @ X.T, dZ2 @ self.A.T],
            "b": [dZ1.sum(1, keepdims=True), dZ2.sum(1, keepdims=True)],
        }


class Sums:
    """Adds up row by row into arrays that it keeps, and sets them to zero first, if it does not forget."""

    X, y = X, numbers
    forgets, last_only = False, False

    def __init__(self):
        rng = np.random.default_rng(8)
        self.V, self.c, self.v = rng.normal(size=(4, 5)), rng.normal(size=4), rng.normal(size=4)
        self.dV, self.dc, self.dv = np.zeros((4, 5)), np.zeros(4), np.zeros(4)

    def loss(self, X, y):
        return sum(0.5 * (self.v @ sigmoid(self.V @ x + self.c) - t[0]) ** 2 for x, t in zip(X, y, strict=True))

    def backward(self, X, y):
        if not self.forgets:
            for sums in (self.dV, self.dc, self.dv):
                sums[...] = 0
        for x, t in zip(X, y, strict=True):
            a = sigmoid(self.V @ x + self.c)
            e = self.v @ a - t[0]
            d = e * self.v * a * (1 - a)
            if self.last_only:
                self.dV, self.dc, self.dv = np.outer(d, x), d, e * a
            else:
                self.dV += np.outer(d, x)
                self.dc += d
                self.dv += e * a


class Dense:
    def __init__(self, n_in, n_out, rng):
        self.W, self.b = rng.normal(size=(n_in, n_out)), np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW, self.db = self.x.T @ d, d.sum(0)
        return d @ self.W.T


class Tanh:
    def forward(self, x):
        self.a = np.tanh(x)
        return self.a

    def backward(self, d):
        return d * (1 - self.a**2)


class Objects:
    """A list of layer objects; parameters and gradients are lists of their arrays."""

    X, y = X, X  # an autoencoder

    def __init__(self):
        rng = np.random.default_rng(9)
        self.layers = [Dense(5, 3, rng), Tanh(), Dense(3, 5, rng)]
        self.parameters = [array for layer in self.layers[::2] for array in (layer.W, layer.b)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, X, y):
        return ((self.forward(X) - y) ** 2).sum() / len(X)

    def backward(self, X, y):
        d = 2 * (self.forward(X) - y) / len(X)
        for layer in reversed(self.layers):
            d = layer.backward(d)
        return [array for layer in self.layers[::2] for array in (layer.dW, layer.db)]


class Masked(Pair):
    """Dropout with a mask that stays, of which the way back knows or not."""

    mask = np.random.default_rng(10).random((24, 4)) < 0.7
    forgotten = False

    forward = None

    def parts(self, X):
        h = np.tanh(X @ self.W1 + self.b1) * self.mask
        return h, sigmoid(h @ self.W2 + self.b2)

    def gradient(self, X, y):
        h, p = self.parts(X)
        d2 = (p - y) * p * (1 - p) / len(X)
        d1 = (d2 @ self.W2.T) * (1 - h * h) * (1 if self.forgotten else self.mask)
        return {"W1": X.T @ d1, "b1": d1.sum(0), "W2": h.T @ d2, "b2": d2.sum(0)}


class Normalised:
    """Hidden sums brought to mean 0 and deviation 1 within a row: a network that is not known."""

    X, y = X, numbers

    def __init__(self):
        rng = np.random.default_rng(12)
        self.W, self.v = rng.normal(size=(5, 6)), rng.normal(size=(6, 1))

    def loss(self, X, y):
        z = X @ self.W
        self.s = z.std(axis=1, keepdims=True)
        self.n = (z - z.mean(axis=1, keepdims=True)) / self.s
        self.e = self.n @ self.v - y
        return 0.5 * (self.e**2).sum()

    def gradient(self, X, y):
        self.loss(X, y)
        d = self.e @ self.v.T
        d = (d - d.mean(1, keepdims=True) - self.n * (d * self.n).mean(1, keepdims=True)) / self.s
        return X.T @ d, self.n.T @ self.e


class OneRow(Pair):
    X, y = X[:1], binary[:1]


# ---------------------------------------------------------------- a stack of layers, each place of which may be wrong


class Stack:
    """Lists of weights and biases and a loop; what a slip changes is a method."""

    X, y = X, one_hot
    sizes = (5, 5, 5, 5, 3)
    hidden = "tanh"
    rate = None

    def __init__(self):
        rng = np.random.default_rng(13)
        self.weights = [rng.normal(size=pair) * 0.7 for pair in pairwise(self.sizes)]
        self.biases = [0.1 * rng.normal(size=n) for n in self.sizes[1:]]

    def act(self, z):
        return {"tanh": np.tanh, "sigmoid": sigmoid, "relu": lambda z: np.maximum(z, 0)}[self.hidden](z)

    def der(self, l):
        a, z = self.a[l + 1], self.z[l]
        return {"tanh": 1 - a * a, "sigmoid": a * (1 - a), "relu": (z > 0) * 1.0}[self.hidden]

    def out(self, z):
        return softmax(z)

    def forward(self, X):
        self.a, self.z = [X], []
        for l, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            self.z.append(self.a[-1] @ W + b)
            self.a.append(self.out(self.z[-1]) if l == len(self.weights) - 1 else self.act(self.z[-1]))
        return self.a[-1]

    def loss(self, X, y):
        return -(y * np.log(self.forward(X))).sum(1).mean()

    def delta(self, y):
        return (self.a[-1] - y) / len(y)

    def back(self, l, d, dW):
        return d @ self.weights[l].T

    def grad_w(self, l, d):
        return self.a[l].T @ d

    def grad_b(self, l, d):
        return d.sum(0)

    def finish(self, dW, db):
        return {"weights": dW, "biases": db}

    def gradient(self, X, y):
        self.forward(X)
        d, dW, db = self.delta(y), [], []
        for l in reversed(range(len(self.weights))):
            dW.insert(0, self.grad_w(l, d))
            db.insert(0, self.grad_b(l, d))
            if l:
                d = self.back(l, d, dW[0]) * self.der(l - 1)
        return self.finish(dW, db)


class Regression(Stack):
    y, sizes = numbers, (5, 4, 4, 1)

    def out(self, z):
        return z

    def loss(self, X, y):
        return 0.5 * ((self.forward(X) - y) ** 2).mean()


class Yes(Stack):
    y, sizes, hidden = binary, (5, 4, 1), "sigmoid"

    def out(self, z):
        return sigmoid(z)

    def loss(self, X, y):
        p = self.forward(X)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


class Squares(Yes):
    def loss(self, X, y):
        return 0.5 * ((self.forward(X) - y) ** 2).sum()

    def delta(self, y):
        return (self.a[-1] - y) * self.a[-1] * (1 - self.a[-1])


def of(base, **parts):
    return type(base.__name__, (base,), parts)


RIGHT = {
    "course, rows": course(),
    "course, columns": course("F"),
    "course, classes from 0": course(first=0),
    "course, cost and backprop": course(both=False),
    "loss returns both": TwoLayerNet,
    "prediction and array": Pair,
    "array and prediction": of(Pair, beside="last"),
    "prediction and raw output": of(Pair, beside="same size"),
    "all activations": of(Pair, beside="all"),
    "as many units as outputs": SameWidths,
    "as many units as outputs, last": of(SameWidths, beside="last"),
    "signs": Signs,
    "leaky": Leaky,
    "sums set to zero": Sums,
    "layer objects": Objects,
    "mask": Masked,
    "normalised": Normalised,
    "one row": OneRow,
    "stack": Stack,
    "stack, relu": of(Stack, hidden="relu"),
    "regression": Regression,
    "regression, relu": of(Regression, hidden="relu"),
    "yes or no": Yes,
    "squares": Squares,
}
UNKNOWN = ("mask", "normalised")


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_stranger_is_not_accused(name):
    found = check_gradient(RIGHT[name])
    assert found.ok, str(found)
    assert found.slips == ()
    assert bool(found.network) == (name not in UNKNOWN), str(found)


def shifted_slope(self, l):
    """The slope with z of the next layer, where it has one."""
    z = self.z[min(l + 1, len(self.z) - 2)]
    return (z > 0) * 1.0


class InPlace(Stack):
    """A step in the very loop that goes back."""

    rate = 0.3

    def back(self, l, d, dW):
        self.weights[l] = self.weights[l] - self.rate * dW
        return d @ self.weights[l].T


WRONG = {
    "course, penalty on biases": (course(penalise_bias=True), "l2-on-biases"),
    "course, derived twice": (course(delta=lambda h, t: (h - t) * h * (1 - h)), "derived-twice"),
    "pair, 1 - a": (of(Pair, slope=lambda self, h: 1 - h), "slope-formula"),
    "pair, 1/cosh": (of(Pair, slope=lambda self, h: np.sqrt(1 - h * h)), "slope-formula"),
    "another leak": (of(Leaky, back=0.01), "slope-of-another-function"),
    "yet another leak": (of(Leaky, back=0.7), "slope-of-another-function"),
    "not set to zero": (of(Sums, forgets=True), "gradient-accumulates"),
    "the last row": (of(Sums, last_only=True), "one-row-only"),
    "relu at another z": (of(Stack, hidden="relu", der=shifted_slope), "slope-of-another-layer"),
    "slope at the next a": (of(Yes, der=lambda self, l: self.a[l + 2] * (1 - self.a[l + 2])), "slope-of-another-layer"),
    "slope at the inputs": (of(Stack, der=lambda self, l: 1 - self.a[l] ** 2), "slope-of-another-layer"),
    "a one layer too far": (
        of(Stack, grad_w=lambda self, l, d: self.a[l - 1 if l == 2 else l].T @ d),
        "activation-of-another-layer",
    ),
    "its own a": (
        of(Stack, grad_w=lambda self, l, d: self.a[l + 1 if l < 3 else l].T @ d),
        "activation-of-another-layer",
    ),
    "step on the way back": (InPlace, "updated-weights"),
    "columns for rows": (
        of(Stack, delta=lambda self, y: Stack.delta(self, y) * len(y) / self.a[0].shape[1]),
        "columns-for-rows",
    ),
    "rate inside": (of(Stack, delta=lambda self, y: 0.05 * Stack.delta(self, y)), "learning-rate"),
    "rate inside, by name": (
        of(Stack, learning_rate=0.37, delta=lambda self, y: self.learning_rate * Stack.delta(self, y)),
        "learning-rate",
    ),
    "rate of the weights alone": (
        of(Stack, grad_w=lambda self, l, d: 0.01 * self.a[l].T @ d),
        "learning-rate",
    ),
    "no slope, and biases averaged": (
        of(Stack, der=lambda self, l: 1.0, grad_b=lambda self, l, d: d.mean(0)),
        "slope-forgotten",
    ),
    "the step": (
        of(Stack, lr=0.1, delta=lambda self, y: -self.lr * Stack.delta(self, y)),
        "learning-rate",
    ),
    "parameters after the step": (
        of(
            Stack,
            finish=lambda self, dW, db: {
                "weights": [w - 0.1 * g for w, g in zip(self.weights, dW, strict=True)],
                "biases": [b - 0.1 * g for b, g in zip(self.biases, db, strict=True)],
            },
        ),
        "parameters-returned",
    ),
    "other weights": (
        of(Stack, back=lambda self, l, d, dW: d @ self.weights[1 if l < 3 else l].T),
        "weights-of-another-layer",
    ),
    "class after": (of(Stack, delta=lambda self, y: Stack.delta(self, np.roll(y, 1, axis=1))), "targets-shifted"),
    "rows shifted": (
        of(Regression, delta=lambda self, y: Regression.delta(self, np.roll(y, 1, axis=0))),
        "targets-shifted",
    ),
    "the other class": (of(Yes, delta=lambda self, y: Yes.delta(self, 1 - y)), "targets-shifted"),
    "z for p": (of(Yes, delta=lambda self, y: (self.z[-1] - y) / len(y)), "sum-in-place-of-prediction"),
    "z for p, squares": (
        of(Squares, delta=lambda self, y: (self.z[-1] - y) * self.a[-1] * (1 - self.a[-1])),
        "sum-in-place-of-prediction",
    ),
    "half of cross-entropy": (of(Yes, delta=lambda self, y: -y * (1 - self.a[-1]) / len(y)), "half-of-cross-entropy"),
    "-y / p": (of(Stack, delta=lambda self, y: -y / self.a[-1] / len(y)), "slope-forgotten"),
    "|error|": (of(Regression, delta=lambda self, y: np.abs(self.a[-1] - y) / len(y)), "error-without-sign"),
    "error squared": (of(Regression, delta=lambda self, y: (self.a[-1] - y) ** 2 / len(y)), "error-squared"),
    "bias without slope": (
        of(Squares, grad_b=lambda self, l, d: d.sum(0) if l == 0 else (self.a[-1] - self.y).sum(0)),
        "slope-forgotten",
    ),
    "biases over the wrong axis": (
        of(Squares, grad_b=lambda self, l, d: d.sum(1) if l == 0 else d.sum(0)),
        "bias-not-summed",
    ),
    "all but the last row": (
        of(Regression, gradient=lambda self, X, y: Regression.gradient(self, X[:-1], y[:-1])),
        "row-left-out",
    ),
    "the last row, sum for mean": (
        of(Regression, gradient=lambda self, X, y: Regression.gradient(self, X[-1:], y[-1:])),
        "one-row-only",
    ),
    "sigmoid twice": (
        of(Yes, der=lambda self, l: sigmoid(self.a[l + 1]) * (1 - sigmoid(self.a[l + 1]))),
        "slope-of-activation",
    ),
    "slope squared": (of(Yes, der=lambda self, l: Yes.der(self, l) ** 2), "slope-formula"),
    "no slope": (of(Stack, der=lambda self, l: 1.0), "slope-forgotten"),
    "mean and sum": (of(Squares, grad_b=lambda self, l, d: d.mean(0)), "bias-not-summed"),
    "1/n of the weights alone": (
        of(Squares, grad_w=lambda self, l, d: self.a[l].T @ d / len(d)),
        "extra-1/n",
    ),
    "mask forgotten": (of(Masked, forgotten=True), ""),
    "rate and another z": (
        of(Stack, hidden="relu", lr=0.3, der=shifted_slope, delta=lambda self, y: self.lr * Stack.delta(self, y)),
        "slope-of-another-layer",
    ),
    "step on the way back, summed": (of(InPlace, delta=lambda self, y: self.a[-1] - y), "updated-weights"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_stranger_is_caught_and_the_slip_is_named(name):
    thing, slip = WRONG[name]
    found = check_gradient(thing)
    assert not found.ok, str(found)
    assert not slip or slip in [one.name for one in found.slips], str(found)
    assert len(found.slips) <= 2, str(found)
