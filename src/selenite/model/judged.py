"""What a model predicts for a table with answers, and which of its rows the model knows: at once, or in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from selenite.model.model import Model
from selenite.model.predictions import Predictions, predictions_of, predictions_of_pieces
from selenite.model.rows import RowsUsed, rows_used, rows_used_of_many
from selenite.table import Pieces, Table
from selenite.table.fingerprint import Fingerprint
from selenite.table.limits import LARGE
from selenite.table.parted import joined


def judged(model: Model, pieces: Pieces, done: Callable[[float], None]) -> tuple[Predictions, RowsUsed]:
    """Return a model's predictions for a table with the target's column, and what fitting the model did with its rows.

    Of a table of very many rows, answers and outputs alone are held in memory; all of it only if it is the one that the
    model was fitted on, and its values tell which rows stayed together then. `done` is told the share that is read.
    """
    if pieces.n_rows <= LARGE:
        return _judged_at_once(model, joined(list(pieces)))
    fingerprint = Fingerprint()

    def noted() -> Iterator[Table]:
        n_rows = 0
        for piece in pieces:
            if model.data.fingerprint:
                fingerprint.add(piece)
            yield piece
            n_rows += piece.n_rows
            done(n_rows / pieces.n_rows)

    predictions = predictions_of_pieces(model, noted())
    used = rows_used_of_many(model, fingerprint.digits(), pieces.n_rows)
    return (predictions, used) if used is not None else _judged_at_once(model, joined(list(pieces)))


def _judged_at_once(model: Model, table: Table) -> tuple[Predictions, RowsUsed]:
    used = rows_used(model, table)
    return predictions_of(model, table, None if used.aside is None else used.grouping.clusters), used
