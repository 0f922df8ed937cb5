"""What the referee finds: a line a parameter, the slips that fit, and what was excused."""

from __future__ import annotations

from dataclasses import dataclass

from selenite.gradient_check.slips import Slip


@dataclass(frozen=True)
class ParameterVerdict:
    """How the gradient of one parameter compares."""

    name: str
    shape: tuple[int, ...]
    entries: int
    checked: int
    difference: float  # from finite differences, greatest, as a share of the greatest entry
    agrees: bool
    kinks: int = 0  # entries excused
    from_ours: float | None = None  # the same from selenite's own gradient, where the network is recognised
    note: str = ""  # of a shape, or of what was not given


@dataclass(frozen=True)
class GradientCheck:
    """The referee's verdict; `print` it, or ask `ok`, `slips` and `parameters`.

    Attributes
    ----------
    ok : bool
        Whether the gradient is that of the loss.
    slips : tuple of Slip
        The known slips that fit: with them, all entries agree. Empty where the gradient is right, or differs otherwise.
    parameters : tuple of ParameterVerdict
    network : str
        The network and the loss that were recognised, in words; empty if none was.
    notes : tuple of str
        What was excused, and what else there is to know.
    """

    label: str
    ok: bool
    parameters: tuple[ParameterVerdict, ...]
    slips: tuple[Slip, ...]
    alternatives: bool  # the slips fit equally well: one of them is it
    network: str
    rows: int
    residual: float | None  # with the slips, how far the gradient still is
    line: str
    notes: tuple[str, ...]

    def __str__(self) -> str:
        known = self.network or "no network that is known; checked by finite differences alone"
        lines = [f"{self.label}   {known}; {self.rows:,} rows", ""]
        width = max(9, *(len(one.name) for one in self.parameters))
        sizes = max(5, *(len(_shape(one.shape)) for one in self.parameters))
        with_ours = any(one.from_ours is not None for one in self.parameters)
        ours = "   selenite's own" if with_ours else ""
        lines.append(f"  {'parameter':<{width}}  {'shape':<{sizes}}  {'finite differences':<20}{ours}".rstrip())
        for one in self.parameters:
            lines.append(f"  {one.name:<{width}}  {_shape(one.shape):<{sizes}}  {_compared(one, with_ours)}".rstrip())
        lines.append("")
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
