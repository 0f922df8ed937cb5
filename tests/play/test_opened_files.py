"""Files that are opened: columns as the table has them, what is learnt of them, what is refused before it is read."""

import gzip
import re
import tracemalloc

import numpy as np
import pytest

from selenite.errors import OptionError
from selenite.fitting.text_scores import learn_text_scores
from selenite.play.files import FEWEST_ROWS, MOST_KEPT, File, Files, OpenedTable, learn, open_table, words
from selenite.play.one_file import PAGE
from selenite.play.server import SUFFIXES
from selenite.splits.grouping import ALONE
from selenite.splits.split import split
from selenite.table import (
    ReadOptions,
    as_outputs,
    encode,
    encode_target,
    input_names,
    learn_schema,
    learn_target,
    read_table,
)
from selenite.table.cells import text_column
from selenite.table.table import Dates, Numbers, Table, Text
from selenite.table.words import text_scores


@pytest.fixture
def files():
    return Files()


def test_columns_come_as_they_were_read(visitor, tmp_path):
    path = tmp_path / "all.csv"
    path.write_text("x,n,yes,when,pet\n" + "1.5,1,true,2026-01-31,cat\n,2,false,,\n" * 4)
    found, table = visitor.opened(path), read_table(path)
    assert (found["kind"], found["table"]["source"], found["table"]["n_rows"]) == ("table", "all.csv", 8)
    columns = {column["name"]: column for column in found["table"]["columns"]}
    assert list(columns) == list(table.names)
    for name in ("x", "n", "yes"):
        np.testing.assert_array_equal(columns[name]["values"], table[name].values)
    assert [[kind for kind in ("whole", "logical") if columns[name].get(kind)] for name in ("x", "n", "yes")] == [
        [], ["whole"], ["logical"],
    ]  # fmt: skip
    assert columns["when"]["values"][0] == np.datetime64("2026-01-31", "us").astype(np.int64)
    assert np.isnan(columns["when"]["values"][1])
    assert columns["pet"]["codes"].tolist() == [0, -1] * 4
    assert columns["pet"]["texts"] == ["cat"]


def test_whatever_the_page_offers_to_open_is_opened(visitor, tmp_path):
    offered = re.search(r'accept: "([^"]+)"', (PAGE / "data.js").read_text(encoding="utf-8"))[1].split(",")
    assert set(offered) - {".gz"} <= set(SUFFIXES)
    (tmp_path / "pets.jsonl").write_text('{"x": 1, "y": "a"}\n{"x": 2, "y": "b"}\n' * 4)
    assert visitor.opened(tmp_path / "pets.jsonl")["table"]["names"] == ["x", "y"]


@pytest.mark.parametrize("target", ["answer", "pet", "age", "income"])
@pytest.mark.parametrize("fraction", [0.0, 0.25])
def test_what_is_learnt_is_what_the_table_learns(visitor, pets_file, target, fraction):
    table = read_table(pets_file)
    table = table.take(np.flatnonzero(~table["income"].missing())) if target == "income" else table
    number = visitor.playground.files.keep(OpenedTable(table))
    found = visitor.call("learn", file=number, target=target, test_fraction=fraction, seed=7)
    known = learn_target(table[target], target, None, table.first_line)
    y = encode_target(known, table[target])
    np.testing.assert_array_equal(found["Y"], as_outputs(known, y).ravel())
    assert found["target"]["classes"] == list(known.classes)
    if fraction:
        parts = split(table.n_rows, fraction, 7, y.astype(int) if known.classes else None)
        assert [found[part].tolist() for part in ("training", "test")] == [part.tolist() for part in parts]
    else:
        assert found["training"].tolist() == list(range(table.n_rows))
    opened = visitor.playground.files.of(number, OpenedTable)
    schema = opened.learnt(target, fraction, 7, ()).schema
    assert found["inputs"] == list(input_names(schema))
    np.testing.assert_array_equal(found["X"], encode(schema, table.without(target), np.float64).ravel())


def test_columns_left_out_are_not_learnt_from(files, pets_file):
    table = read_table(pets_file)
    number, less = (open_table(files, one, ReadOptions())["file"] for one in (table, table.without("age")))
    found, wanted = learn(files, number, "answer", 0.25, 7, ("age",)), learn(files, less, "answer", 0.25, 7)
    assert found["inputs"] == wanted["inputs"]
    assert found["X"].tobytes() == wanted["X"].tobytes()
    assert (
        files.array(found["kept"]["training"]["X"]).tobytes() == files.array(wanted["kept"]["training"]["X"]).tobytes()
    )
    with pytest.raises(OptionError, match='no column "agee"; did you mean "age"'):
        learn(files, number, "answer", 0.25, 7, ("agee",))


