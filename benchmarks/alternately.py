"""How long selenite takes beside RealMLP-TD: fitted in turn, table by table, so that a slow hour strikes both.

    pip install pytabkit==1.7.3
    python benchmarks/alternately.py FOLDER [--every 4] [--most-rows 10000] [--only iris,adult]

FOLDER is that of accuracy.py. Of split 0 each preset of selenite is fitted three times, before RealMLP-TD, which is
fitted once, and after it; the median counts, in seconds of the clock, preparation included, on as many threads as there
are processors. Of the folder's tables every so many are taken. Appends a line of JSON for each table to
results/alternately.jsonl, of which leaderboard.py tells.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

from accuracy import RESULTS, estimator_of, keep, kept, load, split, without_gaps

PRESETS = ("fast", "balanced")


def realmlp(X, y, entry):
    X = without_gaps(X, X.iloc[:0], entry["categorical"])[0].astype(dict.fromkeys(entry["categorical"], "category"))
    of_task = RealMLP_TD_Regressor if entry["task"] == "regression" else RealMLP_TD_Classifier
    of_task(device="cpu", n_threads=os.cpu_count(), random_state=0, verbosity=0).fit(X, y)


def seconds(fit, *arguments):
    begun = time.perf_counter()
    fit(*arguments)
    return time.perf_counter() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--most-rows", type=int, default=10_000, help="to train on")
    parser.add_argument("--only", default="")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS.with_name("alternately.jsonl"))
    options = parser.parse_args()
    entries = json.loads((options.folder / "datasets.json").read_text())
    if options.only:
        entries = [entry for entry in entries if entry["name"] in options.only.split(",")]
    done = {row["table"] for row in kept(options.output)}
    warm = False
    for entry in entries[:: options.every]:
        if entry["name"] in done:
            continue
        X, y, _, _ = split(*load(options.folder, entry), entry, 0, options.most_rows)
        if not warm:  # what is loaded and compiled once
            warm = True
            few = np.arange(min(len(y), 300))
            realmlp(X.iloc[few], y[few], entry)
        of_ours = {preset: [] for preset in PRESETS}
        for repeat in range(3):
            for preset in PRESETS:
                of_ours[preset].append(seconds(estimator_of(entry, preset, 0).fit, X, y))
            if repeat == 0:
                theirs = seconds(realmlp, X, y, entry)
        row = {"table": entry["name"], "rows": len(y), "RealMLP-TD": theirs}
        keep(options.output, row | {preset: float(np.median(times)) for preset, times in of_ours.items()})


if __name__ == "__main__":
    main()
