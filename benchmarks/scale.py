"""A table larger than memory: speed and memory of a fit, beside XGBoost's external memory and a torch DataLoader.

    pip install xgboost torch                                   # each is left out where it is not there
    python benchmarks/scale.py [--rows 1000000] [--rounds 3]

A table of 12 numbers (three with gaps) and 8 categories is written as Parquet, by a seed. Each contender reads it in
pieces, in a process of its own, and they take turns: selenite's network of 128 and 64 units, one member; torch the same
network on the same inputs (numbers scaled and their ranks left out, categories one-hot), AdamW, batches of 256, by a
DataLoader that reads Parquet; XGBoost 100 trees by `ExtMemQuantileDMatrix`. Told are the seconds of an epoch (a fit of
two epochs less one of one), of 100 trees; of all that comes before; the peak of memory; and the log loss on rows that
none of them has seen. Prints a Markdown table.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from timing import describe

NUMBERS, CATEGORIES, STEP = 12, (3, 5, 7, 8, 10, 12, 20, 40), 250_000
BATCH = 256


def write(path, n_rows, seed):
    """Write a table: a sine, a product, two effects of categories and noise make the answer."""
    random = np.random.default_rng(seed)
    writer = None
    for begin in range(0, n_rows, STEP):
        n = min(STEP, n_rows - begin)
        X = random.normal(size=(n, NUMBERS)).round(4)
        codes = [random.integers(0, k, n) for k in CATEGORIES]
        z = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + (codes[0] == 1) * X[:, 3] + (codes[5] % 3 - 1) * 0.7
        gaps = [random.random(n) < 0.01 if k < 3 else None for k in range(NUMBERS)]
        columns = {f"x{k}": pa.array(X[:, k], mask=gaps[k]) for k in range(NUMBERS)}
        columns |= {
            f"k{k}": pa.array(np.array([f"c{i}" for i in range(m)])[codes[k]]) for k, m in enumerate(CATEGORIES)
        }
        columns["y"] = pa.array((z + 0.6 * random.normal(size=n) > 0).astype(np.int64))
        table = pa.table(columns)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=125_000)
    writer.close()


def matrix(batch):
    """Return a batch as numbers: those of the table, 0 where missing, and each category as an indicator."""
    numbers = np.column_stack([batch[f"x{k}"].fill_null(0.0).to_numpy(zero_copy_only=False) for k in range(NUMBERS)])
    parts = [numbers.astype(np.float32)]
    for k, m in enumerate(CATEGORIES):
        names = np.array([f"c{i}" for i in range(m)])
        codes = np.searchsorted(np.sort(names), batch[f"k{k}"].to_numpy(zero_copy_only=False).astype(str))
        parts.append(np.eye(m, dtype=np.float32)[codes])
    return np.concatenate(parts, axis=1), batch["y"].to_numpy().astype(np.float32)


def log_loss(p, y):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def selenite(path, test):
    from selenite.fitting.ensemble import fit_model
    from selenite.fitting.large import look_over
    from selenite.model import Settings
    from selenite.model.predictions import predictions_of
    from selenite.table import open_pieces, read_table

    begun = time.perf_counter()
    settings = Settings("fast", epochs=1)
    large = look_over(open_pieces(path), "y", settings)
    encoded = large.encode(settings)
    before, times = time.perf_counter() - begun, []
    for epochs in (1, 2):
        begun = time.perf_counter()
        fitted = fit_model(encoded, Settings("fast", epochs=epochs), lambda: float("inf"))
        times.append(time.perf_counter() - begun)
    found = predictions_of(fitted.model, read_table(test))
    return before, times[1] - times[0], log_loss(found.prediction[:, 1], found.answers)


def torch(path, test):
    import torch
    from torch.utils.data import DataLoader, IterableDataset

    class Rows(IterableDataset):
        def __iter__(self):
            for piece in parquet.ParquetFile(path).iter_batches(65_536):
                X, y = (torch.from_numpy(part) for part in matrix(piece))
                order = torch.randperm(len(X))
                for begin in range(0, len(X), BATCH):
                    rows = order[begin : begin + BATCH]
                    yield X[rows], y[rows]

    begun = time.perf_counter()
    torch.manual_seed(0)
    sizes = (NUMBERS + sum(CATEGORIES), 128, 64, 1)
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.AdamW(network.parameters(), 0.004)
    before, times = time.perf_counter() - begun, []
    for _ in range(2):
        begun = time.perf_counter()
        for X, y in DataLoader(Rows(), batch_size=None):
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.binary_cross_entropy_with_logits(network(X)[:, 0], y).backward()
            optimizer.step()
        times.append(time.perf_counter() - begun)
    X, y = matrix(parquet.read_table(test).combine_chunks().to_batches()[0])
    with torch.no_grad():
        p = torch.sigmoid(network(torch.from_numpy(X))[:, 0]).numpy()
    return before, min(times), log_loss(p.astype(float), y)


def xgboost(path, test):
    import xgboost

    class Rows(xgboost.DataIter):
        def __init__(self, cache):
            super().__init__(cache_prefix=str(cache), on_host=False)
            self.pieces = None

        def next(self, input_data):
            self.pieces = self.pieces or parquet.ParquetFile(path).iter_batches(65_536)
            piece = next(self.pieces, None)
            if piece is None:
                return False
            X, y = matrix(piece)
            input_data(data=X, label=y)
            return True

        def reset(self):
            self.pieces = None

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        data = xgboost.ExtMemQuantileDMatrix(Rows(Path(folder) / "cache"))
        before, begun = time.perf_counter() - begun, time.perf_counter()
        model = xgboost.train({"objective": "binary:logistic", "tree_method": "hist"}, data, 100)
        took = time.perf_counter() - begun
        X, y = matrix(parquet.read_table(test).combine_chunks().to_batches()[0])
        return before, took, log_loss(model.predict(xgboost.DMatrix(X)).astype(float), y)


CONTENDERS = {"selenite": selenite, "torch": torch, "xgboost": xgboost}


def peak():
    """Return the most memory of this process, in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        folder = Path(asked.folder)
        found = CONTENDERS[asked.only](folder / "train.parquet", folder / "test.parquet")
        print(json.dumps([*found, peak()]))
        return
    found = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "train.parquet", asked.rows, 0)
        write(Path(folder) / "test.parquet", 100_000, 1)
        begun = time.perf_counter()
        for _ in parquet.ParquetFile(Path(folder) / "train.parquet").iter_batches(65_536):
            pass
        reading = time.perf_counter() - begun
        for _ in range(asked.rounds):
            for name in list(found):
                command = [sys.executable, __file__, "--only", name, "--folder", folder]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode:
                    print(f"{name} is left out: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                    del found[name]
                    continue
                found[name].append(json.loads(done.stdout.splitlines()[-1]))
    machine = describe(["torch", "xgboost", "pyarrow", "numpy"])
    print(f"{asked.rows:,} rows; reading the file alone takes {reading:.1f} s. {machine}\n")
    print("| | before | an epoch, or 100 trees | rows a second | memory | log loss |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, rounds in found.items():
        before, took, loss, memory = (statistics.median(column) for column in zip(*rounds, strict=True))
        passes = 100 if name == "xgboost" else 1
        rate = asked.rows * passes / took
        print(f"| {name} | {before:.1f} s | {took:.1f} s | {rate:,.0f} | {memory:,.0f} MB | {loss:.3f} |")


if __name__ == "__main__":
    main()
