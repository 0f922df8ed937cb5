"""A user's gradient beside finite differences and selenite's own, parameter by parameter."""

from __future__ import annotations

import numpy as np

from selenite.gradient_check.recognition import Recognised
from selenite.gradient_check.result import ParameterVerdict
from selenite.gradient_check.sampling import Sample, Sampling, parted
from selenite.nn import loss_and_gradient
from selenite.types import Array


def compare(samples: list[Sample], sampling: Sampling, known: Recognised | None) -> list[ParameterVerdict]:
    """Return how each parameter's gradient compares, at all samples together."""
    agreement = sampling.precision.agrees
    ours = [selenites_gradient(sample, sampling, known) for sample in samples]
    sizes = [float(np.abs(sample.right[part]).max()) for sample in samples for part in sampling.parts]
    largest = max(size for size in sizes if np.isfinite(size))
    lines = []
    for i, (name, array, part) in enumerate(
        zip(sampling.network.names, sampling.network.start, sampling.parts, strict=True)
    ):
        difference, kinks, from_ours, agrees = 0.0, 0, 0.0, True
        for sample, own in zip(samples, ours, strict=True):
            given, right, error = sample.given[sampling.places[part]], sample.right[part], sample.error[part]
            size = max(float(np.abs(right).max()), float(np.abs(given).max()), 1e-6 * largest, 1e-300)
            off = np.abs(given - right)
            off = np.where(np.isfinite(off), off, np.inf)
            sure = error <= 0.1 * agreement * size
            far = off > agreement * size
            kinks += int((~sure & far).sum())
            agrees &= not (sure & (off > agreement * size + 3 * error)).any()
            difference = max(difference, float(off[sure].max(initial=0.0)) / size)
            if own is not None:
                from_own = parted(sample.given - own, sample.arrays)[i]
                from_ours = max(from_ours, float(np.abs(from_own).max()) / size)
        note, checked = samples[0].notes[i], len(sampling.entries[i])
        in_ours = None if any(own is None for own in ours) else from_ours
        agrees &= not note
        lines.append(ParameterVerdict(name, array.shape, array.size, checked, difference, agrees, kinks, in_ours, note))
    return lines


def selenites_gradient(sample: Sample, sampling: Sampling, known: Recognised | None) -> Array | None:
    """Return selenite's own gradient; None where the network is not known or is another after all."""
    if known is None or (network := known.network) is None:
        return None
    order = known.layout.order
    _, gradient = loss_and_gradient(network, sample.vector[order], known.X, known.Y)
    whole = known.penalty_gradient(sample.vector)
    whole[order] += gradient * (len(known.Y) * known.scale)
    for part in sampling.parts:
        right, error = sample.right[part], sample.error[part]
        allowed = 10 * sampling.precision.agrees * float(np.abs(right).max()) + 10 * error + 1e-12
        if (np.abs(whole[sampling.places[part]] - right) > allowed).any():
            return None
    return whole
