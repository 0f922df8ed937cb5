"""HTML from Python, escaped unless it was made here."""

from __future__ import annotations

from html import escape

from selenite.text import printable


class Markup(str):
    """Text that is HTML already; any other text is escaped when it is put into an element."""


def element(tag: str, *children: str, **attributes: str) -> Markup:
    """Return an element; an attribute's underscore at its end is left out, as in class_.

    >>> print(element("td", "<script>", class_="name"))
    <td class="name">&lt;script&gt;</td>
    """
    named = "".join(f' {name.rstrip("_")}="{escape(printable(value))}"' for name, value in attributes.items())
    return Markup(f"<{tag}{named}>{joined(*children)}</{tag}>")


def joined(*children: str, between: str = "") -> Markup:
    """Return pieces one after the other, those that are no markup escaped and without control characters."""
    return Markup(between.join(part if isinstance(part, Markup) else escape(printable(part)) for part in children))


def name(text: str, limit: int = 60) -> Markup:
    """Return text of the user's, which may run from right to left, kept apart from what surrounds it."""
    short = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return element("bdi", short) if short else element("i", "(empty)")


def table(head: list[str], rows: list[list[str]], class_: str = "", numbers_from: int = 1) -> Markup:
    """Return a table that scrolls by itself where it is too wide; cells from `numbers_from` on are set right."""
    sides = ["" if i < numbers_from else "number" for i in range(len(head))]
    titles = joined(*(element("th", text, class_=side) for text, side in zip(head, sides, strict=True)))
    lines = [
        element("tr", *(element("td", cell, class_=side) for cell, side in zip(row, sides, strict=True)))
        for row in rows
    ]
    whole = element("table", element("thead", element("tr", titles)), element("tbody", *lines), class_=class_)
    return element("div", whole, class_="scroll")


def bar(share: float, text: str = "", colour: str = "") -> Markup:
    """Return a bar of a share of its cell, 0 to 1."""
    width = f"width: {100 * min(max(share, 0.0), 1.0):.1f}%"
    return element("span", element("span", class_=f"fill {colour}".strip(), style=width), text, class_="bar")


def gallery(pictures: list[str], class_: str = "pictures") -> Markup:
    """Return pictures beside each other."""
    return element("div", *(element("figure", Markup(picture)) for picture in pictures), class_=class_)
