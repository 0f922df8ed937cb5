"""Whether probabilities are honest, over many splits: selenite's beside those of eight other learners.

    pip install catboost lightgbm xgboost pytabkit==1.7.3
    python benchmarks/calibration.py FOLDER [--only iris,adult] [--learners selenite,CatBoost]
                                     [--splits 10]

FOLDER is that of accuracy.py. One split leaves a small table a few dozen test rows, of which the calibration error is
mostly chance; so the training part of its split 0, of at most 4,000 rows, is split anew ten times, that of a table
below 1,000 rows forty times, and the mean counts. Appends a line of JSON for each table and learner to
results/calibration.jsonl, of which leaderboard.py makes a table; splits that are there already are not run again.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from accuracy import (
    RESULTS,
    calibration_error,
    calibration_error_by_chance,
    keep,
    kept,
    load,
    normalized,
    split,
    without_gaps,
)
from selenite import SeleniteClassifier

MOST_ROWS = 4000
SPLITS, SPLITS_OF_FEW_ROWS, FEW_ROWS = 10, 40, 1000  # rows that are split
MEANS = ("calibration_error", "calibration_error_by_chance")
MOST_CATEGORIES = 254  # that HistGradientBoosting takes as such


def selenite(X, y, X_test, categorical, seed):
    return SeleniteClassifier(random_state=seed).fit(X, y).predict_proba(X_test)


def linear(X, y, X_test, categorical, seed):
    return on_numbers(LogisticRegression(max_iter=1000), X, y, X_test, categorical)


def scikit_learn_mlp(X, y, X_test, categorical, seed):
    return on_numbers(MLPClassifier(random_state=seed), X, y, X_test, categorical)


def on_numbers(learner, X, y, X_test, categorical):
    """Return the probabilities of a learner that takes standardized numbers and indicators of categories."""
    numbers = [name for name in X.columns if name not in categorical]
    impute = SimpleImputer(strategy="median", add_indicator=True)
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(impute, StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore"), categorical),
        ]
    )
    X, X_test = (as_text(each, categorical) for each in (X, X_test))
    return make_pipeline(prepare, learner).fit(X, y).predict_proba(X_test)


def random_forest(X, y, X_test, categorical, seed):
    X, X_test = as_codes(X, X_test, categorical)
    return RandomForestClassifier(random_state=seed).fit(X, y).predict_proba(X_test)


def hist_gradient_boosting(X, y, X_test, categorical, seed):
    many = [name for name in categorical if X[name].nunique() > MOST_CATEGORIES]
    X, X_test = as_codes(*as_categories(X, X_test, categorical), many)
    return HistGradientBoostingClassifier(random_state=seed).fit(X, y).predict_proba(X_test)


def lightgbm(X, y, X_test, categorical, seed):
    from lightgbm import LGBMClassifier

    X, X_test = as_categories(X, X_test, categorical)
    return LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1).fit(X, y).predict_proba(X_test)


def xgboost(X, y, X_test, categorical, seed):
    from xgboost import XGBClassifier

    X, X_test = as_categories(X, X_test, categorical)
    return XGBClassifier(random_state=seed, n_jobs=1, enable_categorical=True).fit(X, y).predict_proba(X_test)


def catboost(X, y, X_test, categorical, seed):
    from catboost import CatBoostClassifier

    X, X_test = (as_text(each, categorical) for each in (X, X_test))
    learner = CatBoostClassifier(random_seed=seed, thread_count=1, verbose=0, allow_writing_files=False)
    return learner.fit(X, y, cat_features=categorical).predict_proba(X_test)


def realmlp_td(X, y, X_test, categorical, seed):
    from pytabkit import RealMLP_TD_Classifier

    X, X_test = as_categories(*without_gaps(X, X_test, categorical), categorical)
    learner = RealMLP_TD_Classifier(device="cpu", n_threads=1, random_state=seed, verbosity=0)
    return learner.fit(X, y, cat_col_names=categorical).predict_proba(X_test)


LEARNERS = {
    "selenite": selenite,
    "linear": linear,
    "scikit-learn MLP": scikit_learn_mlp,
    "random forest": random_forest,
    "HistGradientBoosting": hist_gradient_boosting,
    "LightGBM": lightgbm,
    "XGBoost": xgboost,
    "CatBoost": catboost,
    "RealMLP-TD": realmlp_td,
}


def as_text(X, categorical):
    return X.fillna(dict.fromkeys(categorical, "__missing__"))


def as_categories(X, X_test, categorical):
    """Return both tables with categories as pandas knows them, those of the first."""
    kinds = {name: X[name].astype("category").dtype for name in categorical}
    return X.astype(kinds), X_test.astype(kinds)


def as_codes(X, X_test, names):
    """Return both tables with categories numbered by the alphabet, NaN where missing."""
    tables = as_categories(X, X_test, names)
    for table in tables:
        for name in names:
            table[name] = table[name].cat.codes.astype(float).where(lambda code: code >= 0)
    return tables


def errors_of(learner, X, y, entry, seed):
    """Return a learner's calibration error on one of the splits, and what it would be if it were exact."""
    X_train, y_train, X_test, y_test = split(X, y, entry, 1000 + seed, MOST_ROWS)
    p = normalized(LEARNERS[learner](X_train, y_train, X_test, entry["categorical"], seed))
    return calibration_error(y_test, p), calibration_error_by_chance(p, draws=20)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--learners", default=",".join(LEARNERS))
    parser.add_argument("--splits", type=int, help="fewer than usual, of learners that take long")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS.with_name("calibration.jsonl"))
    options = parser.parse_args()
    known = {(row["table"], row["learner"]): row for row in kept(options.output)}
    for entry in json.loads((options.folder / "datasets.json").read_text()):
        if entry["task"] == "regression" or (options.only and entry["name"] not in options.only.split(",")):
            continue
        X, y, _, _ = split(*load(options.folder, entry), entry, 0, MOST_ROWS)
        wanted = options.splits or (SPLITS if len(y) >= FEW_ROWS else SPLITS_OF_FEW_ROWS)
        for learner in options.learners.split(","):
            row = known.get((entry["name"], learner), {"splits": 0} | dict.fromkeys(MEANS, 0.0))
            if row["splits"] >= wanted:
                continue
            errors = [errors_of(learner, X, y, entry, seed) for seed in range(row["splits"], wanted)]
            sums = np.sum(errors, axis=0) + [row["splits"] * row[name] for name in MEANS]
            row = {"table": entry["name"], "learner": learner, "rows": 3 * len(y) // 4, "splits": wanted}
            keep(options.output, row | dict(zip(MEANS, (sums / wanted).tolist(), strict=True)))


if __name__ == "__main__":
    main()
