"""The known slips of gradients written by hand: what each would give, in words and as a backward pass.

A slip is named only where what it would give is what the user's function gives.
"""

from collections.abc import Iterator

from selenite.gradient_check.layers import Layers, Pass
from selenite.gradient_check.slips.outputs import outputs
from selenite.gradient_check.slips.products import biases, rows, weights
from selenite.gradient_check.slips.slip import Slip
from selenite.gradient_check.slips.slopes import slopes
from selenite.gradient_check.slips.unknowns import Unknown, unknowns
from selenite.gradient_check.slips.ways_back import ways_back

__all__ = ["Slip", "Unknown", "known_slips", "unknowns"]


def known_slips(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield every slip that this network could have, the likeliest first."""
    for kind in (slopes, outputs, ways_back, biases, weights, rows):
        yield from kind(layers)
