"""Contenders checked, then timed in turn, round after round in one process; medians and ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from timing.problems import UNITS, Problem, problem

PER_SECOND = {"us": 1e6, "ms": 1e3, "s": 1.0}
PAUSE = 0.1  # seconds in which the threads of the one before, which spin for a while, go to sleep
TOLERANCE = 1e-4  # of the largest value; rivals compute in float32, the reference in float64

Result = dict[str, Any]


@dataclass(frozen=True)
class Contender:
    """One library made ready for one workload."""

    check: Callable[[], tuple[ArrayLike, ArrayLike]]  # does a little of the work: (its values, what they should be)
    run: Callable[[], object]  # the work that is timed
    units: float  # how many units of the workload one run does
    seconds: Callable[[], float] | None = None  # of one run, where the clock on the wall is not meant


Make = Callable[[Problem], Contender]


def measure(
    workload: str,
    find: Callable[[str], Make | None],
    names: list[str],
    rounds: int,
    report: Callable[[str], object] = lambda name: None,
) -> list[Result]:
    """Return a result for each contender to which the workload applies; `find` gives what makes one ready.

    What is not installed, fails or gives other values than the reference has an "error" in place of a median.
    """
    unit = UNITS[workload]
    results: dict[str, Result] = {}
    ready: dict[str, Contender] = {}
    for name in names:
        report(f"{workload}: checking {name}")
        result: Result = {"workload": workload, "contender": name, "unit": unit}
        try:
            make = find(name)
            if make is None:
                continue
            contender = make(problem(workload))
            _agree(*contender.check())
        except ImportError as error:
            results[name] = result | {"checked": False, "error": f"not installed: {error}"}
        except Exception as error:  # a rival may fail in any way; the others go on
            results[name] = result | {"checked": False, "error": f"{type(error).__name__}: {error}"}
        else:
            results[name], ready[name] = result, contender
    times: dict[str, list[float]] = {name: [] for name in ready}
    for done in range(rounds):
        for name, contender in ready.items():
            report(f"{workload}: round {done + 1} of {rounds}, {name}")
            clock = contender.seconds or partial(_seconds, contender.run)
            time.sleep(PAUSE)
            if done == 0 and contender.seconds is None:
                contender.run()  # warm
            times[name].append(clock() / contender.units * PER_SECOND[unit.partition("_")[0]])
    own = statistics.median(times["selenite"]) if "selenite" in times else None
    for name, found in times.items():
        median = statistics.median(found)
        results[name] |= {
            "median": float(f"{median:.6g}"),
            "ratio": None if own is None else float(f"{median / own:.4g}"),
            "range": [float(f"{min(found):.6g}"), float(f"{max(found):.6g}")],
            "checked": True,
        }
    return list(results.values())


def as_markdown(workload: str, results: list[Result]) -> str:
    """Return the results as a table, the fastest first."""
    lines = [f"{workload}, {UNITS[workload].replace('_', ' ').replace('us ', 'µs ')}", ""]
    lines += ["| contender | median | from - to | times selenite's |", "|---|---|---|---|"]
    for result in sorted(results, key=lambda result: float(result.get("median", "inf"))):
        if "error" in result:
            lines.append(f"| {result['contender']} | {result['error'].splitlines()[0][:80]} | | |")
        else:
            low, high = result["range"]
            ratio = "" if result["ratio"] is None else f"{result['ratio']:.3g}"
            lines.append(f"| {result['contender']} | {result['median']:.4g} | {low:.4g} - {high:.4g} | {ratio} |")
    return "\n".join(lines)


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _agree(values: ArrayLike, wanted: ArrayLike) -> None:
    """Raise where a contender's values are not the reference's."""
    got, right = np.asarray(values, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    if got.shape != right.shape or not np.abs(got - right).max() < TOLERANCE * np.abs(right).max():
        raise ValueError(f"its values are not the reference's: {got.ravel()[-1]} for {right.ravel()[-1]}")
