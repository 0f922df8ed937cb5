"""Files and columns to numbers and back; importing it costs NumPy alone.

To read, in this order:

* what a table is, and what is remembered of one: `schema`, `table`; its values as text, and back: `cells`;
  how a table of Arrow becomes ours: `arrow`;
* where it comes from, how large it may be, which of its columns are taken: `source`, `limits`, `choice`; by what it is
  known again: `fingerprint`; one in memory in pieces: `parted`;
* a text file becomes cells, `dialect` names the options that it needs: `foreign`, `whole_rows`, `decode`, `header`,
  `parse`; so do JSON and Excel: `json_rows`, `sheets`; `readers` tells which it is;
* cells become columns: `units`, `numerals`, `dates`, `missing`, `distinct`, `infer`; those of Parquet are columns:
  `parquet`;
* `complete` leaves out rows with gaps; `read` puts it together; what does not fit into memory comes in pieces:
  `survey`, `pieces`;
* frames, arrays and lists become columns: `objects`, `frames`; many of them one after the other: `batches`;
* what is learnt of columns: `kinds`, `learn`, and of rows: `repeats`, `grouping`; of very many rows, which several
  processes may `share`: `aside`;
* columns become numbers: `match`, `classes`, `target`, `outputs`, `words`, `statistics`, `known_rows`, `encode`, what
  is `outside` of what was learnt, and how rows `drift`;
* what a pass over very many rows tells: `moments`, `census`;
* what to look out for: `leaks`, `suspects`, `codes`, `derived`, `audit`; all that is said of a table: `inspection`.
"""

from selenite.table.batches import pieces_of
from selenite.table.classes import class_labels
from selenite.table.encode import encode, input_columns, input_names, measured_inputs, monotone_inputs, n_inputs
from selenite.table.fingerprint import fingerprint
from selenite.table.frames import as_column, as_table, categorical_columns, declared_categories
from selenite.table.learn import learn_schema
from selenite.table.limits import Limits
from selenite.table.match import Matched, match
from selenite.table.outputs import as_numbers, as_outputs, as_probabilities, smoothed
from selenite.table.outside import Outside, outside
from selenite.table.pieces import Pieces, open_pieces, whole
from selenite.table.read import read_table
from selenite.table.schema import ColumnSchema, Kind, ReadOptions, Scale, Schema, Target, Task
from selenite.table.table import Answers, Column, Dates, Numbers, Table, Text, answers_in, columns_of
from selenite.table.target import (
    answers_of,
    encode_target,
    learn_target,
    strata_of,
)

__all__ = [
    "Answers",
    "Column",
    "ColumnSchema",
    "Dates",
    "Kind",
    "Limits",
    "Matched",
    "Numbers",
    "Outside",
    "Pieces",
    "ReadOptions",
    "Scale",
    "Schema",
    "Table",
    "Target",
    "Task",
    "Text",
    "answers_in",
    "answers_of",
    "as_column",
    "as_numbers",
    "as_outputs",
    "as_probabilities",
    "as_table",
    "categorical_columns",
    "class_labels",
    "columns_of",
    "declared_categories",
    "encode",
    "encode_target",
    "fingerprint",
    "input_columns",
    "input_names",
    "learn_schema",
    "learn_target",
    "match",
    "measured_inputs",
    "monotone_inputs",
    "n_inputs",
    "open_pieces",
    "outside",
    "pieces_of",
    "read_table",
    "smoothed",
    "strata_of",
    "whole",
]
