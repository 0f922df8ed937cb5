"""Addresses: how every number of a run is named, such as member2.row17.hidden1.unit3.z.

    loss   probability   probability[yes]   prediction
    hidden1.unit3.z   .a   .slope (da/dz)   .delta (dloss/dz)   .a.gradient (dloss/da);   output.z where it is one unit
    hidden1.weights[2,3]   hidden1.biases[3]   and of each   .gradient   .update   .velocity   .mean   .mean_square
    input[age]   feature[age]   wave[1,4]   embedding.factors[2]   embedding.mixing[1,2,4]   ...   with an embedding

Counting begins at 1: weights[2,3] leads from the second unit below to the third unit of the layer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from selenite.errors import OptionError
from selenite.text import shown

OF_WHICH = re.compile(r"(?:member(\d+)\.)?(?:row(\d+)\.)?(.*)", re.DOTALL)  # before the number's own place
OF_UNITS = ("z", "a", "slope", "delta", "a.gradient")
OF_PARAMETERS = ("", "gradient", "update", "velocity", "mean", "mean_square")
EMBEDDING_PARTS = {"frequencies": 2, "phases": 2, "mixing": 3, "offsets": 2, "factors": 1}
ALIASES = {"activation": "a", "z.gradient": "delta", "activation.gradient": "a.gradient", "new": "update"}


@dataclass(frozen=True)
class Address:
    """One number of a run; indices are counted from 0 here, and from 1 in its text."""

    part: str  # "loss", "probability", "prediction", "input", "feature", "wave", "embedding", "hidden1", ..., "output"
    kind: str = ""  # of a layer: "unit", "weights", "biases" or "total"; of the embedding: "mixing", ...
    index: tuple[int, ...] = ()
    name: str = ""  # in place of an index: an input's, a class's
    attribute: str = ""  # of OF_UNITS or OF_PARAMETERS; "gradient" of a feature
    row: int | None = None  # in the table at hand, from 1 in the text as well
    member: int | None = None  # likewise

    def __str__(self) -> str:
        text = "" if self.member is None else f"member{self.member}."
        text += "" if self.row is None else f"row{self.row}."
        text += self.part
        if self.kind == "unit":
            text += f".unit{self.index[0] + 1}"
        else:
            inside = self.name or ",".join(str(i + 1) for i in self.index)
            text += (f".{self.kind}" if self.kind else "") + (f"[{inside}]" if inside else "")
        return text + (f".{self.attribute}" if self.attribute else "")

    @property
    def is_parameter(self) -> bool:
        """Whether it is, or belongs to, a parameter."""
        return self.part == "embedding" or self.kind in ("weights", "biases")

    def at(self, attribute: str) -> Address:
        """Return the same place with another attribute."""
        return replace(self, attribute=attribute)


def parse(text: str, layers: tuple[str, ...], units: tuple[int, ...]) -> Address:
    """Return the address that a text is; `layers` are hidden1, ..., output, `units` their sizes.

    >>> parse("row3.hidden1.weights[2,1].gradient", ("hidden1", "output"), (4, 1)).index
    (1, 0)
    """
    match = OF_WHICH.fullmatch(text.strip())
    assert match is not None  # it takes any text
    member, row = (None if number is None else int(number) for number in match.groups()[:2])
    found = _bare(match[3], layers, units)
    if found is None:
        raise OptionError(f"there is no number {shown(text)} to ask about. {_hint(match[3], layers, units)}")
    return replace(found, member=member, row=row)


def _bare(text: str, layers: tuple[str, ...], units: tuple[int, ...]) -> Address | None:
    """Return the address of a text without member and row, or None."""
    if text in ("loss", "probability", "prediction"):
        return Address(text)
    named = re.fullmatch(r"(probability|prediction|input|feature)\[(.+)\](\.gradient)?", text, re.DOTALL)
    if named is not None and (named[3] is None or named[1] == "feature"):
        return Address(named[1], name=named[2], attribute="gradient" if named[3] else "")
    wave = re.fullmatch(r"wave\[(\d+), *(\d+)\]", text)
    if wave is not None:
        return Address("wave", index=_counted(wave[1], wave[2]))
    embedding = re.fullmatch(r"embedding\.(\w+)\[([\d, ]+)\](?:\.(.+))?", text)
    if embedding is not None and embedding[1] in EMBEDDING_PARTS:
        index = _counted(*embedding[2].split(","))
        attribute = ALIASES.get(embedding[3] or "", embedding[3] or "")
        if len(index) != EMBEDDING_PARTS[embedding[1]] or attribute not in OF_PARAMETERS:
            return None
        return Address("embedding", embedding[1], index, attribute=attribute)
    layer, _, rest = text.partition(".")
    numbered = re.fullmatch(r"layer(\d+)", layer)
    if numbered is not None and 1 <= int(numbered[1]) <= len(layers):
        layer = layers[int(numbered[1]) - 1]
    return _of_layer(layer, rest, units[layers.index(layer)]) if layer in layers else None


def _of_layer(layer: str, rest: str, n_units: int) -> Address | None:
    """Return the address inside a layer, or None."""
    place = re.fullmatch(r"(weights|biases)\[([\d, ]+)\](?:\.(.+))?", rest)
    if place is not None:
        index = _counted(*place[2].split(","))
        attribute = ALIASES.get(place[3] or "", place[3] or "")
        right = len(index) == (2 if place[1] == "weights" else 1) and attribute in OF_PARAMETERS
        return Address(layer, place[1], index, attribute=attribute) if right else None
    if rest == "total" and layer == "output":
        return Address(layer, "total")
    unit = re.fullmatch(r"unit(\d+)(?:\.(.+))?", rest)
    if unit is None and n_units == 1:
        unit = re.fullmatch(r"unit(\d+)(?:\.(.+))?", f"unit1.{rest}" if rest else "unit1")
    if unit is None:
        return None
    attribute = ALIASES.get(unit[2] or "a", unit[2] or "a")
    return Address(layer, "unit", _counted(unit[1]), attribute=attribute) if attribute in OF_UNITS else None


def _counted(*numbers: str) -> tuple[int, ...]:
    """Return indices from 0 of numbers from 1; what is no number is one below all."""
    return tuple(int(number) - 1 if number.strip().isdigit() else -1 for number in numbers)


def _hint(text: str, layers: tuple[str, ...], units: tuple[int, ...]) -> str:
    """Say what would work."""
    layer = text.partition(".")[0]
    if layer in layers and layer != "loss":
        n = units[layers.index(layer)]
        unit = f"unit1 to unit{n}" if n > 1 else "unit1"
        return (
            f"{layer} has {unit}, each with {', '.join(OF_UNITS)}; and weights[i,j] and biases[j], each with "
            f"{', '.join(filter(None, OF_PARAMETERS))}"
        )
    if re.match(r"hidden\d+|layer\d+", layer):
        return f"The layers are {', '.join(layers)}"
    words = [*layers, "loss", "probability", "prediction", "input", "feature", "wave", "embedding"]
    near = get_close_matches(layer.partition("[")[0], words, n=1)
    return (
        f"Did you mean {near[0]}?"
        if near
        else (f"Such are loss, probability, {layers[0]}.unit1.z, output.unit1.delta, {layers[0]}.weights[1,1].gradient")
    )
