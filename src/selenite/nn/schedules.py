"""Learning-rate schedules: the rate as a share of the base rate.

constant          1
step              factor ^ (epochs // every)
cosine            ½ (1 + cos π t)                       t: share of all steps already made
one_cycle         rises to 1 over the first `warmup`, then falls as a cosine (Smith and Topin 2018)
inverse_scaling   1 / (1 + rows seen) ^ power           (scikit-learn's "invscaling")
adaptive          divided by 5 whenever the watched loss stalls; training keeps count
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, inf, pi

from selenite.errors import OptionError

SCHEDULES = ("constant", "step", "cosine", "one_cycle", "inverse_scaling", "adaptive")


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes while training; the top of this file has the formulas.

    Parameters
    ----------
    name : str
        A name of `SCHEDULES`.
    every : int
        Of step: after how many epochs the rate falls.
    factor : float
        Of step: by what it is multiplied then.
    warmup : float
        Of one_cycle: the share of all steps in which the rate rises, 0 to 1.
    power : float
        Of inverse_scaling.

    Raises
    ------
    OptionError
        If there is no such schedule, or a number is out of range.

    Examples
    --------
    >>> share(Schedule("step", every=10, factor=0.5), t=0.0, epoch=25, rows_seen=0)
    0.25
    """

    name: str = "constant"
    every: int = 10
    factor: float = 0.5
    warmup: float = 0.25
    power: float = 0.5

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
    if schedule.name == "inverse_scaling":
        return float((1 + rows_seen) ** -schedule.power)
    return 1.0
