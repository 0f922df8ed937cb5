"""The commands as functions of Python: `inspect`, `fit`, `score` and `report`, with the same words and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from selenite.errors import OptionError
from selenite.model import Model, Settings, load
from selenite.model.loading import model_of, of_any
from selenite.model.own_metric import as_metric
from selenite.model.reading import KnownPieces
from selenite.model.settings import activations_as_asked
from selenite.progress import ProgressBar
from selenite.table import (
    Kind,
    Limits,
    Pieces,
    ReadOptions,
    Table,
    categorical_columns,
    open_pieces,
    pieces_of,
    whole,
)
from selenite.table.audit import target_candidates
from selenite.table.batches import Batches
from selenite.table.choice import Kept, kept_columns
from selenite.table.limits import LARGE
from selenite.text import hint

if TYPE_CHECKING:
    from selenite.fitting.evaluated import EvaluatedFit
    from selenite.fitting.large import LargeTable
    from selenite.model.scored import Score, Scores
    from selenite.reporting import Report
    from selenite.table.inspection import Inspection

Texts = dict[str, tuple[str, ...]]  # columns of a file that are read as text

SETTINGS = {field.name for field in fields(Settings)}


def inspect(
    table: Any,
    target: str | Sequence[str] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    drop: Sequence[str] = (),
    only: Sequence[str] = (),
    read: ReadOptions | None = None,
) -> Inspection:
    """Return what is in a table, and what to look out for, as `selenite inspect` says it.

    Parameters
    ----------
    table : path, DataFrame (pandas, polars, Arrow), array or Table
    target : str or sequence of str, optional
        The column to predict, or several: adds what can be said about it.
    kinds : mapping, optional
        What columns are, by name: "number", "category", "yes/no", "date", "identifier", "constant".
    drop, only : sequence of str
        Columns to leave out; or those to look at alone, the target beside them.
    read : ReadOptions, optional
        How a file is written.

    Returns
    -------
    Inspection
        Printed, it is the command's text; a notebook shows a table; `to_dict()` is what `--json` prints.

    Raises
    ------
    TableError, SchemaError
        Where the table cannot be read, or has no such column.

    Examples
    --------
    >>> import selenite
    >>> found = selenite.inspect({"size": [1.0, 2.5, 4.0], "pet": ["cat", "dog", "cat"]}, target="pet")
    >>> found.columns[0].kind, found.target["classes"]
    ('number', {'cat': 2, 'dog': 1})
    """
    from selenite.table.inspection import inspect_table

    targets = _targets(target)
    kept = partial(kept_columns, drop=drop, only=only, with_task=targets)
    rows, declared = _all_rows(table, read, _texts(kinds), kept)
    _require(rows, targets)
    return inspect_table(rows, targets, {**declared, **(kinds or {})}, _path(table))


def fit(
    table: Any,
    target: str | Sequence[str],
    *,
    output: str | PathLike[str] | None = None,
    validation: Any = None,
    test_fraction: float | None = None,
    folds: int | None = None,
    repeat: int = 1,
    seeds: int = 1,
    groups: str | None = None,
    time_column: str | None = None,
    weights: str | None = None,
    read: ReadOptions | None = None,
    verbose: bool = False,
    **settings: Any,
) -> EvaluatedFit:
    """Fit a model to a table and say honestly how good it is, as `selenite fit` does: to the same bytes.

    Parameters
    ----------
    table : path, DataFrame (pandas, polars, Arrow), array, Table, or all that `selenite.table.pieces_of` takes
        Rows with the column to predict. Of more than 262,144 most are kept on the disk while it is fitted.
    target : str or sequence of str
        The column to predict; or several, all numbers or all of two classes, that share the hidden layers.
    output : path, optional
        Where to save the model; nowhere unless given.
    validation : as `table`, optional
        Validation rows of your own, to choose the best epoch by.
    test_fraction : float, optional
        The share of the rows that judge; 0.15, or of fewer than 1,000 rows none, but 5 folds.
    folds, repeat : int
        Judge every row, by models fitted without its fold, and draw the folds so often. `out_of_fold` of what is
        returned has what was said of each row; with a `time_column` by models of the rows before.
    seeds : int
        Fit with so many, from `seed` on, to see how the figures vary: `model.over_seeds`, of several targets in each of
        `model.of_targets`. The first is kept.
    groups, time_column, weights : str, optional
        The column whose rows stay together, that says when a row was made, that says how much a row counts.
    read : ReadOptions, optional
        How a file is written.
    verbose : bool
        Show how far it is, in one line that is redrawn.
    **settings
        What else `selenite fit` takes, by its names: the fields of `selenite.model.Settings`, such as `preset`,
        `members`, `hidden`, `epochs`, `seed`, `kinds`, `drop`, `only`. As `metric` a function is taken, too, as by the
        estimators.

    Returns
    -------
    EvaluatedFit
        `model`, and the `figures` on rows that it never used. Printed, it is the command's text; `to_dict()` is what
        `--json` prints.

    Raises
    ------
    OptionError
        Where there is no such option, or the rows are too few.
    TableError, SchemaError
        Where a table cannot be read, or has no such column.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> found = selenite.fit({"a": X[:, 0], "b": X[:, 1], "y": X[:, 0] - X[:, 1]}, target="y", preset="fast")
    >>> found.to_dict()["rows"], found.figures["selenite"][0].name
    ({'training': 200, 'validation': 24, 'test': 0}, 'R2')
    """
    from selenite.fitting.evaluate import fit_and_evaluate
    from selenite.fitting.large import look_over
    from selenite.training import TellEpochs

    unknown = next((name for name in settings if name not in SETTINGS), None)
    if unknown is not None:
        raise OptionError(f"fit takes no {unknown}; {hint(unknown, sorted(SETTINGS))}")
    asked, targets = _settings(settings), _targets(target)
    texts = _texts(asked.kinds) | dict.fromkeys(targets if asked.task == "classification" else (), ())
    columns: dict[str, Any] = {"groups": groups, "time_column": time_column, "weights": weights}
    tasks = [*targets, groups, time_column, weights]
    kept = partial(kept_columns, drop=asked.drop, only=asked.only, with_task=tasks)
    asked = replace(asked, only=tuple(name for name in asked.only if name not in (*targets, groups, weights)))
    with ProgressBar(lines=True, quiet=not verbose) as bar:
        rows, declared = _rows(table, read, texts, kept)
        _require(rows, [*targets, *(name for name in columns.values() if name is not None)])
        asked = replace(asked, kinds={**declared, **asked.kinds})
        own = None if validation is None else _all_rows(validation, read, texts, kept)[0]
        how: Any = {"validation": own, "read": read, "callbacks": [TellEpochs(bar.done)], "stages": bar}
        judging: dict[str, Any] = {"test_fraction": test_fraction, "folds": folds, "repeat": repeat, "seeds": seeds}
        given: Table | LargeTable
        if isinstance(rows, Table):
            given = rows
        elif folds is not None or seeds > 1 or len(targets) > 1:
            given = whole(rows)
        else:
            given = look_over(rows, targets[0], asked, test_fraction=test_fraction, **columns)
        found = fit_and_evaluate(given, targets, asked, **judging, **columns, **how)
    if output is not None:
        found.model.save(output)
    return replace(found, file=_path(table), output=None if output is None else fspath(output))


def score(
    model: Any,
    table: Any,
    *,
    quantiles: Sequence[float] = (),
    read: ReadOptions | None = None,
    verbose: bool = False,
) -> Score | Scores:
    """Score a model on a table with answers, as `selenite score` does.

    Parameters
    ----------
    model : path, Model or fitted estimator
    table : path, DataFrame, array, Table, or all that `selenite.table.pieces_of` takes
        Rows with the column that the model predicts. If it is the table that the model was fitted on, the test rows are
        scored by themselves as well.
    quantiles : sequence of float
        Of a number, the quantiles whose pinball loss is told; 0.05 and 0.95 unless given.
    read : ReadOptions, optional
        How a file is written, if not as the one that the model was fitted on.
    verbose : bool
        Show how far it is.

    Returns
    -------
    Score, or Scores of a model of several targets
        `metrics` by name, each with its interval. Printed, it is the command's text; `to_dict()` is what `--json`
        prints.

    Raises
    ------
    SchemaError
        Where the column that the model predicts is missing, or another that it needs.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> regressor = selenite.SeleniteRegressor(members=1, max_iter=20).fit(X, X[:, 0])
    >>> found = selenite.score(regressor, {"x0": X[:, 0], "x1": X[:, 1], "target": X[:, 0]})
    >>> bool(found.metrics["R2"].value > 0.9)
    True
    """
    from selenite.model.scored import MEASURING, PREDICTING, score_of

    known = of_any(_loaded(model))
    path = _path(table)
    pieces = pieces_of(table) if path is None else KnownPieces(known, path, read or known.read, Limits(), {})
    _require(pieces, known.target.names)
    with ProgressBar(quiet=not verbose) as bar:
        bar.expect(PREDICTING, MEASURING)
        return score_of(known, pieces, bar, path, quantiles)


def report(
    model: Any,
    table: Any,
    *,
    of: str | None = None,
    output: str | PathLike[str] | None = None,
    seed: int = 0,
    read: ReadOptions | None = None,
    verbose: bool = False,
) -> Report:
    """Write one page about a model, as `selenite report` does.

    Parameters
    ----------
    model : path, Model or fitted estimator
    table : path, DataFrame, array or Table
        Rows with the column that the model predicts. If it is the table that the model was fitted on, the page judges
        by the test rows.
    of : str, optional
        Of a model of several targets, the one that the page is about.
    output : path, optional
        Where to write the page; nowhere unless given.
    seed : int
        Of what is drawn at random.
    read : ReadOptions, optional
        How a file is written, if not as the one that the model was fitted on.
    verbose : bool
        Show how far it is.

    Returns
    -------
    Report
        `html` is the page, which a notebook shows; `save(path)` writes it.

    Raises
    ------
    SchemaError
        Where the column that the model predicts is missing, or another that it needs.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> regressor = selenite.SeleniteRegressor(members=1, max_iter=5).fit(X, X[:, 0])
    >>> page = selenite.report(regressor, {"x0": X[:, 0], "x1": X[:, 1], "target": X[:, 0]})
    >>> page.html.startswith("<!DOCTYPE html>")
    True
    """
    from selenite.reporting import Report
    from selenite.reporting import report as page_of

    known = _model(model) if of is None else of_any(_loaded(model)).of(of)
    path, of_model = _path(table), _path(model)
    names = of_model or "model.selenite", path or "table.csv"
    rows = whole(pieces_of(table) if path is None else KnownPieces(known, path, read or known.read, Limits(), {}))
    _require(rows, known.target.names)
    with ProgressBar(quiet=not verbose) as bar:
        found = Report(page_of(known, rows, *names, seed=seed, stages=bar), of_model, path)
    return found if output is None else found.save(output)


def _model(given: Any) -> Model:
    """Return a model of one target, be it given by its file, itself or an estimator."""
    return model_of(_loaded(given))


def _loaded(given: Any) -> Any:
    """Return what is given, of a file's path the model in it."""
    return load(given) if isinstance(given, str | PathLike) else given


