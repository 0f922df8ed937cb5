"""`--drop` and `--only`: the model is that of a file without the columns left out, which nothing needs afterwards."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import selenite
from selenite.reporting.again import fit_command
from selenite.table import open_pieces, read_table
from selenite.table.choice import kept_columns

QUICK = ("--hidden", "", "--members", 1, "--epochs", 2, "--test-fraction", 0.2)
NAMES = ("age", "Smith, J.", "leak", "day", "weight", "sold")


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    age, length = rng.normal(size=(2, 80))
    sold = np.where(age + length > 0, "yes", "no")
    columns = [age.round(2), length.round(2), sold, np.arange(80) % 9, rng.integers(1, 4, 80), sold]
    return [dict(zip(NAMES, row, strict=True)) for row in np.array(columns).T.tolist()]


@pytest.fixture
def sales(rows, tmp_path):
    def write(name, *without, last=None):
        names = [one for one in NAMES if one not in without]
        cells = [[json.dumps(one) for one in names], *([row[one] for one in names] for row in rows)]
        if last is not None:
            cells[-1][names.index("leak")] = last
        path = tmp_path / name
        path.write_text("".join(",".join(map(str, row)) + "\n" for row in cells))
        return path

    return write


def weights_of(path):
    model = selenite.load(path)
    return model.parameters.tobytes(), model.schema, model.data


@pytest.mark.parametrize(
    ("options", "without"),
    [
        (("--drop", "leak,day"), ("leak", "day")),
        (("--drop", "Smith, J.", "--drop", "leak"), ("Smith, J.", "leak")),
        (("--only", " age ,day"), ("Smith, J.", "leak", "weight")),
        (("--only", "age,sold", "--only", "Smith, J.", "--weights", "weight"), ("leak", "day")),
    ],
)
def test_a_fit_is_that_of_a_file_without_the_columns(run, sales, options, without):
    sales("all.csv"), sales("less.csv", *without)
    run("fit", "all.csv", "--target", "sold", *QUICK, "-q", *options)
    weights = options[options.index("--weights") :] if "--weights" in options else ()
    run("fit", "less.csv", "--target", "sold", *QUICK, "-q", *weights)
    assert weights_of("all.selenite") == weights_of("less.selenite")
    for file in ("all.csv", "less.csv"):  # each is known as the table fitted on
        assert "the table that the model was fitted on" in run("score", "all.selenite", file).output
    answers = [run("predict", "all.selenite", file, "-q").stdout for file in ("all.csv", "less.csv")]
    assert answers[0] == answers[1]


def test_what_is_left_out_is_not_looked_at(run, sales):
    """Neither its mistakes nor its unseen texts matter: not in fitting, and not in predicting."""
    sales("all.csv", last='"two\nlines"')
    for options in (("--drop", "leak"), ("--only", "age,day")):
        told = run("fit", "all.csv", "--target", "sold", *QUICK, *options).output
        assert "leak" not in told
        assert "leak" not in run("predict", "all.selenite", "all.csv").output
        told = run("inspect", "all.csv", "--target", "sold", *options).output
        assert "leak" not in told.partition("Next")[0]
    assert "alone predicts" in run("inspect", "all.csv", "--target", "sold").output


def test_tune_report_and_going_on_know_what_was_left_out(run, sales):
    sales("all.csv")
    run("tune", "all.csv", "--target", "sold", "--trials", 1, "--preset", "fast", "--only", "age,day", "-q")
    assert selenite.load("all.selenite").settings.only == ("age", "day")
    run("fit", "all.csv", "--target", "sold", *QUICK, "-q", "--drop", "leak", "--drop", "Smith, J.")
    assert selenite.load("all.selenite").settings.drop == ("leak", "Smith, J.")
    model = selenite.load("all.selenite")
    command = fit_command(SimpleNamespace(model=model, model_name="m", table_name="t"), model.settings)
    assert "--drop leak --drop 'Smith, J.'" in command
    run("fit", "all.csv", "--from", "all.selenite", "-o", "on.selenite", "-q", code=2)  # the same rows
    assert "does not go with --from" in run("fit", "all.csv", "--from", "all.selenite", "--drop", "x", code=2).output


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--drop", "leek"), 'no column "leek"; did you mean "leak"?'),
        (("--only", "age,dya"), 'no column "dya"; did you mean "day"?'),
        (("--drop", "day", "--only", "age"), "give one of them"),
        (("--drop", "sold"), "--drop sold: --target names that column"),
        (("--drop", "day", "--time-column", "day"), "--drop day: --time-column names that column"),
        (
            ("--only", "age", "--time-column", "day"),
            "--only leaves that column out. Add it there; --kind day=identifier",
        ),
        (("--only", "sold"), "--only sold names no column to learn from"),
        (("--drop", "leak", "--kind", "leak=category"), "--kind leak=category: --drop leaves that column out"),
    ],
)
def test_misuse_is_named(run, sales, options, named):
    sales("all.csv")
    assert named in " ".join(run("fit", "all.csv", "--target", "sold", *options, code=2).output.split())


def test_a_message_that_finds_a_leak_names_the_option_that_works(run, sales):
    sales("all.csv")
    told = " ".join(run("inspect", "all.csv", "--target", "sold").output.split())
    assert "If not, leave it out with --drop leak" in told
    told = run("inspect", "all.csv", "--target", "sold", "--drop", "leak").output
    assert "leak" not in told.partition("Next")[0]


def test_parquet_and_pieces_take_the_same_columns(sales, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"a": [1.0, 2.0], "a.b": ["x", "y"], "c": [True, False]})
    parquet.write_table(table, tmp_path / "t.parquet")
    (tmp_path / "t.csv").write_text("a,a.b,c\n1.5,x,true\n2.5,y,false\n")
    for file in (tmp_path / "t.parquet", tmp_path / "t.csv"):
        for drop in (["a"], ["a.b", "c"], ["c"]):
            kept = lambda names, source, drop=drop: kept_columns(names, source, drop, ())  # noqa: E731
            whole, pieces = read_table(file, kept=kept), open_pieces(file, kept=kept)
            assert whole.names == pieces.names == tuple(name for name in table.column_names if name not in drop)
            assert [piece.names for piece in pieces] == [whole.names]
            assert [type(one) for one in whole.columns] == [type(read_table(file)[name]) for name in whole.names]


def test_inspect_names_the_next_command_with_the_options_it_was_given(run, sales):
    sales("all.csv")
    told = run(
        "inspect",
        "all.csv",
        "--target",
        "sold",
        "--drop",
        "leak",
        "--kind",
        "day=category",
        "--missing",
        "9",
        "--missing",
        "x",
    )
    assert told.output.splitlines()[-1] == (
        "Next: selenite fit all.csv --target sold --kind day=category --drop leak --missing 9 --missing x"
    )
