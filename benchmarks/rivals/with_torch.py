"""PyTorch: autograd and torch.optim, eager and with the forward pass and loss through torch.compile.

Threads: two for W2, one elsewhere, which is its best on two cores.
"""

from dataclasses import replace

import torch
from torch import nn

from timing import Contender, expected
from timing.problems import RATE


def _threads(work):
    torch.set_num_threads(2 if work.name.startswith("W2") else 1)


def _full_batch(compiled, epochs):
    def make(work):
        X, y = torch.tensor(work.X), torch.tensor(work.Y)

        def loss_of(wh, wo):
            return 0.5 * ((torch.sigmoid(torch.sigmoid(X @ wh) @ wo) - y) ** 2).sum()

        forward = torch.compile(loss_of) if compiled else loss_of

        def train(n_epochs):
            _threads(work)
            (wh, _), (wo, _) = work.layers()
            wh, wo = torch.tensor(wh, requires_grad=True), torch.tensor(wo, requires_grad=True)
            optimizer = torch.optim.SGD([wh, wo], lr=RATE)
            losses = []
            for _ in range(n_epochs):
                optimizer.zero_grad()
                loss = forward(wh, wo)
                loss.backward()
                optimizer.step()
                losses.append(loss.detach())
            return torch.stack(losses).numpy()

        return Contender(lambda: (train(100), expected(work, 100)), lambda: train(epochs), epochs)

    return make


def _model(work):
    modules = []
    for weights, biases in work.layers():
        linear = nn.Linear(*weights.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(weights.T))
            linear.bias.copy_(torch.tensor(biases))
        modules += [linear, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def _trainer(work, compiled):
    """Return what trains one epoch in an order of the rows and returns its mean loss."""
    X, labels = torch.from_numpy(work.X), torch.from_numpy(work.labels)
    model, cross_entropy = _model(work), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def loss_of(x, y):
        return cross_entropy(model(x), y)

    forward = torch.compile(loss_of, dynamic=False) if compiled else loss_of

    def epoch(order):
        _threads(work)
        total = torch.zeros(())
        for rows in order.split(work.batch_size):
            optimizer.zero_grad()
            loss = forward(X[rows], labels[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
        return float(total) / len(order)

    return epoch


def _minibatch(compiled):
    def make(work):
        epoch, piece = _trainer(work, compiled), work.piece
        return Contender(
            lambda: ([_trainer(piece, compiled)(torch.arange(len(piece.X)))], expected(piece)),
            lambda: epoch(torch.randperm(len(work.X))),
            1,
        )

    return make


def _loop(work):
    """Networks one after the other; one is timed, for each takes as long."""
    X, y = torch.tensor(work.X), torch.tensor(work.Y)

    def train(k, epochs):
        _threads(work)
        last = []
        for begin in work.begin[:k]:
            wh, wo = (torch.tensor(w, requires_grad=True) for w, _ in work.layers(begin))
            optimizer = torch.optim.SGD([wh, wo], lr=RATE)
            for _ in range(epochs):
                optimizer.zero_grad()
                loss = 0.5 * ((torch.sigmoid(torch.sigmoid(X @ wh) @ wo) - y) ** 2).sum()
                loss.backward()
                optimizer.step()
            last.append(float(loss))
        return last

    few = replace(work, begin=work.begin[:4])
    return Contender(lambda: (train(4, 100), expected(few, 100)), lambda: train(1, 2000), 2000)


def _vmap(work):
    """All networks at once, as torch.func has it, the step compiled."""
    X, y = torch.tensor(work.X), torch.tensor(work.Y)

    def loss_of(wh, wo):
        return 0.5 * ((torch.sigmoid(torch.sigmoid(X @ wh) @ wo) - y) ** 2).sum()

    gradients = torch.func.vmap(torch.func.grad_and_value(loss_of, argnums=(0, 1)))

    @torch.compile
    def step(wh, wo):
        (gh, go), loss = gradients(wh, wo)
        return wh - RATE * gh, wo - RATE * go, loss

    def train(k, epochs):
        torch.set_num_threads(2)
        wh = torch.tensor(work.begin[:k, :8].reshape(k, 2, 4))
        wo = torch.tensor(work.begin[:k, 8:].reshape(k, 4, 1))
        with torch.no_grad():
            for _ in range(epochs):
                wh, wo, loss = step(wh, wo)
        return loss.numpy()

    few = replace(work, begin=work.begin[:4])
    return Contender(lambda: (train(4, 100), expected(few, 100)), lambda: train(256, 60), 256 * 60)


def _predicting(compiled, calls):
    def make(work):
        model = nn.Sequential(*_model(work), nn.Softmax(1)).eval()
        if compiled:
            model = torch.compile(model)

        def predict():
            with torch.inference_mode():
                return model(torch.from_numpy(work.X)).numpy()

        def run():
            _threads(work)
            for _ in range(calls):
                predict()

        return Contender(lambda: (predict(), expected(work)), run, calls)

    return make


CONTENDERS = {
    name: {
        "W1": _full_batch(compiled, 2000),
        "W1f32": _full_batch(compiled, 2000),
        "W2": _minibatch(compiled),
        "W2dense": _minibatch(compiled),
        "W3": _minibatch(compiled),
        "W3b32": _minibatch(compiled),
        "W4": _vmap if compiled else _loop,
        "W5_1row": _predicting(compiled, 1000),
        "W5_10000rows": _predicting(compiled, 20),
    }
    for name, compiled in (("torch_eager", False), ("torch_compile", True))
}
