"""What a fit of a wide table takes: processor time and memory, from 4 to 10,000 columns.

    python benchmarks/wide.py [--kinds numbers,categories,counts] [--rows 1000,4000] [--columns 4,10000]

Three kinds of tables: numbers with all digits, categories (text of 5 values) and counts up to 40 that are 0 in three
rows of four, as those of words are. The answer is whether the sum of the first four columns is above its median. Each
fit, of SeleniteClassifier with its defaults, has a process of its own, which checks that new rows are told better than
by chance, or no worse beside hundreds of columns of noise: fast and wrong has no figures. Seconds are those of all
processors, of encoding and training; memory is the most that the process held beyond what it held before the fit.
Appends a line of JSON for each table to results/wide.jsonl, with machine, date and versions; what is there already is
not run again. `--table` prints what docs/speed.md shows.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from selenite import SeleniteClassifier
from timing import describe

RESULTS = Path(__file__).parent / "results" / "wide.jsonl"
KINDS = ("numbers", "categories", "counts")
ROWS, COLUMNS = (1000, 4000), (4, 16, 64, 256, 1000, 4000, 10_000)
INFORMATIVE = 4
MEGABYTE = 1e6


def table(kind, rows, columns, seed):
    """Return a table and its answers."""
    random = np.random.default_rng(seed)
    if kind == "numbers":
        values = random.normal(size=(rows, columns))
        told = values
    elif kind == "categories":
        told = random.integers(0, 5, (rows, columns))
        values = np.array(["red", "green", "blue", "white", "black"], dtype=object)[told]
    else:
        values = told = random.integers(1, 41, (rows, columns)) * (random.random((rows, columns)) < 0.25)
    score = told[:, :INFORMATIVE].sum(axis=1) + 0.1 * random.normal(size=rows)
    return pd.DataFrame(values, columns=[f"c{k}" for k in range(columns)]), score


def measured(kind, rows, columns):
    """Return what one fit took, and how much of 500 new rows it tells right."""
    (X, score), (new, new_score) = table(kind, rows, columns, 0), table(kind, 500, columns, 1)
    middle = np.median(score)
    SeleniteClassifier(max_iter=1).fit(X.iloc[:50, :4], score[:50] > middle)  # what is loaded once
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    model = SeleniteClassifier(random_state=0).fit(X, score > middle)
    seconds, most = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    right = float((model.predict(new) == (new_score > middle)).mean())
    by_chance = max((new_score > middle).mean(), (new_score <= middle).mean())
    if right < by_chance - 0.05 or (columns <= 64 and right < by_chance + 0.05):
        raise SystemExit(f"{kind}, {rows} rows, {columns} columns: {right:.3f} right, {by_chance:.3f} by chance")
    return {
        "kind": kind,
        "rows": rows,
        "columns": columns,
        "inputs": model.model_.network.n_inputs,
        "right": right,
        "seconds": seconds,
        "megabytes": (most - before) * 1024 / MEGABYTE,
        "machine": describe(("selenite", "numpy")),
        "date": datetime.now(UTC).date().isoformat(),
    }


def as_markdown(results):
    """Return the table of docs/speed.md."""
    lines = ["| columns | " + " | ".join(f"{kind}, {rows:,} rows" for kind in KINDS for rows in ROWS) + " |"]
    lines.append("|---" * (1 + len(KINDS) * len(ROWS)) + "|")
    for columns in COLUMNS:
        cells = []
        for kind in KINDS:
            for rows in ROWS:
                row = results.get((kind, rows, columns))
                cells.append(f"{row['seconds']:.1f} s, {row['megabytes']:,.0f} MB" if row else "")
        lines.append(f"| {columns:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def kept():
    """Return the results that are there, by kind, rows and columns."""
    if not RESULTS.exists():
        return {}
    rows = map(json.loads, RESULTS.read_text().splitlines())
    return {(row["kind"], row["rows"], row["columns"]): row for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--rows", default=",".join(map(str, ROWS)))
    parser.add_argument("--columns", default=",".join(map(str, COLUMNS)))
    parser.add_argument("--table", action="store_true", help="print the table of what is kept, and measure nothing")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one[0], *map(int, options.one[1:]))))
    elif options.table:
        print(as_markdown(kept()))
    else:
        for columns in map(int, options.columns.split(",")):
            for kind in options.kinds.split(","):
                for rows in map(int, options.rows.split(",")):
                    if (kind, rows, columns) in kept():
                        continue
                    one = [sys.executable, __file__, "--one", kind, str(rows), str(columns)]
                    line = subprocess.run(one, check=True, stdout=subprocess.PIPE, text=True).stdout
                    print(line, end="", flush=True)
                    with RESULTS.open("a") as file:
                        file.write(line)


if __name__ == "__main__":
    main()
