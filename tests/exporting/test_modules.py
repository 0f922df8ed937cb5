"""The modules of Python and JavaScript answer with classes in their type, quantiles, without WebAssembly the same."""

import json
import shutil
import sys
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from selenite.exporting import export
from selenite.exporting.proof import rows_of
from selenite.exporting.writer import ran
from selenite.model.residual_quantiles import LEVELS, ResidualQuantiles
from selenite.table import Numbers, Table
from test_exporting import model_of, of_one_layer, table_of

NODE = shutil.which("node")
PYTHON = "import it, json, sys; print(json.dumps([{} for row in json.load(sys.stdin)]))"
JAVASCRIPT = """
    import {{ readFileSync }} from "node:fs";
    import * as it from "./it.mjs";
    console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((row) => {})));
"""
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node: the module was NOT run")


def answers(model, to, expression, folder, table):
    """Return what an expression gives in an exported module, `it`, for each row of a table."""
    export(model, to, folder, name="it")
    command = [sys.executable, "-c", PYTHON.format(expression)]
    if to == "js":
        command = [NODE, "--input-type=module", "-e", JAVASCRIPT.format(expression)]
    return json.loads(ran(command, folder, msgspec.json.encode(rows_of(table))))


def numbers(values):
    return Table(("x",), (Numbers(values),), len(values), "numbers")


@pytest.mark.parametrize("to", ["python", pytest.param("js", marks=needs_node)])
@pytest.mark.parametrize("classes", [("b", "日本", 'a "c"'), (3, 1, 2), (1.0, 0.0), (True, False)])
def test_classes_are_answered_in_their_own_type(to, classes, tmp_path):
    x = np.random.default_rng(0).normal(size=60)
    model = of_one_layer(numbers(x), [classes[k % len(classes)] for k in range(60)])
    found = answers(model, to, "it.predict(row)", tmp_path, numbers(np.linspace(-9, 9, 31)))
    assert found == model.predict(numbers(np.linspace(-9, 9, 31))).tolist()
    assert len(set(found)) > 1
    assert type(found[0]) in (type(classes[0]), int)  # JSON of JavaScript has 1 for 1.0


@pytest.mark.parametrize("to", ["python", pytest.param("js", marks=needs_node)])
def test_quantiles_of_a_number_are_those_of_the_model(to, tmp_path):
    groups = tuple(tuple(((k + 1) * np.linspace(-1, 1, len(LEVELS)) ** 3).tolist()) for k in range(3))
    model, table = replace(model_of("number"), residual_quantiles=ResidualQuantiles((45.0, 55.0), groups)), table_of(1)
    found = answers(model, to, "[it.quantile(row, 0.05), it.quantile(row, 0.7)]", tmp_path, table)
    np.testing.assert_allclose(found, model.predict(table, quantiles=(0.05, 0.7)), rtol=1e-6)


@needs_node
def test_without_webassembly_plain_loops_give_the_same(tmp_path):
    model, table = model_of("class"), table_of(1)
    quick = np.array(answers(model, "js", "it.output(row)", tmp_path, table))
    module = tmp_path / "it.mjs"
    module.write_text(f"delete globalThis.WebAssembly;\n{module.read_text()}")
    script = JAVASCRIPT.format("it.output(row)")
    given = ran([NODE, "--input-type=module", "-e", script], tmp_path, msgspec.json.encode(rows_of(table)))
    plain, outputs = np.array(json.loads(given)), model.output(model.encode(table))
    assert 0 < np.abs(quick - plain).max() <= 1e-6
    assert max(np.abs(quick - outputs).max(), np.abs(plain - outputs).max()) <= 1e-6
