"""The page about the playground runs, and is true."""

import re
from pathlib import Path

from selenite.play.points import SETS

PAGE = Path(__file__).parents[2].joinpath("docs/play.md").read_text()


def test_its_example_prints_what_it_shows(capsys):
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], {})
    assert capsys.readouterr().out == re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1]


def test_it_names_every_set():
    text = " ".join(PAGE.split())
    for words in (
        "two moons",
        "disc in a ring",
        "exclusive or",
        "two clouds",
        "two spirals",
        "three clouds",
        "five people",
    ):
        assert words in text
    assert len(SETS) == 9
