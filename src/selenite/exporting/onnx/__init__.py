"""To ONNX: one file that takes a table's columns as users have them, the encoding inside, run by onnxruntime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from selenite import __version__
from selenite.errors import ExportError, OptionError
from selenite.exporting.exact import Exact
from selenite.exporting.onnx.answers import answers
from selenite.exporting.onnx.encoding import encoded
from selenite.exporting.onnx.graph import IR_VERSION, Graph
from selenite.exporting.onnx.network import network_output
from selenite.exporting.plan import Plan
from selenite.exporting.writer import Answered, Export, NotChecked, Questions
from selenite.table.table import days_of
from selenite.types import AnyArray

HOW = {
    "number": "a number, NaN where it is missing",
    "date": "days since 1970-01-01T00:00, in UTC where it has a zone, NaN where it is missing",
    "category": "text as the table has it, empty where it is missing",
    "yes/no": "text as the table has it, however capitalised, empty where it is missing",
}


def files(export: Export) -> dict[str, bytes]:
    """Return the file of the graph, which onnx's checker has passed."""
    try:
        from onnx import checker
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "onnx":
            raise
        raise OptionError("to write ONNX needs onnx: pip install 'selenite[export]'") from None
    model = _model(export)
    checker.check_model(model, full_check=True)
    return {f"{export.name}.onnx": model.SerializeToString(deterministic=True)}


def answered(folder: Path, export: Questions) -> Answered:
    """Run the file in onnxruntime, on one thread."""
    file = folder / f"{export.name}.onnx"
    session = _session(file)
    try:
        found = session.run(None, _given(export, [one.name for one in session.get_inputs()]))
    except Exception as error:  # onnxruntime's have no other base in common
        raise ExportError(f"onnxruntime cannot run {file.name}: {error}") from None
    return Answered(found[-1].tolist(), found[0].tolist())


def plan_in(file: Path) -> Plan:
    """Return the plan that the metadata hold."""
    return msgspec.json.decode(_session(file).get_modelmeta().custom_metadata_map["plan"], type=Plan)


def _session(file: Path) -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        if error.name != "onnxruntime":
            raise
        raise NotChecked("there is no onnxruntime (pip install 'selenite[export]') to run it") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(file.read_bytes(), options, ["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's have no other base in common
        raise ExportError(f"onnxruntime cannot run {file.name}: {error}") from None


def _given(export: Questions, names: list[str]) -> dict[str, AnyArray]:
    """Return the columns of the export's rows as the graph takes them, each (n, 1)."""
    given = {}
    for name, column in zip(names, export.plan.columns, strict=True):
        values = [row[column.name] for row in export.rows]
        if column.categories:
            array: AnyArray = np.array([value or "" for value in values], dtype=object)
        elif column.kind == "date":
            array = days_of(np.array([value or "NaT" for value in values], dtype="datetime64[us]"))
        else:
            array = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        given[name] = array[:, None]
    return given


def _model(export: Export) -> Any:
    """Return the graph, with what is to be known of it, as onnx's own message."""
    from onnx import helper

    plan = export.plan
    graph = Graph([column.name for column in plan.columns], np.float64 if export.double else np.float32)
    given = {column.name: column.name or graph.name("column") for column in plan.columns}  # ONNX has no empty name
    found = answers(graph, plan, network_output(graph, plan, encoded(graph, plan, given)))
    types = [object if column.categories else np.float64 for column in plan.columns]
    made = helper.make_graph(
        graph.nodes,
        export.name,
        [
            _value(given[column.name], dtype, ["n", 1], HOW[column.kind])
            for dtype, column in zip(types, plan.columns, strict=True)
        ],
        [_value(name, dtype, shape) for name, (dtype, shape) in found.items()],
        graph.constants,
        doc_string=f"Predicts {plan.target} from the columns of a table, each an input of shape (n, 1).",
    )
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in sorted(graph.versions.items())],
        ir_version=IR_VERSION,
        producer_name="selenite",
        producer_version=__version__,
    )
    helper.set_model_props(model, _metadata(export, given))
    return model


def _value(name: str, dtype: type, shape: list[str | int], how: str = "") -> Any:
    from onnx import helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(name, kind, shape, how)


def _metadata(export: Export, given: dict[str, str]) -> dict[str, str]:
    """Return what a user is told of the target and the columns, and the proof, as JSON."""
    columns = [
        {
            "name": column.name,
            "input": given[column.name],
            "kind": column.kind,
            "given as": HOW[column.kind],
            "categories": column.categories,
            "minimum": column.minimum,
            "maximum": column.maximum,
            "gaps in training": column.missing,
        }
        for column in export.plan.columns
    ]
    return {
        "target": export.plan.target,
        "classes": json.dumps(export.plan.classes, ensure_ascii=False),
        "columns": json.dumps(columns, ensure_ascii=False),
        "plan": msgspec.json.encode(export.plan.row).decode(),
        "proof": export.proof_json,
    }


ONNX = Exact("onnx", ".onnx", "", files, answered, plan_in, reads_text=False)
