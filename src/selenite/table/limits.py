"""How large a table may be: looked at before its cells are decoded, so that a small file cannot fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

from selenite.errors import TableError
from selenite.memory import free_memory, gigabytes

CELL_BYTES = 8  # of a number, as a table holds it
LARGE = 262_144  # rows: of so many a table is looked at as a whole, and of more so many are drawn
PIECE_ROWS = 16_384  # of a table that is read in pieces
BLOCK_ROWS = 65_536  # of very many rows, whose sums and digits are taken by themselves and put together
LESS = "Take fewer rows or columns of it"


@dataclass(frozen=True)
class Limits:
    """The largest table that is taken, and by whom, as a message says it, with what to do instead.

    `read_table(source, limits=Limits(200_000, 300, "the page"))` refuses a larger one by a Parquet file's footer, by
    the line of column names, or at the first row of text too many. What does not fit into the memory that is free
    is refused under any limits.

    Parameters
    ----------
    rows, columns : int
        The most that are taken; any number of rows unless said.
    taker, instead : str
        Who takes no more, and what to do instead, in the words of the error.
    fewest_rows : int
        The fewest that are taken.

    Examples
    --------
    >>> Limits(100, 30, "the page").check("t.csv", 99, 31)
    Traceback (most recent call last):
    selenite.errors.TableError: t.csv has 99 rows and 31 columns; the page takes at most 30 columns and 100 rows. ...
    """

    rows: int | None = None
    columns: int = 100_000
    taker: str = "selenite"
    instead: str = LESS
    fewest_rows: int = 1

    def check(self, source: str, rows: int, columns: int, at_least: bool = False) -> None:
        """Refuse a table with too many rows or columns; `at_least`: it is still being read, and may have more rows."""
        if columns <= self.columns and (self.rows is None or rows <= self.rows):
            return
        least = "at least " if at_least else ""
        held = f"{least}{rows:,} rows and {columns:,} columns" if rows else f"{columns:,} columns"
        most = f"at most {self.columns:,} columns" + ("" if self.rows is None else f" and {self.rows:,} rows")
        raise TableError(f"{source} has {held}; {self.taker} takes {most}. {self.instead}")


def check_memory(source: str, rows: int, needed: int, free: int | None, at_least: bool = False) -> None:
    """Refuse rows that need more bytes than are free, where that is known."""
    if free is not None and needed > free:
        what = f"the first {rows:,} rows of {source}" if at_least else f"{source} has {rows:,} rows, which"
        raise TableError(f"{what} need at least {gigabytes(needed)} of memory; {gigabytes(free)} are free. {LESS}")


def does_not_fit(source: str) -> TableError:
    """Return the error for a table whose reading the system gave no memory."""
    free = free_memory()
    return TableError(
        f"{source} does not fit into memory{'' if free is None else f', of which {gigabytes(free)} are free'}. {LESS}"
    )
