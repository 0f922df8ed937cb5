"""What works where scikit-learn and SciPy are not installed, and what is told by what needs them."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

ABSENT = ["sklearn", "scikit-learn", "scipy"]  # the package, and what it is installed as
WITHOUT = f"""
from importlib.machinery import PathFinder
spec, distributions = PathFinder.find_spec, PathFinder.find_distributions
PathFinder.find_spec = lambda name, *more: None if name.partition(".")[0] in {ABSENT} else spec(name, *more)
PathFinder.find_distributions = lambda context: () if context.name in {ABSENT} else distributions(context)
"""
COMMANDS = [
    "inspect reviews.csv",
    "fit reviews.csv --target points --kind review=text --members 1 --epochs 2 -o m.selenite",
    "predict m.selenite reviews.csv --coverage .9 -o told.csv",
    "score m.selenite reviews.csv",
    "explain m.selenite reviews.csv --row 2",
    "why m.selenite prediction reviews.csv --row 2",
    "report m.selenite reviews.csv",
    "export m.selenite --to html -o home",
    "export m.selenite --to python -o home",
    "tune reviews.csv --target points --trials 1 --preset fast -o tuned.selenite",
    "diff m.selenite tuned.selenite --on reviews.csv",
    "tutorial 1 --no-picture",
    "play lesson:1 --export lesson.html",
]


@pytest.fixture
def reviews(tmp_path):
    """A file of texts and the points given, on which words have a say."""
    rng = np.random.default_rng(0)
    lines = ["review,age,points"]
    for row in range(130):
        word = rng.choice(["fine", "poor"])
        lines.append(
            f"a {word} evening of music {row},{rng.integers(18, 90)},{5 * (word == 'fine') + rng.normal():.2f}"
        )
    (tmp_path / "reviews.csv").write_text("\n".join(lines) + "\n")


def without(code, folder):
    """Run code where these cannot be imported, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + code], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return done.stdout


def test_the_command_line_and_the_functions_do_without(reviews, tmp_path):
    code = f"""
import sys
import selenite
from selenite.cli import group
for command in {COMMANDS}:
    try: group(command.split())
    except SystemExit as end: assert not end.code, command
fit = selenite.fit("reviews.csv", "points", epochs=2, members=1)
model = selenite.load("m.selenite")
selenite.inspect("reviews.csv"), selenite.score(model, "reviews.csv"), selenite.report(model, "reviews.csv")
assert {{"fit", "load"}} == {{"fit", "load", "SeleniteClassifier", "MLPRegressor"}} & {{*dir(selenite)}}
assert not {{*{ABSENT}}} & {{*sys.modules}}
"""
    without(code, tmp_path)
    assert {"told.csv", "m.html", "home", "lesson.html"} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["SeleniteClassifier", "SeleniteRegressor", "MLPClassifier", "MLPRegressor"])
def test_estimators_name_what_is_missing(name, tmp_path):
    code = f"""
try: from selenite import {name}
except ImportError as error: print(error)
"""
    assert "need scikit-learn: pip install 'selenite[sklearn]'" in without(code, tmp_path)


def test_l_bfgs_names_what_is_missing(tmp_path):
    code = """
import numpy as np
from selenite.nn import Network
from selenite.training import fit_lbfgs
try: fit_lbfgs(Network((1, 1), ("identity",)), np.ones((3, 1)), np.ones((3, 1)))
except ValueError as error: print(error)
"""
    assert without(code, tmp_path) == "L-BFGS needs SciPy: pip install scipy\n"


def test_the_package_asks_for_them_in_an_extra_alone():
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text())["project"]
    core = {requirement.split(">")[0] for requirement in project["dependencies"]}
    assert core == {"numpy", "joblib", "narwhals", "msgspec", "click"}
    extras = project["optional-dependencies"]
    assert {requirement.split(">")[0] for requirement in extras["sklearn"]} == {"scikit-learn", "scipy"}
    assert "sklearn" in extras["all"][0]
