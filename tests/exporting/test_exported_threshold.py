"""A threshold between two classes is applied by every export, as the model applies it."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from selenite.exporting import export
from test_exporting import of_one_layer
from test_modules import answers, needs_node, numbers

COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
VALUES = np.linspace(-3, 3, 41)


@pytest.fixture
def model():
    x = np.random.default_rng(0).normal(size=60)
    return replace(of_one_layer(numbers(x), ["no", "yes"] * 30), threshold=0.37)


def wanted(model):
    found = model.predict(numbers(VALUES)).tolist()
    assert found != replace(model, threshold=None).predict(numbers(VALUES)).tolist()
    return found


@pytest.mark.parametrize("to", ["python", pytest.param("js", marks=needs_node)])
def test_modules(to, model, tmp_path):
    assert answers(model, to, "it.predict(row)", tmp_path, numbers(VALUES)) == wanted(model)


def test_onnx(model, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(export(model, "onnx", tmp_path).files[0])
    assert session.run(["label"], {"x": VALUES[:, None]})[0].tolist() == wanted(model)


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
@pytest.mark.parametrize("integer", [False, True])
def test_c(integer, model, tmp_path):
    model = replace(model, parameters=model.parameters.astype(np.float32))
    export(model, "c", tmp_path, name="it", integer=integer, tolerance=0.1 if integer else None)
    cell = "IT_X({:.3f})" if integer else "{:.17g}"
    rows = ", ".join(f"{{{cell.format(value)}}}" for value in VALUES)
    (tmp_path / "main.c").write_text(
        f'#include <stdio.h>\n#include "it.h"\nint main(void) {{ static const it_row rows[] = {{{rows}}}; int k; '
        f"for (k = 0; k < {len(VALUES)}; k++) puts(it_classes[it_predict(&rows[k])]); return 0; }}"
    )
    line = [COMPILER, "-std=c99", "-Wall", "-Werror", "it.c", "main.c", "-o", "main", "-lm"]
    subprocess.run(line, cwd=tmp_path, check=True)
    found = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True).stdout.split()
    assert found == wanted(model)
