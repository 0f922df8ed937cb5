"""`drop` and `only` of the estimators: as of a table without the columns left out, whoever made it."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError, TableError
from selenite.table import as_table

SMALL = {"hidden_layer_sizes": (4,), "members": 1, "max_iter": 2}


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    age = rng.normal(size=60).round(2)
    return pd.DataFrame({"age": age, "town": rng.choice(["a", "b"], 60), "leak": age * 2, "who": np.arange(60) // 3})


@pytest.mark.parametrize("of", [lambda frame: frame, pl.from_pandas, pa.Table.from_pandas, as_table])
@pytest.mark.parametrize("chosen", [{"drop": ["leak", "who"]}, {"only": ["age", "town"]}])
def test_a_fit_is_that_of_a_table_without_the_columns(people, of, chosen, tmp_path):
    y = np.where(people["age"] > 0, "old", "young")
    less = people[["age", "town"]]
    plain = SeleniteClassifier(**SMALL).fit(of(less), y)
    model = SeleniteClassifier(**SMALL, **chosen).fit(of(people), y)
    assert model.model_.parameters.tobytes() == plain.model_.parameters.tobytes()
    for rows in (people, less):
        assert model.predict_proba(of(rows)).tolist() == plain.predict_proba(of(less)).tolist()
    model.save(tmp_path / "m.selenite")
    loaded = selenite.load(tmp_path / "m.selenite")
    assert loaded.predict_proba(of(less)).tolist() == loaded.predict_proba(of(people)).tolist()
    assert tuple(getattr(loaded.settings, *chosen)) == tuple(*chosen.values())


def test_groups_are_kept_beside_the_columns_learnt_from(people):
    y = people["age"] + 1.0
    regressor = SeleniteRegressor(**SMALL, only=["age"]).fit(people, y, groups="who")
    assert {column.name: column.kind for column in regressor.model_.schema.columns} == {
        "age": "number",
        "who": "identifier",
    }
    assert regressor.predict(people).shape == (60,)


@pytest.mark.filterwarnings("ignore::selenite.errors.DriftWarning")
def test_pieces_and_bits_of_a_table_take_the_same_columns(people):
    table = people.assign(y=np.where(people["age"] > 0, "old", "young"))
    whole = SeleniteClassifier(**SMALL, drop=["leak"]).fit(people, table["y"])
    pieces = SeleniteClassifier(**SMALL, drop=["leak"]).fit([table[:30], table[30:]], "y")
    assert pieces.model_.schema.names == whole.model_.schema.names == ("age", "town", "who")
    assert SeleniteClassifier(**SMALL, only=["age"]).fit([table], "y").model_.schema.names == ("age",)
    bits = SeleniteClassifier(**SMALL, drop=["leak"])
    for rows in (people[:30], people[30:].drop(columns="leak")):
        bits.partial_fit(rows, table["y"][rows.index], ["old", "young"])
    assert bits.model_.schema.names == whole.model_.schema.names


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({"drop": ["leek"]}, 'the pandas DataFrame has no column "leek"; did you mean "leak"?'),
        ({"only": []}, None),
        ({"drop": ["leak"], "only": ["age"]}, "give drop or only"),
        ({"drop": ["age", "town", "leak", "who"]}, "no column of the pandas DataFrame is left to learn from"),
    ],
)
def test_misuse_is_named(people, chosen, named):
    if named is None:
        assert len(SeleniteRegressor(**SMALL, **chosen).fit(people, people["age"]).feature_names_in_) == 4
        return
    with pytest.raises(OptionError, match=named.replace("?", r"\?")):
        SeleniteRegressor(**SMALL, **chosen).fit(people, people["age"])


def test_an_array_has_no_names(people):
    with pytest.raises(OptionError, match="has no names"):
        SeleniteRegressor(**SMALL, drop=["x0"]).fit(np.ones((30, 2)), np.arange(30.0))


def test_the_target_is_not_learnt_from(people):
    table = people.assign(y=people["age"])
    for chosen in ({"drop": ["y"]}, {"only": ["age", "y"]}):
        with pytest.raises(OptionError, match='"y" is the target'):
            SeleniteRegressor(**SMALL, **chosen).fit([table], "y")


def test_a_mapping_of_columns_is_a_table():
    columns = {"a": np.arange(40.0) ** 2 % 11, "b": ["x", "y"] * 20, "c": np.ones(40)}
    options = SMALL | {"drop": ["c"]}
    of_mapping = SeleniteRegressor(**options).fit(columns, columns["a"] % 7)
    of_frame = SeleniteRegressor(**options).fit(pd.DataFrame(columns), columns["a"] % 7)
    np.testing.assert_array_equal(of_mapping.predict(columns), of_frame.predict(pd.DataFrame(columns)))
    np.testing.assert_array_equal(of_mapping.model_.predict(columns), of_mapping.predict(columns))
    with pytest.raises(TableError, match='of length: "a" 40, "b" 2'):
        of_mapping.predict(columns | {"b": ["x", "y"]})
