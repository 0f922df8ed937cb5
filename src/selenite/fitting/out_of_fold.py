"""Judges a model again by the rows that judged it when it was fitted, so that each row's error can be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from selenite.fitting.contenders import Fits
from selenite.fitting.evaluate import training_table
from selenite.model import Model, Settings
from selenite.model.predictions import Predictions, joined_predictions, predictions_of
from selenite.model.rows import parts_of, rows_used
from selenite.model.settings import why_not_again
from selenite.model.stored_figures import rows_of_figures
from selenite.splits.grouping import Grouping
from selenite.splits.split import Part
from selenite.stages import Done, nobody
from selenite.table import Table, answers_in, learn_target
from selenite.table.known_rows import of_known_rows, row_keys
from selenite.types import Indices

ALIKE = 1e-5  # stored figures and those found again may differ by so much of themselves


@dataclass(frozen=True, eq=False, kw_only=True)
class Judged(Predictions):
    """Predictions of rows of a table, and whether they tell how good the model is."""

    rows: Indices  # of the table
    which: str  # the rows, in words, as the end of "on ..."
    unseen: bool | None  # by the networks that predicted them; None where that is not known
    as_stored: bool | None = None  # whether the figures are those that the model holds; None where they need not be
    n_known: int = 0  # rows whose equals were trained on, and are known to what predicted them


def judged_again(model: Model, table: Table, done: Done = nobody) -> Judged:
    """Return predictions of the test rows, or of each row out of its fold, by models fitted anew; else of all."""
    used = rows_used(model, table)
    if used.fitted_on and used.aside is None and model.data.folds and not why_not_again(model.settings):
        by_folds = _out_of_fold(model, table, used.grouping, done)
        return by_folds if model.data.repeats > 1 else _compared(by_folds)
    rows, clusters, part = np.arange(table.n_rows), None, table
    which = f"all {table.n_rows:,} rows of the table" + (", which the model was fitted on" if used.fitted_on else "")
    if used.aside is not None:
        rows, clusters, part = used.aside, used.grouping.take(used.aside).clusters, table.take(used.aside)
        which = f"the {len(rows):,} test rows"
    found = predictions_of(model, part)
    unseen = True if used.aside is not None else False if used.fitted_on else True if model.data.fingerprint else None
    judged = Judged(
        model,
        found.prediction,
        found.answers,
        clusters,
        covered=found.covered,
        rows=rows,
        which=which,
        unseen=unseen,
        n_known=_n_known(model, part),
    )
    return judged if used.aside is None else _compared(judged)


def _settings_to_refit(model: Model, settings: Settings) -> Settings:
    """Return what was asked of the fit; in place of a time limit, what it left."""
    if settings.time_limit is None:
        return settings
    return replace(
        settings,
        time_limit=None,
        hidden=model.network.layer_sizes[1:-1],
        members=model.n_members,
        epochs=model.recipe.epochs,
    )


def refitted(model: Model, table: Table, grouping: Grouping) -> Iterator[tuple[Part, Model]]:
    """Yield each fold of the model's table, and a model fitted without it again by the settings that the file keeps."""
    name, model = model.target.name, model.whole or model
    assert model.settings is not None
    target = learn_target(answers_in(table, model.target.names), model.target.name, model.target.task)
    settings = replace(_settings_to_refit(model, model.settings), task=target.task)
    data = replace(model.data, repeats=0)  # of folds drawn several times the first
    given = training_table(table, target, settings, data, grouping)
    fits = Fits(given, parts_of(table, target, data, grouping))
    for k, part in enumerate(fits.parts):
        fitted = fits.fit(k, settings)
        if fits.interrupted:
            raise KeyboardInterrupt
        yield part, fitted.model.of(name)


def _out_of_fold(model: Model, table: Table, grouping: Grouping, done: Done) -> Judged:
    """Fit each fold's model again, and let it predict its fold."""
    rows: list[Indices] = []
    found: list[Predictions] = []
    n_known = 0
    for k, ((_, judging), fitted) in enumerate(refitted(model, table, grouping)):
        part = table.take(judging)
        rows.append(judging)
        found.append(predictions_of(fitted, part))
        n_known += _n_known(fitted, part)
        done((k + 1) / model.data.folds)
    judging = np.concatenate(rows)
    in_order = np.argsort(judging)
    all_rows = joined_predictions(found).take(in_order)
    which = rows_of_figures(replace(model, data=replace(model.data, repeats=0)), len(judging))
    return Judged(
        model,
        all_rows.prediction,
        all_rows.answers,
        grouping.take(judging[in_order]).clusters,
        decided=all_rows.decided,
        covered=all_rows.covered,
        rows=judging[in_order],
        which=which,
        unseen=True,
        n_known=n_known,
    )


def _n_known(model: Model, table: Table) -> int:
    """Return how many rows a model knows from training."""
    known_rows = model.schema.known_rows
    return int(of_known_rows(known_rows, row_keys(model.match(table)))[0].sum()) if known_rows.names else 0


def _compared(judged: Judged) -> Judged:
    """Return the same with whether its figures are those that the model holds."""
    stored = {figure.metric: figure.value for figure in judged.model.figures if figure.model == "selenite"}
    found = {metric.name: metric.value for metric in judged.metrics()}
    both = stored.keys() & found.keys()  # those by class weights are not found again
    alike = all(abs(found[name] - stored[name]) <= ALIKE * abs(stored[name]) for name in both)
    return replace(judged, as_stored=bool(stored) and alike)
