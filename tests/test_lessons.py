"""The lessons run, print what they show and draw their pictures; `just lessons` draws those in docs again."""

import io
import os
import re
import shutil
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LESSONS = sorted(ROOT.joinpath("docs/lessons").glob("[1-9]*.md"))


def run(lesson: Path) -> list[tuple[str, str]]:
    """Run a lesson's blocks one after the other; return what each printed and what is shown below it."""
    namespace: dict[str, object] = {}
    found = []
    for code, shown in re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", lesson.read_text(), re.DOTALL):
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, lesson.name, "exec"), namespace)
        found.append((printed.getvalue(), shown))
    return found


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_prints_what_it_shows_and_draws_its_pictures(lesson, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    shutil.copytree(ROOT / "tests/data", tmp_path / "tests/data")
    monkeypatch.chdir(tmp_path)
    for printed, shown in run(lesson):
        assert printed == shown
    pictures = set(re.findall(r"!\[[^\]]+\]\((\S+\.png)\)", lesson.read_text()))
    assert pictures == {path.name for path in tmp_path.glob("*.png")}
    assert all(lesson.with_name(name).exists() for name in pictures)


def test_there_are_nine_in_order_and_links_lead_somewhere():
    assert [lesson.name[0] for lesson in LESSONS] == list("123456789")
    for page in [*LESSONS, LESSONS[0].with_name("README.md")]:
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text()):
            assert page.parent.joinpath(link).exists(), (page.name, link)
    for lesson, following in pairwise(LESSONS):
        assert f"({following.name})" in lesson.read_text()


if __name__ == "__main__":
    os.chdir(ROOT)
    for lesson in LESSONS:
        for printed, shown in run(lesson):
            print(lesson.stem, "as shown" if printed == shown else f"prints {printed!r}")
        for picture in ROOT.glob("[1-9]-*.png"):
            picture.replace(lesson.with_name(picture.name))
