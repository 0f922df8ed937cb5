"""Turns a table into the numbers that a network takes, as the schema says."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from selenite.errors import SchemaError
from selenite.table.cells import as_text
from selenite.table.known_rows import known_row_names, of_known_rows, row_keys
from selenite.table.learn import SCORES, date_phases
from selenite.table.match import KnownColumn, Matched, match
from selenite.table.schema import SET_ASIDE, ColumnSchema, Scale, Schema
from selenite.table.statistics import codes_of, crossing_names, crossings_of, statistics_of
from selenite.table.table import Dates, Numbers, Table, called, days_of, place_of
from selenite.table.words import text_scores
from selenite.types import AnyArray, DTypeLike, Floats

SOFT_LIMIT = 3.0  # scaled numbers approach it and never pass it


def encode(schema: Schema, table: Table | Matched, dtype: DTypeLike = np.float32) -> AnyArray:
    """Return the inputs of the network.

    Parameters
    ----------
    schema : Schema
        What `learn_schema` learnt of the training rows.
    table : Table or Matched
        Columns are found by name; their order and further ones do not matter.
    dtype : dtype
        Of the inputs.

    Returns
    -------
    array of shape (n_rows, n_inputs)
        `input_names` says what each input means.

    Raises
    ------
    SchemaError
        If a column is missing, or holds something else than it did in training.

    Examples
    --------
    >>> from selenite.table import as_table, encode, input_names, learn_schema
    >>> table = as_table([["red"], ["blue"], ["green"]], ["colour"])
    >>> schema = learn_schema(table)
    >>> input_names(schema)
    ('colour = blue', 'colour = green', 'colour = red')
    >>> encode(schema, table).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    matched = match(schema, table)
    inputs = np.zeros((matched.n_rows, n_inputs(schema)), dtype=dtype)
    at = 0
    for known in matched.inputs:
        width = len(_input_names(known.schema))
        _encode_column(known, inputs[:, at : at + width].T, matched.first_row)
        at += width
    if schema.crossings.columns:
        end = at + len(crossing_names(schema))
        inputs[:, at:end] = crossings_of(schema, codes_of(schema, matched)).T
        at = end
    if schema.known_rows.names:
        inputs[:, at:] = of_known_rows(schema.known_rows, row_keys(matched)).T
    return inputs


def input_names(schema: Schema) -> tuple[str, ...]:
    """Return what each input means: "age", "age is missing", "sex = M", "joined: year_sin".

    Parameters
    ----------
    schema : Schema

    Returns
    -------
    tuple of str, one an input

    Examples
    --------
    >>> input_names(Schema((ColumnSchema("pet", "category", categories=("cat", "dog", "owl")),)))
    ('pet = cat', 'pet = dog', 'pet = owl')
    """
    own = (name for column in schema.columns for name in _input_names(column))
    return (*own, *crossing_names(schema), *known_row_names(schema.known_rows))


def input_columns(schema: Schema) -> tuple[int, ...]:
    """Return for each input the index of its column in the schema; of a pair of categories, that of the first.

    Of known rows, which all columns tell, it is the number of columns.

    Parameters
    ----------
    schema : Schema

    Returns
    -------
    tuple of int, one an input

    Examples
    --------
    >>> input_columns(Schema((ColumnSchema("pet", "category", categories=("cat", "dog", "owl")),)))
    (0, 0, 0)
    """
    own = (i for i, column in enumerate(schema.columns) for _ in _input_names(column))
    of_pairs = (first for first, _ in schema.crossings.columns for _ in schema.crossings.names)
    return (*own, *of_pairs, *(len(schema.columns) for _ in known_row_names(schema.known_rows)))


