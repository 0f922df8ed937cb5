"""By what a table is known again: digits that depend on every name and value, and on the order of rows and columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from selenite.table.limits import BLOCK_ROWS, LARGE
from selenite.table.table import Column, Table, Text


def fingerprint(table: Table) -> str:
    """Return 32 hexadecimal digits that depend on every name and value, and on the order of rows and columns.

    Parameters
    ----------
    table : Table

    Returns
    -------
    str
        The beginning of a SHA-256; of more than `LARGE` rows that of `Fingerprint`, which can be taken piece by piece.

    Examples
    --------
    >>> from selenite.table import Numbers
    >>> len(fingerprint(Table(("x",), (Numbers(np.array([1.0])),), 1)))
    32
    """
    if table.n_rows <= LARGE:
        return _digits_of_the_whole(table)
    return digits_of_pieces([table])


def digits_of_pieces(pieces: Iterable[Table], one_block: bool = False) -> str:
    """Return the digits of a table of very many rows, which comes in pieces; in `one_block` those of earlier days."""
    fingerprint = Fingerprint(one_block)
    for piece in pieces:
        fingerprint.add(piece)
    return fingerprint.digits()


def is_fingerprint(digits: str, table: Table) -> bool:
    """Tell whether these digits are a table's, or are what model files of earlier days have of very many rows."""
    if table.n_rows > LARGE and digits in (digits_of_pieces([table], one_block=True), _digits_of_the_whole(table)):
        return True
    return digits == fingerprint(table)


def _digits_of_the_whole(table: Table) -> str:
    """Return the digits of a table whose texts are known, each different one once."""
    from hashlib import sha256  # slow to import

    digest = sha256()
    for name, column in zip(table.names, table.columns, strict=True):
        digest.update(_heading(name, column))
        if isinstance(column, Text):
            for text in column.values:
                digest.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))
            digest.update(np.ascontiguousarray(column.codes, dtype="<i4").tobytes())
        else:
            digest.update(np.ascontiguousarray(column.values).tobytes())
    return digest.hexdigest()[:32]


class Fingerprint:
    """The fingerprint of a table in pieces, whatever these are: of each column's values, texts by a hash of their own.

    Blocks of `BLOCK_ROWS` rows have digests of their own, so that who reads some of them can add those of others.

    >>> from selenite.table import as_table
    >>> whole, parted = Fingerprint(), Fingerprint()
    >>> whole.add(as_table([["a"], ["b"], ["a"]]))
    >>> for part in ([["a"]], [["b"], ["a"]]):
    ...     parted.add(as_table(part))
    >>> whole.digits() == parted.digits()
    True
    """

    def __init__(self, one_block: bool = False) -> None:
        self.blocks: list[bytes] = []  # the digests of those that have ended
        self._one_block, self._rows_left = one_block, BLOCK_ROWS
        self._digests: list[Any] = []  # of the columns of one that has not

    def add(self, piece: Table) -> None:
        """Take in the next rows."""
        headings = [_heading(name, column) for name, column in zip(piece.names, piece.columns, strict=True)]
        values = [hashed(column) if isinstance(column, Text) else column.values for column in piece.columns]
        begin = 0
        while begin < piece.n_rows:
            end = piece.n_rows if self._one_block else min(begin + self._rows_left, piece.n_rows)
            self._add(headings, [column[begin:end] for column in values])
            self._rows_left -= end - begin
            begin = end
            if self._rows_left == 0 and not self._one_block:
                self.end_block()

    def _add(self, headings: list[bytes], columns: list[Any]) -> None:
        from hashlib import sha256

        self._digests = self._digests or list(map(sha256, headings))
        for digest, values in zip(self._digests, columns, strict=True):
            digest.update(np.ascontiguousarray(values).tobytes())

    def end_block(self) -> None:
        """End the block that has begun, if one has: no rows are added afterwards, unless it was full."""
        if self._digests:
            self.blocks.append(_joined(digest.digest() for digest in self._digests))
        self._digests, self._rows_left = [], BLOCK_ROWS

    def digits(self) -> str:
        """Return the 32 digits of all rows."""
        self.end_block()
        return self.blocks[0].hex()[:32] if self._one_block else digits_of_blocks(self.blocks)


def digits_of_blocks(blocks: Iterable[bytes]) -> str:
    """Return the digits of a table of these blocks."""
    return _joined(blocks).hex()[:32]


def _joined(digests: Iterable[bytes]) -> bytes:
    from hashlib import sha256

    return sha256(b"".join(digests)).digest()


def _heading(name: str, column: Column) -> bytes:
    return f"{len(name)}:{name}{type(column).__name__}".encode("utf-8", "surrogatepass")


def hashed(column: Text) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Return 64 bits for each text, 0 where it is missing."""
    from hashlib import blake2b

    used = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values)) > 0
    hashes = np.zeros(len(column.values) + 1, dtype="<u8")
    for code in np.flatnonzero(used):
        text = column.values[code].encode("utf-8", "surrogatepass")
        hashes[code] = int.from_bytes(blake2b(text, digest_size=8).digest(), "little")
    return hashes[column.codes]
