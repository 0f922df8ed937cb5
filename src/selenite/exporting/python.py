"""To plain Python: the plan and the proof as JSON inside one module, which runs with the standard library alone."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import msgspec

from selenite.exporting.exact import Exact
from selenite.exporting.formula import INFIX, Language, activations_in
from selenite.exporting.plan import Plan
from selenite.exporting.writer import Answered, Export, Questions, filled, ran

_PLAN, _PROOF = 'json.loads(r"""{}""")', 'json.loads(r"""{"rows": [], "outputs": []}""")'
_ACTIVATIONS = "ACTIVATIONS = {}"
LANGUAGE = Language("Python", INFIX | {
    "maximum": "max", "minimum": "min", "where": "{1} if {0} else {2}",
    "power": "math.pow", "sqrt": "math.sqrt", "absolute": "abs", "exp": "_exp", "expm1": "math.expm1",
    "log": "math.log", "log1p": "math.log1p", "tanh": "math.tanh", "erfc": "math.erfc",
})  # fmt: skip
_WORDS = "_text_scores = _knows_a_word = None  # there is none\n"
_RUNTIME = Path(__file__).parent / "runtime"
_HELD = re.compile(r'^PLAN = json\.loads\(r"""(.*?)"""\)$', re.MULTILINE | re.DOTALL)
FEW = 64  # rows that the standard library alone is asked for; further ones are for NumPy
_RUN = """
import json, sys, {name} as it
rows = json.load(sys.stdin)
few, many = rows[:{few}], rows[{few}:]
found = [(it.output(row), it.predict(row)) for row in few]
print(json.dumps([*found, *zip(it.outputs(many), it.predict_many(many))]))
"""


def files(export: Export) -> dict[str, bytes]:
    """Return the module that holds a plan and a proof."""
    module = (_RUNTIME / "model.py.txt").read_text(encoding="utf-8")
    instead = {
        place: 'json.loads(r"""{}""")'.format(data.replace('"""', '""\\u0022'))
        for place, data in ((_PLAN, export.plan_json), (_PROOF, export.proof_json))
    }
    values = activations_in(LANGUAGE, export.plan)
    activations = "".join(f'    "{name}": lambda z: {value},\n' for name, value in values.items())
    instead[_ACTIVATIONS] = f"ACTIVATIONS = {{\n{activations}}}"
    if export.plan.reads_text:
        instead[_WORDS] = (_RUNTIME / "words.py.txt").read_text(encoding="utf-8")
    return {f"{export.name}.py": filled(module, instead).encode()}


def answered(folder: Path, export: Questions) -> Answered:
    """Run the module in an interpreter of its own."""
    command = [sys.executable, "-c", _RUN.format(name=export.name, few=FEW)]
    return Answered(*zip(*json.loads(ran(command, folder, export.rows_json)), strict=True))


def plan_in(file: Path) -> Plan:
    """Return the plan that a module holds."""
    found = _HELD.search(file.read_text(encoding="utf-8"))
    assert found is not None
    return msgspec.json.decode(found[1], type=Plan)


PYTHON = Exact("python", ".py", '\nPLAN = json.loads(r"""', files, answered, plan_in)
