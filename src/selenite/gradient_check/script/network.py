"""A flat script as a network: forward, loss and gradient are a turn of its own training loop."""

from __future__ import annotations

import ast
import copy
import time
from typing import Any

import numpy as np

from selenite.errors import ForeignCodeError, OptionError
from selenite.gradient_check.known_names import INPUTS
from selenite.gradient_check.sampling import as_text, near
from selenite.gradient_check.script.flow import names_read
from selenite.gradient_check.script.judge import (
    FORMULAS,
    Formula,
    Observation,
    binary_cross_entropy,
    half_squared_error,
    own_cost,
    suggested,
)
from selenite.gradient_check.script.links import links_in
from selenite.gradient_check.script.roles import LIKE_TARGETS, roles_in
from selenite.gradient_check.script.running import RunningScript
from selenite.gradient_check.script.steps import Step, as_floats
from selenite.gradient_check.script.training_loop import TrainingLoop
from selenite.gradient_check.user_code import where
from selenite.gradient_check.user_parameters import all_numeric, flatten, unflatten
from selenite.types import AnyArray

Kept = dict[ast.expr, list[AnyArray]]  # the values of a node, each time it is reached
MOST_SECONDS_A_TURN = 0.5  # about a thousand are needed
MOVE = "Or write it as a class with forward, loss and gradient: see docs/check-gradient.md"


