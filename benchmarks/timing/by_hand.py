"""NumPy by hand: the article's script as it stands, and what an expert makes of it with buffers and out=."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from selenite.types import Array, NDArray
from timing.measure import Contender, Make
from timing.problems import RATE, Problem, expected


def _script(work: Problem, epochs: int) -> list[float]:
    """Train as the article's program does; return ½ Σ error² of each epoch."""

    def sigmoid(x: Array) -> Array:
        return 1 / (1 + np.exp(-x))

    def sigmoid_der(x: Array) -> Array:
        return sigmoid(x) * (1 - sigmoid(x))

    (wh, _), (wo, _) = work.layers()
    X, y = work.X, work.Y
    losses = []
    for _ in range(epochs):
        zh = np.dot(X, wh)
        ah = sigmoid(zh)
        zo = np.dot(ah, wo)
        ao = sigmoid(zo)
        losses.append(((1 / 2) * (np.power((ao - y), 2))).sum())
        dcost_dao = ao - y
        dao_dzo = sigmoid_der(zo)
        dcost_wo = np.dot(ah.T, dcost_dao * dao_dzo)
        dcost_dah = np.dot(dcost_dao * dao_dzo, wo.T)
        dcost_wh = np.dot(X.T, sigmoid_der(zh) * dcost_dah)
        wh -= RATE * dcost_wh
        wo -= RATE * dcost_wo
    return losses


def _full_batch(work: Problem, epochs: int) -> Array:
    """The same with every array made once."""
    (wh, _), (wo, _) = work.layers()
    X, y, XT, dtype = work.X, work.Y, np.ascontiguousarray(work.X.T), work.dtype
    n, rate, one = len(X), work.dtype.type(RATE), work.dtype.type(1)
    ah, th = np.empty((n, 4), dtype), np.empty((n, 4), dtype)
    ao, d, t = np.empty((n, 1), dtype), np.empty((n, 1), dtype), np.empty((n, 1), dtype)
    gh, go, losses, flat = np.empty((2, 4), dtype), np.empty((4, 1), dtype), np.empty(epochs), d.ravel()
    for epoch in range(epochs):
        for inputs, weights, out in ((X, wh, ah), (ah, wo, ao)):
            np.dot(inputs, weights, out)
            np.negative(out, out)
            np.exp(out, out)
            np.add(out, one, out)
            np.reciprocal(out, out)
        np.subtract(ao, y, d)
        losses[epoch] = 0.5 * flat.dot(flat)
        np.subtract(one, ao, t)
        np.multiply(t, ao, t)
        np.multiply(d, t, d)
        np.dot(ah.T, d, go)
        np.subtract(one, ah, th)
        np.multiply(th, ah, th)
        np.multiply(th, d, th)
        np.multiply(th, wo.T, th)
        np.dot(XT, th, gh)
        gh *= rate
        go *= rate
        wh -= gh
        wo -= go
    return losses


def _many(work: Problem, epochs: int) -> Array:
    """Train K networks at once with stacked matrices; return ½ Σ error² of each before the last step."""
    wh, wo = work.begin[:, :8].reshape(-1, 2, 4).copy(), work.begin[:, 8:].reshape(-1, 4, 1).copy()
    X, y = work.X, work.Y
    for _ in range(epochs):
        ah = X @ wh
        np.negative(ah, ah)
        np.exp(ah, ah)
        ah += 1
        np.reciprocal(ah, ah)
        ao = ah @ wo
        np.negative(ao, ao)
        np.exp(ao, ao)
        ao += 1
        np.reciprocal(ao, ao)
        d = ao - y
        losses = 0.5 * (d * d).sum(axis=(1, 2))
        d *= ao
        d *= 1 - ao
        go = ah.transpose(0, 2, 1) @ d
        th = ah * (1 - ah)
        th *= d
        th *= wo.transpose(0, 2, 1)
        wh -= RATE * (X.T @ th)
        wo -= RATE * go
    return np.asarray(losses)


