"""`mpiexec -n K selenite fit`: the model of one process, byte for byte; what ends one process ends all."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import csv, parquet

from selenite.cli.ranks import OF_A_STEP, SIZES, n_processes
from selenite.fitting import plan
from selenite.training import journal_file

pytest.importorskip("mpi4py", reason="no mpi4py (extra mpi): several processes were NOT tested")

LAUNCHER = shutil.which("mpiexec", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
ANY_LAUNCHER = {  # Open MPI starts more processes than there are processors, and as root, only if told so
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
}
FEWER = ("--target", "kind", "--members", 3, "--epochs", 5, "--hidden", 16)


pytestmark = pytest.mark.usefixtures("sales")


def begin(folder, *arguments):
    """Start processes by MPI's launcher."""
    assert LAUNCHER is not None, "mpi4py is here, and no mpiexec"
    return subprocess.Popen(
        [LAUNCHER, *map(str, arguments)],
        cwd=folder,
        env=os.environ | ANY_LAUNCHER | {"SELENITE_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        process_group=0,
    )


def fit(*arguments, before=""):
    """Return a command that fits as here, saves often, and says the numbers of its processes."""
    code = f"{before}; " * bool(before) + (
        f"from selenite.fitting import plan; plan.LINEAR_STEPS = {plan.LINEAR_STEPS}; "
        "import os; from selenite.__main__ import main; from selenite.training import journal; "
        "journal.SECONDS_BETWEEN = 0.02; journal.TIMES_ITS_COST = 1.0; os.write(2, b'pid %d\\n' % os.getpid()); main()"
    )
    return [sys.executable, "-c", code, "fit", *arguments]


def until(process, words):
    """Wait until processes say something on standard error; return all that they said by then."""
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    pytest.fail(f"{words!r} was not said: {said}")


@pytest.mark.parametrize(
    ("target", "size", "more", "told"),
    [
        ("price", 2, (), "2 read all rows, and each trains a part of the 3 networks"),
        (
            "kind",
            4,
            ("--members", 1, "--shards", 4),
            "4 read all rows, and all train the network together, each batch in 4 shards, 1 a process",
        ),
        (
            "price",
            4,
            ("--members", 2, "--shards", 4, "--batch-size", 50),
            "4 read all rows, and each 2 train a part of the 2 networks together, each batch in 4 shards, 2 a process",
        ),
    ],
    ids=["dealt", "shared", "both"],
)
def test_the_model_is_the_same_bytes(target, size, more, told, run, tmp_path):
    asked = ("sales.csv", "--target", target, *FEWER[2:], *more)
    run("fit", *asked, "-o", "one.selenite", "-q")
    process = begin(tmp_path, "-n", size, *fit(*asked))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.count("Saved sales.selenite") == 1
    assert f"processes: {told}" in " ".join(out.split())
    assert (tmp_path / "one.selenite").read_bytes() == (tmp_path / "sales.selenite").read_bytes()


FEW_ARE_MANY = (
    "import importlib\n"
    "for name, value in {'cli.streaming.LARGE': 100, 'fitting.large.LARGE': 100, 'table.share.BLOCK_ROWS': 64,"
    " 'table.moments.BLOCK_ROWS': 64, 'table.fingerprint.BLOCK_ROWS': 64, 'fitting.large.FEWEST_COUNTING': 10,"
    " 'fitting.large.CHOOSING': 40}.items():\n"
    "    module, _, of_it = name.rpartition('.')\n"
    "    setattr(importlib.import_module(f'selenite.{module}'), of_it, value)\n"
    "pass"
)


def test_of_very_many_rows_each_process_reads_its_own(tmp_path):
    rows = csv.read_csv(tmp_path / "sales.csv")
    (tmp_path / "sales").mkdir()
    for part in range(3):
        parquet.write_table(rows.slice(100 * part, 100), tmp_path / "sales" / f"{part}.parquet", row_group_size=30)
    for size in (1, 3):
        asked = fit("sales", *FEWER, "--shards", 2, "-o", f"{size}.selenite", before=FEW_ARE_MANY)
        process = begin(tmp_path, "-n", size, *asked)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert "2 passes over the table" in out
    assert "processes: 3 read a part of the rows each, and each trains a part" in " ".join(out.split())
    assert (tmp_path / "1.selenite").read_bytes() == (tmp_path / "3.selenite").read_bytes()


def test_an_error_of_one_ends_all_with_its_code(tmp_path):
    one, other = fit("sales.csv", *FEWER), fit("absent.csv", *FEWER)
    process = begin(tmp_path, "-n", 1, *one, ":", "-n", 1, *other)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert re.findall(r"error: .*", err) == ["error: there is no file absent.csv"]
    assert {path.name for path in tmp_path.iterdir()} == {"sales.csv"}


def test_processes_that_are_asked_for_something_else_are_refused(tmp_path):
    one, other = (fit("sales.csv", *FEWER, "--shards", shards) for shards in (2, 4))
    process = begin(tmp_path, "-n", 1, *one, ":", "-n", 1, *other)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 75
    assert re.findall(r"error: .*process 0", err) == ["error: process 1 was started with other options than process 0"]


def test_what_all_of_them_refuse_is_told_once(tmp_path):
    process = begin(tmp_path, "-n", 2, *fit("sales.csv", *FEWER, "--time-limit", 5))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.count("error: ") == err.count("error: --time-limit with 2 processes: what is trained would depend") == 1


@pytest.mark.parametrize(
    ("environment", "size"),
    [
        ({"PMI_SIZE": "3"}, 3),
        ({"OMPI_COMM_WORLD_SIZE": "4"}, 4),
        ({"PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "5"}, 5),
        ({"SLURM_STEP_NUM_TASKS": "5"}, 1),  # a job's script, which is one process
        ({}, 1),
    ],
)
def test_how_many_processes_a_launcher_started(environment, size, monkeypatch):
    for name in (*SIZES, OF_A_STEP, "PMIX_RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert n_processes() == size


def test_processes_without_mpi4py_are_refused(run, monkeypatch):
    monkeypatch.setenv("PMI_SIZE", "2")
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    told = run("fit", "sales.csv", *FEWER, code=2).stderr
    assert "2 processes were started to fit together, and mpi4py cannot be imported" in told
    assert "pip install 'selenite[mpi]'" in told


def is_alive(number):
    """Tell whether there is a process of a number, which nobody has to bury."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look for processes in")
@pytest.mark.parametrize("more", [("--members", 1, "--shards", 2), ("--members", 2)], ids=["shared", "dealt"])
def test_killed_it_goes_on_in_one_process_to_the_same_bytes(more, run, tmp_path):
    long = (
        "--target",
        "kind",
        "--test-fraction",
        0.3,
        "--hidden",
        32,
        "--epochs",
        4000,
        "--learning-rate",
        1e-5,
        *more,
    )
    run("fit", "sales.csv", *long, "-o", "whole.selenite", "-q")
    process = begin(tmp_path, "-n", 2, *fit("sales.csv", *long, "--checkpoint", "ck"))
    numbers = [int(number) for number in re.findall(r"pid (\d+)", until(process, "saved as it goes in ck; if it is"))]
    assert len(numbers) == 2
    begun = []
    while not begun or min(begun) == 0:
        time.sleep(0.01)
        saved = journal_file.read(tmp_path / "ck")
        begun = [run.epoch for standing in saved.standings for run in standing.numbers]
    os.kill(numbers[1], signal.SIGKILL)
    assert min(begun) < 4000
    process.communicate(timeout=5)
    assert process.returncode != 0
    end = time.monotonic() + 5
    while any(map(is_alive, numbers)):
        assert time.monotonic() < end
        time.sleep(0.05)
    told = run("fit", "--resume", "ck").stderr
    assert "if it is cut off again: selenite fit --resume ck" in told
    assert (tmp_path / "whole.selenite").read_bytes() == (tmp_path / "sales.selenite").read_bytes()
    assert not (tmp_path / "ck").exists()


def test_ctrl_c_saves_the_best_so_far_of_all(tmp_path):
    long = ("--members", 2, "--hidden", 64, "--epochs", 4000, "--learning-rate", 1e-6)
    told = subprocess.run([LAUNCHER, "--version"], capture_output=True, text=True, check=True).stdout
    if "Open MPI" in told:
        pytest.skip("Open MPI's launcher ends processes at Ctrl-C, and passes it on to none")
    process = begin(tmp_path, "-n", 2, *fit("sales.csv", "--target", "kind", *long))
    until(process, "training, epoch ")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "training: interrupted after" in out
    assert (tmp_path / "sales.selenite").exists()
