"""Spreadsheets: a sheet is read as the same cells in CSV; which sheet, and what is none, is asked or said in words."""

import io
import zipfile
from xml.sax.saxutils import escape

import numpy as np
import pytest

pytest.importorskip("python_calamine")

from selenite.errors import OptionError, TableError
from selenite.table import Dates, ReadOptions, Text, open_pieces, read_table
from selenite.table.choice import kept_columns
from selenite.table.fingerprint import fingerprint

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats"
DAY = "s"  # of a cell: a number of days since 1899-12-30, shown as a date


def cell(place, value):
    """Return a cell of a sheet: text, a truth value, a number, or a day as ("s", number)."""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, tuple):
        return f'<c r="{place}" s="1"><v>{value[1]}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def workbook(**sheets):
    """Return the bytes of a workbook: of each sheet its cells by their places."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="{KIND}-officedocument.spreadsheetml.sheet.main+xml"/>'
        f'<Default Extension="rels" ContentType="{KIND}-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{i}" Type="{RELATED}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="s" Type="{RELATED}/styles" Target="styles.xml"/></Relationships>',
    }
    for i, cells in enumerate(sheets.values(), 1):
        lines = {}
        for place, value in cells.items():
            lines.setdefault(int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), []).append(cell(place, value))
        rows = "".join(f'<row r="{line}">{"".join(of_line)}</row>' for line, of_line in sorted(lines.items()))
        parts[f"xl/worksheets/sheet{i}.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return file.getvalue()


OASIS = "urn:oasis:names:tc:opendocument:xmlns"


def opendocument(**sheets):
    """Return the bytes of an .ods: of each sheet its rows, each so many times the same, and their values likewise."""
    tables = "".join(
        f'<table:table table:name="{name}">{"".join(of_row(*row) for row in rows)}</table:table>'
        for name, rows in sheets.items()
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"/>',
        "content.xml": f'<office:document-content xmlns:office="{OASIS}:office:1.0" xmlns:table="{OASIS}:table:1.0" '
        f'xmlns:text="{OASIS}:text:1.0"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>'
        "</office:document-content>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def of_row(times, *cells):
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(map(of_cell, cells))}</table:table-row>'


def of_cell(value):
    """Return a cell: text, a truth value, a number, a day as ("s", "2026-01-31"), or empty ones, as [times]."""
    if isinstance(value, list):
        return f'<table:table-cell table:number-columns-repeated="{value[0]}"/>'
    kind, attribute = {str: ("string", ""), bool: ("boolean", "boolean-value"), tuple: ("date", "date-value")}.get(
        type(value), ("float", "value")
    )
    text = escape(value if kind == "string" else value[1] if kind == "date" else str(value).lower())
    held = f' office:{attribute}="{text}"' if attribute else ""
    return f'<table:table-cell office:value-type="{kind}"{held}><text:p>{text}</text:p></table:table-cell>'


def sheet(*rows, top=1, left=0):
    """Return rows as cells by their places; None leaves one out."""
    letters = "ABCDEFGHIJ"[left:]
    return {
        f"{letters[i]}{top + line}": value
        for line, row in enumerate(rows)
        for i, value in enumerate(row)
        if value is not None
    }


PEOPLE = sheet(
    ["id", "age", "on", "ok", "note"],
    ["007", 20, (DAY, 46053), True, 'says "hi",\nö'],
    ["008", None, (DAY, 46054), False, None],
    ["010", 3.5, (DAY, 46056), True, "NA"],
)
ROWS_OF_CSV = """id,age,on,ok,note
007,20,2026-01-31,true,"says ""hi"",
ö"
008,,2026-02-01,false,
010,3.5,2026-02-03,true,NA
"""


def read(content, **options):
    return read_table(io.BytesIO(content), ReadOptions(**options))


def test_a_sheet_is_read_as_the_same_cells_in_csv(tmp_path):
    wanted = read(ROWS_OF_CSV.encode())
    (tmp_path / "people.xlsx").write_bytes(workbook(people=PEOPLE))
    for source in (tmp_path / "people.xlsx", io.BytesIO(workbook(people=PEOPLE))):
        table = read_table(source)
        assert table.names == wanted.names
        assert fingerprint(table) == fingerprint(wanted)
    assert isinstance(table["on"], Dates)
    assert isinstance(table["id"], Text)
    kept = read_table(
        tmp_path / "people.xlsx", kept=lambda names, source: kept_columns(names, source, [], ["on", "age"])
    )
    assert kept.names == ("age", "on")
    pieces = open_pieces(tmp_path / "people.xlsx")
    assert (pieces.n_rows, [piece.n_rows for piece in pieces]) == (3, [3])


def test_a_sheet_of_opendocument_is_read_as_the_same_cells_in_csv(tmp_path):
    rows = [
        (2, [16384]),
        (1, "id", "age", "on", "ok", "note"),
        (1, "007", 20, ("s", "2026-01-31"), True, 'says "hi", ö'),
        (1, "008", [1], ("s", "2026-02-01"), False),
        (1, "010", 3.5, ("s", "2026-02-03"), True, "NA"),
        (1, "010", 3.5, ("s", "2026-02-03"), True, "NA"),
        (1048570, [16384]),
    ]
    (tmp_path / "people.ods").write_bytes(opendocument(people=rows, empty=[]))
    table = read_table(tmp_path / "people.ods")
    csv = ROWS_OF_CSV.replace(",\nö", ", ö") + ROWS_OF_CSV.splitlines()[-1]
    assert fingerprint(table) == fingerprint(read(csv.encode()))
    (tmp_path / "people.ods").write_bytes(opendocument(a=rows, b=rows))
    with pytest.raises(TableError, match=r'people.ods has 2 sheets: "a", "b".*--sheet a'):
        read_table(tmp_path / "people.ods")


def test_blank_rows_and_columns_around_a_table_do_not_matter():
    cells = sheet(["x", "y"], [1, 2], [None, None], [3, "oops"], *([i, i] for i in range(60)), top=3, left=2)
    with pytest.raises(TableError, match=r"line 6: column \"y\" holds numbers but here \"oops\""):
        read(workbook(t=cells))
    cells["D6"] = 4
    table = read(workbook(t=cells, empty={}))
    np.testing.assert_array_equal(table["x"].values[:2], [1, 3])
    assert table.notices == ("the stream: 1 blank row skipped",)


def test_of_several_sheets_one_is_named():
    content = workbook(**{"in 2025": PEOPLE, "in 2026": sheet(["x"], [5])})
    with pytest.raises(TableError, match=r'has 2 sheets: "in 2025", "in 2026".*--sheet \'in 2025\''):
        read(content)
    np.testing.assert_array_equal(read(content, sheet="in 2026")["x"].values, [5])
    with pytest.raises(OptionError, match='no sheet \'in 2027\'; did you mean "in 2026"|did you mean "in 2025"'):
        read(content, sheet="in 2027")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (workbook(t=PEOPLE)[:900], "is no spreadsheet, or a damaged one"),
        (workbook(t=sheet(["Sales of 2026"], [None], ["x", "y"], [1, 2])), "names one column only"),
        (workbook(t=sheet(["x", "x"], [1, 2])), 'columns 1 and 2 are both called "x"'),
        (workbook(t=sheet(["x", "y"])), "has a row of names but no rows"),
        (workbook(t={}), "is empty"),
        (workbook(t={"A1": "x", "XFD1048576": 1}), "Is one cell far from the table"),
        (opendocument(t=[(1, "x"), (1048574, [16383]), (1, [16383], 1)]), "line 1,048,576 and column 16,384, too far"),
        (opendocument(t=[(1, "x", "y"), (999_999_999, 1, 2)]), "line 1,000,000,000 and column 2, too far"),
        (opendocument(t=[]), "is empty"),
        (opendocument(t=[(1, "x")])[:300], "is no spreadsheet, or a damaged one"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content, named, monkeypatch):
    monkeypatch.setattr("selenite.table.sheets.free_memory", lambda: 1 << 30)
    with pytest.raises(TableError, match=named):
        read(content)


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(TableError, match=r"pip install 'selenite\[excel\]'. Or save the sheet as CSV"):
        read(workbook(t=PEOPLE))
