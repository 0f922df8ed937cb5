"""To JavaScript: the plan and the proof as JSON inside one ES module, for browsers and Node, and its types."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64encode
from pathlib import Path

import msgspec

from selenite.exporting.characters import characters
from selenite.exporting.exact import Exact
from selenite.exporting.formula import INFIX, Language, activations_in
from selenite.exporting.plan import Plan, PlannedColumn
from selenite.exporting.writer import Answered, Export, NotChecked, Questions, filled, ran

_PLAN, _PROOF = "JSON.parse(`{}`)", 'JSON.parse(`{"rows": [], "outputs": []}`)'
_WORDS = "const textScores = null, knowsAWord = null; // there is none\nexport const wordEffects = () => [];\n"
_CHARACTERS = "JSON.parse(`{}`)"
_WORD_EFFECTS = (
    "export function wordEffects(row: Row, index: number): { column: string; word: string; effect: number }[];\n"
)
_LAYERS, _ACTIVATIONS = 'const LAYERS = "";', "const ACTIVATIONS = {};"
LANGUAGE = Language("JavaScript", INFIX | {
    "maximum": "Math.max", "minimum": "Math.min", "where": "{} ? {} : {}",
    "power": "Math.pow", "sqrt": "Math.sqrt", "absolute": "Math.abs", "exp": "Math.exp", "expm1": "Math.expm1",
    "log": "Math.log", "log1p": "Math.log1p", "tanh": "Math.tanh", "erfc": "erfc",
})  # fmt: skip
_HELD = re.compile(r"const PLAN = JSON\.parse\(`((?:[^`\\]|\\.)*)`\);", re.DOTALL)
_RUNTIME = Path(__file__).parent / "runtime"
_RUN = """
import { readFileSync } from "node:fs";
import { output, predict } from "./NAME.mjs";
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((row) => [output(row), predict(row)])));
"""


def files(export: Export) -> dict[str, bytes]:
    """Return the module that holds a plan and a proof, and its declarations."""
    return {
        f"{export.name}.mjs": module(export).encode(),
        f"{export.name}.d.mts": declarations(export.plan).encode(),
    }


def module(export: Export) -> str:
    """Return the module's text."""
    layers = b64encode((_RUNTIME / "layers.wasm").read_bytes()).decode()
    values = activations_in(LANGUAGE, export.plan)
    activations = "\n".join(f"  {name}: (z) => {value}," for name, value in values.items())
    instead = {
        _PLAN: f"JSON.parse(`{_in_backticks(export.plan_json)}`)",
        _PROOF: f"JSON.parse(`{_in_backticks(export.proof_json)}`)",
        _LAYERS: f'const LAYERS = "{layers}";',
        _ACTIVATIONS: f"const ACTIVATIONS = {{\n{activations}\n}};",
    }
    if export.plan.reads_text:
        words, tables = (_RUNTIME / "words.js").read_text(encoding="utf-8"), msgspec.json.encode(characters()).decode()
        instead[_WORDS] = filled(words, {_CHARACTERS: f"JSON.parse(`{tables}`)"})
    return filled((_RUNTIME / "model.js").read_text(encoding="utf-8"), instead)


def _in_backticks(text: str) -> str:
    return text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")


def declarations(plan: Plan) -> str:
    """Return what the module exports, in TypeScript."""
    answer = " | ".join(map(json.dumps if plan.class_type == "text" else str, plan.classes)) or "number"
    fields = "".join(f"  {json.dumps(column.name)}: {_type(column)};\n" for column in plan.columns)
    return f"""/** A row, its columns as the table named them; null where a value is missing. */
export interface Row {{
{fields}}}
export type Answer = {answer};
export const TARGET: string;
export const CLASSES: readonly string[];
export const COLUMNS: readonly {{ name: string; kind: string; categories: readonly string[] }}[];
export const PROOF: {{ rows: Row[]; outputs: number[][] }};
export function predict(row: Row): Answer;
export function predictProba(row: Row): number[];
export function quantile(row: Row, level: number): number;
export function outside(row: Row): string[];
export function output(row: Row): number[];
export function encode(row: Row): Float32Array | Float64Array;
export function answersOf(inputs: Float32Array | Float64Array): number[];
export function verify(rows?: Row[], wanted?: number[][]): number;
{_WORD_EFFECTS if plan.reads_text else ""}"""


def _type(column: PlannedColumn) -> str:
    if column.kind == "date":
        return "Date | string | null"
    if column.kind == "text":
        return "string | null"
    return "string | number | boolean | null" if column.categories else "number | null"


def answered(folder: Path, export: Questions) -> Answered:
    """Run the module in Node."""
    return in_node(["--input-type=module", "-e", _RUN.replace("NAME", export.name)], folder, export)


def in_node(program: list[str], folder: Path, export: Questions) -> Answered:
    """Return what a program prints in Node that reads the export's rows."""
    node = shutil.which("node")
    if node is None:
        raise NotChecked("there is no node to run it")
    return Answered(*zip(*json.loads(ran([node, *program], folder, export.rows_json)), strict=True))


def plan_in(file: Path) -> Plan:
    """Return the plan that a module, or a page with the module inside, holds."""
    found = _HELD.search(file.read_text(encoding="utf-8"))
    assert found is not None
    return msgspec.json.decode(re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL), type=Plan)


JAVASCRIPT = Exact("js", ".mjs", "const PLAN = JSON.parse(`", files, answered, plan_in)
