"""The step that one parameter of a flat script takes, and what is wrong with a step though its gradient may be right.

The gradient is what a parameter loses in one turn, without the learning rate. How often the rate is in it is found by
doubling the rate: a step that grows fourfold has it twice.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from selenite.gradient_check.script.flow import assigned, names_bound, names_read
from selenite.gradient_check.script.running import RunningScript
from selenite.gradient_check.script.training_loop import TrainingLoop
from selenite.gradient_check.slips.slip import Slip
from selenite.gradient_check.user_parameters import flatten, unflatten

LIKE_RATE = re.compile(r"^(lr|l_?rate|rate|learn(ing)?_?rate|eta|alpha|step_?size)\w{0,2}$", re.IGNORECASE)


class Step:
    """How one parameter steps: alone, so that no other has moved before."""

    def __init__(self, running: RunningScript, training: TrainingLoop, name: str, parameters: dict[str, Any]) -> None:
        self.running, self.training, self.name = running, training, name
        self.statement = training.steps[name][0]
        self.sign = 1
        self._together = running.compiled(keep=[], without=[])
        own = training.steps[name]
        others = [one for one in training.steps_of(parameters) if not any(one is mine for mine in own)]
        self._alone = running.compiled(keep=[], without=others)
        self.rate_name, self.rate = self._rate()
        self.times = self._times(parameters)  # how often the rate is in the step

    def gradient(self, values: dict[str, Any], *, together: bool = False) -> Any:
        """Return what the parameter loses, without the rate; where all step together, others may have moved before."""
        difference = self._lost(values, self._together if together else self._alone)
        return _each(difference, lambda lost: self.sign * lost / self.rate**self.times)

    def is_late(self, values: dict[str, Any]) -> bool:
        """Return whether the gradient is another where others step before."""
        alone, together = (self.gradient(values, together=way) for way in (False, True))
        return not all(
            np.abs(one - other).max() <= 1e-6 * np.abs(one).max(initial=1e-12)
            for (_, one), (_, other) in zip(flatten(alone), flatten(together), strict=True)
        )

    def _lost(self, values: dict[str, Any], code: Any) -> Any:
        before = as_floats(values[self.name])
        self.running.turn(code, values)
        after = iter([leaf for _, leaf in flatten(self.running.namespace[self.name])])
        return _each(before, lambda leaf: np.asarray(leaf) - next(after))

    def _rate(self) -> tuple[str, float]:
        """Return the name of the learning rate and its value; "" for a number without a name, 1 where there is none."""
        factors = [factor for one in self.training.steps[self.name] for factor in _factors(_value(one))]
        rates = [factor for factor in factors if isinstance(factor, ast.Name) and LIKE_RATE.search(factor.id)]
        numbers = [factor for factor in factors if isinstance(factor, ast.Constant) and type(factor.value) is float]
        anywhere = [
            node for node in ast.walk(self.training.loop) if isinstance(node, ast.Name) and LIKE_RATE.search(node.id)
        ]
        others = [factor for factor in factors if isinstance(factor, ast.Name)]
        named, known = (
            [(one.id, self.running.start.get(one.id)) for one in some] for some in (rates, [*others, *anywhere])
        )
        for name, value in (*named, *(("", node.value) for node in numbers), *known):
            if rate := _as_rate(name, value):
                return name, rate
        return "", 1.0

    def _times(self, parameters: dict[str, Any]) -> int:
        """Return how often the rate is a factor of the step."""
        if not self.rate_name:
            return 1
        once = _size(self._lost(parameters, self._alone))
        doubled = _size(self._lost({**parameters, self.rate_name: 2 * self.rate}, self._alone))
        times = np.log2(doubled / once) if once and doubled else 1.0
        return round(times) if abs(times - round(times)) < 1e-3 else 1

    def is_of_one_size(self, parameters: dict[str, Any]) -> bool:
        """Return whether all entries step equally far, as Adam's first step and the sign of a gradient do."""
        sizes = np.abs(np.concatenate([np.ravel(leaf) for _, leaf in flatten(self._lost(parameters, self._alone))]))
        return sizes.size > 1 and bool(sizes.min() > 0 and np.ptp(sizes) < 1e-3 * sizes.max())

    @property
    def adds(self) -> bool:
        """Whether the step is added."""
        value = _value(self.statement)
        if isinstance(self.statement, ast.AugAssign):
            return isinstance(self.statement.op, ast.Add)
        return isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add)

    @property
    def computed(self) -> str:
        """Where the gradient is computed, such as "line 41, dcost_wh"."""
        flow = self.training.flow().follow(self.training.loop.body)
        read = {name for name in names_read(_value(self.statement)) if self.name in flow.of_name(name)}
        gradients = [*(read - {*flow.aliases, *self.training.steps})]
        lines = [
            node.lineno
            for node in ast.walk(self.training.loop)
            if isinstance(node, ast.stmt) and any(names_bound(target) == gradients for target, _ in assigned(node))
        ]
        return f"line {lines[0]}, {gradients[0]}" if len(lines) == 1 else f"line {self.statement.lineno}"


