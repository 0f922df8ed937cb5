"""The answer in integers: probabilities in 1/32768, numbers in a power of ten of their unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.integer.curves import HALF_BITS, SHARE_BITS, half_lines
from selenite.exporting.integer.dense import Dense
from selenite.exporting.plan import Layer, Plan

SHARES = 32768
_STEPS = 2000  # at least, in a standard deviation of the number
_LOG2_E = math.log2(math.e)
TOP = 30  # answers are below 2^30


@dataclass(frozen=True)
class FixedTarget:
    """What is predicted: classes, or a number that an integer stands for, k / 10^power."""

    n_classes: int
    power: int
    center: int  # of the number, in its unit
    off: float  # what rounding the center moves it by, in the target's widths
    width: float  # in its unit

    @property
    def is_number(self) -> bool:
        """Whether a number is predicted."""
        return not self.n_classes

    @property
    def z_bits(self) -> int:
        """After how many binary digits the last layer's sums are rounded."""
        return 0 if self.is_number else HALF_BITS

    def in_units(self, layer: Layer) -> Layer:
        """Return the last layer with its sums as exponents of 2 or, of a number, in its unit."""
        weights, biases = np.array(layer.weights), np.array(layer.biases)
        if self.is_number:
            return Layer(layer.activation, (weights * self.width).tolist(), (biases * self.width).tolist())
        return Layer(layer.activation, (weights * _LOG2_E).tolist(), (biases * _LOG2_E).tolist())

    def check(self, last: list[Dense]) -> None:
        """Refuse sums of the members' last layers that 32 bits do not hold."""
        highest = max(float(np.abs([one.low, one.high]).max()) for one in last)
        if not self.is_number:
            highest *= 2.0**HALF_BITS
        if not highest * len(last) + abs(self.center) < 2.0**TOP:
            raise ExportError("the answer can become too large for 32 bits; export without --integer")

    def error(self, sums: float) -> float:
        """Return how far one network's answer can be where its sums, or their differences, are that far."""
        if self.is_number:
            return sums / self.width
        one, others = half_lines().error + 2.0 ** -(SHARE_BITS + 1), self.n_classes - 1
        return float(np.tanh(sums / _LOG2_E / 4)) + one * max(1 + others / 2, others) + 0.5 / SHARES

    def rounding(self, n_members: int) -> float:
        """Return what rounding the mean of the members adds."""
        of_mean = 0.5 * (n_members > 1)
        return of_mean / self.width + self.off if self.is_number else of_mean / SHARES


def fixed_target(plan: Plan) -> FixedTarget:
    """Return how a plan's answer becomes an integer."""
    if plan.classes:
        return FixedTarget(len(plan.classes), 0, 0, 0.0, 1.0)
    power = int(np.ceil(np.log10(_STEPS / plan.width)))
    unit = 10.0**-power
    center = round(plan.center / unit)
    if abs(center) >= 2**30:
        raise ExportError("the number is too large beside its standard deviation; export without --integer")
    width = plan.width / unit
    return FixedTarget(0, power, center, abs(center - plan.center / unit) / width, width)
