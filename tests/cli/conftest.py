"""The command line as a user calls it, in this process: quick, with exit code and both streams."""

import shutil
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner

from selenite.cli import group


@pytest.fixture(autouse=True)
def quick(short_linear_models):
    """Fit quickly: how good the linear model beside is, no command decides."""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call `selenite` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*args, code=0, stdin=None):
        result = CliRunner().invoke(group, [str(arg) for arg in args], input=stdin, prog_name="selenite")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return call


def write_people(path):
    """Write 200 rows with text, gaps and an id; `happy` depends on pets and garden."""
    rng = np.random.default_rng(5)
    lines = ["id,age,pets,garden,happy"]
    for row in range(200):
        age = "" if rng.random() < 0.1 else str(rng.integers(18, 90))
        pets, garden = rng.choice(["cat", "dog", "none"]), rng.choice(["yes", "no"])
        lines.append(f"{1000 + row},{age},{pets},{garden},{'yes' if (pets == 'dog') == (garden == 'yes') else 'no'}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def people(tmp_path):
    """A file of 200 people, some of them happy."""
    return write_people(tmp_path / "people.csv")


@pytest.fixture
def sales(tmp_path):
    """A file of 250 rows with gaps, categories and dates; the price is a product, the kind a class of three."""
    rng = np.random.default_rng(0)
    lines = ["age,town,since,kind,price"]
    for _ in range(250):
        age, town = rng.integers(18, 90), rng.choice(["Rome", "Oslo", "Bonn"])
        day = np.datetime64("2020-01-01") + int(rng.integers(900))
        price = np.exp(3 + 0.03 * age + (town == "Rome") + 0.2 * rng.normal())
        kind = "abc"[int(age > 50) + int(town == "Oslo")]
        lines.append(
            f"{'' if rng.random() < 0.1 else age},{town if rng.random() < 0.9 else ''},{day},{kind},{price:.2f}"
        )
    (tmp_path / "sales.csv").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def fitted_to_people(tmp_path_factory):
    """Fit the people's happiness with some options, once for all tests that only need a model; return its file."""
    folder = tmp_path_factory.mktemp("fitted")
    table = str(write_people(folder / "people.csv"))

    @cache
    def fit(*options):
        path = folder / f"{'_'.join(options)}.selenite"
        command = ["fit", table, "--target", "happy", "-q", "-o", str(path), *options]
        result = CliRunner().invoke(group, command, prog_name="selenite")
        assert result.exit_code == 0, result.output
        return path

    return fit


@pytest.fixture
def model(fitted_to_people, people, tmp_path):
    """The people beside `m.selenite`, fitted to them and barely trained."""
    return shutil.copy(fitted_to_people("--epochs", "2", "--members", "1"), tmp_path / "m.selenite")
