"""Pages of the documentation as tests take them: their examples run, and what is printed beside what is shown."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from selenite.cli import group

ROOT = Path(__file__).parents[2]


def page(name):
    """Return a page's text."""
    return ROOT.joinpath(name).read_text()


def go_to_clone(tmp_path, monkeypatch):
    """Go to an empty folder with the repository's small data."""
    shutil.copytree(ROOT / "tests/data", tmp_path / "tests/data")
    monkeypatch.chdir(tmp_path)


def run_python(text, name="page"):
    """Run a page's blocks one after the other; return what each printed and what is shown right below it."""
    namespace, found = {}, []
    for code, shown in re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", text, re.DOTALL):
        printed = StringIO()
        with redirect_stdout(printed):
            exec(compile(code, name, "exec"), namespace)
        found.append((printed.getvalue(), shown))
    return found


def call(line):
    """Call a command that succeeds; return its output."""
    result = CliRunner().invoke(group, shlex.split(line), prog_name="selenite")
    assert result.exit_code == 0, result.output
    return result.output


def call_tool(line):
    """Call a command of another program that is there, and succeeds; return its output."""
    tool = shlex.split(line)[0]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    if shutil.which(tool, path=environment["PATH"]) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{tool} is not here")
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_commands(text):
    """Call a page's commands, whose output has every line that is shown; return how many there are."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    commands = [command for block in blocks for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    for command in commands:
        line, *shown = command.splitlines()
        of_selenite = line.startswith("selenite ")
        output = (call(line.removeprefix("selenite ")) if of_selenite else call_tool(line)).splitlines()
        missing = [text for text in shown if text != "..." and text not in output]
        assert not missing, (line, missing)
    return len(commands)


def refuse_dead_links(text, folder):
    """Raise if a link to a file leads nowhere."""
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert folder.joinpath(link).exists(), link
