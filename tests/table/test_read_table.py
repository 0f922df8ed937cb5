"""Files are read strictly: every broken one is refused with its line and a remedy, or named in a notice."""

import gzip
import io
import os
import subprocess
import sys
import threading
import time
from datetime import datetime
from decimal import Decimal

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from selenite.errors import OptionError, TableError
from selenite.table import Dates, Numbers, ReadOptions, Text, read_table


@pytest.fixture
def write(tmp_path):
    def write(content, name="people.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


BROKEN = {
    "short row": ("a,b\n1,2\n3\n", ["line 3", "1 cell", "header 2"]),
    "long row": ("a,b\n1,2\n3,4,5\n", ["line 3", "3 cells", "quotes"]),
    "short row below a line break in quotes": ('a,b\n"x\ny",2\n3\n', ["line 4", "1 cell"]),
    "duplicate column": ("a,b,a\n1,2,3\n", ["columns 1 and 3", '"a"', "rename"]),
    "two columns without names": (",a,\n1,2,3\n", ["columns 1 and 3 have no name"]),
    "unclosed quote": ('a,b\n1,2\n3,"4\n5,6\n', ["line 3", "never closed"]),
    "unclosed quote in a first cell": ('a,b\n1,2\n"3,4\n5,6\n', ["line 3", "never closed"]),
    "unclosed quote at the very end": ('a,b\n1,"2', ["line 2", "never closed"]),
    "unclosed quote in the header": ('a,"b\n1,2\n', ["line 1", "never closed"]),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), ["UTF-16", "--encoding utf-16"]),
    "UTF-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), ["UTF-16", "--encoding utf-16-le"]),
    "Latin-1": (b"a,b\n1,2\n3,\xe9\n", ["line 3", "0xE9", "--encoding latin-1"]),
    "NUL inside a text": ("a,b\n1,x\0y\n", ["line 2", "NUL"]),
    "semicolons": ("a;b\n1;2\n", ['--separator ";"', '"a;b"']),
    "tabs": ("a\tb\n1\t2\n", ["--separator tab"]),
    "bars": ("a|b\n1|2\n", ['--separator "|"']),
    "1,000": ('a,b\n1,"1,000"\n2,5\n', ["line 2", 'column "b"', '--thousands ","']),
    "3,14": ('a,b\n1,2\n2,"3,14"\n', ["line 3", 'column "b"', '--decimal ","']),
    "1.234,5": ('a,b\n1,"1.234,5"\n', ["line 2", '--decimal "," --thousands "."']),
    "12%": ("a,b\n1,12%\n2,7 %\n", ["line 2", 'column "b"', '--strip "%"']),
    "$3.50": ("a,b\n1,$3.50\n2,-$1\n", ["line 2", 'column "b"', '--strip "$"']),
    "31/12/2026": ("a,b\n1,31/12/2026\n", ["line 2", 'column "b"', "--date-format"]),
    "30 February": ("a,b\n1,2026-01-30\n1,2026-02-30\n", ["line 3", 'column "b"', "2026-02-30"]),
    "infinity": ("a,b\n1,2\n-inf,3\n", ["line 3", 'column "a"', "not finite", "--missing"]),
    "beyond float64": ("a,b\n1,2\n1e400,3\n", ["line 3", 'column "a"', "not finite"]),
    "empty file": ("", ["is empty"]),
    "header only": ("a,b\n", ["has a header but no rows"]),
    "header without line break": ("a,b", ["has a header but no rows"]),
    "only newlines": ("\n\r\n\n", ["only blank lines"]),
    "no header": ("6,148,6\n1,2,3\n", ["columns 1 and 3", "begin with its column names"]),
    "zip": (b"PK\x03\x04....", ["zip", "save the sheet as CSV"]),
    "pickle": (b"\x80\x04....", ["pickle", "not safe"]),
    "picture": (b"\x89PNG\r\n\x1a\n", ["picture"]),
    "gzip by content only": (gzip.compress(b"a,b\n1,2\n"), [".csv.gz"]),
    "10 MB cell": ("a,b\n1,2\n" + "x" * 10_000_000 + ",2\n", ["line 3", "longer than 1 MB"]),
    "10 MB cell in quotes": ('a,b\n1,2\n3,"' + "x\n" * 3_000_000 + '",2\n', ["line 3", "quote"]),
    "150,000 columns": (",".join(f"c{i}" for i in range(150_000)) + "\n1\n", ["150,000 columns", "at most 100,000"]),
    "one mistake among numbers": (
        "a,b\n" + "".join(f"1,{i}\n" for i in range(60)) + "1,4x\n",
        ["line 62", 'column "b"', '"4x"', "--missing", "--decimal", "--thousands", "--strip"],
    ),
    "one mistake among dates": (
        "a,b\n" + "".join(f"1,2026-01-{i:02}\n" for i in range(1, 31)) + "1,soon\n",
        ["line 32", 'column "b"', '"soon"'],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file_is_refused_with_place_and_remedy(case, write):
    content, parts = BROKEN[case]
    with pytest.raises(TableError) as error:
        read_table(write(content))
    for part in ["people.csv", *parts]:
        assert part in str(error.value)


def test_mixed_line_breaks_a_mark_and_no_final_line_break_are_read(write):
    table = read_table(write(b"\xef\xbb\xbfa,b\r\n1,2\r3,4\n5,6\r\n7,8"))
    assert table.names == ("a", "b")
    np.testing.assert_array_equal(table["a"].values, [1, 3, 5, 7])
    assert table.first_line == 2
    assert table.place(3) == "line 5"


def test_types(write):
    table = read_table(
        write("i,f,b,d,t,z\n1,1,TRUE,2026-01-02T00:00Z,x,007\n-2,2.5e1,false,2026-01-03T04:05:06Z,,010\n")
    )
    assert [type(column) for column in table.columns] == [Numbers, Numbers, Numbers, Dates, Text, Text]
    assert [table[name].type for name in "ifb"] == ["int", "float", "bool"]
    np.testing.assert_array_equal(table["f"].values, [1, 25])
    assert table["d"].values[1] == np.datetime64("2026-01-03T04:05:06")
    assert table["t"].values == ("x",)
    assert table["t"].codes.tolist() == [0, -1]
    assert table["z"].values == ("007", "010")
    assert any('"z"' in notice and "leading zeros" in notice for notice in table.notices)


def test_missing_values_are_named_unless_empty(write):
    table = read_table(write("a,b\n1,x\nNA,\n ,null\n?,y\n"), ReadOptions(missing=("?",)))
    np.testing.assert_array_equal(table["a"].missing(), [False, True, True, True])
    np.testing.assert_array_equal(table["b"].missing(), [False, True, True, False])
    assert 'column "a": 1 cell "NA" read as missing' in table.notices
    assert 'column "a": 1 cell " " read as missing' in table.notices
    assert len(table.notices) == 4


def test_digits_beyond_two_to_53_are_kept(write):
    table = read_table(write("a\n9007199254740993\n1\n"))
    assert table["a"].written.values == ("9007199254740993", "1")


def test_few_different_values_with_one_text_are_categories(write):
    table = read_table(write("a\n" + "0\n1\n2\n" * 20 + "3+\n"))
    assert isinstance(table["a"], Text)
    assert '"3+"' in table.notices[0]


NUMBERS = [f"{i / 7:.3f}" for i in range(60)]
COMMAS = [f'"{text.replace(".", ",")}"' for text in NUMBERS]
DAYS = [f"{i % 28 + 1:02}/0{i % 9 + 1}/2026" for i in range(60)]
MOSTLY = {
    "numbers and ?": (
        [*NUMBERS, *["?"] * 12],
        {},
        ['83% of it looks like numbers: "?"', 'line 62) is none; add --missing "?"'],
    ),
    "thousands and ?": (['"1,000"', '"2,500"', '"3,250"', "?"], {}, ['"?"', "--missing", "--thousands"]),
    "points for --decimal ,": (
        NUMBERS,
        {"decimal": ","},
        ["100% of it", "line 2) cannot be read as such; see --decimal"],
    ),
    "points among commas": ([*COMMAS, *["0.5", "1.5"] * 9], {"decimal": ","}, ['"0.5"', "cannot be read as such"]),
    "dates and soon": (
        ["2026-01-02", "2026-01-03", "soon", "soon"],
        {},
        ["50% of it looks like dates", '--missing "soon"'],
    ),
}


@pytest.mark.parametrize("case", MOSTLY)
def test_text_that_is_mostly_numbers_or_dates_is_noticed(case, write):
    cells, options, parts = MOSTLY[case]
    table = read_table(write("a\n" + "\n".join(cells) + "\n"), ReadOptions(**options))
    assert isinstance(table["a"], Text)
    (notice,) = table.notices
    for part in ['column "a" is read as text', *parts]:
        assert part in notice


@pytest.mark.parametrize("cells", [["a1", "b2", "3", "4"], ["1-2", "soon", "2026-01-01"], ["10.0.0.1", "10.0.0.2"]])
def test_ordinary_text_is_not(cells, write):
    assert read_table(write("a\n" + "\n".join(cells) + "\n")).notices == ()


def test_iso_dates_may_stand_among_those_of_the_format(write):
    path = write("a\n" + "\n".join(["2026-12-31", *DAYS]) + "\n")
    table = read_table(path, ReadOptions(date_format="%d/%m/%Y"))
    assert table["a"].values[[0, 2]].tolist() == [datetime(2026, 12, 31), datetime(2026, 2, 2)]
    for options, words in ((ReadOptions(), "Add --date-format"), (ReadOptions(date_format="%m/%d/%Y"), "does not fit")):
        with pytest.raises(TableError, match=words):
            read_table(path, options)


def test_a_column_known_to_hold_categories_may_mix(write):
    path = write("a\n" + "".join(f"{i}\n" for i in range(60)) + "A1\n")
    assert isinstance(read_table(path, categories={"a": ()})["a"], Text)


def test_options(write):
    path = write("a;b;c\n1.234,5;$7;31.12.2026\n2;-;01.01.2027\n")
    options = ReadOptions(separator=";", decimal=",", thousands=".", strip="$", missing=("-",), date_format="%d.%m.%Y")
    table = read_table(path, options)
    np.testing.assert_array_equal(table["a"].values, [1234.5, 2])
    np.testing.assert_array_equal(table["b"].values, [7, np.nan])
    assert table["c"].values[0] == np.datetime64("2026-12-31")
    assert read_table(write("é\n1\n".encode("latin-1")), ReadOptions(encoding="latin-1")).names == ("é",)
    assert read_table(write("a,b\n1,2\n".encode("utf-16")), ReadOptions(encoding="utf-16")).names == ("a", "b")
    path = write("a,b\n1,2\n")
    for wrong in [
        ReadOptions(separator=";;"),
        ReadOptions(encoding="klingon"),
        ReadOptions(decimal=",", thousands=","),
    ]:
        with pytest.raises(OptionError):
            read_table(path, wrong)


@pytest.mark.parametrize("name", ["base64", "hex", "zlib", "bz2", "uu", "quopri", "rot13", "punycode", "undefined"])
def test_what_encodes_no_text_is_no_encoding(name, write):
    with pytest.raises(OptionError, match=f'unknown encoding "{name}"; usual ones are utf-8'):
        read_table(write("a,b\n1,2\n"), ReadOptions(encoding=name))


@pytest.mark.parametrize("name", ["ascii", "cp1252", "utf-8-sig", "utf-7", "utf-16", "utf-32-be", "shift_jis", "idna"])
def test_every_encoding_of_text_is_read(name, write):
    table = read_table(write("a,b\n1,2\n".encode(name)), ReadOptions(encoding=name))
    assert (table.names, table["b"].values.tolist()) == (("a", "b"), [2])


def test_text_without_the_mark_that_its_encoding_needs_is_refused(write):
    with pytest.raises(TableError, match=r"people\.csv is not utf-16: .*BOM.*--encoding"):
        read_table(write("a,b\n1,2\n"), ReadOptions(encoding="utf-16"))


@pytest.mark.parametrize(
    ("strip", "cells", "values"),
    [
        (
            "$€%",
            ["-$5", "$-5", "- $ 5", "$ 1.5 €", "7 %", "+€7", "\u20ac\u00a08", "1e2%"],
            [-5, -5, -5, 1.5, 7, 7, 8, 100],
        ),
        ("()$", ["($5)", "$(6)", "7", "( 8.5 )"], [-5, -6, 7, -8.5]),
    ],
)
def test_marks_around_numbers_are_left_out(strip, cells, values, write):
    table = read_table(write("a\n" + "\n".join(cells) + "\n"), ReadOptions(strip=strip))
    np.testing.assert_array_equal(table["a"].values, values)


@pytest.mark.parametrize(("strip", "cell"), [("%", "1%1"), ("$", "1$5"), ("$", "+-5"), (" ", "1 2")])
def test_marks_within_numbers_are_not(strip, cell, write):
    with pytest.raises(TableError, match="line 62.*holds numbers but here"):
        read_table(write("a\n" + "".join(f"{i}\n" for i in range(60)) + f"{cell}\n"), ReadOptions(strip=strip))


def test_thousands_may_have_marks_around(write):
    options = ReadOptions(strip="$", thousands=",")
    np.testing.assert_array_equal(
        read_table(write('a\n"-$ 1,200 "\n"$1,234,567"\n'), options)["a"].values, [-1200, 1234567]
    )


def test_blank_lines(write):
    table = read_table(write("a,b\n1,2\n\n3,x\n\n\n"))
    assert table.n_rows == 2
    assert "1 blank line skipped" in table.notices[0]
    assert read_table(write("a,b\n1,2\n3,4\n\n\n")).notices == ()
    np.testing.assert_array_equal(read_table(write("a\n1\n\n2\n"))["a"].values, [1, np.nan, 2])


def test_lines_are_right_below_blank_and_broken_lines(write):
    with pytest.raises(TableError, match="line 7: .*not finite"):
        read_table(write('a,b\n\n"x\ny",1\n\nz,2\nw,inf\n'))


def test_one_column_without_name_is_carried(write):
    table = read_table(write(",a\n0,2\n1,3\n"))
    assert table.names == ("", "a")
    with pytest.raises(TableError, match=r"column 1 \(no name\)"):
        read_table(write(",a\ninf,1\n1,1\n"))


def test_odd_names_are_carried_and_shown_safely(write):
    table = read_table(write('"a\nb",__proto__,../x,💎,\x1b[31mred\n1,2,3,4,5\n'))
    assert table.names == ("a\nb", "__proto__", "../x", "💎", "\x1b[31mred")
    with pytest.raises(TableError) as error:
        read_table(write("\x1b[31mred" + "x" * 10_000 + ",b\ninf,1\n"))
    assert "\x1b" not in str(error.value)
    assert len(str(error.value)) < 400


def test_type_change_after_the_first_block(write):
    """The streaming reader's trap: the first megabyte is integers, then come fractions."""
    n = 300_000
    table = read_table(write("a,b\n" + "12345,1\n" * n + "0.5,x\n" + "7,y\n" * n))
    assert table.n_rows == 2 * n + 1
    assert table["a"].type == "float"
    assert table["a"].values[n] == 0.5
    assert set(table["b"].values) == {"1", "x", "y"}


def test_gzip_tsv_and_unknown_suffix(write):
    np.testing.assert_array_equal(read_table(write(gzip.compress(b"a,b\n1,2\n"), "x.csv.gz"))["b"].values, [2])
    assert read_table(write("a\tb\n1\t2\n", "x.tsv")).names == ("a", "b")
    assert read_table(write("a,b\n1,2\n", "x.data")).names == ("a", "b")
    for content in [b"a,b\n1,2\n", gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-12]]:
        with pytest.raises(TableError, match="bad.csv.gz"):
            read_table(write(content, "bad.csv.gz"))


