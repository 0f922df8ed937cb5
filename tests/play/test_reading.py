"""A file that is dropped on the page: parted and written as it shows, without an option."""

import gzip

import pytest

from selenite.errors import TableError
from selenite.play.reading import read_as_written

COMMAS = "size,kind\n1.5,a\n2,b\n"


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        (COMMAS, [1.5, 2]),
        ("size;kind\n1.5;a\n2;b\n", [1.5, 2]),
        ("size;kind\n1,5;a\n2;b\n", [1.5, 2]),
        ('"size, in cm";kind\n1,5;a\n2;b\n', [1.5, 2]),
        ("size;kind\n1,500;a\n2,250;b\n", [1.5, 2.25]),  # semicolons are of where a comma is the decimal mark
        ("size,kind;more\n1.5,a\n2,b\n", [1.5, 2]),
        ("size,price\n$1.5,3 %\n$2,4 %\n", [1.5, 2]),
        ("size;kind\n1,5 €;a\n2 €;b\n", [1.5, 2]),
    ],
)
def test_a_table_is_read_as_its_line_of_names_says(tmp_path, text, sizes):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("t.csv", "t.csv.gz"):
        table, _ = read_as_written(tmp_path / name)
        assert len(table.names) == 2
        assert table.columns[0].values.tolist() == sizes


def test_tabs_are_tabs_and_a_doubt_is_told_of_the_first_reading(tmp_path):
    (tmp_path / "t.tsv").write_text("a;b\tc\n1;2\t3\n4;5\t6\n", encoding="utf-8")
    assert read_as_written(tmp_path / "t.tsv")[0].names == ("a;b", "c")
    (tmp_path / "t.csv").write_text("a;b\n1.000,5;2\n3;4\n", encoding="utf-8")
    with pytest.raises(TableError, match='Add --decimal "," --thousands "."'):
        read_as_written(tmp_path / "t.csv")
    with pytest.raises(TableError, match="there is no file"):
        read_as_written(tmp_path / "none.csv")
