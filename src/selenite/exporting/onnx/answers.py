"""The network's output becomes answers inside the graph: class, probabilities, number."""

from __future__ import annotations

import numpy as np

from selenite.exporting.onnx.graph import Graph
from selenite.exporting.plan import Plan
from selenite.table.classes import class_labels
from selenite.table.schema import Target
from selenite.types import AnyArray

Answers = dict[str, tuple[type, list[str | int]]]


def answers(graph: Graph, plan: Plan, output: str) -> Answers:
    """Add what is answered; return the type and shape of each answer by its name."""
    n_outputs = plan.layer_sizes[-1]
    found: Answers = {}
    if plan.classes:
        probabilities, labels = output, _labels(plan)
        if n_outputs == 1:
            probabilities = graph.beside(graph.add("Sub", 1.0, output), output)
        if plan.threshold is None:
            best = graph.add("ArgMax", probabilities, axis=1, keepdims=0)
        else:
            reached = graph.add("GreaterOrEqual", output, plan.threshold)
            best = graph.cast(graph.add("Reshape", reached, np.array([-1])), np.int64)
        found[graph.add("Gather", labels, best, name="label")] = (labels.dtype.type, ["n"])
        named = graph.add("Identity", probabilities, name="probabilities")
        found[named] = (np.float64, ["n", len(plan.classes)])
    else:
        number = graph.add("Add", plan.center, graph.add("Mul", plan.width, output))
        number = graph.add("Reshape", number, np.array([-1]), name="number")
        found[number] = (np.float64, ["n"])
    found[graph.add("Identity", output, name="output")] = (np.float64, ["n", n_outputs])
    return found


def _labels(plan: Plan) -> AnyArray:
    """Return the classes in a type that ONNX has: of whole numbers beyond 64 bits and of text as texts."""
    labels = class_labels(Target(plan.target, "classification", tuple(plan.classes), plan.class_type))
    return labels if labels.dtype in (np.int64, np.float64, np.bool_) else np.array(plan.classes, dtype=object)
