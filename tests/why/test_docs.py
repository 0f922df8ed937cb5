"""The page about why: its commands print what it shows, and its Python runs."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from selenite.cli import group

ROOT = Path(__file__).parents[2]
PAGE = ROOT.joinpath("docs/why.md").read_text()


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """An empty folder with the repository's small data."""
    shutil.copytree(ROOT / "tests/data", tmp_path / "tests/data")
    monkeypatch.chdir(tmp_path)


def test_commands_print_what_is_shown(clone):
    commands = [
        command
        for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
        for command in re.split(r"^\$ selenite ", block, flags=re.MULTILINE)[1:]
    ]
    assert len(commands) == 4
    for command in commands:
        line, *shown = command.splitlines()
        result = CliRunner().invoke(group, shlex.split(line), prog_name="selenite")
        assert result.exit_code == 0, result.output
        for text in shown:
            if text != "...":
                assert text in result.output.splitlines()


def test_python_runs_and_prints_what_is_shown(capsys):
    namespace = {}
    first, second = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(first, namespace)
    assert capsys.readouterr().out == re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1]
    exec(second, namespace)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("loss ")
    assert all(line.endswith("True") for line in lines)
