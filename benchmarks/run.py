"""How fast, beside the libraries that people use.

    python benchmarks/run.py                               # every workload and contender, a table each
    python benchmarks/run.py W1 W3 --contenders selenite,jax --rounds 9 --json
    python benchmarks/run.py --output docs/speed.txt       # the tables, with machine, versions and date

Every contender first does a little of the work; what does not agree with the reference is not timed. Then they run in
turn, round after round in one process; the figures are medians. `pip install -r benchmarks/rivals.txt` brings the
rivals; one that is not installed is named as such.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rivals
from timing import BY_HAND, OWN, UNITS, as_markdown, describe, measure

CONTENDERS = (*OWN, *BY_HAND, *rivals.MODULES)
PACKAGES = ("selenite", "numpy", "scikit-learn", "torch", "jax", "onnxruntime")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"{', '.join(UNITS)}; all if none")
    parser.add_argument("--contenders", metavar="A,B", help=f"{', '.join(CONTENDERS)}; all if none")
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender is timed (default 5)")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each contender")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables there too")
    asked = parser.parse_args()
    names = asked.contenders.split(",") if asked.contenders else list(CONTENDERS)
    for given, known in ((asked.workloads, UNITS), (names, CONTENDERS)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"{', '.join(unknown)}: not among {', '.join(known)}")
    if asked.rounds < 1:
        parser.error(f"--rounds {asked.rounds}: at least 1")

    warnings.filterwarnings("ignore")  # rivals speak of unfinished training, which is meant here
    text, all_done = [describe(PACKAGES)], True
    if not asked.json:
        print(text[0], flush=True)
    for workload in asked.workloads or UNITS:
        results = measure(workload, lambda name, w=workload: find(name, w), names, asked.rounds, report)
        report("")
        all_done = all_done and not any("error" in result for result in results)
        text.append(as_markdown(workload, results))
        if asked.json:
            for result in results:
                print(json.dumps(result), flush=True)
        else:
            print("\n" + text[-1], flush=True)
    if asked.output:
        asked.output.write_text("\n\n".join(text) + "\n", encoding="utf-8")
    return 0 if all_done else 1


def find(name: str, workload: str):
    """Return what makes the contender ready, None where the workload is not for it."""
    ours = OWN | BY_HAND
    return ours[name].get(workload) if name in ours else rivals.find(name, workload)


def report(what: str) -> None:
    """Redraw one line on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{what}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
