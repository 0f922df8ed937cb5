"""Many fits under joblib and on a cluster of Dask; the table of results does not know who fitted."""

from contextlib import contextmanager

import joblib
import numpy as np
import pytest
from distributed import Client, LocalCluster
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV, cross_val_score

from selenite import MLPClassifier, SeleniteClassifier, SeleniteRegressor
from selenite.backend.threads import n_threads
from selenite.table import as_table

RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 3))
Y = X[:, 0] * X[:, 1] > 0
CLASSIFIER = SeleniteClassifier(members=2, max_iter=4)
SEEDS = {"random_state": [0, 1]}


@pytest.fixture(scope="module")
def address():
    """Return the address of a cluster of Dask, of two processes; it ends with the file, since it is never idle."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def cluster(address):
    """A client of the cluster."""
    with Client(address):
        yield


@contextmanager
def fitted_by(who):
    """Let fits be made in this process, by two of joblib's, or by those of Dask."""
    with joblib.parallel_config("dask") if who == "dask" else joblib.parallel_config("loky", n_jobs=who, max_nbytes=99):
        yield


def table_of(search):
    """Return the results of a search without its times."""
    results = search.fit(X, Y).cv_results_
    return {name: list(map(str, values)) for name, values in results.items() if "_time" not in name}


def folds():
    return {"folds": cross_val_score(SeleniteRegressor(members=2, max_iter=4), X, X[:, 0] ** 2, cv=3).tolist()}


def grid():
    return table_of(GridSearchCV(CLASSIFIER, {"hidden_layer_sizes": [(8,), ()], **SEEDS}, cv=2))


def halving():
    drawn = {"dropout": [0.0, 0.2, 0.4], "weight_decay": [0.0, 0.1], **SEEDS}
    return table_of(
        HalvingRandomSearchCV(CLASSIFIER, drawn, cv=2, random_state=3, n_candidates=4, factor=2, min_resources=40)
    )


def drop_in():
    return table_of(GridSearchCV(MLPClassifier((8,), max_iter=5), {"alpha": [0.0, 1.0], **SEEDS}, cv=2))


@pytest.mark.filterwarnings("ignore::selenite.estimators.mlp.verdict.FitWarning")  # of so few epochs
@pytest.mark.parametrize("many", [folds, grid, halving, drop_in])
def test_the_table_of_results_is_the_same_whoever_fits(many, cluster):
    tables = []
    for who in (1, 2, "dask"):
        with fitted_by(who):
            tables.append(many())
    assert tables[0] == tables[1] == tables[2]


@pytest.mark.parametrize("who", [2, "dask"])
def test_a_worker_keeps_one_processor_busy(who, cluster):
    with fitted_by(who):
        assert set(joblib.Parallel()(joblib.delayed(n_threads)() for _ in range(4))) == {1}


def test_columns_of_a_read_only_map_are_not_copied(tmp_path):
    joblib.dump(np.asfortranarray(X), tmp_path / "X")
    mapped = joblib.load(tmp_path / "X", mmap_mode="r")
    assert all(np.shares_memory(column.values, mapped) for column in as_table(mapped).columns)
    with joblib.parallel_config("loky", n_jobs=1):
        fitted = SeleniteClassifier(members=1, max_iter=2).fit(mapped, Y)
    np.testing.assert_array_equal(mapped, X)
    np.testing.assert_array_equal(
        fitted.predict(mapped), SeleniteClassifier(members=1, max_iter=2).fit(X, Y).predict(X)
    )
