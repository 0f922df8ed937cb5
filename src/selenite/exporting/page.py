"""To a page: one file that opens from a disk, offline, with the model, a form for a row, and what its columns add.

The modules of `runtime/page` become one script, which the page's policy names by its hash: no other runs but the
WebAssembly in it, and nothing is asked for. What it compares a row with, rows and orders of the columns, travels as
`selenite explain` draws them.
"""

from __future__ import annotations

import json
import re
import tempfile
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from selenite.bundle import bundled, in_html, module_name
from selenite.errors import ExportError, OptionError
from selenite.explanation.columns.attributions import chosen_method
from selenite.explanation.columns.baseline import Baseline, baseline_for
from selenite.explanation.columns.parts import columns_of_parts
from selenite.explanation.columns.shapley import orders_of_pairs, pairs_of_rows
from selenite.exporting.exact import Exact
from selenite.exporting.javascript import in_node, module, plan_in
from selenite.exporting.writer import Answered, Export, Questions
from selenite.markup import Markup, element, joined, name, page
from selenite.model import Model
from selenite.model.stored_figures import rows_of_figures, stored_figures
from selenite.model.table_warnings import table_warnings
from selenite.table import Table
from selenite.table.cells import prediction_format
from selenite.table.missing import MISSING
from selenite.types import Array, Indices

RUNTIME = Path(__file__).parent / "runtime"
SEED = 0  # as of `selenite explain`
_FACTS = "JSON.parse(`{}`)"
_SCRIPT = re.compile(r'<script type="module">(.*?)</script>', re.DOTALL)
_RUN = """
import {{ readFileSync }} from "node:fs";
const rows = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(rows.map((row) => [{model}.output(row), {model}.predict(row)])));
"""


def files(export: Export) -> dict[str, bytes]:
    """Return the page."""
    return {f"{export.name}.html": html(export).encode()}


def html(export: Export) -> str:
    """Return the page's text."""
    facts, instead = RUNTIME / "page" / "facts.js", json.dumps(facts_of(export.model, export.data))
    text = facts.read_text(encoding="utf-8")
    assert text.count(_FACTS) == 1
    texts = {RUNTIME / "model.js": module(export), facts: text.replace(_FACTS, instead)}
    script = in_html(f"\n{bundled(RUNTIME / 'page' / 'main.js', RUNTIME, texts)}")
    model = export.model
    content = [
        element("h1", name(model.target.name or "target"), f" predicted from {len(export.plan.columns)} columns"),
        _verdict(model),
        element("noscript", element("p", "This page computes in the browser: allow it to run scripts.")),
        element("div", id="app"),
        element(
            "section", element("h2", "How good it is"), _figures(model), *_warnings(model, export.data), id="figures"
        ),
        element("script", Markup(script), type="module"),
    ]
    hashed = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{hashed}' 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"  # noqa: E501
    style = (RUNTIME / "page" / "style.css").read_text(encoding="utf-8")
    return page(f"{model.target.name or 'target'}: {export.name}", *content, style=style, policy=policy, kind="model")


def facts_of(model: Model, data: Table | None) -> dict[str, Any]:
    """Return what the page knows beside the plan: what it compares with, and how tables and numbers are written."""
    baseline = _baseline(model, data)
    used, _ = columns_of_parts(model.schema)
    n_rows = 0 if baseline is None else len(baseline.parts)
    pairs = pairs_of_rows(n_rows) if n_rows else np.zeros(0, dtype=np.intp)
    start = np.repeat(np.arange(n_rows), pairs)
    repeat: Indices = np.arange(len(start)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    read = model.read
    return {
        "baseline": None if baseline is None else {"rows": _exact(baseline.parts), "words": baseline.words},
        "method": chosen_method("auto", len(used), n_rows),
        "orders": orders_of_pairs(SEED, start, repeat, len(used))[:, 0].tolist(),
        "starts": start.tolist(),
        "form": prediction_format(model.target),
        "read": {
            "separator": read.separator,
            "decimal": read.decimal,
            "thousands": read.thousands,
            "strip": read.strip,
            "dates": read.date_format,
            "missing": [text for text in (*MISSING, *read.missing) if text not in read.not_missing],
        },
    }


def answered(folder: Path, export: Questions) -> Answered:
    """Run the page's script in Node, where it finds no page and is the model alone."""
    found = _SCRIPT.search((folder / f"{export.name}.html").read_text(encoding="utf-8"))
    if found is None:
        raise ExportError(f"{export.name}.html has lost its script")
    program = found[1] + _RUN.format(model=module_name(RUNTIME / "model.js", RUNTIME))
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "page.mjs").write_text(program, encoding="utf-8")
        return in_node(["page.mjs"], Path(scratch), export)


def _baseline(model: Model, data: Table | None) -> Baseline | None:
    """Return the rows that `selenite explain` draws; of a model that keeps no medians, without data, none."""
    if data is not None:
        return baseline_for(model, data, SEED)
    try:
        return baseline_for(model, "medians", SEED)
    except OptionError:
        return None


def _exact(inputs: Array) -> list[list[float]]:
    """Return inputs in the digits that tell them apart."""
    return [[float(str(value)) for value in row] for row in inputs]


def _verdict(model: Model) -> Markup:
    """Return what the figures mean, as `fit` said it."""
    if not model.verdict:
        return Markup("")
    return element("p", f"When it was fitted, on {rows_of_figures(model)}: ", model.verdict, class_="lead")


def _figures(model: Model) -> Markup:
    if not model.figures:
        return element("p", "The model file holds no figures: it was not judged when it was fitted.")
    return joined(stored_figures(model))


def _warnings(model: Model, data: Table | None) -> list[Markup]:
    """Return what a report warns of in the table, where it has the answers."""
    return table_warnings(model, data) if data is not None and model.target.name in data.names else []


PAGE = Exact("html", ".html", '<body class="model">', files, answered, plan_in)
