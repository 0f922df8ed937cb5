"""The gradient of a network written by hand, checked, and the slip named that fits."""

from selenite.gradient_check.check import check_gradient
from selenite.gradient_check.result import GradientCheck, ParameterVerdict
from selenite.gradient_check.slips.slip import Slip

__all__ = ["GradientCheck", "ParameterVerdict", "Slip", "check_gradient"]
