"""`selenite predict` in pieces: what comes out is what one piece gives, in memory that does not grow."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pyarrow = pytest.importorskip("pyarrow")
from pyarrow import csv, parquet  # noqa: E402

from selenite import SeleniteClassifier, SeleniteRegressor  # noqa: E402
from selenite.errors import TableError  # noqa: E402

N = 2_500


def table_of(n, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, n).astype(float)
    return pyarrow.table(
        {
            "age": pyarrow.array(np.where(rng.random(n) < 0.1, np.nan, age), from_pandas=True),
            "size": rng.normal(size=n).round(4),
            "pet": pyarrow.array(rng.choice(["cat", "dog", "none"], n)),
            "day": pyarrow.array(np.datetime64("2020-01-01") + rng.integers(0, 900, n)),
            "happy": pyarrow.array(np.where(age + 20 * rng.normal(size=n) > 50, "yes", "no")),
        }
    )


@pytest.fixture
def small_pieces(monkeypatch):
    """Make pieces so small that a quick table has many of them; call to have large ones again."""

    def choose(rows, block):
        for name, value in (
            ("decode.BLOCK_BYTES", block),
            ("parse.BLOCK_BYTES", block),
            ("pieces.PIECE_ROWS", rows),
            ("parquet.PIECE_ROWS", rows),
        ):
            monkeypatch.setattr(f"selenite.table.{name}", value)

    choose(300, 1 << 12)
    return lambda: choose(1 << 20, 1 << 26)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Return models of a class and of a number, of the same columns."""
    folder = tmp_path_factory.mktemp("models")
    table = table_of(300)
    for target, estimator in (("happy", SeleniteClassifier), ("size", SeleniteRegressor)):
        fitted = estimator(members=1, max_iter=5).fit(table.drop_columns([target]), table[target].to_numpy())
        fitted.save(folder / f"{target}.selenite")
    return folder


@pytest.fixture
def new(tmp_path):
    """Write new rows, with categories and values that training never saw; return their table."""
    table = table_of(N, 1)
    pets = [f"pet {i % 40}" if i % 7 == 0 else pet for i, pet in enumerate(table["pet"].to_pylist())]
    sizes = [9.0 if i == N - 1 else size for i, size in enumerate(table["size"].to_pylist())]
    table = table.set_column(2, "pet", pyarrow.array(pets)).set_column(1, "size", pyarrow.array(sizes))
    csv.write_csv(table, tmp_path / "new.csv")
    parquet.write_table(table, tmp_path / "new.parquet", row_group_size=1_000)
    return table


@pytest.mark.parametrize("target", ["happy", "size"])
@pytest.mark.parametrize("source", ["new.csv", "new.parquet", "-"])
def test_the_predictions_of_pieces_are_those_of_one(run, models, new, small_pieces, target, source):
    stdin = Path("new.csv").read_bytes() if source == "-" else None
    model = models / f"{target}.selenite"
    for options in ((), ("--json",)):
        many = run("predict", model, source, *options, stdin=stdin)
        small_pieces()
        one = run("predict", model, source, *options, stdin=stdin)
        assert many.stdout == one.stdout
        assert many.stderr == one.stderr
        assert "more categories never seen in" in one.stderr
        assert one.stdout.count("\n") == N + (not options)


def test_they_are_written_as_the_name_says(run, models, new, small_pieces):
    model = models / "happy.selenite"
    text = run("predict", model, "new.csv", "-q").stdout
    run("predict", model, "new.csv", "-q", "-o", "out.csv.gz")
    assert gzip.decompress(Path("out.csv.gz").read_bytes()).decode() == text
    run("predict", model, "new.csv", "-q", "-o", "out.parquet")
    lines = [json.loads(line) for line in run("predict", model, "new.csv", "-q", "--json").stdout.splitlines()]
    assert parquet.read_table("out.parquet").to_pylist() == lines


