"""MLPClassifier and MLPRegressor beside scikit-learn's: the same numbers, the time of a fit and of a prediction.

    python benchmarks/mlp.py [FOLDER] [--rounds 5]

Data sets that come with scikit-learn, and the tables of FOLDER (CSV or Parquet, with a datasets.json that lists
{"name", "file", "target", "task", "categorical"}; columns that are not numbers become indicators, gaps the median; at
most 5,000 rows). scikit-learn's defaults, scaled inputs, random_state=0. First the losses of 30 epochs are compared,
which must agree to 1e-9; then both are fitted in turn. Prints a Markdown table.
"""

import argparse
import json
import statistics
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn.neural_network as theirs
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine, make_moons
from sklearn.preprocessing import scale

import selenite as ours
from timing import describe

MOST_ROWS, EPOCHS_COMPARED = 5000, 30
FULL_BATCH = dict(
    solver="sgd", batch_size=100, momentum=0, learning_rate_init=0.5, max_iter=2000, tol=0, n_iter_no_change=10**9
)


def problems(folder):
    """Yield (name, class, X, y, options)."""
    for load in (load_digits, load_breast_cancer, load_wine, load_iris):
        X, y = load(return_X_y=True)
        yield load.__name__[5:], "MLPClassifier", scale(X), y, {}
    X, y = load_diabetes(return_X_y=True)
    yield "diabetes", "MLPRegressor", scale(X), scale(y), {}
    X, y = make_moons(100, noise=0.1, random_state=0)
    yield "moons, full batch, 100 units", "MLPClassifier", X, y, FULL_BATCH
    tutorial = FULL_BATCH | {"hidden_layer_sizes": (4,), "activation": "logistic"}
    yield "moons, full batch, 4 logistic units", "MLPClassifier", X, y, tutorial
    if folder is None:
        return
    for entry in json.loads((folder / "datasets.json").read_text()):
        path = folder / entry["file"]
        if path.suffix not in (".csv", ".parquet"):
            continue
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
        table = table.dropna(subset=[entry["target"]]).sample(frac=1, random_state=0).head(MOST_ROWS)
        y = table.pop(entry["target"]).to_numpy()
        text = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
        X = pd.get_dummies(table, columns=text, dtype=float)
        X = X.fillna(X.median()).to_numpy(float)
        classify = entry["task"].startswith("class") or entry["task"] in ("binary", "multiclass")
        kind = "MLPClassifier" if classify else "MLPRegressor"
        yield entry["name"], kind, scale(X), y if classify else scale(y.astype(float)), {}


def fit(library, kind, X, y, options, **more):
    return getattr(library, kind)(**options | dict(random_state=0) | more).fit(X, y)


def seconds(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(describe(("selenite", "numpy", "scikit-learn")) + "\n")
    print("| data | rows x columns | epochs | losses differ by | selenite, ms | scikit-learn, ms | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, kind, X, y, options in problems(asked.folder):
        fits = [partial(fit, library, kind, X, y, options) for library in (ours, theirs)]
        curves = [np.array(one(max_iter=EPOCHS_COMPARED).loss_curve_) for one in fits]
        differ = np.abs(curves[0] / curves[1] - 1).max()
        times = [[], []]
        for _ in range(asked.rounds):
            for one, taken in zip(fits, times, strict=True):
                time.sleep(0.1)
                taken.append(1e3 * seconds(one))
        mine, other = map(statistics.median, times)
        shape, epochs = f"{X.shape[0]:,} x {X.shape[1]}", fits[0]().n_iter_
        figures = f"{differ:.0e} | {mine:.1f} | {other:.1f} | {other / mine:.1f}"
        print(f"| {name} | {shape} | {epochs} | {figures} |", flush=True)
    X, y = load_breast_cancer(return_X_y=True)
    row, times = scale(X)[:1], []
    for library in (ours, theirs):
        model = library.MLPClassifier(max_iter=5, random_state=0).fit(scale(X), y)
        model.predict_proba(row)
        times.append(
            1e6 * min(seconds(lambda m=model: [m.predict_proba(row) for _ in range(1000)]) for _ in range(5)) / 1000
        )
    print(f"\nOne row: {times[0]:.1f} µs, scikit-learn {times[1]:.1f} µs, ratio {times[1] / times[0]:.1f}.")


if __name__ == "__main__":
    main()
