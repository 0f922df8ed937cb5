"""The network that a user hands in: its functions, rows and parameters found; called with other parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.known_names import (
    FORWARD,
    GRADIENT,
    HOW,
    INPUTS,
    LOSS,
    RATES,
    ROLES,
    ROWS,
    TARGETS,
    beside,
    function_of,
    initial_parameters,
    object_of,
    roles_of,
    values_for,
)
from selenite.gradient_check.user_code import quietly
from selenite.gradient_check.user_parameters import UserParameters, flatten, is_numeric, parameters_behind
from selenite.types import AnyArray, Array


class UserNetwork:
    """A user's network: `loss`, `gradient` and `forward` as functions of a list of arrays."""

    def __init__(
        self, thing: object, label: str, X: Any = None, y: Any = None, parameters: Any = None, module: object = None
    ) -> None:
        self.label = label
        self.thing = object_of(thing, label)
        places = [self.thing, *([module] if module is not None else [])]
        self.functions = self._functions()
        self.X = self._rows(X, places, INPUTS, "X")
        self.y = self._rows(y, places, TARGETS, "y")
        self.rates = {
            name: float(value)
            for place in places
            for name in RATES
            if isinstance(value := getattr(place, name, None), int | float | np.number) and value == value
        }
        self.changed: set[str] = set()  # parameters that the user's gradient has changed itself
        self.accumulates = False  # whether each call of the user's gradient adds to the one before
        self.prediction_at: int | None = None  # of what forward returns, where that is several things
        structure = parameters if parameters is not None else initial_parameters(places, label)
        keys = tuple(structure) if isinstance(structure, dict) else ()
        self._roles = {
            kind: roles_of(function, kind, keys, lambda name: beside(places, [name]) is not None)
            for kind, function in self.functions.items()
        }
        asked = {role for roles in self._roles.values() for role in roles}
        others = {name: beside(places, [name]) for name in asked - {*keys} - {*ROLES}}
        self._others = {name: value for name, value in others.items() if value is not None}
        self._is_functional = bool(asked & {"parameters", *keys})  # whether parameters are an argument
        self._keys: Iterable[str] = keys
        of_thing = structure is None
        if of_thing:
            structure = self._own_arrays()
        self.parameters = UserParameters(structure, label, owner=self.thing, of_owner=of_thing)
        self.names, self.start = self.parameters.names, self.parameters.start

    def _functions(self) -> dict[str, Callable[..., Any]]:
        loss, gradient = function_of(self.thing, LOSS), function_of(self.thing, GRADIENT)
        either = loss or gradient  # one function may return both
        if either is None:
            raise OptionError(f"{self.label} has no loss and gradient (or backward). {HOW}")
        functions = {"loss": loss or either, "gradient": gradient or either}
        forward = function_of(self.thing, FORWARD)
        return functions if forward is None else functions | {"forward": forward}

    def _rows(self, given: Any, places: list[object], names: tuple[str, ...], what: str) -> AnyArray:
        rows = given if given is not None else beside(places, names, ROWS)
        if rows is None:
            raise OptionError(
                f"on which rows? {self.label} has no {what}: put arrays X and y beside it, "
                "or give check_gradient(..., X, y)"
            )
        return np.asarray(rows)

    def _own_arrays(self) -> dict[str, Any]:
        """Return the object's own arrays that its gradient names."""
        if self._is_functional:
            raise OptionError(
                f"{self.label} takes parameters but has none to begin with: give an array, a list or a dict of "
                'arrays named parameters, such as parameters = {"W1": ..., "b1": ...}'
            )
        gradient = self._called_gradient(self._values(None, with_forward=True))
        found = parameters_behind(gradient, self.thing, self.label)
        self._keys = tuple(found)
        return found

    # ---------------------------------------------------------------- what the user's functions give

    def loss(self, arrays: list[Array]) -> float:
        """Return the loss with these parameters."""
        return float(self.loss_as_given(arrays))

    def loss_as_given(self, arrays: list[Array]) -> Any:
        """Return the loss with these parameters, in the type that the user's function has."""
        values = self._values(arrays, with_forward=bool({"prediction", "cache"} & {*self._roles["loss"]}))
        result = self._call("loss", values)
        if _is_pair(result):
            result = result[0]
        array = np.asarray(result)
        if array.size != 1 or not np.issubdtype(array.dtype, np.number):
            what = f"an array of shape {array.shape}" if array.ndim else type(result).__name__
            raise OptionError(
                f"loss of {self.label} returned {what}; it must return one number, such as error.sum() or error.mean()"
            )
        return array.reshape(())[()]

    def forward(self, arrays: list[Array]) -> Array | None:
        """Return the prediction with these parameters, None without a forward."""
        if "forward" not in self.functions:
            return None
        prediction = np.asarray(self._values(arrays, with_forward=True)["prediction"])
        return prediction if is_numeric(prediction) else None

    def prediction_places(self) -> Sequence[int | None]:
        """Return where in what forward returns the prediction may be, the likeliest first; None: it is all of it."""
        if "forward" not in self.functions:
            return [None]
        result = self._call("forward", self._values(self.start, with_forward=False))
        return _prediction_places(result, self.y) if isinstance(result, tuple | list) else [None]

    def gradient(self, arrays: list[Array]) -> list[AnyArray | None]:
        """Return the gradient of each parameter as the user gives it, None where it is not given."""
        after = self._gradient_once(arrays)
        if self.accumulates:
            before, after = after, self._gradient_once(arrays)
            return [None if a is None or b is None else a - b for a, b in zip(after, before, strict=True)]
        return after

    def _gradient_once(self, arrays: list[Array]) -> list[AnyArray | None]:
        values = self._values(arrays, with_forward=True)
        result = self._called_gradient(values)
        if result is None:
            result = self._gradient_attributes()
        own = flatten(values["parameters"]) if self._is_functional else self.parameters.current()
        pairs = zip(arrays, own, strict=True)
        changed = {name for before, (name, after) in pairs if not np.array_equal(before, after)}
        self.changed |= changed
        if result is None:
            but = "it changes the parameters itself, which belongs elsewhere" if changed else "it returned nothing"
            raise OptionError(f"gradient of {self.label} must return the gradient; {but}")
        return self.parameters.in_order(result)

    def restore(self) -> None:
        """Set the parameters as they were."""
        self.parameters.put(self.start)

    # ---------------------------------------------------------------- calling

    def _values(self, arrays: list[Array] | None, with_forward: bool) -> dict[str, Any]:
        """Return what the arguments are, with these parameters set (None: as they are)."""
        values: dict[str, Any] = {**self._others, "X": self.X.copy(), "y": self.y.copy()}
        if arrays is not None and self._is_functional:
            values["parameters"] = self.parameters.as_argument(arrays)
            if isinstance(values["parameters"], dict):
                values |= values["parameters"]
        elif arrays is not None:
            self.parameters.put(arrays)
        if with_forward and "forward" in self.functions:
            values |= self._prediction_and_cache(self._call("forward", values))
        return values

    def _call(self, kind: str, values: dict[str, Any]) -> Any:
        targets = "" if kind == "forward" else f" and y of shape {self.y.shape}"
        with quietly(f"calling {kind} of {self.label} with X of shape {self.X.shape}{targets}"):
            return self.functions[kind](*values_for(self._roles[kind], values, kind))

    def _prediction_and_cache(self, result: Any) -> dict[str, Any]:
        """Return what forward gave: the prediction alone, or what is beside it as well."""
        if not isinstance(result, tuple | list):
            return {"prediction": result}
        at = _prediction_places(result, self.y)[0] if self.prediction_at is None else self.prediction_at
        cache = result[1] if at == 0 and len(result) == 2 else result
        return {"prediction": result[at], "cache": cache}

    def _called_gradient(self, values: dict[str, Any]) -> Any:
        result = self._call("gradient", values)
        if _is_pair(result):
            return result[1]
        if self.functions["gradient"] == self.functions["loss"]:
            raise OptionError(f"{self.label} has no gradient (or backward), and its loss returns no gradient. {HOW}")
        return result

    def _gradient_attributes(self) -> dict[str, Any] | None:
        """Return the gradient where the user leaves it as attributes: dW1 for W1."""
        written = {
            name: known
            for name in self._keys
            for known in (f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad")
            if hasattr(self.thing, known)
        }
        return {name: getattr(self.thing, known) for name, known in written.items()} or None


def _is_pair(result: Any) -> bool:
    """Return whether a function returned (loss, gradient)."""
    if not isinstance(result, tuple) or len(result) != 2 or np.size(result[0]) != 1:
        return False
    return isinstance(result[1], dict | list | tuple) or np.size(result[1]) > 1


def _prediction_places(result: Sequence[Any], y: AnyArray) -> list[int]:
    """Return which parts of what forward returned may be the prediction, the likeliest first.

    Of two the first, (prediction, cache), of more the last; but one that has the targets' form before one that has not.
    """
    places = list(range(len(result)))
    likely = places if len(places) == 2 else places[::-1]
    return [place for place in likely if _like_targets(result[place], y)] or likely[:1]


def _like_targets(part: Any, y: AnyArray) -> bool:
    """Return whether there is a number for each target, or one for each class where targets are numbers of classes."""
    if not isinstance(part, np.ndarray):
        return False
    return part.size == y.size or (part.ndim == 2 and y.size in part.shape and part.size > y.size)
