"""The benchmark refuses to time what computes something else, and says what is missing."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from timing import BY_HAND, OWN, UNITS, Contender, as_markdown, expected, measure, problem

ROOT = Path(__file__).parents[2]
QUICK = ("W1", "W1f32", "W3", "W3b32", "W4", "W5_1row")


@pytest.mark.parametrize("workload", QUICK)
def test_every_contender_computes_what_the_reference_does(workload):
    makes = [contenders[workload] for contenders in (OWN | BY_HAND).values() if workload in contenders]
    for make in makes:
        values, wanted = make(problem(workload)).check()
        np.testing.assert_allclose(values, wanted, rtol=1e-4)


def test_the_reference_is_the_articles_own_loss():
    """½ Σ error² of the first epoch, by hand."""
    work = problem("W1")
    (hidden, _), (output, _) = work.layers()
    p = 1 / (1 + np.exp(-(1 / (1 + np.exp(-work.X @ hidden))) @ output))
    assert expected(work, 1)[0] == pytest.approx(0.5 * ((p - work.Y) ** 2).sum(), rel=1e-12)


def test_wrong_values_are_not_timed():
    def make(work):
        return Contender(lambda: ([1.0], [1.001]), lambda: pytest.fail("it was timed"), 1)

    (result,) = measure("W1", {"other": make}.get, ["other"], rounds=1)
    assert not result["checked"]
    assert "1.0 for 1.001" in result["error"]
    assert "median" not in result
    assert "1.0 for 1.001" in as_markdown("W1", [result])


def test_ratios_are_of_medians_over_selenites():
    """Three rounds of known seconds: 1, 2, 9 and 10, 20, 90."""

    def make(seconds):
        left = iter(seconds)
        return lambda work: Contender(lambda: ([1.0], [1.0]), lambda: None, 1e6, lambda: next(left))

    contenders = {"selenite": make([1, 9, 2]), "other": make([90, 10, 20])}
    own, other = measure("W1", contenders.get, list(contenders), rounds=3)
    assert (own["median"], own["ratio"], own["range"]) == (2.0, 1.0, [1.0, 9.0])
    assert (other["median"], other["ratio"]) == (20.0, 10.0)


def run(*arguments, hidden=""):
    """Run the script with a rival's module hidden, so that the test is the same wherever it runs."""
    code = (
        f"import sys, runpy; sys.modules[{hidden!r}] = None; sys.argv = ['run.py', *{arguments!r}]; "
        f"runpy.run_path({str(ROOT / 'benchmarks' / 'run.py')!r}, run_name='__main__')"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_the_script_prints_a_line_a_contender():
    done = run("W5_1row", "--contenders", "selenite,selenite_numpy,numpy_optimised", "--rounds", "1", "--json")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["contender"] for line in lines] == ["selenite", "selenite_numpy", "numpy_optimised"]
    assert all(line["checked"] and line["unit"] == UNITS["W5_1row"] for line in lines)


def test_the_script_says_what_workloads_there_are():
    done = run("W9")
    assert done.returncode == 2
    assert "W9: not among W1, W1f32" in done.stderr


def test_the_script_names_a_rival_that_is_not_there():
    done = run("W5_1row", "--contenders", "selenite,onnxruntime", "--rounds", "1", "--json", hidden="onnxruntime")
    own, rival = map(json.loads, done.stdout.splitlines())
    assert own["checked"]
    assert own["ratio"] == 1
    assert rival["error"].startswith("not installed")
    assert done.returncode == 1
