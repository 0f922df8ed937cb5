"""By what a table is known again: digits that depend on every name and value, and on the order of rows and columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from selenite.table.limits import LARGE
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


def digits_of_pieces(pieces: Iterable[Table]) -> str:
    """Return the digits of a table of very many rows, which comes in pieces."""
    many = Fingerprint()
    for piece in pieces:
        many.add(piece)
    return many.digits()


def is_fingerprint(digits: str, table: Table) -> bool:
    """Tell whether these digits are a table's, or are what model files of earlier days have of very many rows."""
    return digits == fingerprint(table) or (table.n_rows > LARGE and digits == _digits_of_the_whole(table))


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

    >>> from selenite.table import as_table
    >>> whole, parted = Fingerprint(), Fingerprint()
    >>> whole.add(as_table([["a"], ["b"], ["a"]]))
    >>> for part in ([["a"]], [["b"], ["a"]]):
    ...     parted.add(as_table(part))
    >>> whole.digits() == parted.digits()
    True
    """

    def __init__(self) -> None:
        self._digests: list[Any] = []

    def add(self, piece: Table) -> None:
        """Take in the next rows."""
        from hashlib import sha256

        if not self._digests:
            columns = zip(piece.names, piece.columns, strict=True)
            self._digests = [sha256(_heading(name, column)) for name, column in columns]
        for digest, column in zip(self._digests, piece.columns, strict=True):
            values = hashed(column) if isinstance(column, Text) else column.values
            digest.update(np.ascontiguousarray(values).tobytes())

    def digits(self) -> str:
        """Return the 32 digits of the rows so far."""
        from hashlib import sha256

        return sha256(b"".join(digest.digest() for digest in self._digests)).hexdigest()[:32]


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
