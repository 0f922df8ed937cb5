"""The links of the chain, line by line: `dao_dzo` is how ao changes with zo, `dcost_dah` how the cost changes with ah.

What a name says is tried: the value it speaks of is moved a little, in a random direction, in the script's own turn.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.gradient_check.result import LineVerdict, ParameterVerdict
from selenite.gradient_check.sampling import as_text
from selenite.gradient_check.script.flow import assigned, names_bound, names_read
from selenite.gradient_check.script.training_loop import TrainingLoop
from selenite.types import AnyArray

NAME = re.compile(r"d_?(?P<of>[A-Za-z0-9]+)_?d_?(?P<by>[A-Za-z]\w*)")
COSTS = ("cost", "loss", "error", "c", "l", "e", "j")
STEP, CLOSE = 1e-4, 1e-4
Values = dict[ast.expr, list[AnyArray]]
# The values of all nodes and the cost, with these parameters and something added to the values of some nodes.
Trial = Callable[[dict[str, Any], dict[ast.expr, AnyArray]], tuple[Values, float]]


@dataclass(frozen=True)
class Link:
    """A line that computes a derivative: how the value of one node changes with that of another."""

    name: str
    node: ast.expr
    of: ast.expr | None  # None: the cost
    by: ast.expr | str  # a node, or a parameter


def links_in(training: TrainingLoop, parameters: set[str]) -> list[Link]:
    """Return the lines of a loop whose names say what derivative they are, but for those of the cost by a parameter."""
    values = dict(_assigned_once(training))
    found = []
    for name, node in values.items():
        match = NAME.fullmatch(name)
        if match is None:
            continue
        of, by = match["of"], match["by"]
        of_cost = of.lower() in COSTS
        if by in values if of_cost else of in values and (by in values or by in parameters):
            found.append(Link(name, node, None if of_cost else values[of], values.get(by, by)))
    return found


def _assigned_once(training: TrainingLoop) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a turn assigns once, in a line of its own, with what they are."""
    everywhere = [name for node in ast.walk(training.loop) for target in _targets(node) for name in names_bound(target)]
    for statement in training.loop.body:
        for target, value in assigned(statement):
            if isinstance(target, ast.Name) and everywhere.count(target.id) == 1:
                yield target.id, value


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.AugAssign | ast.For):
        return [node.target]
    return [target for target, _ in assigned(node)] if isinstance(node, ast.stmt) else []


def judged(
    links: list[Link],
    training: TrainingLoop,
    parameters: dict[str, Any],
    trial: Trial,
    verdicts: tuple[ParameterVerdict, ...],
) -> tuple[LineVerdict, ...]:
    """Return which links are right, and which gradients of parameters, in the order of the lines."""
    if not links:
        return ()
    kept, _ = trial(parameters, {})
    reached = (link for link in links if {link.node, link.of, link.by} <= {*kept, *parameters, None})
    notes = {link.name: (link.node, _judged(link, parameters, kept, trial)) for link in reached}
    values = dict(_assigned_once(training))
    for one in verdicts:
        _, _, name = one.computed.partition(", ")
        if name in values and name not in notes:
            notes[name] = (values[name], "" if one.agrees else "wrong")
    wrong = {name for name, (_, note) in notes.items() if note}
    rows = []
    for name, (node, note) in sorted(notes.items(), key=lambda item: item[1][0].lineno):
        causes = [cause for cause in notes if cause in wrong and cause in _made_of(name, values) - {name}]
        words = f"as line {notes[causes[0]][0].lineno} is" if note and causes else note.removeprefix("wrong")
        rows.append(LineVerdict(node.lineno, f"{name} = {ast.unparse(node)}", not note, words))
    return tuple(rows)


def _made_of(name: str, values: dict[str, ast.expr]) -> set[str]:
    """Return the names that a value is made of, however indirectly."""
    found: set[str] = set()
    todo = [name]
    while todo:
        read = {*names_read(values[one])} & {*values} if (one := todo.pop()) in values else set()
        todo += read - found
        found |= read
    return found


def _judged(link: Link, parameters: dict[str, Any], kept: Values, trial: Trial) -> str:
    """Return what is wrong with a link; "" if nothing is."""
    stream = np.random.default_rng(8)
    value = kept[link.node][0]
    by = np.asarray(parameters[link.by]) if isinstance(link.by, str) else kept[link.by][0]
    ratios = []
    for _ in range(3):
        direction = stream.normal(size=by.shape)
        above, below = (_moved(link, parameters, sign * STEP * direction, trial) for sign in (1, -1))
        change = (above - below) / (2 * STEP)
        if link.of is not None:
            if not any(_close(product, change) for product in _products(value, direction)):
                return "wrong"
        elif value.shape != by.shape:
            return f"its shape should be {as_text(by.shape)}"
        else:
            ratios.append(float((value * direction).sum() / change))
    if not ratios or max(abs(ratio - 1) for ratio in ratios) < CLOSE:
        return ""
    if np.ptp(ratios) < CLOSE * abs(ratios[0]):
        return f"{ratios[0]:.5g} times the right one"
    return "wrong"


def _moved(link: Link, parameters: dict[str, Any], shift: AnyArray, trial: Trial) -> AnyArray:
    """Return what the link is of, where what it is by has moved."""
    if isinstance(link.by, str):
        kept, cost = trial({**parameters, link.by: parameters[link.by] + shift}, {})
    else:
        kept, cost = trial(parameters, {link.by: shift})
    return np.asarray(cost) if link.of is None else kept[link.of][0]


def _products(value: AnyArray, direction: AnyArray) -> Iterator[AnyArray]:
    """Yield a derivative times a direction, in each way that the shapes allow: element by element, or as matrices."""
    matrices = ((value, direction), (direction, value), (value.T, direction), (direction, value.T))
    for multiply, left, right in ((np.multiply, value, direction), *((np.matmul, *pair) for pair in matrices)):
        try:
            yield multiply(left, right)
        except ValueError:
            continue


def _close(product: AnyArray, change: AnyArray) -> bool:
    try:
        product = np.broadcast_to(product, change.shape)
    except ValueError:
        return False
    return bool(np.abs(product - change).max() <= CLOSE * np.abs(change).max(initial=1e-12))
