"""Prints numbers of random networks and of the tutorial's, taken apart by selenite.explanation.numbers, as JSON.

The page's explanations are compared with them. Run at SELENITE_LEVEL=v2, whose bits the page's kernel has.
"""

import json
import sys
from dataclasses import replace

import numpy as np
from random_subjects import addresses, random_subject

from selenite import backend, nn
from selenite.explanation.numbers import expand, subject_of
from selenite.explanation.numbers.latex import to_latex
from selenite.explanation.numbers.structure import to_dict
from selenite.explanation.numbers.text import to_text
from web_cases import described, optimizer_of, shown

NETWORKS, NUMBERS, ROWS = 72, 25, 6
LOSSES = {"log_loss", "squared_error", "absolute_error", "huber"}  # of the page
LATER = ("probability", "prediction", "feature")  # parts that the page's networks do not have


def subjects():
    for seed in range(NETWORKS):
        subject = random_subject(seed, backend.get("kernel"))
        network = subject.network
        optimizer = replace(subject.optimizer, nesterov=False, weight_decay=0.0, rates=nn.Rates())
        known = network.loss.partition("(")[0] in LOSSES and network.activations[-1] != "exp"
        if network.embedding is None and known:
            yield replace(subject, optimizer=optimizer)
    for name in ("tutorial:1", "tutorial:2", "tutorial:2-perceptron", "tutorial:2-biases", "tutorial:3"):
        yield subject_of(name, row=1)
        whole = subject_of(name)
        table = None if whole.table is None else whole.table.take(np.arange(ROWS))
        yield replace(whole, X=whole.X[:ROWS], Y=whole.Y[:ROWS], row_numbers=whole.row_numbers[:ROWS], table=table)


def asked(subject):
    """Return the subject as the page describes it."""
    parameters = np.ascontiguousarray(subject.members[0])
    state = subject.state or nn.start(subject.optimizer, parameters)
    return {
        "description": described(subject.network),
        "parameters": parameters,
        "X": subject.X,
        "Y": subject.Y,
        "state": vars(state),
        "optimizer": optimizer_of(subject.optimizer, subject.network),
        **{name: getattr(subject, name) for name in ("input_names", "row_numbers", "l1", "l2", "summed", "article")},
    }


def answers(subject, rng):
    names = [name for name in addresses(subject) if not any(part in name for part in LATER)]
    for address in rng.permutation(names)[:NUMBERS].tolist():
        found = expand(subject, address, depth=2)
        texts = {"text": to_text(found, terms=12, digits=5), "latex": to_latex(found, terms=12)}
        yield {"address": address, "tree": to_dict(found, terms=12, digits=5), **texts}


def plain(value):
    return shown(value) if isinstance(value, np.ndarray) else value.item()


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    json.dump([[asked(subject), list(answers(subject, rng))] for subject in subjects()], sys.stdout, default=plain)