def _targets(target: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the columns to predict."""
    return () if target is None else (target,) if isinstance(target, str) else tuple(target)


def _path(given: Any) -> str | None:
    return fspath(given) if isinstance(given, str | PathLike) else None


def _settings(given: dict[str, Any]) -> Settings:
    """Return the settings that options stand for."""
    hidden = given.get("hidden")
    if isinstance(hidden, int):
        given = {**given, "hidden": (hidden,)}
    elif hidden is not None:
        given = {**given, "hidden": tuple(hidden)}
    if "activation" in given:
        given = {**given, "activation": activations_as_asked(given["activation"])}
    given = {**given, "metric": as_metric(given.get("metric"))}
    if given.get("threshold") is not None:
        given = {**given, "threshold": str(given["threshold"])}
    given = {name: tuple(value) if name in ("drop", "only") else value for name, value in given.items()}
    return Settings(**given)


def _texts(kinds: Mapping[str, Kind] | None) -> dict[str, tuple[str, ...]]:
    """Return the columns of a file that are read as text, whatever they hold."""
    return {name: () for name, kind in (kinds or {}).items() if kind == "category"}


def _rows(table: Any, read: ReadOptions | None, texts: Texts, kept: Kept) -> tuple[Table | Pieces, dict[str, Kind]]:
    """Return a table, in pieces if it is large, and the columns that it declares to be categories itself."""
    path = _path(table)
    options = read or ReadOptions()
    pieces = pieces_of(table, kept) if path is None else open_pieces(path, options, texts, kept=kept)
    declared = pieces.declared if isinstance(pieces, Batches) else ()
    if pieces.n_rows > LARGE:
        return pieces, {}
    rows = whole(pieces)
    return rows, dict.fromkeys(categorical_columns(declared, rows), "category")


def _all_rows(table: Any, read: ReadOptions | None, texts: Texts, kept: Kept) -> tuple[Table, dict[str, Kind]]:
    rows, declared = _rows(table, read, texts, kept)
    return rows if isinstance(rows, Table) else whole(rows), declared


def _require(rows: Table | Pieces, names: Sequence[str]) -> None:
    """Raise if a table lacks a column."""
    header = rows if isinstance(rows, Table) else Table(rows.names, (), 0, rows.source)
    for name in names:
        header.require(name, target_candidates(rows) if isinstance(rows, Table) else ())
