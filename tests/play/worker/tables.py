"""Prints columns of every kind, what selenite.table learns of them, and the inputs they become, as JSON.

The page's are compared with them.
"""

from dataclasses import asdict, replace
from typing import Any

import msgspec
import numpy as np

from selenite.table import Column, Dates, Numbers, Schema, Table, Text, encode, input_columns, input_names, learn_schema

WORDS = ("no", "yes", "No", " YES ", "a", "b", "ä", "😀", "1", "1.0", "01", "true", "False", "", "1e3", "nan")


def hexadecimal(values: Any) -> dict[str, str]:
    """Return float64 numbers with all their bits."""
    return {"hex": np.ascontiguousarray(values, dtype="<f8").tobytes().hex()}


def column_of(name: str, column: Column) -> dict[str, Any]:
    """Return a column as the page has it."""
    if isinstance(column, Text):
        return {"name": name, "type": "text", "codes": column.codes.tolist(), "texts": column.values}
    if isinstance(column, Dates):
        moments = np.where(column.missing(), np.nan, column.values.astype(np.int64).astype(np.float64))
        return {"name": name, "type": "date", "values": hexadecimal(moments), "zoned": column.zoned}
    found = {"name": name, "type": "number", "values": hexadecimal(column.values)}
    if column.type != "float":
        found["whole" if column.type == "int" else "logical"] = True
    if column.written is not None:
        found["written"] = {"codes": column.written.codes.tolist(), "texts": column.written.values}
    return found


def columns_of(table: Table) -> list[dict[str, Any]]:
    """Return a table's columns as the page has them."""
    return [column_of(name, column) for name, column in zip(table.names, table.columns, strict=True)]


def schema_of(schema: Schema) -> list[dict[str, Any]]:
    """Return what is known of the columns; none is monotone or has statistics, which the page does not know of."""
    unknown = ("monotone", "statistics")
    assert not any(getattr(column, name) for column in schema.columns for name in unknown)
    return [{name: value for name, value in asdict(column).items() if name not in unknown} for column in schema.columns]


def drawn(rng: np.random.Generator, n: int) -> tuple[Column, Column]:
    """Return a random column and one of the same type with further values."""
    which = rng.integers(8)
    gaps = (rng.random(2 * n) < 0.1) & (rng.random() < 0.5)
    halves = np.arange(n), np.arange(n, 2 * n)
    if which < 3:
        values = rng.normal(size=2 * n) * 10.0 ** rng.integers(-300, 300) if which == 0 else rng.normal(size=2 * n)
        if which == 1:
            values = np.where(rng.random(2 * n) < 0.7, 0.0, rng.integers(1, 60, 2 * n) / 4)
        if which == 2 and rng.random() < 0.3:
            values = 5e-324 * rng.integers(0, 9, 2 * n)
        column: Column = Numbers(np.where(gaps, np.nan, values))
    elif which == 3:
        type = str(rng.choice(["int", "float", "bool"]))
        values = rng.integers(0, 2, 2 * n) if type == "bool" else rng.integers(0, rng.integers(2, 9), 2 * n)
        column = Numbers(np.where(gaps, np.nan, values), type)
    elif which == 4:
        texts = ("1.0", "2", "03", "true", "1e1", "1")
        codes = rng.integers(0, 6, 2 * n).astype(np.int32)
        values = np.array([1, 2, 3, 1, 10, 1.0])[codes]
        column = Numbers(np.where(gaps, np.nan, values), str(rng.choice(["int", "float"])), Text(codes, texts))
    elif which == 5:
        moments = np.datetime64(0, "us") + rng.integers(-(10**17), 10**16, 2 * n) // 10 ** rng.integers(0, 12)
        column = Dates(np.where(gaps, np.datetime64("NaT"), moments))
    else:
        words = tuple(map(str, rng.permutation(WORDS))) if which == 6 else tuple(f"w{i}" for i in range(40))
        some = rng.integers(1, len(words))
        codes = np.where(gaps, -1, (some * rng.random(2 * n) ** 3).astype(np.int32)).astype(np.int32)
        codes[n:] = np.where(rng.random(n) < 0.2, len(words) - 1, codes[n:])
        column = Text(codes, words)
    return column.take(halves[0]), column.take(halves[1])


def encodings() -> list[dict[str, Any]]:
    """Return schemas learnt of random rows, and further rows as their inputs."""
    found = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(5, 200))
        names = ("x", "", "a column", "k", "id")[: rng.integers(1, 6)]
        pairs = [drawn(rng, n) for _ in names]
        learnt, new = (Table(names, tuple(pair[k] for pair in pairs), n) for k in (0, 1))
        kinds = {
            name: "category"
            for name, (column, _) in zip(names, pairs, strict=True)
            if not isinstance(column, Dates) and rng.random() < 0.3
        }
        of_all = learn_schema(learnt, kinds)
        schema = Schema(tuple(replace(column, rank_quantiles=(), frequent_values=()) for column in of_all.columns))
        found.append({"schema": schema_of(schema), "columns": columns_of(new)[::-1], "n_rows": n})
        found[-1] |= {
            "names": input_names(schema),
            "of": input_columns(schema),
            "X": hexadecimal(encode(schema, new, np.float64)),
        }
    return found


if __name__ == "__main__":
    print(msgspec.json.encode({"encodings": encodings()}).decode())
