"""Numbers in other notations: read by the options that the message names, never to another number."""

import io
import re
import shlex

import numpy as np
import pytest

from selenite.errors import OptionError, TableError
from selenite.table import Numbers, ReadOptions, Text, read_table


def read(cells, categories=None, **options):
    content = "a\n" + "".join('"' + cell.replace('"', '""') + '"\n' for cell in cells)
    return read_table(io.BytesIO(content.encode()), ReadOptions(**options), categories)


def options_named(message):
    """Return the options that a message names, as a shell hands them on."""
    words = shlex.split(re.search(r'((--(strip|decimal|thousands) "[^"]*" ?)+)', message)[0])
    return {option.removeprefix("--"): value for option, value in zip(words[::2], words[1::2], strict=True)}


READ = [
    (["$11,061.94", "$5"], {}, [11_061.94, 5]),
    (["$11,061.94", "$5"], {"strip": "$"}, [11_061.94, 5]),
    (["$1,200.50", "-$3", "($7.00)"], {}, [1200.5, -3, -7]),
    (["0.19", "(0.52)", "2.44"], {}, [0.19, -0.52, 2.44]),
    (["(1.234,5)", "7,25 €"], {}, [-1234.5, 7.25]),
    (["1.234,56 €", "7,5 €"], {}, [1234.56, 7.5]),
    (["12 %", "0.5%", "0"], {}, [12, 0.5, 0]),
    (["3‰", "4 ‰"], {}, [3, 4]),
    (["1'234", "5"], {}, [1234, 5]),
    (["1’234.5", "1’000’000"], {}, [1234.5, 1e6]),
    (["1 234", "5"], {}, [1234, 5]),
    (["1\u00a0234", "2\u202f345,5"], {}, [1234, 2345.5]),
    (["1\u2009234 $", "−2\u00a0345 $"], {}, [1234, -2345]),
    (["1.234.567", "89"], {}, [1_234_567, 89]),
    (["−1,5", "2,75"], {}, [-1.5, 2.75]),
    (["5.500", "16.250"], {"decimal": ","}, [5500, 16_250]),
]


@pytest.mark.parametrize(("cells", "given", "values"), READ)
def test_the_options_named_read_the_numbers_at_once(cells, given, values):
    with pytest.raises(TableError, match=r'column "a" holds numbers written as .*Add --') as refused:
        read(cells, **given)
    assert "--missing" not in str(refused.value)
    column = read(cells, **(given | options_named(str(refused.value))))["a"]
    np.testing.assert_array_equal(column.values, values)


def test_a_shell_hands_on_what_the_message_quotes():
    with pytest.raises(TableError) as refused:
        read(["($5)", "$6"])
    assert '--strip "()$"' in str(refused.value)  # in "$()" a shell would run a command


GUESSED = [
    (["(1)", "(2)", "(3)"], [-1, -2, -3]),
    (["USD 5", "USD 7.5"], [5, 7.5]),
    (["EUR 1.234,50", "EUR 7,00"], [1234.5, 7]),
    (["83 km", "1,200 km"], [83, 1200]),
    (["5 °C", "6.5°C", "17"], [5, 6.5, 17]),
    (["1 year", "2 years"], [1, 2]),
    (["7.5 m²", "12 m²"], [7.5, 12]),
    (["5 Kg", "6 kg", "7 kgs"], [5, 6, 7]),
    (["5k", "12k"], [5, 12]),
    (["Rs 500", "Rs 20"], [500, 20]),
]


@pytest.mark.parametrize(("cells", "values"), GUESSED)
def test_what_may_be_a_number_is_noticed_with_the_options_that_read_it(cells, values):
    table = read(cells)
    assert isinstance(table["a"], Text)
    (notice,) = table.notices
    assert "100% of it looks like numbers" in notice
    np.testing.assert_array_equal(read(cells, **options_named(notice))["a"].values, values)


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("{} kg", '--strip "kg"'),
        ("{}.5km/h", '--strip "km/h"'),
        ("1,{} CC", '--strip "C" --thousands ","'),
        ("{} °F", '--strip "°F"'),
    ],
)
def test_many_numbers_with_one_unit_are_refused_with_the_options_that_read_them(written, options):
    cells = [written.format(100 + i) for i in range(30)]
    with pytest.raises(TableError) as error:
        read(cells)
    assert str(error.value).endswith(f"Add {options}; if it is no number, --kind a=category")
    assert isinstance(read(cells, **options_named(str(error.value)))["a"], Numbers)
    assert isinstance(read(cells, categories={"a": ()})["a"], Text)


@pytest.mark.parametrize(
    ("cells", "units"),
    [
        (["5 kg", "300 g", "7 kg", "250 g", "4.5 kg"], '"kg", "g"'),
        (["19.3 km/kg", "21.5 kmpl", "18 kmpl", "22.1 km/kg", "20 kmpl"], '"kmpl", "km/kg"'),
    ],
)
def test_several_units_are_told_as_such(cells, units):
    (notice,) = read(cells).notices
    assert notice.endswith(f"write it as a plain number, all in one unit: here are {units}")


