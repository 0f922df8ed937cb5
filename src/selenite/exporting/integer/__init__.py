"""To C in integers: 8-bit weights, sums of 32 bits, no floating point at run time, and a proved bound."""

from selenite.exporting.integer.export import INTEGERS

__all__ = ["INTEGERS"]
