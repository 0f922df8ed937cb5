"""`selenite.explanation.numbers`: one question, one answer that shows itself as text, LaTeX, JSON or HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from selenite.explanation.numbers.expansion import Expansion
from selenite.explanation.numbers.latex import to_latex
from selenite.explanation.numbers.page import fragment, to_page
from selenite.explanation.numbers.structure import to_dict
from selenite.explanation.numbers.subject import subject_of
from selenite.explanation.numbers.text import DIGITS, TERMS, to_text
from selenite.explanation.numbers.tree import expand
from selenite.nn import Optimizer, OptimizerState
from selenite.text import finite


@dataclass(frozen=True)
class Answer:
    """An expansion, and how much of it to show; print it."""

    expansion: Expansion
    terms: int = TERMS
    digits: int | None = DIGITS

    @property
    def value(self) -> float:
        """The number that was asked about, as the backend computed it."""
        return self.expansion.value

    def text(self) -> str:
        """Return plain text, as `print` shows it."""
        return to_text(self.expansion, terms=self.terms, digits=self.digits)

    def latex(self) -> str:
        """Return an align* environment a number; it needs amsmath."""
        return to_latex(self.expansion, terms=self.terms, digits=self.digits)

    def json(self) -> str:
        """Return one JSON object, null where a number is not finite."""
        return json.dumps(finite(to_dict(self.expansion, terms=self.terms)), ensure_ascii=False, allow_nan=False)

    def html(self) -> str:
        """Return a page that needs nothing else."""
        return to_page(self.expansion, terms=self.terms, digits=self.digits)

    def _repr_html_(self) -> str:
        return fragment(self.expansion, terms=self.terms, digits=self.digits)

    def __str__(self) -> str:
        return self.text()


def why(
    thing: Any,
    address: str,
    X: Any = None,
    y: Any = None,
    *,
    row: int | None = None,
    depth: int | None = 1,
    breadth: int = 1,
    terms: int = TERMS,
    digits: int | None = DIGITS,
    optimizer: Optimizer | None = None,
    state: OptimizerState | None = None,
    l1: float | None = None,
    l2: float | None = None,
    epoch: int = 0,
) -> Answer:
    """Take one number of a run apart into terms that add up to what the backend computed.

    Parameters
    ----------
    thing : Model, str, estimator or tuple
        A model or its file's path, a fitted estimator, a pair (network, parameters), or one of the tutorial's networks:
        "tutorial:1", "tutorial:2", "tutorial:2-biases", "tutorial:2-perceptron", "tutorial:3".
    address : str
        Which number: "hidden1.unit3.z", ".a", ".slope", ".delta"; "loss", "probability", "prediction";
        "hidden1.weights[2,3].gradient", ".update"; of an ensemble "member2.hidden1.unit3.z", of a batch
        "row17.output.delta". Counting begins at 1.
    X : table or array of shape (n_rows, n_columns)
        The rows: a table such as the thing predicts. Several are a batch. The tutorial's networks have theirs.
    y : array of shape (n_rows,) or (n_rows, n_outputs), optional
        The answers, which losses, gradients and updates need. A table may hold them in the model's target column.
    row : int, optional
        Take this row alone, counted from 1.
    depth : int or None
        How many levels are opened; None opens all, down to the inputs.
    breadth : int
        Of how many of the largest terms the factors are opened, at each level.
    terms : int
        How many terms are shown, the largest first; the rest is summed.
    digits : int or None
        Significant digits; None for as many as tell a number from its neighbours.
    optimizer, state : Optimizer and OptimizerState, optional
        Of updates. Unless said: the model's recipe, or what the estimator has; Adam for bare networks.
    l1, l2 : float, optional
        Strength of the penalties on the weights; for l2 an MLP estimator's `alpha` unless said, else 0.
    epoch : int
        Of the tutorial's networks: after how many steps it is asked.

    Returns
    -------
    Answer
        Print it; `text()`, `latex()`, `json()`, `html()`, and `expansion`, the tree.

    Examples
    --------
    >>> import selenite
    >>> print(selenite.why("tutorial:2", "hidden1.unit1.slope", row=1, digits=6))
    hidden1.unit1.slope = 0.219484
      article: dah1_dzh1 = ah1 × (1 - ah1)   equation 8
      = a × (1 - a)
      = 0.674688 × (1 - 0.674688)
      adds up ✓
      to open: hidden1.unit1.a
    """
    subject = subject_of(thing, X, y, row=row, optimizer=optimizer, state=state, l1=l1, l2=l2, epoch=epoch)
    return Answer(expand(subject, address, depth, breadth), terms, digits)
