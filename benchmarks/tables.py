"""How good and how quick on real tables, beside scikit-learn's MLP with its defaults.

    python benchmarks/tables.py FOLDER [--splits 3] [--only iris,adult]

FOLDER holds CSV and Parquet files and a datasets.json that lists {"name", "file", "target", "task", "categorical"}.
Each split is 75/25 with the split's number as seed, stratified, training rows cut to 20,000; both contenders get the
same rows, in turn. scikit-learn gets the preparation that a careful user gives: median and indicator for gaps,
StandardScaler, OneHotEncoder, and a standardised target. Prints a Markdown table of the error rate (classes) or RMSE
over the answers' standard deviation (numbers), and of the seconds that fit takes, preparation included.
"""

import argparse
import json
import platform
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import selenite

MOST_ROWS = 20_000


def scikit_learn(categorical, numbers, regression):
    """Return scikit-learn's MLP behind the usual preparation."""
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), categorical),
    )
    if regression:
        mlp = make_pipeline(prepare, MLPRegressor(random_state=0))
        return TransformedTargetRegressor(mlp, transformer=StandardScaler())
    return make_pipeline(prepare, MLPClassifier(random_state=0))


def error(model, X, y, regression):
    """Return the error rate, or RMSE over the answers' standard deviation."""
    prediction = model.predict(X)
    if regression:
        return float(np.sqrt(np.mean((prediction - y) ** 2)) / np.std(y))
    return float(np.mean(prediction != y))


def run(folder, entry, splits):
    """Return {contender: (mean error, median seconds)} on one table."""
    path = folder / entry["file"]
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    y = table.pop(entry["target"]).to_numpy()
    y = y if y.dtype.kind in "if" else y.astype(str)
    table[entry["categorical"]] = table[entry["categorical"]].astype(object).map(str, na_action="ignore")
    regression = entry["task"] == "regression"
    numbers = [name for name in table if name not in entry["categorical"]]
    found = {"selenite": [], "scikit-learn": []}
    for seed in range(splits):
        stratify = None if regression else y
        rows = train_test_split(np.arange(len(y)), test_size=0.25, random_state=seed, stratify=stratify)
        train, test = rows[0][:MOST_ROWS], rows[1]
        ours = selenite.SeleniteRegressor() if regression else selenite.SeleniteClassifier()
        contenders = {"selenite": ours, "scikit-learn": scikit_learn(entry["categorical"], numbers, regression)}
        for name, model in contenders.items():
            begin = time.perf_counter()
            model.fit(table.iloc[train], y[train])
            seconds = time.perf_counter() - begin
            found[name].append((error(model, table.iloc[test], y[test], regression), seconds))
    return {name: (np.mean(values, axis=0)[0], np.median(values, axis=0)[1]) for name, values in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}"
    print(f"{time.strftime('%d %B %Y')}; {platform.machine()}, {versions}, selenite {selenite.__version__}")
    print("\n| table | selenite | scikit-learn | selenite, s | scikit-learn, s |\n|---|---|---|---|---|")
    for entry in json.loads((options.folder / "datasets.json").read_text()):
        wanted = not options.only or entry["name"] in options.only.split(",")
        if wanted and Path(entry["file"]).suffix in (".csv", ".parquet"):
            (ours, seconds), (theirs, their_seconds) = run(options.folder, entry, options.splits).values()
            marks = ("**", "") if ours < theirs else ("", "**") if theirs < ours else ("", "")
            print(
                f"| {entry['name']} | {marks[0]}{ours:.4f}{marks[0]} | {marks[1]}{theirs:.4f}{marks[1]} "
                f"| {seconds:.2f} | {their_seconds:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
