"""How fast: the same work for every contender, its values checked first, then timed in turn, medians."""

from selenite.benchmark.by_hand import BY_HAND
from selenite.benchmark.machine import describe
from selenite.benchmark.measure import Contender, Make, Result, as_markdown, measure
from selenite.benchmark.own import OWN
from selenite.benchmark.problems import UNITS, Problem, expected, optimizer_of, problem

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
