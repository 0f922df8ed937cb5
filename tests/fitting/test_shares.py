"""A table that several processes read, each its own row groups: each has what one process finds alone."""

import importlib
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from selenite.errors import ProcessError, TableError
from selenite.fitting.large import look_over
from selenite.model import Settings
from selenite.table import ReadOptions, open_pieces
from selenite.table.parquet import ParquetPieces
from selenite.table.table import Numbers

N, BLOCK = 5_003, 512
SMALL = Settings("fast", members=1, hidden=(4,), epochs=2, kinds={"note": "text"})


@pytest.fixture(autouse=True)
def few_are_very_many(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("fitting.large.LARGE", 900),
        ("fitting.large.MOST_JUDGING", 300),
        ("fitting.large.CHOOSING", 200),
        ("fitting.large.FEWEST_COUNTING", 10),
        ("fitting.windows.ROWS_OF_A_WINDOW", 1_000),
        ("table.fingerprint.BLOCK_ROWS", BLOCK),
        ("table.moments.BLOCK_ROWS", BLOCK),
        ("table.share.BLOCK_ROWS", BLOCK),
        ("table.parquet.PIECE_ROWS", 300),
    ):
        module, _, of_it = name.rpartition(".")
        monkeypatch.setattr(importlib.import_module(f"selenite.{module}"), of_it, value)


@pytest.fixture
def folder():
    """Return files with empty row groups, other orders of columns, a class that one lacks, a category at the end."""
    rng = np.random.default_rng(0)
    y, pet = rng.choice(["a", "b", "c"], N), rng.choice(["cat", "dog", "?"], N).astype(object)
    y[2_000:4_000][y[2_000:4_000] == "c"] = "a"
    pet[-20:] = "axolotl"
    number = rng.normal(size=N)
    number[np.arange(N) % 50 == 7] = np.nan
    table = pa.table(
        {
            "x": number,
            "pet": pet,
            "day": pa.array(np.datetime64("2024-01-01") + rng.integers(0, 90, N), pa.date32()),
            "row": np.arange(1, N + 1),
            "weight": np.where(np.arange(N) % 4 == 0, 0.0, 2.0),
            "price": np.round(rng.exponential(size=N), 3),
            "y": y,
            "note": [*map(" ".join, rng.choice(["fine", "green", "poor", "brown", "bottle", "stone"], (N, 7)))],
        }
    )
    path = Path("rows")
    path.mkdir()
    parquet.write_table(table.slice(0, 0), path / "0.parquet")
    parquet.write_table(table.slice(0, 2_000), path / "1.parquet", row_group_size=777)
    parquet.write_table(table.slice(2_000, 2_000).select(table.column_names[::-1]), path / "2.parquet")
    parquet.write_table(table.slice(4_000), path / "3.parquet", row_group_size=101)
    return path


class Threads:
    """Processes that are threads of this one."""

    def __init__(self, rank, given, barrier):
        self.rank, self.size, self._given, self._barrier = rank, len(given), given, barrier

    def gather(self, content):
        self._given[self.rank] = content
        self._barrier.wait(20)
        found = list(self._given)
        self._barrier.wait(20)
        return found


def by_processes(size, work):
    """Return what each of so many processes makes of its number and the others; raise what one of them raises."""
    given, barrier, found, raised = [b""] * size, threading.Barrier(size), [None] * size, []

    def run(rank):
        try:
            found[rank] = work(Threads(rank, given, barrier))
        except Exception as error:
            raised.append(error)
            barrier.abort()

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
    return found


def learnt(path, target, processes=None, **options):
    """Return all that a fit goes by."""
    pieces = open_pieces(path, ReadOptions(missing=("?",)))
    large = look_over(pieces, target, SMALL, processes=processes, **options)
    encoded = large.encode(SMALL)
    windows = encoded.windows.windows(lambda Y: Y, n_own=len(encoded.rows.X))
    arrays = [encoded.rows, *(windows.load(k) for k in range(len(windows.sizes)))]
    return (
        repr(large.schema),  # in which nan is nan
        repr(large.target),
        large.census.fingerprint,
        pieces.findings,
        [column.values.tobytes() for column in large.sample.columns if isinstance(column, Numbers)],
        [None if a is None else a.tobytes() for rows in arrays for a in (rows.X, rows.Y, rows.weight)],
        encoded.grouping.first_rows(len(encoded.rows.X)).tolist(),
        encoded.findings,
    )


@pytest.mark.parametrize(
    ("target", "options", "size"),
    [
        ("y", {}, 3),
        ("y", {}, 12),  # more than there are blocks
        ("price", {"groups": "pet"}, 2),
        ("price", {"time_column": "day"}, 2),
        ("y", {"weights": "weight"}, 3),
    ],
)
def test_each_has_what_one_process_finds(target, options, size, folder):
    alone = learnt(folder, target, **options)
    for found in by_processes(size, lambda processes: learnt(folder, target, processes, **options)):
        assert found == alone


def test_copies_of_rows_are_told(folder):
    for number in (1, 2, 3):
        Path(folder / f"{number + 4}.parquet").write_bytes((folder / f"{number}.parquet").read_bytes())
    [finding] = look_over(open_pieces(folder), "y", SMALL).encode(SMALL).findings
    assert finding.evidence.startswith("50.0% of 10,006 rows repeat others in all that is learnt from, and ")
    for found in by_processes(2, lambda processes: learnt(folder, "y", processes)):
        assert found[-1] == (finding,)


def test_each_reads_its_own_row_groups(folder, monkeypatch):
    rows_of, of_one = {}, ParquetPieces.rows

    def noted(self, begin, end):
        for piece in of_one(self, begin, end):
            rows_of.setdefault((begin, end), []).append(piece.n_rows)
            yield piece

    monkeypatch.setattr(ParquetPieces, "rows", noted)
    by_processes(2, lambda processes: learnt(folder, "y", processes))
    assert {share: sum(rows) for share, rows in rows_of.items()} == {(0, 2560): 2 * 2560, (2560, N): 2 * (N - 2560)}


def test_processes_that_see_other_files_are_refused(folder):
    def look(processes):
        look_over(open_pieces(folder if processes.rank else folder / "1.parquet"), "y", SMALL, processes=processes)

    with pytest.raises(ProcessError, match="process 1 sees another table in"):
        by_processes(2, look)


def test_a_share_that_changes_during_a_fit_is_named(folder):
    def fit(processes):
        large = look_over(open_pieces(folder), "y", SMALL, processes=processes)
        if processes.rank == 1:
            table = parquet.read_table(folder / "3.parquet")
            x = pa.array(np.nan_to_num(table["x"].to_numpy()))
            parquet.write_table(table.set_column(0, "x", x), folder / "3.parquet", row_group_size=101)
        processes.gather(b"")
        large.encode(replace(SMALL))

    with pytest.raises(TableError, match="rows was changed while it was read"):
        by_processes(2, fit)
