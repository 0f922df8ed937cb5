"""Dates in other notations are refused with the format that reads them; zones and days that do not exist, too."""

import io
import re

import numpy as np
import pytest

from selenite.errors import TableError
from selenite.table import Dates, ReadOptions, Text, learn_schema, read_table


def read(cells, **options):
    content = "a\n" + "".join(f'"{cell}"\n' for cell in cells)
    return read_table(io.BytesIO(content.encode()), ReadOptions(**options))


FORMATS = [
    (["09/01/2020 12:00 AM", "12/31/2020 1:30 PM"], "%m/%d/%Y %I:%M %p", ["2020-09-01T00:00", "2020-12-31T13:30"]),
    (["31/01/2020", "1/2/2020"], "%d/%m/%Y", ["2020-01-31", "2020-02-01"]),
    (["1/31/20 23:05:06", "2/1/20 00:00:00"], "%m/%d/%y %H:%M:%S", ["2020-01-31T23:05:06", "2020-02-01"]),
    (["Sep 01, 2020", "Oct 15, 2021"], "%b %d, %Y", ["2020-09-01", "2021-10-15"]),
    (["September 1, 2020 7:05", "May 3, 2020 10:00"], "%b %d, %Y %H:%M", ["2020-09-01T07:05", "2020-05-03T10:00"]),
    (["1 Sep 2020", "12 October 2021"], "%d %b %Y", ["2020-09-01", "2021-10-12"]),
    (["1. September 2020", "30. May 2020"], "%d. %b %Y", ["2020-09-01", "2020-05-30"]),
    (["01-SEP-20", "30-DEC-99"], "%d-%b-%y", ["2020-09-01", "1999-12-30"]),
    (["01Sep2020", "02Oct2020"], "%d%b%Y", ["2020-09-01", "2020-10-02"]),
    (["2020-09-01-00:00:00", "2020-09-01-07:00:00"], "%Y-%m-%d-%H:%M:%S", ["2020-09-01", "2020-09-01T07:00"]),
    (["2020/9/1 5:00", "2020/12/31 17:30"], "%Y/%m/%d %H:%M", ["2020-09-01T05:00", "2020-12-31T17:30"]),
    (["2020.09.01", "2020.12.31"], "%Y.%m.%d", ["2020-09-01", "2020-12-31"]),
    (["20200901T120000", "20201231T000000"], "%Y%m%dT%H%M%S", ["2020-09-01T12:00", "2020-12-31"]),
    (["Tue, 01 Sep 2020 10:00:00 GMT"], "%a, %d %b %Y %H:%M:%S GMT", ["2020-09-01T10:00"]),
    (["Tue Sep  1 12:00:00 2020"], "%a %b %d %H:%M:%S %Y", ["2020-09-01T12:00"]),
    (["01/Sep/2020:12:00:00 +0200"], "%d/%b/%Y:%H:%M:%S %z", ["2020-09-01T10:00"]),
]


@pytest.mark.parametrize(("cells", "format", "moments"), FORMATS, ids=[one for _, one, _ in FORMATS])
def test_dates_are_refused_with_the_format_that_reads_them(cells, format, moments):
    with pytest.raises(TableError, match=f"line 2: .* dates written as .*{re.escape(cells[0])}.*") as refused:
        read(cells)
    assert f'Add --date-format "{format}"' in str(refused.value)
    column = read(cells, date_format=format)["a"]
    np.testing.assert_array_equal(column.values, np.array(moments, dtype="datetime64[us]"))
    assert column.zoned is format.endswith(("%z", "GMT"))


def test_where_day_and_month_may_be_meant_both_formats_are_named():
    with pytest.raises(TableError, match='Add --date-format "%d/%m/%Y" or --date-format "%m/%d/%Y"'):
        read(["01/02/2026", "03/04/2026"])


def test_a_format_is_named_though_some_cells_are_no_dates_at_all():
    table = read(["Sep 01, 2020", "Oct 01, 2020", "soon"])
    assert isinstance(table["a"], Text)
    assert '67% of it looks like dates: "soon" (the stream, line 4) is none; add --missing "soon"' in table.notices[0]
    assert '--date-format "%b %d, %Y"' in table.notices[0]


def test_times_of_the_day_are_noticed():
    (notice,) = read(["14:30", "9:05", "23:59"]).notices
    assert 'looks like times: "14:30" (the stream, line 2) cannot be read as such; add --date-format "%H:%M"' in notice
    assert read(["14:30", "9:05"], date_format="%H:%M")["a"].values[1] == np.datetime64("1900-01-01T09:05")
    assert '--date-format "%I:%M %p"' in read(["2:30 PM", "12:01 AM"]).notices[0]


