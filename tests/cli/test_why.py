"""`selenite why`: addresses, files, options, formats, and what is refused."""

import json
import shlex
import shutil
from pathlib import Path

import pytest

import selenite
from selenite.table import read_table


@pytest.fixture
def happy(fitted_to_people, people, tmp_path):
    shutil.copy(fitted_to_people("--epochs", "2", "--hidden", "6,4"), tmp_path / "m")


def test_the_tutorials_chain_is_opened_to_the_inputs(run):
    out = run("why", "tutorial:2", "hidden1.weights[1,1].update", "--digits", 8).output
    assert out.startswith("hidden1.weights[1,1].update = 0.87733166   the new value, +0.0887861 from the old one\n")
    assert [f"equation {n}" in out for n in range(1, 10)] == [True] * 9
    assert "92 others" in out
    assert "NOT add up" not in out


def test_the_tutorial_names_a_question_that_is_answered(run):
    said = run("tutorial", "1", "--no-picture").output
    assert "selenite play tutorial:1" in said
    asked = shlex.split(said.partition("Next: selenite ")[2].partition("\n")[0])
    assert run(*asked).output.startswith("output.weights[1,1].update = ")


def test_depth_breadth_terms_row_and_epoch(run):
    def headings(*options):
        out = run("why", "tutorial:2", "row3.output.z", *options).output
        return [line.split(" = ")[0] for line in out.splitlines() if line and not line.startswith(" ")]

    assert headings("--depth", 1) == ["row3.output.unit1.z"]
    assert len(headings("--depth", 2)) == 2
    assert len(headings("--depth", 2, "--breadth", 3)) == 4
    assert len(headings("--depth", "all", "--breadth", 9)) == 9
    assert "2 others" in run("why", "tutorial:2", "row3.output.z", "--terms", 2, "--depth", 1).output
    begun = run("why", "tutorial:2", "output.z", "--row", 3, "--depth", 1).output
    assert (
        begun.splitlines()[0].split(" = ")[1]
        != run("why", "tutorial:2", "output.z", "--row", 3, "--depth", 1, "--epoch", 5)
        .output.splitlines()[0]
        .split(" = ")[1]
    )


def test_a_model_and_a_table_in_either_order(run, happy):
    asked = ("--row", 17, "--digits", "all")
    first = run("why", "m", "probability[yes]", "people.csv", *asked).output
    assert first == run("why", "m", "people.csv", "probability[yes]", *asked).output
    probability = selenite.load("m").predict_proba(read_table("people.csv"))[16, 1]
    assert first.startswith(f"probability[yes] = {probability!s}   of class yes\n")
    everything = run("why", "m", "probability", "people.csv", "--row", 17, "--depth", "all").output
    assert "column " in everything


def test_json_latex_html_and_a_file(run, happy):
    options = ("why", "m", "member1.hidden1.unit2.z", "people.csv", "--row", 4)
    tree = json.loads(run(*options, "--json").output)
    assert tree["check"]["holds"]
    assert tree["terms"][0]["factors"][1]["opened"]["address"].startswith("member1.feature[")
    assert run(*options, "--latex").output.startswith(r"\begin{align*}")
    result = run(*options, "--html", "-o", "why.html")
    assert "written to why.html" in result.stderr
    assert Path("why.html").read_text().startswith("<!DOCTYPE html>")


def test_updates_by_another_optimizer(run, happy):
    options = ("why", "m", "member1.output.biases[1].update", "people.csv", "--depth", 1, "--optimizer", "sgd")
    tree = json.loads(run(*options, "--learning-rate", 0.5, "--momentum", 0.9, "--json").output)
    assert {term["label"] for term in tree["terms"]} == {"old", "velocity"}
    out = run("why", "tutorial:2", "output.weights[1,1].update", "--optimizer", "adam", "--row", 2, "--depth", 2).output
    assert "mean_square" in out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("m", "probability"), 2, "say which rows: selenite why m ADDRESS TABLE --row 1"),
        (("m", "probability", "people.csv"), 2, "or take a row alone with row=1 (--row 1)"),
        (("m", "member1.hidden1.unit2.y", "people.csv", "--row", 1), 2, "hidden1 has unit1 to unit6"),
        (("tutorial:2", "loss", "people.csv"), 2, "has rows of its own"),
        (("tutorial:9", "loss"), 2, "the tutorial has no network '9'"),
        (("tutorial:2", "loss", "--depth", "deep"), 2, "a number of levels, at least 1, or all"),
        (("tutorial:2", "loss", "--digits", "0"), 2, "--digits 0: give a number of digits, at least 1, or all"),
        (("m", "probability", "people.csv", "--row", 999), 2, "the rows at hand are 1 to 200"),
        (("m", "probability", "people.csv", "--row", 1, "-o", "no/where"), 74, "there is no folder"),
        (("people.csv", "probability", "m", "--row", 1), 5, "people.csv"),
    ],
)
def test_what_is_refused(run, happy, arguments, code, message):
    assert message in run("why", *arguments, code=code).output


def test_an_answer_can_be_drawn(run, happy, people):
    pytest.importorskip("matplotlib")
    run("why", "tutorial:2", "hidden1.unit1.z", "--row", 1, "--plot", "network.png")
    run("why", "m", "probability", people, "--row", 1, "--plot", "bars.png", "--json")
    assert all(Path(name).read_bytes()[:4] == b"\x89PNG" for name in ("network.png", "bars.png"))
