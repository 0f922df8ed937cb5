"""How the cells of a file are meant, from fit to predict: NA as a class, missing numbers, files without rows."""

import json
import shlex

import pyarrow as pa
import pytest
from pyarrow import parquet

COUNTRIES = "c,n,y\n" + "".join(
    f"{('NA', 'DE', 'FR')[i % 3]},{'NA' if i % 7 == 0 else i},{('NA', 'DE')[i % 2]}\n" for i in range(60)
)
QUICK = ("--preset", "fast", "--epochs", 2, "-q")


@pytest.fixture
def countries(tmp_path):
    path = tmp_path / "countries.csv"
    path.write_text(COUNTRIES)
    return path


def test_na_is_a_class_and_a_category_from_fit_to_predict(run, countries):
    assert "add --not-missing NA" in run("fit", countries, "--target", "y", code=3).stderr
    run("fit", countries, "--target", "y", "--not-missing", "NA", "-o", "m", *QUICK)
    rows = [json.loads(line) for line in run("predict", "m", countries, "--json", "-q").stdout.splitlines()]
    assert len(rows) == 60
    assert {row["outside"] for row in rows} == {""}  # NA is a known category, and n was missing in training, too
    assert {"probability of NA", "probability of DE"} <= set(rows[0])
    assert "accuracy" in run("score", "m", countries).stdout
    contradiction = run("fit", countries, "--target", "y", "--missing", "NA", "--not-missing", "NA", code=2)
    assert "contradict each other" in contradiction.stderr


def test_what_meant_missing_in_training_need_not_be_in_new_rows(run, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n" + "".join(f"{-999.0 if i % 9 == 0 else i},{i % 5}.5\n" for i in range(60)))
    assert "add --missing -999" in run("inspect", path).stdout
    told = run("inspect", path, "--missing", "-999", "--missing", "gone").stdout
    assert '7 cells "-999.0" read as missing' in told
    assert '--missing "gone" met no cell' in told
    run("fit", path, "--target", "y", "--missing", "-999", "-o", "m", *QUICK)
    assert run("predict", "m", "-", stdin="a\n-999\n5\n").stderr.splitlines() == [
        "2 rows.",
        'note: column "a": 1 cell "-999" read as missing',
    ]
    assert run("predict", "m", "-", stdin="a\n5\n").stderr == "1 row.\n"
    assert "met no cell" in run("predict", "m", "-", "--missing", "gone", stdin="a\n5\n").stderr


def test_a_header_alone_gives_a_header_alone(run, countries, tmp_path):
    run("fit", countries, "--target", "y", "--not-missing", "NA", "-o", "m", *QUICK)
    result = run("predict", "m", "-", stdin="c,n\n")
    assert result.stdout == "prediction,probability of DE,probability of NA,outside\n"
    assert result.stderr == "0 rows.\n"
    assert run("predict", "m", "-", stdin="c,n").stdout == result.stdout
    assert run("predict", "m", "-", "--json", "-q", stdin="c,n\n").stdout == ""
    assert 'column "n" is missing' in run("predict", "m", "-", stdin="c\n", code=4).stderr
    parquet.write_table(
        pa.table({"c": pa.array([], pa.string()), "n": pa.array([], pa.int64())}), tmp_path / "e.parquet"
    )
    run("predict", "m", tmp_path / "e.parquet", "-o", "out.parquet")
    written = parquet.read_table(tmp_path / "out.parquet")
    assert (written.num_rows, written.column_names) == (0, result.stdout.strip().split(","))
    for command in (("score", "m"), ("inspect",), ("report", "m"), ("explain", "m")):
        assert "has a header but no rows" in run(*command, "-", stdin="c,n,y\n", code=3).stderr


@pytest.mark.parametrize("option", ["--members", "--epochs", "--batch-size"])
def test_counts_that_no_computer_counts_are_refused(option, run, countries):
    assert f"'{option}'" in run("fit", countries, "--target", "y", option, 10**30, code=2).stderr


def test_a_table_in_the_german_manner_needs_one_answer(run, tmp_path):
    rows = [f"1.{i:03d},5 €;{i % 28 + 1:02d}.03.2026;{'k.A.' if i % 5 == 2 else f'{i} kg'};ja\n" for i in range(90)]
    (tmp_path / "t.csv").write_bytes(("Preis;Tag;Größe;Gut\n" + "".join(rows)).encode("cp1252"))
    first, *others, last = run("inspect", "t.csv", code=3).stderr.splitlines()
    assert first.startswith("error: t.csv, line 1: byte 0xF6 is not utf-8")
    assert len(others) == 5
    found = json.loads(run("inspect", "t.csv", "--json", *shlex.split(last.partition("with:")[2])).stdout)
    assert [column["kind"] for column in found["columns"]] == ["number", "date", "number", "constant"]