@pytest.mark.parametrize("cells", [["1.2.3", "1.10.0"], ["10.0.0.1"], ["may 5 people", "march 3"], ["12-2020"]])
def test_versions_and_words_are_no_dates(cells):
    assert read(cells).notices == ()


@pytest.mark.parametrize(
    ("cell", "format"), [("31/02/2026", "%d/%m/%Y"), ("2026.06.31", "%Y.%m.%d"), ("Feb 29, 2026", "%b %d, %Y")]
)
def test_days_that_do_not_exist_are_refused_with_a_format_too(cell, format):
    days = [f"2026-03-{day:02}" for day in range(1, 29)]
    with pytest.raises(TableError, match=f'line 30: .*"{cell}" does not fit --date-format'):
        read([*days, cell], date_format=format)


MIXED = [
    (["2024-01-01 00:00:00", "2024-01-01 01:00:00+05:00"], ""),
    (["2024-01-01", "2024-01-01T01:00Z"], ""),
    (["01/02/2024 10:00 +0100", "2024-01-01"], "%d/%m/%Y %H:%M %z"),
]


@pytest.mark.parametrize(("cells", "format"), MIXED)
def test_times_with_and_without_a_zone_are_not_mixed(cells, format):
    with pytest.raises(TableError, match='column "a" holds times with a zone, such as .*, and without one, such as'):
        read(cells, date_format=format)


def test_a_schema_remembers_whether_its_times_had_a_zone():
    for cell, zoned in (("2024-01-01 00:00:00", False), ("2024-01-01 00:00:00Z", True), ("2024-01-01", False)):
        table = read([cell, cell.replace("01-01", "02-03")])
        assert isinstance(table["a"], Dates)
        assert (table["a"].zoned, learn_schema(table).columns[0].zoned) == (zoned, zoned)


@pytest.mark.parametrize(
    ("cells", "format"),
    [
        (["2026-01", "2025-12"], "%Y-%m"),
        (["01/2026", "12/2025"], "%m/%Y"),
        (["Jan 2026", "Dec 2025"], "%b %Y"),
        (["Jan-26", "Dec-25"], "%b-%y"),
    ],
)
def test_months_are_told_with_the_format_that_reads_them(cells, format):
    (notice,) = read(cells).notices
    assert f'100% of it looks like months: "{cells[0]}" (the stream, line 2)' in notice
    assert f'add --date-format "{format}"' in notice
    assert read(cells, date_format=format)["a"].values.astype("datetime64[D]").astype(str).tolist() == [
        "2026-01-01",
        "2025-12-01",
    ]


@pytest.mark.parametrize("n", [2, 3000])
def test_days_written_as_numbers_are_told_and_read(n):
    days = np.arange("2020-01-01", "2028-03-19", dtype="datetime64[D]")[:n]
    cells = [str(day).replace("-", "") for day in days]
    table = read(cells)
    assert table["a"].values.tolist() == [int(cell) for cell in cells]
    assert table.notices == (
        'column "a" is read as numbers, but looks like days; for these add --date-format "%Y%m%d"',
    )
    np.testing.assert_array_equal(read(cells, date_format="%Y%m%d")["a"].values, days)
    assert read(["20200101", "20201301"], date_format="%Y%m%d")["a"].values.tolist() == [20200101, 20201301]


def test_a_zone_may_stand_apart():
    expected = np.array(["2026-01-31T08:30", "2026-02-01T00:00"], dtype="datetime64[us]")
    np.testing.assert_array_equal(read(["2026-01-31 10:30:00 +0200", "2026-02-01 00:00:00 Z"])["a"].values, expected)


def test_days_in_japanese_are_told_their_format():
    with pytest.raises(TableError, match='Add --date-format "%Y年%m月%d日"'):
        read(["2026年1月31日", "2026年02月01日"])


def test_columns_may_be_written_in_notations_of_their_own():
    text = b"a,b,c,d\n01/31/2026,9:05 PM,20260131,2026-01-31\n02/01/2026,11:30 AM,20260201,2026-02-01\n"
    given = "%m/%d/%Y"
    for more in ("%I:%M %p", "%Y%m%d"):
        notices = " ".join(read_table(io.BytesIO(text), ReadOptions(date_format=given)).notices)
        given = f"{given}|{more}"
        assert f'add --date-format "{given}"' in notices
    table = read_table(io.BytesIO(text), ReadOptions(date_format=given))
    assert not table.notices
    for name in "acd":
        assert table[name].values.astype("datetime64[D]").astype(str).tolist() == ["2026-01-31", "2026-02-01"]
    assert table["b"].values[0] == np.datetime64("1900-01-01T21:05")
