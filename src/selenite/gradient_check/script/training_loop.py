"""The training loop of a flat script: the loop in which arrays take steps that depend on themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selenite.gradient_check.script.flow import Flow, Names, assigned, base, names_read, stand_ins

Loop = ast.For | ast.While


@dataclass(frozen=True)
class TrainingLoop:
    """A loop, and the statements in which each of its arrays takes its step."""

    loop: Loop
    stands_for: dict[str, Names]
    steps: dict[str, list[ast.stmt]]

    def flow(self) -> Flow:
        """Return a flow through the body, not yet begun."""
        return Flow(self.stands_for)

    def steps_of(self, names: Iterable[str]) -> list[ast.stmt]:
        """Return the statements in which some arrays take their steps."""
        return [statement for name in names for statement in self.steps[name]]


def training_loops(tree: ast.Module, within: ast.AST | None = None) -> list[TrainingLoop]:
    """Return the training loops among a script's own lines, or those of one function; of nested ones the innermost."""
    stands_for = stand_ins(tree)
    found: list[TrainingLoop] = []
    for loop in _loops(within or tree):  # inner ones first
        inside = {id(node) for node in ast.walk(loop)}
        if not any(id(other.loop) in inside for other in found) and (steps := _steps(loop, stands_for)):
            found.append(TrainingLoop(loop, stands_for, steps))
    return found


def _loops(node: ast.AST) -> Iterator[Loop]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield from _loops(child)
            if isinstance(child, ast.For | ast.While):
                yield child


def _steps(loop: Loop, stands_for: dict[str, Names]) -> dict[str, list[ast.stmt]]:
    flow, found = Flow(stands_for), dict[str, list[ast.stmt]]()

    def see(statement: ast.stmt) -> None:
        for name in _stepping(statement, flow):
            found.setdefault(name, []).append(statement)

    flow.follow(loop.body, see)
    return found


def _stepping(statement: ast.stmt, flow: Flow) -> Iterator[str]:
    """Yield the names that a statement changes by what they have led to themselves, as w -= rate * gradient does."""
    if isinstance(getattr(statement, "target", None), ast.Attribute):
        return
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub | ast.Add):
        name = base(statement.target)
        own = flow.aliases.get(name) or ({name} if name in flow.of_name(name) else set())
        own = frozenset().union(*(_arrays_of(one, flow) for one in own))
        yield from sorted(own) if own and _depends(statement.value, own, flow, name) else ()
    for target, value in assigned(statement):
        name = "" if isinstance(target, ast.Attribute) else base(target)
        if name and name in flow.of(value) and name in flow.of_name(name):
            step = value
            match value:
                case ast.BinOp(left=left, op=ast.Sub() | ast.Add(), right=right):
                    step = right if base(left) == name else left if base(right) == name else value
            if _depends(step, frozenset({name}), flow, name, is_bare=step is value):
                yield name


def _arrays_of(name: str, flow: Flow) -> Names:
    """Return the arrays in a list such as [wh, wo]; else the name itself."""
    return flow.stands_for.get(name, frozenset({name}))


def _depends(step: ast.expr, own: Names, flow: Flow, name: str, is_bare: bool = False) -> bool:
    """Return whether a step depends on what it changes: by way of other names, or in one line with rows and targets."""
    read = set(names_read(step))
    if any(flow.of_name(other) & own for other in read - own - {name}):
        return True
    data = flow.of(step) - {*flow.stands_for, "np", "numpy"}
    return bool(not is_bare and read & {*own, name} and len(data) > 2)
