"""Finds the columns of a schema in a table, by name, and says how to mend what does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from selenite.errors import SchemaError
from selenite.table.cells import as_text, date_text, number_text, spellings
from selenite.table.schema import SET_ASIDE, ColumnSchema, Schema
from selenite.table.table import EXACT, Column, Dates, Numbers, Table, Text, called
from selenite.text import argument, folded, listed, shown
from selenite.types import Indices

DAY = r"\d{4}-\d{2}-\d{2}"
ALIKE = 0.55  # names at least this similar are worth a suggestion


@dataclass(frozen=True, eq=False)
class KnownColumn:
    """A column of a table, and what training learnt of it."""

    schema: ColumnSchema
    column: Column

    @cached_property
    def codes(self) -> Indices:
        """Return the code of each row's category, as `category_codes` does."""
        return category_codes(self.schema, self.column)

    def commonest(self, most: int) -> Indices:
        """Return the codes of at most so many of the commonest categories, in ascending order."""
        n_categories = max(len(self.schema.categories), 1)
        counts = np.bincount(self.codes[(self.codes >= 0) & (self.codes < n_categories)], minlength=n_categories)
        return np.sort(np.argsort(-counts, kind="stable")[:most])


@dataclass(frozen=True, eq=False)
class Matched:
    """A table whose columns were found for a schema: made once, it can be encoded and looked at for what is new."""

    columns: tuple[KnownColumn, ...]  # in the schema's order: all inputs, and those of one value that the table has
    n_rows: int
    first_row: int = 0  # how many rows of the source stand above, where it is a piece

    @property
    def inputs(self) -> tuple[KnownColumn, ...]:
        """The columns that become inputs of the network."""
        return tuple(known for known in self.columns if known.schema.kind not in SET_ASIDE)


def match(schema: Schema, table: Table | Matched) -> Matched:
    """Find the columns of a schema in a table, by name; order and further columns do not matter.

    What is matched already is returned as it is: `encode` and `outside` take either.

    Raises
    ------
    SchemaError
        If a column that is an input is missing, or holds something else than it did in training.

    Parameters
    ----------
    schema : Schema
        What `learn_schema` learnt of the training rows.
    table : Table or Matched
        Of n rows.

    Returns
    -------
    Matched
        The columns in the schema's order.

    Examples
    --------
    >>> from selenite.table import as_table, encode, learn_schema, outside
    >>> schema = learn_schema(as_table([[1.0], [2.0], [4.0]], ["x"]))
    >>> new = match(schema, as_table([[0.0, 9.0]], ["y", "x"]))
    >>> encode(schema, new).shape, outside(schema, new)[0].what
    ((1, 2), 'above 4 (the most seen)')
    """
    if isinstance(table, Matched):
        return table
    given = dict(zip(table.names, table.columns, strict=True))
    absent = [known for known in schema.inputs if known.name not in given]
    if absent:
        more = "" if len(absent) == 1 else f" (so {'is' if len(absent) == 2 else 'are'} {len(absent) - 1} more)"
        raise SchemaError(
            f"{called(absent[0].name)} is missing in {table.source}{more}.{_suggestion(absent[0], schema, table)}"
        )
    found = [
        KnownColumn(known, given[known.name])
        for known in schema.columns
        if known.name in given and known.kind != "identifier"
    ]
    for known in found:
        if known.schema.kind != "constant":
            _check_type(known.schema, known.column, table)
    return Matched(tuple(found), table.n_rows, table.first_row)


def match_each(schema: Schema, pieces: Iterable[Table]) -> Iterator[tuple[Table, Matched]]:
    """Give each piece of a table with its columns found for a schema.

    Where a column holds text in place of numbers, the error names the first cell that is no number, as of the whole.
    """
    left = iter(pieces)
    for piece in left:
        try:
            matched = match(schema, piece)
        except SchemaError:
            numbers = [known.name for known in schema.columns if known.kind == "number" and known.name in piece.names]
            for other in left:
                if any(_first_word(other[name]) is not None for name in numbers):
                    match(schema, other)
            raise
        yield piece, matched


def category_codes(schema: ColumnSchema, column: Column) -> Indices:
    """Return the code of each row's category: -1 where missing, the number of categories where unseen."""
    unseen = len(schema.categories)
    fold = schema.kind == "yes/no"
    code_of = {folded(text): code for text, code in schema.code_of.items()} if fold else schema.code_of
    if not isinstance(column, Numbers):
        text = as_text(column)
        codes = [code_of.get(folded(value) if fold else value, unseen) for value in text.values]
        return np.array([*codes, -1], dtype=np.intp)[text.codes]
    texts, values, rows = spellings(column)

    @cache  # where it is needed: it looks at all categories
    def by_value() -> dict[float | None, int]:
        if column.type == "bool" and not (schema.categories and fold):
            return {value_of(text.casefold(), logical=True): code for text, code in code_of.items()}
        spelt = {value_of(text): code for text, code in code_of.items()}
        return spelt | {0.0: 0, 1.0: 1} if schema.categories and fold else spelt

    def code(text: str, value: float) -> int:
        if text in code_of:
            return code_of[text]
        if abs(value) >= EXACT and column.written is not None:
            return unseen  # its digits are in the text alone
        shortest = number_text(value, column.type)
        return code_of[shortest] if shortest in code_of else by_value().get(value, unseen)

    codes = [code(text, value) for text, value in zip(texts, values.tolist(), strict=True)]
    return np.where(column.missing(), -1, np.array(codes, dtype=np.intp)[rows])


