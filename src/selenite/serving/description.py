"""What can be asked and what is answered, in OpenAPI 3.1: made of what the model's file knows of its columns."""

from __future__ import annotations

from typing import Any

from selenite.model import Model
from selenite.model.answer_columns import answer_columns
from selenite.model.residual_quantiles import LEAST_COVERAGE, MOST_COVERAGE
from selenite.model.usual_row import usual_row
from selenite.serving.rows import LIMITS
from selenite.table.cells import cell_text
from selenite.table.schema import ColumnSchema
from selenite.table.table import Numbers

JSON, CSV = "application/json", "text/csv"
Described = dict[str, Any]


def description_of(model: Model, name: str) -> Described:
    """Return the description of a server that answers with a model, whose file is called so."""
    row, answer, error = ({"$ref": f"#/components/schemas/{part}"} for part in ("Row", "Answer", "Error"))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{model.target.name}, predicted by {name}",
            "description": "Made of the model's file, which knows its columns.",
            "version": "1",  # of what is asked and answered
        },
        "paths": {
            "/predict": {
                "post": {
                    "summary": "Predict rows: one object, an array of them, or a text table.",
                    "operationId": "predict",
                    "parameters": _asked_for(model),
                    "requestBody": {
                        "required": True,
                        "content": {JSON: {"schema": _one_or_more(row)}, CSV: {"schema": {"type": "string"}}},
                    },
                    "responses": {
                        "200": _of_json("An answer a row, in order.", _one_or_more(answer)),
                        "400": _of_json("The rows cannot be predicted; what is wrong, and where.", error),
                        **{code: _of_json(why, error) for code, why in REFUSALS.items()},
                    },
                }
            },
            "/health": {
                "get": {
                    "summary": "Whether it answers, and which model.",
                    "operationId": "health",
                    "responses": {"200": _of_json("It does.", {"type": "object"})},
                }
            },
        },
        "components": {
            "schemas": {
                "Row": _row(model),
                "Answer": _answer(model),
                "Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}},
            }
        },
    }


REFUSALS = {
    "403": "The request comes from another page.",
    "408": "The request came too slowly.",
    "413": "The request is too large.",
    "415": f"The rows are neither {JSON} nor {CSV}.",
    "503": "Too many ask at once, or the answer took too long.",
}


def _of_json(summary: str, schema: Described) -> Described:
    return {"description": summary, "content": {JSON: {"schema": schema}}}


def _one_or_more(one: Described) -> Described:
    return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": LIMITS.rows}]}


def _asked_for(model: Model) -> list[Described]:
    """Return what an address may ask for beside the prediction."""
    share = {"type": "number", "minimum": LEAST_COVERAGE, "maximum": MOST_COVERAGE}
    found = [("coverage", share, "Add what holds the answer of that share of new rows.")]
    if model.target.task == "regression":
        found.append(("quantiles", {"type": "string", "examples": [".05,.95"]}, "Add these quantiles."))
    return [{"name": name, "in": "query", "schema": schema, "description": words} for name, schema, words in found]


def _row(model: Model) -> Described:
    """Return what a row must have: the columns that become inputs, with what training saw of them."""
    columns = model.schema.inputs
    return {
        "type": "object",
        "description": "Further columns are not looked at.",
        "required": [column.name for column in columns],
        "properties": {column.name: _column(column) for column in columns},
        "examples": [example_of(model)],
    }


def example_of(model: Model) -> dict[str, float | str]:
    """Return a row as JSON has it: numbers at the middle of the training rows, categories at their first."""
    table = usual_row(model, "the usual row")
    return {
        name: _short(column.values[0]) if isinstance(column, Numbers) else cell_text(column, 0)
        for name, column in zip(table.names, table.columns, strict=True)
    }


def _short(number: float) -> float:
    """Return a number of at most six digits, a whole one without a point."""
    found = float(f"{number:.6g}")
    return int(found) if found.is_integer() else found


def _column(column: ColumnSchema) -> Described:
    """Return what a cell may be; another value is predicted too, and told in "outside"."""
    gaps = "Gaps were seen in training" if column.missing else "No gap was seen in training"
    if column.kind in ("category", "yes/no"):
        seen = ", ".join(column.categories[:30]) + (", …" if len(column.categories) > 30 else "")
        return {"type": ["string", "number", "boolean", "null"], "description": f"Seen: {seen}. {gaps}: null is one."}
    if column.kind == "date":
        return {"type": ["string", "null"], "description": f"A date or time, in ISO 8601. {gaps}: null is one."}
    seen = "" if column.minimum is None else f"{column.minimum:.6g} to {column.maximum:.6g} were seen. "
    return {"type": ["number", "null"], "description": f"{seen}{gaps}: null is one."}


def _answer(model: Model) -> Described:
    """Return what is answered of a row, without what else may be asked for."""
    number, text = {"type": "number"}, {"type": "string"}
    found = answer_columns(model, model.match(usual_row(model, "the usual row")))
    properties = {name: text if isinstance(values, list) else number for name, values in found.items()}
    properties["outside"] = text | {"description": 'Why the row lies outside what training saw; "" if it does not.'}
    return {"type": "object", "required": list(properties), "properties": properties}
