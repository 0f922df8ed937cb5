"""Mutated files of CSV and Parquet are read or refused, never anything else: a short run of `tests/fuzzing.py`."""

import pytest

from fuzzing import KINDS, failures


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_mutated_files_are_read_or_refused_in_one_line(kind, tmp_path):
    assert list(failures(KINDS[kind], seed=0, count=300, folder=tmp_path)) == []
