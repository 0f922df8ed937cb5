"""A table read in pieces is the table read at once: cell by cell, type by type and word by word."""

import gzip
import io
from functools import reduce

import numpy as np
import pytest

from selenite.errors import TableError
from selenite.table import Limits, Numbers, ReadOptions, Text, open_pieces, read_table
from selenite.table.cells import as_text, cell_texts
from selenite.table.pieces import TextPieces

pyarrow = pytest.importorskip("pyarrow")
from pyarrow import parquet  # noqa: E402

N = 3_000  # rows


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Make pieces so small that a quick table has many of them."""
    monkeypatch.setattr("selenite.table.decode.BLOCK_BYTES", 1 << 13)
    monkeypatch.setattr("selenite.table.parse.BLOCK_BYTES", 1 << 13)
    monkeypatch.setattr("selenite.table.pieces.PIECE_ROWS", 500)
    monkeypatch.setattr("selenite.table.parquet.PIECE_ROWS", 500)
    monkeypatch.setattr("selenite.table.survey.MOST_OF_A_FORM", 30)


def cells_of(column):
    """Return a column's cells as they would be told apart: with their type, and as they are written."""
    kind = (type(column).__name__, getattr(column, "type", ""), getattr(column, "zoned", None))
    written = cell_texts(column) if isinstance(column, Text) or getattr(column, "written", None) else None
    values = None if isinstance(column, Text) else column.values.tobytes()
    return kind, written, values


def assert_same(source, options=ReadOptions(), categories=None, fewest_pieces=2):  # noqa: B008
    """Assert that the pieces of a source, put together, are the table that reads it at once; return them."""
    whole, pieces = read_table(source, options, categories), open_pieces(source, options, categories)
    tables = list(pieces)
    assert len(tables) >= fewest_pieces
    assert (pieces.names, pieces.n_rows, pieces.source) == (whole.names, whole.n_rows, whole.source)
    assert pieces.findings == whole.findings
    for name in whole.names:
        parts = [cells_of(table[name]) for table in tables]
        kind, written, values = cells_of(whole[name])
        assert {part[0] for part in parts} == {kind}
        assert (None if written is None else written) == (
            None if parts[0][1] is None else reduce(list.__add__, [part[1] for part in parts])
        )
        assert values == (None if parts[0][2] is None else b"".join(part[2] for part in parts))
    row = 0
    for table in tables:
        assert table.place(0) == whole.place(row)
        row += table.n_rows
    return tables


def csv(columns):
    """Return columns of text as a CSV file."""
    lines = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    return ("\n".join(lines) + "\n").encode()


def mixed_columns(rng):
    """Return columns of which a piece alone would say something else than the whole."""
    number = rng.normal(size=N)
    whole = rng.integers(0, 10, N)
    last = np.arange(N) == N - 1
    return {
        "fraction": [f"{x:.6f}" for x in number],
        "late fraction": np.where(last, "0.5", whole.astype(str)).tolist(),
        "late gap": np.where(last, "NA", whole.astype(str)).tolist(),
        "late text": np.where(last, "x", whole.astype(str)).tolist(),
        "early text": np.where(np.arange(N) == 0, "x", whole.astype(str)).tolist(),
        "leading zero": np.where(last, "007", whole.astype(str)).tolist(),
        "1.0": np.where(last, "7.0", whole.astype(str)).tolist(),
        "gaps": [""] * N,
        "mostly gaps": np.where(last, "3.5", "").tolist(),
        "truth": np.where(whole > 5, "True", "false").tolist(),
        "late truth": np.where(last, "1", np.where(whole > 5, "true", "false")).tolist(),
        "day": [str(day) for day in np.datetime64("2020-01-01") + rng.integers(0, 3000, N)],
        "moment": [f"{second}Z" for second in np.datetime64("2020-01-01T00:00:00") + np.arange(N)],
        "packed": np.where(whole > 5, "20260131", "20251231").tolist(),
        "word": [f"word {i % 3}" for i in range(N)],
        "identifier": [f"id-{i}" for i in range(N)],
        "large": [str(2**53 + i) for i in range(N)],
    }


@pytest.fixture(scope="module")
def mixed(rng_of_module, tmp_path_factory):
    path = tmp_path_factory.mktemp("pieces") / "mixed.csv"
    path.write_bytes(csv(mixed_columns(rng_of_module)))
    return path


@pytest.fixture(scope="module")
def rng_of_module():
    return np.random.default_rng(0)


def test_what_a_piece_holds_depends_on_the_whole_file(mixed):
    tables = assert_same(mixed)
    assert isinstance(tables[0]["late text"], Text)
    assert tables[0]["late fraction"].type == "float"
    assert isinstance(tables[0]["gaps"], Numbers)


