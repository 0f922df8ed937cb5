"""Rivals as TabArena runs their defaults: bags of eight models, each stopped by the eighth it was not trained on.

Where TabArena's settings differ from the libraries' own, they are those of AutoGluon 1.6.3. Boosting has a rate of 0.05
and at most 10,000 trees, and stops when the loss of the held-out eighth has not fallen for as many trees as `patience`
says; for two classes that is the log loss, though the AUC is asked for. The networks are given the metric itself:
RealMLP-TD takes the best of its 256 epochs, without label smoothing for classes; TabM (mini, piecewise-linear
embeddings) stops after 16 epochs without a better one. All on one thread.
"""

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold

BAGS, TREES, RATE = 8, 10_000, 0.05
METRICS = {"binary": "1-auc_ovr_alt", "multiclass": "cross_entropy", "regression": "rmse"}  # as pytabkit calls them


def bag(fit, X, y, task):
    """Fit a model on each seven eighths of the rows; return what predicts their mean.

    `fit(X, y, X_val, y_val)` returns a function that predicts.
    """
    cv = (KFold if task == "regression" else StratifiedKFold)(BAGS, shuffle=True, random_state=0)
    models = [
        fit(X.iloc[train], y[train], X.iloc[held_out], y[held_out]) for train, held_out in cv.split(np.zeros(len(y)), y)
    ]
    return lambda X_test: np.mean([predict(X_test) for predict in models], axis=0)


def patience(best, rows):
    """Return after how many further trees boosting stops, from its best tree and its training rows."""
    least = max(20, round(300 * min(1, 10_000 / rows)))
    return max(least, round(0.3 * best + 20))


class Watch:
    """Tells when boosting is to stop, from the losses of held-out rows, one after each tree."""

    def __init__(self, rows):
        self.rows, self.best, self.least = rows, 0, np.inf

    def is_over(self, tree, loss):
        if loss < self.least:
            self.best, self.least = tree, loss
        return tree - self.best >= patience(self.best, self.rows)


def with_categories(X, categorical):
    """Return a function that makes a table's categorical columns those of pandas, with the categories of X."""
    kinds = {name: pd.CategoricalDtype(sorted(X[name].dropna().unique())) for name in categorical}
    return lambda table: table.astype(kinds)


def with_codes(X, categorical):
    """Return a function that numbers categories, gaps as one more and what X has not as yet another."""
    numbers = {name: {each: i for i, each in enumerate(X[name].dropna().unique())} for name in categorical}

    def coded(table):
        columns = {
            name: table[name].map(of_name).where(table[name].notna(), len(of_name)).fillna(len(of_name) + 1).astype(int)
            for name, of_name in numbers.items()
        }
        return table.assign(**columns)

    return coded


def catboost(X, y, task, categorical):
    """Return what a bag of CatBoost's predicts."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    prepare = with_codes(X, categorical)
    loss = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}[task]
    options = {"iterations": TREES, "learning_rate": RATE, "eval_metric": loss, "thread_count": 1, "random_seed": 0}

    class Stop(Watch):
        def after_iteration(self, info):
            return not self.is_over(info.iteration, info.metrics["validation"][loss][-1])

    def fit(X, y, X_val, y_val):
        of_task = CatBoostRegressor if task == "regression" else CatBoostClassifier
        model = of_task(**options, allow_writing_files=False, cat_features=categorical)
        given = {"eval_set": (X_val, y_val), "use_best_model": True, "verbose": False}
        model.fit(X, y, **given, callbacks=[Stop(len(y))])
        return model.predict if task == "regression" else model.predict_proba

    predict = bag(fit, prepare(X), y, task)
    return lambda X_test: predict(prepare(X_test))


def lightgbm(X, y, task, categorical):
    """Return what a bag of LightGBM's predicts."""
    import lightgbm as lgb

    prepare, n_classes = with_categories(X, categorical), len(np.unique(y))
    loss = {"binary": "binary_logloss", "multiclass": "multi_logloss", "regression": "rmse"}[task]
    options = {"objective": task, "metric": loss, "learning_rate": RATE, "num_threads": 1, "seed": 0, "verbose": -1}
    options |= {"num_class": n_classes} if task == "multiclass" else {}

    def fit(X, y, X_val, y_val):
        watch, train = Watch(len(y)), lgb.Dataset(X, y)

        def stop(env):
            if watch.is_over(env.iteration, env.evaluation_result_list[0][2]):
                raise lgb.callback.EarlyStopException(watch.best, env.evaluation_result_list)

        held_out = lgb.Dataset(X_val, y_val, reference=train)
        model = lgb.train(options, train, TREES, valid_sets=[held_out], callbacks=[stop])
        return lambda X_test: model.predict(X_test, num_iteration=watch.best + 1)

    predict = bag(fit, prepare(X), y, task)
    if task == "binary":
        return lambda X_test: np.column_stack([1 - (p := predict(prepare(X_test))), p])
    return lambda X_test: predict(prepare(X_test))


def realmlp(X, y, task, categorical):
    """Return what a bag of RealMLP-TD's predicts; the mean stands for missing numbers, and a category tells of them."""
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    numbers = [name for name in X.columns if name not in categorical]
    gaps, means = [name for name in numbers if X[name].isna().any()], X[numbers].mean()
    categorize = with_categories(X, categorical)

    def prepare(table):
        told = {
            f"{name} is missing": table[name].isna().map({True: "yes", False: "no"}).astype("category") for name in gaps
        }
        return categorize(table).fillna(means).assign(**told)

    of_task = RealMLP_TD_Regressor if task == "regression" else RealMLP_TD_Classifier
    options = {} if task == "regression" else {"use_ls": False}
    names = [*categorical, *(f"{name} is missing" for name in gaps)]
    return of_pytabkit(of_task, options, X, y, task, prepare, names)


def tabm(X, y, task, categorical):
    """Return what a bag of TabM's predicts."""
    from pytabkit import TabM_D_Classifier, TabM_D_Regressor

    of_task = TabM_D_Regressor if task == "regression" else TabM_D_Classifier
    options = {"arch_type": "tabm-mini", "num_emb_type": "pwl", "batch_size": "auto", "weight_decay": 3e-4}
    options |= {"gradient_clipping_norm": 1.0, "share_training_batches": False}
    return of_pytabkit(of_task, options, X, y, task, with_categories(X, categorical), categorical)


def of_pytabkit(of_task, options, X, y, task, prepare, categorical):
    """Return what one of pytabkit's learners predicts, which makes a bag of its own from stratified folds."""
    options = options | {"val_metric_name": METRICS[task], "device": "cpu", "n_threads": 1, "random_state": 0}
    model = of_task(**options, n_cv=BAGS, n_refit=0).fit(prepare(X), y, cat_col_names=categorical)
    predict = model.predict if task == "regression" else model.predict_proba
    return lambda X_test: predict(prepare(X_test))
