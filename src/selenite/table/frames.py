"""Takes the tables of others: pandas, polars, Arrow, NumPy, lists of rows."""

from __future__ import annotations

import datetime
import numbers
import sys
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from selenite.errors import TableError
from selenite.memory import free_memory
from selenite.table.cells import category_text
from selenite.table.limits import CELL_BYTES, check_memory
from selenite.table.objects import column_of_objects, is_missing, types_of, whole_numbers
from selenite.table.schema import FEW_CATEGORIES
from selenite.table.source import require_pyarrow
from selenite.table.table import (
    Column,
    Dates,
    Numbers,
    Table,
    Text,
    called,
    checked_table,
    dates,
    n_different_values,
    require_different,
)
from selenite.text import shown
from selenite.types import AnyArray, Floats, NDArray

DENSE = "a sparse matrix was passed, but dense data is required: pass {}.toarray()"


def as_table(X: Any, names: Sequence[str] | None = None) -> Table:
    """Return a table of others as ours.

    Parameters
    ----------
    X : DataFrame, Arrow table, mapping of names to columns, array of shape (n_rows, n_columns) or list of rows
        It is never written to. Whatever hands on its rows as a stream of Arrow is taken, too, a query of DuckDB say.
    names : sequence of str, optional
        For columns that have none: those of an array, and of a frame that only counts them, 0, 1, 2, ...

    Raises
    ------
    TableError
        If a column is neither numbers, text nor dates, or holds infinity, or two have one name.
    TypeError
        If X is no table, or a column mixes numbers and text.

    Examples
    --------
    >>> from selenite.table import as_table
    >>> table = as_table([[1, "a"], [2, None]], ["n", "t"])
    >>> table["n"].values, table["t"].codes.tolist(), table["t"].values
    (array([1., 2.]), [0, -1], ('a',))
    """
    X = in_memory(X)
    if isinstance(X, Table):
        return X
    if hasattr(X, "toarray"):
        return _table_of_array(_dense(X), names)
    if _is_arrow_table(X):
        from selenite.table.arrow import table_of_arrow

        _check_columns(X.shape)
        return table_of_arrow(X, "the Arrow table")
    if hasattr(X, "collect") and hasattr(X, "lazy"):
        raise TypeError("X is a lazy table, whose rows are not there yet; call .collect() first")
    if hasattr(X, "columns"):
        return _table_of_frame(X, names)
    return _table_of_array(_as_array(X, "X"), names)


def _table_of_mapping(X: Mapping[Any, Any]) -> Table:
    columns = {str(name): as_column(values, str(name)) for name, values in X.items()}
    lengths = {name: len(column.missing()) for name, column in columns.items()}
    if len(set(lengths.values())) != 1:
        told = ", ".join(f"{shown(name)} {length:,}" for name, length in list(lengths.items())[:8])
        raise TableError(f"the columns must be as long as each other; they are of length: {told or 'none'}")
    return checked_table(tuple(columns), tuple(columns.values()), next(iter(lengths.values())), "the mapping")


def in_memory(X: Any) -> Any:
    """Return what only streams its rows as Arrow does, a query of DuckDB say, as a pyarrow Table; all else as it is.

    A mapping of names to columns becomes a table of ours.

    >>> import pyarrow
    >>> reader = pyarrow.RecordBatchReader.from_batches(pyarrow.schema([("x", "int64")]), [])
    >>> in_memory(reader).num_rows, in_memory([[1]])
    (0, [[1]])
    """
    if isinstance(X, Mapping) and not hasattr(X, "tocsr"):  # a sparse matrix may be a mapping, too
        return _table_of_mapping(X)
    if not streams_arrow(X):
        return X
    require_pyarrow()
    import pyarrow

    return pyarrow.table(X)


def streams_arrow(X: Any) -> bool:
    """Tell whether something only streams its rows as Arrow does: it is no table itself."""
    is_table = isinstance(X, Table) or type(X).__module__.split(".")[0] in {"pandas", "polars"} or _is_arrow_table(X)
    return not is_table and hasattr(X, "__arrow_c_stream__")


def as_column(y: Any, name: str = "y") -> Column:
    """Return a Series, a frame of one column, a 1-D array or a list as a column.

    Parameters
    ----------
    y : Series, DataFrame, array or list of n values
    name : str
        What it is called in errors.

    Returns
    -------
    Column

    Examples
    --------
    >>> as_column(["b", "a", None]).missing().tolist(), as_column([1, 2]).type
    ([False, False, True], 'int')
    """
    if isinstance(y, Numbers | Text | Dates):
        return y
    if hasattr(y, "toarray"):
        raise TypeError(f"{name}: {DENSE.format(name)}")
    label = called(name)
    column: Column | None = None
    if type(y).__module__.split(".")[0] in {"pandas", "polars"}:
        import narwhals.stable.v2 as narwhals

        series = narwhals.from_native(y, allow_series=True, pass_through=True)
        if isinstance(series, narwhals.DataFrame) and series.shape[1] == 1:
            series = next(series.iter_columns())
        if isinstance(series, narwhals.Series):
            column = _column_of_series(series, label)
    if column is None:
        array = _as_array(y, name)
        if array.ndim != 1:
            raise TableError(f"{name} must be 1-D, one value a row; it has shape {array.shape}")
        column = _column_of_array(array, label)
    return checked_table((name,), (column,), len(column.missing()), name).columns[0]


