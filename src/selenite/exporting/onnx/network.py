"""Inputs become the network's output inside the graph; all members at once, the first axis of each tensor."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from selenite.exporting.formula import Formula, formula_of
from selenite.exporting.onnx.graph import Graph
from selenite.exporting.plan import Plan, sum_block
from selenite.types import Array

QUADRATURE = 48  # points, which give erf to the last digits


def network_output(graph: Graph, plan: Plan, inputs: str) -> str:
    """Return what the network gives for inputs (n, n_inputs), the mean of all members: (n, n_outputs).

    A bias is the weight of a first input 1: so a sum begins with it, in the order in which the model adds up.
    """
    members = plan.members
    a = graph.cast(inputs, graph.dtype)
    waves = _waves(graph, plan, a) if plan.periodic else ""
    a = graph.add("Expand", a, np.array([len(members), 1, 1]))  # (n_members, n, n_inputs)
    if waves:
        a = graph.add("Concat", a, waves, axis=2)
    for k, layer in enumerate(members[0].layers):
        weights = np.array([[member.layers[k].biases, *member.layers[k].weights] for member in members])
        with_one = graph.add("Pad", a, np.array([0, 0, 1, 0, 0, 0]), graph.real(1))
        z = _sums(graph, with_one, weights, k)
        a = _activation(graph, layer.activation, z)
    sums = graph.add("ReduceSum", graph.cast(a, np.float64), np.array([0]), keepdims=0)
    return graph.add("Div", sums, float(len(members)), name="mean")


def _sums(graph: Graph, a: str, weights: Array, k: int) -> str:
    """Return a weights of layer k, (n_members, n, n_outputs), by blocks of inputs, as the model adds up."""
    n_in = weights.shape[1]
    block = sum_block(n_in - 1)
    z = ""
    for begin, end in pairwise([0, *range(1 + block, n_in, block), n_in]):
        part = a if end - begin == n_in else graph.add("Slice", a, np.array([begin]), np.array([end]), np.array([2]))
        sums = graph.add("MatMul", part, graph.real(weights[:, begin:end], f"weights_{k}"), name=f"z_{k}")
        z = graph.add("Add", z, sums, name=f"z_{k}") if z else sums
    return z


def _waves(graph: Graph, plan: Plan, inputs: str) -> str:
    """Return the components of the periodic inputs' waves, (n_members, n, n_periodic n_components)."""

    def of_members(what: str) -> Any:
        return np.array([[getattr(waves, what) for waves in member.waves] for member in plan.members])

    x = graph.cast(graph.add("Transpose", graph.columns(inputs, plan.periodic), perm=[1, 0]), np.float64)
    x = graph.add("Unsqueeze", x, np.array([0, 3]))  # (1, n_periodic, n, 1)
    turns = graph.add("Mul", x, graph.constant(of_members("frequencies")[:, :, None], "frequencies"))
    turns = graph.add("Add", turns, graph.constant(of_members("phases")[:, :, None], "phases"))
    turns = graph.cast(graph.cast(turns, graph.dtype), np.float64)  # rounded as the model does
    turns = graph.add("Sub", turns, graph.add("Round", turns))
    u = graph.cos(graph.add("Mul", 2 * np.pi, turns))
    mixing, offsets = of_members("mixing").swapaxes(2, 3), of_members("offsets")
    e = graph.add("MatMul", u, graph.constant(mixing, "mixing"))
    e = graph.cast(graph.add("Add", e, graph.constant(offsets[:, :, None], "offsets")), graph.dtype)
    e = graph.add("Transpose", e, perm=[0, 2, 1, 3])  # (n_members, n, n_periodic, n_components)
    return graph.add("Reshape", e, np.array([0, 0, offsets[0].size]), name="waves")


# ---------------------------------------------------------------- activations


def _activation(graph: Graph, name: str, z: str) -> str:
    if name == "softmax":
        return graph.add("Softmax", z, axis=-1)
    return _computed(graph, formula_of(name, OPERATIONS, "ONNX"), z)


def _computed(graph: Graph, formula: Formula | float, z: str) -> str:
    """Return what a formula of z gives."""
    if not isinstance(formula, Formula):
        return graph.real(formula)
    if not formula.operands:
        return z
    operator, operands = OPERATIONS[formula.operation], [_computed(graph, one, z) for one in formula.operands]
    return graph.add(operator, *operands) if isinstance(operator, str) else operator(graph, *operands)


def _erfc(graph: Graph, x: str) -> str:
    """Return 1 - erf x; in double precision, for which runtimes have none, by its integral 2x/√π ∫₀¹ exp(-x²t²) dt."""
    one = graph.real(1)
    if graph.dtype == np.float32:
        return graph.add("Sub", one, graph.add("Erf", x))
    points, weights = np.polynomial.legendre.leggauss(QUADRATURE)
    x = graph.add("Clip", x, np.array(-6.0), np.array(6.0))  # beyond, it is 1 to the last digit
    xt = graph.add("Mul", graph.add("Unsqueeze", x, np.array([3])), 0.5 + 0.5 * points)
    powers = graph.add("Exp", graph.add("Neg", graph.add("Mul", xt, xt)))
    return graph.add("Sub", one, graph.add("Mul", x, graph.add("MatMul", powers, weights / np.sqrt(np.pi))))


OPERATIONS: dict[str, str | Callable[..., str]] = {
    "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "negative": "Neg",
    "greater": "Greater", "greater_equal": "GreaterOrEqual", "less": "Less", "less_equal": "LessOrEqual",
    "where": "Where", "maximum": "Max", "minimum": "Min", "absolute": "Abs", "power": "Pow",
    "square": lambda graph, x: graph.add("Mul", x, x), "sqrt": "Sqrt", "exp": "Exp",
    "expm1": lambda graph, x: graph.add("Sub", graph.add("Exp", x), graph.real(1)), "log": "Log",
    "log1p": lambda graph, x: graph.add("Log", graph.add("Add", graph.real(1), x)), "tanh": "Tanh", "erfc": _erfc,
}  # fmt: skip