@pytest.mark.parametrize(
    "options",
    [
        ReadOptions(missing=("3", "word 1")),
        ReadOptions(not_missing=("NA",), date_format="%Y%m%d"),
    ],
    ids=["missing", "dates"],
)
def test_options_and_categories_hold_for_each_piece(mixed, options):
    assert_same(mixed, options, {"1.0": ("1", "2"), "truth": (), "day": ()})


def test_other_notations_dialects_and_line_breaks(tmp_path):
    path = tmp_path / "t.tsv.gz"
    rows = (f'{i % 7 + 1}.{i % 1000:03d},5\t"a\nb"\t 12:{i % 60:02d}\n' for i in range(N))
    path.write_bytes(gzip.compress(b"n\tt\tclock\n" + "".join(rows).encode("latin-1") + b'\n1,5\t"a"\t12:00\n', 1))
    options = ReadOptions(decimal=",", thousands=".", encoding="latin-1")
    tables = assert_same(path, options)
    assert tables[1].place(0) == f"row {tables[0].n_rows + 1:,}"


def test_a_stream_is_read_once_and_given_often(mixed):
    content = mixed.read_bytes()
    pieces = open_pieces(io.BytesIO(content))
    whole = as_text(read_table(io.BytesIO(content))["late text"])
    for _ in range(2):
        texts = [text for table in pieces for text in cell_texts(table["late text"])]
        assert texts == cell_texts(whole)


@pytest.mark.parametrize(
    ("last", "categories"),
    [
        ("1,2,3", None),  # too many cells
        ("1", None),
        ("1,inf", None),
        ("1,seven", None),  # a mistake among numbers
        ("1,1e999", None),
        ('1,"7', None),  # a quote that stays open
        ('1,"7"x', None),
        ("1,\xe9", None),  # no UTF-8
        ("1,$5", None),
        ("1,2026-02-30", None),
    ],
)
def test_a_mistake_in_the_last_row_is_told_as_of_a_table_at_once(tmp_path, last, categories):
    path = tmp_path / "t.csv"
    rows = "".join(f"{i % 9},{i % 1000}.5\n" for i in range(N))
    path.write_bytes(f"a,b\n{rows}{last}\n".encode("latin-1"))
    with pytest.raises(TableError) as at_once:
        read_table(path, categories=categories)
    with pytest.raises(TableError) as in_pieces:
        open_pieces(path, categories=categories)
    assert str(in_pieces.value) == str(at_once.value)
    assert f"{N + 2:,}" in str(at_once.value)


def test_dates_with_a_mistake(tmp_path):
    path = tmp_path / "t.csv"
    rows = "".join(f"{np.datetime64('1900-01-01') + i},x\n" for i in range(N))
    path.write_text(f"a,b\n{rows}2026-02-30,x\n")
    with pytest.raises(TableError) as at_once:
        read_table(path)
    with pytest.raises(TableError) as in_pieces:
        open_pieces(path)
    assert str(in_pieces.value) == str(at_once.value)


def test_a_small_file_is_one_piece(tmp_path):
    for i, content in enumerate(["a,b\n1,x\n2,y\n", "a,b\n"]):
        path = tmp_path / f"{i}.csv"
        path.write_text(content)
        (table,) = open_pieces(path, limits=Limits(fewest_rows=0))
        whole = read_table(path, limits=Limits(fewest_rows=0))
        assert list(map(cells_of, table.columns)) == list(map(cells_of, whole.columns))
    with pytest.raises(TableError, match="a header but no rows"):
        open_pieces(path)


