"""What is not imported, what is not sent, and how the command line behaves as a process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HEAVY = "{'sklearn', 'scipy', 'pandas', 'matplotlib', 'polars', 'narwhals', 'rich'}"


def python(code, **more):
    """Run code in a fresh interpreter and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120, **more
    ).stdout


def test_import_selenite_imports_next_to_nothing():
    assert python("import sys, selenite; print('numpy' in sys.modules, 'sklearn' in sys.modules)") == "False False\n"


LIGHT = ["nn", "backend", "training", "splits", "table", "model", "explanation.numbers", "explanation.columns"]
LIGHT_COMMANDS = ["tutorial", "inspect", "predict", "score", "explain", "why", "check_gradient", "play"]


def test_the_core_does_not_import_what_is_heavy():
    modules = ", ".join(f"selenite.{name}" for name in LIGHT)
    assert python(f"import sys, {modules}; print({HEAVY} & set(sys.modules))") == "set()\n"


def test_light_commands_do_not_import_what_is_heavy():
    code = (
        f"for name in {LIGHT_COMMANDS}: import_module('selenite.cli.' + name); print(name, *{HEAVY} & {{*sys.modules}})"
    )
    assert python(f"import sys; from importlib import import_module\n{code}").split() == LIGHT_COMMANDS


def test_help_imports_no_numpy():
    code = "import sys; from selenite.cli import group; group(['--help'], standalone_mode=False)"
    assert python(f"{code}; print('numpy' in sys.modules)").endswith("False\n")


@pytest.mark.parametrize(
    "command", [["predict", "m.selenite", "people.csv", "-o", "out.csv"], ["score", "m.selenite", "people.csv"]]
)
def test_a_model_is_used_without_heavy_imports_or_sockets(command, model, people, tmp_path):
    code = f"""
import sys
sys.addaudithook(lambda event, args: sys.exit("socket") if event.startswith("socket.") else None)
from selenite.cli import group
try: group({command})
except SystemExit as end: assert not end.code, end.code
print({HEAVY} & set(sys.modules))
"""
    assert python(code, cwd=tmp_path).endswith("set()\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_ctrl_c_sigterm_and_sighup_save_the_best_so_far(number, code, tmp_path):
    """SIGTERM where Ctrl-C is ignored, too, as it is in a shell's background."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3_000, 10))
    lines = [",".join(f"{v:.3f}" for v in row) + f",{int(row[0] * row[1] > 0)}" for row in X]
    (tmp_path / "t.csv").write_text(",".join([*"abcdefghij", "y"]) + "\n" + "\n".join(lines))
    command = [sys.executable, "-m", "selenite", "fit", "t.csv", "--target", "y", "--epochs", "150"]
    command += ["--hidden", "128,64"]
    ignored = signal.SIGINT if number != signal.SIGINT else signal.SIGUSR1
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(ignored, signal.SIG_IGN),
    )
    assert process.stderr is not None
    assert any("epoch" in line for line in process.stderr)  # a tenth is done
    process.send_signal(ignored)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == code, out
    assert "interrupted after" in out
    assert (tmp_path / "t.selenite").exists()


BEGUN = """
import click, numpy.random, selenite.backend
from selenite.__main__ import main
selenite.backend.get()  # loading C code may swallow a signal
invoke = click.Command.invoke
def told(command, context):
    print("begun", flush=True)
    return invoke(command, context)
click.Command.invoke = told
main()
"""


@pytest.mark.parametrize("arguments", [["tutorial", "3", "--no-picture"], ["inspect", "/dev/stdin"]])
def test_ctrl_c_anywhere_else_is_one_word(arguments, tmp_path):
    command = [sys.executable, "-c", BEGUN, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert (told, process.returncode) == ("interrupted\n", 130)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize("arguments", ["--help", "inspect people.csv", "inspect --help", "tutorial 1 --no-picture"])
def test_a_full_disk_is_one_line(arguments, people, tmp_path):
    command = f"{sys.executable} -m selenite {arguments} > /dev/full"
    done = subprocess.run(command, shell=True, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 74
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


def test_a_terminal_without_the_letters_gets_escapes_and_a_file_gets_the_letters(run, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{i % 2},{'жш'[i % 2]}\n" for i in range(60)))
    run("fit", "t.csv", "--target", "y", "-o", "m", "-q", "--epochs", 2)
    command = f"{sys.executable} -m selenite predict m t.csv -q; {sys.executable} -m selenite score m t.csv"
    latin = os.environ | {"PYTHONIOENCODING": "latin-1"}
    out = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=True, env=latin).stdout
    assert out.startswith("prediction,probability of ж,probability of ш,outside\n".encode())
    assert rb"\u0436" in out


@pytest.mark.parametrize("command", ["predict m.selenite people.csv -q", "inspect wide.csv"])
def test_a_reader_that_leaves_early_is_no_error(command, model, people, tmp_path):
    (tmp_path / "wide.csv").write_text("".join(",".join(f"{k}{j:060}" for j in range(500)) + "\n" for k in "cde"))
    done = subprocess.run(
        f"set -o pipefail; {sys.executable} -m selenite {command} | head -1",
        shell=True,
        executable="/bin/bash",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(("prediction,", "wide.csv"))
    assert done.stderr == ""
