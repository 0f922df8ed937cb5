"""`fit --checkpoint` and `--resume`: killed at any moment, a fit goes on to the bytes that it would have made."""

import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from selenite import SeleniteClassifier
from selenite.cli import checkpoint
from selenite.fitting import plan
from selenite.training import journal, journal_file

ALWAYS_SAVED = (
    "from selenite.cli import main; from selenite.fitting import plan; from selenite.training import journal; "
    "plan.LINEAR_STEPS = {}; journal.SECONDS_BETWEEN = journal.TIMES_ITS_COST = 0.0; main()"
)


def begin(folder, *arguments):
    """Start a process that fits as here, and saves at every chance."""
    command = [sys.executable, "-c", ALWAYS_SAVED.format(plan.LINEAR_STEPS), "fit", *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process, path, savings, signal_number):
    """Send a signal once a checkpoint was saved so many times, or the process has ended; return what it said."""

    def saved():
        try:
            return path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    last = saved()
    while savings and process.poll() is None:
        time.sleep(0.001)
        savings, last = savings - (saved() != last), saved()
    process.send_signal(signal_number)
    return process.communicate(timeout=60)


@pytest.mark.parametrize("target", ["price", "kind"])
def test_killed_at_any_moment_it_goes_on_to_the_same_bytes(target, run, sales, tmp_path):
    """By the commands of the page; there are folds, a linear model and, of prices, their logarithms."""
    page = (Path(__file__).parents[2] / "docs/scale.md").read_text()
    fit, resume = re.search(
        r"```console\n\$ selenite fit (.* --checkpoint .*)\n\$ selenite fit (--resume .*)\n", page
    ).groups()
    fit, path, moments = fit.replace("price", target), tmp_path / f"{target}.checkpoint", random.Random()
    resume, fewer = resume.replace("price", target).split(), ("--members", 3, "--epochs", 12)
    run("fit", "sales.csv", "--target", target, "-o", "whole.selenite", "-q", *fewer)
    process = begin(tmp_path, *fit.split(), *fewer)
    end(process, path, moments.randint(1, 4), signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    process = begin(tmp_path, *resume)
    _, told = end(process, path, moments.randint(1, 9), signal.SIGKILL)  # if it has not ended by then
    assert f"going on from {path.name}: " in told
    if path.exists():
        run("fit", *resume)
    assert (tmp_path / "whole.selenite").read_bytes() == (tmp_path / "sales.selenite").read_bytes()
    assert {one.name for one in tmp_path.iterdir()} == {"sales.csv", "sales.selenite", "whole.selenite"}


def pressed_twice(run, monkeypatch, *arguments):
    """Call a fit that is cut off in its first training, by somebody who presses Ctrl-C twice."""
    saved = journal.Journal.goes_on

    def pressed(self, runs):
        saved(self, runs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(journal, "SECONDS_BETWEEN", 0.0)
        patched.setattr(journal, "TIMES_ITS_COST", 0.0)
        patched.setattr(journal.Journal, "goes_on", pressed)
        return run(*arguments, code=130)


@pytest.fixture
def cut_off(run, people, monkeypatch):
    """A fit of people that was cut off."""
    fewer = ("--members", 2, "--epochs", 5)
    return pressed_twice(run, monkeypatch, "fit", people, "--target", "happy", "--checkpoint", "ck", *fewer)


def test_who_leaves_is_told_how_to_go_on(cut_off):
    assert cut_off.stderr.endswith("To go on with this fit: selenite fit --resume ck\ninterrupted\n")


def test_ctrl_c_saves_the_best_so_far_and_keeps_the_checkpoint(run, sales, tmp_path):
    path = tmp_path / "ck"
    process = begin(
        tmp_path, "sales.csv", "--target", "kind", "--checkpoint", "ck", "--epochs", 400, "--hidden", "256,256"
    )
    out, told = end(process, path, 2, signal.SIGINT)
    assert process.returncode == 130
    assert "Saved sales.selenite" in out
    assert told.endswith("To go on with this fit: selenite fit --resume ck\n")
    assert (tmp_path / "sales.selenite").exists()
    assert journal_file.read(path).standings


def test_the_same_command_may_be_given_again_and_its_output_changed(cut_off, run, people):
    run("fit", people, "--target", "happy", "--members", 2, "--resume", "ck", "-q", "-o", "other.selenite")
    assert not Path("ck").exists()
    assert Path("other.selenite").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("--epochs 6", 2, "--epochs 6: the fit of ck was begun with --epochs 5; leave the option out, or begin anew"),
        ("--hidden 8", 2, r"--hidden 8: the fit of ck was begun without it"),
        ("--time-limit 5", 2, "--time-limit 5.0: the fit of ck was begun without it"),
        ("-o ck", 2, "ck cannot be both the checkpoint and the output"),
        ("changed.csv", 4, "changed.csv holds other rows than when the fit of ck was begun"),
        ("--validation changed.csv", 4, "changed.csv holds other rows"),
        ("--resume people.csv", 5, "people.csv is not a checkpoint that can be read"),
        ("--resume absent", 5, "absent cannot be read: No such file"),
    ],
)
def test_another_fit_is_refused_by_what_differs(arguments, code, words, cut_off, run, people):
    people.with_name("changed.csv").write_text(people.read_text().replace("dog", "cow", 1))
    before = Path("ck").read_bytes()
    told = run("fit", "--resume", "ck", *arguments.split(), code=code).stderr
    assert re.search(words, told), told
    assert Path("ck").read_bytes() == before


