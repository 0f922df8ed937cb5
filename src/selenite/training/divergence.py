"""Where a number stopped being finite, in words: for that the epoch is trained once more, in NumPy, up to the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.nn import Network, forward, train
from selenite.nn.backprop import row_losses
from selenite.nn.shards import shuffled
from selenite.training.rows import TrainingRows
from selenite.types import Array, Indices

if TYPE_CHECKING:
    from selenite.training.run import Run

MOST_ROWS = 100_000  # of which it is: more take NumPy too long


@np.errstate(all="ignore")
def explain_divergence(run: Run) -> str:
    """Say in which batch of the next epoch which layer, loss or gradient overflows first, and what to try."""
    rate = run.optimizer.learning_rate * run.state.rate_factor
    return (
        f"training diverged in epoch {run.state.epochs + 1}: {_where(run)}. The last finite weights are kept. "
        f"Try a smaller learning rate than {rate:g}, such as {rate / 10:g}, or scaled inputs"
    )


def _where(run: Run) -> str:
    network, parameters, state, rows, options = run.network, run.parameters, run.state, run.rows, run.options
    order = None if run.orders is None else run.orders(run.epoch, 1)
    n, every = len(rows.X), np.arange(len(rows.X))
    if not np.isfinite(rows.X).all():
        return "the inputs themselves are not finite"
    if n > MOST_ROWS:
        return _first_overflow(network, parameters, rows, every)
    again, before, batches = parameters.copy(), parameters.copy(), 0

    def count_batch() -> bool:
        nonlocal batches
        batches += 1
        before[:] = again
        return False

    start = network, again, run.optimizer, state.copy()
    how: Any = {"seed": run.seed, "order": order, "sample_weight": rows.weight, "stop": count_batch}
    epochs = train(*start, rows.X, rows.Y, options, n_epochs=1, **how)
    size = n if options.batch_size is None else min(options.batch_size, n)
    if epochs.ended != "diverged" or size == n:  # else rounding is all that made the difference
        return _first_overflow(network, parameters, rows, every)
    ordered = shuffled(options.shards, run.seed, n, state.epochs) if order is None else order[0]
    taken = ordered[(batches - 1) * size : batches * size]
    return f"in batch {batches:,} of {-(-n // size):,} {_first_overflow(network, before, rows, taken)}"


def _first_overflow(network: Network, parameters: Array, rows: TrainingRows, taken: Indices) -> str:
    """Say what is the first that is not finite in some of the rows."""
    z, a = forward(network, parameters, rows.X[taken])
    for layer, (before, after) in enumerate(zip(z, a[1:], strict=True), start=1):
        bad = ~(np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1))
        if bad.any():
            name = "the output layer" if layer == network.n_layers else f"hidden layer {layer}"
            rows_of = f"{bad.sum():,} of {len(taken):,} rows (training row {taken[bad].min() + 1:,})"
            return f"{name} is the first that is not finite, in {rows_of}"
    if not np.isfinite(row_losses(network, z[-1], a[-1], rows.Y[taken]).sum()):
        largest = max(float(np.abs(layer).max()) for layer in z)
        return f"the loss is not finite; the largest value in a layer is {largest:.3g}"
    return "the gradient or the step was not finite, though every layer still was"