@pytest.mark.parametrize("cells", [["1st", "2nd", "3rd", "21st", "22nd"], ["7A", "8A", "9B", "10B"]])
def test_places_and_codes_are_no_measures(cells):
    assert read(cells).notices == ()


@pytest.mark.parametrize(
    "cells",
    [["0x1F", "0xFF"], ["1/2", "3/4"], ["5k", "300"], ["5-", "3-"], ["500 g", "5 kg"], ["₹1,00,000", "₹5,00,000"]],
)
def test_numbers_that_no_option_reads_are_noticed(cells):
    (notice,) = read(cells).notices
    assert f'"{cells[0]}" (the stream, line 2) cannot be read as such; write it as a plain number' in notice


@pytest.mark.parametrize(
    "cells",
    [
        ["Q1", "Q2", "Q3"],
        ["A12", "B13", "C14"],
        ["P001", "P002"],
        ["1,2,3", "4,5,6"],
        ["10.0.0.1", "1.2.3.4"],
        ["555-0101", "555-0102"],
        ["1-2", "3-4"],
        ["S", "M", "5"],
        ["12 Elm St", "7 Oak Av"],
    ],
)
def test_codes_are_no_numbers(cells):
    table = read(cells)
    assert isinstance(table["a"], Text)
    assert table.notices == ()


def test_plain_numbers_of_every_kind_are_read():
    cells = ["+5", ".5", "5.", "1e5", "1E-5", "−0.25", "1e−3", "-.5"]
    np.testing.assert_array_equal(read(cells)["a"].values, [5, 0.5, 5, 1e5, 1e-5, -0.25, 1e-3, -0.5])
    assert read(["−1", "2"])["a"].type == "int"


@pytest.mark.parametrize("cell", ["(0.33)x", "(-5)", "(5", "5)", "((5))", "−−5"])
def test_other_brackets_are_no_numbers(cell):
    with pytest.raises(TableError, match="line 62.*holds numbers but here"):
        read([*map(str, range(60)), cell], strip="()")


@pytest.mark.parametrize(("strip", "left"), [("-", "-"), ("−$", "−"), ("$5", "5"), (".", ".")])
def test_a_strip_that_would_make_other_numbers_is_refused(strip, left):
    with pytest.raises(OptionError, match=f"would change numbers; leave {left} out"):
        read(["1", "2"], strip=strip)


@pytest.mark.parametrize("decimal", [",", "."])
def test_a_mark_after_a_leading_zero_is_none_between_thousands(decimal):
    thousands = ",.".replace(decimal, "")
    cells = [f"0{thousands}125", f"1{thousands}250", *(f"{i}" for i in range(60))]
    with pytest.raises(TableError, match="line 2.* holds numbers but here"):
        read(cells, decimal=decimal, thousands=thousands)


@pytest.mark.parametrize("cell", ["(0.33)", "1/2", "5k", "83 km", "12 %", "1 234", "−7−"])
def test_a_number_in_another_notation_is_not_offered_as_missing(cell):
    for cells in ([*map(str, range(60)), cell], [*map(str, range(30)), *[cell] * 15]):
        try:
            told = " ".join(read(cells).notices)
        except TableError as error:
            told = str(error)
        assert cell in told
        assert "--missing" not in told


@pytest.mark.parametrize("minus", "−–—‐‑‒－﹣")
def test_dashes_before_digits_are_minus_signs(minus):
    table = read([f"{minus}1.5", f"2e{minus}1", "3"])
    np.testing.assert_array_equal(table["a"].values, [-1.5, 0.2, 3])
    assert table.notices == ()


OTHERWISE = [
    "- 5",
    "~5.5",
    "<0.1",
    "'7.5",
    '="8"',
    "5±1",
    "5×10^3",
    "2.5D+01",
    "1_000",
    "7B",
    "٤٩",
    "４９",
    "\ufeff5",
]


@pytest.mark.parametrize("cell", OTHERWISE)
def test_numbers_that_no_option_reads_are_told_and_not_thrown_away(cell):
    (notice,) = read([cell, cell.replace("5", "6").replace("4", "3"), "17"]).notices
    assert "100% of it looks like numbers" in notice
    assert "write it as a plain number" in notice
    assert "--missing" not in notice


def test_shares_beside_plain_numbers_are_not_mixed():
    (notice,) = read(["12 %", "0.5", "3%"]).notices
    assert 'looks like numbers: "12 %"' in notice
    assert "write it as a plain number" in notice


def test_decimal_commas_beside_points_are_told():
    (notice,) = read(["1,5", "2.5", "3,5", "4.5"]).notices
    assert '"1,5" (the stream, line 2) cannot be read as such; write it as a plain number' in notice


def test_the_line_of_names_once_more_is_told():
    (notice,) = read(["1", "2", "a", "3"]).notices
    assert '"a" (the stream, line 4) is none; delete its line if that is the line of names once more' in notice
    with pytest.raises(TableError, match="line 32: column .a. holds numbers but here .a.. Correct it, delete its line"):
        read([str(i) for i in range(30)] + ["a"] + [str(i) for i in range(30)])
