"""Serves files for tests in node: makes a table and models in a folder, prints what they predict, and waits."""

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.nn import forward
from selenite.play.server import Playground
from selenite.table import read_table
from selenite.table.cells import text_column
from tables_of_tests import pets


def recurring() -> list[list[str]]:
    """Return names and rows that recur, of more than 255 cities, whose answers go by the row."""
    rng = np.random.default_rng(0)
    answers = np.where(rng.random(500) < 0.5, "yes", "no")
    rows = [[f"city {k % 300}", f"trade {rng.integers(0, 30)}", f"{rng.normal():.2f}", answers[k]] for k in range(500)]
    which = [*range(500), *rng.integers(0, 500, 1500).tolist()]
    return [["city", "trade", "size", "answer"], *(rows[k] for k in which)]


def knowing(folder: Path) -> dict[str, Any]:
    """Save a model that knows its training rows, and return its answers: to these, and to the first in other trades."""
    (folder / "recurring.csv").write_text("\n".join(map(",".join, recurring())))
    table = read_table(folder / "recurring.csv")
    model = fit_and_evaluate(table, "answer", Settings(hidden=(16,), members=2, epochs=9), test_fraction=0.1).model
    assert model.schema.known_rows.names
    assert model.schema.crossings.columns
    model.save(folder / "recurring.selenite")
    trades = model.schema.columns[1].categories
    first = table.take(np.zeros(len(trades), dtype=int))
    other = replace(first, columns=(first["city"], text_column(trades), *first.columns[2:]))
    answers = (model.predict_proba(one)[:, 1].astype(float).tolist() for one in (table, other))
    return dict(zip(("output", "by_trade"), answers, strict=True))


def main(folder: Path) -> None:
    """Serve until nobody listens any more."""
    path = folder / "pets.csv"
    path.write_text(pets())
    table = read_table(path)
    told = {}
    for name, target in (("classes", "answer"), ("number", "income")):
        known = table.take(np.flatnonzero(~table[target].missing()))
        model = fit_and_evaluate(known, target, Settings(hidden=(20, 8), members=3, epochs=12), test_fraction=0.2).model
        model.save(folder / f"{name}.selenite")
        inputs = model.encode(table)
        _, alone = forward(model.network, model.parameters[1], inputs)
        told[name] = {
            "output": model.output(inputs).astype(float).ravel().tolist(),
            "alone": [a[0].astype(float).tolist() for a in alone],
            "figures": [[figure.metric, figure.model, figure.value] for figure in model.figures],
        }
    playground = Playground()
    threading.Thread(target=playground.serve, daemon=True).start()
    print(
        json.dumps({"port": playground.port, "token": playground.token, "models": told, "knowing": knowing(folder)}),
        flush=True,
    )
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
