"""The lessons run, print what they show and draw their pictures; `just docs` draws those in docs again."""

import os
import re
from itertools import pairwise

import pytest

from documentation import ROOT, go_to_clone, refuse_dead_links, run_python

LESSONS = sorted(ROOT.joinpath("docs/lessons").glob("[1-9]*.md"), key=lambda page: int(page.stem.split("-")[0]))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_prints_what_it_shows_and_draws_its_pictures(lesson, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    go_to_clone(tmp_path, monkeypatch)
    for printed, shown in run_python(lesson.read_text(), lesson.name):
        assert printed == shown
    pictures = set(re.findall(r"!\[[^\]]+\]\((\S+\.png)\)", lesson.read_text()))
    assert pictures == {path.name for path in tmp_path.glob("*.png")}
    assert all(lesson.with_name(name).exists() for name in pictures)


def test_they_are_in_order_and_links_lead_somewhere():
    assert [lesson.stem.split("-")[0] for lesson in LESSONS] == [str(i + 1) for i in range(10)]
    for page in [*LESSONS, LESSONS[0].with_name("README.md")]:
        refuse_dead_links(page.read_text(), page.parent)
    for i, lesson in enumerate(LESSONS, 1):
        assert f"`selenite play lesson:{i}`" in lesson.read_text()
    for lesson, following in pairwise(LESSONS):
        assert f"({following.name})" in lesson.read_text()


if __name__ == "__main__":
    os.chdir(ROOT)
    for lesson in LESSONS:
        for printed, shown in run_python(lesson.read_text(), lesson.name):
            print(lesson.stem, "as shown" if printed == shown else f"prints {printed!r}")
        for picture in ROOT.glob("[1-9]*-*.png"):
            picture.replace(lesson.with_name(picture.name))
