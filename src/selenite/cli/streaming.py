"""Tables of very many rows: which are read in pieces, and what fitting to one takes, said before it begins."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selenite.errors import OptionError
from selenite.memory import free_memory, gigabytes
from selenite.progress import ProgressBar
from selenite.table import Pieces, ReadOptions, Table, open_pieces, read_table, whole
from selenite.table.audit import audit
from selenite.table.choice import Kept
from selenite.table.limits import CELL_BYTES, LARGE, check_memory
from selenite.table.parted import Parted
from selenite.table.share import Processes
from selenite.table.source import source_of
from selenite.table.table import Finding
from selenite.text import counted, paragraph, plain

if TYPE_CHECKING:
    from selenite.fitting.large import LargeTable
    from selenite.model import Model, Settings
    from selenite.table.aside import Aside, Keys

TOGETHER = ("folds", "seeds")  # options that need all rows in memory
TIMES_IN_MEMORY, OF_THE_FREE = 4, 8  # a file may take so many times its size as a table, and that this part of memory


def read_whole_or_in_pieces(
    file: str, options: ReadOptions, texts: Mapping[str, Collection[str]], kept: Kept, in_pieces: bool
) -> Table | Pieces:
    """Return the table in a file; of a folder, of what memory may not hold or if asked so, in pieces if it is large."""
    if not (in_pieces or is_too_large(Path(file))):
        return read_table(file, options, texts, kept=kept)
    pieces = open_pieces(file, options, texts, kept=kept)
    return pieces if pieces.n_rows > LARGE else whole(pieces)


def to_be_shared(file: str, targets: tuple[str, ...], options: Mapping[str, Any]) -> bool:
    """Tell whether several processes read a file in pieces, each a part, if its rows are many: if it is Parquet."""
    return (Path(file).is_dir() or source_of(file).is_parquet) and _needing_all_rows(targets, options) is None


def _needing_all_rows(targets: tuple[str, ...], options: Mapping[str, Any]) -> str | None:
    """Return what was asked for that needs the whole table in memory, if anything was."""
    given = [f"--{name}" for name in TOGETHER if options.get(name) not in (None, 1)]
    return next(iter([*given, *["a --target of several columns"] * (len(targets) > 1)]), None)


def is_too_large(path: Path) -> bool:
    """Tell whether a file may not fit into memory, or is a folder."""
    free = free_memory()
    if path.is_dir() or free is None:
        return path.is_dir()
    return path.is_file() and TIMES_IN_MEMORY * path.stat().st_size > free / OF_THE_FREE


def looked_over(
    table: Table | Pieces,
    targets: tuple[str, ...],
    settings: Settings,
    options: Mapping[str, Any],
    bar: ProgressBar,
    processes: Processes | None = None,
    model: Model | None = None,
) -> tuple[Table | LargeTable, float]:
    """Return a table of very many rows with what a pass over it tells, and the seconds of that; others as they are."""
    from selenite.fitting.large import look_over

    together = _needing_all_rows(targets, options)
    if together is not None:
        return table if isinstance(table, Table) else _at_once(table, together, options["stream"]), 0.0
    if isinstance(table, Table) and table.n_rows <= LARGE:
        return table, 0.0
    bar.begin(f"learning the columns of {table.source}")
    begun = time.perf_counter()
    large = look_over(
        Parted(table) if isinstance(table, Table) else table,
        targets[0],
        settings,
        **{name: options[name] for name in ("test_fraction", "groups", "time_column", "weights")},
        model=model,
        processes=processes,
        done=bar.done,
    )
    return large, time.perf_counter() - begun


def _at_once(pieces: Pieces, together: str, in_pieces: bool) -> Table:
    """Return all pieces as one table in memory; refuse it where pieces are asked for, or memory has no room."""
    if in_pieces:
        raise OptionError(
            f"{together} needs all rows of {pieces.source} in memory, and --stream reads them in pieces: leave one of "
            "them out"
        )
    check_memory(pieces.source, pieces.n_rows, 2 * CELL_BYTES * pieces.n_rows * len(pieces.names), free_memory())
    return whole(pieces)


def findings_of(large: LargeTable, settings: Settings) -> list[Finding]:
    """Return what is worth knowing about a table, as the rows drawn show it."""
    sample = large.sample.without(large.weights or None)
    found = audit(sample, large.target.name, kinds=large.known, task=settings.task, schema=large.schema)
    return [*large.pieces.findings, *found]


def plan_text(large: LargeTable, settings: Settings, seconds: float) -> str:
    """Return what will be done, in how much time and room, what is exact and what is not; a pass took the seconds."""
    from selenite.fitting.foreseen import foresee

    foreseen = foresee(large, settings)
    plan = foreseen.plan
    networks = f"{counted(plan.members, 'network')} for at most {counted(plan.epochs, 'epoch')}"
    more = ", and more if wider ones pay" if foreseen.may_be_widened else ""
    took = _duration(seconds)
    told = "learnt its columns" if large.model is None else "told what is new in its columns"
    passes = f"2 passes over the table: the first, {took}, {told}"
    if large.keys is not None:
        passes = f"3 passes over the table: the first two, {took}, told which rows judge and {told}"
    lines = {
        "plan": (
            f"{passes}; the next encodes its rows "
            f"into {counted(foreseen.windows, 'window')} of {gigabytes(foreseen.disk)} in all on the disk, gone when "
            f"the fit ends. Then {networks}, about {_duration(foreseen.training)}{more}. Memory: about "
            f"{gigabytes(foreseen.memory)}, however many rows there are"
        )
    }
    if large.model is None:
        lines["exact"] = "kinds, categories and their counts, gaps, ranges; mean and deviation of the target"
        lines["bounded"] = (
            f"medians and quantiles, of {len(large.spread):,} rows drawn: within "
            f"{100 * large.census.rank_error:.1f} % of their rank, with 99 % probability"
        )
    if large.words is not None:
        lines["bounded"] += f"; the words of free text, of {len(large.words.numbers):,} rows drawn"
    if large.keys is not None:
        lines["judge"] = _judging_text(large.aside, large.keys)
    return "\n".join(paragraph(text, f"  {head}: ", " " * (len(head) + 4)) for head, text in lines.items())


def _judging_text(aside: Aside, keys: Keys) -> str:
    """Return which rows judge and choose, where some stay together."""
    which = f"whole groups of {plain(keys.groups)}" if keys.groups else f"the latest by {plain(keys.time_column)}"
    of_these = "groups" if keys.groups else "moments"
    left = f"; of further {counted(aside.n_left, 'row')} of these {of_these} no use is made" if aside.n_left else ""
    return f"{len(aside.judging):,} rows, {which}; the next {len(aside.choosing):,} choose the epochs{left}"


def _duration(seconds: float) -> str:
    """Return seconds in the unit that suits them."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.0f} s"
