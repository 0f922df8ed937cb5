"""Learning-rate schedules: the rate as a share of the base rate.

constant          1
step              factor ^ (epochs // every)
cosine            ½ (1 + cos π t)                       t: share of all steps already made
one_cycle         rises to 1 over the first `warmup`, then falls as a cosine (Smith and Topin 2018)
flat_cosine       1 for the share `flat` of the steps, then falls as a cosine
growing_cosines   ½ (1 - cos 2π log₂(1 + (2ᶜ - 1) t)): c waves from 0 to 1 and back, each twice as long as the one
                  before, so that a rate near 0 ends epochs early and late (Holzmüller et al. 2024)
inverse_scaling   1 / (1 + rows seen) ^ power           (scikit-learn's "invscaling")
adaptive          divided by 5 whenever the watched loss stalls; training keeps count
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, inf, log2, pi

from selenite.errors import OptionError

SCHEDULES = ("constant", "step", "cosine", "one_cycle", "flat_cosine", "growing_cosines", "inverse_scaling", "adaptive")


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes while training."""

    name: str = "constant"
    every: int = 10  # epochs, of step
    factor: float = 0.5  # of step
    warmup: float = 0.25  # share of all steps, of one_cycle
    power: float = 0.5  # of inverse_scaling
    flat: float = 0.5  # share of all steps, of flat_cosine
    cycles: int = 4  # c, of growing_cosines

    def __post_init__(self) -> None:
        if self.name not in SCHEDULES:
            raise OptionError(f"there is no schedule {self.name!r}; there are {', '.join(SCHEDULES)}")
        if not 1 <= self.every < inf:
            raise OptionError(f"every={self.every!r} must be a number of epochs from 1 on")
        if not 0 < self.factor < inf:
            raise OptionError(f"factor={self.factor!r} must be a number above 0")
        if not 0 <= self.power < inf:
            raise OptionError(f"power={self.power!r} must be a number from 0 on")
        if not 0 <= self.warmup <= 1:
            raise OptionError(f"warmup={self.warmup!r} must lie in [0, 1]")
        if not 0 <= self.flat < 1:
            raise OptionError(f"flat={self.flat!r} must lie in [0, 1)")
        if not 1 <= self.cycles <= 20:
            raise OptionError(f"cycles={self.cycles!r} must lie in [1, 20]")


def share(schedule: Schedule, t: float, epoch: int, rows_seen: int) -> float:
    """Return the rate as a share of the base rate; t in [0, 1) is the share of all steps already made."""
    if schedule.name == "step":
        return float(schedule.factor ** (epoch // schedule.every))
    if schedule.name == "cosine":
        return 0.5 * (1 + cos(pi * t))
    if schedule.name == "one_cycle":
        if t < schedule.warmup:
            return 0.04 + 0.96 * 0.5 * (1 - cos(pi * t / schedule.warmup))
        return 0.5 * (1 + cos(pi * (t - schedule.warmup) / (1 - schedule.warmup)))
    if schedule.name == "flat_cosine":
        return 1.0 if t < schedule.flat else 0.5 * (1 + cos(pi * (t - schedule.flat) / (1 - schedule.flat)))
    if schedule.name == "growing_cosines":
        return 0.5 * (1 - cos(2 * pi * log2(1 + (2**schedule.cycles - 1) * t)))
    if schedule.name == "inverse_scaling":
        return float((1 + rows_seen) ** -schedule.power)
    return 1.0
