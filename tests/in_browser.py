"""What several tests do with a page in the browser."""

import time

import pytest

AXE = """([within, options]) => axe.run(within ?? document, options)
  .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))"""
OF_COLOURS = ("color-contrast", "link-in-text-block")  # rules of axe, the only ones that the theme decides on


def until(condition, seconds=20, going=lambda: None):
    """Wait for a condition; anew whenever what goes on, such as an epoch, is another: a busy machine is slow."""
    was, end = going(), time.monotonic() + seconds
    while not condition():
        if (now := going()) != was:
            was, end = now, time.monotonic() + seconds
        assert time.monotonic() < end, "the page did not get there in time"
        time.sleep(0.05)


def draw_points(page, other):
    """Draw two points of class 0 and two of another on the playground's empty plane."""
    page.click("input[value=drawn]")
    page.wait_for_selector("#drawing button")
    page.wait_for_selector("#start-here:has-text('Click to put the first point')")
    box = page.query_selector("#surface").bounding_box()
    for i, (x, y) in enumerate(((0.2, 0.2), (0.3, 0.25), (0.8, 0.7), (0.7, 0.8))):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        time.sleep(0.2)
        if i == 1:
            page.click(f"input[name=brush] >> nth={other}")
    until(lambda: "4 points wrong" in page.text_content("#summary"))


def violations(page, within=None, **options):
    """Return what axe finds in a page or a part of it: each rule, and the elements that break it."""
    axe = pytest.importorskip("axe_playwright_python.base", reason="no axe: accessibility was NOT tested")
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.AXE_SCRIPT)
    return page.evaluate(AXE, [within, {"resultTypes": ["violations"], **options}])


def assert_accessible(page, within=None, themes=("dark", "light")):
    """Ask axe of a page or a part of it: of its colours in some themes, of all else once; the page is left by day.

    Colours take axe most of its time. Where the same parts stand in another place, their colours need not be asked of.
    """
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        assert violations(page, within, runOnly={"type": "rule", "values": OF_COLOURS}) == [], theme
    page.emulate_media(color_scheme="light")
    found = violations(page, within, rules={rule: {"enabled": False} for rule in OF_COLOURS})
    assert not found, f"{found}"
