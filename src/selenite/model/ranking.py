"""How well scores rank one class before the rest: ROC, precision by recall, the area under each, and the gain.

DeLong (1988) gives the interval of the area under ROC, of clusters Obuchowski (1997); that of average precision is
taken from the same kind of sum over rows, on the scale of logits, which keeps it within 0 and 1 (Boyd et al. 2013).
"""

from __future__ import annotations

import numpy as np

from selenite.model.intervals import Clusters, Z, dot, sums_of, wilson
from selenite.table.moments import Moments
from selenite.types import Array, Floats, Indices, Mask

AT_ONCE = 65_536  # scores whose place among the others is looked up


def roc_curve(score: Floats, positive: Mask) -> tuple[Floats, Floats]:
    """Return the rates of false and of true positives at each threshold of the score, without points on a line.

    >>> [rate.tolist() for rate in roc_curve(np.array([0.1, 0.6, 0.9]), np.array([False, True, True]))]
    [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    """
    true, n = (np.append(0, counts) for counts in _above(score, positive))
    false = n - true
    is_corner = np.ones(len(true), dtype=bool)
    is_corner[1:-1] = (np.diff(true, 2) != 0) | (np.diff(false, 2) != 0)
    return false[is_corner] / false[-1], true[is_corner] / true[-1]


def precision_recall_curve(score: Floats, positive: Mask) -> tuple[Floats, Floats]:
    """Return recall and precision at each threshold of the score, from the highest on.

    >>> [rate.tolist() for rate in precision_recall_curve(np.array([0.1, 0.6, 0.9]), np.array([False, True, False]))]
    [[0.0, 1.0, 1.0], [0.0, 0.5, 0.3333333333333333]]
    """
    true, n = _above(score, positive)
    return true / true[-1], true / n


def gain_curve(score: Floats, positive: Mask) -> tuple[Floats, Floats]:
    """Return the share of all rows, and of the positive ones, that each threshold of the score takes, from 0 on.

    >>> [share.tolist() for share in gain_curve(np.array([0.1, 0.9]), np.array([False, True]))]
    [[0.0, 0.5, 1.0], [0.0, 1.0, 1.0]]
    """
    true, n = (np.append(0, counts) for counts in _above(score, positive))
    return n / n[-1], true / true[-1]


def area_under_roc(
    score: Floats, positive: Mask, clusters: Clusters = None, weight: Floats | None = None
) -> tuple[float, float, float]:
    """Return the area under the ROC curve of scores (n,), and its interval."""
    weight = np.ones(len(score)) if weight is None else weight.astype(np.float64)
    m, n = int(positive.sum()), int((~positive).sum())
    of_positive, of_negative = weight[positive].sum(), weight[~positive].sum()
    outranked = np.empty(m + n)  # the share of the other class that each row is on the right side of
    outranked[positive] = _share_below(score[positive], score[~positive], weight[~positive])
    outranked[~positive] = 1 - _share_below(score[~positive], score[positive], weight[positive])
    area = dot(outranked[positive], weight[positive]) / float(of_positive)
    if min(m, n) < 2:
        return area, 0.0, 1.0
    influence = weight * (outranked - area) / np.where(positive, of_positive, of_negative)
    influence *= np.sqrt(np.where(positive, m / (m - 1), n / (n - 1)))
    half = Z * float(np.sqrt((sums_of(influence, clusters) ** 2).sum()))
    return area, max(area - half, 0.0), min(area + half, 1.0)


def _share_below(score: Floats, others: Floats, weight: Floats) -> Floats:
    """Return the share, by weight, of other scores that are below each score, those that are equal by half."""
    order = np.argsort(others, kind="stable")
    others, below = others[order], np.append(0.0, np.cumsum(weight[order]))
    both = below[np.searchsorted(others, score, "left")] + below[np.searchsorted(others, score, "right")]
    share: Floats = both / (2 * below[-1])
    return share


def area_between(positive: Array, negative: Array) -> tuple[float, float, float]:
    """Return what `area_under_roc` does, of the scores of either class, which are sorted in place: of very many rows.

    >>> round(area_between(np.array([0.6, 0.9]), np.array([0.7, 0.2, 0.1]))[0], 4)
    0.8333
    """
    positive.sort()
    negative.sort()
    below = Moments(), Moments()
    for scores, others, share in ((positive, negative, below[0]), (negative, positive, below[1])):
        for begin in range(0, len(scores), AT_ONCE):
            some = scores[begin : begin + AT_ONCE]
            share.add(
                (np.searchsorted(others, some, "left") + np.searchsorted(others, some, "right")) / 2 / len(others)
            )
    m, n = len(positive), len(negative)
    (area, deviation), (_, of_others) = (share.center_and_width() for share in below)
    if min(m, n) < 2:
        return area, 0.0, 1.0
    half = Z * float(np.sqrt(deviation**2 / (m - 1) + of_others**2 / (n - 1)))
    return area, max(area - half, 0.0), min(area + half, 1.0)


