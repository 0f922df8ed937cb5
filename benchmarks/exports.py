"""Whether exported models answer as selenite does: every table of a folder, each preset, each way of writing.

    python benchmarks/exports.py FOLDER [--to c,js,python,onnx] [--presets fast,balanced] [--only iris,adult]
                                 [--models CACHE] [-o RESULTS]

FOLDER is that of accuracy.py, or of tabarena.py. A model is fitted to three quarters of a table (random_state=0, at
most 20,000 rows) and kept in CACHE. All rows of the other quarter, gaps and unseen categories among them, go through
the model and through its export, in single and in double precision (the same parameters). Where the two best
probabilities differ by more than 1e-6 the class must be the same. A difference is of a probability, or of a number in
the target's deviations, of one beyond 1 as a share of it. `python` is the path by NumPy; `python, a row at a time` is
that of the standard library alone, on 300 rows. Appends a line of JSON for each to RESULTS; what is there already is
not run again. Prints the table of docs/export.md.
"""

import argparse
import importlib.util
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

import selenite
from accuracy import estimator_of, keep, kept, load
from selenite.exporting.plan import plan_of
from selenite.exporting.proof import matched_table, rows_of
from selenite.exporting.proved import WRITERS
from selenite.exporting.writer import Questions
from selenite.table import as_table

RESULTS = Path(__file__).parent / "results" / "exports.jsonl"
ONE_BY_ONE, FEW = "python, a row at a time", 300
CELLS = 15_000_000  # that go through an export at once
SURE = 1e-6  # by which the best probability lies above the next where the class must be the same


def parts(folder, entry, most_rows=20_000):
    """Return (X, y) to train on and the rows to test with, categories that training never saw among them."""
    X, y = load(folder, entry)
    classes = None if entry["task"] == "regression" else y
    train, test = train_test_split(np.arange(len(y)), test_size=0.25, random_state=0, stratify=classes)
    train = train[:most_rows]
    return X.iloc[train].reset_index(drop=True), y[train], X.iloc[test].reset_index(drop=True)


def model_of(entry, preset, X, y, cache):
    """Return the fitted model, which is kept."""
    path = cache / f"{entry['name']}_{preset}.selenite"
    if not path.exists():
        estimator_of(entry, preset, 0).fit(X, y).model_.save(path)
    return selenite.load(path)


def outputs_of(to, folder, asked):
    """Return the outputs that an export gives for rows."""
    if not to.startswith("python"):
        return WRITERS[to].answered(folder, asked).outputs
    found = importlib.util.spec_from_file_location(asked.name, folder / f"{asked.name}.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return list(map(module.output, asked.rows)) if to == ONE_BY_ONE else module.outputs(asked.rows)


def compared(model, table, to):
    """Return how an export's answers differ from the model's."""
    outputs = model.output(model.encode(table)).astype(np.float64)
    rows, at_once = rows_of(matched_table(model.schema, table)), max(CELLS // len(table.names), 1)
    with tempfile.TemporaryDirectory() as scratch:
        selenite.export(model, to.partition(",")[0], scratch, name="it", tolerance=1.0)
        parts = (Questions("it", plan_of(model), rows[at : at + at_once]) for at in range(0, len(rows), at_once))
        given = np.concatenate([outputs_of(to, Path(scratch), part) for part in parts])
    differences = np.abs(given - outputs) / np.maximum(np.abs(outputs), 1.0)
    found = {"rows": len(rows), "difference": float(differences.max())}
    if not model.target.classes:
        return found
    own, theirs = model.probabilities(outputs), model.probabilities(given)
    best = np.sort(own, axis=1)
    sure = best[:, -1] - best[:, -2] > SURE
    changed = own.argmax(axis=1) != theirs.argmax(axis=1)
    return found | {"other class": int((changed & sure).sum()), "unsure": int((~sure).sum())}


def as_markdown(results):
    """Return the table of all models, a line for each way of writing and precision."""
    lines = ["| `--to` | precision | models | rows | another class | probabilities | numbers |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
    for precision, to in sorted(
        {(row["precision"], row["to"]) for row in results}, key=lambda pair: (pair[0] == "double", pair[1])
    ):
        of_both = [row for row in results if (row["to"], row["precision"]) == (to, precision)]
        worst = [
            max((row["difference"] for row in of_both if ("other class" in row) is is_class), default=0.0)
            for is_class in (True, False)
        ]
        rows, changed = sum(row["rows"] for row in of_both), sum(row.get("other class", 0) for row in of_both)
        lines.append(
            f"| {to} | {precision} | {len(of_both)} | {rows:,} | {changed} | {worst[0]:.1e} | {worst[1]:.1e} |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", default=",".join(WRITERS))
    parser.add_argument("--presets", default="fast,balanced")
    parser.add_argument("--only", default="")
    parser.add_argument("--models", type=Path, default=Path(tempfile.gettempdir()) / "exports")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.models.mkdir(parents=True, exist_ok=True)
    ways = [one for to in options.to.split(",") for one in ((to, ONE_BY_ONE) if to == "python" else (to,))]
    done = {(row["table"], row["preset"], row["to"], row["precision"]) for row in kept(options.output)}
    for entry in json.loads((options.folder / "datasets.json").read_text()):
        if options.only and entry["name"] not in options.only.split(","):
            continue
        X, y, X_test = parts(options.folder, entry)
        table = as_table(X_test)
        for preset in options.presets.split(","):
            single = model_of(entry, preset, X, y, options.models)
            models = {"single": single, "double": replace(single, parameters=single.parameters.astype(np.float64))}
            for precision, model in models.items():
                for to in ways:
                    row = {"table": entry["name"], "preset": preset, "to": to, "precision": precision}
                    if tuple(row.values()) not in done:
                        few = as_table(X_test.iloc[:FEW]) if to == ONE_BY_ONE else table
                        keep(options.output, row | compared(model, few, to))
    print(as_markdown(kept(options.output)))


if __name__ == "__main__":
    main()