def _minibatch(work: Problem, order: NDArray[np.intp]) -> float:
    """Train one epoch with Adam; return its mean loss."""
    layers = work.layers()
    parameters = [array for pair in layers for array in pair]
    gradients = [np.empty_like(p) for p in parameters]
    m, v, buffer = ([np.zeros_like(p) for p in parameters] for _ in range(3))
    number, total = work.dtype.type, 0.0
    for step, first in enumerate(range(0, len(order), work.batch_size), start=1):
        rows = order[first : first + work.batch_size]
        a, Y = [work.X[rows]], work.Y[rows]
        for l, (weights, biases) in enumerate(layers):
            z = a[-1] @ weights
            z += biases
            a.append(np.maximum(z, 0, out=z) if l < len(layers) - 1 else z)
        p = a[-1]
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, p)
        p /= p.sum(axis=1, keepdims=True)
        total -= float(np.log((p * Y).sum(axis=1) + number(1e-20)).sum())
        d = p - Y
        d *= number(1 / len(rows))
        for l in range(len(layers) - 1, -1, -1):
            np.dot(a[l].T, d, gradients[2 * l])
            d.sum(axis=0, out=gradients[2 * l + 1])
            if l:
                d = d @ layers[l][0].T
                d *= a[l] > 0
        rate = number(1e-3 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step))
        for q, g, m1, v1, t in zip(parameters, gradients, m, v, buffer, strict=True):
            m1 *= number(0.9)
            np.multiply(g, number(0.1), t)
            m1 += t
            v1 *= number(0.999)
            np.multiply(g, g, t)
            t *= number(0.001)
            v1 += t
            np.sqrt(v1, t)
            t += number(1e-8)
            np.divide(m1, t, t)
            t *= rate
            q -= t
    return total / len(order)


def _probabilities(work: Problem) -> Callable[[Array], Array]:
    (w0, b0), (w1, b1), (w2, b2) = work.layers()

    def predict(X: Array) -> Array:
        h = X @ w0
        h += b0
        np.maximum(h, 0, out=h)
        h = h @ w1
        h += b1
        np.maximum(h, 0, out=h)
        p = h @ w2
        p += b2
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, p)
        p /= p.sum(axis=1, keepdims=True)
        return p

    return predict


def _full(train: Callable[[Problem, int], list[float] | Array], epochs: int) -> Make:
    return lambda work: Contender(lambda: (train(work, 100), expected(work, 100)), partial(train, work, epochs), epochs)


def _epoch(work: Problem) -> Contender:
    stream, piece = np.random.default_rng(2), work.piece
    return Contender(
        lambda: ([_minibatch(piece, piece.in_order[0])], expected(piece)),
        lambda: _minibatch(work, stream.permutation(len(work.X))),
        1,
    )


def _stacked(epochs: int) -> Make:
    def make(work: Problem) -> Contender:
        few = replace(work, begin=work.begin[:4])
        return Contender(
            lambda: (_many(few, 100), expected(few, 100)), partial(_many, work, epochs), len(work.begin) * epochs
        )

    return make


def _predicting(calls: int) -> Make:
    def make(work: Problem) -> Contender:
        predict, X = _probabilities(work), work.X

        def run() -> None:
            for _ in range(calls):
                predict(X)

        return Contender(lambda: (predict(X), expected(work)), run, calls)

    return make


BY_HAND: dict[str, dict[str, Make]] = {
    "numpy_script": {"W1": _full(_script, 4000)},
    "numpy_optimised": {
        "W1": _full(_full_batch, 8000),
        "W1f32": _full(_full_batch, 8000),
        "W2": _epoch,
        "W2dense": _epoch,
        "W3": _epoch,
        "W3b32": _epoch,
        "W4": _stacked(60),
        "W5_1row": _predicting(2000),
        "W5_10000rows": _predicting(20),
    },
}