def test_row_groups_of_parquet_stay(run, models, new, small_pieces):
    run("predict", models / "size.selenite", "new.parquet", "-q", "-o", "out.parquet")
    metadata = parquet.read_metadata("out.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [1_000, 1_000, 500]


def test_a_folder_is_predicted_in_the_order_of_its_files(run, models, new, small_pieces):
    Path("data").mkdir()
    model = models / "size.selenite"
    parquet.write_table(new.slice(1_000).select(["pet", "day", "size", "happy", "age"]), "data/b.parquet")
    parquet.write_table(new.slice(0, 1_000), "data/a.parquet")
    assert run("predict", model, "data").output == run("predict", model, "new.parquet").output
    error = run("predict", model, "data", "-o", "data/out.parquet", code=2).stderr
    assert "would be one of the files in data" in error


@pytest.mark.parametrize(
    ("last", "code", "words"),
    [
        ("old,1.5,cat,2021-01-01,yes", 3, 'column "age" holds numbers but here "old"'),
        (
            "\n".join(["old,1.5,cat,2021-01-01,yes"] * 700),
            4,
            f'line {N + 2:,}: column "age" held numbers in training, but here "old"',
        ),
        ("30,1.5,cat,2021-01-01", 3, f"line {N + 2:,} has 4 cells, the header 5"),
        ("30,1.5,cat,2021-02-30,yes", 3, f'line {N + 2:,}: column "day" holds dates, but "2021-02-30" is no date'),
    ],
)
def test_an_error_in_the_last_piece_leaves_the_output_as_it_was(run, models, new, small_pieces, last, code, words):
    with Path("new.csv").open("a") as file:
        file.write(f"{last}\n")
    Path("out.csv").write_text("before")
    before = sorted(Path().iterdir())
    model = models / "size.selenite"
    result = run("predict", model, "new.csv", "-o", "out.csv", code=code)
    assert words in result.stderr
    assert (Path("out.csv").read_text(), sorted(Path().iterdir())) == ("before", before)
    assert run("predict", model, "new.csv", code=code).stdout == ""
    small_pieces()
    assert run("predict", model, "new.csv", code=code).stderr == result.stderr


def test_strict_counts_all_pieces_and_writes_none(run, models, new, small_pieces):
    for source in ("new.csv", "new.parquet"):
        result = run("predict", models / "happy.selenite", source, "--strict", "-o", "out.parquet", code=6)
        assert f"of {N:,} rows lie outside what training saw" in result.stderr
        assert not Path("out.parquet").exists()


def test_a_file_damaged_at_its_end_leaves_nothing(run, models, new, small_pieces):
    parquet.write_table(new, "new.parquet", row_group_size=500, compression="none")
    content = bytearray(Path("new.parquet").read_bytes())
    last = parquet.read_metadata("new.parquet").row_group(4).column(1).data_page_offset
    content[last : last + 40] = b"\xff" * 40
    Path("new.parquet").write_bytes(content)
    result = run("predict", models / "happy.selenite", "new.parquet", "-o", "out.parquet", code=TableError.exit_code)
    assert "new.parquet is not a Parquet file, or a damaged one" in result.stderr
    assert not Path("out.parquet").exists()


MEASURED = """
import re, resource, sys
from selenite.cli import group
try:
    group(["predict", *sys.argv[1:], "-q"])
except SystemExit as end:
    assert end.code == 0
if sys.platform == "linux":  # where the other measure begins with the memory of the process that started this one
    print(re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1])
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such measure of memory")
def test_memory_does_not_grow_with_the_file(models, tmp_path):
    peaks = []
    for n in (40_000, 400_000):
        rows = table_of(40_000, 2)
        with parquet.ParquetWriter(tmp_path / "t.parquet", rows.schema) as file:
            for _ in range(n // 40_000):
                file.write_table(rows)
        command = [sys.executable, "-c", MEASURED, models / "size.selenite", "t.parquet", "-o", "out.parquet"]
        peaks.append(int(subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout))
    assert peaks[1] < 1.1 * peaks[0]
    assert peaks[1] < 300_000 * (1 if sys.platform != "darwin" else 1024)
