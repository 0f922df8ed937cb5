"""The page about the playground runs, and is true."""

from documentation import page, run_python
from selenite.play.points import SETS

PAGE = page("docs/play.md")


def test_its_example_prints_what_it_shows():
    [(printed, shown)] = run_python(PAGE)
    assert printed == shown


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
