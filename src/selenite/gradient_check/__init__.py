"""The gradient referee: a network written by hand, its gradient checked, and the slip named that fits."""

from selenite.gradient_check.check import check_gradient
from selenite.gradient_check.slips import Slip
from selenite.gradient_check.verdict import GradientCheck, ParameterVerdict

__all__ = ["GradientCheck", "ParameterVerdict", "Slip", "check_gradient"]
