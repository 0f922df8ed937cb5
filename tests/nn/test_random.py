"""The generator: its bits for ever, its uniformity, and that a number depends on its position alone."""

import numpy as np
from scipy import stats

from selenite.nn.random import DROPOUT, SHUFFLE, bits, dropout_mask, mix, normal, permutation, uniform

MASK = 2**64 - 1


def plain_bits(seed, *position):
    """The same hash in Python's own integers."""

    def stir(h):
        h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9 & MASK
        h = (h ^ (h >> 27)) * 0x94D049BB133111EB & MASK
        return h ^ (h >> 31)

    h = stir((seed + 0x9E3779B97F4A7C15) & MASK)
    for word in position:
        h = stir(((h ^ word) + 0x9E3779B97F4A7C15) & MASK)
    return h


def test_first_step_is_splitmix64():
    """The published first output of SplitMix64 with seed 0."""
    assert int(bits(0)) == 0xE220A8397B1DCDAF


def test_bits_are_those_of_plain_integers():
    for position in [(0, 0), (1, 5, 2**40), (3, 2**63, 7, 1)]:
        assert int(bits(12345, *position)) == plain_bits(12345, *position)


def test_bits_do_not_depend_on_their_neighbours():
    rows = np.arange(1000, dtype=np.uint64)
    np.testing.assert_array_equal(bits(3, 1, rows)[17:19], [bits(3, 1, 17), bits(3, 1, 18)])


def test_uniform_and_normal_have_their_distributions():
    h = bits(7, 1, np.arange(100_000, dtype=np.uint64))
    assert stats.kstest(uniform(h), "uniform").pvalue > 0.01
    assert stats.kstest(normal(h), "norm").pvalue > 0.01


def test_mix_changes_half_of_the_bits_when_one_changes():
    h = bits(1, np.arange(2000, dtype=np.uint64))
    flips = [np.bitwise_count(mix(h) ^ mix(h ^ np.uint64(1 << k))).mean() for k in range(0, 64, 7)]
    np.testing.assert_allclose(flips, 32, atol=0.5)


def test_permutation_is_one_and_differs_by_epoch_and_seed():
    first, second = permutation(5, 100, SHUFFLE, 0), permutation(5, 100, SHUFFLE, 1)
    np.testing.assert_array_equal(np.sort(first), np.arange(100))
    assert (first != second).any()
    assert (first != permutation(6, 100, SHUFFLE, 0)).any()
    expected = sorted(range(100), key=lambda row: plain_bits(5, SHUFFLE, 0, row))
    np.testing.assert_array_equal(first, expected)


def test_dropout_depends_on_the_row_not_on_the_batch():
    rows = np.array([4, 9, 2])
    mask = dropout_mask(1, 2, 0, rows, 6, 0.3)
    np.testing.assert_array_equal(mask[1], dropout_mask(1, 2, 0, np.array([9]), 6, 0.3)[0])
    expected = [plain_bits(1, DROPOUT, 2, 0, 9, unit // 4) >> 16 * (unit % 4) & 0xFFFF for unit in range(6)]
    np.testing.assert_array_equal(mask[1], np.array(expected) >= round(0.3 * 2**16))
    assert abs(dropout_mask(1, 2, 0, np.arange(5000), 10, 0.3).mean() - 0.7) < 0.01
