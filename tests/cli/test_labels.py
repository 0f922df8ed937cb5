"""Classes of every kind survive fit, file, predict and reading back, to the character."""

import csv
import io
import json

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet
from sklearn.metrics import accuracy_score

import selenite

LABELS = {
    "signs": ["+", "-"],
    "formulas": ["=1+1", "@SUM(A1)", "+a", "-a"],
    "signed numbers": ["+1", "-1"],
    "leading zeros": ["007", "010", "7"],
    "leading zeros of fractions": ["01.0", "02.0"],
    "one number in two spellings": ["1", "1.0", "2"],
    "numbers between blanks": [" 1", "1", "2 "],
    "exponents": ["1e0", "2E0"],
    "more digits than a number holds": ["9007199254740992", "9007199254740993", "1"],
    "plus and minus zero": ["0", "-0"],
    "numbers": ["0", "1"],
    "fractions": ["1.0", "2.0", "3.0"],
    "booleans": ["true", "false"],
    "capital booleans": ["TRUE", "FALSE"],
    "Python's booleans": ["True", "False"],
    "mixed booleans": ["True", "TRUE", "false"],
    "booleans and more": ["true", "false", "perhaps"],
    "blanks at the ends": ["a", " a", "a ", "\ta", "a\t", "\u00a0a", "a\u3000"],
    "quotes": ['"', '""', 'a"b', '"a"', "'", "'a'"],
    "commas": [",", "a,b", "a;b", "a|b"],
    "line breaks": ["a\nb", "a\rb", "a\r\nb", "\na", "a\n", "a\r", "a\r\n"],
    "tabs": ["a\tb", "a b"],
    "letters": ["Ж", "漢字", "é", "e\u0301", "😀", "می\u200cخواهم", "\ufeffa", "a\u2028b", "a\x85b"],
    "long": ["x" * 100_000, "x" * 99_999 + "字"],
    "backslashes": ["\\", "\\n", "a\\"],
    "escape sequences": ["\x1b[31mred\x1b[0m", "red", "a\x07"],
    "mathematics": ["$x$", "_a", "x_1", "#a"],
    "names of columns": ["prediction", "outside"],
    "numbers and text": ["1", "2", "3+", "None"],
}
ONLY_AS_CLASSES = {  # in a CSV file taken for something else, unless --task classification is given
    "dates": ["2026-01-01", "2026-01-02T00:00:00"],
    "infinities": ["inf", "-inf"],
    "percent": ["10%", "20%"],
    "thousands": ["1,000", "2,000"],
}
MISSING_IN_CSV = {
    "missing": ["NA", "N/A", "nan", "null", "a"],
    "empty": ["", "a"],
    "blank": ["  ", "\r\n", "a"],
}
EVERY = LABELS | ONLY_AS_CLASSES | MISSING_IN_CSV


def classes_of(labels):
    """Return a number and a class for each of enough rows."""
    y = [labels[i % len(labels)] for i in range(12 * len(labels))]
    return np.arange(len(y)) % len(labels) + np.linspace(0, 0.5, len(y)), y


def write(path, x, y):
    """Write the file from outside of selenite."""
    if path.suffix == ".parquet":
        parquet.write_table(pa.table({"x": x, "y": pa.array(y, pa.string())}), path)
        return path
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["x", "y"], *zip(x.tolist(), y, strict=True)])
    return path


def by_csv(content):
    names, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def by_arrow(content):
    names = next(csv.reader(io.StringIO(content.decode(), newline="")))
    table = arrow_csv.read_csv(
        io.BytesIO(content),
        arrow_csv.ReadOptions(block_size=1 << 24),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    return table.to_pydict()


def by_pandas(content):
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False).to_dict("list")


def check_predictions(content, labels):
    """Check the classes in a file of predictions, as three readers find them, and return the predictions."""
    read = by_csv(content)
    assert by_arrow(content) == read
    assert by_pandas(content) == read
    first, *middle, last = read
    assert (first, last) == ("prediction", "outside")
    known = [name.removeprefix("probability of ") for name in middle]
    assert sorted(known) == sorted(labels)
    probabilities = np.array([read[f"probability of {label}"] for label in known], dtype=np.float32)
    assert read["prediction"] == [known[i] for i in probabilities.argmax(axis=0)]
    return read["prediction"]


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        *((kind, ".csv") for kind in EVERY),
        *((kind, ".parquet") for kind in ["signs", *ONLY_AS_CLASSES, *MISSING_IN_CSV]),
    ],
)
def test_classes_survive_the_command_line(kind, suffix, run, tmp_path):
    """Fitted to one kind of file, they are found in the other; from Parquet those that a CSV tells otherwise."""
    x, y = classes_of(EVERY[kind])
    path = write(tmp_path / f"t{suffix}", x, y)
    fit = ["fit", path, "--target", "y", "-o", "m", "--epochs", 2, "--hidden", "", "--json"]
    if suffix == ".csv" and kind in MISSING_IN_CSV:
        assert "In a CSV file, blanks, NA, N/A, NaN and null mean missing" in run(*fit, code=3).stderr
        return
    msgspec.json.decode(run(*fit, *(["--task", "classification"] if kind in ONLY_AS_CLASSES else [])).stdout)
    run("predict", "m", path, "-o", "p.csv", "-q")
    content = (tmp_path / "p.csv").read_bytes()
    predicted = check_predictions(content, EVERY[kind])
    assert run("predict", "m", path, "-q").stdout_bytes == content
    lines = run("predict", "m", path, "-q", "--json").stdout.split("\n")[:-1]
    assert [msgspec.json.decode(line)["prediction"] for line in lines] == predicted

    for other in (path, write(tmp_path / f"u{'.csv' if suffix == '.parquet' else '.parquet'}", x, y)):
        scored = msgspec.json.decode(run("score", "m", other, "--json").stdout)
        assert sorted(scored["classes"]) == sorted(EVERY[kind])
        assert scored["scores"]["all_rows"]["metrics"]["accuracy"]["value"] == accuracy_score(y, predicted)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer", "ignore:.*each is a class of its own")