def slips_of(steps: dict[str, Step], places: Iterable[dict[str, Any]]) -> Iterator[Slip]:
    """Yield what is wrong with the steps: the rate in it twice, or not at all, or others that have stepped before."""
    for step in steps.values():
        line = f"line {step.statement.lineno}"
        if step.times > 1:
            rate = f"the learning rate, {step.rate_name} = {step.rate:g}, "
            times = "twice" if step.times == 2 else f"{step.times} times"
            yield Slip("learning-rate", f"{step.name}: {rate}is in its step {times} ({line})", "Once is enough")
        if step.times == 0 and any(other.times for other in steps.values()):
            yield Slip("learning-rate", f"{step.name}: its step lacks the learning rate, {step.rate_name} ({line})")
    late = [step for step in steps.values() if any(step.is_late(place) for place in places)]
    if late:
        first = min(step.statement.lineno for step in late)
        before = [step for step in steps.values() if step.statement.lineno < first]
        lines = " and ".join(f"{step.name} in line {step.statement.lineno}" for step in before or steps.values())
        which = ", ".join(step.name for step in late)
        yield Slip(
            "updated-weights",
            f"the gradient of {which} is computed with what has taken its step already ({lines})",
            "Take all steps at the end of the loop",
        )


def _as_rate(name: str, value: Any) -> float:
    """Return a learning rate, 0 where a value cannot be one: a whole number must be called one."""
    is_rate = isinstance(value, float | np.floating) or (isinstance(value, int) and LIKE_RATE.search(name))
    return float(value) if is_rate and value > 0 else 0.0


def as_floats(value: Any) -> Any:
    """Return a copy of a parameter; a number that was begun as an integer is a float."""
    return float(value) if isinstance(value, int) else _each(value, copy.copy)


def _each(structure: Any, change: Any) -> Any:
    """Return an array, or a list or dict of arrays, changed leaf by leaf."""
    if not isinstance(structure, list | tuple | dict):
        return change(structure)
    return unflatten(structure, iter([change(leaf) for _, leaf in flatten(structure)]))


def _size(structure: Any) -> float:
    return float(np.sqrt(sum(float((np.asarray(leaf) ** 2).sum()) for _, leaf in flatten(structure))))


def _value(statement: ast.stmt) -> ast.expr:
    """Return what a step assigns, or is made of."""
    value = getattr(statement, "value", None)
    assert isinstance(value, ast.expr)
    return value


def _factors(node: ast.expr) -> list[ast.expr]:
    """Return what is multiplied in an expression, and in the terms of a sum."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.MatMult() | ast.Add() | ast.Sub(), right=right):
            return [*_factors(left), *_factors(right)]
        case ast.BinOp(left=left, op=ast.Div()):
            return _factors(left)
        case ast.UnaryOp(operand=operand):
            return _factors(operand)
    return [node]