def test_its_schema_is_of_the_training_rows_alone(files):
    values = np.r_[np.linspace(0, 1, 30), [1e6] * 10]
    number = open_table(files, Table(("x", "y"), (Numbers(values), Numbers(np.arange(40.0))), 40, "t"), ReadOptions())[
        "file"
    ]
    for seed in range(20):
        found = learn(files, number, "y", 0.25, seed)
        [column] = found["schema"]
        assert column.maximum == values[found["training"]].max()


def test_arrays_that_lie_here_are_those_that_were_told(files, pets_file):
    number = open_table(files, read_table(pets_file), ReadOptions())["file"]
    found = learn(files, number, "answer", 0.25, 3)
    for part in ("training", "test"):
        for name in ("X", "Y"):
            kept = files.array(found["kept"][part][name])
            np.testing.assert_array_equal(kept, found[name][found[part]])
    files.of(number, OpenedTable).learnt.cache_clear()
    np.testing.assert_array_equal(files.array(found["kept"]["test"]["X"]), found["X"][found["test"]])


@pytest.mark.parametrize(
    "name", ["", "1", "9 training X: []", "x training X", "1 all X: []", "1 training X: [1]", "1 training X: ["]
)
def test_an_array_that_does_not_lie_here_is_refused(files, pets_file, name):
    open_table(files, read_table(pets_file), ReadOptions())
    with pytest.raises(OptionError, match="open it again"):
        files.array(name)


def test_the_files_asked_for_last_are_kept(files):
    numbers = [files.keep(File()) for _ in range(MOST_KEPT)]
    files.of(numbers[0], File)
    files.keep(File())
    files.of(numbers[0], File)
    with pytest.raises(OptionError, match="not kept any more; open it again"):
        files.of(numbers[1], File)


def test_what_cannot_be_learnt_is_refused(files):
    n = 40
    many = Text(np.arange(n, dtype=np.int32) % 11, tuple("abcdefghijk"))
    same = Text(np.zeros(n, np.int32), ("one",))
    moments = Dates(np.arange(n).astype("datetime64[us]"))
    table = Table(("many", "same", "when"), (many, same, moments), n, "t.csv")
    number = open_table(files, table, ReadOptions())["file"]
    for target, said in (
        ("many", "11 classes; the page draws up to 10"),
        ("same", "only one class"),
        ("x", "no column"),
    ):
        with pytest.raises(ValueError, match=said):
            learn(files, number, target, 0.25, 0)
    only = Table(("same", "y"), (same, Numbers(np.arange(float(n)))), n, "t.csv")
    with pytest.raises(ValueError, match="no column to predict"):
        learn(files, open_table(files, only, ReadOptions())["file"], "y", 0.25, 0)
    few = only.take(np.arange(FEWEST_ROWS - 1))
    with pytest.raises(ValueError, match="at least 4 are needed"):
        open_table(files, few, ReadOptions())


def test_a_file_that_cannot_be_read_is_named(visitor, tmp_path):
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n3\n")
    reason = visitor.upload(tmp_path / "broken.csv")["error"]
    assert "broken.csv" in reason
    assert "/tmp" not in reason
    (tmp_path / "x.csv").write_text("a|b\n1|2\n" * 9)
    assert 'Add --separator "|" (options are for the terminal: ' in visitor.upload(tmp_path / "x.csv")["error"]
    (tmp_path / "x.exe").write_text("MZ")
    assert "cannot be opened here" in visitor.upload(tmp_path / "x.exe")["error"]
    (tmp_path / "x.selenite").write_bytes(b"{}" * 100)
    assert "x.selenite" in visitor.upload(tmp_path / "x.selenite")["error"]
    (tmp_path / "x.csv").write_text("a,b\n1,2\n" * 9)
    assert "open it again" in visitor.upload(tmp_path / "x.csv", model=5)["error"]


def columns_of_parquet(path, rows, columns):
    """Write a Parquet file of equal rows, small whatever their number."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    part = pa.table({f"c{i}": np.zeros(min(rows, 1_000_000)) for i in range(columns)})
    with parquet.ParquetWriter(path, part.schema, compression="zstd") as writer:
        for _ in range(max(rows // 1_000_000, 1)):
            writer.write_table(part)


def lines_of_csv(path, rows, columns):
    with gzip.open(path, "wt", compresslevel=1) if path.suffix == ".gz" else path.open("w") as file:
        file.write(",".join(f"c{i}" for i in range(columns)) + "\n")
        for _ in range(rows // 100_000):
            file.write(("0," * (columns - 1) + "0\n") * 100_000)


@pytest.mark.parametrize(
    ("make", "name", "rows", "columns"),
    [
        (columns_of_parquet, "long.parquet", 20_000_000, 1),
        (columns_of_parquet, "wide.parquet", 3, 2000),
        (lines_of_csv, "long.csv.gz", 20_000_000, 2),
        (lines_of_csv, "wide.csv", 0, 20_000),
    ],
)
@pytest.mark.parametrize("as_rows", [False, True])
def test_a_table_too_large_for_the_page_is_refused_before_it_is_read(
    visitor, tmp_path, ensemble, make, name, rows, columns, as_rows
):
    """A small file may hold many rows; what it would take as numbers is never taken."""
    make(tmp_path / name, rows, columns)
    model = visitor.opened(ensemble)["file"] if as_rows else None
    tracemalloc.start()
    reason = visitor.upload(tmp_path / name, model)["error"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert f"{name} has " in reason
    assert "the page takes at most 300 columns and 200,000 rows. For more: selenite fit FILE" in reason
    assert peak < 120e6, peak


def wines(n=200):
    """Rows of free text and a number, and an answer that goes by the text's words."""
    rng = np.random.default_rng(0)
    good = rng.random(n) < 0.5
    words = np.where(good[:, None], rng.choice(["fine", "bright"], (n, 1)), rng.choice(["dull", "flat"], (n, 1)))
    texts = [
        f"a {word} bottle of {year} from here" for [word], year in zip(words, rng.integers(1900, 2000, n), strict=True)
    ]
    texts = [None if i % 40 == 9 else text for i, text in enumerate(texts)]
    return Table(("note", "x", "y"), (text_column(texts), Numbers(rng.normal(size=n)), Numbers(good * 1.0, "int")), n)


