"""The kernel in WebAssembly, which the page runs, gives the bits of level v2."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_kernel = pytest.importorskip("selenite._kernel", reason="installed without the kernel")
HERE = Path(__file__).parent
PAGE = Path(__file__).parents[2] / "src/selenite/play/page"


@pytest.mark.skipif("v2" not in _kernel.LEVELS, reason="there is no level v2 on this machine")
def test_every_verb_has_the_bits_of_level_v2():
    asked = subprocess.run(
        [sys.executable, HERE / "web_cases.py"],
        env=os.environ | {"SELENITE_LEVEL": "v2"},
        stdout=subprocess.PIPE,
        check=True,
    )
    cases = json.loads(asked.stdout)
    questions = json.dumps([case["question"] for case in cases])
    answered = subprocess.run(
        ["node", HERE / "web.mjs", PAGE / "kernel.js", PAGE / "kernel.wasm"],
        input=questions.encode(), stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    answers = json.loads(answered.stdout)
    assert len(answers) == len(cases) > 40
    for case, answer in zip(cases, answers, strict=True):
        assert found(answer) == case["answer"], case["question"]["network"]


def found(answer):
    """Return what a verb gave in the shape of the case's answer: training has written into its arguments."""
    result = answer["result"]
    if "ended" not in result:
        return result
    parameters, _, state, _, options = answer["args"]
    result |= {"parameters": parameters, **{name: state[name] for name in ("first", "second", "steps")}}
    if stopping := options["early_stopping"]:
        result |= {
            "best": stopping["best_parameters"],
            **{name: stopping[name] for name in ("best_epoch", "best_loss")},
        }
    return result
