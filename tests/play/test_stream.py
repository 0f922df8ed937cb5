"""Events to a page: the newest of each kind, in the order in which they came last; no state twice."""

import time

from selenite.play.settings import Settings
from selenite.play.stream import Page
from selenite.play.verbs import change
from selenite.play.workbench import Workbench


def test_what_is_newer_comes_later_whatever_its_kind():
    page = Page()
    for name, content in (("frame", b"1"), ("state", b"2"), ("frame", b"3")):
        page.put(name, content)
    assert list(page.pending.items()) == [("state", b"2"), ("frame", b"3")]


def test_a_state_that_is_known_is_not_told_again():
    page, told = Page(), []
    for content in (b"1", b"1", b"2", b"1"):
        page.put("state", content)
        told.append(page.pending.pop("state", None))
    assert told == [b"1", None, b"2", b"1"]


def test_a_state_never_comes_alone():
    told = []
    bench = Workbench(lambda name, content: told.append(name))
    change(bench, Settings(data="clouds", rows=2000))  # so many rows that a network is compared with in its own time
    deadline = time.monotonic() + 20
    while "linear" not in bench.baseline and time.monotonic() < deadline:
        time.sleep(0.01)
    with bench.lock:
        assert told == ["state", "frame", "detail"]
