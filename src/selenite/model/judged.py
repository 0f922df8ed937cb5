"""What a model predicts for a table with answers, and which of its rows the model knows: at once, or in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from selenite.model.model import Model
from selenite.model.predictions import Predictions, joined_predictions, predictions_of, predictions_of_pieces
from selenite.model.rows import RowsUsed, drawn_aside, may_be_known_as_a_whole, rows_used, rows_used_of_many
from selenite.model.summed import Summed
from selenite.splits.split import first_drawn
from selenite.table import Pieces, Table
from selenite.table.fingerprint import Fingerprint
from selenite.table.limits import LARGE
from selenite.table.parted import joined

MOST_DRAWN = 65_536  # rows that are kept of very many, to be drawn


@dataclass(frozen=True)
class Judged:
    """Predictions for a table, what fitting the model did with its rows, and predictions that can be drawn."""

    all_rows: Predictions | Summed
    used: RowsUsed
    test_rows: Predictions | None  # where the table is the one that the model was fitted on
    drawn: Predictions  # the test rows, or all, or some of very many


def judged(model: Model, pieces: Pieces, done: Callable[[float], None]) -> tuple[Judged, ...]:
    """Return a model's predictions for a table with answers, and what fitting it did with the rows; for each target.

    Of a table of very many rows, sums and some rows are held in memory; all of it only if it is the one that the model
    was fitted on, and its values tell which rows stayed together then. `done` is told the share that is read.
    """
    if pieces.n_rows <= LARGE:
        table = joined(list(pieces))
        return tuple(_judged_at_once(one, table) for one in model.each)
    return tuple(_judged_in_pieces(one, pieces, done) for one in model.each)


def _judged_in_pieces(model: Model, pieces: Pieces, done: Callable[[float], None]) -> Judged:
    fingerprint, n_rows = Fingerprint(), pieces.n_rows
    data = model.data
    kept = drawn_aside(data, n_rows) if data.drawn_alike else np.sort(first_drawn(n_rows, MOST_DRAWN, data.split_seed))

    def noted() -> Iterator[Table]:
        for piece in pieces:
            if data.fingerprint:
                fingerprint.add(piece)
            yield piece

    summed, some = Summed(model), list[Predictions]()
    for predictions in predictions_of_pieces(model, noted()):
        here = kept[slice(*np.searchsorted(kept, (summed.n_rows, summed.n_rows + predictions.n_rows)))]
        some.append(predictions.take(here - summed.n_rows))
        summed.add(predictions)
        done(summed.n_rows / n_rows)
    used = rows_used_of_many(model, fingerprint.digits(), n_rows)
    if used is None or (not used.fitted_on and may_be_known_as_a_whole(data, n_rows)):
        return _judged_at_once(model, joined(list(pieces)))
    drawn = joined_predictions(some)
    return Judged(summed, used, None if used.aside is None else drawn, drawn)


def _judged_at_once(model: Model, table: Table) -> Judged:
    used = rows_used(model, table)
    predictions = predictions_of(model, table, None if used.aside is None else used.grouping.clusters)
    test_rows = None if used.aside is None else predictions.take(used.aside)
    return Judged(predictions, used, test_rows, predictions if test_rows is None else test_rows)
