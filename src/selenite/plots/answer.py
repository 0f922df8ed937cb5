"""The picture of an answer to "why this number?": its terms as bars, and where in the network it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selenite.explanation.numbers import Expansion, Subject, Term, shortened
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.text import filled, verdict
from selenite.plots.diagram import MOST_UNITS, draw_network
from selenite.plots.style import (
    INK,
    canvas,
    figure,
    label,
    name_rows,
    note,
    plain_axes,
    say,
    short_number,
    signed_bar,
    typeset_number,
    with_minus,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TERMS, DIGITS = 12, 4
SHARE = 0.013  # of the picture's width that a letter takes
LONGEST = 34  # characters of a term's label, or of its numbers


def draw_terms(expansion: Expansion, *, axes: Axes | None = None) -> Axes:
    """Draw the terms that add up to a number, the largest on top; of a single product its factors.

    Of an update the old value is written and the change is drawn, beside which it would not be seen.

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
        from matplotlib.ticker import MaxNLocator

        # Without a bar: what an update begins with, and a sum of many small terms, each of which may be the longest.
        bare = {0} if _is_update(expansion) else {TERMS}
        bars = {place: value for place, value in enumerate(values) if place not in bare}
        for place, value in bars.items():
            signed_bar(axes, place, value)
        axes.axvline(0, color=INK, linewidth=1)
        low = 1.08 * min(0.0, *bars.values())
        texts = [
            f"{typeset_number(value, DIGITS)}   {detail}".rstrip()
            for value, detail in zip(values, details, strict=True)
        ]
        ends = [max(bars.get(place, 0.0), 0.0) for place in range(len(values))]
        room = max((end - low) / (1 - SHARE * (len(text) + 2)) for end, text in zip(ends, texts, strict=True))
        axes.set_xlim(low - 0.02 * (room or 1.0), low + (room or 1.0))
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(lambda value, _: short_number(value))
        plain_axes(axes, across)
        name_rows(axes, names)
        for place, (end, text) in enumerate(zip(ends, texts, strict=True)):
            note(axes, text, (end, place), (6, 0))
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
    across = "change" if _is_update(expansion) else "term"
    shown = expansion.terms if _is_update(expansion) else shortened(expansion, TERMS).terms
    details = [f"= {label(_in_numbers(term), LONGEST)}" if len(term.factors) > 1 else "" for term in shown]
    return [label(term.label or "all", LONGEST) for term in shown], [term.value for term in shown], details, across


def _in_numbers(term: Term) -> str:
    """Return a term with its factors' numbers."""
    numbers = [typeset_number(factor.value, DIGITS).replace("−", "-") for factor in term.factors]
    return with_minus(filled(term.pattern.text, numbers))


def _finding(expansion: Expansion, names: list[str], values: list[float]) -> str:
    """Return what the bars say, as a sentence."""
    head = f"{label(expansion.address, 60)} is {typeset_number(expansion.value, DIGITS)}"
    if len(expansion.terms) < 2:
        return head
    if _is_update(expansion):
        change = sum(values[1:])
        size, old = typeset_number(abs(change), DIGITS), typeset_number(values[0], DIGITS)
        return f"{head};\n{'−' if change < 0 else '+'}{size} from the old {old}"
    largest = int(np.abs(values[:TERMS]).argmax())
    size = typeset_number(values[largest], DIGITS)
    return f"{head};\nthe largest of {len(expansion.terms):,} terms is {names[largest]}, {size}"


def _below(expansion: Expansion) -> str:
    check = "" if expansion.check is None else f"; {verdict(expansion)}"
    return f"= {label(expansion.formula.text, 70)}{check}; below 0 hatched"


def _is_update(expansion: Expansion) -> bool:
    """Whether the terms are an old value and its changes."""
    return expansion.address.endswith(".update")