def test_a_fit_that_diverged_keeps_its_checkpoint_and_can_be_saved_from_it(run, people, tmp_path, monkeypatch):
    diverging = ("--target", "happy", "--learning-rate", "1e9", "--members", 2)
    run("fit", people, *diverging, "-o", "whole", "--keep-diverged", code=9)
    told = run("fit", people, *diverging, "-o", "m", "--checkpoint", "ck", code=9).stderr
    command = "selenite fit --resume ck --keep-diverged"
    assert f"--keep-diverged saves them, without training again: {command}" in " ".join(told.split())
    monkeypatch.setattr("selenite.training.run.train_side_by_side", None)  # nothing is trained
    assert "They are in m" in run(*command.split()[1:], code=9).stderr
    assert (tmp_path / "m").read_bytes() == (tmp_path / "whole").read_bytes()
    assert not (tmp_path / "ck").exists()


def test_another_version_is_refused_and_another_processor_told(cut_off, run, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "__version__", "0.2.0")
        told = run("fit", "--resume", "ck", code=5).stderr
        assert "ck was made by selenite 0.1.0, and this is 0.2.0: go on with that version" in told
    monkeypatch.setattr(checkpoint, "arithmetic", lambda: "kernel of Mars")
    assert "this is kernel of Mars: the model may differ in last digits" in run("fit", "--resume", "ck").stderr


def test_a_file_that_is_there_is_not_written_over(cut_off, run, people):
    told = run("fit", people, "--target", "happy", "--checkpoint", "ck", code=2).stderr
    assert "ck holds a fit that was cut off: selenite fit --resume ck. To begin anew, remove that file" in told
    Path("ck").rename("people.selenite.checkpoint")
    assert "people.selenite.checkpoint holds a fit" in run("fit", people, "--target", "happy", code=2).stderr
    told = run("fit", people, "--target", "happy", "--checkpoint", people, code=2).stderr
    assert "people.csv cannot be written over" in told
    Path("notes").write_text("mine")
    told = run("fit", people, "--target", "happy", "--checkpoint", "notes", code=2).stderr
    assert "notes is there already, and is no checkpoint" in told
    told = run("fit", people, "--target", "happy", "--checkpoint", "m", "-o", "m", code=2).stderr
    assert "m cannot be both the checkpoint and the output" in told


def test_a_time_limit_goes_with_none(run, people):
    told = run("fit", people, "--target", "happy", "--checkpoint", "ck", "--time-limit", 5, code=2).stderr
    assert "--checkpoint and --time-limit: what a time limit leaves depends on the clock" in told


def test_a_long_fit_is_saved_unasked(run, people, monkeypatch):
    arguments = ("fit", people, "--target", "happy", "--members", 1, "--epochs", 3)
    assert "saved as it goes" not in run(*arguments).stderr
    monkeypatch.setattr(checkpoint, "SECONDS_UNASKED", 0.0)
    told = run(*arguments).stderr
    assert told.count("saved as it goes in people.selenite.checkpoint; if it is cut off: selenite fit --resume") == 1
    assert not Path("people.selenite.checkpoint").exists()


def test_a_model_that_goes_on_with_new_rows_may_be_cut_off_too(cut_off, run, people, monkeypatch):
    run("fit", "--resume", "ck", "-o", "old")
    people.with_name("new.csv").write_text(people.read_text().replace("dog", "cat"))
    arguments = ("fit", "new.csv", "--from", "old", "--epochs", 4)
    run(*arguments, "-o", "whole")
    pressed_twice(run, monkeypatch, *arguments, "-o", "resumed", "--checkpoint", "ck")
    told = run("fit", "--resume", "ck", "--from", "whole", code=4).stderr
    assert "whole holds another model than when the fit of ck was begun" in told
    run("fit", "--resume", "ck")
    assert Path("whole").read_bytes() == Path("resumed").read_bytes()
    assert not Path("ck").exists()


def test_what_python_saved_goes_on_there(run, monkeypatch):
    monkeypatch.setattr(journal.Journal, "remove", lambda self: None)
    SeleniteClassifier(members=1, max_iter=1).fit([[1], [2]] * 20, ["a", "b"] * 20, checkpoint="ck")
    told = run("fit", "--resume", "ck", code=2).stderr
    assert "ck was made in Python: go on there, by SeleniteClassifier.fit(X, y, resume='ck')" in told
