"""From which probability on the second of two classes is predicted: what may be asked for, and the decision."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from selenite.errors import OptionError
from selenite.table.schema import Target
from selenite.text import shown
from selenite.types import AnyArray, Indices

_RULE = re.compile(r"f1|recall\s*>=\s*(\d*\.?\d+)|cost:(\d+\.?\d*|\.\d+):(\d+\.?\d*|\.\d+)|(\d*\.?\d+)")


@dataclass(frozen=True)
class ThresholdRule:
    """What the threshold shall do: at most one of the fields is given; of none F1 is to be the highest."""

    recall: float | None = None  # at least this share of the second class is found, with as few false alarms as can be
    costs: tuple[float, float] | None = None  # of a row of the second class missed, and of a false alarm
    value: float | None = None  # the threshold itself


def threshold_rule(asked: str) -> ThresholdRule:
    """Return the rule that a text such as "f1", "cost:5:1", "recall>=0.9" or "0.3" asks for.

    >>> threshold_rule("cost:5:1").costs, threshold_rule("recall>=0.9").recall
    ((5.0, 1.0), 0.9)
    """
    found = _RULE.fullmatch(asked.strip())
    recall, miss, alarm, value = (None,) * 4 if found is None else map(_number, found.groups())
    wrong = found is None or (recall is not None and not 0 < recall <= 1) or (value is not None and not 0 < value < 1)
    if wrong or miss == 0 or alarm == 0:
        raise OptionError(
            f"the threshold {asked} must be f1, recall>=0.9, cost:5:1 (what a row of the second class that is missed "
            "costs, and a false alarm), or a probability between 0 and 1 such as 0.3"
        )
    return ThresholdRule(recall, None if miss is None or alarm is None else (miss, alarm), value)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def require_two_classes(asked: str | None, target: Target) -> None:
    """Refuse a threshold for a number, or for another number of classes than two."""
    if asked is not None and target.each:
        raise OptionError("a threshold decides between the two classes of one target; there are several")
    if asked is not None and len(target.classes) != 2:
        what = f"has {len(target.classes)}" if target.task == "classification" else "holds numbers"
        raise OptionError(f"a threshold decides between two classes; column {shown(target.name)} {what}")


def decided(probabilities: AnyArray, threshold: float | None) -> Indices:
    """Return the number of the class that is predicted from probabilities (n, n_classes): (n,).

    >>> decided(np.array([[0.6, 0.4], [0.8, 0.2]]), 0.4).tolist()
    [1, 0]
    """
    if threshold is None:
        most_probable: Indices = probabilities.argmax(axis=1)
        return most_probable
    return (probabilities[:, 1].astype(np.float64) >= threshold).astype(np.intp)