def test_streams_and_pipes(write, tmp_path, monkeypatch):
    assert read_table(io.BytesIO(b"a,b\n1,2\n")).n_rows == 1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1\n")))
    with pytest.raises(TableError, match="standard input, row 1 has 1 cell"):
        read_table("-")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"a,b\n" + b"1,2\n" * 100_000))
    writer.start()
    assert read_table(pipe).n_rows == 100_000
    writer.join()


def test_paths_that_are_no_files(tmp_path, write):
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path)
    path = write("a\n1\n")
    with pytest.raises(TableError, match=r"no file .*Did you mean .*people\.csv"):
        read_table(tmp_path / "poeple.csv")
    if os.geteuid() != 0:
        path.chmod(0)
        with pytest.raises(TableError, match="permission denied"):
            read_table(path)


def test_parquet(tmp_path):
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "x.parquet"
    parquet.write_table(
        pyarrow.table(
            {
                "i": pyarrow.array([1, None], pyarrow.int16()),
                "t": pyarrow.array(["x", None]).dictionary_encode(),
                "b": [True, None],
                "m": pyarrow.array([1_000_000, None], pyarrow.timestamp("us", "UTC")),
                "n": pyarrow.nulls(2),
                "e": pyarrow.array([12, None]).cast(pyarrow.decimal128(20, 1)),
            }
        ),
        path,
    )
    table = read_table(path)
    assert [type(column) for column in table.columns] == [Numbers, Text, Numbers, Dates, Numbers, Numbers]
    assert table["b"].type == "bool"
    np.testing.assert_array_equal(table["e"].values, [12, np.nan])
    assert all(column.missing()[1] for column in table.columns)
    parquet.write_table(pyarrow.table({"nested": [[1], [2]]}), path)
    with pytest.raises(TableError, match='"nested" has type list'):
        read_table(path)
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(TableError, match="not a Parquet file"):
        read_table(path)


