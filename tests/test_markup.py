"""HTML from Python: escaped, and in a style that asks for nothing and can be read by day and by night."""

import re
from pathlib import Path

import selenite
from selenite import palette
from selenite.markup import element, joined, name, page
from selenite.plots import style

STYLE = (Path(selenite.__file__).parent / "page.css").read_text()
DAY, NIGHT = (dict(re.findall(r"--([\w-]+): (#\w+)", part)) for part in STYLE.split("prefers-color-scheme: dark"))


def test_text_is_escaped_unless_it_is_markup():
    assert joined("<", element("b", "&")) == "&lt;<b>&amp;</b>"
    assert element("a", "x", href='"') == '<a href="&quot;">x</a>'
    assert name("\u202e<") == "<bdi>\\u202e&lt;</bdi>"
    assert "<title>&lt;i&gt;</title>" in page("<i>", "text")


def test_the_styles_ask_for_nothing():
    for text in (STYLE, Path(selenite.__file__).with_name("reporting").joinpath("report.css").read_text()):
        assert "url(" not in text
        assert "@import" not in text


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(part, 16) / 255 for part in re.findall("..", digits)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Return the contrast of two colours as WCAG 2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_can_be_read_by_day_and_by_night():
    for colours in (DAY, DAY | NIGHT):
        for ground in ("paper", "card"):
            for text in ("ink", "quiet", "up-text", "down-text", "good", "bad"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
            for mark in ("up", "down"):
                assert contrast(colours[mark], colours[ground]) >= 3, (mark, ground)


def test_signs_have_the_colours_of_the_pictures():
    assert (DAY["up"], DAY["down"], DAY["down-text"]) == (
        palette.UP.lower(),
        palette.DOWN.lower(),
        palette.DOWN_TEXT.lower(),
    )
    assert (DAY["ink"], DAY["quiet"]) == (style.INK, style.TICKS)
