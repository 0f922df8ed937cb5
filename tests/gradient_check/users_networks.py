"""Networks written by hand as readers of the tutorial write them, right ones and wrong ones."""

import numpy as np

RNG = np.random.default_rng(7)
X = RNG.normal(size=(30, 3))
y = (X[:, 0] * X[:, 1] > 0).astype(float)
labels = RNG.integers(0, 3, size=30)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_der(x):
    return sigmoid(x) * (1 - sigmoid(x))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def relu(z):
    return np.maximum(z, 0)


class Rows:
    """2 layers, rows are examples; parts to be overridden by a slip."""

    hidden, n_hidden, n_outputs = "sigmoid", 4, 1
    dtype = float

    def __init__(self):
        rng = np.random.default_rng(3)
        self.X = X.astype(self.dtype)
        self.y = (np.eye(3)[labels] if self.n_outputs == 3 else y[:, None]).astype(self.dtype)
        if self.n_outputs == 4:
            self.y = np.eye(4)[labels].astype(self.dtype)
        self.W1 = rng.normal(size=(3, self.n_hidden)).astype(self.dtype)
        self.b1 = np.zeros(self.n_hidden, self.dtype)
        self.W2 = rng.normal(size=(self.n_hidden, self.n_outputs)).astype(self.dtype)
        self.b2 = np.zeros(self.n_outputs, self.dtype)

    def act(self, z):
        return {"sigmoid": sigmoid, "tanh": np.tanh, "relu": relu}[self.hidden](z)

    def slope(self, z, a):
        return {"sigmoid": a * (1 - a), "tanh": 1 - a * a, "relu": (z > 0).astype(float)}[self.hidden]

    def out(self, z):
        return sigmoid(z)

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = self.act(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.p = self.out(self.z2)
        return self.p

    def loss(self, X, y):
        return 0.5 * ((self.forward(X) - y) ** 2).sum()

    def delta(self, y):
        return (self.p - y) * self.p * (1 - self.p)

    def back(self, delta):
        return delta @ self.W2.T

    def bias(self, delta):
        return delta.sum(axis=0)

    def gradient(self, X, y):
        self.forward(X)
        d2 = self.delta(y)
        d1 = self.back(d2) * self.slope(self.z1, self.a1)
        return {"W1": X.T @ d1, "b1": self.bias(d1), "W2": self.a1.T @ d2, "b2": self.bias(d2)}


class LogLoss(Rows):
    def loss(self, X, y):
        p = self.forward(X)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()

    def delta(self, y):
        return (self.p - y) / len(y)


class Softmax(Rows):
    n_outputs = 3

    def out(self, z):
        return softmax(z)

    def loss(self, X, y):
        return -(y * np.log(self.forward(X))).sum() / len(y)

    def delta(self, y):
        return (self.p - y) / len(y)
