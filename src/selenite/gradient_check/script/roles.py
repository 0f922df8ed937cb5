"""What plays which part in a training loop: the inputs, the targets, the prediction, and what may be the cost.

The inputs are what meets the weights first. The targets come in later, where the prediction is compared with them. A
cost depends on weights and targets, and no step depends on it: it is shown, kept or used to stop.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selenite.gradient_check.script.flow import Flow, Names, assigned, base, names_bound, names_read
from selenite.gradient_check.script.training_loop import TrainingLoop

LIKE_TARGETS = re.compile(
    r"label|target|one_?hot|truth|expected|desired|^(y|ys|t|ts|y_?(train|true|real|actual|batch|i)|yi)$", re.IGNORECASE
)
LIKE_COST = re.compile(r"^(?!d|grad)(.*(loss|cost|mse|sse|entropy|objective).*|J|E|L)$", re.IGNORECASE)


@dataclass
class Roles:
    """The nodes that play each part; None where it was not found."""

    inputs: ast.expr | None = None
    input_names: Names = frozenset()
    targets: ast.expr | None = None
    target_names: Names = frozenset()
    prediction: ast.expr | None = None
    depends: Names = frozenset()  # what the prediction depends on
    costs: list[Cost] = field(default_factory=list)


@dataclass(frozen=True)
class Cost:
    """What may be the cost."""

    node: ast.expr
    name: str  # of what it is assigned to; "" where it is only shown
    depends: Names

    @property
    def in_words(self) -> str:
        """What to call it, and where it is."""
        return f"`{self.name or ast.unparse(self.node)}` of line {self.node.lineno}"


def roles_in(training: TrainingLoop, weights: Names, data: Names) -> Roles:
    """Return which nodes of a loop play which part; `data` are the arrays that may be inputs or targets."""
    flow, roles = training.flow(), Roles()
    known_targets = frozenset(name for name in data if LIKE_TARGETS.search(name))

    def look(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            look(child)
        is_written = isinstance(getattr(node, "ctx", None), ast.Store)
        if isinstance(node, ast.expr) and not is_written and roles.prediction is None:
            _consider(node, flow, roles, weights, data, known_targets)

    flow.follow(training.loop.body, look)
    needed = _needed(training)
    flow = training.flow()
    flow.follow(
        training.loop.body, lambda statement: roles.costs.extend(_costs(statement, flow, roles, weights, needed))
    )
    return roles


def _consider(node: ast.expr, flow: Flow, roles: Roles, weights: Names, data: Names, known_targets: Names) -> None:
    """Take what a node says about inputs, targets and prediction; inner nodes come first."""
    depends = flow.of(node)
    new = (depends & data) - roles.input_names
    if not depends & weights or not new:
        return
    children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    with_new = [child for child in children if flow.of(child) & new]
    if any(flow.of(child) & weights for child in with_new):
        return  # it is inside that they met, in a comparison
    forward = [
        child for child in children if flow.of(child) & weights and flow.of(child) & roles.input_names
        and not flow.of(child) & new
    ]  # fmt: skip
    if not forward or (known_targets and not new & known_targets):
        roles.input_names |= new
        if roles.inputs is None:
            roles.inputs = next(iter(with_new), None)
    elif with_new and not isinstance(node, ast.Compare):
        roles.target_names = new
        roles.targets = _targets_within(with_new[0], flow, new)
        roles.prediction = _prediction_within(forward[-1], flow, weights, roles.input_names)
        roles.depends = flow.of(roles.prediction)


def _targets_within(node: ast.expr, flow: Flow, names: Names) -> ast.expr:
    """Return the targets themselves: y of -y and of 1 - y."""
    while isinstance(node, ast.UnaryOp | ast.BinOp):
        parts = [child for child in ast.iter_child_nodes(node) if flow.of(child) & names]
        if len(parts) != 1 or not isinstance(parts[0], ast.expr):
            break
        node = parts[0]
    return node


def _prediction_within(node: ast.expr, flow: Flow, weights: Names, inputs: Names) -> ast.expr:
    """Return the prediction itself: p of np.log(p), of 1 - p and of p + 1e-9."""
    while True:
        is_wrapping = isinstance(node, ast.UnaryOp | ast.Compare) or (
            isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult)
        )
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            is_wrapping = name in ("log", "log2", "log10", "clip", "maximum", "abs")
        parts = [child for child in ast.iter_child_nodes(node) if flow.of(child) & weights]
        if not is_wrapping or len(parts) != 1 or not flow.of(parts[0]) & inputs or not isinstance(parts[0], ast.expr):
            return node
        node = parts[0]


def _needed(training: TrainingLoop) -> set[str]:
    """Return the names that the steps depend on, however indirectly."""
    pairs = [*_assignments(training.loop)]
    stepping = [statement for statements in training.steps.values() for statement in statements]
    needed = {name for statement in stepping for name in names_read(statement)}
    while True:
        before = len(needed)
        for target, value in pairs:
            if target in needed:
                needed.update(names_read(value))
        for name in [*needed]:
            needed |= training.stands_for.get(name, frozenset())
        if len(needed) == before:
            return needed


def _assignments(loop: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield each name with what it is made of, in a loop and the loops inside."""
    for node in ast.walk(loop):
        match node:
            case ast.AugAssign(target=target, value=value):
                yield base(target), value
            case ast.For(target=target, iter=source):
                yield from ((name, source) for name in names_bound(target))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call):
                yield name, call
            case ast.stmt():
                for target, value in assigned(node):
                    yield from ((name, value) for name in {*names_bound(target), base(target)})


def _costs(statement: ast.stmt, flow: Flow, roles: Roles, weights: Names, needed: set[str]) -> Iterator[Cost]:
    """Yield what may be the cost in a statement; of an expression that is only shown the outermost first."""

    def may_be(node: ast.AST) -> bool:
        depends = flow.of(node)
        return bool(depends & weights) and bool(depends & roles.target_names or not roles.target_names)

    pairs = [*assigned(statement)]
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        pairs = [(statement.target, statement.value)]
    for target, value in pairs:
        name = target.id if isinstance(target, ast.Name) else ""
        if name and may_be(value) and (name not in needed or LIKE_COST.search(name)):
            yield Cost(value, name, flow.of(value))
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        for argument in statement.value.args:
            for node in ast.walk(argument):
                if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call) and may_be(node):
                    yield Cost(node, "", flow.of(node))
