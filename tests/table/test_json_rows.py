"""JSON: a row an object, of the same kinds as the same cells in CSV; what is no table is refused in words."""

import gzip
import io
import json

import numpy as np
import pytest

from selenite.errors import TableError
from selenite.table import json_rows, open_pieces, read_table
from selenite.table.choice import kept_columns
from selenite.table.fingerprint import fingerprint

ROWS = [
    {"id": "007", "age": 20, "on": "2026-01-31", "ok": True, "note": 'says "hi",\nö', "x": 1.50, "big": 2**60 + 1},
    {"id": "008", "age": None, "on": "2026-02-01", "ok": False, "note": "", "x": -2e-3, "big": 2**60 + 2},
    {"id": "010", "age": 3.0, "on": "2026-02-03", "ok": True, "x": 7, "big": 5},
]
CSV = (
    'id,age,on,ok,note,x,big\n007,20,2026-01-31,true,"says ""hi"",\nö",1.5,1152921504606846977\n'
    "008,,2026-02-01,false,,-0.002,1152921504606846978\n010,3.0,2026-02-03,true,,7,5\n"
)
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
FORMS = {"lines": LINES, "no end": LINES.rstrip(), "list": json.dumps(ROWS), "indented": json.dumps(ROWS, indent=2)}


def read(text, **options):
    return read_table(io.BytesIO(text if isinstance(text, bytes) else text.encode()), **options)


@pytest.mark.parametrize("form", FORMS)
def test_its_columns_are_those_of_the_same_cells_in_csv(form, tmp_path):
    wanted = read(CSV)
    for table in (read(FORMS[form]), read(b"\xef\xbb\xbf" + FORMS[form].encode())):
        assert table.names == wanted.names
        assert fingerprint(table) == fingerprint(wanted)
        assert [(type(a), getattr(a, "type", "")) for a in table.columns] == [
            (type(a), getattr(a, "type", "")) for a in wanted.columns
        ]
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(FORMS[form].encode()))  # the name does not matter
    assert fingerprint(read_table(tmp_path / "t.csv.gz")) == fingerprint(wanted)


def test_keys_may_come_late_and_be_left_out():
    table = read('{"a": 1}\n{"b": "x"}\n{"a": 2, "b": ""}\n')
    assert table.names == ("a", "b")
    np.testing.assert_array_equal(table["a"].values, [1, np.nan, 2])
    assert table["b"].missing().tolist() == [True, False, True]


@pytest.mark.parametrize("held", [0, 8 << 20])
def test_pieces_are_those_of_csv(tmp_path, monkeypatch, held):
    monkeypatch.setattr(json_rows, "MOST_HELD", held)
    monkeypatch.setattr("selenite.table.pieces.PIECE_ROWS", 5000)
    rows = [{"x": i / 8, "t": f"k{i % 3}"} | ({"late": i} if i > 9000 else {}) for i in range(10_000)]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pieces = open_pieces(tmp_path / "t.jsonl")
    assert (pieces.n_rows, pieces.names) == (10_000, ("x", "t", "late"))
    for _ in range(2):
        found = list(pieces)
        assert len(found) > 1
        np.testing.assert_array_equal(np.concatenate([one["x"].values for one in found]), np.arange(10_000) / 8)


def test_what_is_left_out_may_hold_anything():
    text = '{"a": 1, "tags": ["x", "y"]}\n{"a": 2, "tags": {"z": []}}\n'
    with pytest.raises(TableError, match=r'line 1: column "tags" holds a list.*leave the column out with --drop'):
        read(text)
    assert read(text, kept=lambda names, source: kept_columns(names, source, ["tags"], ())).names == ("a",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"a": 1}\n{"a": 2', r"line 2 ends within an object. Was the file cut off"),
        ('[{"a": 1}, {"a"', r"is not JSON"),
        ('{"a": 1}\n{"a": oops}\n', r"line 2 is not JSON: Expecting value at letter 7"),
        ('{"a": 1}\n\n{"a": 2}\n', r"line 2 is blank"),
        ('{"a": 1}\n[2]\n', r'line 2 holds "\[\\"2\\"\]" and no object|line 2 holds .* and no object'),
        ('[[1, "x"],\n[2, "y"]]', r"and no object: write one object a line"),
        ('{"a": 1, "a": 2}\n', r'names "a" twice in one object'),
        ('{\n  "a": {"0": 1}\n}', r"line 1 .*write one object a line"),
        ("[]", r"names no column"),
        ('{"a": "\\ud800"}', r"holds half a letter"),
        ('{"a": Infinity}\n{"a": 2}\n', r"which is not finite"),
        ('{"a": ' + "[" * 100_000, "nested too deeply|ends within an object"),
    ],
)
def test_what_is_no_table_is_refused_in_words(text, named):
    with pytest.raises(TableError, match=named):
        read(text)
