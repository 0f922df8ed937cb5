"""Writes page/functions.js: the activations and losses as the page has them, from the tables of `nn` and of `why`."""

import json
import re
from pathlib import Path

import numpy as np

from selenite.explanation.numbers.formulas import slope_parts, value_parts
from selenite.explanation.numbers.losses import slope_part, value_part
from selenite.exporting.formula import INFIX, Formula, Language
from selenite.exporting.javascript import LANGUAGE
from selenite.nn.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, logistic, normal_distribution, softplus
from selenite.nn.losses import BOTH, LOSSES

PAGE = Path(__file__).parents[3] / "src/selenite/play/page/functions.js"
HEAD = """/* The activations and losses of selenite.nn, in the order of nn/: written by tests/play/worker/functions.py.

   Symbols are written as text and in LaTeX; a term has a function beside them, which gives its value. */

import { erf } from "./worker/elementary.js";

const erfc = (x) => 1 - erf(x);
"""
NAMES = (
    "ones_like",
    "cosh",
    "sinh",
    "exp",
    "expm1",
    "log",
    "log1p",
    "tanh",
    "maximum",
    "minimum",
    "where",
    "power",
    "sqrt",
)
NUMPY = Language(
    "NumPy",
    INFIX | {name: f"np.{name}" for name in NAMES} | {"absolute": "np.abs", "erfc": "np.vectorize(math.erfc)"},
)
JAVASCRIPT = LANGUAGE._replace(
    operations={
        **LANGUAGE.operations,
        **{name: f"Math.{name}" for name in ("cosh", "sinh", "sin", "cos", "sign")},
        "clip": "Math.max({1}, Math.min({2}, {0}))",
    }
)
CALLED = {logistic: "sigmoid", softplus: "softplus", normal_distribution: "normal"}  # in a script of NumPy


def functions():
    """Return the file's text."""
    return HEAD + "".join(
        f"\n/** {what} */\nexport const {name} = {content};\n"
        for name, what, content in (
            (
                "ACTIVATIONS",
                "Each activation a(z): its terms where z is positive and, where they are others, elsewhere; those of "
                "its slope from z and a; and in a script of NumPy its name, value and slope.",
                table({name: activation(name) for name in ACTIVATIONS}),
            ),
            ("HIDDEN_ACTIVATIONS", "Those of hidden layers.", json.dumps(HIDDEN_ACTIVATIONS)),
            (
                "LOSSES",
                "Each loss of an output from p and y, with the number that it carries; of some as one term.",
                table({name: loss(name) for name in LOSSES}),
            ),
            ("LOSSES_OF", "Those to choose from, the usual one first.", json.dumps(offered())),
        )
    )


def activation(name):
    """Return what the page has of an activation."""
    of = ACTIVATIONS[name]
    found = {"words": text(of.words), "formula": text(of.formula), "slope": text(of.slope)}
    if name != "softmax":
        found |= {"values": sides(value_parts(name), "z", "a"), "slopes": sides(slope_parts(name), "z", "a")}
    if name in HIDDEN_ACTIVATIONS and name != "identity":
        called = CALLED.get(of.value, name)
        z, a = Formula("z"), Formula(f"{called}(z)")
        found["numpy"] = text((called, script(of.value(z), but=called), script(of.derivative(z, a))))
    return found


def loss(name):
    """Return what the page has of a loss: functions of those that go with a number as it is."""
    of, t = LOSSES[name], Formula("t")
    found = {
        "words": text(of.words or name.replace("_", " ")),
        "parameter": "Infinity" if np.isinf(of.parameter) else text(of.parameter),
        "formula": text(of.formula),
        "slope": text(of.slope),
    }
    if "identity" in of.activations:
        found["value"] = term(value_part(name, t), "p", "y", "t")
        found["derivative"] = term(slope_part(name, t), "p", "y", "t")
    return found


def offered():
    """Return the losses that the page offers, of each task: for numbers those that need no number of their own."""
    numbers = [name for name, of in LOSSES.items() if "identity" in of.activations and of.tasks == BOTH]
    return {"classification": ["log_loss", "squared_error"], "regression": numbers}


def sides(parts, *letters):
    """Return the terms where z is positive, and elsewhere where they are others."""
    both = parts[:1] if parts.above is parts.below else parts
    return "[{}]".format(", ".join("[{}]".format(", ".join(term(part, *letters) for part in side)) for side in both))


def term(part, *letters):
    """Return a term: text, LaTeX and the function that gives its value."""
    value = part.value(*map(Formula, letters[:2]))
    return f"[{text(part.text)}, {text(part.latex)}, ({', '.join(letters)}) => {JAVASCRIPT.written(value)}]"


def script(formula, but=""):
    """Return a formula in NumPy, with the functions that a script has anyway by their names."""
    found = NUMPY.written(formula)
    for function, called in CALLED.items():
        if called != but:
            found = found.replace(NUMPY.written(function(Formula("z"))), f"{called}(z)")
    return re.sub(r"(?<!\w)\((\w+\(z\))\)", r"\1", found)


def table(entries):
    """Return a record of records, their words and symbols in one line."""
    lines = []
    for name, entry in entries.items():
        head = ", ".join(
            f"{key}: {entry.pop(key)}" for key in ("words", "parameter", "formula", "slope") if key in entry
        )
        of = [f"{name}: {{ {head}", *(f"  {key}: {value}" for key, value in entry.items())]
        lines.append(",\n  ".join(of) + " }")
    return "{{\n  {},\n}}".format(",\n  ".join(lines))


def text(value):
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    PAGE.write_text(functions(), encoding="utf-8")
