"""One model, byte for byte: from memory, Parquet, a folder and text; by 1, 2 and 4 processes; killed and resumed.

    python benchmarks/same_bytes.py [--rows 270000] [--members 4] [--kills 20] [--launchers mpiexec ...]

A classifier and a regressor learn from numbers with gaps, categories and dates. Each kill ends all processes of a fit
at a random moment of its training, and another number of processes goes on. Every line says whether the model file is
that of the fit in memory; the exit code, whether all are.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

SAVED_AT_EVERY_CHANCE = (
    "from selenite.training import journal; journal.SECONDS_BETWEEN = journal.TIMES_ITS_COST = 0.0; "
    "from selenite.__main__ import main; main()"
)
HOW = ["--preset", "fast", "--hidden", "32", "--epochs", "6", "--quiet"]
PROCESSES = (1, 2, 4)
ANY_LAUNCHER = {  # Open MPI starts more processes than there are processors, and as root, only if told so
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "SELENITE_NUM_THREADS": "1",
}


def table(n_rows: int) -> pa.Table:
    """Return rows with gaps, categories, dates, a class and a number to predict."""
    rng = np.random.default_rng(0)
    size, pet = rng.exponential(size=n_rows).round(3), rng.choice(["cat", "dog", "none", 'böse, "Maus"'], n_rows)
    day = np.datetime64("2020-01-01") + rng.integers(0, 1500, n_rows)
    price = np.exp(size / 2 + (pet == "cat") + rng.normal(size=n_rows) / 3).round(2)
    kind = np.array(["low", "middle", "high"])[(price > 2).astype(int) + (price > 5)]
    return pa.table(
        {
            "size": pa.array(size, mask=rng.random(n_rows) < 0.05),
            "pet": pa.array(pet, mask=rng.random(n_rows) < 0.02),
            "day": pa.array(day, pa.date32(), mask=rng.random(n_rows) < 0.01),
            "rooms": rng.integers(1, 9, n_rows),
            "price": price,
            "kind": kind,
        }
    )


def write(rows: pa.Table, folder: Path) -> None:
    """Write the rows as Parquet, as a folder of files whose columns stand in other orders, and as text."""
    parquet.write_table(rows, folder / "rows.parquet", row_group_size=50_000)
    csv.write_csv(rows, folder / "rows.csv")
    (folder / "rows").mkdir()
    for k, begin in enumerate(range(0, rows.num_rows, 70_001)):
        part = rows.slice(begin, 70_001)
        names = part.column_names[k:] + part.column_names[:k]
        parquet.write_table(part.select(names), folder / "rows" / f"{k:03}.parquet", row_group_size=30_000)


def maker_of(launcher: str) -> str:
    """Return whose launcher it is."""
    said = subprocess.run([launcher, "--version"], capture_output=True, text=True, check=True).stdout
    return "Open MPI" if "Open" in said else "MPICH"


def kill_all_of(process: int) -> None:
    """Kill a process and all that it started: a launcher's have groups of their own."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    killed = {process}
    while more := {child for child, parent in parents.items() if parent in killed} - killed:
        killed |= more
    for one in killed:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