def test_a_text_file_that_changes_or_vanishes_between_passes(mixed, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(mixed.read_bytes())
    pieces = open_pieces(path)
    with path.open("ab") as file:
        file.write(b",".join([b"1"] * 17) + b"\n")
    with pytest.raises(TableError, match="was changed while it was read"):
        list(pieces)
    path.unlink()
    with pytest.raises(TableError, match=r"t\.csv is gone, though it was there before"):
        list(pieces)
    path.mkdir()
    with pytest.raises(TableError, match=r"t\.csv cannot be read"):
        list(pieces)


def test_where_pieces_end_depends_on_the_file_alone(mixed):
    ends = [[table.n_rows for table in TextPieces_of(source)] for source in (mixed, io.BytesIO(mixed.read_bytes()))]
    assert ends[0] == ends[1]


def TextPieces_of(source):
    pieces = open_pieces(source)
    assert isinstance(pieces, TextPieces)
    return pieces


# ---------------------------------------------------------------- Parquet


def arrow_table(n, first=0):
    rng = np.random.default_rng(first)
    return pyarrow.table(
        {
            "x": rng.normal(size=n),
            "k": pyarrow.array(np.arange(first, first + n)),
            "t": pyarrow.array([None if i % 11 == 0 else f"t{i % 50}" for i in range(n)]),
            "d": pyarrow.array(np.arange(n).astype("datetime64[s]")),
            "b": pyarrow.array([i % 2 == 0 for i in range(n)]),
        }
    )


def test_parquet_by_row_groups(tmp_path):
    path = tmp_path / "t.parquet"
    parquet.write_table(arrow_table(5_000), path, row_group_size=2_000)
    options = ReadOptions(missing=("t3", "-9"))
    assert_same(path, options, fewest_pieces=5)
    pieces = open_pieces(path, options)
    assert pieces.row_groups == (2_000, 2_000, 1_000)
    ends = set(np.cumsum([table.n_rows for table in pieces]).tolist())
    assert {2_000, 4_000, 5_000} <= ends


def test_a_place_in_parquet_is_that_in_the_file(tmp_path):
    path = tmp_path / "t.parquet"
    x = np.arange(3_000.0)
    x[2_500] = np.inf
    parquet.write_table(pyarrow.table({"x": x}), path, row_group_size=1_000)
    for read in (read_table, lambda path: list(open_pieces(path))):
        with pytest.raises(TableError, match='row 2,501: column "x" holds infinity'):
            read(path)


@pytest.fixture
def folder(tmp_path):
    """Return a folder of three files, of which one is empty, one has other row groups and one another column order."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "_SUCCESS").write_text("")
    (folder / ".part-0.parquet.crc").write_text("")
    parquet.write_table(arrow_table(0), folder / "part-0.parquet")
    parquet.write_table(arrow_table(300), folder / "part-1.parquet", row_group_size=100)
    second = arrow_table(50, 300)
    parquet.write_table(second.select(["t", "b", "d", "x", "k"]), folder / "part-2.parquet")
    return folder


def test_a_folder_is_its_files_in_the_order_of_their_names(folder):
    pieces = open_pieces(folder)
    assert (pieces.n_rows, pieces.row_groups) == (350, (100, 100, 100, 50))
    tables = list(pieces)
    assert {table.names for table in tables} == {("x", "k", "t", "d", "b")}
    assert np.concatenate([table["k"].values for table in tables]).tolist() == list(range(350))
    assert (tables[-1].source, tables[-1].place(0)) == (str(folder / "part-2.parquet"), "row 1")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda table: table.drop_columns(["x"]), r'part-3\.parquet has no column "x", which .*part-0\.parquet has'),
        (lambda table: table.append_column("y", table["x"]), r'part-3\.parquet has a column "y", which .*has not'),
        (
            lambda table: table.set_column(0, "x", table["t"]),
            r'part-3\.parquet: column "x" holds text, but in .*part-0\.parquet numbers',
        ),
        (
            lambda table: table.set_column(3, "d", table["d"].cast(pyarrow.timestamp("s", "UTC"))),
            'column "d" holds dates with a zone, but in .* dates',
        ),
    ],
)
def test_a_file_that_differs_is_named(folder, changed, message):
    parquet.write_table(changed(arrow_table(5)), folder / "part-3.parquet")
    with pytest.raises(TableError, match=message):
        open_pieces(folder)


def test_a_column_of_gaps_is_of_the_type_of_the_others(folder):
    gaps = pyarrow.nulls(5)
    first = arrow_table(5).set_column(2, "t", gaps).set_column(0, "x", gaps)
    parquet.write_table(first, folder / "part-00.parquet")
    table = next(iter(open_pieces(folder)))
    assert isinstance(table["t"], Text)
    assert table["t"].missing().all()
    assert table["x"].missing().all()


def test_what_is_no_folder_of_parquet(folder, tmp_path):
    (folder / "notes.txt").write_text("")
    with pytest.raises(TableError, match=r"holds .*notes\.txt\. Keep nothing but Parquet files in it"):
        open_pieces(folder)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(TableError, match="a folder without Parquet files"):
        open_pieces(empty)
    (tmp_path / "bad.parquet").write_text("a,b\n")
    with pytest.raises(TableError, match="is not a Parquet file, or a damaged one"):
        open_pieces(tmp_path / "bad.parquet")
    with pytest.raises(TableError, match=r"there is no file .*none\.parquet"):
        open_pieces(tmp_path / "none.parquet")


def test_a_file_that_vanishes_is_named(folder):
    pieces = open_pieces(folder)
    (folder / "part-2.parquet").unlink()
    with pytest.raises(TableError, match=r"part-2\.parquet is gone, though it was there before"):
        list(pieces)


def test_parquet_without_rows_is_one_piece_of_none(tmp_path):
    path = tmp_path / "t.parquet"
    parquet.write_table(arrow_table(0), path)
    (table,) = open_pieces(path, limits=Limits(fewest_rows=0))
    assert (table.names, table.n_rows) == (("x", "k", "t", "d", "b"), 0)
    with pytest.raises(TableError, match="has columns but no rows"):
        open_pieces(path)
