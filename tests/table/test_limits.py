"""Sizes are looked at before cells are decoded, and what is too large is refused in words."""

import gzip
import io
import subprocess
import sys

import numpy as np
import pytest

from selenite.errors import TableError
from selenite.memory import free_memory
from selenite.table import Limits, read_table

PAGE = Limits(rows=1000, columns=30, taker="the page")


@pytest.fixture
def many_rows(tmp_path):
    """A Parquet file of some kB with a hundred million rows."""
    import pyarrow
    from pyarrow import parquet

    ones = pyarrow.array(np.ones(1_000_000))
    path = tmp_path / "many.parquet"
    with parquet.ParquetWriter(path, pyarrow.schema([("a", pyarrow.float64())])) as out:
        for _ in range(100):
            out.write_table(pyarrow.table({"a": ones}), row_group_size=1_000_000)
    return path


def test_parquet_is_refused_by_its_footer(many_rows, monkeypatch):
    from pyarrow import parquet

    monkeypatch.setattr(parquet.ParquetFile, "read", None)
    with pytest.raises(
        TableError, match=r"100,000,000 rows and 1 columns; the page takes at most 30 columns and 1,000"
    ):
        read_table(many_rows, limits=PAGE)
    monkeypatch.setattr("selenite.table.parquet.free_memory", lambda: 10**9)
    with pytest.raises(TableError, match=r"100,000,000 rows, which need at least 1\.6 GB of memory; 1\.0 GB are free"):
        read_table(many_rows)


def test_text_is_refused_by_its_header_or_at_the_first_row_too_many(tmp_path):
    wide = io.BytesIO(",".join(f"c{i}" for i in range(31)).encode() + b"\n" + b"not even looked at" * 100)
    with pytest.raises(TableError, match="31 columns; the page takes at most 30 columns and 1,000 rows"):
        read_table(wide, limits=PAGE)
    path = tmp_path / "long.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 5_000_000))
    with gzip.open(path) as file:
        with pytest.raises(TableError, match=r"at least [\d,]+ rows and 2 columns; the page takes"):
            read_table(file, limits=PAGE)
        assert file.tell() < 5_000_000  # of 20 MB
    assert read_table(io.BytesIO(b"a,b\n" + b"1,2\n" * 1000), limits=PAGE).n_rows == 1000


def test_text_that_outgrows_the_free_memory_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr("selenite.table.read.free_memory", lambda: 50_000_000)
    file = io.BytesIO(b"a,b\n" + b"1,2\n" * 10_000_000)
    with pytest.raises(
        TableError, match=r"the first [\d,]+ rows of the stream need at least 0\.1 GB of memory; 0\.1 GB"
    ):
        read_table(file)
    assert file.tell() < 20_000_000


def test_no_memory_is_no_damaged_file(tmp_path, many_rows, monkeypatch):
    import pyarrow
    from pyarrow import parquet

    def read(self):
        raise pyarrow.lib.ArrowMemoryError("malloc of size 8589934592 failed")

    monkeypatch.setattr(parquet.ParquetFile, "read", read)
    with pytest.raises(
        TableError, match=r"many\.parquet does not fit into memory, of which .* GB are free\. Take fewer"
    ):
        read_table(many_rows)


def test_a_long_text_that_many_rows_share_is_read_once(tmp_path, monkeypatch):
    """A file of some hundred kB: as many rows, each with a text of its own, would take 15 GB."""
    import pyarrow
    from pyarrow import parquet

    long = pyarrow.DictionaryArray.from_arrays(pyarrow.array(np.zeros(150_000, np.int32)), ["a" * 100_000])
    parquet.write_table(pyarrow.table({"a": long}), tmp_path / "long.parquet", compression="zstd", store_schema=False)
    sizes, read = [], parquet.ParquetFile.read
    monkeypatch.setattr(parquet.ParquetFile, "read", lambda file: [whole := read(file), sizes.append(whole.nbytes)][0])
    table = read_table(tmp_path / "long.parquet")
    assert (table.n_rows, [len(text) for text in table["a"].values]) == (150_000, [100_000])
    assert 100_000 < sizes[0] < 20e6


@pytest.mark.parametrize("kind", ["string", "large_string"])
@pytest.mark.parametrize(
    "options", [{}, {"use_dictionary": False}, {"dictionary_pagesize_limit": 40}, {"row_group_size": 7}]
)
def test_texts_of_parquet_are_those_of_the_frame_in_the_same_order(tmp_path, kind, options):
    """However the file is written, and though it is read by its dictionaries."""
    import pyarrow
    from pyarrow import parquet

    from selenite.table.arrow import table_of_arrow

    drawn = np.random.default_rng(0).choice(["b", "a", "", "NA", " é", "b b", None], 300).tolist()
    content = pyarrow.table({"text": pyarrow.array(drawn, kind), "x": np.arange(300)})
    parquet.write_table(content, tmp_path / "a.parquet", **options)
    read, known = read_table(tmp_path / "a.parquet")["text"], table_of_arrow(content, "it")["text"]
    assert read.values == known.values
    np.testing.assert_array_equal(read.codes, known.codes)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are Linux's")
def test_a_limit_of_the_process_is_seen():
    code = """
import resource
from selenite.memory import free_memory
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
print(free_memory())
"""
    free = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert 0 < free < 1 << 30
    assert free_memory() > free


def test_a_text_that_recurs_in_parquet_is_held_once(tmp_path):
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "recurring.parquet"
    long = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0, 0, None, 1] * 5000, pyarrow.int32()), ["x" * 10**6, "y"]
    )
    parquet.write_table(pyarrow.table({"a": long}), path, store_schema=False)  # 10 GB, were it written out
    before = pyarrow.total_allocated_bytes()
    table = read_table(path)
    assert pyarrow.total_allocated_bytes() - before < 10**7
    assert [len(text) for text in table["a"].values] == [10**6, 1]
    assert table["a"].codes[:5].tolist() == [0, 0, -1, 1, 0]
