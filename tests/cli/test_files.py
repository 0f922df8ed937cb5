"""No result is written over what is read, whatever name it is given."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def files(run, model, people, tmp_path):
    """A table and a model, each also by the name of a link, and a table by the name of a picture."""
    for link, file in (("people.png", "people.csv"), ("m.png", "m.selenite")):
        Path(link).symlink_to(file)
    Path("held.csv").write_bytes(people.read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    "args",
    [
        "fit people.csv --target happy -o people.csv",
        "fit people.csv --target happy -o ./people.csv",
        "fit people.csv --target happy --plot people.png",
        "fit people.csv --target happy --validation held.csv -o held.csv",
        "predict m.selenite people.csv -o people.csv",
        "predict m.selenite people.csv -o m.selenite",
        "predict m.png people.csv -o m.selenite",
        "report m.selenite people.csv -o people.csv",
        "report m.selenite people.csv -o m.selenite",
        "score m.selenite people.csv --plot people.png",
        "score m.selenite people.csv --plot m.png",
        "explain m.selenite people.csv --row 1 --plot people.png",
        "explain m.selenite people.csv --plot m.png",
        "why m.selenite probability people.csv --row 1 -o people.csv",
        "why m.selenite people.csv probability --row 1 -o m.selenite",
        "why m.selenite probability people.csv --row 1 --plot people.png",
    ],
)
def test_what_is_read_is_not_written_over(args, run, files):
    before = {path.name: path.read_bytes() for path in files.iterdir()}
    said = run(*args.split(), code=2)
    assert "cannot be written over" in said.stderr
    assert said.stderr.endswith("which is read; name another file\n")
    assert {path.name: path.read_bytes() for path in files.iterdir()} == before


@pytest.mark.parametrize("args", ["predict m.selenite - -o people.csv", "fit - --target happy -o people.csv"])
def test_nor_is_standard_input(args, files):
    before = (files / "people.csv").read_bytes()
    with (files / "people.csv").open("rb") as stdin:
        said = subprocess.run(
            [sys.executable, "-m", "selenite", *args.split()], stdin=stdin, capture_output=True, check=False, cwd=files
        )
    assert said.returncode == 2
    assert b"cannot be written over standard input, which is read" in said.stderr
    assert (files / "people.csv").read_bytes() == before


@pytest.mark.parametrize(
    "args",
    [
        "fit people.csv --target happy -o new.png --plot ./new.png",
        "why m.selenite probability people.csv --row 1 -o new.png --plot new.png",
    ],
)
def test_two_results_have_two_names(args, run, files):
    assert "cannot be both the picture and the output" in run(*args.split(), code=2).stderr
    assert not Path("new.png").exists()


def test_what_was_written_before_is_written_again(run, files):
    for _ in range(2):
        run("predict", "m.selenite", "people.csv", "-o", "out.csv", "-q")
        run("why", "m.selenite", "probability", "people.csv", "--row", 1, "-o", "why.txt")
    assert Path("out.csv").exists()
    assert Path("why.txt").exists()


def test_links_that_lead_nowhere_are_one_line(run, people, tmp_path):
    for name in ("loop", "loop.png"):
        (tmp_path / name).symlink_to(tmp_path / name)
    for args in ("-o loop", "-o m --plot loop.png", "-o loop --plot loop.png"):
        assert (
            "it is a link, and not to a file" in run("fit", people, "--target", "happy", *args.split(), code=74).stderr
        )
