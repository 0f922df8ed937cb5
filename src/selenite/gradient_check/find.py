"""Where a network's functions, rows and parameters are in what the user hands in: known by their names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.arguments import plain
from selenite.gradient_check.foreign import quietly

FORWARD = ("forward", "predict", "feedforward", "feed_forward")
LOSS = (
    "loss",
    "cost",
    "loss_function",
    "compute_loss",
    "compute_cost",
    "cost_function",
    "nn_cost_function",
    "objective",
)
GRADIENT = (
    "gradient",
    "gradients",
    "grad",
    "backward",
    "backprop",
    "backpropagation",
    "loss_and_gradient",
    "loss_and_grad",
    "cost_and_gradient",
)
RATES = ("learning_rate", "lr", "rate", "eta", "alpha", "step_size", "LEARNING_RATE", "LR", "learningRate")
PARAMETERS = ("parameters", "params", "theta", "thetas", "nn_params", "initial_nn_params", "initial_theta")
STARTS = ("initial_parameters", "init_parameters", "initialize_parameters", "init_params", "initialize", "init")
INPUTS = ("X", "x", "inputs", "features", "feature_set")
TARGETS = ("y", "Y", "labels", "targets", "t")
HOW = (
    "Give forward(X), loss(X, y) and gradient(X, y) as methods of a class, or "
    "forward(parameters, X), loss(parameters, X, y) and gradient(parameters, X, y) as functions of a module"
)


def find(module: ModuleType, name: str, label: str) -> object:
    """Return what a name of a module stands for; without a name the module itself, or its only network."""
    if name:
        thing: Any = module
        for part in name.split("."):
            if not hasattr(thing, part):
                known = ", ".join(key for key in vars(thing) if not key.startswith("_"))
                raise OptionError(f"{label}: there is no {part}; there is {known[:300]}")
            thing = getattr(thing, part)
        return thing
    things = [value for value in vars(module).values() if not isinstance(value, ModuleType)]
    for enough in (all, any):  # functions for both, or one that returns both
        if _is_network(module, enough):
            return module
        networks = [value for value in things if _is_network(value, enough)]
        objects = [value for value in networks if not isinstance(value, type)] or networks
        if len(objects) == 1:
            return objects[0]
        if objects:
            break
    raise OptionError(f"{label} has no loss and gradient of its own; say which network, such as {label}:Net. {HOW}")


def _is_network(thing: object, enough: Callable[[Iterable[bool]], bool]) -> bool:
    return enough(function_of(thing, names) is not None for names in (LOSS, GRADIENT))


def made(thing: object, label: str) -> object:
    """Return an object: of a class, or from a function without arguments."""
    is_maker = isinstance(thing, type) or (callable(thing) and not function_of(thing, LOSS))
    if not is_maker:
        return thing
    try:
        inspect.signature(thing).bind()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise OptionError(
            f"{label} needs arguments to be made; make an object of it in the file, such as "
            f"net = {label.split(':')[-1]}(...), and hand that in"
        ) from None
    with quietly(f"making {label}"):
        made: object = thing()  # type: ignore[operator]
    return made


def function_of(thing: object, names: tuple[str, ...]) -> Callable[..., Any] | None:
    """Return the first function of these names, however they are written: cost_function or costFunction."""
    written = {plain(name): name for name in dir(thing) if not name.startswith("_")}
    for name in map(plain, names):
        found = getattr(thing, written[name], None) if name in written else None
        if callable(found) and not isinstance(found, type):
            return found  # type: ignore[no-any-return]
    return None


class Beside:
    """Numbers, arrays and texts that lie beside a network, by their names, for arguments called so."""

    def __init__(self, places: list[object]) -> None:
        self.places = places

    def __getitem__(self, name: str) -> Any:
        for place in self.places:
            value = getattr(place, name, None)
            if isinstance(value, int | float | str | list | tuple | np.ndarray | np.number):
                return value
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True


def attribute(place: object, names: tuple[str, ...], label: str, called: bool = False) -> Any:
    """Return the first attribute of these names; a function without arguments is called."""
    for name in names:
        value = getattr(place, name, None)
        if callable(value):
            try:
                inspect.signature(value).bind()
            except (TypeError, ValueError):
                continue
            with quietly(f"calling {name} of {label}"):
                value = value()
        elif called:
            continue
        if value is not None:
            return value
    return None


def rows_of(given: Any, places: list[object], names: tuple[str, ...], what: str, label: str) -> Any:
    if given is not None:
        return given
    for place in places:
        for name in names:
            value = getattr(place, name, None)
            if isinstance(value, list | tuple | np.ndarray):
                return value
    raise OptionError(
        f"on which rows? {label} has no {what}: put arrays X and y beside it, or give check_gradient(..., X, y)"
    )
