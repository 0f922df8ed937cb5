"""Whether a model in integers keeps its proved bound on a million random rows, and what it takes of a small device.

    python benchmarks/export_integers.py [--rows 1000000]

Two networks 4-16-8-3: one fitted to iris by `SeleniteClassifier` (its columns encoded, with waves), and one of random
weights that takes four numbers as they are. Rows are integers drawn evenly between the ends of what training saw, half
of them at the points where a curve bends and at the ends. What the C answers, compiled here with traps for what C
leaves undefined, is compared with the model in floating point. Flash, RAM and instructions are those of an emulated
Cortex-M0+, where arm-none-eabi-gcc and qemu-system-arm are there. Prints a Markdown table.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris

import selenite
from selenite.exporting.c import FLAGS
from selenite.exporting.integer.device import on_device
from selenite.exporting.integer.fixed import fixed_model
from selenite.exporting.integer.header import header
from selenite.exporting.integer.program import answers
from selenite.exporting.integer.source import source
from selenite.exporting.proof import proof_table
from selenite.exporting.writer import NotChecked
from selenite.model import Model
from selenite.nn import Network, initialize
from selenite.table import Numbers, Table, Target
from selenite.table.schema import ColumnSchema, Schema
from timing import describe

TRAPS = ("-fsanitize=undefined", "-fsanitize-undefined-trap-on-error")
TOLERANCE = 0.1
AT_ONCE = 100_000


def of_iris():
    """Return a model of one network 16-8, fitted."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    return selenite.SeleniteClassifier(hidden_layer_sizes=(16, 8), members=1, random_state=0).fit(X, y).model_


def of_four_numbers():
    """Return a network 4-16-8-3 of random weights."""
    columns = tuple(ColumnSchema(name, "number", minimum=-2.0, maximum=2.0) for name in "abcd")
    network = Network((4, 16, 8, 3), ("relu", "relu", "softmax"), "log_loss")
    target = Target("goal", "classification", ("x", "y", "z"))
    return Model(network, initialize(network, "glorot", 0), Schema(columns), target)


def random_rows(fixed, n, random):
    """Return n rows of integers within the ranges of training."""
    columns = []
    for one in fixed.columns:
        special = [*one.frequent, *(x for curve in one.curves for x in curve.xs), one.low, one.high]
        near = (random.choice(special, n) + random.integers(-1, 2, n)).clip(one.low, one.high)
        evenly = random.integers(one.low, one.high, n, endpoint=True)
        columns.append(np.where(random.random(n) < 0.5, evenly, near))
    return np.stack(columns, axis=1)


def largest_difference(fixed, model, folder, n_rows):
    """Return how far an answer in integers is from the model's at most, among rows at random."""
    random, largest = np.random.default_rng(0), 0.0
    for _ in range(-(-n_rows // AT_ONCE)):
        rows = random_rows(fixed, min(n_rows, AT_ONCE), random)
        columns = [Numbers(one.numbers(values)) for one, values in zip(fixed.columns, rows.T, strict=True)]
        table = Table(tuple(one.column.name for one in fixed.columns), tuple(columns), len(rows), "rows")
        found = fixed.outputs(answers(fixed, folder, rows, (*FLAGS, *TRAPS)))
        largest = max(largest, float(np.abs(found - model.output(model.encode(table))).max()))
    return largest


def device(fixed, model, folder):
    """Return what an emulated device says."""
    rows = fixed.rows(model.schema, proof_table(model))
    try:
        found = on_device(fixed, folder, rows, answers(fixed, folder, rows))
    except NotChecked as reason:
        return f"{reason} | |"
    return f"{found.flash:,} | {found.memory:,} | {found.instructions:,}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    n_rows = parser.parse_args().rows
    print(f"{describe(('selenite',))}\n")
    print(f"| network | proved | largest of {n_rows:,} rows | flash, bytes | RAM, bytes | instructions a row |")
    print("|---|---|---|---|---|---|")
    for name, model in (("iris, 16-8", of_iris()), ("4-16-8-3, numbers as they are", of_four_numbers())):
        with tempfile.TemporaryDirectory() as scratch:
            fixed = fixed_model(model, "it", TOLERANCE)
            (Path(scratch) / "it.h").write_text(header(fixed, ()))
            (Path(scratch) / "it.c").write_text(source(fixed))
            largest = largest_difference(fixed, model, Path(scratch), n_rows)
            if largest > fixed.network.bound:
                raise SystemExit(f"{name}: {largest} is beyond the bound of {fixed.network.bound}")
            taken = device(fixed, model, Path(scratch))
            print(f"| {name} | {fixed.network.bound:.4f} | {largest:.4f} | {taken} |", flush=True)


if __name__ == "__main__":
    main()
