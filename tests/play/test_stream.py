"""Events to a page: the newest of each kind, in the order in which they came last; no state twice."""

from selenite.play.stream import Page


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
