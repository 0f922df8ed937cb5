"""Mutated files of CSV and Parquet are read or refused, never anything else: a short run of `tests/fuzzing.py`."""

import io
from dataclasses import replace

import pytest

from fuzzing import KINDS, failure, failures
from selenite.errors import TableError
from selenite.table import read_table


def test_the_harness_sees_what_is_wrong(tmp_path):
    def raised(error):
        def read(path):
            raise error

        return failure(replace(KINDS["csv"], read=read), b"a", tmp_path / "x.csv")

    assert raised(ValueError("no")) == "ValueError: no"
    assert raised(TableError("of no file")) == "message 'of no file'"
    assert "in\\ntwo lines" in raised(TableError(f"{tmp_path / 'x.csv'} in\ntwo lines"))
    rows_lost = replace(KINDS["csv"], read=lambda path: read_table(io.BytesIO(b"a,b\n1,2\n")))
    assert failure(rows_lost, b"a,b\n1,2\n3,4\n", tmp_path / "x.csv") == "1 rows were read, not (2, 2)"
    assert failure(rows_lost, b"a,b\n1,2\n", tmp_path / "x.csv") == ""


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_mutated_files_are_read_or_refused_in_one_line(kind, tmp_path):
    assert list(failures(KINDS[kind], seed=0, count=300, folder=tmp_path)) == []
