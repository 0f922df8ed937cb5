"""What a gradient check finds: a line a parameter, the slips that fit, and what was excused."""

from __future__ import annotations

from dataclasses import dataclass

from selenite.gradient_check.slips.slip import Slip

LONGEST = 46  # characters of a script's line that are shown


@dataclass(frozen=True)
class ParameterVerdict:
    """How the gradient of one parameter compares.

    Attributes
    ----------
    name : str
        As the user has it: "W1", "weights[0]".
    shape : tuple of int
    entries, checked : int
        How many entries the parameter has, and how many of them were looked at.
    difference : float
        The greatest difference from finite differences, as a share of the greatest entry.
    agrees : bool
        Whether it is no more than the differences' own error allows.
    kinks : int
        Entries excused, since the loss has a kink there.
    from_ours : float or None
        The greatest difference from selenite's own gradient, as a share of the greatest entry; None where the network
        is not recognised.
    note : str
        What is odd about the gradient's shape; empty if nothing is.
    computed : str
        Where it is computed, of a flat script: "line 41, dcost_wh"; else empty.

    Examples
    --------
    >>> ParameterVerdict("W", (3, 4), 12, 12, 2e-11, agrees=True).agrees
    True
    """

    name: str
    shape: tuple[int, ...]
    entries: int
    checked: int
    difference: float
    agrees: bool
    kinks: int = 0
    from_ours: float | None = None
    note: str = ""
    computed: str = ""


@dataclass(frozen=True)
class LineVerdict:
    """How one line of a flat script's way back compares, such as `dah_dzh = sigmoid_der(zh)`.

    Attributes
    ----------
    line : int
    text : str
        What stands there.
    agrees : bool
        Whether it is the derivative that its name says.
    note : str
        By how much it differs, or from which line.

    Examples
    --------
    >>> LineVerdict(40, "dao_dzo = sigmoid_der(zo)", agrees=True).note
    ''
    """

    line: int
    text: str
    agrees: bool
    note: str = ""


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradient` found; `print` it, or ask `ok`, `slips` and `parameters`.

    Attributes
    ----------
    label : str
        What the network is called.
    ok : bool
        Whether the gradient is that of the loss.
    parameters : tuple of ParameterVerdict
        One a parameter, in the user's order.
    slips : tuple of Slip
        The known slips that fit: with them, all entries agree. Empty where the gradient is right, or differs otherwise.
    alternatives : bool
        Whether the slips fit equally well, so that one of them is it; else they are there together.
    network : str
        The network and the loss that were recognised, in words; empty if none was.
    rows : int
        How many examples it was checked on.
    residual : float or None
        How far the gradient is from what the slips give, as a share of the greatest entry.
    line : str
        File and line of the user's gradient.
    notes : tuple of str
        What was excused, and what else there is to know.
    lines : tuple of LineVerdict
        The lines of a flat script whose names say what derivative they are, in their order; else empty.

    Examples
    --------
    >>> line = ParameterVerdict("w", (3,), 3, 3, 1.0, agrees=False)
    >>> print(GradientCheck("Net", False, (line,), (Slip("sign", "the sign is wrong"),), False, "", 10, None, "", ()))
    Net   no network that is known; checked by finite differences alone; 10 rows
    <BLANKLINE>
      parameter  shape  finite differences
      w          3      differs by 1
    <BLANKLINE>
      This slip fits:
        the sign is wrong.
    """

    label: str
    ok: bool
    parameters: tuple[ParameterVerdict, ...]
    slips: tuple[Slip, ...]
    alternatives: bool
    network: str
    rows: int
    residual: float | None
    line: str
    notes: tuple[str, ...]
    lines: tuple[LineVerdict, ...] = ()

    def __str__(self) -> str:
        known = self.network or "no network that is known; checked by finite differences alone"
        lines = [f"{self.label}   {known}; {self.rows:,} rows", ""]
        width = max(9, *(len(one.name) for one in self.parameters))
        sizes = max(5, *(len(_shape(one.shape)) for one in self.parameters))
        with_ours = any(one.from_ours is not None for one in self.parameters)
        ours = "   selenite's own" if with_ours else ""
        places = max(len(one.computed) for one in self.parameters)
        computed = f"  {'gradient in':<{max(places, 11)}}" if places else ""
        heads = f"  {'parameter':<{width}}  {'shape':<{sizes}}{computed}"
        lines.append(f"{heads}  {'finite differences':<20}{ours}".rstrip())
        for one in self.parameters:
            computed = f"  {one.computed:<{max(places, 11)}}" if places else ""
            heads = f"  {one.name:<{width}}  {_shape(one.shape):<{sizes}}{computed}"
            lines.append(f"{heads}  {_compared(one, with_ours)}".rstrip())
        lines.append("")
        lines += [f"  line {row.line:<4}{_cut(row.text):<{LONGEST}}  {_verdict(row)}" for row in self.lines]
        lines += [""] if self.lines else []
        if self.ok:
            lines.append("  The gradient is right.")
        elif not self.slips:
            wrong = [one.name for one in self.parameters if not one.agrees]
            lines.append(f"  The gradient differs here: {', '.join(wrong)}. No known slip fits.")
        else:
            many = (
                "These slips fit equally well; one of them is it:" if self.alternatives else "These slips fit together:"
            )
            head = "This slip fits:" if len(self.slips) == 1 else many
            lines += [f"  {head}", *(f"    {slip}." for slip in self.slips)]
            if self.residual is not None:
                what = "it" if len(self.slips) == 1 else "them"
                lines.append(f"  With {what}, all entries {_how_far(self.residual, True).replace('agrees', 'agree')}.")
        if self.line and not self.ok:
            lines.append(f"  Your gradient: {self.line}.")
        lines += [f"  {note}." for note in self.notes]
        return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _verdict(row: LineVerdict) -> str:
    return ("right" if row.agrees else "wrong") + (f", {row.note}" if row.note else "")


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if shape else "1"


def _how_far(difference: float, agrees: bool) -> str:
    if difference != difference or difference == float("inf"):
        return "is not finite"
    if difference == 0:
        return "agrees exactly"
    return f"agrees to {difference:.0e}" if agrees else f"differs by {difference:.2g}"


def _compared(one: ParameterVerdict, with_ours: bool) -> str:
    """Return a parameter's comparisons in words."""
    text = _how_far(one.difference, one.agrees)
    if with_ours:
        ours = "" if one.from_ours is None else _how_far(one.from_ours, one.agrees)
        text = f"{text:<20}   {ours:<16}"
    remarks = [one.note] if one.note else []
    if one.kinks:
        remarks.append(f"{one.kinks} at a kink, excused")
    if one.checked < one.entries:
        remarks.append(f"{one.checked} of {one.entries:,} entries looked at")
    return text.rstrip() + (f"   ({'; '.join(remarks)})" if remarks else "")
