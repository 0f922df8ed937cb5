"""Which argument of a user's function is which: by its name, else by its place."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Mapping
from itertools import takewhile
from typing import Any

from selenite.errors import OptionError
from selenite.gradient_check.known_names import plain

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