def declared_categories(X: Any, table: Table) -> list[str]:
    """Return the names of the columns that a frame, of which `table` is made, declares to be categories."""
    if isinstance(X, Table) or not hasattr(X, "columns"):
        return []
    import narwhals.stable.v2 as narwhals

    frame = narwhals.from_native(X, eager_only=True)
    return [name for name, series in zip(table.names, frame.iter_columns(), strict=True) if _is_categorical(series)]


def categorical_columns(declared: Collection[str], table: Table) -> list[str]:
    """Return which of the columns that are declared to be categories are learnt as such: those with many.

    Of those with few the values say what they are: two answers, or but one. Where no two rows have the same, nothing
    could be learnt of any; and dates are dates.

    Parameters
    ----------
    declared : names of columns
        As `declared_categories` finds them.
    table : Table

    Returns
    -------
    list of str

    Examples
    --------
    >>> import pandas as pd
    >>> from selenite.table import as_table
    >>> frame = pd.DataFrame({"zip": pd.Categorical([str(i % 30) for i in range(60)]), "age": range(60)})
    >>> table = as_table(frame)
    >>> categorical_columns(declared_categories(frame, table), table)
    ['zip']
    """
    return [
        name
        for name, column in zip(table.names, table.columns, strict=True)
        if name in declared and isinstance(column, Text) and FEW_CATEGORIES < n_different_values(column) < table.n_rows
    ]


def _is_categorical(series: Any) -> bool:
    """Tell whether a narwhals Series is declared to hold categories."""
    import narwhals.stable.v2 as narwhals

    return series.dtype in (narwhals.Categorical, narwhals.Enum)


def _is_arrow_table(X: Any) -> bool:
    pyarrow = sys.modules.get("pyarrow")
    return pyarrow is not None and isinstance(X, pyarrow.Table)


def _dense(X: Any) -> AnyArray:
    """Return a sparse matrix with its zeros, unless they would fill the memory."""
    n_rows, n_columns = X.shape
    needed = 2 * CELL_BYTES * n_rows * n_columns  # its own array, and our columns
    check_memory(f"the sparse matrix of {n_columns:,} columns", n_rows, needed, free_memory())
    return np.asarray(X.toarray())


def _check_columns(shape: tuple[int, ...]) -> None:
    """Refuse what has no columns, in scikit-learn's words; rows there may be none."""
    if shape[1] == 0:
        raise TableError(f"Found array with 0 feature(s) (shape={tuple(shape)}) while a minimum of 1 is required.")


def _table_of_frame(X: Any, known: Sequence[str] | None) -> Table:
    import narwhals.stable.v2 as narwhals

    source = f"the {type(X).__module__.split('.')[0]} {type(X).__name__}"
    names = tuple(str(name) for name in X.columns)
    if known is not None and list(X.columns) == list(range(len(known))) and set(known) != set(names):
        names = tuple(known)
    require_different(names, source)  # narwhals would say it less plainly
    try:
        frame = narwhals.from_native(X, eager_only=True)
    except TypeError:
        raise TypeError(f"X must be a pandas, polars or Arrow table or a 2-D array, not {source}") from None
    _check_columns(frame.shape)
    columns = tuple(
        _input_of_series(series, called(name, i))
        for i, (name, series) in enumerate(zip(names, frame.iter_columns(), strict=True))
    )
    return checked_table(names, columns, len(frame), source)


def _input_of_series(series: Any, label: str) -> Column:
    """Return a narwhals Series as a column to learn from: the numbers of a categorical one are names, so text."""
    if not _is_categorical(series):
        return _column_of_series(series, label)
    values = series.to_list()
    kinds = types_of(values)
    if any(issubclass(kind, numbers.Real | Decimal) and not issubclass(kind, bool) for kind in kinds):
        values = [None if is_missing(value) else category_text(value) for value in values]
    elif not all(issubclass(kind, str | bool | np.bool_ | datetime.date | np.datetime64) for kind in kinds):
        values = [None if is_missing(value) else str(value) for value in values]  # intervals, say
    return column_of_objects(values, label)