@pytest.mark.parametrize("kind", EVERY)
def test_classes_survive_in_python(kind, tmp_path):
    x, y = classes_of(EVERY[kind])
    X = x[:, None]
    for classifier in (
        selenite.SeleniteClassifier((), max_iter=2).fit(X, pd.Series(y)),
        selenite.SeleniteClassifier((), max_iter=2).fit(X, y),
        selenite.MLPClassifier((2,), max_iter=2, random_state=0).fit(X, np.array(y, dtype=object)),
    ):
        assert sorted(classifier.classes_.tolist()) == sorted(EVERY[kind])
        classifier.save(tmp_path / "m")
        model = selenite.load(tmp_path / "m")
        assert list(model.target.classes) == sorted(EVERY[kind])
        predicted = model.predict(X).tolist()
        assert predicted == classifier.predict(X).tolist()
        assert predicted == classifier.classes_[classifier.predict_proba(X).argmax(axis=1)].tolist()


def test_classes_that_are_numbers_are_numbers_in_python_and_spelled_as_written_in_files(run, tmp_path):
    for labels, values in ((["-1", "+1"], [-1, 1]), (["FALSE", "TRUE"], [False, True]), (["1.0", "2e0"], [1.0, 2.0])):
        x, y = classes_of(labels)
        run(
            "fit",
            write(tmp_path / "t.csv", x, y),
            "--target",
            "y",
            "-o",
            "m",
            "-q",
            "--epochs",
            2,
            "--test-fraction",
            0.15,
        )
        model = selenite.load("m")
        assert model.target.classes == tuple(labels)
        predicted = model.predict(pd.DataFrame({"x": x}))
        assert predicted.dtype == np.array(values).dtype
        assert set(predicted.tolist()) <= set(values)
        frame = pd.DataFrame({"x": x, "y": [values[labels.index(label)] for label in y]})
        frame.to_parquet("t.parquet")
        assert "test_rows" in json.loads(run("score", "m", "t.parquet", "--json").stdout)["scores"]


def test_spreadsheet_safe_puts_an_apostrophe_before_formulas_alone(run, tmp_path):
    labels = ["=1+1", "-a", "@b", "\tc", "+1", "d=e", "'f"]
    x, y = classes_of(labels)
    path = write(tmp_path / "t.csv", x, y)
    run("fit", path, "--target", "y", "-o", "m", "-q", "--epochs", 40)
    plain = by_csv(run("predict", "m", path, "-q").stdout_bytes)
    guarded = by_csv(run("predict", "m", path, "-q", "--spreadsheet-safe").stdout_bytes)
    assert list(plain) == list(guarded)
    expected = {label: f"'{label}" if label in labels[:4] else label for label in labels}
    assert guarded["prediction"] == [expected[label] for label in plain["prediction"]]
    assert set(labels[:4]) & set(plain["prediction"])
    assert "--spreadsheet-safe is for CSV" in run("predict", "m", path, "--spreadsheet-safe", "--json", code=2).stderr


def test_a_category_is_named_to_the_character_where_it_is_data_and_escaped_on_the_terminal(run, tmp_path):
    rows = [["p", "=q\x1b"][i % 2] for i in range(60)]
    frame = pd.DataFrame({"=n\nm": rows, "y": rows})
    frame.to_parquet("t.parquet")
    run("fit", "t.parquet", "--target", "y", "-o", "m", "-q", "--epochs", 2)
    new = "z\t" * 300
    pd.DataFrame({"=n\nm": [new]}).to_parquet("u.parquet")
    result = run("predict", "m", "u.parquet")
    assert by_csv(result.stdout_bytes)["outside"] == [f'=n\nm category "{new}" never seen']
    assert r'=n\nm category "z\tz\t' in result.stderr
    assert "…" in result.stderr
    assert "\x1b" not in run("score", "m", "t.parquet").output + run("inspect", "t.parquet").output
    assert r"=q\x1b" in run("score", "m", "t.parquet").output
    inspected = msgspec.json.decode(run("inspect", "t.parquet", "--json").stdout)
    assert inspected["columns"][0]["name"] == "=n\nm"
    assert inspected["columns"][0]["values"] == "2: =q\x1b, p"


def test_the_same_words_mean_missing_in_csv_only_where_the_model_does_not_know_them(run, tmp_path):
    _, y = classes_of(["NA", "", "b"])
    pd.DataFrame({"c": y, "y": y}).to_parquet("t.parquet")
    run("fit", "t.parquet", "--target", "y", "-o", "m", "-q", "--epochs", 2)
    (tmp_path / "u.csv").write_text('c,y\nNA,NA\n"",b\nb,\nnull,b\n')
    outside = by_csv(run("predict", "m", "u.csv", "-q").stdout_bytes)["outside"]
    assert outside == ["", "", "", "c missing, never missing in training"]
    outside = by_csv(run("predict", "m", "u.csv", "-q", "--missing", "NA").stdout_bytes)["outside"]
    assert outside[0] == "c missing, never missing in training"
