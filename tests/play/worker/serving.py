"""Serves files for tests in node: makes a table and models in a folder, prints what they predict, and waits."""

import json
import sys
import threading
from pathlib import Path

import numpy as np

from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.nn import forward
from selenite.play.server import Playground
from selenite.table import read_table
from tables_of_tests import pets


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
    print(json.dumps({"port": playground.port, "token": playground.token, "models": told}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