def measured_inputs(schema: Schema) -> tuple[int, ...]:
    """Return which inputs measure, whose fine steps may matter: numbers by their ranks, and points in time.

    Those that the prediction is to rise or fall with are none: it is to go one way alone.

    Parameters
    ----------
    schema : Schema

    Returns
    -------
    tuple of int, rising

    Examples
    --------
    >>> pet = ColumnSchema("pet", "category", categories=("cat", "dog", "owl"))
    >>> measured_inputs(Schema((pet, ColumnSchema("age", "number"))))
    (3,)
    """
    measured: list[int] = []
    at = 0
    for column in schema.columns:
        if column.kind in ("number", "date") and not column.monotone:
            measured.append(at + bool(column.rank_quantiles))
        at += len(_input_names(column))
    return tuple(measured)


def monotone_inputs(schema: Schema) -> tuple[int, ...]:
    """Return for each input whether the prediction is never to fall as it rises, 1, or never to rise, -1; 0 is free.

    Parameters
    ----------
    schema : Schema

    Returns
    -------
    tuple of int, one an input

    Examples
    --------
    >>> age = ColumnSchema("age", "number", missing=True, monotone=-1)
    >>> monotone_inputs(Schema((age, ColumnSchema("height", "number"))))  # of the age, and of whether it is missing
    (-1, 0, 0)
    """
    own = (
        0 if column.missing and at == len(names) - 1 else column.monotone
        for column, names in ((column, _input_names(column)) for column in schema.columns)
        for at in range(len(names))
    )
    return (*own, *(0 for _ in (*crossing_names(schema), *known_row_names(schema.known_rows))))


def n_inputs(schema: Schema) -> int:
    """Return how many numbers a row becomes.

    Parameters
    ----------
    schema : Schema

    Returns
    -------
    int

    Examples
    --------
    >>> pet = ColumnSchema("pet", "category", categories=("cat", "dog", "owl"))
    >>> n_inputs(Schema((pet, ColumnSchema("age", "number"))))
    4
    """
    return len(input_names(schema))


def scaled(values: Floats, scale: Scale) -> Floats:
    """Return z = (x - center) / width, softly clipped: z / sqrt(1 + (z/3)²); 0 where missing."""
    if scale.width == 0.0:
        return np.zeros(len(values))
    with np.errstate(over="ignore"):
        z = (values - scale.center) / scale.width
    z = np.clip(np.nan_to_num(z, nan=0.0), -1e100, 1e100)
    return np.asarray(z / np.sqrt(1.0 + (z / SOFT_LIMIT) ** 2))


