"""A playground running in this process, asked over its socket as a stranger would."""

import re
import threading
import time

import pytest

from in_browser import draw_points, until

pytest.importorskip("starlette", reason="the playground needs starlette: pip install 'selenite[play]'")
pytest.importorskip("uvicorn", reason="the playground needs uvicorn: pip install 'selenite[play]'")

from asking import INSIDE, Visitor
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.play.one_file import PAGE_SCRIPT
from selenite.play.server import Playground
from selenite.table import read_table
from tables_of_tests import pets


@pytest.fixture(scope="session")
def pets_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("pets") / "pets.csv"
    path.write_text(pets())
    return path


@pytest.fixture(scope="session")
def ensemble(pets_file):
    """A model of three networks with an embedding, as `selenite fit` makes one, and its file."""
    settings = Settings(hidden=(20, 8), members=3, epochs=12)
    outcome = fit_and_evaluate(read_table(pets_file), "answer", settings, test_fraction=0.2)
    path = pets_file.with_name("pets.selenite")
    outcome.model.save(path)
    return path


class Seen:
    """A page that is open, with all that it asked for and complained of."""

    def __init__(self, page, playground):
        self.page, self.playground = page, playground
        self.problems, self.asked = [], []
        self.listeners = {
            "console": lambda message: self.problems.append(message.text) if message.type == "error" else None,
            "pageerror": lambda error: self.problems.append(str(error)),
            "request": lambda request: self.asked.append(request.url),
        }
        for event, listener in self.listeners.items():
            page.on(event, listener)

    def open(self, fragment=None):
        address = self.playground.address if fragment is None else f"{self.playground.address.split('#')[0]}#{fragment}"
        self.page.goto(address)
        self.page.wait_for_selector("#figures tbody td", state="attached")
        return self

    def text(self, selector):
        return self.page.text_content(selector)

    def state(self):
        """Return what the page was told last of what stands on it."""
        return self.page.evaluate("inside.store.state")

    def frame(self):
        """Return the last frame."""
        return self.page.evaluate("inside.store.frame")

    def draw_points(self, other):
        """Draw two points of class 0 and two of another on an empty plane."""
        draw_points(self.page, other)

    def until(self, condition, timeout=20, going=lambda: None):
        until(condition, timeout, going)

    def epoch(self):
        return int(re.sub(r"\D", "", self.text("#clock").split("row")[0]) or 0)

    def leave(self):
        """Leave the page, which has complained of nothing and asked nobody else, and close those it stands behind."""
        for other in set(self.page.context.pages) - {self.page}:
            other.close()
        self.page.goto("about:blank")
        self.page.unroute_all()
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)
        assert self.problems == []
        own = (f"http://127.0.0.1:{self.playground.port}/", "blob:", "data:", "about:blank")
        assert [url for url in self.asked if not url.startswith(own)] == []

    def pause(self):
        if "Pause" in self.text("#play"):
            self.page.click("#play")
        self.until(lambda: "Play" in self.text("#play"))


@pytest.fixture
def playground():
    """A playground that serves while the test runs, with a page that tests may ask what it knows."""
    made = Playground()
    content, kind = made.pages[PAGE_SCRIPT]
    made.pages[PAGE_SCRIPT] = content + INSIDE.encode(), kind
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not made.server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield made
    made.server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def visitor(playground):
    return Visitor(playground)


@pytest.fixture
def context(chromium):
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True, reduced_motion="reduce")
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def seen_in(playground):
    """A page of one's own in a browser's context."""
    return lambda context: Seen(context.new_page(), playground)


@pytest.fixture
def seen_by_axe(axe_page, playground):
    """A page that axe may be put into."""
    page = Seen(axe_page, playground)
    yield page.open()
    page.leave()


@pytest.fixture(scope="session")
def tab(chromium):
    """A tab for page after page, each of an origin of its own: a new tab costs as much as a page."""
    context = chromium.new_context(accept_downloads=True, reduced_motion="reduce")  # nothing begins by itself
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def seen(tab, playground):
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.emulate_media(reduced_motion="reduce")
    tab.mouse.move(0, 0)
    page = Seen(tab, playground)
    yield page
    page.leave()
