"""To plain Python: the plan and the proof as JSON inside one module, which runs with the standard library alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from selenite.exporting.writer import Export, Outputs, Writer, ran

_PLAN, _PROOF = 'json.loads(r"""{}""")', 'json.loads(r"""{"rows": [], "outputs": []}""")'
_RUN = "import json, sys, {name} as it; print(json.dumps([it.output(row) for row in json.load(sys.stdin)]))"


def files(export: Export) -> dict[str, bytes]:
    """Return the module that holds a plan and a proof."""
    module = (Path(__file__).parent / "runtime" / "model.py.txt").read_text(encoding="utf-8")
    for place, data in ((_PLAN, export.plan_json), (_PROOF, export.proof_json)):
        assert module.count(place) == 1
        module = module.replace(place, 'json.loads(r"""{}""")'.format(data.replace('"""', '""\\u0022')))
    return {f"{export.name}.py": module.encode()}


def outputs(folder: Path, export: Export) -> Outputs:
    """Run the module in an interpreter of its own."""
    command = [sys.executable, "-c", _RUN.format(name=export.name)]
    found: Outputs = json.loads(ran(command, folder, export.rows_json))
    return found


PYTHON = Writer("python", ".py", files, outputs)
