"""How fast: the same work for every contender, its values checked first, then timed in turn, medians."""

from timing.by_hand import BY_HAND
from timing.machine import describe
from timing.measure import Contender, Make, Result, as_markdown, measure
from timing.own import OWN
from timing.problems import UNITS, Problem, expected, optimizer_of, problem

__all__ = [
    "BY_HAND",
    "OWN",
    "UNITS",
    "Contender",
    "Make",
    "Problem",
    "Result",
    "as_markdown",
    "describe",
    "expected",
    "measure",
    "optimizer_of",
    "problem",
]
