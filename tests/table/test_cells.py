"""Cells of a CSV file are what Python's and Arrow's readers read back; what needs no quotes has none."""

import csv
import io

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv

from selenite.table.cells import csv_cell, spreadsheet_safe

AWKWARD = st.text(st.sampled_from("ab ,;\"'\t\r\n\\=+-@0\u00a0\u2028\ufeff漢"), max_size=8)
ROWS = st.lists(st.tuples(st.text() | AWKWARD, AWKWARD, st.text()), min_size=1, max_size=5)


@settings(deadline=None)
@given(ROWS)
def test_python_reads_back_what_was_written(rows):
    text = "".join(",".join(map(csv_cell, row)) + "\n" for row in rows)
    assert [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))] == rows


@settings(deadline=None)
@given(ROWS)
def test_arrow_reads_back_what_was_written(rows):
    text = "".join(",".join(map(csv_cell, row)) + "\n" for row in [("a", "b", "c"), *rows])
    table = arrow_csv.read_csv(
        io.BytesIO(text.encode()),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys("abc", pa.string())),
    )
    assert list(zip(*table.to_pydict().values(), strict=True)) == rows


@settings(deadline=None)
@given(st.text() | AWKWARD)
def test_a_guarded_cell_is_the_text_with_at_most_an_apostrophe(text):
    assert spreadsheet_safe(text) in (text, f"'{text}")
    assert not spreadsheet_safe(text).startswith(("=", "@", "\t", "\r", "\n"))
    assert spreadsheet_safe(f"={text}") == f"'={text}"


def test_only_what_needs_quotes_has_them():
    assert list(map(csv_cell, ["a b", "", "漢", "'a'", "=1", "#", "a\\"])) == ["a b", "", "漢", "'a'", "=1", "#", "a\\"]
    assert list(map(csv_cell, ["a,b", " a", "a\r", '"', "a\u00a0"])) == ['"a,b"', '" a"', '"a\r"', '""""', '"a\u00a0"']
    assert list(map(spreadsheet_safe, ["-1.5e3", "+.5", "-inf", "+1_0"])) == ["-1.5e3", "+.5", "'-inf", "'+1_0"]
