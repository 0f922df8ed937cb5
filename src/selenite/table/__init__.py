"""Files and columns to numbers and back; importing it costs NumPy alone.

To read, in this order:

* what a table is: `table`, `schema`, and how one of Arrow becomes ours: `functions`, `arrow`;
* a text file becomes cells: `limits`, `foreign`, `whole_rows`, `checked_text`, `header`, `text_file`;
* cells become columns: `missing`, `written_numbers`, `written_dates`, `written_column`, `text_column`, `plain_column`;
  `read` puts it together, and reads Parquet;
* what is learnt of columns: `numbering`, `learn`, `repeats`, `fingerprint`;
* columns become numbers: `match`, `target`, `encode`, and what is `outside` of what was learnt;
* frames, arrays and lists: `objects`, `frame`;
* what to look out for: `leaks`, `suspects`, `audit`;
* and back: `words`, `csv_cells`.
"""

from selenite.table.encode import encode, input_columns, input_names, measured_inputs, n_inputs
from selenite.table.fingerprint import fingerprint
from selenite.table.frame import as_column, as_table, categorical_columns
from selenite.table.learn import learn_schema
from selenite.table.limits import Limits
from selenite.table.outside import Outside, outside
from selenite.table.read import read_table
from selenite.table.schema import ColumnSchema, Kind, ReadOptions, Scale, Schema, Target, Task
from selenite.table.table import Column, Dates, Numbers, Table, Text
from selenite.table.target import answers_of, as_outputs, class_labels, encode_target, learn_target

__all__ = [
    "Column",
    "ColumnSchema",
    "Dates",
    "Kind",
    "Limits",
    "Numbers",
    "Outside",
    "ReadOptions",
    "Scale",
    "Schema",
    "Table",
    "Target",
    "Task",
    "Text",
    "answers_of",
    "as_column",
    "as_outputs",
    "as_table",
    "categorical_columns",
    "class_labels",
    "encode",
    "encode_target",
    "fingerprint",
    "input_columns",
    "input_names",
    "learn_schema",
    "learn_target",
    "measured_inputs",
    "n_inputs",
    "outside",
    "read_table",
]
