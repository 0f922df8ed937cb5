"""A batch in shards, whose gradients are summed in a fixed tree: the same bits, however many processes compute them.

The row at place p of an epoch's order is in shard p mod n. Row r of the data is in shard r mod n too, unless an order
is handed in: the rows of a shard are shuffled among themselves, so a process needs no others. Neighbours are added two
by two, then pairs, and so on: ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)). What a process computes is a part of this
tree; and as a + b is b + a, bit for bit, each that adds has the same sum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.errors import OptionError
from selenite.nn.random import SHUFFLE, bits
from selenite.types import Array, Floats, Indices, NDArray

MOST_SHARDS = 1024
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Exchange:
    """Which shards of each batch are computed here, and how their sums meet those of the others.

    Parameters
    ----------
    first, count : int
        The shards, `count` of them, a power of two, from `first` on, a multiple of it.
    trade : callable
        `trade(level, mine, theirs)`, bytes of one length: gives the sum of 2^level times `count` neighbouring shards to
        who has the next ones, and writes that one's into `theirs`.
    """

    first: int
    count: int
    trade: Callable[[int, Bytes, Bytes], None]


class ShardSums:
    """Sums over the rows of some shards: the gradient, and loss, weight, and how many want to stop."""

    def __init__(self, like: Array) -> None:
        self.bytes: Bytes = np.zeros(24 + like.nbytes, np.uint8)
        self.numbers: Floats = self.bytes[:24].view(np.float64)
        self.gradient: Array = self.bytes[24:].view(like.dtype)

    def add(self, other: ShardSums) -> None:
        """Add the sums of other shards."""
        self.numbers += other.numbers
        self.gradient += other.gradient


def sum_of_shards(n: int, exchange: Exchange | None, of_shard: Callable[[int], ShardSums]) -> ShardSums:
    """Return the sum of all n shards, those computed here and those computed elsewhere."""
    first, count = (0, n) if exchange is None else (exchange.first, exchange.count)

    def tree(begin: int, end: int) -> ShardSums:
        if end - begin == 1:
            return of_shard(begin)
        middle = (begin + end) // 2
        total = tree(begin, middle)
        total.add(tree(middle, end))
        return total

    total = tree(first, first + count)
    level = 0
    while exchange is not None and count << level < n:
        theirs = ShardSums(total.gradient)
        exchange.trade(level, total.bytes, theirs.bytes)
        total.add(theirs)
        level += 1
    return total


def shuffled(n_shards: int, seed: int, n: int, epoch: int) -> Indices:
    """Return the order of n rows in which each shard's are shuffled by themselves.

    >>> shuffled(2, 0, 6, 0).tolist()
    [4, 1, 2, 5, 0, 3]
    """
    rows = np.arange(n)
    for shard in range(min(n_shards, n)):
        mine = rows[shard::n_shards].copy()
        rows[shard::n_shards] = mine[np.argsort(bits(seed, SHUFFLE, epoch, mine), kind="stable")]
    return rows


def in_shard(shard: int, n_shards: int, begin: int, end: int) -> slice:
    """Return the places begin ... end - 1 of an order that are in a shard.

    >>> in_shard(1, 4, 10, 20)
    slice(13, 20, 4)
    """
    return slice(begin + (shard - begin) % n_shards, end, n_shards)


def check_shards(n: int, exchange: Exchange | None = None) -> None:
    """Refuse shards that are no tree, and a part that is none of it."""
    if not 1 <= n <= MOST_SHARDS or n & (n - 1):
        raise OptionError(f"shards={n} must be a power of two, from 1 to {MOST_SHARDS}: 1, 2, 4, 8 ...")
    if exchange is None:
        return
    first, count = exchange.first, exchange.count
    if count < 1 or count & (count - 1) or first % count or not 0 <= first <= n - count:
        raise OptionError(
            f"{count} shards from {first} on, of {n}, are no part of their tree: give a power of two, and from a "
            "multiple of it on"
        )
