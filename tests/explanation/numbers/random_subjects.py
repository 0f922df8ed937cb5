"""Random networks of every activation, loss, depth and embedding, and every number of them that can be asked about."""

import numpy as np

from selenite.explanation.numbers import Subject
from selenite.explanation.numbers.address import EMBEDDING_PARTS
from selenite.nn import ACTIVATIONS, LOSSES, Embedding, Network, Optimizer, Rates
from selenite.nn.activations import OUTPUT_ONLY

HIDDEN = [name for name in ACTIVATIONS if name not in OUTPUT_ONLY]
PAIRS = [(output, loss) for loss in LOSSES for output in LOSSES[loss].activations]
OPTIMIZERS = [
    Optimizer("sgd", 0.1),
    Optimizer("sgd", 0.1, momentum=0.9),
    Optimizer("sgd", 0.1, momentum=0.9, nesterov=True),
    Optimizer("adam", 0.01),
    Optimizer("adamw", 0.01, weight_decay=0.1, rates=Rates(factors=3.0, biases=0.5)),
]


def random_subject(seed, backend, dtype=np.float64):
    """A network drawn at random, with parameters and a batch of up to five rows."""
    rng = np.random.default_rng([seed, 77])
    output, loss = PAIRS[seed * 7 % len(PAIRS)] if seed < len(PAIRS) else PAIRS[rng.integers(len(PAIRS))]
    loss = {"huber": "huber(0.7)", "quantile": "quantile(0.9)"}.get(loss, loss)
    n_inputs, n_outputs = int(rng.integers(1, 7)), int(rng.integers(1, 4))
    sizes = (
        n_inputs,
        *rng.integers(1, 9, size=int(rng.integers(0, 4))).tolist(),
        max(n_outputs, 1 + (output == "softmax")),
    )
    names = (*(HIDDEN[(seed + i * 5) % len(HIDDEN)] for i in range(len(sizes) - 2)), output)
    periodic = tuple(sorted(rng.choice(n_inputs, int(rng.integers(0, n_inputs + 1)), replace=False).tolist()))
    embedding = Embedding(periodic, int(rng.integers(1, 6)), int(rng.integers(1, 4))) if rng.random() < 0.5 else None
    network = Network(sizes, names, loss, bool(rng.random() < 0.7), embedding)
    parameters = (0.7 * rng.normal(size=network.n_parameters)).astype(dtype)
    n = int(rng.integers(1, 6))
    X, shape = rng.normal(size=(n, n_inputs)).astype(dtype), (n, network.n_outputs)
    if output == "softmax":
        Y = np.eye(network.n_outputs)[rng.integers(network.n_outputs, size=n)]
    elif loss == "log_loss":
        Y = rng.integers(2, size=shape).astype(float)
    else:
        Y = rng.poisson(2, shape).astype(float) if loss == "poisson" else rng.normal(size=shape)
    return Subject(
        network,
        parameters[None],
        X,
        Y.astype(dtype),
        tuple(f"x{i}" for i in range(1, n_inputs + 1)),
        tuple(range(1, n + 1)),
        OPTIMIZERS[seed % len(OPTIMIZERS)],
        l1=0.05 * (seed % 3 == 0),
        l2=float(rng.choice([0.0, 0.1])),
        verbs=backend,
    )


def addresses(subject):
    """Every number that can be asked about."""
    network, n = subject.network, subject.n_rows
    layers = dict(zip(subject.layers, network.layer_sizes[1:], strict=True))
    softmax = network.activations[-1] == "softmax"
    at_once = (network.loss.partition("(")[0], network.activations[-1]) in {
        ("log_loss", "logistic"), ("log_loss", "softmax"), ("poisson", "exp")
    }  # fmt: skip
    memory = {"sgd": ["velocity"] * (subject.optimizer.momentum > 0)}.get(
        subject.optimizer.name, ["mean", "mean_square"]
    )
    found = ["loss"]
    for row in range(1, n + 1):
        of_row = [f"{layer}.unit{j + 1}.{what}" for layer, units in layers.items() for j in range(units)
                  for what in ("z", "a", "slope", "delta", "a.gradient")
                  if not (layer == "output" and what == "slope" and softmax)
                  and not (layer == "output" and what == "a.gradient" and at_once)]  # fmt: skip
        of_row += ["loss"] * (n > 1) + ["output.total"] * softmax
        of_row += ["probability"] * bool(subject.classes) + ["prediction"]
        if network.embedding is not None:
            of_row += [f"feature[{i + 1}]{end}" for i in range(network.n_features) for end in ("", ".gradient")]
            waves, frequencies = len(network.embedding.periodic), network.embedding.n_frequencies
            of_row += [f"wave[{p + 1},{f + 1}]" for p in range(waves) for f in range(frequencies)]
        found += [f"row{row}.{address}" for address in of_row]
    parameters = []
    vector = np.zeros(network.n_parameters)
    for layer, weights, biases in zip(layers, network.weights(vector), network.bias_vectors(vector), strict=True):
        parameters += [f"{layer}.weights[{i + 1},{j + 1}]" for i, j in np.ndindex(weights.shape)]
        parameters += [f"{layer}.biases[{j + 1}]" for j in range(0 if biases is None else len(biases))]
    for part in EMBEDDING_PARTS if network.embedding is not None else ():
        shape = getattr(network.embedding_views(vector), part).shape
        parameters += [f"embedding.{part}[{','.join(str(i + 1) for i in index)}]" for index in np.ndindex(shape)]
    return found + [f"{one}.{what}" for one in parameters for what in ("gradient", "update", *memory)]
