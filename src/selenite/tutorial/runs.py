"""The runs of the tutorial, each as printed and as corrected, computed on the spot.

Losses are sums over the rows, as in the articles. `selenite.nn` trains on means, so a rate on the article's summed
gradient becomes that rate times the number of rows. Starting weights are the articles' own draws from NumPy's streams.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np

from selenite import backend
from selenite.nn import Network, Optimizer, start
from selenite.training.levenberg_marquardt import fit_lm
from selenite.tutorial.as_printed import train_perceptron_as_printed
from selenite.tutorial.data import load_part
from selenite.tutorial.networks import lesson
from selenite.tutorial.starts import train_starts
from selenite.types import Floats, NDArray

CURVE_POINTS = 400
LANDMARKS = (200, 999, 1999, 9999, 49_800)  # epochs, counted from 0, that the articles speak of
N_STARTS = 20
SOLVED = 0.01  # ½ Σ error²


@dataclass(frozen=True)
class Run:
    """One network trained: how it ended, and the curve of its loss.

    Attributes
    ----------
    name : str
    epochs : int
        How many were made.
    loss : float
        Sum over the rows, before the last step.
    accuracy : float
        Share of the rows.
    curve_epochs : array of int
        Some of the epochs, counted from 0.
    curve : array
        The loss in these.
    network : Network
    parameters : array of shape (n_parameters,)
        At the end.
    """

    name: str
    epochs: int
    loss: float
    accuracy: float
    curve_epochs: NDArray[np.int64]
    curve: Floats
    network: Network
    parameters: Floats

    def loss_in(self, epoch: int) -> float:
        """Return the loss in the last epoch of the curve up to this one, counted from 0."""
        return float(self.curve[np.searchsorted(self.curve_epochs, epoch, side="right") - 1])


@dataclass(frozen=True)
class Starts:
    """The same network from 20 other random starts.

    Attributes
    ----------
    name : str
    epochs : int
    losses : array of shape (20,)
        ½ Σ error² at the end.
    accuracies : array of shape (20,)
        Share of the rows.
    """

    name: str
    epochs: int
    losses: Floats
    accuracies: Floats


def part1(epochs: int = 20_000) -> list[Run]:
    """Return the perceptron on five people, as printed and corrected.

    Parameters
    ----------
    epochs : int

    Returns
    -------
    list of two Run

    Examples
    --------
    >>> printed, corrected = part1(200)
    >>> printed.name, corrected.name
    ('perceptron, as printed', 'perceptron, corrected')
    """
    return [_perceptron_as_printed("1", epochs), _trained("perceptron, corrected", "1", epochs)]


def _starts(name: str, epochs: int, biases: bool) -> Starts:
    """Train all starts at once."""
    X, y = load_part(2)
    verbs, parameters = backend.get(), other_starts(biases)
    if verbs.name == "numpy":  # all networks in one operation: ten times quicker than one after the other
        hidden, output = np.hsplit(parameters, [12 if biases else 8])
        return Starts(name, epochs, *train_starts(hidden.reshape(N_STARTS, -1, 4), output, X, y, 0.5, epochs, biases))
    network = Network((2, 4, 1), ("logistic", "logistic"), "squared_error", biases)
    optimizer = Optimizer("sgd", 0.5 * len(X))
    states = [start(optimizer, one) for one in parameters]
    verbs.train_many(network, parameters, [optimizer] * len(states), states, X, y[:, None], n_epochs=epochs)
    predicted = np.array([verbs.predict(network, one, X)[:, 0] for one in parameters])
    return Starts(name, epochs, 0.5 * ((predicted - y) ** 2).sum(axis=1), ((predicted > 0.5) == (y > 0.5)).mean(axis=1))


@dataclass(frozen=True)
class Solved:
    """The 20 starts with biases, by Levenberg-Marquardt in place of gradient descent."""

    losses: Floats
    iterations: NDArray[np.int64]  # to a loss of 0.01; 0 where it was not reached

    @property
    def successes(self) -> int:
        """How many starts reached a loss of 0.01."""
        return int((self.iterations > 0).sum())


def starts_by_levenberg_marquardt(iterations: int = 100) -> Solved:
    """Return what becomes of the same starts with biases."""
    X, y = load_part(2)
    network = Network((2, 4, 1), ("logistic", "logistic"), "squared_error")
    losses, reached = np.empty(N_STARTS), np.zeros(N_STARTS, dtype=np.int64)
    for k, parameters in enumerate(other_starts(biases=True)):
        curve = len(X) * fit_lm(network, X, y[:, None], iterations=iterations, parameters=parameters).history.loss
        losses[k] = curve[-1]
        if losses[k] <= SOLVED:
            reached[k] = int(np.argmax(curve <= SOLVED)) + 1
    return Solved(losses, reached)


@dataclass(frozen=True)
class Part2:
    """All runs of part 2."""

    perceptron_as_printed: Run
    perceptron_corrected: Run
    network_as_printed: Run
    network_with_biases: Run
    starts_without_biases: Starts
    starts_with_biases: Starts
    by_levenberg_marquardt: Solved

    @property
    def runs(self) -> tuple[Run, ...]:
        """The four runs from the article's own weights."""
        return (
            self.perceptron_as_printed,
            self.perceptron_corrected,
            self.network_as_printed,
            self.network_with_biases,
        )


