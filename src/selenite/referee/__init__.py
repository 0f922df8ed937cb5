"""The gradient referee: a network written by hand, its gradient checked, and the slip named that fits."""

from selenite.referee.check import check_gradient
from selenite.referee.slips import Slip
from selenite.referee.verdict import GradientCheck, ParameterVerdict

__all__ = ["GradientCheck", "ParameterVerdict", "Slip", "check_gradient"]
