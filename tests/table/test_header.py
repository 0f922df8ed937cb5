"""What stands where the column names should be is refused by what it is, with the step that works."""

import io

import pytest

from selenite.errors import TableError
from selenite.table import ReadOptions, read_table

ROWS = "id,name,y\n1,Ann,0.5\n2,Bob,0.25\n3,Cy,0.125\n"
REFUSED = {
    "sep": ("sep=,\n" + ROWS, "line 1 tells Excel the separator and names no column. Delete the line"),
    "quoted sep": ('"sep=,"\r\n' + ROWS, "line 1 tells Excel the separator and names no column. Delete the line"),
    "another sep": ("SEP=;\n" + ROWS.replace(",", ";"), 'Delete the line and add --separator ";"'),
    "sep tab": ("sep=\t\n" + ROWS.replace(",", "\t"), "Delete the line and add --separator tab"),
    "comment": ("# made by hand\n" + ROWS, "names seem to be in line 2; delete the line above them"),
    "comment with a comma": ("# made by hand, in May\n" + ROWS, "line 1 has 2 cells, but most lines have 3"),
    "title": ("Sales of the year 2020\n\n" + ROWS, "names seem to be in line 3; delete the 2 lines above them"),
    "facts": ("Station,Berlin\nHeight,34 m\n" + ROWS, "names seem to be in line 3; delete the 2 lines above them"),
    "title with separators": ("Sales,,\n" + ROWS, 'line 1 names one column only: "Sales". Delete it if it is a title'),
    "blank and quote": ('id, "name", "y"\n1, "Ann", 0.5\n', "line 1: a blank stands before the quote of"),
    "single blanks": ("a b c\n1 2 3\n4 x 6\n", 'parted by blanks: "a b c". Add --separator " "'),
    "several blanks": ("a   b  c\n1   2  3\n", "Write commas in place of them: tr -s ' ' ',' < FILE > NEW_FILE"),
    "decimal commas": ("id;x\n1;0,5\n2;1,5\n3;2,5\n", 'have one column only, called "id;x". Add --separator ";"'),
    "tildes": ("a~b~c\n1~2~x\n3~4~y\n", 'one column only, called "a~b~c". Add --separator "~"'),
    "colons": ("a:b:c\n1:2:x\n3:4:y\n", 'Add --separator ":"'),
    "control characters": ("a\x01b\x01c\n1\x012\x01x\n", "Add --separator $'\\x01'"),
    "unit separators": ("a\x1fb\n1\x1f2\n3\x1f4\n", "Add --separator $'\\x1f'"),
    "doubled": ("a||b||c\n1||2||x\n", 'Write one "|" in place of two, and add --separator "|"'),
    "beyond ASCII": ("a¦b\n1¦2\n3¦4\n", 'Write commas in place of "¦"'),
    "quote over lines": (
        'a,"b\n1,2\n3",4\n5,6\n',
        "A quote holds the first 3 lines of the file together in the header",
    ),
    "a name missing": ("name,y\n1,Ann,0.5\n2,Bob,0.25\n", "row 1 has 3 cells, the header 2"),
    "a name missing, R": ("name,y\n1,Ann,0.5\n", "Is a name missing in the first line"),
    "text after a quote": ('"id"x,y\n1,2\n', "line 1: text follows the closing quote of a column name"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_line_of_names_is_refused_with_the_step_that_works(case):
    text, words = REFUSED[case]
    with pytest.raises(TableError) as error:
        read_table(io.BytesIO(text.encode()))
    assert words in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        "\n" + ROWS,
        "#id,name,y\n1,Ann,0.5\n",
        "first name\nAnn Lee\nBob 2\n",
        "the value\n1\n2\n",
        "sep\n1\n2\n",
        "hh:mm\n12:30\n01:45\n",
        "share\n1/2\n3/4\n",
        "a:b\n1:2\nnone\n",
        'a,"b\nc"\n1,2\n',
        "x\n1,2\n".replace(",", "."),
    ],
)
def test_usual_names_are_read(text):
    assert read_table(io.BytesIO(text.encode())).n_rows >= 1


def test_blanks_may_part_columns_where_the_option_says_so():
    table = read_table(io.BytesIO(b"a b c\n1 2 3\n"), ReadOptions(separator=" "))
    assert table.names == ("a", "b", "c")


def test_a_byte_order_mark_within_a_file_is_text():
    with pytest.raises(TableError, match="row 1 has 1 cell, the header 2"):
        read_table(io.BytesIO(b"a,b\n\xef\xbb\xbf\n3,4\n"))
    assert read_table(io.BytesIO(b"\xef\xbb\xbfa,b\n\xef\xbb\xbfx,4\n"))["a"].values == ("\ufeffx",)
