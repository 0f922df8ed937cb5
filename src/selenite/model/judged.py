"""What a model predicts for a table with answers, and which of its rows the model knows: at once, or in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from selenite.model.coverage import ENDS
from selenite.model.model import Model
from selenite.model.parts import Data
from selenite.model.predictions import Predictions, joined_predictions, predictions_of, predictions_of_pieces
from selenite.model.rows import RowsUsed, drawn_aside, may_be_known_as_a_whole, rows_used, rows_used_of_many
from selenite.model.summed import Summed
from selenite.splits.split import first_drawn
from selenite.table import Pieces, Table, whole
from selenite.table.aside import Keys, keys_by
from selenite.table.fingerprint import Fingerprint, digits_of_pieces
from selenite.table.limits import LARGE
from selenite.types import AnyArray, Indices

MOST_DRAWN = 65_536  # rows that are kept of very many, to be drawn


@dataclass(frozen=True)
class Judged:
    """Predictions for a table, what fitting the model did with its rows, and predictions that can be drawn."""

    all_rows: Predictions | Summed
    used: RowsUsed
    test_rows: Predictions | None  # where the table is the one that the model was fitted on
    drawn: Predictions  # the test rows, or all, or some of very many


def judged(
    model: Model, pieces: Pieces, done: Callable[[float], None], quantiles: Sequence[float] = ENDS
) -> tuple[Judged, ...]:
    """Return a model's predictions for a table with answers, and what fitting it did with the rows; for each target.

    Of a table of very many rows, sums and some rows are held in memory; all of it only if a model of earlier days may
    have been fitted on it. `done` is told the share that is read; `quantiles` of a number
    are judged, too.
    """
    if pieces.n_rows <= LARGE:
        table = whole(pieces)
        return tuple(_judged_at_once(one, table, quantiles) for one in model.each)
    return tuple(_judged_in_pieces(one, pieces, done, quantiles) for one in model.each)


def _judged_in_pieces(
    model: Model, pieces: Pieces, done: Callable[[float], None], quantiles: Sequence[float]
) -> Judged:
    fingerprint, n_rows, data = Fingerprint(), pieces.n_rows, model.data
    keys = keys_by(data.groups, data.time_column, data.split_seed) if data.drawn_alike else None
    kept = _to_be_kept(data, pieces, keys)
    together = list[AnyArray]()  # of the rows that are kept, which belong together

    def noted() -> Iterator[Table]:
        begin = 0
        for piece in pieces:
            if data.fingerprint:
                fingerprint.add(piece)
            if keys is not None and keys.groups in piece.names:
                here = _between(kept, begin, piece.n_rows)
                together.append(keys.of(piece.take(here - begin), here))
            begin += piece.n_rows
            yield piece

    summed, some = Summed(model), list[Predictions]()
    for predictions in predictions_of_pieces(model, noted(), quantiles):
        some.append(predictions.take(_between(kept, summed.n_rows, predictions.n_rows) - summed.n_rows))
        summed.add(predictions)
        done(summed.n_rows / n_rows)
    digits = fingerprint.digits()
    if digits != data.fingerprint and data.drawn_alike and data.training_rows + data.test_rows == n_rows:
        digits = digits_of_pieces(pieces, one_block=True)
    used = rows_used_of_many(model, digits, kept)
    if used is None or (not used.fitted_on and may_be_known_as_a_whole(data, n_rows)):
        return _judged_at_once(model, whole(pieces), quantiles)
    drawn = joined_predictions(some)
    if keys is not None and together:
        drawn = replace(drawn, clusters=keys.grouping(np.concatenate(together)).clusters)
    return Judged(summed, used, None if used.aside is None else drawn, drawn)


def _to_be_kept(data: Data, pieces: Pieces, keys: Keys | None) -> Indices:
    """Return the rows to keep: the test rows of the model, if these are its rows, or else some that the seed draws."""
    if data.drawn_alike and (keys is None or digits_of_pieces(pieces) == data.fingerprint):
        return drawn_aside(data, pieces)
    return np.sort(first_drawn(pieces.n_rows, MOST_DRAWN, data.split_seed))


def _between(rows: Indices, begin: int, n: int) -> Indices:
    """Return those of rising rows that are among n from one on."""
    return rows[slice(*np.searchsorted(rows, (begin, begin + n)))]


def _judged_at_once(model: Model, table: Table, quantiles: Sequence[float]) -> Judged:
    used = rows_used(model, table)
    clusters = None if used.aside is None else used.grouping.clusters
    predictions = predictions_of(model, table, clusters, quantiles=quantiles)
    test_rows = None if used.aside is None else predictions.take(used.aside)
    return Judged(predictions, used, test_rows, predictions if test_rows is None else test_rows)
