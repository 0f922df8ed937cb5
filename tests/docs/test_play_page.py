"""The page about the playground is true."""

import re

from documentation import ROOT, page
from selenite.nn.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS

SCRIPTS = ROOT.joinpath("src/selenite/play/page")
PAGE = page("docs/play.md")


def test_it_names_every_set():
    text = " ".join(PAGE.split())
    for words in (
        "two moons",
        "disc in a ring",
        "exclusive or",
        "two clouds",
        "two spirals",
        "a sine curve, a cubic curve or a V",
        "three clouds",
        "five people",
    ):
        assert words in text
    sets = SCRIPTS.joinpath("worker/points.js").read_text().partition("export const SETS")[2].partition("\n};")[0]
    assert len(re.findall(r"title:", sets)) == 12


def test_every_control_is_explained_in_a_sentence():
    words = dict(re.findall(r'^  "(.+)": "(.+)",$', SCRIPTS.joinpath("words.js").read_text(), re.MULTILINE))
    words |= {name: ACTIVATIONS[name].words for name in HIDDEN_ACTIVATIONS}
    scripts = "".join(path.read_text() for path in SCRIPTS.glob("*.js"))
    controls = set(re.findall(r'\b(?:field|check)\("([^"]+)"', scripts))
    assert len(controls) > 20
    sets = SCRIPTS.joinpath("worker/points.js").read_text().partition("export const SETS")[2].partition("\n};")[0]
    parts = "".join(re.findall(r'\bviews\("[^\n]*', scripts))
    views = {*re.findall(r'\["[\w-]+", "([^"]+)"\]', parts)}
    assert {"Diagram", "Bent plane", "Curve", "Seeds"} <= views
    buttons = "undo|redo|beside|share|export|theme|twenty"
    index = SCRIPTS.joinpath("index.html").read_text()
    titles = re.findall(rf'<button id="(?:{buttons})"[^>]* title="([^"]*)"', index)
    assert len(titles) == 7
    explained = controls | views | {*re.findall(r'title: "([^"]+)"', sets)}
    assert explained - words.keys() == set()
    assert all(len(sentence) >= len("Light or dark") for sentence in (*words.values(), *titles))


def test_it_says_what_can_be_chosen():
    for name in ("L1 penalty", "Dropout", "Schedule", "Stop below", "discretize", "borders", "Try other rates"):
        assert name.lower() in PAGE.lower()