def test_free_text_is_set_aside_unless_it_is_said_to_be_text_or_alone(files):
    table = wines()
    opened = open_table(files, table, ReadOptions())["file"]
    note, x = learn(files, opened, "y", 0.2, 0)["schema"]
    assert (note.kind, note.reason, x.kind) == ("identifier", "free text, which selenite fit learns from", "number")
    found = learn(files, opened, "y", 0.2, 0, (), (("note", "text"),))
    assert found["inputs"] == ("note: score", "note is missing", "x")
    assert [(one.name, one.kind) for one in found["schema"]] == [
        ("note", "text"), ("note: score", "number"), ("note is missing", "number"), ("x", "number"),
    ]  # fmt: skip
    assert [(one["name"], one["of"]) for one in found["scores"]] == [("note: score", "note"), ("note is missing", None)]
    alone = open_table(files, table.without("x"), ReadOptions())["file"]
    assert learn(files, alone, "y", 0.2, 0)["inputs"] == ("note: score", "note is missing")


@pytest.mark.parametrize("seed", [0, 3])
def test_scores_of_text_are_those_of_selenite_fit_and_their_words_are_named(files, seed):
    table = wines()
    opened = open_table(files, table, ReadOptions())["file"]
    found = learn(files, opened, "y", 0.25, seed, (), (("note", "text"),))
    training, test, X = found["training"], found["test"], found["X"]
    rows = table.take(training)
    schema = learn_schema(rows.without("y"), {"note": "text"})
    wanted = learn_text_scores(schema, rows.without("y"), found["target"], found["Y"][training], ALONE, seed)
    np.testing.assert_array_equal(X[training, 0], wanted.of_column[0][0])  # of a training row by those of other folds
    [of_test] = text_scores(wanted.schema.columns[0].terms, table["note"].take(test))
    np.testing.assert_array_equal(X[test, 0], of_test)
    assert found["whole"].columns[0].terms == wanted.schema.columns[0].terms
    for row in test[:9].tolist():
        named = words(files, opened, found["asked"], row, 0)
        assert sum(weight * adds for _, weight, adds in named) == pytest.approx(X[row, 0], abs=1e-12)
        said = table["note"].values[table["note"].codes[row]].split() if table["note"].codes[row] >= 0 else []
        assert {name for name, *_ in named if not name.startswith("-") and " " not in name} <= set(said)
    for row, place in ((0, 2), (200, 0), (0, 3)):
        with pytest.raises(OptionError):
            words(files, opened, found["asked"], row, place)


def test_what_is_no_date_and_what_is_too_much_text_is_said_with_where_and_what_would_help(files, monkeypatch):
    dates = text_column(["2026-01-31", None, "soon", "2026-02-01"] * 10)
    packed = Numbers(np.full(40, 20260111.0) + np.arange(40) % 3, "int")
    texts = Text(np.arange(40, dtype=np.int32), tuple(f"the green bottle of {i}" for i in range(40)))
    columns = dates, packed, texts, Numbers(np.arange(40.0) % 7)
    table = Table(("when", "day", "note", "y"), columns, 40, "t.csv", first_line=2)
    opened = open_table(files, table, ReadOptions())["file"]
    monkeypatch.setattr("selenite.play.texts.MOST_CHARACTERS", 500)
    for name, kind, said in (
        ("when", "date", 'line 4: column "when" cannot be of kind date: it holds "soon", which is no date'),
        ("day", "date", 'line 2: column "day" .* holds "20260111", which is no date. Add --date-format "%Y%m%d"'),
        (
            "note",
            "text",
            'column "note" holds 717 characters in 33 training rows; the page learns the words of up to 500',
        ),
    ):
        with pytest.raises(OptionError, match=said):
            learn(files, opened, "y", 0.25, 0, (), ((name, kind),))
