"""HTML from Python: escaped unless it was made here, and a whole page of it in the one style that our pages have."""

from __future__ import annotations

from html import escape
from pathlib import Path

from selenite.text import printable

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # within pictures


class Markup(str):
    """Text that is HTML already; any other text is escaped when it is put into an element."""


def page(title: str, *content: str, style: str = "", policy: str = POLICY, kind: str = "") -> str:
    """Return a page, light or dark as the reader likes; style, policy and the body's class are of this kind of page."""
    head = element(
        "head",
        Markup('<meta charset="utf-8">\n'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
        Markup('<meta name="color-scheme" content="light dark">\n'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'),
        element("title", title),
        element("style", Markup(f"\n{Path(__file__).with_name('page.css').read_text(encoding='utf-8')}{style}")),
    )
    body = element("body", element("main", *content), class_=kind)
    return f'<!DOCTYPE html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


def element(tag: str, *children: str, **attributes: str) -> Markup:
    """Return an element; an attribute's underscore at its end is left out, as in class_, another is a hyphen.

    An attribute that says nothing is left out.

    >>> print(element("td", "<script>", class_="name", aria_label="a"))
    <td class="name" aria-label="a">&lt;script&gt;</td>
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(printable(value))}"'
        for name, value in attributes.items()
        if value
    )
    return Markup(f"<{tag}{named}>{joined(*children)}</{tag}>")


def joined(*children: str, between: str = "") -> Markup:
    """Return pieces one after the other, those that are no markup escaped and without control characters."""
    return Markup(between.join(part if isinstance(part, Markup) else escape(printable(part)) for part in children))


def name(text: str, limit: int = 60) -> Markup:
    """Return text of the user's, which may run from right to left, kept apart from what surrounds it."""
    short = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return element("bdi", short) if short else element("i", "(empty)")


def table(label: str, head: list[str], rows: list[list[str]], numbers_from: int = 1) -> Markup:
    """Return a table that scrolls by itself where it is too wide; cells from `numbers_from` on are set right."""
    sides = ["" if i < numbers_from else "number" for i in range(len(head))]
    titles = [
        element("th" if text else "td", text, class_=side) for text, side in zip(head, sides, strict=True)
    ]  # an empty cell is no heading
    lines = [
        element("tr", *(element("td", cell, class_=side) for cell, side in zip(row, sides, strict=True)))
        for row in rows
    ]
    top = element("thead", element("tr", *titles)) if any(head) else ""
    whole = element("table", top, element("tbody", *lines))
    return element("div", whole, class_="scroll", tabindex="0", role="region", aria_label=label)


def bar(share: float, colour: str = "") -> Markup:
    """Return a bar of a share of its cell, 0 to 1."""
    width = f"width: {100 * min(max(share, 0.0), 1.0):.1f}%"
    return element("span", element("span", class_=f"fill {colour}".strip(), style=width), class_="bar")


def picture(svg: str) -> Markup:
    """Return a picture as a figure."""
    return element("figure", Markup(svg))


def columns(*parts: str) -> Markup:
    """Return parts beside each other where the page is wide enough, else one below the other."""
    return element("div", *(element("div", part) for part in parts if part), class_="columns")
