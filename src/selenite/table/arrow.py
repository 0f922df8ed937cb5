"""Arrow: its tables become ours, and the few of its functions that reading text needs.

`pyarrow.compute` has all functions, but wraps hundreds when it is imported, which takes as long as reading a small file
ten times; `_call` calls Arrow by the function's name. Nothing of pyarrow is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from selenite.errors import TableError
from selenite.table.cells import category_text, text_column
from selenite.table.table import EXACT, Column, Numbers, Table, Text, called, checked_table, dates
from selenite.types import AnyArray, Indices, Mask

UNITS_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def table_of_arrow(content: Any, source: str, texts: Collection[str] = (), first_row: int = 0) -> Table:
    """Return a pyarrow.Table as a table; `texts` are columns of text that were only read as dictionaries.

    Of a piece of the source, `first_row` rows stand above it.
    """
    names = tuple(str(name) for name in content.column_names)
    columns = tuple(
        _column(_as_met(array) if name in texts else array, called(name, i), source, first_row)
        for i, (name, array) in enumerate(zip(names, content.columns, strict=True))
    )
    return checked_table(names, columns, content.num_rows, source, first_row)


def is_text(kind: Any) -> bool:
    """Return whether an Arrow type is text."""
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def numpy_of(array: Any) -> AnyArray:
    """Return a pyarrow array without gaps as NumPy, sparing the import of pandas that pyarrow's own way costs."""
    import pyarrow

    if isinstance(array, pyarrow.ChunkedArray):
        return np.concatenate([numpy_of(chunk) for chunk in array.chunks] or [np.empty(0)])
    if pyarrow.types.is_boolean(array.type):
        return numpy_of(cast(array, "uint8")).astype(bool)
    if pyarrow.types.is_timestamp(array.type):
        return numpy_of(cast(array, "int64")).view("datetime64[us]")
    dtype = np.dtype(str(array.type).replace("double", "float64"))
    return (
        np.frombuffer(array.buffers()[1], dtype, len(array), array.offset * dtype.itemsize)
        if len(array)
        else np.empty(0, dtype)
    )


def _column(array: Any, label: str, source: str, first_row: int) -> Column:
    import pyarrow
    from pyarrow import types

    kind = array.type
    if types.is_dictionary(kind):
        of = kind.value_type
        is_number = types.is_integer(of) or types.is_floating(of) or types.is_decimal(of)  # which names a category
        if not (is_number or types.is_string(of) or types.is_large_string(of)):
            return _column(array.cast(of), label, source, first_row)
    elif is_text(kind):
        array = dictionary_encode(array.cast("large_string"))
    elif types.is_boolean(kind):
        return Numbers(_floats(array.cast("int8")), "bool")
    elif types.is_integer(kind):
        return _whole_numbers(array)
    elif types.is_decimal(kind) and kind.scale <= 0:
        whole = _whole_numbers(array)
        return whole if whole.written is not None else Numbers(whole.values)
    elif types.is_floating(kind) or types.is_decimal(kind):
        return Numbers(_floats(array))
    elif types.is_date(kind) or types.is_timestamp(kind):
        unit = kind.unit if types.is_timestamp(kind) else "s"
        counts = (array if types.is_timestamp(kind) else array.cast(pyarrow.timestamp(unit))).cast("int64")
        moments = numpy_of(counts.fill_null(np.iinfo(np.int64).min)).view(f"datetime64[{unit}]")
        zoned = types.is_timestamp(kind) and kind.tz is not None
        return dates(moments, label, source, zoned, first_row)
    elif types.is_duration(kind) or types.is_time(kind):
        whole = array.cast("int32" if types.is_time32(kind) else "int64").cast("int64")
        return Numbers(_floats(whole) / UNITS_A_SECOND[kind.unit])
    elif types.is_null(kind):
        return Numbers(np.full(len(array), np.nan))
    else:
        raise TableError(
            f"{source}: {label} has type {kind}, which is neither number, text nor date. Convert it or leave it out"
        )
    try:
        return _text(_whole(array))
    except UnicodeDecodeError:
        raise TableError(f"{source}: {label} holds bytes that are no text (not UTF-8). Write the file again") from None
    except IndexError:
        raise TableError(f"{source}: {label} holds categories that it does not name. Write the file again") from None


def _whole_numbers(array: Any) -> Numbers:
    """Return whole numbers, those beyond 2^53 with all their digits beside."""
    values = _floats(array)
    if not len(values) or np.nanmax(np.abs(values), initial=0.0) < EXACT:
        return Numbers(values, "int")
    return Numbers(values, "int", _text(_whole(array.cast("string").dictionary_encode())))


