"""The documentation as pages: links hold, and in a lesson the run beside the text learns as the reader scrolls."""

import re
import runpy
from html.parser import HTMLParser

import pytest

from documentation import ROOT
from in_browser import until

pytest.importorskip("markdown_it")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    runpy.run_path(str(ROOT / "docs/site/build.py"))["build"](folder)
    return folder


class Places(HTMLParser):
    """What a page refers to, and the names of its parts."""

    def __init__(self, text):
        super().__init__()
        self.goals, self.names = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.goals += [attributes[name] for name in ("href", "src") if name in attributes]
        self.names.add(attributes.get("id"))


def test_links_pictures_and_frames_lead_to_what_is_in_the_folder(site):
    pages = {path: Places(path.read_text(encoding="utf-8")) for path in site.rglob("*.html") if path.parent != site}
    pages[site / "index.html"] = Places((site / "index.html").read_text(encoding="utf-8"))
    assert len(pages) > 20
    for path, page in pages.items():
        for goal in page.goals:
            if goal.startswith("http"):
                continue
            file, _, name = goal.partition("#")
            other = (path.parent / file).resolve() if file else path
            assert other.is_file(), (path.name, goal)
            assert site in other.parents
            if name and other in pages:
                assert name in pages[other].names, (path.name, goal)


def test_each_lesson_has_its_run_once_and_the_way_to_the_next(site):
    lessons = sorted(site.glob("docs/lessons/[0-9]*.html"), key=lambda path: int(path.name.split("-")[0]))
    assert len(lessons) == 10
    for i, path in enumerate(lessons, 1):
        text = path.read_text(encoding="utf-8")
        runs = re.findall(r'<figure class="run" data-run="([^"]*)"><img ', text)  # the picture stays without scripts
        assert runs == [f"../../playground.html#lesson={i}", *["../../playground.html#lesson=3&view=bent"] * (i == 3)]
        assert all(f'href="{other.name}"' in text for other in lessons)


@pytest.fixture
def lesson(site, offline_page):
    """A lesson in a browser of a width without a network."""

    def at(width):
        offline_page.set_viewport_size({"width": width, "height": 800})
        offline_page.emulate_media(reduced_motion="no-preference")
        offline_page.goto((site / "docs/lessons/3-hidden-layer.html").as_uri())
        return offline_page

    return at


def run_of(page, place):
    """Return the run that has begun in a page's figure."""
    run = page.wait_for_selector(f"iframe >> nth={place - 1}", state="attached").content_frame()
    run.wait_for_selector("#unit-1-0", state="attached")
    return run


def epoch(run):
    return int(run.text_content("#clock").removeprefix("epoch ").replace(",", "") or 0)


def scroll(page, share):
    page.evaluate(f"scrollTo(0, {share} * (document.documentElement.scrollHeight - innerHeight))")


def test_the_run_follows_the_text_until_the_reader_takes_it(lesson):
    page = lesson(1280)
    run = run_of(page, 1)  # at once: it stands beside the text
    assert len(page.frames) == 2  # the next waits until it is near
    scroll(page, 1)
    until(lambda: epoch(run) == 2000, 30)
    bent = run_of(page, 2)
    until(lambda: epoch(bent) == 2000, 30)
    bent.wait_for_selector("#bent-canvas")
    assert [page.is_visible(f".run >> nth={i}") for i in range(2)] == [False, True]
    until(lambda: "0.00" in run.text_content("#losses"), 30)  # as the text says, 0.01
    scroll(page, 0.5)
    until(lambda: 40 <= epoch(run) <= 50, 30)  # on a logarithmic scale
    run.click("#unit-1-0")
    run.wait_for_selector("#why-box .formula")
    at = epoch(run)
    scroll(page, 1)
    page.wait_for_timeout(300)
    assert epoch(run) == at
    scroll(page, 0.5)
    page.click(".run.now button")
    scroll(page, 1)
    until(lambda: epoch(run) == 2000, 30)


def test_on_a_telephone_the_run_stands_in_the_text(lesson):
    page = lesson(390)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert len(page.frames) == 1
    page.query_selector(".run").scroll_into_view_if_needed()
    run = run_of(page, 1)
    until(lambda: epoch(run) > 100, 30)
