"""The network that a user hands in: its functions, rows and parameters found; called with other parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.arguments import ROLES, roles_of, values_for
from selenite.gradient_check.find import (
    FORWARD,
    GRADIENT,
    HOW,
    INPUTS,
    LOSS,
    PARAMETERS,
    RATES,
    STARTS,
    TARGETS,
    Beside,
    attribute,
    function_of,
    made,
    rows_of,
)
from selenite.gradient_check.foreign import quietly
from selenite.gradient_check.leaves import is_number, leaves, rebuilt
from selenite.types import AnyArray, Array


class Given:
    """A user's network: `loss`, `gradient` and `forward` as functions of a list of arrays."""

    def __init__(
        self, thing: object, label: str, X: Any = None, y: Any = None, parameters: Any = None, module: object = None
    ) -> None:
        self.label = label
        self.thing = made(thing, label)
        places = [self.thing, *([module] if module is not None else [])]
        self._forward = function_of(self.thing, FORWARD)
        loss, gradient = function_of(self.thing, LOSS), function_of(self.thing, GRADIENT)
        either = loss or gradient
        if either is None:
            raise OptionError(f"{label} has no loss and gradient (or backward). {HOW}")
        self._loss, self._gradient = loss or either, gradient or either  # one function may return both
        self.X = np.asarray(rows_of(X, places, INPUTS, "X", label))
        self.y = np.asarray(rows_of(y, places, TARGETS, "y", label))
        self.changed: set[str] = set()  # parameters that the user's gradient has changed itself
        self.rates = {
            name: float(value)
            for place in places
            for name in RATES
            if isinstance(value := getattr(place, name, None), int | float | np.number) and value == value
        }
        self.accumulates = False  # whether each call of the user's gradient adds to the one before
        self._of_thing = False  # whether the parameters are the object's own attributes
        self._beside = Beside(places)
        self.prediction_at: int | None = None  # of what forward returns, where that is several things
        self._find_parameters(places, parameters)

    # ---------------------------------------------------------------- what the user's functions give

    def loss(self, arrays: list[Array]) -> float:
        """Return the loss with these parameters."""
        return float(self.loss_as_given(arrays))

    def loss_as_given(self, arrays: list[Array]) -> Any:
        """Return the loss with these parameters, in the type that the user's function has."""
        values = self._values(arrays, with_forward=self._needs(self._loss_roles))
        with quietly(f"calling loss of {self.label} with X of shape {self.X.shape} and y of shape {self.y.shape}"):
            result = self._loss(*values_for(self._loss_roles, values, "loss"))
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
        if self._forward is None:
            return None
        prediction = self._values(arrays, with_forward=True)["prediction"]
        return np.asarray(prediction) if is_number(np.asarray(prediction)) else None

    def prediction_places(self) -> Sequence[int | None]:
        """Return where in what forward returns the prediction may be, the likeliest first; None: it is all of it."""
        if self._forward is None:
            return [None]
        result = self._forwarded(self._values(self.start, with_forward=False))
        return prediction_places(result, self.y) if isinstance(result, tuple | list) else [None]

    def gradient(self, arrays: list[Array]) -> list[AnyArray | None]:
        """Return the gradient of each parameter as the user gives it, None where it is not given."""
        if self.accumulates:
            before, after = self._gradient_once(arrays), self._gradient_once(arrays)
            return [None if a is None or b is None else a - b for a, b in zip(after, before, strict=True)]
        return self._gradient_once(arrays)

    def _gradient_once(self, arrays: list[Array]) -> list[AnyArray | None]:
        values = self._values(arrays, with_forward=True)
        given = [np.array(array) for array in arrays]
        result = self._called_gradient(values)
        if result is None:
            result = self._from_attributes()
        now = self._current(values)
        changed = {name for name, a, b in zip(self.names, given, now, strict=True) if not np.array_equal(a, b)}
        self.changed |= changed
        if result is None:
            but = "it changes the parameters itself, which belongs elsewhere" if changed else "it returned nothing"
            raise OptionError(f"gradient of {self.label} must return the gradient; {but}")
        return self._in_order(result)

    def restore(self) -> None:
        """Set the parameters as they were."""
        self._set(self.start)

    # ---------------------------------------------------------------- calling

    def _needs(self, roles: Iterable[str]) -> bool:
        return "prediction" in roles or "cache" in roles

    def _values(self, arrays: list[Array], with_forward: bool) -> dict[str, Any]:
        """Return what the arguments are, with these parameters set."""
        values: dict[str, Any] = {**self._others, "X": self.X.copy(), "y": self.y.copy()}
        if self._functional:
            copies = [np.array(array) for array in arrays]
            values["parameters"] = rebuilt(self._structure, iter(copies))
            if isinstance(values["parameters"], dict):
                values |= values["parameters"]
        else:
            self._set(arrays)
        if with_forward and self._forward is not None:
            values |= self._prediction_and_cache(self._forwarded(values))
        return values

    def _forwarded(self, values: dict[str, Any]) -> Any:
        assert self._forward is not None
        with quietly(f"calling forward of {self.label} with X of shape {self.X.shape}"):
            return self._forward(*values_for(self._forward_roles, values, "forward"))

    def _prediction_and_cache(self, result: Any) -> dict[str, Any]:
        """Return what forward gave: the prediction alone, or what is beside it as well."""
        if not isinstance(result, tuple | list):
            return {"prediction": result}
        at = prediction_places(result, self.y)[0] if self.prediction_at is None else self.prediction_at
        cache = result[1] if at == 0 and len(result) == 2 else result
        return {"prediction": result[at], "cache": cache}

    def _called_gradient(self, values: dict[str, Any]) -> Any:
        with quietly(f"calling gradient of {self.label} with X of shape {self.X.shape} and y of shape {self.y.shape}"):
            result = self._gradient(*values_for(self._gradient_roles, values, "gradient"))
        if _is_pair(result):
            return result[1]
        if self._gradient == self._loss:
            raise OptionError(f"{self.label} has no gradient (or backward), and its loss returns no gradient. {HOW}")
        return result

    def _from_attributes(self) -> dict[str, Any] | None:
        """Return the gradient where the user leaves it as attributes: dW1 for W1."""
        found = {}
        for name in self._keys:
            for known in (f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad"):
                if hasattr(self.thing, known):
                    found[name] = getattr(self.thing, known)
        return found or None

    # ---------------------------------------------------------------- parameters

    def _find_parameters(self, places: list[object], parameters: Any) -> None:
        """Find the parameters and how they reach the user's functions."""
        structure = parameters
        for place in places:
            if structure is None:
                structure = attribute(place, PARAMETERS, self.label)
            if structure is None:
                structure = attribute(place, STARTS, self.label, called=True)
        self._keys: tuple[str, ...] = tuple(structure) if isinstance(structure, dict) else ()
        self._bind(self._keys)
        asked = {*self._loss_roles, *self._gradient_roles, *self._forward_roles} & {"parameters", *self._keys}
        self._functional = bool(asked)
        if structure is None:
            if self._functional:
                raise OptionError(
                    f"{self.label} takes parameters but has none to begin with: give an array, a list or a dict of "
                    'arrays named parameters, such as parameters = {"W1": ..., "b1": ...}'
                )
            structure = self._from_gradient()
        self._structure = structure
        found = leaves(structure)
        for name, value in found:
            if not is_number(value):
                what = f"{value.dtype} of shape {value.shape}" if isinstance(value, np.ndarray) else repr(value)[:60]
                raise OptionError(
                    f"parameter {name or 'parameters'} of {self.label} is {what}; "
                    "parameters must be arrays of floats (astype(float) makes such)"
                )
        if not found:
            raise OptionError(f"{self.label} has no parameters. {HOW}")
        self.names = [name or "parameters" for name, _ in found]
        self.start: list[Array] = [np.array(value) for _, value in found]

    def _bind(self, keys: tuple[str, ...]) -> None:
        self._loss_roles = roles_of(self._loss, "loss", keys, self._beside)
        self._gradient_roles = roles_of(self._gradient, "gradient", keys, self._beside)
        self._forward_roles = () if self._forward is None else roles_of(self._forward, "forward", keys, self._beside)
        roles = {*self._loss_roles, *self._gradient_roles, *self._forward_roles}
        self._others = {name: self._beside[name] for name in roles - {*keys} - {*ROLES} if name in self._beside}

    def _from_gradient(self) -> dict[str, Any]:
        """Return the attributes whose gradients the user's function gives: by its keys, or in order."""
        attributes = {
            name: value
            for name, value in vars(self.thing).items()
            if not name.startswith("_") and name not in (*INPUTS, *TARGETS) and _all_numbers(value)
        }
        self._functional, self._structure = False, {}
        result = self._called_gradient(self._values([], with_forward=True))
        if result is None:
            names = [name for name in attributes if any(f"{d}{name}" in vars(self.thing) for d in ("d", "d_", "grad_"))]
        elif isinstance(result, dict):
            names = [_key_for(key, attributes) or "" for key in result]
            if "" in names:
                raise OptionError(
                    f"gradient of {self.label} returned {', '.join(map(str, result))}, but the parameters of these "
                    f"names are not found; it has {', '.join(attributes) or 'no arrays'}"
                )
        else:
            names = _by_size(list(result) if isinstance(result, list | tuple) else [result], attributes)
        if not names:
            raise OptionError(
                f"which arrays of {self.label} are its parameters? Let gradient return a dict with their names, "
                'such as {"W1": dW1, "b1": db1}, or name them parameters'
            )
        self._keys, self._of_thing = tuple(names), True
        return {name: attributes[name] for name in names}

    def _set(self, arrays: list[Array]) -> None:
        """Write parameters into the user's object: into its arrays, so that other names for them see it."""
        new = iter(arrays)
        structure = self._structure

        def put(container: Any, key: Any, value: Any) -> None:
            if isinstance(value, np.ndarray):
                if not value.flags.writeable:
                    raise OptionError(f"a parameter of {self.label} is read-only; hand in a copy")
                value[...] = next(new)
            elif isinstance(value, dict):
                for inner, part in value.items():
                    put(value, inner, part)
            elif isinstance(value, list):
                for place, part in enumerate(value):
                    put(value, place, part)
            elif value is not None:
                number = type(value)(next(new))
                if isinstance(container, list) or (isinstance(container, dict) and container is not structure):
                    container[key] = number
                elif isinstance(key, str) and hasattr(self.thing, key):
                    setattr(self.thing, key, number)
                elif isinstance(container, dict):
                    container[key] = number

        if isinstance(structure, dict):
            for key, value in structure.items():
                put(structure, key, value)
                if self._of_thing and isinstance(value, np.ndarray):
                    setattr(self.thing, key, value)  # in place of an array that a step has put there
        else:
            put(None, "", list(structure) if isinstance(structure, tuple) else structure)

    def _current(self, values: dict[str, Any]) -> list[AnyArray]:
        structure = values["parameters"] if self._functional else self._structure
        if self._of_thing:
            structure = {key: getattr(self.thing, key) for key in structure}
        return [np.array(value) for _, value in leaves(structure)]

    def _in_order(self, result: Any) -> list[AnyArray | None]:
        """Return the gradients in the order of the parameters."""
        if isinstance(result, dict) and isinstance(self._structure, dict):
            keys = {_key_for(key, self._structure): part for key, part in result.items()}
            found: list[AnyArray | None] = []
            for key, part in self._structure.items():
                count = len(leaves(part))
                own = leaves(keys[key]) if key in keys else []
                if own and len(own) != count:
                    raise OptionError(f"gradient of {self.label} has {len(own)} arrays for {key}, which has {count}")
                found += [_array(value) for _, value in own] or [None] * count
            if all(array is None for array in found):
                raise OptionError(
                    f"gradient of {self.label} returned {', '.join(map(str, result))}; the parameters are "
                    f"{', '.join(map(str, self._structure))}"
                )
            return found
        arrays = [_array(value) for _, value in leaves(result)]
        if len(arrays) == 1 and len(self.start) > 1 and arrays[0].size == sum(array.size for array in self.start):
            ends = np.cumsum([array.size for array in self.start])[:-1]
            parts = np.split(arrays[0].ravel(), ends)
            return [part.reshape(array.shape) for part, array in zip(parts, self.start, strict=True)]
        if len(arrays) != len(self.start):
            raise OptionError(
                f"gradient of {self.label} returned {len(arrays)} arrays; there are {len(self.start)} parameters: "
                f"{', '.join(self.names)}"
            )
        return list(arrays)


def _is_pair(result: Any) -> bool:
    """Return whether a function returned (loss, gradient)."""
    if not isinstance(result, tuple) or len(result) != 2 or np.size(result[0]) != 1:
        return False
    return isinstance(result[1], dict | list | tuple) or np.size(result[1]) > 1


def prediction_places(result: Sequence[Any], y: AnyArray) -> list[int]:
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


def _all_numbers(value: Any) -> bool:
    found = leaves(value) if isinstance(value, np.ndarray | float | list | dict | tuple) else []
    return bool(found) and all(is_number(leaf) for _, leaf in found)


def _key_for(key: object, known: dict[Any, Any]) -> Any:
    """Return the parameter that a gradient's key means: dW1, grad_W1, W1_grad and dcost_W1 are of W1."""
    if key in known:
        return key
    text = re.sub(r"_?(grad|gradient)$", "", str(key))
    for prefix in ("", "d_", "d", "grad_", "gradient_", "nabla_", "delta_", "dcost_", "dcost_d", "dL_d", "dl_d", "g_"):
        if text.startswith(prefix) and text[len(prefix) :] in known:
            return text[len(prefix) :]
    return None


def _by_size(parts: list[Any], attributes: dict[str, Any]) -> list[str]:
    """Return which attributes a gradient without names belongs to; nothing where that is not clear."""

    def sizes(value: Any) -> list[int]:
        return [np.size(leaf) for _, leaf in leaves(value)]

    if len(parts) == len(attributes) and [*map(sizes, parts)] == [*map(sizes, attributes.values())]:
        return list(attributes)
    names: list[str] = []
    for part in parts:
        fitting = [name for name, value in attributes.items() if sizes(value) == sizes(part) and name not in names]
        if len(fitting) != 1:
            return list(attributes) if len(parts) == len(attributes) else []
        names += fitting
    return names


def _array(value: Any) -> AnyArray:
    array = np.array(value)  # a copy: the user's function may write into its own the next time
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(float)
