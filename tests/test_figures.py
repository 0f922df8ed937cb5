"""Tables of figures: ordinary ones in plain digits, those of small and large units to as many as tell them apart."""

import re

import numpy as np
import pytest

from selenite.model.metrics import Metric
from selenite.text import figures_table, signed


def table(rmse, **others):
    models = {"selenite": rmse, **others}
    return figures_table(
        {
            name: [Metric("R2", 0.00005, -0.1, 0.1), Metric("RMSE", value, 0.9 * value, 1.1 * value)]
            for name, value in models.items()
        }
    )


def test_ordinary_figures_have_three_or_four_digits():
    assert table(0.15, linear=1.166, mean=1234567.8).splitlines() == [
        "                                selenite              linear                mean",
        "    R2                    0.0001 ±0.1000      0.0001 ±0.1000      0.0001 ±0.1000",
        "    RMSE                    0.150 ±0.015        1.166 ±0.117  1,234,568 ±123,457",
    ]


@pytest.mark.parametrize("unit", [1e-300, 1e-24, 1e-6, 3e-5, 3e-4, 3e-3, 2e7, 1e18, 1e300])
def test_figures_in_small_and_large_units_can_be_read_back(unit):
    values = np.array([1.234, 1.276, 25.61]) * unit
    lines = table(values[0], linear=values[1], mean=values[2]).splitlines()
    assert max(map(len, lines)) <= 90
    assert "0.0001 ±0.1000" in lines[1]  # no matter of units
    cells = [cell.split(" ±") for cell in re.split("  +", lines[2].strip())[1:]]
    read = np.array([[float(part.replace(",", "")) for part in cell] for cell in cells])
    np.testing.assert_allclose(read[:, 0], values, rtol=0.005)
    np.testing.assert_allclose(read[:, 1], 0.1 * values, rtol=0.05)
    assert len({"e" in cell[0] for cell in cells}) == 1


def test_a_figure_that_is_not_there_is_a_dash():
    assert table(1e-9, linear=float("nan")).splitlines()[2].split() == ["RMSE", "1.00e-09", "±1.0e-10", "-"]
    assert table(0.0).splitlines()[2].split() == ["RMSE", "0.0000", "±0.0000"]


def test_a_small_negative_number_that_rounds_to_nothing_has_no_minus():
    assert [signed(value, ".3f") for value in (-1e-9, -0.0, -0.0006)] == ["+0.000", "+0.000", "−0.001"]
