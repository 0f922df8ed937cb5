"""Chooses the probability from which on the second of two classes is predicted, by rows that were not trained on."""

from __future__ import annotations

import numpy as np

from selenite.errors import OptionError
from selenite.model.threshold import ThresholdRule, threshold_rule
from selenite.types import Floats, Mask


def threshold_for(asked: str | None, probability: Floats | None, positive: Mask | None) -> float | None:
    """Return the threshold asked for, by rows that were not trained on, if there are any; None of none."""
    if asked is None:
        return None
    rule = threshold_rule(asked)
    if rule.value is not None:
        return rule.value
    if probability is None or positive is None:
        raise OptionError(
            f"the threshold {asked} is chosen by rows that networks do not learn from, and there are none: give more "
            "rows, validation rows of your own, or a threshold such as 0.3"
        )
    return best_threshold(rule, probability, positive)


def best_threshold(rule: ThresholdRule, probability: Floats, positive: Mask) -> float:
    """Return the threshold that a rule likes best, halfway between two probabilities (n,); all rows count alike.

    >>> best_threshold(ThresholdRule(), np.array([0.1, 0.2, 0.4, 0.9]), np.array([False, False, True, True]))
    0.3
    """
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # of each probability
    levels = np.concatenate([[1.0], ranked[last], [0.0]])
    found = np.append(0, np.cumsum(positive[order])[last])  # where the first k levels are the second class
    alarms = np.append(0, last + 1) - found
    missed = found[-1] - found
    if not found[-1]:
        return 0.5
    if rule.recall is not None:
        k = int(np.argmax(found >= rule.recall * found[-1] - 1e-9))
    elif rule.costs is not None:
        k = int(np.argmin(rule.costs[0] * missed + rule.costs[1] * alarms))
    else:
        k = int(np.argmax(2 * found / (2 * found + alarms + missed)))
    middle = float(levels[k] + levels[k + 1]) / 2
    short = float(f"{middle:.4g}")
    return short if levels[k + 1] < short <= levels[k] else middle
