"""scikit-learn's MLPClassifier, as its users call it: `fit` and `predict_proba`.

Its W1 network has biases and log-loss, because it has no other; so it is checked against the reference on that network,
from its own weights, which a fit with a rate of next to nothing shows.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

from selenite.nn import Network, Optimizer, TrainOptions, start, train
from timing import Contender, expected, problem
from timing.problems import RATE


def _estimator(work, epochs, **changes):
    options = dict(hidden_layer_sizes=work.network.layer_sizes[1:-1], solver="adam")
    if work.full_batch:
        options |= dict(activation="logistic", solver="sgd", momentum=0.0, learning_rate_init=RATE)
    options |= dict(batch_size=work.batch_size, alpha=0.0, max_iter=epochs, tol=0.0, n_iter_no_change=10**9)
    return MLPClassifier(**options | dict(random_state=0) | changes)


def _check(work, epochs):
    """Return its losses without shuffling, and the reference's from the same weights."""
    model = _estimator(work, epochs, shuffle=False).fit(work.X, work.labels)
    begin = _estimator(work, 1, shuffle=False, learning_rate_init=1e-30).fit(work.X, work.labels)
    flat = [array.ravel() for pair in zip(begin.coefs_, begin.intercepts_, strict=True) for array in pair]
    network = Network.of((*map(len, begin.coefs_), begin.n_outputs_), work.network.activations[0], "log_loss")
    Y = work.Y if begin.n_outputs_ > 1 else work.labels[:, None]
    parameters = np.concatenate(flat).astype(np.float64)
    optimizer = Optimizer("sgd", RATE) if work.full_batch else Optimizer("adam", 1e-3)
    reference = train(
        network,
        parameters,
        optimizer,
        start(optimizer, parameters),
        work.X.astype(np.float64),
        Y.astype(np.float64),
        TrainOptions(batch_size=work.batch_size),
        n_epochs=epochs,
        order=work.in_order.repeat(epochs, axis=0),
    )
    return model.loss_curve_, reference.loss


def _fit(epochs, epochs_checked=1):
    return lambda work: Contender(
        lambda: _check(work.piece, epochs_checked), lambda: _estimator(work, epochs).fit(work.X, work.labels), epochs
    )


def _loop(work):
    """One of the 256 networks, for each takes as long."""
    return _fit(2000, 100)(problem("W1"))


def _predicting(calls):
    def make(work):
        table = problem("W3")
        model = _estimator(table, 1).fit(table.X, table.labels)
        (w0, b0), (w1, b1), (w2, b2) = work.layers()
        # its output for two classes is one logistic unit: the difference of the two
        model.coefs_ = [w0, w1, w2[:, 1:] - w2[:, :1]]
        model.intercepts_ = [b0, b1, b2[1:] - b2[:1]]

        def run():
            for _ in range(calls):
                model.predict_proba(work.X)

        return Contender(lambda: (model.predict_proba(work.X), expected(work)), run, calls)

    return make


CONTENDERS = {
    "sklearn": {
        "W1": _fit(2000, 100),
        "W2": _fit(1),
        "W2dense": _fit(1),
        "W3": _fit(2),
        "W3b32": _fit(1),
        "W4": _loop,
        "W5_1row": _predicting(1000),
        "W5_10000rows": _predicting(20),
    }
}