def test_reading_a_csv_imports_no_pandas(write):
    path = write("a,b,c,d\n1,x,2026-01-01,\n2,NA,2026-01-02T03:04:05,true\n")
    code = (
        f"import sys; from selenite.table import read_table; read_table({str(path)!r});"
        "print(sorted({'pandas', 'narwhals', 'sklearn', 'scipy', 'polars'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_program_that_ends_with_the_refusal_is_not_aborted_by_threads_that_read_ahead():
    """It ends within the handler, as the command line does, and the file is slow: what read ahead, was still at it."""
    code = """
import io, time
from selenite.errors import TableError
from selenite.table import read_table

class Slow(io.BytesIO):
    def read(self, size=-1):
        time.sleep(0.1)
        return super().read(size)

try:
    read_table(Slow(b"a,b\\n1,2,3\\n" + b"1,2\\n" * 1_000_000))
except TableError:
    raise SystemExit(3)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (3, "")


def test_without_pyarrow_the_message_says_how_to_get_it(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TableError, match=r"pip install 'selenite\[data\]'"):
        read_table(write("a\n1\n"))


def test_one_row_is_quick(write):
    path = write("a,b\n1,x\n")
    read_table(path)
    begin = time.process_time()
    read_table(path)
    assert time.process_time() - begin < 0.1


def test_whole_numbers_and_booleans_keep_their_spelling_if_numbers_would_not_give_it_again(write):
    table = read_table(write("a,b,c,d,e,f\n+1,1.0,TRUE,1,true,2.50\n-2,2, false ,0,false,1.0\n,3.0,,-7,,+7.25\n"))
    assert table["a"].written.values == ("+1", "-2")
    assert table["a"].written.missing().tolist() == [False, False, True]
    assert table["b"].written.values == ("1.0", "2", "3.0")
    assert table["c"].written.values == ("TRUE", " false ")
    assert [table[name].written for name in "def"] == [None, None, None]
    assert table["a"].take(np.array([1])).written.codes.tolist() == [1]


def test_blanks_around_names_are_left_out_and_said(write):
    table = read_table(write(" a, b,c \n1,2,3\n"))
    assert table.names == ("a", "b", "c")
    assert '3 column names read without the blanks at an end: " a", " b", "c "' in table.notices[0]
    assert read_table(write("a,b\n1,2\n")).notices == ()


def test_known_categories_are_neither_missing_nor_dates_nor_infinite(write):
    path = write("a,b,c\nNA,2026-01-01,inf\nx,2026-01-02,-inf\nnull,2026-01-03,inf\n")
    table = read_table(path, categories={"a": {"NA", "x"}, "b": (), "c": ()})
    assert table["a"].missing().tolist() == [False, False, True]
    assert [table[name].values[0] for name in "abc"] == ["NA", "2026-01-01", "inf"]
    declared = read_table(path, ReadOptions(missing=("NA",)), {"a": {"NA"}, "b": (), "c": ()})
    assert declared["a"].missing().tolist() == [True, False, True]


def test_parquet_text_that_is_no_text_is_refused(tmp_path):
    import pyarrow
    from pyarrow import parquet

    bytes_ = pyarrow.array([b"caf\xe9", b"x"])
    text = pyarrow.Array.from_buffers(pyarrow.string(), 2, bytes_.buffers())
    parquet.write_table(pyarrow.table({"a": text}), tmp_path / "x.parquet")
    with pytest.raises(TableError, match='x.parquet: column "a" holds bytes that are no text'):
        read_table(tmp_path / "x.parquet")


@pytest.mark.parametrize("code", [2, -1])
def test_a_category_that_a_file_does_not_name_is_refused(code, tmp_path, monkeypatch):
    import pyarrow

    from selenite.table.arrow import table_of_arrow

    codes = pyarrow.array([0, code, 1], pyarrow.int32())
    category = pyarrow.DictionaryArray.from_arrays(codes, pyarrow.array(["x", "y"]), safe=False)
    with pytest.raises(TableError, match='x.parquet: column "a" holds categories that it does not name'):
        table_of_arrow(pyarrow.table({"a": category}), "x.parquet")


def test_numbers_and_dates_as_text_in_parquet_are_told(tmp_path):
    numbers, days = [f"{i}.5" for i in range(30)], [f"2026-01-{i + 1:02d}" for i in range(30)]
    columns = {"a": [*numbers, "?"], "b": [*days, None], "c": [f"0{i}" for i in range(31)], "d": ["1", *"123" * 10]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "x.parquet")
    assert read_table(tmp_path / "x.parquet").notices == (
        'column "a" is text, though most of it looks like numbers; write the file with such, or add --kind a=category',
        'column "b" is text, though most of it looks like dates; write the file with such, or add --kind b=category',
    )


def test_decimals_of_parquet_keep_their_digits(tmp_path):
    values = [Decimal(2**53 + i) for i in range(4)]
    table = pyarrow.table({"a": pyarrow.array(values, pyarrow.decimal128(38, 0)), "b": [Decimal(1), Decimal(2)] * 2})
    parquet.write_table(table, tmp_path / "x.parquet")
    read = read_table(tmp_path / "x.parquet")
    assert read["a"].written.values == tuple(map(str, values))
    assert read["b"].values.tolist() == [1, 2, 1, 2]
