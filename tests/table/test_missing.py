"""What means missing: numbers as numbers, texts that are none, and options that met nothing."""

import io

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from selenite.errors import OptionError, TableError
from selenite.table import Numbers, ReadOptions, Text, learn_target, read_table


def read(content, categories=None, **options):
    return read_table(io.BytesIO(content.encode()), ReadOptions(**options), categories)


@pytest.mark.parametrize("spelled", ["-999", "-999.0", "-9.99e2", " -999 ", "−999"])
@pytest.mark.parametrize("cell", ["-999", "-999.0", "-999.00", "-9.99E2", "−999"])
def test_numbers_are_compared_as_numbers(spelled, cell):
    table = read(f"a,b\n1.5,x\n{cell},y\n2.5,z\n", missing=(spelled,))
    np.testing.assert_array_equal(table["a"].values, [1.5, np.nan, 2.5])
    assert table.notices == (f'column "a": 1 cell "{cell}" read as missing',)


def test_numbers_are_read_by_the_options():
    table = read("a;b\n1,5;1\n-1.000,0;2\n", separator=";", decimal=",", thousands=".", missing=("-1000",))
    np.testing.assert_array_equal(table["a"].values, [1.5, np.nan])
    assert read("a\n$5\n$-1\n", strip="$", missing=("-1",))["a"].missing().tolist() == [False, True]


def test_in_columns_of_text_texts_are_compared():
    table = read("a\n-999.0\n-999\nx\n", missing=("-999",))
    assert table["a"].missing().tolist() == [False, True, False]
    assert table["a"].values == ("-999.0", "x")


def test_whole_numbers_keep_their_spelling_beside_gaps():
    column = read("a\n+1\n9\n2\n", missing=("9.0",))["a"]
    assert (column.type, column.written.codes.tolist()) == ("int", [0, -1, 1])


def test_an_option_that_met_no_cell_says_so():
    table = read("a,b\n1,x\n-999,y\n", missing=("-999.0", "?", "-99", "x"))
    assert [notice for notice in table.notices if "met no cell" in notice] == [
        '--missing "?" met no cell',
        '--missing "-99" met no cell',
    ]


def test_parquet_has_the_same_option(tmp_path):
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"a": [1.0, -999.0, None], "i": [-999, 2, 3], "s": ["x", " ? ", "y"]}), path)
    table = read_table(path, ReadOptions(missing=("-999", "?", "none")))
    assert [column.missing().tolist() for column in table.columns] == [
        [False, True, True],
        [True, False, False],
        [False, True, False],
    ]
    assert table.notices == (
        'column "a": 1 cell "-999" read as missing',
        'column "i": 1 cell "-999" read as missing',
        'column "s": 1 cell "?" read as missing',
        '--missing "none" met no cell',
    )
    assert read_table(path).notices == ()


COUNTRIES = "country,n\nNA,1\nDE,NA\nFR,3\n,4\n"


def test_na_is_a_text_where_it_is_said_to_be():
    table = read(COUNTRIES, not_missing=("NA",))
    assert table["country"].values == ("NA", "DE", "FR")
    assert table["country"].missing().tolist() == [False, False, False, True]
    assert isinstance(table["n"], Numbers)  # where NA is no number, and means missing as before
    assert table["n"].missing().tolist() == [False, True, False, False]
    assert table.notices == ('column "n": 1 cell "NA" read as missing',)
    assert read(COUNTRIES)["country"].values == ("DE", "FR")


def test_a_column_of_na_alone_is_text_where_it_is_said_to_be():
    column = read("a,b\nNA,1\nNA,2\n", not_missing=("NA",))["a"]
    assert isinstance(column, Text)
    assert column.values == ("NA",)
    assert read("a,b\nNA,1\nNA,2\n")["a"].missing().all()


def test_na_may_be_a_class():
    with pytest.raises(TableError, match="If NA is a class, add --not-missing NA"):
        learn_target(read(COUNTRIES)["country"], "country")
    content = COUNTRIES.replace("\n,4", "\nDE,4")
    assert learn_target(read(content, not_missing=("NA",))["country"], "country").classes == ("DE", "FR", "NA")
    numbered = read("y\n1\nNA\n2\n", {"y": ()}, not_missing=("NA",))["y"]
    assert learn_target(numbered, "y", "classification").classes == ("1", "2", "NA")


def test_a_text_cannot_be_missing_and_not():
    with pytest.raises(OptionError, match='--missing "NA" and --not-missing "NA" contradict each other'):
        read(COUNTRIES, missing=("NA", "?"), not_missing=("NA ",))


def test_a_number_in_brackets_is_compared_as_what_it_is():
    content = b"a,y\n(999),1\n999,2\n5,3\n"
    for text, gaps in (("-999", [True, False, False]), ("999", [False, True, False])):
        table = read_table(io.BytesIO(content), ReadOptions(strip="()", missing=(text,)))
        assert table["a"].missing().tolist() == gaps


def test_a_day_of_a_parquet_file_is_missing_where_named(tmp_path):
    days = pa.array(np.array(["9999-12-31", "2024-05-01"], dtype="datetime64[s]"))
    parquet.write_table(pa.table({"a": days, "y": [1, 2]}), tmp_path / "x.parquet")
    table = read_table(tmp_path / "x.parquet", ReadOptions(missing=("9999-12-31", "2024-13-01")))
    assert table["a"].missing().tolist() == [True, False]
    assert any('1 cell "9999-12-31" read as missing' in notice for notice in table.notices)
    assert '--missing "2024-13-01" met no cell' in table.notices
