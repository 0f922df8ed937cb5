"""One palette for the page, its drawings and all pictures."""

import re

from selenite.play.one_file import PAGE
from selenite.plots.style import CLASSES, DOWN, UP, WRONG


def test_one_palette_for_page_pictures_and_drawings():
    script = (PAGE / "palette.js").read_text(encoding="utf-8")
    up, down = re.findall(r'(?:UP|DOWN) = "(#\w{6})"', script)
    rest = re.findall(r'"(#\w{6})"', re.search(r"CLASSES = \[DOWN, UP, (.*)\]", script)[1])
    assert (down, up, *rest) == CLASSES
    assert (up, down) == (UP, DOWN)
    assert f'WRONG = "{WRONG}"' in script
