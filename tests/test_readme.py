"""The README's examples run, and the commands print what it shows."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from selenite.cli import group

README = Path(__file__).parents[1].joinpath("README.md").read_text()


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """An empty folder with the repository's small data."""
    shutil.copytree(Path(__file__).parent / "data", tmp_path / "tests/data")
    monkeypatch.chdir(tmp_path)


def test_python_examples_run(clone, capsys):
    namespace = {}
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(block, namespace)
    assert len(capsys.readouterr().out.splitlines()) >= 4


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_page_of_the_mlp_estimators_runs_and_shows_what_it_prints(capsys):
    namespace, page = {}, Path(__file__).parents[1].joinpath("docs/mlp.md").read_text()
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, namespace)
    printed = capsys.readouterr().out.splitlines()
    shown = re.search(r"```text\n(.*?)```", page, re.DOTALL)[1].splitlines()
    assert [line.partition(":")[0] for line in printed[2:]] == [line.partition(":")[0] for line in shown]
    assert printed[2] == shown[0]
    assert float(printed[1].split()[1]) < 0.01


def test_the_page_of_the_recipe_runs(capsys):
    page = Path(__file__).parents[1].joinpath("docs/accuracy.md").read_text()
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], {})
    assert capsys.readouterr().out.startswith("<Model of 'target', 6 times 6-128-64-1 relu")


def test_commands_print_what_is_shown(clone):
    block = next(block for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL))
    commands = re.split(r"^\$ selenite ", block, flags=re.MULTILINE)[1:]
    assert len(commands) == 4
    for command in commands:
        line, *shown = command.splitlines()
        result = CliRunner().invoke(group, shlex.split(line), prog_name="selenite")
        assert result.exit_code == 0, result.output
        for text in shown:
            if text != "...":
                assert text in result.output.splitlines()


def test_links_lead_somewhere():
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert Path(__file__).parents[1].joinpath(link).exists(), link
