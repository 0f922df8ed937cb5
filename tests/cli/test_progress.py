"""The bar over all stages: drawn on a terminal, within its width, and gone at the end; nothing of it elsewhere."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from selenite.progress import ProgressBar

pty = pytest.importorskip("pty", reason="a terminal of its own")


def on_a_terminal(*arguments, columns=80):
    """Run `selenite` with its standard error on a terminal; return what is drawn there, and what is printed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "selenite.cli", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": str(columns)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        told = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            told += part
        printed = process.stdout.read().decode()
    os.close(ours)
    assert process.returncode == 0, told
    return told.decode().split("\r\x1b[2K"), printed


@pytest.fixture
def fitted(fitted_to_people, people, tmp_path, monkeypatch):
    """The people beside a model of them, in the folder where the test runs."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(fitted_to_people("--epochs", "2", "--preset", "fast"), tmp_path / "m.selenite")
    return people


COMMANDS = {
    "fit": ("training", "judging the model by folds", "fitting a linear model"),
    "score": ("predicting", "measuring"),
    "explain": ("explaining rows", "shuffling columns", "trying values"),
    "report": ("judging the model", "shuffling columns", "explaining rows", "drawing"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_stage_is_drawn_within_the_width_and_nothing_is_left(fitted, command):
    options = ("--target", "happy", "--epochs", 2, "--preset", "fast") if command == "fit" else ()
    arguments = (command, fitted, *options) if command == "fit" else (command, "m.selenite", fitted)
    drawn, printed = on_a_terminal(*arguments)
    assert drawn[0] == drawn[-1] == ""
    assert drawn[1].startswith("  reading ")
    assert max(map(len, drawn)) < 80
    assert printed
    assert max(map(len, printed.splitlines()[1:-2]), default=0) <= 80  # but for lines with files' names
    numbers = [re.match(r"  \[[#-]{10}\] stage (\d) of (\d): ([a-z ]+)", line) for line in drawn]
    stages = dict.fromkeys((found[3].strip(), int(found[1]), int(found[2])) for found in numbers if found)
    n = len(COMMANDS[command])
    assert [*stages] == [(stage, k + 1, n) for k, stage in enumerate(COMMANDS[command])]


@pytest.mark.parametrize("command", ["score", "explain", "report"])
def test_off_a_terminal_nothing_is_drawn(run, fitted, command):
    assert run(command, "m.selenite", fitted).stderr == ""


def test_off_a_terminal_fit_writes_a_line_where_a_tenth_more_is_done(run, people):
    fit = ("fit", people, "--target", "happy", "--preset", "fast", "--epochs", 2)
    lines = run(*fit).stderr.splitlines()
    assert 3 <= len(lines) <= 10
    assert all(re.match(r"  \[[#-]{10}\] stage \d of \d: ", line) for line in lines)
    assert run(*fit, "--quiet").stderr == ""


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_a_line_is_cut_between_its_parts(width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    details = ("epoch 1,234 of 5,678", "6 networks of 256,128", "loss 0.123456789 (validation 0.123456789)")
    with ProgressBar() as bar:
        bar.expect("training", "judging")
        bar.begin("training")
        bar.drawn = 0.0  # as if some time had passed
        bar.done(0.5, *details)
    line = capsys.readouterr().err.split("\r\x1b[2K")[2]
    assert len(line) < min(width, 80)
    if width < 60:
        assert line == "  [##--------] stage 1 of …"
    else:
        shown = line.removeprefix("  [##--------] stage 1 of 2: training").split(", ")[1:]
        assert shown
        assert set(shown) <= set(details)
