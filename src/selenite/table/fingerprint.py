"""A fingerprint of a table: equal for equal names and values, whatever file they came from."""

from __future__ import annotations

import hashlib

import numpy as np

from selenite.table.table import Table, Text


def fingerprint(table: Table) -> str:
    """Return 32 hexadecimal digits that depend on every name and value, and on the order of rows and columns."""
    digest = hashlib.sha256()
    for name, column in zip(table.names, table.columns, strict=True):
        digest.update(f"{len(name)}:{name}{type(column).__name__}".encode("utf-8", "surrogatepass"))
        if isinstance(column, Text):
            for text in column.values:
                digest.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))
            digest.update(np.ascontiguousarray(column.codes, dtype="<i4").tobytes())
        else:
            digest.update(np.ascontiguousarray(column.values).tobytes())
    return digest.hexdigest()[:32]
