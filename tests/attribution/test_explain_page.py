"""The page about explaining predictions runs, and shows what is printed."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from selenite.cli import group

ROOT = Path(__file__).parents[2]
PAGE = ROOT.joinpath("docs/explain.md").read_text()


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """An empty folder with the repository's small data."""
    shutil.copytree(ROOT / "tests/data", tmp_path / "tests/data")
    monkeypatch.chdir(tmp_path)


def call(line):
    result = CliRunner().invoke(group, shlex.split(line), prog_name="selenite")
    assert result.exit_code == 0, result.output
    return result.output


def test_the_python_runs(clone, capsys):
    namespace = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, namespace)
    printed = capsys.readouterr().out.splitlines()
    assert printed[8] == "True"
    assert len(printed) == 12


def test_the_commands_print_what_is_shown(clone):
    pytest.importorskip("matplotlib")
    call("fit tests/data/pima_diabetes.csv --target target -o diabetes.selenite -q --epochs 5")
    block = re.search(r"```console\n(.*?)```", PAGE, re.DOTALL)[1]
    commands = re.split(r"^\$ selenite ", block, flags=re.MULTILINE)[1:]
    assert len(commands) == 3
    for command in commands:
        line, *shown = command.splitlines()
        output = call(line).splitlines()
        assert all(text in output for text in shown if text != "...")
    assert Path("report.html").stat().st_size > 100_000
