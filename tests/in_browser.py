"""What several tests do with a page in the browser."""

import time


def until(condition, seconds=20):
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not condition():
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
