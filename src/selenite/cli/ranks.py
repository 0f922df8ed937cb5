"""`mpiexec -n 4 selenite fit`: the processes that a launcher of MPI started fit one model, and end together."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import click

from selenite import __version__
from selenite.backend import arithmetic
from selenite.cli.checkpoint import FREE, digits_of
from selenite.cli.endings import endings, interrupted_code
from selenite.cli.hinting import HintingCommand
from selenite.errors import OptionError, ProcessError
from selenite.interrupt import ENDING
from selenite.table import Table
from selenite.text import counted, paragraph

if TYPE_CHECKING:
    from selenite.fitting.large import LargeTable
    from selenite.model import Settings
    from selenite.training.ranks import Ranks

RANKS = "selenite.fit.ranks"  # of the context
SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE")  # how launchers say how many processes they started
OF_A_STEP = "SLURM_STEP_NUM_TASKS"  # where Slurm's srun is the launcher, which names a rank of PMIx
GRACE = 3.0  # seconds in which another process may tell of the same error first
PASSING_ON = 0.5  # seconds in which the launcher passes on what was said; ended at once, it drops it at times


def n_processes() -> int:
    """Return how many processes a launcher started; 1 where none did."""
    names = [*SIZES, OF_A_STEP] if "PMIX_RANK" in os.environ else SIZES
    return next((int(os.environ[name]) for name in names if os.environ.get(name, "").isdigit()), 1)


class TogetherCommand(HintingCommand):
    """A command that the processes of a launcher do together: an error of one ends all, with its message and code."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Parse the arguments."""
        with _ending_together():
            return super().make_context(*args, **more)

    def invoke(self, context: click.Context) -> Any:
        """Call the command; the first process alone prints, and writes files."""
        with _ending_together() as ranks:
            if ranks is None:
                return super().invoke(context)
            context.meta[RANKS] = ranks
            _refuse_options(context.params, ranks.size)
            if not ranks.leads:
                context.params |= {"quiet": True, "as_json": False, "plot": None}
            super().invoke(context)
            ranks.gather(b"")  # until the first has saved the model


def ranks_of(context: click.Context) -> Ranks | None:
    """Return the processes that do a command together; None where there is one."""
    found: Ranks | None = context.meta.get(RANKS)
    return found


@contextmanager
def _ending_together() -> Iterator[Ranks | None]:
    """Give the processes of a launcher, if there are several; what ends one of them ends all."""
    if n_processes() == 1:
        yield None
        return
    ranks, planned = _connected(), False
    try:
        with endings():
            try:
                yield ranks
            except click.exceptions.Exit:
                planned = True
                raise
            except BaseException as error:
                if not ranks.leads:
                    _let_others_tell_first(ranks, error)
                raise
    except click.exceptions.Exit as ended:
        if planned:  # by all of them
            raise
        _end_all(ranks, ended.exit_code)
    except BaseException:
        traceback.print_exc()
        _end_all(ranks, 1)


@cache
def _connected() -> Ranks:
    """Return the processes that the launcher started."""
    from selenite.training.ranks import Ranks

    size = n_processes()
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise OptionError(
            f"{size} processes were started to fit together, and mpi4py cannot be imported ({reason}): "
            "pip install 'selenite[mpi]', or start one process"
        ) from None
    if size != MPI.COMM_WORLD.size:
        library = MPI.Get_library_version().split("\n")[0].strip("\0 ")
        raise OptionError(
            f"the launcher started {size} processes, and mpi4py's library ({library}) sees {MPI.COMM_WORLD.size}: take "
            "the mpiexec that belongs to it"
        )
    leads = MPI.COMM_WORLD.rank == 0
    return Ranks(MPI.COMM_WORLD, lambda words: click.echo(f"  {words}", err=True) if leads else None)


def _let_others_tell_first(ranks: Ranks, error: BaseException) -> None:
    """Give time to a process that met the same error, the first above all, whose end is this one's."""
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)  # by which the launcher ends this one
    time.sleep(GRACE + 0.1 * min(ranks.rank, 20))
    if isinstance(error, KeyboardInterrupt):  # somebody ended this one alone
        _end_all(ranks, interrupted_code())


def _end_all(ranks: Ranks, code: int) -> NoReturn:
    """End all processes."""
    sys.stdout.flush()
    sys.stderr.flush()
    time.sleep(PASSING_ON)
    ranks.communicator.Abort(code)
    os._exit(code)  # where the launcher takes its time


def _refuse_options(asked: dict[str, Any], size: int) -> None:
    """Refuse what several processes cannot do together."""
    reasons = {
        "--from": (asked["from_model"], "a model goes on with new rows in one process"),
        "--time-limit": (asked["time_limit"], "what is trained would depend on the clock of each"),
        "FILE -": (asked["file"] == "-", "standard input reaches one process alone; save it as a file"),
    }
    for option, (given, reason) in reasons.items():
        if given:
            raise OptionError(f"{option} with {size} processes: {reason}. Leave it out, or start one process")


def refuse_others(
    ranks: Ranks | None, tables: Mapping[str, Table | LargeTable | None], options: Mapping[str, Any]
) -> None:
    """Refuse processes that read other tables than the first, are asked for something else, or compute otherwise."""
    if ranks is None:
        return
    rows = "".join(digits_of(table) for table in tables.values() if table is not None)
    asked = repr(sorted((name, value) for name, value in options.items() if name not in (*FREE, "checkpoint")))
    ours = {"selenite": __version__, "arithmetic": arithmetic(), "rows": rows, "options": asked}
    found = [content.decode().split("\n") for content in ranks.gather("\n".join(ours.values()).encode())]
    for rank, theirs in enumerate(found):
        for name, first, other in zip(ours, found[0], theirs, strict=True):
            if first != other:
                what = {"rows": "read other rows than", "options": "was started with other options than"}.get(
                    name, f"has {name} {other}, not the {first} of"
                )
                raise ProcessError(
                    f"process {rank} {what} process 0: all must read the same file with the same options and the same "
                    "selenite, on processors with the same instructions"
                )


def processes_text(ranks: Ranks | None, settings: Settings, table: Table | LargeTable) -> str:
    """Return what several processes do, as a line to print; nothing of one."""
    if ranks is None:
        return ""
    from selenite.fitting.plan import plan
    from selenite.training.ranks import divided

    members = plan(settings, table.n_rows if isinstance(table, Table) else table.pieces.n_rows).members
    shards = settings.shards or 1
    how = divided(members, shards, ranks.size)
    networks = "the network" if members == 1 else f"the {members} networks"
    in_shards = f"each batch in {counted(shards, 'shard')}, {shards // how.processes} a process"
    if how.processes > 1:
        who = "all" if how.teams == 1 else f"each {how.processes}"
        done = f"{who} train {networks if how.teams == 1 else f'a part of {networks}'} together, {in_shards}"
    else:
        done = "one trains the network" if members == 1 else f"each trains a part of {networks}"
    waiting = ranks.size - how.teams * how.processes
    if waiting:
        done += f"; {waiting} of them can only wait"
    if waiting and shards < ranks.size:
        done += f" (--shards {1 << (ranks.size - 1).bit_length()} lets them share each batch)"
    shares = not isinstance(table, Table) and table.share.processes is not None
    read = "read a part of the rows each" if shares else "read all rows"
    return "\n" + paragraph(f"{ranks.size} {read}, and {done}", "  processes: ", " " * 13)
