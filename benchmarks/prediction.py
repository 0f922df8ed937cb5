"""How long predicting takes: the usual ensemble beside one plain network, from encoded arrays.

    python benchmarks/prediction.py [--rounds 20]

For tables of 4 to 64 numbers, or 40 categories, a model is fitted with the recipe's usual hidden layers and with its
wider ones, and its own `output` called with one row and with 10,000; so is that of one network of the same hidden
layers on the same inputs, without waves and factors.
Checks first that rows alone give the same bits as among others. Prints a Markdown table; medians, taken alternately.
"""

import argparse
import statistics
import time
from dataclasses import replace

import numpy as np
import pandas as pd

import selenite
from selenite.fitting.plan import USUAL, WIDER, WIDER_OF_MANY
from selenite.nn import Network, initialize
from timing import describe

MANY = 10_000
TABLES = (
    ("4 numbers", 4, 0, USUAL),
    ("10 numbers", 10, 0, USUAL),
    ("20 numbers", 20, 0, USUAL),
    ("64 numbers", 64, 0, USUAL),
    ("40 categories", 0, 40, USUAL),
    ("4 numbers", 4, 0, WIDER),
    ("10 numbers", 10, 0, WIDER),
    ("25 numbers", 25, 0, WIDER),
    ("64 numbers", 64, 0, WIDER_OF_MANY),
    ("40 categories", 0, 40, WIDER_OF_MANY),
)


def model_of(n_numbers, n_categories, hidden):
    """Return a model fitted to 3,000 rows."""
    random = np.random.default_rng(0)
    numbers = random.normal(size=(3000, n_numbers))
    letters = random.choice(list("abcdef"), size=(3000, n_categories))
    y = random.normal(size=3000) + (numbers[:, 0] if n_numbers else letters[:, 0] == "a") > 0
    table = pd.concat([pd.DataFrame(numbers).add_prefix("x"), pd.DataFrame(letters).add_prefix("c")], axis=1)
    return table, selenite.SeleniteClassifier(hidden, max_iter=3, random_state=0).fit(table, y).model_


def plain(model):
    """Return one network of the same layers on the same inputs in the model's place."""
    network = Network(model.network.layer_sizes, model.network.activations, model.network.loss)
    return replace(model, network=network, parameters=initialize(network, dtype=np.float32))


def microseconds(predict, X, times):
    """Return what one call takes, the mean of so many."""
    begun = time.perf_counter()
    for _ in range(times):
        predict(X)
    return (time.perf_counter() - begun) / times * 1e6


def measured(model, X, rounds):
    """Return microseconds for one row, and milliseconds for all rows by the model and by one plain network."""
    one, single = X[:1].copy(), plain(model)
    whole = model.output(X)
    if not all(np.array_equal(model.output(X[r : r + 1])[0], whole[r]) for r in range(0, len(X), 777)):
        raise SystemExit("a row alone differs from the row among others")
    taken = [
        (
            microseconds(model.output, one, 500),
            microseconds(model.output, X, 3) / 1000,
            microseconds(single.output, X, 3) / 1000,
        )
        for _ in range(rounds)
    ]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def main():
    """Check, time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    print(f"{describe(('selenite',))}\n")
    print(
        "| table | inputs | networks | hidden layers | one row, µs | 10,000 rows, ms | one plain network, ms | ratio |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, n_numbers, n_categories, hidden in TABLES:
        table, model = model_of(n_numbers, n_categories, hidden)
        X = np.resize(model.encode(table), (MANY, model.network.n_inputs))
        row, many, single = measured(model, X, rounds)
        networks = f"{len(model.parameters)} | {', '.join(str(size) for size in hidden)}"
        print(f"| {name} | {X.shape[1]} | {networks} | {row:.1f} | {many:.1f} | {single:.1f} | {many / single:.1f} |")


if __name__ == "__main__":
    main()
