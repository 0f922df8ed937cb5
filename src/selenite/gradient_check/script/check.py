"""The check of a flat script: its gradient as that of any network, and its steps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from selenite.errors import OptionError
from selenite.gradient_check.check import check_gradient
from selenite.gradient_check.known_names import GRADIENT, LOSS, plain
from selenite.gradient_check.result import GradientCheck
from selenite.gradient_check.script.links import judged
from selenite.gradient_check.script.network import MOVE, FlatScript
from selenite.gradient_check.script.running import as_a_program, parsed
from selenite.gradient_check.script.steps import slips_of
from selenite.gradient_check.script.training_loop import TrainingLoop, training_loops
from selenite.gradient_check.slips.slip import Slip
from selenite.gradient_check.user_code import quietly


def is_flat_script(path: str) -> bool:
    """Return whether a file trains in its own lines, and has no network with a gradient that could be called."""
    if not Path(path).is_file():
        return False
    tree = parsed(path)
    names = {plain(node.name) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return not (names & {*map(plain, GRADIENT)} and names & {*map(plain, LOSS)}) and any(_all_loops(tree))


def _all_loops(tree: ast.Module) -> Iterator[tuple[str, TrainingLoop]]:
    """Yield the training loops of a script's own lines, then those inside functions, with the function's name."""
    yield from (("", loop) for loop in training_loops(tree))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from ((node.name, loop) for loop in training_loops(tree, node))


def check_script(path: str, label: str) -> GradientCheck:
    """Return what a check finds of the gradient in a flat script's training loop."""
    tree = parsed(path)
    (function, training), *others = _all_loops(tree)
    line = training.loop.lineno
    if function:
        raise OptionError(
            f"the training loop of {label} is inside the function {function}, in line {line}; to be checked as it is "
            f"typed it must be among the script's own lines: move it out. {MOVE}"
        )
    with as_a_program(path), quietly(f"running the loop of line {line} of {label}"):
        script = FlatScript(path, label, tree, training)
        found = _with_steps(script, _checked(script))
        notes = [script.judged_by, *found.notes]
        computed = {name: step.computed for name, step in script.steps.items()}
        verdicts = tuple(replace(one, computed=computed[one.name.split("[")[0]]) for one in found.parameters)
        lines = judged(script.links, training, script.moved(2), script.shifted, verdicts)
        if not found.ok and all(step.is_of_one_size(script.parameters) for step in script.steps.values()):
            notes.append(
                "All entries step equally far, as Adam's first step does: put w -= rate * gradient in its place"
            )
        if not found.ok and (other := script.with_cross_entropy()) and _checked(other).ok:
            remark = "Of the cross-entropy it is exactly the gradient: if that is your cost, let the loop compute it"
            notes.insert(1, remark)
    if elsewhere := [str(other.loop.lineno) for function, other in others if not function]:
        notes.append(f"The training loop of line {' and '.join(elsewhere)} was not looked at")
    return replace(
        found,
        parameters=verdicts,
        lines=lines,
        line=f"{Path(path).name}, the loop of line {line}",
        notes=tuple(notes),
    )


def _checked(script: FlatScript) -> GradientCheck:
    return check_gradient(script, script.X, script.y, label=script.label)


def _with_steps(script: FlatScript, found: GradientCheck) -> GradientCheck:
    """Return what was found, with what is wrong with the steps: uphill, the rate twice, one after the other."""
    slips = [*slips_of(script.steps, [script.parameters, script.moved(1)])]
    added = [step for step in script.steps.values() if step.adds]
    if not found.ok and added:
        for step in added:
            step.sign = -1
        if (downhill := _checked(script)).ok:
            found, where = downhill, ", ".join(f"{step.name} in line {step.statement.lineno}" for step in added)
            slips.append(Slip("sign", f"the sign of the step is wrong: the gradient is added ({where})", "Subtract it"))
        for step in added:
            step.sign = 1
    return replace(found, ok=found.ok and not slips, slips=(*slips, *found.slips))
