"""Where a number stopped being finite, in words: for that the epoch is trained once more, in NumPy, up to the batch."""

from __future__ import annotations

import numpy as np

from selenite.nn import Network, Optimizer, OptimizerState, TrainOptions, forward, train
from selenite.nn.backprop import row_losses
from selenite.nn.shards import shuffled
from selenite.training.rows import TrainingRows
from selenite.types import Array, Indices

MOST_ROWS = 100_000  # of which it is: more take NumPy too long


def explain_divergence(
    network: Network,
    optimizer: Optimizer,
    parameters: Array,
    state: OptimizerState,
    rows: TrainingRows,
    options: TrainOptions,
    *,
    seed: int,
    order: Indices | None = None,
) -> str:
    """Say in which batch which layer, loss or gradient overflowed first, and what to try.

    Parameters
    ----------
    network, optimizer, options, seed, order
        As `selenite.nn.train` took them.
    parameters, state : array of shape (n_parameters,), OptimizerState
        As they were before the epoch that diverged; not written into.
    rows : TrainingRows
        The training rows.

    Returns
    -------
    str
    """
    rate = optimizer.learning_rate * state.rate_factor
    with np.errstate(all="ignore"):
        where = _where(network, optimizer, parameters, state, rows, options, seed, order)
    return (
        f"training diverged in epoch {state.epochs + 1}: {where}. The last finite weights are kept. "
        f"Try a smaller learning rate than {rate:g}, such as {rate / 10:g}, or scaled inputs"
    )


def _where(
    network: Network,
    optimizer: Optimizer,
    parameters: Array,
    state: OptimizerState,
    rows: TrainingRows,
    options: TrainOptions,
    seed: int,
    order: Indices | None,
) -> str:
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

    epochs = train(
        network, again, optimizer, state.copy(), rows.X, rows.Y, options, n_epochs=1, seed=seed, order=order,
        sample_weight=rows.weight, stop=count_batch,
    )  # fmt: skip
    size = n if options.batch_size is None else min(options.batch_size, n)
    if epochs.ended != "diverged" or size == n:  # else rounding is all that made the difference
        return _first_overflow(network, parameters, rows, every)
    ordered = shuffled(options.shards, seed, n, state.epochs) if order is None else order[0]
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
