"""The playground as one file takes a link with it; how it learns and answers is in worker/test_inside.py."""

import re

import pytest

from in_browser import until
from selenite.play.one_file import one_file

MOST_BYTES = 1_500_000
NOISY = "1.eNqrVipOLSnJzEsvVrJSqFYqyi8HMUwMdBSU8vIzi1OBHAM949paAA11DGY"  # 40 moons with a noise of 0.3


@pytest.fixture
def opened(offline_page, tmp_path):
    """Opens the file that a link goes into, in a browser without a network."""

    def page(link="", motion="reduce"):
        path = tmp_path / "playground.html"
        path.write_text(one_file(link), encoding="utf-8")
        offline_page.emulate_media(reduced_motion=motion)
        offline_page.goto(path.as_uri())
        offline_page.wait_for_selector("#figures tbody td", state="attached")
        return offline_page

    return page


def test_it_begins_by_itself_where_nothing_else_is_asked_for(opened):
    learning = opened(motion="no-preference")
    until(lambda: "0 of 100 points wrong" in learning.text_content("#summary"))
    assert "It is learning" in learning.text_content("#intro")
    learning.click("#play")
    until(lambda: "Press Play" in learning.text_content("#intro"))
    for asked in ({"motion": "reduce"}, {"link": "lesson=2", "motion": "no-preference"}):
        waits = opened(**asked)
        waits.wait_for_function("() => document.querySelectorAll('.tile canvas').length")
        assert waits.text_content("#clock") == "epoch 0"
        assert "Play" in waits.text_content("#play")


def test_a_lesson_goes_into_it(opened):
    page = opened("lesson=part2")
    until(lambda: page.input_value("#lesson") == "part2")
    page.click(".unit >> nth=2")
    page.wait_for_selector("#why-box .formula")
    assert "the article: ah1 = " in page.text_content("#why-box")


def test_its_points_are_those_of_the_page(opened):
    page = opened(NOISY)
    until(lambda: "40 rows" in page.text_content("#intro"))
    assert "0.87202" in page.text_content("#row-box")  # 1 - 0.3 times the first normal number of seed 0


def test_it_is_small_and_names_no_other_place():
    text = one_file("lesson=part1")
    assert len(text.encode()) < MOST_BYTES
    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}
