"""Options that several commands share."""

from __future__ import annotations

import click

from selenite.cli.files import FILE

OUTPUT = click.option(
    "-o", "--output", type=FILE, metavar="MODEL", help="Where to save the model.  [default: FILE's name.selenite]"
)
TASK = click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="If the target's values mislead; classes may be any text, such as 10%.",
)
GROUPS = click.option(
    "--groups", metavar="COLUMN", help="Whose rows stay together, such as a patient; not learnt from."
)
TIME_COLUMN = click.option("--time-column", metavar="COLUMN", help="When each row was made: the latest rows judge.")
KNOWN_ROWS = click.option(
    "--no-known-rows",
    "known_rows",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Keep nothing of single training rows: answer a row equal to one by its columns alone.",
)
STREAM = click.option("--stream", is_flag=True, help="Read FILE in pieces; of itself where memory may not hold it.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
QUIET = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
