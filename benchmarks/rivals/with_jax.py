"""JAX: the whole epoch, or run of epochs, in one jitted call: fori_loop, scan and vmap."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from timing import Contender, expected
from timing.problems import RATE

jax.config.update("jax_enable_x64", True)


def _sigmoid(x):
    return 1 / (1 + jnp.exp(-x))


def _full_batch(epochs):
    def make(work):
        X, y, rate = jnp.asarray(work.X), jnp.asarray(work.Y), work.dtype.type(RATE)
        (wh, _), (wo, _) = work.layers()

        def loss_of(p):
            return 0.5 * ((_sigmoid(_sigmoid(X @ p[0]) @ p[1]) - y) ** 2).sum()

        def compiled(n_epochs):
            def body(i, carried):
                p, losses = carried
                loss, (gh, go) = jax.value_and_grad(loss_of)(p)
                return (p[0] - rate * gh, p[1] - rate * go), losses.at[i].set(loss)

            losses = jnp.zeros(n_epochs, work.dtype)
            return jax.jit(lambda p: jax.lax.fori_loop(0, n_epochs, body, (p, losses))[1])

        short, long = compiled(100), compiled(epochs)
        return Contender(
            lambda: (short((wh, wo)), expected(work, 100)), lambda: long((wh, wo)).block_until_ready(), epochs
        )

    return make


def _trainer(work):
    """Return the state from which training begins, and what trains one epoch in an order of the rows."""
    X, labels, size = jnp.asarray(work.X), jnp.asarray(work.labels.astype(np.int32)), work.batch_size
    n, tree, number = len(work.X), jax.tree_util.tree_map, jnp.float32
    whole = n // size * size

    def loss_of(p, x, y):
        for i, (weights, biases) in enumerate(p):
            x = x @ weights + biases
            x = jnp.maximum(x, 0) if i < len(p) - 1 else x
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1))

    def step(state, rows):
        p, m, v, t = state
        loss, g = jax.value_and_grad(loss_of)(p, X[rows], labels[rows])
        t = t + 1
        rate = number(1e-3) * jnp.sqrt(1 - number(0.999) ** t) / (1 - number(0.9) ** t)
        m = tree(lambda a, b: number(0.9) * a + number(0.1) * b, m, g)
        v = tree(lambda a, b: number(0.999) * a + number(0.001) * b * b, v, g)
        p = tree(lambda a, b, c: a - rate * b / (jnp.sqrt(c) + number(1e-8)), p, m, v)
        return (p, m, v, t), loss * len(rows)

    @jax.jit
    def epoch(state, order):
        state, losses = jax.lax.scan(step, state, order[:whole].reshape(-1, size))
        total = losses.sum()
        if whole < n:
            state, last = step(state, order[whole:])
            total += last
        return state, total / n

    p = [(jnp.asarray(w), jnp.asarray(b)) for w, b in work.layers()]
    zeros = tree(jnp.zeros_like, p)
    return (p, zeros, zeros, number(0)), epoch


def _minibatch(work):
    piece, stream = work.piece, np.random.default_rng(2)
    state, epoch = _trainer(work)

    def check():
        begin, short = _trainer(piece)
        return [float(short(begin, jnp.arange(len(piece.X), dtype=jnp.int32))[1])], expected(piece)

    def run():
        nonlocal state
        state, loss = epoch(state, jnp.asarray(stream.permutation(len(work.X)).astype(np.int32)))
        return float(loss)

    return Contender(check, run, 1)


def _vmap(work):
    X, y = jnp.asarray(work.X), jnp.asarray(work.Y)

    def loss_of(p):
        return 0.5 * ((_sigmoid(_sigmoid(X @ p[0]) @ p[1]) - y) ** 2).sum()

    gradients = jax.vmap(jax.value_and_grad(loss_of))

    def compiled(k, n_epochs):
        def body(i, carried):
            p, _ = carried
            loss, (gh, go) = gradients(p)
            return (p[0] - RATE * gh, p[1] - RATE * go), loss

        p = jnp.asarray(work.begin[:k, :8].reshape(k, 2, 4)), jnp.asarray(work.begin[:k, 8:].reshape(k, 4, 1))
        run = jax.jit(lambda p: jax.lax.fori_loop(0, n_epochs, body, (p, jnp.zeros(k)))[1])
        return lambda: run(p).block_until_ready()

    few, many = compiled(4, 100), compiled(256, 200)
    return Contender(lambda: (few(), expected(replace(work, begin=work.begin[:4]), 100)), many, 256 * 200)


def _predicting(calls):
    def make(work):
        layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in work.layers()]

        @jax.jit
        def forward(x):
            for weights, biases in layers[:-1]:
                x = jnp.maximum(x @ weights + biases, 0)
            return jax.nn.softmax(x @ layers[-1][0] + layers[-1][1])

        def run():
            for _ in range(calls):
                np.asarray(forward(work.X))

        return Contender(lambda: (forward(work.X), expected(work)), run, calls)

    return make


CONTENDERS = {
    "jax": {
        "W1": _full_batch(20_000),
        "W1f32": _full_batch(20_000),
        "W2": _minibatch,
        "W2dense": _minibatch,
        "W3": _minibatch,
        "W3b32": _minibatch,
        "W4": _vmap,
        "W5_1row": _predicting(2000),
        "W5_10000rows": _predicting(20),
    }
}
