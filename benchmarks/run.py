"""How fast, beside the libraries that people use: python benchmarks/run.py W1 W3 [--contenders selenite,jax].

Every contender first does a little of the work, and its values are compared with the reference; what does not agree is
not timed. Then the contenders run in turn, round after round, in one process; the figures are medians. A rival that is
not installed is named as such: `pip install -r benchmarks/rivals.txt` brings them all.

    python benchmarks/run.py                              # all workloads and contenders, a Markdown table each
    python benchmarks/run.py W1 --contenders selenite,jax --rounds 9 --json
    python benchmarks/run.py --output docs/speed.txt      # the tables with machine, versions and date, as text
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import contenders
import machine
import problems

WORKLOADS = tuple(problems.UNITS)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"from {', '.join(WORKLOADS)}; all if none")
    options.add_argument("--contenders", help=f"from {', '.join(contenders.MODULES)}; all if none", metavar="A,B")
    options.add_argument("--rounds", type=int, default=5, help="how often each contender runs (default 5)")
    options.add_argument("--json", action="store_true", help="print a line of JSON for each contender")
    options.add_argument("--output", type=Path, help="write the tables there too")
    asked = options.parse_args()
    names = asked.contenders.split(",") if asked.contenders else list(contenders.MODULES)
    for given, known in ((asked.workloads, WORKLOADS), (names, contenders.MODULES)):
        if unknown := [name for name in given if name not in known]:
            options.error(f"{', '.join(unknown)}: not among {', '.join(known)}")
    if asked.rounds < 1:
        options.error(f"--rounds {asked.rounds}: at least 1")

    warnings.filterwarnings("ignore")  # rivals speak of unfinished training, which is meant here
    text, faults = [machine.describe(names)], 0
    if not asked.json:
        print(text[0], flush=True)
    for workload in asked.workloads or WORKLOADS:
        results = measure(workload, names, asked.rounds)
        faults += sum("error" in result and (asked.contenders is not None or result["installed"]) for result in results)
        text.append(table(workload, results))
        if asked.json:
            for result in results:
                result.pop("installed")
                print(json.dumps(result), flush=True)
        else:
            print(text[-1], flush=True)
    if asked.output:
        asked.output.write_text("\n".join(text) + "\n", encoding="utf-8")
    return 1 if faults else 0


def measure(workload: str, names: list[str], rounds: int) -> list[dict]:
    """Return a result for each contender to which the workload applies."""
    unit = problems.UNITS[workload]
    ready, results = {}, {}
    for name in names:
        result = {"workload": workload, "contender": name, "unit": unit, "installed": True}
        try:
            make = contenders.find(name, workload)
            if make is None:
                continue
            contender = make(problems.problem(workload)) if workload != "W6" else make()
            agree(*contender.check())
        except ImportError as error:
            results[name] = result | {"checked": False, "error": f"not installed: {error}", "installed": False}
        except Exception as error:  # a rival may fail in any way; the others go on
            results[name] = result | {"checked": False, "error": f"{type(error).__name__}: {error}"}
        else:
            results[name] = result
            ready[name] = contender
    times = {name: [] for name in ready}
    for round_ in range(-1, rounds):  # the first only warms up
        for name, contender in ready.items():
            if round_ == -1 and workload == "W6":
                continue
            seconds = (contender.measure or (lambda run=contender.run: clock(run)))()
            if round_ >= 0:
                times[name].append(seconds / contender.units * problems.PER_SECOND[unit.partition("_")[0]])
    own = statistics.median(times["selenite"]) if "selenite" in times else None
    for name, found in times.items():
        median = statistics.median(found)
        ratio = None if own is None else round(median / own, 3)
        spread = [round(min(found), 6), round(max(found), 6)]
        results[name] |= {"median": round(median, 6), "ratio": ratio, "range": spread, "checked": True}
    return list(results.values())


def clock(run) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def agree(values, wanted) -> None:
    """Raise where a contender's values are not the reference's; float32 gets 1e-3, for an epoch's drift."""
    values, wanted = np.asarray(values, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    far = np.abs(values - wanted).max() / np.abs(wanted).max()
    if values.shape != wanted.shape or not far < 1e-3:
        raise ValueError(f"its values are not the reference's: {values.ravel()[-1]} for {wanted.ravel()[-1]}")


def table(workload: str, results: list[dict]) -> str:
    """Return the results as Markdown, the fastest first."""
    lines = [f"\n{workload}, {problems.UNITS[workload].replace('_', ' ')}\n"]
    lines += ["| contender | median | from-to | ratio |", "|---|---|---|---|"]
    for result in sorted(results, key=lambda result: result.get("median", float("inf"))):
        if "error" in result:
            lines.append(f"| {result['contender']} | {result['error'].splitlines()[0][:80]} | | |")
        else:
            low, high = result["range"]
            ratio = "" if result["ratio"] is None else f"{result['ratio']:.3g}"
            lines.append(f"| {result['contender']} | {result['median']:.4g} | {low:.4g}-{high:.4g} | {ratio} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
