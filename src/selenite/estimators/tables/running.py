"""A fit while it runs: on how many threads, told to whom, and nothing left of one that fails."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from selenite.backend import limit_threads
from selenite.backend.threads import available
from selenite.progress import ProgressBar
from selenite.text import counted
from selenite.training import Callback, TellEpochs

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from selenite.estimators.tables.base import Selenite


def threads(n_jobs: int | None) -> AbstractContextManager[None]:
    """Limit the threads inside the block as scikit-learn counts jobs: -1 all processors, -2 all but one."""
    if n_jobs is None:
        return nullcontext()
    return limit_threads(n_jobs if n_jobs >= -1 else max(available() + 1 + n_jobs, 1))


@contextmanager
def unchanged_by_failure(estimator: Selenite) -> Iterator[None]:
    """Leave an estimator as it was before where fitting it fails or is interrupted."""
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        estimator.__dict__ = before
        raise


@contextmanager
def running(estimator: Selenite, callbacks: Sequence[Callback]) -> Iterator[tuple[Sequence[Callback], ProgressBar]]:
    """Give those who are told of the epochs and of the stages of a fit; `verbose` shows them in one line."""
    begun = time.perf_counter()
    with unchanged_by_failure(estimator), threads(estimator.n_jobs):
        with ProgressBar(lines=True, quiet=not estimator.verbose) as bar:
            yield ([*callbacks, TellEpochs(bar.done)] if estimator.verbose else callbacks), bar
        if estimator.verbose:
            print(f"{_outcome(estimator)}, {time.perf_counter() - begun:.1f} s")


def _outcome(estimator: Selenite) -> str:
    """Return what was fitted, in one line."""
    model: Any = estimator.model_
    recipe, sizes = model.recipe, ",".join(map(str, model.network.layer_sizes[1:-1]))
    kept = sorted({*recipe.best_epochs})
    epochs = f"epoch {kept[0]}" if len(kept) == 1 else f"epochs {kept[0]} to {kept[-1]}"
    networks = f"{counted(model.n_members, 'network')}{f' of {sizes}' if sizes else ''}"
    return f"{type(estimator).__name__}: {networks}, {counted(recipe.epochs_run, 'epoch')} run, {epochs} kept"
