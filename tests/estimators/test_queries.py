"""Results of databases are learnt from as the frames that they are: DuckDB's through Arrow, SQLite's through pandas."""

import sqlite3

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteRegressor
from selenite.table import as_table, pieces_of

duckdb = pytest.importorskip("duckdb")
SMALL = {"hidden_layer_sizes": (4,), "members": 1, "max_iter": 2}


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    age = rng.normal(40, 9, size=80).round(1)
    frame = pd.DataFrame(
        {"age": age, "town": rng.choice(["a", "b"], 80), "on": pd.Timestamp("2026-01-01"), "y": age / 3}
    )
    frame.loc[3, "age"] = None
    return frame


@pytest.mark.parametrize("how", ["the query", "arrow", "df"])
def test_a_query_is_fitted_and_predicted_as_the_frame(people, how):
    def query(columns):
        with_people = people  # noqa: F841 - named in the query
        found = duckdb.sql(f"select {columns} from with_people")
        return found if how == "the query" else getattr(found, how)()

    plain = SeleniteRegressor(**SMALL, drop=["on"]).fit(people.drop(columns="y"), people["y"])
    regressor = SeleniteRegressor(**SMALL, drop=["on"]).fit(query('age, town, "on"'), people["y"])
    assert regressor.model_.parameters.tobytes() == plain.model_.parameters.tobytes()
    answers = plain.predict(people.drop(columns="y"))
    assert regressor.predict(query("age, town")).tolist() == answers.tolist()
    if how != "df":
        pieces = pieces_of(query("*"))
        assert (pieces.n_rows, pieces.names) == (80, ("age", "town", "on", "y"))
        assert np.isnan(next(iter(pieces))["age"].values[3])
        assert SeleniteRegressor(**SMALL, drop=["on"]).fit(query("*"), "y").predict(people.drop(columns="y")).shape == (
            80,
        )


def test_a_table_of_sqlite_comes_through_pandas(people):
    with sqlite3.connect(":memory:") as connection:
        people.drop(columns="on").to_sql("people", connection, index=False)
        table = as_table(pd.read_sql("select * from people", connection))
    np.testing.assert_array_equal(table["age"].values, people["age"])