def average_precision(
    score: Floats, positive: Mask, clusters: Clusters = None, weight: Floats | None = None
) -> tuple[float, float, float]:
    """Return the mean of the precision at each positive row, by scores (n,), and its interval.

    >>> area = average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> [round(number, 2) for number in area]
    [0.83, 0.28, 0.98]
    """
    weight = np.ones(len(score)) if weight is None else weight.astype(np.float64)
    order = np.argsort(-score, kind="stable")
    last = _ends(score[order])  # of each threshold
    threshold = np.searchsorted(last, np.arange(len(score)))  # of each row in order
    true, all_rows = np.cumsum((weight * positive)[order])[last], np.cumsum(weight[order])[last]
    gained = np.diff(true, prepend=0.0) / true[-1]  # recall, at each threshold
    precision = np.divide(true, all_rows, out=np.zeros_like(true), where=all_rows > 0)
    value = dot(gained, precision)
    per_row = np.divide(gained, all_rows, out=np.zeros_like(true), where=all_rows > 0)
    below, lost = (np.cumsum(one[::-1])[::-1] for one in (per_row, per_row * precision))  # here and at lower thresholds
    of_true = (precision - value) / true[-1] + below
    influence = np.empty(len(score))  # of each row, by its own precision, and on those that it outranks
    influence[order] = weight[order] * (np.where(positive[order], of_true[threshold], 0.0) - lost[threshold])
    squares = float((sums_of(influence, clusters) ** 2).sum())
    return value, *_within_0_and_1(value, squares, int(positive.sum()))


def precision_between(positive: Array, negative: Array) -> tuple[float, float, float]:
    """Return what `average_precision` does, of the scores of either class, sorted in place: of very many rows.

    >>> precision_between(np.array([0.35, 0.8]), np.array([0.1, 0.4]))[0]
    0.8333333333333333
    """
    positive.sort()
    negative.sort()
    m, n = len(positive), len(negative)
    begins = list(dict.fromkeys(np.searchsorted(positive, positive[::AT_ONCE], "left").tolist()))  # no tie is cut
    parts = [positive[begin:end] for begin, end in zip(begins, [*begins[1:], m], strict=True)]

    def precision_and_rows(some: Array) -> tuple[Floats, Floats]:
        true = m - np.searchsorted(positive, some, "left")
        all_rows = true + n - np.searchsorted(negative, some, "left")
        return true / all_rows, all_rows.astype(np.float64)

    value = sum(float(precision_and_rows(some)[0].sum()) for some in parts) / m
    squares, below, lost = 0.0, 0.0, 0.0
    begun = int(np.searchsorted(negative, positive[0], "left"))  # negative rows that outrank none
    for some, following in zip(parts, [*parts[1:], None], strict=True):
        precision, all_rows = precision_and_rows(some)
        so_far = np.cumsum(1 / all_rows) / m + below, np.cumsum(precision / all_rows) / m + lost
        ties = np.searchsorted(some, some, "right") - 1
        squares += float((((precision - value) / m + so_far[0][ties] - so_far[1][ties]) ** 2).sum())
        ended = n if following is None else int(np.searchsorted(negative, following[0], "left"))
        for begin in range(begun, ended, AT_ONCE):
            others = negative[begin : min(begin + AT_ONCE, ended)]
            squares += float((so_far[1][np.searchsorted(some, others, "right") - 1] ** 2).sum())
        below, lost, begun = float(so_far[0][-1]), float(so_far[1][-1]), ended
    return value, *_within_0_and_1(value, squares, m)


def _within_0_and_1(value: float, squares: float, n_positive: int) -> tuple[float, float]:
    """Return the interval of an average precision, by the sum of the squared influences, on the scale of logits."""
    if 1 - value <= 1e-12:  # nothing is wrong: as Wilson's of so many rows
        low, _ = wilson(np.array(value), np.array(float(n_positive)))
        return float(low), 1.0
    half = Z * np.sqrt(squares) / (value * (1 - value))
    low, high = 1 / (1 + np.exp(-(np.log(value / (1 - value)) + np.array([-half, half]))))
    return float(low), float(high)


def _above(score: Floats, positive: Mask) -> tuple[Indices, Indices]:
    """Return how many positive rows, and how many rows, are at each threshold of the score or above it."""
    order = np.argsort(-score, kind="stable")
    last = _ends(score[order])
    return np.cumsum(positive[order], dtype=np.intp)[last], last + 1


def _ends(ordered: Floats) -> Indices:
    """Return the last row of each run of equal scores."""
    return np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