def part2(
    epochs: int = 200_000,
    epochs_with_biases: int = 2_000,
    processes: int = 1,
    report: Callable[[int, int], object] = lambda done, of: None,
) -> Part2:
    """Return all runs of part 2.

    Parameters
    ----------
    epochs : int
        Of the perceptrons and of the network without biases.
    epochs_with_biases : int
    processes : int
        How many run side by side where NumPy computes; a script of your own then needs its
        `if __name__ == "__main__":`.
    report : callable
        Told after each run how many are done, and of how many.

    Returns
    -------
    Part2

    Examples
    --------
    >>> result = part2(epochs=200, epochs_with_biases=100)
    >>> result.network_as_printed.network.layer_sizes, len(result.starts_with_biases.losses)
    ((2, 4, 1), 20)
    """
    jobs: dict[str, tuple[Callable[[int], Run | Starts | Solved], int]] = {  # the longest first
        "starts_without_biases": (starts_without_biases, epochs),
        "network_as_printed": (network_as_printed, epochs),
        "perceptron_corrected": (perceptron_corrected, epochs),
        "perceptron_as_printed": (perceptron_as_printed, epochs),
        "network_with_biases": (network_with_biases, epochs_with_biases),
        "starts_with_biases": (starts_with_biases, epochs_with_biases),
        "by_levenberg_marquardt": (starts_by_levenberg_marquardt, 100),
    }
    results: dict[str, Run | Starts | Solved] = {}
    if processes == 1 or backend.get().name != "numpy":  # the kernel has threads of its own
        for name, (run, n_epochs) in jobs.items():
            results[name] = run(n_epochs)
            report(len(results), len(jobs))
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            futures = {pool.submit(run, n_epochs): name for name, (run, n_epochs) in jobs.items()}
            for future in as_completed(futures):
                results[futures[future]] = future.result()
                report(len(results), len(jobs))
    return Part2(**results)  # type: ignore[arg-type]


def part3(epochs: int = 50_000) -> Run:
    """Return the 2-4-3 softmax network on three clouds.

    Examples
    --------
    >>> round(part3(1).loss, 2)
    3101.28
    """
    return _trained("2-4-3, as printed", "3", epochs)


def predictions(run: Run, X: Floats) -> Floats:
    """Return what a run's network gives.

    Parameters
    ----------
    run : Run
    X : array of shape (n, n_inputs)

    Returns
    -------
    array of shape (n, n_outputs)

    Examples
    --------
    >>> predictions(part3(1), np.zeros((2, 2))).shape
    (2, 3)
    """
    return np.asarray(backend.get().predict(run.network, run.parameters, X), dtype=np.float64)


def other_starts(biases: bool) -> Floats:
    """Return the parameters of 20 networks 2-4-1, (20, n_parameters), drawn one after the other; biases are zero.

    >>> other_starts(biases=False).shape, other_starts(biases=True).shape
    ((20, 12), (20, 17))
    """
    stream = np.random.RandomState(0)
    hidden, output = np.hsplit(np.array([stream.rand(12) for _ in range(N_STARTS)]), [8])
    none = 4 * biases, 1 * biases
    return np.hstack([hidden, np.zeros((N_STARTS, none[0])), output, np.zeros((N_STARTS, none[1]))])


def _perceptron_as_printed(name: str, epochs: int) -> Run:
    begun = lesson(name)
    X, y = begun.X, begun.Y[:, 0]
    parameters, losses = train_perceptron_as_printed(
        begun.parameters[:-1], float(begun.parameters[-1]), X, y, begun.rate, epochs
    )
    return _run("perceptron, as printed", begun.network, parameters, X, begun.Y, losses)


def _trained(name: str, lesson_name: str, epochs: int) -> Run:
    """Train on the full batch with the article's rate, which is meant for the gradient of a sum."""
    begun = lesson(lesson_name)
    parameters, optimizer = begun.parameters.copy(), begun.optimizer
    state = start(optimizer, parameters)
    trained = backend.get().train(begun.network, parameters, optimizer, state, begun.X, begun.Y, n_epochs=epochs)
    return _run(name, begun.network, parameters, begun.X, begun.Y, trained.loss * len(begun.X))


def _run(name: str, network: Network, parameters: Floats, X: Floats, Y: Floats, losses: Floats) -> Run:
    output = backend.get().predict(network, parameters, X)
    right = output.argmax(axis=1) == Y.argmax(axis=1) if Y.shape[1] > 1 else (output > 0.5)[:, 0] == (Y[:, 0] > 0.5)
    epochs = len(losses)
    spread = np.unique(np.geomspace(1, epochs, CURVE_POINTS).astype(int)) - 1
    kept = np.union1d(spread, np.array([epoch for epoch in LANDMARKS if epoch < epochs], dtype=int))
    return Run(name, epochs, float(losses[-1]), float(right.mean()), kept, losses[kept], network, parameters)


# The runs of part 2, each of so many epochs.
perceptron_as_printed = partial(_perceptron_as_printed, "2-perceptron")  # with the article's slip
perceptron_corrected = partial(_trained, "perceptron, corrected", "2-perceptron")  # with the right derivative
network_as_printed = partial(_trained, "2-4-1, no bias, as printed", "2")
network_with_biases = partial(_trained, "2-4-1, with biases", "2-biases")  # from the same weights, biases from zero
starts_without_biases = partial(_starts, "no bias", biases=False)  # 20 others, uniform in [0, 1) as in the article
starts_with_biases = partial(_starts, "with biases", biases=True)  # the same 20, biases from zero