class Fits:
    """Fits in a folder, and what they made beside what one in memory made."""

    def __init__(self, folder: Path, target: str, members: int, results: Path | None) -> None:
        self.folder, self.target, self.members, self.results = folder, target, members, results
        self.failed = 0
        self.expected = b""

    def begin(self, *arguments: str, launcher: str = "", processes: int = 1) -> subprocess.Popen[str]:
        """Start a fit."""
        python = [sys.executable, "-c", SAVED_AT_EVERY_CHANCE, "fit", *arguments]
        launched = [launcher, "-n", str(processes)] if launcher and processes > 1 else []
        return subprocess.Popen(
            [*launched, *python],
            cwd=self.folder,
            env=os.environ | ANY_LAUNCHER,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def of(self, source: str, *more: str) -> list[str]:
        """Return the arguments of a fit of a source."""
        return [source, "--target", self.target, "--members", str(self.members), "-o", "model.selenite", *HOW, *more]

    def judge(self, what: str, process: subprocess.Popen[str]) -> None:
        """Tell whether a fit ended well and made the expected bytes."""
        begun = time.perf_counter()
        _, said = process.communicate()
        made = self.folder / "model.selenite"
        content = made.read_bytes() if made.exists() else b""
        self.expected = self.expected or content
        is_same = process.returncode == 0 and content == self.expected and content != b""
        made.unlink(missing_ok=True)
        self.failed += not is_same
        line = {"target": self.target, "fit": what, "same": is_same, "seconds": round(time.perf_counter() - begun, 1)}
        print(json.dumps(line), "" if is_same else f"exit code {process.returncode}: {said[-300:]}", flush=True)
        if self.results is not None:
            with self.results.open("a") as file:
                file.write(json.dumps(line) + "\n")

    def all_sources(self, launchers: list[str]) -> None:
        """Fit from memory, from each source in pieces, and by several processes."""
        self.judge("memory", self.begin(*self.of("rows.parquet")))
        for source in ("rows.parquet", "rows", "rows.csv"):
            self.judge(f"{source} in pieces", self.begin(*self.of(source, "--stream")))
        for launcher in launchers:
            for processes in PROCESSES[1:]:
                fit = self.begin(*self.of("rows", "--stream"), launcher=launcher, processes=processes)
                self.judge(f"{processes} processes of {maker_of(launcher)}", fit)

    def kills(self, n_kills: int, launchers: list[str], moments: random.Random) -> None:
        """Kill fits at random moments of their training, and let another number of processes go on."""
        checkpoint, done = self.folder / "fit.checkpoint", 0
        whole = self.saved(checkpoint, "rows.parquet")
        begun = time.perf_counter()
        self.judge("saved as it goes", whole)
        seconds = time.perf_counter() - begun
        while done < n_kills:
            begins, goes_on = moments.sample(PROCESSES, 2)
            source = moments.choice(["rows.parquet", "rows", "rows.csv"])
            process = self.saved(checkpoint, source, launcher=moments.choice(launchers), processes=begins)
            try:
                process.wait(moments.uniform(0, seconds))
                process.communicate()
                continue  # it came too late
            except subprocess.TimeoutExpired:
                kill_all_of(process.pid)
                process.communicate()
            if not checkpoint.exists():
                continue  # just as it had ended
            done += 1
            resumed = self.begin("--resume", checkpoint.name, launcher=moments.choice(launchers), processes=goes_on)
            self.judge(f"kill {done}: {begins} of {source} killed, {goes_on} go on", resumed)

    def saved(self, checkpoint: Path, source: str, **processes: Any) -> subprocess.Popen[str]:
        """Start a fit that is saved at every chance, and return it once it was."""
        process = self.begin(*self.of(source, "--stream", "--checkpoint", checkpoint.name), **processes)
        while not checkpoint.exists() and process.poll() is None:
            time.sleep(0.005)
        return process


def main() -> None:
    """Make the tables and the fits, and tell which models are the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=270_000)
    parser.add_argument("--members", type=int, default=4, help="networks; one is shared by all processes")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--launchers", nargs="*", default=[shutil.which("mpiexec")])
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30), help="of the moments")
    parser.add_argument("-o", "--output", type=Path)
    asked, failed = parser.parse_args(), 0
    print(f"moments by --seed {asked.seed}", flush=True)
    for target in ("kind", "price"):
        with TemporaryDirectory() as name:
            write(table(asked.rows), Path(name))
            fits = Fits(Path(name), target, asked.members, asked.output)
            fits.all_sources(asked.launchers)
            fits.kills(asked.kills, asked.launchers, random.Random(asked.seed))
            failed += fits.failed
    print("all the same" if not failed else f"{failed} are others")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