def _whole(array: Any) -> Any:
    """Return the chunks of a dictionary array as one."""
    import pyarrow

    whole = array.unify_dictionaries().combine_chunks()
    return pyarrow.concat_arrays(whole.chunks) if isinstance(whole, pyarrow.ChunkedArray) else whole


def _as_met(array: Any) -> Any:
    """Return a dictionary array with its entries in the order in which the rows name them, and no others."""
    import pyarrow

    whole = _whole(array)
    named = _call("unique", [whole.indices]).drop_null()
    codes = _call("index_in", [whole.indices], "SetLookupOptions", named)
    return pyarrow.chunked_array([pyarrow.DictionaryArray.from_arrays(codes, whole.dictionary.take(named))])


def _floats(array: Any) -> Any:
    """Return numbers as float64, NaN for null; whole numbers beyond 2^53 are rounded."""
    return numpy_of(array.cast("float64", safe=False).fill_null(np.nan))


def _text(array: Any) -> Text:
    """Return a dictionary array as text; two equal or missing entries of the dictionary become one."""
    codes = numpy_of(array.indices.cast("int64").fill_null(-1))
    if np.count_nonzero(codes < 0) > array.indices.null_count or codes.max(initial=0) >= max(len(array.dictionary), 1):
        raise IndexError("a code without an entry")
    return text_column([category_text(entry) for entry in array.dictionary.to_pylist()], codes)


def _call(function: str, arrays: list[Any], options: str = "", *given: Any) -> Any:
    """Return what Arrow's function of a name makes of arrays, with options of a class of this name."""
    from pyarrow import _compute

    return _compute.call_function(function, arrays, getattr(_compute, options)(*given) if options else None)


def _mask(mask: Mask) -> Any:
    """Return a mask as Arrow has it; pyarrow.array would import pandas."""
    import pyarrow

    bits = pyarrow.py_buffer(np.packbits(mask, bitorder="little"))
    return pyarrow.Array.from_buffers(pyarrow.bool_(), len(mask), [None, bits])


def dictionary_encode(array: Any) -> Any:
    """Return the array as codes into its different values."""
    return _call("dictionary_encode", [array])


def among(texts: Any, values: Collection[str]) -> Mask:
    """Return which texts are among some values."""
    import pyarrow

    return numpy_of(_call("is_in", [texts], "SetLookupOptions", pyarrow.array(list(values), pyarrow.string())))


def trim_whitespace(texts: Any) -> Any:
    """Return texts without the blanks at their ends."""
    return _call("utf8_trim_whitespace", [texts])


def keep(array: Any, mask: Mask) -> Any:
    """Return the values where the mask is true."""
    return _call("filter", [array, _mask(mask)])


def take(array: Any, places: Indices) -> Any:
    """Return the values at some places."""
    import pyarrow

    places = np.ascontiguousarray(places, dtype=np.int64)
    return _call(
        "take", [array, pyarrow.Array.from_buffers(pyarrow.int64(), len(places), [None, pyarrow.py_buffer(places)])]
    )


def if_else(mask: Mask, yes: Any, no: Any) -> Any:
    """Return one value where the mask is true, and the other elsewhere."""
    return _call("if_else", [_mask(mask), yes, no])


def cast(array: Any, type: Any) -> Any:
    """Return the array as another type, given by name or as pyarrow has it; ArrowInvalid where a value does not fit."""
    from pyarrow import lib

    return _call("cast", [array], "CastOptions", lib.ensure_type(type))


def matching(texts: Any, pattern: str) -> Mask:
    """Return which texts contain a match of the regular expression."""
    return numpy_of(_call("match_substring_regex", [texts], "MatchSubstringOptions", pattern))


def replace(texts: Any, substring: str, by: str) -> Any:
    """Return texts with another substring in place of each that is equal to the given one."""
    return _call("replace_substring", [texts], "ReplaceSubstringOptions", substring, by)


def replace_matches(texts: Any, pattern: str, by: str) -> Any:
    """Return texts with another substring in place of each match of the regular expression."""
    return _call("replace_substring_regex", [texts], "ReplaceSubstringOptions", pattern, by)


def parse_moments(texts: Any, format: str) -> Any:
    """Return timestamps in µs, null where a text is not written in the format."""
    return _call("strptime", [texts], "StrptimeOptions", format, "us", True)
