"""A playground running in this process, asked over its socket as a stranger would."""

import http.client
import json
import re
import threading
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("starlette", reason="the playground needs starlette: pip install 'selenite[play]'")
pytest.importorskip("uvicorn", reason="the playground needs uvicorn: pip install 'selenite[play]'")

from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.play.server import Playground
from selenite.table import read_table


def pets(rows=240, seed=3):
    """A table of text, numbers and gaps whose answer hangs on age and pet."""
    rng = np.random.default_rng(seed)
    lines = ["age,pet,income,answer"]
    for _ in range(rows):
        age, pet = int(rng.integers(18, 90)), rng.choice(["cat", "dog", "owl"])
        income = "" if rng.random() < 0.1 else f"{rng.normal(30, 9):.2f}"
        lines.append(f"{age},{pet},{income},{'yes' if (age > 50) != (pet == 'owl') else 'no'}")
    return "\n".join(lines) + "\n"


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


class Visitor:
    """Asks a playground."""

    def __init__(self, playground):
        self.playground = playground

    def request(self, method, path, body=None, **headers):
        """Return status, headers and body; a header of value None is left out."""
        usual = {"Host": f"127.0.0.1:{self.playground.port}", "X-Selenite-Token": self.playground.token}
        if body is not None:
            usual["Content-Type"] = "application/json"
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.playground.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        for name, value in {**usual, **named}.items():
            if value is not None:
                connection.putheader(name, value)
        if body is not None and "Content-Length" not in named:
            connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def call(self, verb, **message):
        """Ask a verb; return its result."""
        status, _, body = self.request("POST", f"/api/{verb}", message)
        found = json.loads(body)
        assert (status, list(found)) == (200, ["result"]), body
        return found["result"]

    def refused(self, verb, **message):
        """Ask what is refused; return the reason."""
        status, _, body = self.request("POST", f"/api/{verb}", message)
        assert status == 200, body
        found = json.loads(body)
        assert list(found) == ["error"]
        return found["error"]

    def state(self):
        """Return all that the page is told."""
        return json.loads(self.request("GET", "/api/state")[2])

    def wait(self, going_on, every=0.02):
        """Wait as long as something is so, 20 seconds at the most."""
        deadline = time.monotonic() + 20
        while going_on(self.state()) and time.monotonic() < deadline:
            time.sleep(every)

    def change(self, **changes):
        self.call("change", settings={**self.state()["state"]["settings"], **changes})

    def opened(self, path):
        """Drop a file that can be opened."""
        status, _, body = self.upload(path)
        assert (status, list(json.loads(body))) == (200, ["result"]), body

    def upload(self, path):
        return self.request(
            "POST",
            "/api/file",
            Path(path).read_bytes(),
            content_type="application/octet-stream",
            x_selenite_name=path.name,
        )


class Seen:
    """A page that is open, with all that it asked for and complained of."""

    def __init__(self, page, playground):
        self.page, self.playground = page, playground
        self.problems, self.asked = [], []
        page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self, fragment=None):
        address = self.playground.address if fragment is None else f"{self.playground.address.split('#')[0]}#{fragment}"
        self.page.goto(address)
        self.page.wait_for_selector("#figures tbody td", state="attached")
        return self

    def text(self, selector):
        return self.page.text_content(selector)

    def draw_points(self, other):
        """Draw two points of class 0 and two of another on an empty plane."""
        page = self.page
        page.click("input[value=drawn]")
        page.wait_for_selector("#drawing button")
        page.wait_for_selector("#start-here:has-text('Click to put the first point')")
        box = page.query_selector("#surface").bounding_box()
        for i, (x, y) in enumerate(((0.2, 0.2), (0.3, 0.25), (0.8, 0.7), (0.7, 0.8))):
            page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
            time.sleep(0.2)
            if i == 1:
                page.click(f"input[name=brush] >> nth={other}")
        self.until(lambda: "4 points wrong" in self.text("#summary"))

    def until(self, condition, timeout=20):
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, "the page did not get there in time"
            time.sleep(0.05)

    def epoch(self):
        return int(re.sub(r"\D", "", self.text("#clock").split("row")[0]) or 0)

    def pause(self):
        if "Pause" in self.text("#play"):
            self.page.click("#play")
        self.until(lambda: "Play" in self.text("#play"))


@pytest.fixture
def playground():
    """A playground that serves while the test runs."""
    made = Playground()
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
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def seen_in(playground):
    """A page of one's own in a browser's context."""
    return lambda context: Seen(context.new_page(), playground)


@pytest.fixture
def seen(context, playground):
    page = Seen(context.new_page(), playground)
    yield page
    assert page.problems == []
    assert [
        url for url in page.asked if not url.startswith((f"http://127.0.0.1:{playground.port}/", "blob:", "data:"))
    ] == []
