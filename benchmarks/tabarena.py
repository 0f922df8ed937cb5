"""How good and how quick learners are on TabArena's tables, by its protocol: rows for the page of them.

    pip install catboost lightgbm pytabkit==1.7.3
    python benchmarks/tabarena.py FOLDER [--learners "selenite;CatBoost"] [--folds 0,1,2] [--only diabetes,anneal]
                                  [--most-rows 11000] [-o RESULTS]

FOLDER holds Parquet files and a datasets.json that lists {"name", "file", "target", "task", "categorical"}. TabArena
splits each table by three-fold cross-validation, stratified for classes; which rows are in its folds is not known
here, so the folds are those of scikit-learn with random_state=0. Errors are TabArena's: one less the area under ROC for
two classes, the log loss for more, the RMSE for numbers. The columns that it declares categorical are given as such to
the rivals, which are bags of eight as its own are (see bags.py); selenite reads the tables as they come, or with
`declared` with those columns' kinds told. Seconds are those of one fit, of the clock and of the processor. A line of
JSON is appended to RESULTS as each fit ends; what is there already is not run again, and `tabarena_page.py` makes the
page. Small tables come first, all wanted learners and folds of each.
"""

import argparse
import json
import os
import platform
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold

import bags
from accuracy import keep, kept, normalized

RESULTS = Path(__file__).parent / "results" / "tabarena.jsonl"
METRICS = {"binary": "1 - AUC", "multiclass": "log loss", "regression": "RMSE"}


def load(folder, entry):
    """Return the features as they come, and the answers: numbers or class numbers."""
    table = pd.read_parquet(folder / entry["file"])
    y = table.pop(entry["target"])
    if entry["task"] == "regression":
        return table, y.to_numpy(np.float64)
    return table, np.unique(y.astype(str).to_numpy(dtype=str), return_inverse=True)[1]


def folds(y, task, parts=3):
    """Return (training rows, test rows) of each fold."""
    cv = (KFold if task == "regression" else StratifiedKFold)(parts, shuffle=True, random_state=0)
    return list(cv.split(np.zeros(len(y)), y))


def error(task, y, prediction):
    """Return TabArena's error of probabilities, one column for each class, or of numbers."""
    if task == "regression":
        return float(np.sqrt(np.mean((prediction - y) ** 2)))
    p = normalized(prediction)
    if task == "binary":
        return float(1 - roc_auc_score(y, p[:, 1]))
    return float(log_loss(y, p, labels=np.arange(p.shape[1])))


def selenite(preset, declared=False):
    """Return a learner of one of selenite's presets."""

    def fit(X, y, task, categorical):
        from selenite import SeleniteClassifier, SeleniteRegressor

        of_task = SeleniteRegressor if task == "regression" else SeleniteClassifier
        kinds = dict.fromkeys(categorical, "category") if declared else None
        model = of_task(preset=preset, random_state=0, kinds=kinds).fit(X, y)
        return model.predict if task == "regression" else model.predict_proba

    return fit


LEARNERS = {  # fit(X, y, task, categorical) returns what predicts
    "selenite": selenite("balanced"),
    "selenite, declared": selenite("balanced", declared=True),
    "selenite, fast": selenite("fast"),
    "selenite, fast, declared": selenite("fast", declared=True),
    "selenite, best": selenite("best"),
    "selenite, best, declared": selenite("best", declared=True),
    "CatBoost": bags.catboost,
    "LightGBM": bags.lightgbm,
    "RealMLP": bags.realmlp,
    "TabM": bags.tabm,
}
PACKAGES = {
    "CatBoost": ("catboost",),
    "LightGBM": ("lightgbm",),
    "RealMLP": ("pytabkit", "torch"),
    "TabM": ("pytabkit", "torch"),
}


def measured(learner, X, y, train, test, entry):
    """Return the row of one fit: its error, and seconds."""
    begun = time.perf_counter(), time.process_time()
    predict = LEARNERS[learner](X.iloc[train], y[train], entry["task"], entry["categorical"])
    fitted = time.perf_counter(), time.process_time()
    prediction = predict(X.iloc[test])
    processor = fitted[1] - begun[1]
    return {
        "metric": METRICS[entry["task"]],
        "error": error(entry["task"], y[test], prediction),
        "rows": len(train),
        "wall_s": round(fitted[0] - begun[0], 3),
        "processor_s": round(processor, 3),
        "processor_s_per_1000_rows": round(1000 * processor / len(train), 4),
        "predict_s": round(time.perf_counter() - fitted[0], 4),
    }


def surroundings(learner):
    """Return the versions, the machine and the date of a measurement."""
    packages = ("selenite",) if learner.startswith("selenite") else PACKAGES[learner]
    return {
        "versions": {name: version(name) for name in (*packages, "numpy", "scikit-learn")},
        "machine": f"{processor_name()}, {os.cpu_count()} cores",
        "date": date.today().isoformat(),
    }


def processor_name():
    """Return the processor's name, its maker's where Linux tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--learners", default="selenite", help="with ; between them: " + "; ".join(LEARNERS))
    parser.add_argument("--folds", default="0,1,2")
    parser.add_argument("--only", default="", help="tables")
    parser.add_argument("--most-rows", type=int, help="of a table, those of more are left out")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    learners, wanted = options.learners.split(";"), [int(fold) for fold in options.folds.split(",")]
    if unknown := set(learners) - set(LEARNERS):
        parser.error(f"no such learners: {'; '.join(sorted(unknown))}; there are {'; '.join(LEARNERS)}")
    done = {(row["table"], row["fold"], row["learner"]) for row in kept(options.output)}
    entries = json.loads((options.folder / "datasets.json").read_text())
    for entry in sorted(entries, key=lambda entry: entry["rows"]):
        if options.only and entry["name"] not in options.only.split(","):
            continue
        if options.most_rows and entry["rows"] > options.most_rows:
            continue
        X, y = load(options.folder, entry)
        of_folds = folds(y, entry["task"])
        for learner in learners:
            for fold in wanted:
                if (entry["name"], fold, learner) in done:
                    continue
                row = {"table": entry["name"], "task": entry["task"], "fold": fold, "learner": learner}
                row |= measured(learner, X, y, *of_folds[fold], entry)
                keep(options.output, row | surroundings(learner))


if __name__ == "__main__":
    main()
