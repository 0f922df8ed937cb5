"""The page on exports: its Python runs."""

import pytest

from documentation import call, go_to_clone, page, run_python


def test_the_graph_of_onnx_answers_a_table(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    go_to_clone(tmp_path, monkeypatch)
    call("fit tests/data/pima_diabetes.csv --target target -o diabetes.selenite --epochs 2 --members 1 -q")
    call("export diabetes.selenite --to onnx -o home")
    assert run_python(page("docs/export.md")) == [("", "")]