def ranked(values: Floats, quantiles: tuple[float, ...]) -> Floats:
    """Return the standard normal quantile of each value's rank among the training rows; 0 where missing.

    `quantiles` are the training values at the standard normal quantiles `SCORES`; between them lie straight lines. A
    value that many rows share gets the middle of its ranks.
    """
    gaps, at = np.isnan(values), np.asarray(quantiles)
    x = np.where(gaps, at[len(at) // 2], values)
    between = _interpolated if _are_extreme(quantiles) else np.interp
    upper, lower = between(x, at, SCORES), between(-x, -at[::-1], -SCORES[::-1])
    return np.where(gaps, 0.0, 0.5 * (upper - lower))


@lru_cache(maxsize=1024)  # asked for each row that is predicted alone
def _are_extreme(quantiles: tuple[float, ...]) -> bool:
    """Tell whether two quantiles are so close together, or so far apart, that np.interp overflows between them."""
    with np.errstate(over="ignore"):
        steps = np.diff(quantiles)
    return bool((((steps > 0) & (steps < np.finfo(np.float64).tiny)) | np.isinf(steps)).any())


def _interpolated(x: Floats, xs: Floats, ys: Floats) -> Floats:
    """Return what np.interp does, without slopes, and with halves of steps that overflow."""
    low = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(xs) - 2)
    high = low + 1
    with np.errstate(over="ignore", invalid="ignore"):
        part = np.where(np.isinf(xs[high] - xs[low]), 0.5, 1.0)
        share = (part * x - part * xs[low]) / np.maximum(
            part * xs[high] - part * xs[low], np.finfo(np.float64).smallest_subnormal
        )
    share = np.where(x >= xs[high], 1.0, np.clip(share, 0.0, 1.0))
    return np.asarray(ys[low] + (ys[high] - ys[low]) * share)


def is_pair(schema: ColumnSchema) -> bool:
    """Tell whether a column is one input, -1 or +1, between two categories."""
    two = schema.kind == "category" and len(schema.categories) == 2 and not schema.rare and not schema.missing
    return schema.kind == "yes/no" or (two and schema.statistics is None)


def _as_it_is(schema: ColumnSchema, column: Numbers, first_row: int) -> Floats:
    """Return the numbers of a column without a scale, which may have no gaps: nothing stands in for them."""
    gaps = column.missing()
    if gaps.any():
        place = place_of(int(np.argmax(gaps)), None, first_row)
        raise SchemaError(f"{place}: {called(schema.name)} is missing, and the model was made without gaps")
    return column.values


def _input_names(schema: ColumnSchema) -> list[str]:
    name = schema.name or "column without a name"
    if schema.kind in SET_ASIDE:
        return []
    if schema.kind == "date":
        names = [f"{name}: {part}" for part in schema.parts]
    elif schema.kind == "number":
        names = [name, f"{name}: rank"] if schema.rank_quantiles else [name]
        names += [f"{name} = {value:.12g}" for value in schema.frequent_values]
    elif schema.kind == "text":
        names = [f"{name}: {score}" for score in schema.terms.scores] if schema.terms else []
    elif schema.statistics is not None:
        names = [f"{name}: {one}" for one in schema.statistics.names]
    elif schema.kind == "yes/no":
        names = [name]
    elif is_pair(schema):
        names = [f"{name} = {schema.categories[1]}"]
    else:
        names = [f"{name} = {category}" for category in schema.categories] + [f"{name} = other"] * schema.rare
    return names + [f"{name} is missing"] * schema.missing


def _encode_column(known: KnownColumn, inputs: AnyArray, first_row: int) -> None:
    """Write the inputs of one column, (width, n_rows), into zeros."""
    schema, column = known.schema, known.column
    gaps = column.missing()
    if schema.missing:
        inputs[-1] = gaps
    if schema.kind == "number" and not schema.scales and isinstance(column, Numbers):
        with np.errstate(over="ignore"):  # the model sees to it that no prediction comes of it
            inputs[0] = _as_it_is(schema, column, first_row)
    elif gaps.all():
        return
    elif schema.kind == "number" and isinstance(column, Numbers):
        inputs[0] = scaled(column.values, schema.scales[0])
        if schema.rank_quantiles:
            inputs[1] = ranked(column.values, schema.rank_quantiles)
        for i, value in enumerate(schema.frequent_values, 1 + bool(schema.rank_quantiles)):
            inputs[i] = column.values == value
    elif schema.kind == "date" and isinstance(column, Dates):
        inputs[0] = scaled(days_of(column.values), schema.scales[0])
        phases = date_phases(np.where(gaps, np.datetime64(0, "us"), column.values))
        for i, part in enumerate(schema.parts[1:], 1):
            period, wave = part.split("_")
            steps, circle = phases[period]
            angles = 2.0 * np.pi * np.arange(circle) / circle
            curve = np.sin(angles) if wave == "sin" else np.cos(angles)  # a table: the same bits for a row alone
            inputs[i] = np.where(gaps, 0.0, curve[steps])
    elif schema.kind == "text":
        if schema.terms is not None:
            inputs[: len(schema.terms.scores)] = text_scores(schema.terms, as_text(column))
    elif schema.statistics is not None:
        inputs[: len(schema.statistics.names)] = statistics_of(schema.statistics, known.codes)
    elif is_pair(schema):
        inputs[0] = np.array([-1.0, 1.0, 0.0, 0.0])[known.codes]  # no, yes, unseen, missing
    else:
        codes = known.codes
        n_codes = len(schema.categories) + schema.rare
        rows = np.flatnonzero((codes >= 0) & (codes < n_codes))
        inputs[codes[rows], rows] = 1.0