class FlatScript:
    """The network in a script's training loop, as functions of its parameters."""

    def __init__(self, path: str, label: str, tree: ast.Module, training: TrainingLoop) -> None:
        self.label, self.training = label, training
        self.running = RunningScript(path, tree, training.loop)
        names = self.running.namespace
        weights = {name: as_floats(names[name]) for name in training.steps if name in names and _may_step(names[name])}
        data = {name for name, value in names.items() if name not in weights and _may_be_rows(name, value)}
        self.roles = roles = roles_in(training, frozenset(weights), frozenset(data))
        depends = roles.depends.union(*(cost.depends for cost in roles.costs))
        read = [name for statement in training.loop.body for name in names_read(statement)]
        known = sorted(depends & {*weights}, key=lambda name: read.index(name) if name in read else len(read))
        self.parameters = {name: weights[name] for name in known}  # in the order of the way forward
        if not self.parameters:
            raise OptionError(
                f"which arrays are the weights of {label}? In its loop of line {training.loop.lineno} "
                f"{', '.join(training.steps)} takes steps, but no prediction that is compared with targets depends on "
                f"it. {MOVE}"
            )
        nodes: list[ast.expr | str | None] = [
            roles.prediction, roles.targets, roles.inputs, *(cost.node for cost in roles.costs)
        ]  # fmt: skip
        self.links = links_in(training, {*self.parameters})
        nodes += [node for link in self.links for node in (link.node, link.by, link.of)]
        self._nodes = [node for node in nodes if isinstance(node, ast.expr)]
        self._evaluation = self.running.compiled(keep=self._nodes, without=training.steps_of(self.parameters))
        self._see_that_it_is_quick()
        self.steps = {name: Step(self.running, training, name, self.parameters) for name in self.parameters}
        self.X, self.y = self._rows()
        if roles.prediction is None:
            self.forward = None  # type: ignore[method-assign,assignment]
        self._cost: int | None = None
        self._formula: Formula = half_squared_error
        self._scale = 1.0  # of that formula
        self.judged_by = self._choose_judge()

    # ---------------------------------------------------------------- what check_gradient calls

    def forward(self, parameters: dict[str, Any], X: AnyArray) -> AnyArray:
        """Return the prediction."""
        return _joined(self._observed(parameters).prediction)

    def loss(self, parameters: dict[str, Any], X: AnyArray, y: AnyArray) -> float:
        """Return the cost before the step."""
        return self._cost_of(self._observed(parameters, y))

    def gradient(self, parameters: dict[str, Any], X: AnyArray, y: AnyArray) -> dict[str, Any]:
        """Return the step that each parameter takes, without the learning rate."""
        values = {**parameters, **self._other_targets(y)}
        return {name: step.gradient(values) for name, step in self.steps.items()}

    def with_cross_entropy(self) -> FlatScript | None:
        """Return the same judged by the cross-entropy of two classes; None if its own cost, or its output, is none."""
        prediction = self._observed(self.parameters).prediction
        if self._cost is not None or not all(((p > 0) & (p < 1)).all() for p in prediction):
            return None
        other = copy.copy(self)
        other._formula = binary_cross_entropy
        return other

    # ---------------------------------------------------------------- turns of the loop

    def _observed(self, parameters: dict[str, Any], y: AnyArray | None = None) -> Observation:
        """Return what a turn gives with these parameters, none of which takes a step."""
        return self._observation(self._kept(parameters, self._other_targets(y)))

    def shifted(self, parameters: dict[str, Any], shifts: dict[ast.expr, AnyArray]) -> tuple[Kept, float]:
        """Return the values of all nodes and the cost, where something is added to the values of some."""
        kept = self._kept(parameters, {}, shifts)
        return kept, self._cost_of(self._observation(kept))

    def _kept(
        self, parameters: dict[str, Any], others: dict[str, Any], shifts: dict[ast.expr, AnyArray] | None = None
    ) -> Kept:
        numbers = {self._nodes.index(node): shift for node, shift in (shifts or {}).items()}
        kept = self.running.turn(self._evaluation, {**parameters, **others}, numbers)
        return {node: kept[i] for i, node in enumerate(self._nodes) if i in kept}

    def _observation(self, kept: Kept) -> Observation:
        prediction, targets, *costs = (
            kept.get(node, []) if node else []
            for node in (self.roles.prediction, self.roles.targets, *(cost.node for cost in self.roles.costs))
        )
        return Observation(prediction, targets, costs)

    def _cost_of(self, observed: Observation) -> float:
        return self._scale * observed.by(self._formula) if self._cost is None else observed.cost(self._cost)

    def _other_targets(self, y: AnyArray | None) -> dict[str, AnyArray]:
        """Return targets of another shape than the script's own, by their name."""
        if y is None or len(self.roles.target_names) != 1:
            return {}
        (name,) = self.roles.target_names
        own = self.running.start[name]
        return {name: y} if isinstance(own, np.ndarray) and own.size == y.size and own.shape != y.shape else {}

    def _see_that_it_is_quick(self) -> None:
        """Refuse a loop that would take minutes, and say of shapes what numpy does not."""
        begun = time.perf_counter()
        try:
            self._observed(self.parameters)
        except Exception as error:
            if hint := self._shapes_that_differ():
                raise ForeignCodeError(f"{where(error)}{error}. {hint}") from error
            raise
        seconds = time.perf_counter() - begun
        if seconds > MOST_SECONDS_A_TURN:
            raise OptionError(
                f"one turn of the loop in line {self.training.loop.lineno} of {self.label} takes {seconds:.1f} "
                "seconds, and a check takes about a thousand: let it have fewer rows"
            )

    def _shapes_that_differ(self) -> str:
        """Return what to do where the prediction is a column and the targets are none."""
        kept, roles = self.running.kept, self.roles
        values = {id(node): kept[i][0] for i, node in enumerate(self._nodes) if i in kept}
        prediction, targets = (values.get(id(node), np.zeros(())) for node in (roles.prediction, roles.targets))
        if prediction.ndim != 2 or targets.ndim != 1 or len(prediction) != len(targets):
            return ""
        name = " and ".join(sorted(roles.target_names))
        return (
            f"The prediction has the shape {as_text(prediction.shape)}, {name} {as_text(targets.shape)}: their "
            f"difference takes every row with every other. Before the loop write {name} = {name}.reshape(-1, 1)"
        )

    def moved(self, seed: int) -> dict[str, Any]:
        """Return other parameters."""
        return self._moved(self.parameters, np.random.default_rng(seed), 0.5)

    def _rows(self) -> tuple[AnyArray, AnyArray]:
        """Return inputs and targets as the loop uses them."""
        kept = self._kept(self.parameters, {})
        observed = self._observation(kept)
        inputs = kept.get(self.roles.inputs, []) if self.roles.inputs else []
        if not inputs:
            names = sorted(self.roles.input_names, key=lambda name: name not in INPUTS)
            inputs = [np.asarray(self.running.start[name]) for name in names[:1]]
        X = _joined(inputs or [np.zeros(1)])
        return X, _joined(observed.targets) if observed.targets else np.zeros(len(np.atleast_1d(X)))

    def _choose_judge(self) -> str:
        """Find the cost, and say which it is."""
        costs, stream = self.roles.costs, np.random.default_rng(5)
        places = [self._moved(self.parameters, stream, 0.5) for _ in range(5)]
        observed = [self._observed(place) for place in places]
        shaken = [self._observed(self._moved(place, stream, 1e-5)) for place in places]
        self._cost = own_cost(costs, observed, shaken)
        if self._cost is not None:
            is_sum = not observed[0].is_one_number(self._cost)
            return f"The cost is {'the sum of ' if is_sum else ''}{costs[self._cost].in_words}"
        if self.roles.prediction is None:
            raise OptionError(
                f"what does {self.label} make smaller? In its loop of line {self.training.loop.lineno} there is "
                "neither a cost nor a comparison of prediction and targets, such as ao - labels: let it compute one, "
                f"such as cost = 0.5 * ((ao - labels) ** 2).sum(). {MOVE}"
            )
        self._formula = suggested(observed)
        prediction = ast.unparse(self.roles.prediction)
        formula, times = FORMULAS[self._formula], self._choose_scale(places[:2], observed[0])
        return (
            f"The loop computes no cost; the gradient is judged by {formula}{times}, of `{prediction}` in line "
            f"{self.roles.prediction.lineno}"
        )

    def _choose_scale(self, places: list[dict[str, Any]], observed: Observation) -> str:
        """Take the mean, or twice the sum, for the cost where the steps are its gradient; return that in words."""
        stream, ratios = np.random.default_rng(6), []
        for place in places:
            leaves = [np.asarray(value) for _, value in flatten(place)]
            gradient = [np.asarray(value) for _, value in flatten(self.gradient(place, self.X, self.y))]
            if [one.size for one in gradient] != [one.size for one in leaves]:
                return ""
            directions = [stream.normal(size=one.shape) for one in leaves]
            slope = sum(float(g.ravel() @ d.ravel()) for g, d in zip(gradient, directions, strict=True))
            moved = [[a + h * d for a, d in zip(leaves, directions, strict=True)] for h in (1e-5, -1e-5)]
            above, below = (self.loss(unflatten(place, iter(one)), self.X, self.y) for one in moved)
            ratios.append(slope * 2e-5 / (above - below) if above != below else np.nan)
        sizes = sorted({1, *(n for p in observed.prediction for n in (*p.shape, p.size))})
        for factor, n in ((factor, n) for n in sizes for factor in (1, 2)):
            if all(abs(ratio * n / factor - 1) < 1e-3 for ratio in ratios):
                self._scale = factor / n
                return "" if factor == n else f" × {factor}{f'/{n}' if n > 1 else ''}"
        return ""

    @staticmethod
    def _moved(parameters: dict[str, Any], stream: np.random.Generator, share: float) -> dict[str, Any]:
        leaves = [np.asarray(value) for _, value in flatten(parameters)]
        moved: dict[str, Any] = unflatten(parameters, iter(near(leaves, stream, share)))
        return moved


def _may_step(value: Any) -> bool:
    return type(value) is int or all_numeric(value)


def _may_be_rows(name: str, value: Any) -> bool:
    """Return whether a value may be inputs or targets: numbers, more than one; in a loop over rows one target."""
    if isinstance(value, np.ndarray | list | tuple):
        try:
            array = np.asarray(value)
        except ValueError:
            return False
        return array.size > 1 and array.dtype.kind in "biuf"
    return isinstance(value, np.generic) or (isinstance(value, int | float) and bool(LIKE_TARGETS.search(name)))


def _joined(values: list[AnyArray]) -> AnyArray:
    """Return what was kept once as it is, and what a loop over rows kept with a row each."""
    if len(values) == 1:
        return values[0]
    return np.array([value.ravel() for value in values])
