"""Why this number? Any number of a run taken apart: formula, terms with the real numbers, and whether they add up.

`selenite.why(thing, address, X, y)` answers; it is this module, called. `expand` gives the tree behind an answer.

    address     how a number is named: hidden1.unit3.z, loss, output.delta, hidden1.weights[2,3].gradient
    subject     what is asked about: a model, an estimator, a network with its parameters, a tutorial's network
    run, probe  what the backend computes for it
    forward, prediction, losses, backward, gradients, update     each number taken apart
    expansion, tree              terms, factors, the check; opened as deep as is wanted
    text, latex, structure, page the answer as text, LaTeX, JSON and HTML
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from selenite.why.answer import Answer, why
from selenite.why.expansion import Check, Expansion, Factor, Pattern, Term, shortened
from selenite.why.subject import Subject, subject_of
from selenite.why.tree import expand

__all__ = [
    "Answer",
    "Check",
    "Expansion",
    "Factor",
    "Pattern",
    "Subject",
    "Term",
    "expand",
    "shortened",
    "subject_of",
    "why",
]


class _Callable(ModuleType):
    """The module itself, so that `selenite.why(...)` works whoever imported what before."""

    def __call__(self, *args: Any, **options: Any) -> Answer:
        return why(*args, **options)


sys.modules[__name__].__class__ = _Callable
