"""The known slips of gradients written by hand: what each would give, in words and as a backward pass.

A slip is named only where what it would give is what the user's function gives.
"""

from collections.abc import Callable, Iterator

from selenite.gradient_check.layers import Layers
from selenite.gradient_check.slips.outputs import outputs
from selenite.gradient_check.slips.products import biases, rows, steps, ways_back, weights
from selenite.gradient_check.slips.slip import Candidate, Slip
from selenite.gradient_check.slips.slopes import leaks, slopes

__all__ = ["Candidate", "Slip", "known_slips", "slips_with_a_number"]


def known_slips(layers: Layers) -> Iterator[Candidate]:
    """Yield every slip that this network could have, the likeliest first."""
    for kind in (slopes, outputs, ways_back, biases, weights, rows):
        yield from kind(layers)


def slips_with_a_number(layers: Layers) -> Iterator[tuple[int, Callable[[float], Candidate]]]:
    """Yield slips with an unknown number in them: a layer whose gradient is linear in it, and the slip for a number."""
    yield from steps(layers)
    yield from leaks(layers)
