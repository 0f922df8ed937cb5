"""To C in integers: 8-bit weights, sums of 32 bits, no floating point at run time, and a proved bound."""

from selenite.exporting.integer.export import TOLERANCE, is_integer, verified, written

__all__ = ["TOLERANCE", "is_integer", "verified", "written"]
