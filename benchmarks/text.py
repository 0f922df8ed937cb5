"""How good selenite is on free text, beside CatBoost's text features and scikit-learn's words with a linear model.

    pip install catboost
    python benchmarks/text.py FOLDER [--contenders selenite,linear,catboost] [--only movies] [--splits 1] [-o RESULTS]

FOLDER is written by text_tables.py. Split s is 75/25 with random_state=s, stratified by class. The linear models are
TfidfVectorizer's words beside scaled numbers and one-hot categories, and LogisticRegression or Ridge: as they come
(`linear`), and with words and word pairs and the strength of the penalty chosen on three folds (`linear, tuned`).
CatBoost gets the text as such, and 300 trees. Appends a line of JSON for each fit to RESULTS; what is there
already is not run again.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from accuracy import keep, kept, measures, split

RESULTS = Path(__file__).parent / "results" / "text.jsonl"
TREES = 300  # of CatBoost, for want of time
PENALTIES = {"C": (1, 10, 100), "alpha": (0.3, 1, 3)}


def load(folder, entry):
    """Return the features and the answers: numbers or class numbers."""
    table = pd.read_parquet(folder / entry["file"])
    y = table.pop(entry["target"])
    if entry["task"] == "regression":
        return table, y.to_numpy(np.float64)
    return table, np.unique(y.astype(str).to_numpy(dtype=str), return_inverse=True)[1]


def linear(entry, X, pairs=False):
    """Return scikit-learn's words and a linear model of them."""
    others = [name for name in X.columns if name != "text"]
    numbers = [name for name in others if X[name].dtype.kind in "if"]
    columns = make_column_transformer(
        (TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True) if pairs else TfidfVectorizer(), "text"),
        (StandardScaler(), numbers),
        (OneHotEncoder(handle_unknown="ignore"), [name for name in others if name not in numbers]),
    )
    return make_pipeline(columns, Ridge() if entry["task"] == "regression" else LogisticRegression(max_iter=1000))


def linear_tuned(entry, X):
    """Return the same with words and pairs, its penalty chosen on three folds of the training rows."""
    name, values = ("alpha", PENALTIES["alpha"]) if entry["task"] == "regression" else ("C", PENALTIES["C"])
    model = linear(entry, X, pairs=True)
    score = None if entry["task"] == "regression" else "accuracy"
    return GridSearchCV(model, {f"{model.steps[-1][0]}__{name}": values}, cv=3, scoring=score)


def catboost(entry, X):
    """Return CatBoost with its text features."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    categories = [name for name in X.columns if name != "text" and X[name].dtype.kind not in "if"]
    of_task = CatBoostRegressor if entry["task"] == "regression" else CatBoostClassifier
    return of_task(
        iterations=TREES, text_features=["text"], cat_features=categories, verbose=0, allow_writing_files=False
    )


def selenite(entry, X, preset="balanced"):
    """Return selenite's estimator."""
    from selenite import SeleniteClassifier, SeleniteRegressor

    of_task = SeleniteRegressor if entry["task"] == "regression" else SeleniteClassifier
    return of_task(preset=preset, random_state=0)


CONTENDERS = {
    "selenite": selenite,
    "selenite, fast": lambda entry, X: selenite(entry, X, "fast"),
    "linear": linear,
    "linear, tuned": linear_tuned,
    "catboost": catboost,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--contenders", default="selenite;linear;linear, tuned;catboost")
    parser.add_argument("--only", default="")
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    done = {(row["table"], row["contender"], row["split"]) for row in kept(options.output)}
    for entry in json.loads((options.folder / "datasets.json").read_text()):
        if options.only and entry["name"] not in options.only.split(","):
            continue
        X, y = load(options.folder, entry)
        for number in range(options.splits):
            X_train, y_train, X_test, y_test = split(X, y, entry | {"categorical": []}, number, len(X))
            for contender in options.contenders.split(";"):
                if (entry["name"], contender, number) in done:
                    continue
                clock = time.process_time()
                model = CONTENDERS[contender](entry, X_train).fit(X_train, y_train)
                seconds, clock = time.process_time() - clock, time.process_time()
                is_class = entry["task"] == "classification"
                prediction = model.predict_proba(X_test) if is_class else model.predict(X_test)
                found = measures(entry["task"], y_test, prediction, np.zeros((len(y_test), 2)))
                row = {"table": entry["name"], "task": entry["task"], "contender": contender, "split": number}
                kinds = ("error", "log_loss", "auc")
                row |= {kind: found[kind] for kind in kinds if kind in found}
                keep(options.output, row | {"fit_s": round(seconds, 2), "predict_s": time.process_time() - clock})


if __name__ == "__main__":
    main()
