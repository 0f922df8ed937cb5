"""A file that is written otherwise in many ways is refused once, with all options that it needs, and they read it."""

import io
import shlex

import numpy as np
import pytest

from selenite.errors import DialectError, TableError
from selenite.table import ReadOptions, Text, open_pieces, read_table
from selenite.table.dialect import with_changes

PRICES = [1000 + 7.25 * i for i in range(90)]
WEIGHTS = [i / 2 for i in range(90)]
DAYS = np.datetime64("2025-01-31") + 11 * np.arange(90)


def german(number, unit=""):
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,")) + unit


@pytest.fixture
def table(tmp_path):
    """A table as German programs write it: of the numbers and days above, each ninth of which is missing."""
    lines = ["Preis;Größe;Gewicht;Tag;Zeit;Ort"]
    for i in range(90):
        day, share = DAYS[i].item(), f"{i} %"
        cells = [german(PRICES[i], " €"), share, german(WEIGHTS[i], " kg"), day.strftime("%d.%m.%Y")]
        cells = ["k.A."] * 4 if i % 9 == 4 else cells
        lines.append(";".join([*cells, day.strftime("%d.%m.%Y %H:%M"), ["Köln", "Bonn"][i % 2]]))
    (tmp_path / "table.csv").write_bytes("\n".join(lines).encode("cp1252"))
    return tmp_path / "table.csv"


def options_of(line):
    """Return the options in a line, as a shell hands them on, as changes."""
    words = shlex.split(line[line.index("--") :])
    named = [word.removeprefix("--").replace("-", "_") for word in words[::2]]
    values = [(value,) if name == "missing" else value for name, value in zip(named, words[1::2], strict=True)]
    return dict(zip(named, values, strict=True))


@pytest.mark.parametrize("read", [read_table, open_pieces])
def test_all_options_are_named_at_once_and_read_the_table(table, read):
    with pytest.raises(DialectError) as refused:
        read(table)
    first, *others, last = str(refused.value).split("\n")
    assert "line 1: byte 0xF6 is not utf-8. Add --encoding" in first
    assert all(line.startswith("  then: ") for line in others)
    assert "--separator" in others[0]
    assert len(others) == len(set(others)) <= 9
    assert last.startswith("  It is read with: --encoding")
    assert options_of(last) == refused.value.changes
    found = read_table(table, with_changes(ReadOptions(), options_of(last)))
    gone = np.arange(90) % 9 == 4
    np.testing.assert_array_equal(found["Preis"].values, np.where(gone, np.nan, PRICES))
    np.testing.assert_array_equal(found["Gewicht"].values, np.where(gone, np.nan, WEIGHTS))
    np.testing.assert_array_equal(found["Größe"].values, np.where(gone, np.nan, np.arange(90)))
    np.testing.assert_array_equal(found["Tag"].values[~gone], DAYS[~gone])
    np.testing.assert_array_equal(found["Zeit"].values, DAYS)
    assert isinstance(found["Ort"], Text)
    assert not [finding for finding in found.findings if finding.kind == "looks otherwise"]


def refusal(tmp_path, text, **options):
    """Return the lines in which a text is refused."""
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as refused:
        read_table(path, ReadOptions(**options))
    return str(refused.value).replace(str(path), "t.csv").split("\n")


def test_what_one_option_reads_is_refused_in_one_line(tmp_path):
    assert refusal(tmp_path, "a|b\n1|2\n3|4\n") == [
        't.csv seems to have one column only, called "a|b". Add --separator "|"'
    ]


def test_what_no_option_mends_is_told_beside_those_needed(tmp_path):
    text = "a;b\n1,5;x\n" + "2,5;y\n" * 30 + "3,5\n"
    assert refusal(tmp_path, text) == [
        't.csv seems to have one column only, called "a;b". Add --separator ";"',
        '  With --separator ";" there is:',
        '  t.csv, line 33 has 1 cell, the header 2: "3,5". Complete the row or delete it',
    ]


def test_a_column_that_stays_text_is_told_beside_the_options(tmp_path):
    lines = refusal(tmp_path, "a;b;c\n" + "1,5;0.5;x\n2,5;1.25;y\n" * 30)
    assert lines[-2] == '  With --separator ";" --decimal "," there is:'
    assert lines[-1].startswith('  column "b" is read as text, though 100% of it looks like numbers')


def test_what_is_given_stands_and_only_what_is_missing_is_named(tmp_path):
    text = "a;b;c\n" + "".join(f"1.{i:03d},5 €;{i};?\n" for i in range(100)) + "?;?;?\n-;2;-\n-;?;?\n"
    lines = refusal(tmp_path, text, separator=";", missing=("?",))
    assert lines[-1] == '  It is read with: --strip "€" --decimal "," --thousands "." --missing "-"'


def test_mistakes_are_not_taken_for_gaps_one_after_the_other(tmp_path):
    assert len(refusal(tmp_path, "a\n" + "".join(f"{i}\n" for i in range(90)) + "4o\n5o\n")) == 1


def test_what_can_be_read_but_once_is_refused_with_the_first_option():
    with pytest.raises(DialectError) as refused:
        read_table(io.BytesIO("a;b\n1,5;é\n".encode("latin-1")))
    assert refused.value.changes == {"encoding": "latin-1"}
