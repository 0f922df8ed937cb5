"""How commands end: a line and an exit code, whatever happens, and nothing left behind."""

import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow
import pytest

from selenite import errors
from selenite.cli import COMMANDS
from selenite.errors import EXIT_CODES, SeleniteError

DOCS = Path(__file__).parents[2] / "docs"
SELENITE = f"{sys.executable} -m selenite"


def shell(command, folder, **more):
    return subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, timeout=120, **more)


def test_every_error_has_a_code_and_the_page_has_them_all():
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, SeleniteError)]
    for one in {*classes} - {SeleniteError}:
        assert one.exit_code in EXIT_CODES, one
    table = re.findall(r"^\| (\d+) \| (.*) \|$", (DOCS / "exit-codes.md").read_text(), flags=re.M)
    assert {int(code): meaning for code, meaning in table} == EXIT_CODES


def test_the_help_has_them_all(run):
    told = " ".join(run("--help").stdout.split())
    assert all(f"{code} {meaning}" in told for code, meaning in EXIT_CODES.items())


@pytest.mark.parametrize(
    ("happening", "code", "words"),
    [
        (MemoryError(), 71, "there is too little memory. Take fewer"),
        (MemoryError("Unable to allocate 32.0 GiB"), 71, "too little memory: Unable to allocate 32.0 GiB"),
        (pyarrow.ArrowMemoryError("malloc of size 8589934592 failed"), 71, "malloc of size 8589934592"),
        (pyarrow.ArrowInvalid("bad\x1b[31m bytes"), 3, r"the table cannot be read: bad\x1b[31m bytes"),
        (pyarrow.ArrowKeyError("x"), 3, "the table cannot be read"),
        (OSError(errno.EIO, "Input/output error"), 74, "Input/output error"),
        (OSError(errno.EMFILE, "Too many open files", "m\x1b"), 74, r"m\x1b: Too many open files"),
        (OSError(errno.ENAMETOOLONG, "File name too long", b"\xff"), 74, r"\xff: File name too long"),
        (OSError("without a number"), 74, "without a number"),
        (ImportError("libscipy_openblas.so: failed to map segment from shared object"), 71, "too little memory for"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_what_may_happen_anywhere_is_one_line(happening, code, words, run, people, monkeypatch):
    def fail(*args, **more):
        raise happening

    monkeypatch.setattr("selenite.cli.inspect.read_table", fail)
    told = run("inspect", people, code=code).stderr
    assert words in told
    assert told.count("\n") == 1


def test_what_python_makes_of_a_signal_while_a_class_is_made_is_one_line(run, people, monkeypatch):
    class Interrupting:
        def __set_name__(self, owner, name):
            raise KeyboardInterrupt

    def fail(*args, **more):
        try:
            type("Made", (), {"attribute": Interrupting()})
        except KeyboardInterrupt as error:  # from Python 3.12 on it is not wrapped
            raise RuntimeError("Error calling __set_name__") from error

    monkeypatch.setattr("selenite.cli.inspect.read_table", fail)
    assert run("inspect", people, code=130).stderr == "interrupted\n"


def test_a_mistake_of_ours_is_not_hidden(run, people, monkeypatch):
    def fail(*args, **more):
        raise RuntimeError("a mistake")

    monkeypatch.setattr("selenite.cli.inspect.read_table", fail)
    with pytest.raises(RuntimeError):
        run("inspect", people)


RESULTS = [
    "predict m.selenite people.csv",
    "predict m.selenite people.csv --json -q",
    "inspect people.csv",
    "inspect people.csv --json",
    "score m.selenite people.csv",
    "explain m.selenite people.csv --row 1",
    "why m.selenite probability people.csv --row 1",
    "diff m.selenite m.selenite --on people.csv",
    "export m.selenite --to python",
    "tutorial 1 --no-picture",
    "--version",
]


@pytest.mark.parametrize("command", RESULTS)
def test_a_closed_output_is_no_success(command, model, tmp_path):
    done = shell(f"{SELENITE} {command} >&-", tmp_path)
    assert (done.returncode, done.stderr) == (74, "error: the output cannot be written: it is closed\n")


@pytest.mark.parametrize("command", ["predict m.selenite people.csv", "predict m.selenite people.csv -o out.csv"])
def test_a_closed_standard_error_breaks_nothing(command, run, model, tmp_path):
    without = shell(f"{SELENITE} {command} 2>&-", tmp_path)
    assert (without.returncode, without.stdout) == (0, run(*command.split()).stdout)


def test_a_fit_needs_no_standard_error(people, tmp_path):
    assert shell(f"{SELENITE} fit people.csv --target happy --epochs 2 --members 1 2>&-", tmp_path).returncode == 0


FIT = "fit people.csv --target happy -o new.selenite --epochs 2 --members 1"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")


def no_reader(command, folder, both):
    """Run a command whose output, and standard error if both, nobody reads."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody:
        return subprocess.run(
            f"{SELENITE} {command}", shell=True, cwd=folder, stdout=nobody, stderr=nobody if both else None, timeout=120
        )


@pytest.mark.parametrize(
    ("command", "both"),
    [
        (FIT, False),
        (f"{FIT} --json", True),
        ("tutorial 1 -o new.png", True),
        ("report m.selenite people.csv", True),
    ],
)
def test_a_reader_that_left_does_not_keep_the_result_from_being_saved(command, both, model, tmp_path):
    before = set(tmp_path.iterdir())
    assert no_reader(command, tmp_path, both).returncode == 0
    assert len(set(tmp_path.iterdir()) - before) == 1


def test_a_reader_that_left_does_not_hide_how_training_ended(people, tmp_path):
    assert no_reader(f"{FIT} --learning-rate 1e30", tmp_path, both=True).returncode == 9


@needs_full
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (FIT, 0),
        ("predict m.selenite people.csv", 0),
        ("predict m.selenite people.csv -o out.parquet", 0),
        ("inspect nowhere.csv", 3),
        ("predct", 2),
        ("fit --nope", 2),
        ("", 2),
    ],
)
def test_a_full_standard_error_changes_nothing_but_itself(command, code, run, model, tmp_path):
    full = shell(f"{SELENITE} {command} 2>/dev/full", tmp_path)
    assert command != FIT or (tmp_path / "new.selenite").exists()
    assert full.returncode == code
    assert len(full.stdout.splitlines()) == len(run(*command.split(), code=code).stdout.splitlines())


def test_a_closed_input_is_one_line(model, tmp_path):
    done = shell(f"{SELENITE} predict m.selenite - <&-", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)


def test_a_file_gets_the_number_of_no_closed_stream(model, tmp_path):
    """Else what is printed would be written into it."""
    done = shell(f"{SELENITE} predict m.selenite people.csv -o out.csv <&- >&- 2>&-", tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "out.csv").read_bytes().startswith(b"prediction,")
    assert b"rows" not in (tmp_path / "out.csv").read_bytes()


WRITING = """
import os, sys
from selenite.__main__ import main
real = os.fsync
def slow(descriptor):
    os.fsync = real
    print("writing", flush=True)
    sys.stdin.readline()
os.fsync = slow
main()
"""


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGTERM, 143, "terminated\n"),
        (signal.SIGINT, 130, "interrupted\n"),
        (signal.SIGHUP, 129, "terminated\n"),
    ],
)
def test_a_signal_while_the_result_is_written_leaves_nothing(number, code, word, model, tmp_path):
    (tmp_path / "out.csv").write_text("old")
    before = sorted(tmp_path.iterdir())
    command = [sys.executable, "-c", WRITING, "predict", "m.selenite", "people.csv", "-o", "out.csv"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout.readline() == "writing\n"
        assert len(list(tmp_path.iterdir())) == len(before) + 1
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (code, word)
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "out.csv").read_text() == "old"


def test_ctrl_c_while_it_is_imported_is_one_line(tmp_path):
    code = "import sys\n"
    code += "class Finder:\n def find_spec(self, name, *more):\n  if name == 'selenite.cli': raise KeyboardInterrupt\n"
    code += "sys.meta_path.insert(0, Finder())\nfrom selenite.__main__ import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


@pytest.mark.parametrize(
    "args",
    [
        'fit people.csv --target happy -o ""',
        'fit people.csv --target happy --plot ""',
        'fit people.csv --target happy --validation ""',
        'fit "" --target happy',
        'predict m.selenite people.csv -o ""',
        'predict "" people.csv',
        'predict m.selenite ""',
        'score m.selenite people.csv --plot ""',
        'diff m.selenite m.selenite --on ""',
        'explain m.selenite people.csv --plot ""',
        'report m.selenite people.csv -o ""',
        'why m.selenite probability people.csv -o ""',
        'tutorial 1 -o ""',
        'inspect ""',
        'play ""',
        'check-gradient ""',
        'tune people.csv --target happy -o ""',
        'tune "" --target happy',
    ],
)
def test_an_empty_name_is_not_one_that_was_left_out(args, run, people):
    told = run(*[part.strip('"') for part in args.split()], code=2).stderr
    assert "the name is empty; name a file" in told


@pytest.mark.parametrize("letters", [256, 5000])
@pytest.mark.parametrize(
    "args",
    [
        "fit people.csv --target happy -o {}",
        "fit people.csv --target happy --plot {}.png",
        "predict m.selenite people.csv -o {}",
        "report m.selenite people.csv -o {}.html",
        "score m.selenite people.csv --plot {}.png",
        "explain m.selenite people.csv --plot {}.png",
        "why m.selenite probability people.csv --row 1 -o {}",
        "tutorial 1 -o {}.png",
        "fit {} --target happy",
        "inspect {}.parquet",
        "predict {} people.csv",
        "predict m.selenite {}",
        "fit people.csv --target happy --validation {}",
        "why m.selenite {} people.csv",
        "play {}",
        "play {}.selenite",
        "play #{}",
        "check-gradient {}.py",
    ],
)
def test_names_that_are_too_long_are_one_line_before_the_work(args, letters, run, model, tmp_path, monkeypatch):
    monkeypatch.setattr("selenite.fitting.evaluate.fit_and_evaluate", None)
    from click.testing import CliRunner

    from selenite.cli import group

    before = sorted(tmp_path.iterdir())
    done = CliRunner().invoke(group, args.format("a" * letters).split(), prog_name="selenite")
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code in (2, 3, 5, 74)
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_may_not_be_written_to_is_found_out_before_training(run, people, tmp_path, monkeypatch):
    monkeypatch.setattr("selenite.fitting.evaluate.fit_and_evaluate", None)
    real = os.open

    def refused(path, flags, *mode, **more):
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system", path)
        return real(path, flags, *mode, **more)

    monkeypatch.setattr(os, "open", refused)
    for arguments in (["-o", "m"], ["-o", "m", "--plot", "p.png"]):
        told = run("fit", people, "--target", "happy", *arguments, code=74).stderr
        assert told == "error: m cannot be written: Read-only file system\n"


def test_each_command_is_in_the_list_of_those_tried():
    tried = {line.split()[0] for line in RESULTS} | {"fit", "report", "play", "serve", "check-gradient", "tune"}
    assert set(COMMANDS) <= tried
