"""The picture of an answer to "why this number?": its terms as bars, and where in the network it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selenite.explanation.numbers import Expansion, Subject, shortened
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.text import in_numbers, number, verdict
from selenite.plots.diagram import MOST_UNITS, draw_network
from selenite.plots.style import INK, canvas, figure, label, name_rows, note, plain_axes, say, signed_bar, with_minus

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TERMS, DIGITS = 12, 4
LONGEST = 34  # characters of a term's label, or of its numbers


def draw_terms(expansion: Expansion, *, axes: Axes | None = None) -> Axes:
    """Draw the terms that add up to a number, the largest on top; of a single product its factors.

    Parameters
    ----------
    expansion : Expansion
        What `selenite.explanation.numbers.expand` found; its twelve largest terms are drawn, the rest summed.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If matplotlib is missing.

    Examples
    --------
    >>> from selenite.explanation.numbers import expand, subject_of
    >>> axes = draw_terms(expand(subject_of("tutorial:2", row=1), "hidden1.unit1.z"))
    >>> axes.figure.savefig("terms.png")  # doctest: +SKIP
    """
    names, values, details, across = _bars(expansion)
    with canvas(axes, 8.6, 2.0 + 0.42 * max(len(values), 2)) as axes:
        others = TERMS if len(values) > TERMS else None  # a sum of many small ones may be the longest: it has no bar
        drawn = values[:others]
        for place, value in enumerate(drawn):
            signed_bar(axes, place, value)
        axes.axvline(0, color=INK, linewidth=1)
        low, high = min(0.0, *drawn), max(0.0, *drawn)
        margin = 0.46 * (high - low or 1.0)
        axes.set_xlim(low - 0.04 * (high - low or 1.0), high + margin)
        plain_axes(axes, across)
        name_rows(axes, names)
        for place, (value, detail) in enumerate(zip(values, details, strict=True)):
            at = 0.0 if place == others else max(value, 0.0)
            note(axes, with_minus(f"{number(value, 'float64', DIGITS)}   {detail}".rstrip()), (at, place), (6, 0))
        say(axes, _finding(expansion, names, values), _below(expansion))
    return axes


def draw_answer(subject: Subject, expansion: Expansion) -> list[Axes]:
    """Draw the terms of a number and, beside them, the network with the number's place marked.

    Parameters
    ----------
    subject : Subject
        What was asked about; a network with a layer of more than 16 units is left out.
    expansion : Expansion
        One of the subject's numbers. Where it is of one row, the units hold that row's values.

    Returns
    -------
    list of matplotlib axes
        Of the network, if it is drawn, and of the terms, in one figure.

    Raises
    ------
    OptionError
        If matplotlib is missing.

    Examples
    --------
    >>> from selenite.explanation.numbers import expand, subject_of
    >>> subject = subject_of("tutorial:2", row=1)
    >>> network, terms = draw_answer(subject, expand(subject, "hidden1.unit1.z"))
    """
    address = subject.address(expansion.address)
    if not _fits(subject, address):
        return [draw_terms(expansion)]
    member = (address.member or 1) - 1
    row = 0 if subject.n_rows == 1 else None if address.row is None else subject.row(address.row)
    sizes = subject.network.layer_sizes
    width, height = 2.0 + 2.2 * len(sizes), max(4.4, 1.8 + 0.78 * max(sizes))
    with figure(width + 7.4, height) as picture:
        picture.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12, wspace=0.05)
        places = picture.add_gridspec(1, 2, width_ratios=(width, 7.4))
        return [
            draw_network(
                subject.network,
                subject.members[member],
                None if row is None else subject.X[row],
                inputs=subject.input_names,
                outputs=subject.classes,
                mark=_place(subject, address),
                axes=picture.add_subplot(places[0]),
            ),
            draw_terms(expansion, axes=picture.add_subplot(places[1])),
        ]


def _fits(subject: Subject, address: Address) -> bool:
    """Whether the number is one network's, and that can be drawn unit by unit."""
    network = subject.network
    of_one = len(subject.members) == 1 or address.member is not None
    return of_one and network.embedding is None and max(network.layer_sizes) <= MOST_UNITS


def _place(subject: Subject, address: Address) -> tuple[int, ...] | None:
    """Return where a number is found: (layer, unit), or of a weight (layer, from, to); None where it is of all."""
    if address.part == "input":
        return 0, subject.input_names.index(address.name)
    if address.part in subject.layers and address.index:
        return subject.layers.index(address.part) + 1, *address.index
    outputs = subject.network.n_outputs
    if address.part == "probability" and outputs > 1:
        return subject.network.n_layers, subject.classes.index(address.name)
    return (subject.network.n_layers, 0) if outputs == 1 else None


def _bars(expansion: Expansion) -> tuple[list[str], list[float], list[str], str]:
    """Return a name, a value and the numbers behind it of each bar, and what runs across."""
    if not expansion.terms:
        return [label(expansion.address, LONGEST)], [expansion.value], [""], "given, not computed"
    [first, *others] = expansion.terms
    if not others and len(first.factors) > 1:
        names = [label(factor.symbol, LONGEST) for factor in first.factors]
        return names, [factor.value for factor in first.factors], [""] * len(names), f"in {expansion.formula.text}"
    shown = shortened(expansion, TERMS).terms
    details = [in_numbers(term, expansion.dtype, DIGITS) if len(term.factors) > 1 else "" for term in shown]
    details = [f"= {label(detail, LONGEST)}" if detail else "" for detail in details]
    return [label(term.label or "all", LONGEST) for term in shown], [term.value for term in shown], details, "term"


def _finding(expansion: Expansion, names: list[str], values: list[float]) -> str:
    """Return what the bars say, as a sentence."""
    head = with_minus(f"{label(expansion.address, 60)} is {number(expansion.value, expansion.dtype, DIGITS)}")
    if len(expansion.terms) < 2:
        return head
    largest = int(np.abs(values[:TERMS]).argmax())
    size = with_minus(number(values[largest], "float64", DIGITS))
    return f"{head};\nthe largest of {len(expansion.terms):,} terms is {names[largest]}, {size}"


def _below(expansion: Expansion) -> str:
    check = "" if expansion.check is None else f"; {verdict(expansion)}"
    return f"= {label(expansion.formula.text, 70)}{check}; below 0 hatched"
