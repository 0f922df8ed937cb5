"""Prints permutations, splits, starts and sums of selenite as JSON: what the page's are compared with."""

import json
import math

import numpy as np

from selenite.nn import Network, initialize
from selenite.nn.random import SPLIT, permutation
from selenite.splits.split import split

found = {"permutations": [], "splits": [], "starts": [], "sums": []}
for seed, n in ((0, 10), (7, 500)):
    found["permutations"].append([seed, n, permutation(seed, n, SPLIT).tolist()])
    classes = (np.arange(n) * 7 % 3 > 0).astype(int)
    for fraction in (0.05, 0.25, 0.8):
        for of in (None, classes):
            parts = [part.tolist() for part in split(n, fraction, seed, of)]
            found["splits"].append([n, fraction, seed, None if of is None else of.tolist(), *parts])
for start in ("glorot", "he", "lecun", "normal", "uniform"):
    for biases in (True, False):
        network = Network((3, 5, 2), ("tanh", "softmax"), "log_loss", biases)
        found["starts"].append([start, biases, initialize(network, start, 11).tolist()])
for n in (0, 1, 7, 8, 9, 31, 128, 129, 1000, 2311):
    values = np.random.default_rng(n).normal(size=n)
    spread = [values.mean(), values.std(), np.median(values)] if n else [0, 0, 0]
    found["sums"].append([values.tolist(), values.sum(), *spread])
found["erf"] = [[float(x), math.erf(x)] for x in (*np.linspace(0.001, 7, 400), 1e-300, 40.0)]
print(json.dumps(found))
