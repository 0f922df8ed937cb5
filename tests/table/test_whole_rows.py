"""Quotes that swallow lines, or have text behind them, are refused with their lines; texts of lines are read."""

import csv
import io
import random

import pytest

from selenite.errors import TableError
from selenite.table import ReadOptions, Text, read_table
from selenite.table.whole_rows import WholeRows


def table_of(text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return read_table(io.BytesIO(content), ReadOptions(**options))


def lines_with(n_columns, strays, n_lines=80, separator=","):
    """Return a file of n_lines; `strays` says which cell (line, column) gets a quote before or after it."""
    lines = [[f"c{i}" for i in range(n_columns)]]
    lines += [[f"{(line * 7 + i) % 90}.5" for i in range(n_columns)] for line in range(2, n_lines + 1)]
    for (line, column), form in strays.items():
        lines[line - 1][column] = form.format(lines[line - 1][column])
    return "\n".join(separator.join(cells) for cells in lines) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
@pytest.mark.parametrize(
    ("n_columns", "strays", "lines"),
    [
        (3, {(21, 1): '"{}', (61, 1): '{}"'}, (21, 61)),
        (3, {(21, 0): '"{}', (61, 2): '{}"'}, (21, 61)),
        (3, {(21, 2): '"{}', (61, 0): '{}"'}, (21, 61)),
        (4, {(2, 1): '"{}', (3, 1): '{}"'}, (2, 3)),
        (2, {(2, 1): '"{}', (5, 1): '{}"'}, (2, 5)),
        (3, {(21, 1): '"{}', (61, 1): '"{}'}, (21, 61)),  # the second quote has text behind it
        (3, {(21, 1): '"{}', (40, 0): '"{}"'}, (21, 40)),
        (3, {(80, 1): '"{}"x'}, (80, 80)),
    ],
)
def test_stray_quotes_are_refused_with_the_lines_where_they_open_and_close(separator, n_columns, strays, lines):
    with pytest.raises(TableError) as error:
        table_of(lines_with(n_columns, strays, separator=separator), separator=separator)
    for line in lines:
        assert f"line {line}" in str(error.value)


@pytest.mark.parametrize("opens_in", [0, 1, 2])
@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_stray_quotes_are_refused_where_blanks_follow_the_separators(separator, opens_in):
    text = lines_with(3, {(21, opens_in): '"{}', (61, opens_in): '{}"'}, separator=f"{separator} ")
    if opens_in:  # a blank before a quote is refused as such
        text = text.replace(' "', '"')
    with pytest.raises(TableError, match="opens in line 21 and closes in line 61"):
        table_of(text, separator=separator)


def test_a_quote_that_makes_a_row_of_two_is_named():
    with pytest.raises(TableError, match="5 cells, the header 4.*A quote holds 2 lines of the file together"):
        table_of('a,b,c,d\n1,"2,3,4\n5,6",7,8,9\n1,2,3,4\n')


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_texts_of_several_lines_are_read(line_break):
    """Sentences with commas, addresses, lists: their lines have no more separators than a header by chance."""
    texts = [
        "Dear Bob,\nthe pump, which you sent, is broken.\n\nYours, Ann",
        'He said: "no".\nShe: "yes, please"',
        "Main Street 5\nSpringfield, IL",
        "Main Street 5\nSpringfield,IL,USA",
        "red, green\nblue",
        "\n\n",
        "a\nb\nc\nd\ne",
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_break)
    writer.writerows(
        [["id", "text", "y"], *([i, text.replace("\n", line_break), i / 2] for i, text in enumerate(texts))]
    )
    table = table_of(out.getvalue())
    assert isinstance(table["text"], Text)
    assert table.n_rows == len(texts)
    assert table["text"].values == tuple(
        text.replace("\n", line_break).strip() and text.replace("\n", line_break) for text in texts if text.strip()
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a,y\n1,2\n1,"3\n4,5"\n6,7\n', "line 3 and close in line 4"),
        ('a\n1\n"2\n3\n4"\n5\n', "line 3 and close in line 5"),
        ('a,y\n1,"3\n4,5"\n1,"3\n4,5"\n', "line 2 and close in line 3, and of 1 more"),
    ],
)
def test_quotes_around_what_may_be_a_row_are_noted(text, words):
    assert any(words in notice for notice in table_of(text).notices)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('"pipe"x', 'line 3: text follows the closing quote in ""pipe"x"'),
        ('"pi\\"pe"', "text follows the closing quote"),
        ('"a" "b"', "text follows the closing quote"),
        ('"pipe" ', "text follows the closing quote"),
        (' "pipe"', "a blank stands before the quote"),
        ('\t"a, b"', "a blank stands before the quote"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_quote_within_a_quoted_cell_is_refused(cell, words, place):
    cells = ["1", "2", "3"]
    cells[place] = cell
    with pytest.raises(TableError, match="line 3: ") as error:
        table_of(f'a,b,c\n"x","y","z"\n{",".join(cells)}\n1,2,3\n')
    assert words in str(error.value)


def test_quotes_elsewhere_are_letters():
    table = table_of('a,b\n5" pipe,1\nx"y"z,2\n"""5 pipe""",3\n6",4\n"",5\n')
    assert table["a"].values == ('5" pipe', 'x"y"z', '"5 pipe"', '6"')


def test_rows_are_cut_as_a_strict_reader_cuts_them_wherever_blocks_end():
    rng = random.Random(0)
    cells = ["", "1", "x y", "a,b", 'say "hi"', "two\nlines", 'q"', "\r\n", '"']
    for _ in range(200):
        rows = [[rng.choice(cells) for _ in range(3)] for _ in range(rng.randrange(1, 12))]
        out = io.StringIO()
        csv.writer(
            out, lineterminator=rng.choice(["\n", "\r\n"]), quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        ).writerows(rows)
        content = out.getvalue().encode()
        blocks = io.BytesIO(content[: -rng.randrange(3)] if content.endswith(b'"') else content)
        whole = WholeRows(iter(lambda blocks=blocks: blocks.read(rng.randrange(1, 9)), b""), "x.csv", ",", 50)
        pieces = list(whole.pieces(rng.randrange(60, 200)))
        assert b"".join(pieces) == content
        read = [row for piece in pieces for row in csv.reader(io.StringIO(piece.decode(), newline=""), strict=True)]
        assert read == rows
