"""Random numbers that any language can repeat bit for bit.

There is no stream and no state: a number is a hash of where it is used. `bits(seed, *position)` folds the words of
its position into 64 bits with the finaliser of SplitMix64 (Steele, Lea and Flood 2014), one round a word.
The same position gives the same bits whatever was drawn before, in any order, on any number of threads.

A first word that names the purpose keeps the uses apart: SHUFFLE (epoch, row), DROPOUT (epoch, layer, row, unit // 4),
INITIALIZE (layer, parameter), SPLIT (row), EMBEDDING (part, parameter), EXPLAIN (row, or row, repeat, column),
WINDOW (row, or the number of a window, or an epoch and that number), SEARCH (candidate, setting, draw).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite.types import Floats, Indices, Mask, NDArray

SHUFFLE, DROPOUT, INITIALIZE, SPLIT, EMBEDDING, EXPLAIN, WINDOW, SEARCH = 1, 2, 3, 4, 5, 6, 7, 8
SEED_OF_NEXT = 1_000_003  # from a seed to the next network's or folds': far from those that a user counts through

Words = NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)  # factors of splitmix64's finalizer


def mix(h: Words) -> Words:
    """Return the bits stirred: each output bit depends on each input bit (SplitMix64's finaliser)."""
    h = (h ^ (h >> np.uint64(30))) * FIRST
    h = (h ^ (h >> np.uint64(27))) * SECOND
    return h ^ (h >> np.uint64(31))


def bits(seed: int, *position: Any) -> Words:
    """Return 64 random bits for each position; words are non-negative integers or arrays that broadcast.

    >>> [hex(int(b)) for b in bits(0, SHUFFLE, 0, np.arange(2))]
    ['0xd1c0270687984b37', '0x1833a3fc3b33a847']
    """
    with np.errstate(over="ignore"):
        h = mix(np.asarray(seed, dtype=np.uint64) + GOLDEN)
        for word in position:
            h = mix((h ^ np.asarray(word, dtype=np.uint64)) + GOLDEN)
    return h


def uniform(h: Words) -> Floats:
    """Return doubles in [0, 1) from the upper 53 bits."""
    return np.asarray((h >> np.uint64(11)) * 2.0**-53)


def normal(h: Words) -> Floats:
    """Return standard normal doubles by Box and Muller's transform; the second uniform hashes the first's bits."""
    with np.errstate(over="ignore"):
        angle = uniform(mix(h + GOLDEN))
    return np.asarray(np.sqrt(-2 * np.log1p(-uniform(h))) * np.cos(2 * np.pi * angle))


def permutation(seed: int, n: int, *position: int) -> Indices:
    """Return the rows 0..n-1 in random order: sorted by their bits, equal bits by row."""
    return np.argsort(bits(seed, *position, np.arange(n, dtype=np.uint64)), kind="stable")


def dropout_mask(seed: int, epoch: int, layer: int, rows: Indices, n_units: int, rate: float) -> Mask:
    """Return which units of which rows stay, shape (len(rows), n_units).

    One hash serves four units: unit u has 16 bits, the (u mod 4)-th from the lowest of the hash at u // 4, and stays
    where they are at least the rate times 2¹⁶, rounded.
    """
    quarters = np.arange((n_units + 3) // 4, dtype=np.uint64)
    h = bits(seed, DROPOUT, epoch, layer, rows[:, None], quarters)
    sixteen = h.astype("<u8", copy=False).view("<u2")[:, :n_units]
    kept: Mask = sixteen >= round(rate * 2**16)
    return kept
