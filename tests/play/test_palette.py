"""One palette for the page, its drawings and all pictures."""

import re
from pathlib import Path

import selenite.markup
from selenite.palette import CLASSES, DOWN, UP, WRONG
from selenite.play.one_file import PAGE


def test_one_palette_for_page_pictures_and_drawings():
    script = (PAGE / "palette.js").read_text(encoding="utf-8")
    pages = Path(selenite.markup.__file__).with_name("page.css").read_text(encoding="utf-8")
    up, down = re.findall(r'(?:UP|DOWN) = "(#\w{6})"', script)
    rest = re.findall(r'"(#\w{6})"', re.search(r"CLASSES = \[DOWN, UP, (.*)\]", script)[1])
    assert (down, up, *rest) == CLASSES
    assert (up, down) == (UP, DOWN)
    assert f'WRONG = "{WRONG}"' in script
    assert f"--up: {UP}; --down: {DOWN}".lower() in pages  # of reports and of why, by day
