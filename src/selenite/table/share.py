"""A table that several processes read together: each its own rows, and what these tell is put together in their order.

A share begins and ends where blocks of `BLOCK_ROWS` rows do, for which sums and digits are taken. So what all shares
tell, put together, has the bits that one process finds. Of Parquet a process reads the row groups in which its rows
lie: one that lies in two shares is read twice. Of anything else each process reads all.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from selenite.errors import ProcessError
from selenite.stages import Done, nobody
from selenite.table.limits import BLOCK_ROWS
from selenite.table.parquet import ParquetPieces
from selenite.table.pieces import Pieces
from selenite.table.table import Table
from selenite.types import Indices

Found = TypeVar("Found")


class Processes(Protocol):
    """What reads a table together; `training.ranks.Ranks` is such."""

    rank: int
    size: int

    def gather(self, content: bytes) -> list[bytes]:
        """Return what each process gives, in their order, once all have."""


@dataclass(frozen=True)
class Share:
    """The rows of a table that this process reads: all of them, where no others are given.

    >>> from selenite.table import as_table
    >>> share = Share([as_table([[1.0], [2.0]], ["x"]), as_table([[3.0]], ["x"])])
    >>> [(numbers.tolist(), piece["x"].values.tolist()) for numbers, piece in share.numbered()]
    [([0, 1], [1.0, 2.0]), ([2], [3.0])]
    """

    pieces: Iterable[Table]
    begin: int = 0
    end: int = 0
    processes: Processes | None = None  # with which the table is shared

    @classmethod
    def of(cls, pieces: Pieces, processes: Processes | None) -> Share:
        """Return the share of this process; refuse processes that see another table."""
        if processes is None or not isinstance(pieces, ParquetPieces):
            return cls(pieces, 0, pieces.n_rows)
        seen = processes.gather(repr(pieces.layout).encode())
        for rank, other in enumerate(seen):
            if other != seen[0]:
                raise ProcessError(
                    f"process {rank} sees another table in {pieces.source} than process 0, or was started with other "
                    "options: all must see the same files, and read them with the same options"
                )
        n_blocks = -(-pieces.n_rows // BLOCK_ROWS)
        begin, end = (BLOCK_ROWS * (n_blocks * k // processes.size) for k in (processes.rank, processes.rank + 1))
        return cls(pieces, begin, min(end, pieces.n_rows), processes)

    @property
    def _shared(self) -> ParquetPieces | None:
        return self.pieces if self.processes is not None and isinstance(self.pieces, ParquetPieces) else None

    @property
    def blocks(self) -> slice:
        """Which blocks of the table it has."""
        return slice(self.begin // BLOCK_ROWS, -(-self.end // BLOCK_ROWS))

    def numbered(self, done: Done = nobody) -> Iterator[tuple[Indices, Table]]:
        """Give each piece with the numbers of its rows in the table, and say what part of the share was given."""
        row = self.begin
        for piece in self.pieces if self._shared is None else self._shared.rows(self.begin, self.end):
            yield np.arange(row, row + piece.n_rows), piece
            row += piece.n_rows
            done((row - self.begin) / max(self.end - self.begin, 1))

    def of_all(self, found: Found) -> list[Found]:
        """Return what each process found in its rows, in the order of these, once all have."""
        if self.processes is None:
            return [found]
        return [pickle.loads(one) for one in self.processes.gather(pickle.dumps(found))]  # noqa: S301 - our own

    def bytes_of_all(self, content: bytes) -> bytes:
        """Return the bytes that each process has, in the order of their rows."""
        return content if self.processes is None else b"".join(self.processes.gather(content))

    def tell_findings(self) -> None:
        """Let the pieces say what is worth knowing of all rows, whoever read them."""
        if self._shared is not None:
            self._shared.tell_findings(self.of_all(self._shared.met))