def _column_of_series(series: Any, label: str) -> Column:
    """Return a narwhals Series as a column; null and NaN are both missing."""
    import narwhals.stable.v2 as narwhals

    kind = series.dtype
    if kind == narwhals.Boolean:
        return Numbers(_floats(series.cast(narwhals.Float64)), "bool")
    if kind.is_numeric():
        values = _floats(series.cast(narwhals.Float64))
        return whole_numbers(values, series.to_list) if kind.is_integer() else Numbers(values)
    if kind == narwhals.Datetime or kind == narwhals.Date:
        zoned = kind == narwhals.Datetime and kind.time_zone is not None
        if zoned:
            series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return dates(np.asarray(series.to_numpy(), dtype="datetime64"), label, zoned=zoned)
    if kind == narwhals.Duration:
        return _seconds(np.asarray(series.to_numpy(), dtype="timedelta64"))
    of_objects = narwhals.Time, narwhals.String, narwhals.Categorical, narwhals.Enum, narwhals.Object
    if kind in of_objects or series.null_count() == len(series):
        return column_of_objects(series.to_list(), label)
    native = series.to_native().dtype
    if hasattr(series.to_native(), "sparse") and "Sparse" in type(native).__name__:
        return _column_of_array(np.asarray(series.to_native().sparse.to_dense()), label)
    if type(native).__name__ == "PeriodDtype":
        return dates(np.asarray(series.to_native().dt.start_time.to_numpy()), label)
    if isinstance(native, np.dtype) and native.kind == "c":
        raise TableError(f"Complex data not supported: {label} is {native}")
    raise TableError(f"{label} has type {native}, which is neither number, text nor date. Convert it or leave it out")


def _seconds(durations: NDArray[np.timedelta64]) -> Numbers:
    """Return durations as numbers of seconds."""
    return Numbers(np.where(np.isnat(durations), np.nan, durations / np.timedelta64(1, "s")))


def _floats(series: Any) -> Floats:
    """Return a Float64 series as an array of its own, NaN for null."""
    values = series.to_numpy()
    if values.dtype == object:
        return np.array([np.nan if is_missing(value) else float(value) for value in values], dtype=np.float64)
    return np.array(values, dtype=np.float64)


def _as_array(X: Any, what: str) -> AnyArray:
    """Return an array, keeping a mixture of types in lists as objects."""
    if isinstance(X, np.ma.MaskedArray):
        X = np.ma.filled(X.astype(object if X.dtype.kind not in "biuf" else np.float64), np.nan)
    if isinstance(X, list | tuple):
        try:
            array = np.array(X)
        except ValueError:
            raise TableError(f"{what} has rows of different lengths") from None
        if array.dtype.kind in "US":  # NumPy makes text of a mixture; look at the items themselves
            array = np.array(X, dtype=object)
        return array
    if hasattr(X, "__array_namespace__") and not isinstance(X, np.ndarray):
        return np.from_dlpack(X)
    return np.asarray(X)


def _table_of_array(array: AnyArray, names: Sequence[str] | None) -> Table:
    if array.dtype.kind == "c":
        raise TableError(f"Complex data not supported: the array is {array.dtype}")
    if array.ndim < 2:
        raise TableError(
            f"Expected 2D array, got {('scalar', '1D')[array.ndim]} array instead. Reshape your data either using "
            f"array.reshape(-1, 1) if your data has a single feature or array.reshape(1, -1) if it contains a single "
            f"sample."
        )
    if array.ndim > 2:
        raise TableError(f"Found array with dim {array.ndim}. A table is expected <= 2.")
    _check_columns(array.shape)
    names = tuple(str(name) for name in names) if names is not None else tuple(f"x{i}" for i in range(array.shape[1]))
    if len(names) != array.shape[1]:
        raise TableError(
            f"the array has {array.shape[1]} columns without names, and {len(names)} are expected: "
            f"{', '.join(map(shown, names[:20]))}"
        )
    if array.dtype.kind in "biuf":
        values = np.asarray(array.T, dtype=np.float64, order="C")  # columns that lie so already are not copied
        columns: tuple[Column, ...] = tuple(
            _numbers(column, original) for column, original in zip(values, array.T, strict=True)
        )
    else:
        columns = tuple(_column_of_array(array[:, i], called(name, i)) for i, name in enumerate(names))
    return checked_table(names, columns, len(array), "the array")


def _column_of_array(array: AnyArray, label: str) -> Column:
    kind = array.dtype.kind
    if kind in "biuf":
        return _numbers(np.array(array, dtype=np.float64), array)
    if kind in "OUT":
        return column_of_objects(array.tolist(), label)
    if kind == "M":
        return dates(array, label)
    if kind == "m":
        return _seconds(array)
    if kind == "c":
        raise TableError(f"Complex data not supported: {label} is {array.dtype}")
    raise TableError(
        f"{label} has type {array.dtype}, which is neither number, text nor date. Convert it or leave it out"
    )


def _numbers(values: Floats, array: AnyArray) -> Numbers:
    """Return the numbers of an array, whose values are given as float64."""
    if array.dtype.kind in "iu":
        return whole_numbers(values, array.tolist)
    return Numbers(values, "bool" if array.dtype.kind == "b" else "float")