def value_of(text: str, logical: bool = False) -> float | None:
    """Return the number that a category spells, if it does."""
    if logical:
        return {"false": 0.0, "true": 1.0}.get(text)
    try:
        return float(text)
    except ValueError:
        return None


def _check_type(schema: ColumnSchema, column: Column, table: Table) -> None:
    """Refuse text or truth values where numbers were, and the like."""
    fits = {"number": Numbers, "date": Dates}.get(schema.kind)
    present = ~column.missing()
    is_logical = isinstance(column, Numbers) and column.type == "bool"
    fitting = fits is None or (isinstance(column, fits) and not (is_logical and _is_measured(schema)))
    if not present.any():
        return
    row = int(np.argmax(present))
    if fitting:
        _check_zone(schema, column, f"{table.source}, {table.place(row)}: {called(schema.name)}")
        return
    if isinstance(column, Text):
        word = _first_word(column) if schema.kind == "number" else row
        row = row if word is None else word
        given = shown(column.values[column.codes[row]])
    elif isinstance(column, Dates):
        given = date_text(column.values[row])
    else:
        given = number_text(column.values[row], "bool") if is_logical else f"{column.values[row]:g}"
    remedy = "Correct it, or leave it empty if it is missing"
    if isinstance(column, Text) and table.first_line is None and _is_written(schema, column):
        convert = {"number": "to_numeric", "date": "to_datetime"}[schema.kind]
        given = f"text such as {given}"
        remedy = f"Convert the column, as pandas.{convert} does, or read the rows from a text file"
    raise SchemaError(
        f"{table.source}, {table.place(row)}: {called(schema.name)} held {schema.kind}s in training, but here {given}. "
        f"{remedy}"
    )


def _first_word(column: Column) -> int | None:
    """Return the first row of a column of text that is no number, if there is one."""
    if not isinstance(column, Text):
        return None
    wrong = np.array([value_of(text) is None for text in column.values] + [False])[column.codes]
    return int(np.argmax(wrong)) if wrong.any() else None


def _is_written(schema: ColumnSchema, column: Text) -> bool:
    """Tell whether the texts of a column are all numbers, or dates, as the schema has them."""
    texts = [column.values[code] for code in np.unique(column.codes[column.codes >= 0]).tolist()]
    if schema.kind == "number":
        return all(value_of(text) is not None for text in texts)
    return all(re.match(DAY, text.strip()) for text in texts)


def _check_zone(schema: ColumnSchema, column: Column, what: str) -> None:
    """Refuse times with a zone where training had none, and the other way round: hours would shift."""
    if schema.kind == "date" and isinstance(column, Dates) and None not in (schema.zoned, column.zoned):
        if column.zoned and not schema.zoned:
            raise SchemaError(
                f"{what} held times without a zone in training, but here they have one. Write them without, as the "
                f"clocks showed in training"
            )
        if schema.zoned and not column.zoned:
            raise SchemaError(
                f"{what} held times with a zone in training, but here they have none. Add it, such as Z or +00:00"
            )


def _is_measured(schema: ColumnSchema) -> bool:
    """Tell whether training saw other numbers than the 0 and 1 that truth values become."""
    return bool(schema.scales) and (bool(schema.rank_quantiles) or not {schema.minimum, schema.maximum} <= {0.0, 1.0})


def _suggestion(wanted: ColumnSchema, schema: Schema, table: Table) -> str:
    """Return a hint at the table's column that may be the missing one under another name."""
    from difflib import SequenceMatcher

    known = {column.name for column in schema.columns}
    best, best_score, overlap = "", ALIKE, ""
    for name, column in zip(table.names, table.columns, strict=True):
        if name in known:
            continue
        a, b = folded(wanted.name), folded(name)
        score = 0.9 if a and b and (a in b or b in a) else SequenceMatcher(None, a, b).ratio()
        values = _overlap(wanted, column)
        if values is not None and score + 0.1 * bool(values) > best_score:
            best, best_score, overlap = name, score + 0.1 * bool(values), values
    if not best:
        return f" It has {listed(table.names, 8) or 'no columns'}"
    kind = f": same kind of values ({overlap})" if overlap else ""
    return f" It has {shown(best)}{kind}. Add --rename {argument(f'{best}={wanted.name}')}"


def _overlap(wanted: ColumnSchema, column: Column) -> str | None:
    """Return values that column and schema share, "" if none, None if the kinds differ."""
    present = column.missing() == 0
    if not present.any():
        return ""
    if wanted.kind in ("category", "yes/no"):
        codes = category_codes(wanted, column)
        shared = sorted(set(codes[(codes >= 0) & (codes < len(wanted.categories))].tolist()))
        if not shared and isinstance(column, Dates):
            return None
        return ", ".join(wanted.categories[code] for code in shared[:3])
    if wanted.kind == "number" and isinstance(column, Numbers):
        low, high = float(np.nanmin(column.values)), float(np.nanmax(column.values))
        meet = (
            wanted.minimum is not None
            and wanted.maximum is not None
            and low <= wanted.maximum
            and high >= wanted.minimum
        )
        return f"{low:g}–{high:g}" if meet else ""
    return "" if wanted.kind == "date" and isinstance(column, Dates) else None
