"""What a network's functions, arguments, rows and parameters are called, and where they are in what is handed in."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Container, Iterable, Mapping
from itertools import takewhile
from types import ModuleType
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.user_code import quietly

# fmt: off
FORWARD = ("forward", "predict", "feedforward", "feed_forward")
LOSS = ("loss", "cost", "loss_function", "compute_loss", "compute_cost", "cost_function", "nn_cost_function",
        "objective")
GRADIENT = ("gradient", "gradients", "grad", "backward", "backprop", "backpropagation", "loss_and_gradient",
            "loss_and_grad", "cost_and_gradient")
RATES = ("learning_rate", "lr", "rate", "eta", "alpha", "step_size", "LEARNING_RATE", "LR", "learningRate")
PARAMETERS = ("parameters", "params", "theta", "thetas", "nn_params", "initial_nn_params", "initial_theta")
MAKERS = ("initial_parameters", "init_parameters", "initialize_parameters", "init_params", "initialize", "init")
INPUTS = ("X", "x", "inputs", "features", "feature_set")
TARGETS = ("y", "Y", "labels", "targets", "t")
OF_GRADIENT = ("", "d_", "d", "grad_", "gradient_", "nabla_", "delta_", "dcost_", "dcost_d", "dL_d", "dl_d", "g_")
# fmt: on
ROWS = (list, tuple, np.ndarray)  # what X and y may be
VALUES = (int, float, str, np.number, *ROWS)  # what other arguments may be
HOW = (
    "Give forward(X), loss(X, y) and gradient(X, y) as methods of a class, or "
    "forward(parameters, X), loss(parameters, X, y) and gradient(parameters, X, y) as functions of a module; "
    "or a script with a training loop in which arrays take steps such as w -= rate * gradient"
)


def plain(name: str) -> str:
    """Return a name without what people write differently: costFunction and cost_function are one."""
    return name.replace("_", "").lower()


def find_network(module: ModuleType, name: str, label: str) -> object:
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


def object_of(thing: object, label: str) -> object:
    """Return an object: the thing itself, or one made of a class or by a function without arguments."""
    if not (isinstance(thing, type) or (callable(thing) and not function_of(thing, LOSS))):
        return thing
    if not _takes_nothing(thing):
        raise OptionError(
            f"{label} needs arguments to be made; make an object of it in the file, such as "
            f"net = {label.split(':')[-1]}(...), and hand that in"
        )
    with quietly(f"making {label}"):
        made: object = thing()
    return made


def _takes_nothing(function: Callable[..., Any]) -> bool:
    """Return whether a function may be called without arguments."""
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        return False
    return True


def function_of(thing: object, names: tuple[str, ...]) -> Callable[..., Any] | None:
    """Return the first function of these names, however they are written."""
    written = {plain(name): name for name in dir(thing) if not name.startswith("_")}
    for name in map(plain, names):
        found = getattr(thing, written[name], None) if name in written else None
        if callable(found) and not isinstance(found, type):
            return found  # type: ignore[no-any-return]
    return None


def beside(places: list[object], names: Iterable[str], kinds: tuple[type, ...] = VALUES) -> Any:
    """Return the first value of these names and kinds that lies beside a network; None if none does."""
    for place in places:
        for name in names:
            if isinstance(value := getattr(place, name, None), kinds):
                return value
    return None


def initial_parameters(places: list[object], label: str) -> Any:
    """Return the parameters, or what a function without arguments makes; None if neither is there."""
    for place in places:
        for name in (*PARAMETERS, *MAKERS):
            value = getattr(place, name, None)
            if callable(value):
                if not _takes_nothing(value):
                    continue
                with quietly(f"calling {name} of {label}"):
                    value = value()
            elif name in MAKERS:
                continue
            if value is not None:
                return value
    return None


def parameter_of(key: object, known: Container[Any]) -> Any:
    """Return the parameter that a gradient's key means: dW1, grad_W1, W1_grad and dcost_W1 are of W1."""
    if key in known:
        return key
    text = re.sub(r"_?(grad|gradient)$", "", str(key))
    names = (text.removeprefix(prefix) for prefix in OF_GRADIENT if text.startswith(prefix))
    return next((name for name in names if name in known), None)


# ---------------------------------------------------------------- arguments: by their names, else by their places

ROLES = {
    "parameters": "parameters params theta thetas nnparams initialtheta weights w p",
    "X": "x xs inputs input features featureset data xtrain",
    "y": "y ys labels label targets target t ytrue ytrain onehotlabels onehot truth",
    "prediction": "prediction predictions predicted pred preds ypred yhat output outputs out ao a2 al p a",
    "cache": "cache caches memory",
}
_ROLES_OF = {role: frozenset(names.split()) for role, names in ROLES.items()}
PLACES = {  # of arguments whose names say nothing
    "forward": {1: ("X",), 2: ("parameters", "X")},
    "loss": {2: ("X", "y"), 3: ("parameters", "X", "y")},
    "gradient": {1: ("y",), 2: ("X", "y"), 3: ("parameters", "X", "y")},
}


def roles_of(
    function: Callable[..., Any], kind: str, parameter_names: Container[str], is_beside: Callable[[str], bool]
) -> tuple[str, ...]:
    """Return the role of each argument that is to be given.

    It is parameters, X, y, prediction or cache, or the name of a parameter or of what lies beside the network.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        signature = inspect.Signature()
    by_place = [
        argument
        for argument in signature.parameters.values()
        if argument.kind in (argument.POSITIONAL_ONLY, argument.POSITIONAL_OR_KEYWORD)
    ]
    wanted = [argument.name for argument in takewhile(lambda argument: _to_be_given(argument, kind), by_place)]
    with_inputs = any(plain(name) in _ROLES_OF["X"] for name in wanted)
    found = [_role(name, parameter_names, is_beside, with_inputs) for name in wanted]
    makes_sense = kind != "forward" or not {"y", "prediction"} & set(found)
    if "" not in found and len(set(found)) == len(found) and makes_sense:
        return tuple(found)
    roles = PLACES[kind].get(len(wanted))
    if roles is None:
        unknown = ", ".join(name for name, role in zip(wanted, found, strict=True) if not role) or ", ".join(wanted)
        raise OptionError(
            f"{kind}({', '.join(wanted)}): what is {unknown}? Arguments are known by their names, "
            "parameters, X, y, prediction, cache, a parameter's own or a number's beside them, or by their places: "
            f"{kind}({', '.join(PLACES[kind][max(PLACES[kind])])})"
        )
    return roles


def _to_be_given(argument: inspect.Parameter, kind: str) -> bool:
    """Return whether an argument has no value yet; y=None stands for a prediction alone in some networks."""
    if argument.default is argument.empty:
        return True
    return argument.default is None and kind != "forward" and plain(argument.name) in _ROLES_OF["y"]


def _role(name: str, parameter_names: Container[str], is_beside: Callable[[str], bool], with_inputs: bool) -> str:
    """Return what an argument of this name is given; "" if the name says nothing."""
    if name in parameter_names:
        return name
    fitting = [role for role, names in _ROLES_OF.items() if plain(name) in names]
    if len(fitting) == 2:  # p: the parameters beside X, the prediction without
        return "parameters" if with_inputs else "prediction"
    return fitting[0] if fitting else name if is_beside(name) else ""


def values_for(roles: tuple[str, ...], values: Mapping[str, Any], kind: str) -> list[Any]:
    """Return the values of the roles, in order."""
    missing = [role for role in roles if role not in values]
    if missing:
        raise OptionError(f"{kind} asks for {', '.join(missing)}, which is only there where forward gives it")
    return [values[role] for role in roles]
