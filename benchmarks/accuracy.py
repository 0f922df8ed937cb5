"""How good and how quick selenite is on real tables: rows for the leaderboard.

    python benchmarks/accuracy.py FOLDER [--preset balanced] [--splits 3] [--most-rows 20000] [--only iris,adult]
                                  [-o RESULTS]

FOLDER holds CSV and Parquet files and a datasets.json that lists {"name", "file", "target", "task", "categorical"}.
Split s is 75/25 with random_state=s, stratified by class; training rows are cut to the most, and categories that only
test rows have count as missing. Appends a line of JSON for each fit to RESULTS, in which rows of other libraries by
the same protocol may lie; `leaderboard.py` makes the page of them. What is there already is not run again.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

from selenite import SeleniteClassifier, SeleniteRegressor

BINS = 15  # of the calibration error
RESULTS = Path(__file__).parent / "results" / "accuracy.jsonl"


def load(folder, entry):
    """Return the features, categories as text and numbers as float64, and the answers: numbers or class numbers."""
    path = folder / entry["file"]
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return pd.DataFrame(arrays["X"]).add_prefix("p"), arrays["y"]
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    y = table.pop(entry["target"])
    for name in table.columns:
        if name in entry["categorical"]:
            table[name] = table[name].astype(str).astype(object).where(table[name].notna(), None)
        else:
            table[name] = table[name].astype(np.float64)
    if entry["task"] == "regression":
        return table, y.to_numpy(np.float64)
    return table, np.unique(y.astype(str).to_numpy(dtype=str), return_inverse=True)[1]


def split(X, y, entry, number, most_rows):
    """Return (X, y) to train on, of at most so many rows, and to test with."""
    classes = None if entry["task"] == "regression" else y
    train, test = train_test_split(np.arange(len(y)), test_size=0.25, random_state=number, stratify=classes)
    if len(train) > most_rows:
        of_train = None if classes is None else y[train]
        train = train_test_split(train, train_size=most_rows, random_state=number, stratify=of_train)[0]
    X_train, X_test = X.iloc[train].reset_index(drop=True), X.iloc[test].reset_index(drop=True)
    for name in entry["categorical"]:
        X_test[name] = X_test[name].where(X_test[name].isin(set(X_train[name])), None)
    return X_train, y[train], X_test, y[test]


def without_gaps(X, X_test, categorical):
    """Return both tables with the median of the first in place of missing numbers, which an indicator tells of."""
    gaps = [name for name in X.columns if name not in categorical and X[name].isna().any()]
    medians = X.drop(columns=categorical).median()
    return tuple(
        table.fillna(medians).assign(**{f"{name} is missing": table[name].isna().astype(float) for name in gaps})
        for table in (X, X_test)
    )


def normalized(p):
    """Return probabilities in double precision that add up to 1 in each row."""
    p = np.asarray(p, dtype=np.float64)
    return p / p.sum(axis=1, keepdims=True)


def calibration_error(y, p):
    """Return the expected calibration error of the likeliest class, in 15 bins of equal width (Guo et al., 2017)."""
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(sum(abs((right[bins == b] - confidence[bins == b]).sum()) for b in range(BINS)) / len(y))


def calibration_error_by_chance(p, draws=100):
    """Return the calibration error that the probabilities would have if they were exact: of answers drawn by them."""
    random, sums = np.random.default_rng(0), p.cumsum(axis=1)
    drawn = (np.minimum((random.random((len(p), 1)) > sums).sum(axis=1), p.shape[1] - 1) for _ in range(draws))
    return float(np.mean([calibration_error(y, p) for y in drawn]))


def measures(task, y, prediction, interval):
    """Return the error rate, log loss, calibration and area under ROC of probabilities.

    Of numbers return RMSE over the deviation, and the share of answers in their intervals of 90 %.
    """
    if task == "regression":
        covered = np.mean((interval[:, 0] <= y) & (y <= interval[:, 1]))
        return {"error": float(np.sqrt(np.mean((prediction - y) ** 2)) / np.std(y)), "coverage": float(covered)}
    p = normalized(prediction)
    found = {
        "error": float(np.mean(p.argmax(axis=1) != y)),
        "log_loss": float(log_loss(y, np.clip(p, 1e-7, 1), labels=np.arange(p.shape[1]))),
        "calibration_error": calibration_error(y, p),
        "calibration_error_by_chance": calibration_error_by_chance(p),
    }
    return found | ({"auc": float(roc_auc_score(y, p[:, 1]))} if p.shape[1] == 2 else {})


def estimator_of(entry, preset, number):
    """Return selenite's estimator for a table's task, not fitted."""
    of_task = SeleniteRegressor if entry["task"] == "regression" else SeleniteClassifier
    return of_task(preset=preset, random_state=number)


def fitted(entry, preset, number, X, y, X_test):
    """Return what a fit predicts, intervals of numbers, and seconds: the lesser of the clock's and the processor's."""
    clock, processor = time.perf_counter(), time.process_time()
    estimator = estimator_of(entry, preset, number).fit(X, y)
    fit_seconds = min(time.perf_counter() - clock, time.process_time() - processor)
    clock = time.perf_counter()
    prediction = estimator.predict(X_test) if entry["task"] == "regression" else estimator.predict_proba(X_test)
    seconds = {"fit_s": round(fit_seconds, 4), "predict_s": round(time.perf_counter() - clock, 4)}
    interval = estimator.predict(X_test, quantiles=(0.05, 0.95)) if entry["task"] == "regression" else None
    return prediction, interval, seconds


def kept(path):
    """Return the rows of a file of results, which need not be there."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def keep(path, row):
    """Append a row to a file of results, and show it."""
    with path.open("a") as file:
        file.write(json.dumps(row) + "\n")
    print(row, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--most-rows", type=int, default=20_000, help="to train on")
    parser.add_argument("--only", default="")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    contender = "selenite" if options.preset == "balanced" else f"selenite, {options.preset}"
    done = {(row["table"], row["contender"], row["split"]) for row in kept(options.output)}
    for entry in json.loads((options.folder / "datasets.json").read_text()):
        if options.only and entry["name"] not in options.only.split(","):
            continue
        data = None
        for number in range(options.splits):
            if (entry["name"], contender, number) in done:
                continue
            data = data or load(options.folder, entry)
            X, y, X_test, y_test = split(*data, entry, number, options.most_rows)
            prediction, interval, seconds = fitted(entry, options.preset, number, X, y, X_test)
            row = {"table": entry["name"], "task": entry["task"], "contender": contender, "split": number}
            keep(options.output, row | measures(entry["task"], y_test, prediction, interval) | seconds)


if __name__ == "__main__":
    main()
