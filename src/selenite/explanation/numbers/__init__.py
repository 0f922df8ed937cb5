"""Why this number? Any number of a run taken apart: formula, terms with the real numbers, and whether they add up.

`why(thing, address, X, y)` answers. `expand` gives the tree behind an answer.

    address     how a number is named: hidden1.unit3.z, loss, output.delta, hidden1.weights[2,3].gradient
    subject     what is asked about: a model, an estimator, a network with its parameters, a tutorial's network
    run, probe  what the backend computes for it
    forward, prediction, losses, backward, gradients, update     each number taken apart
    expansion, tree              terms, factors, the check; opened as deep as is wanted
    text, latex, structure, page the answer as text, LaTeX, JSON and HTML
"""

from __future__ import annotations

from selenite.explanation.numbers.answer import Answer, why
from selenite.explanation.numbers.expansion import Check, Expansion, Factor, Pattern, Term, shortened
from selenite.explanation.numbers.subject import Subject, subject_of
from selenite.explanation.numbers.tree import expand

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
