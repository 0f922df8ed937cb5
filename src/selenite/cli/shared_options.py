"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from selenite.cli.files import FILE

Command = Callable[..., Any]
MOST_SEED = 2**63 - 1  # of fits

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
OF = click.option("--of", metavar="TARGET", help="Of a model of several targets, the one to ask about.")
RENAME = click.option(
    "--rename", "renames", multiple=True, metavar="NEW=KNOWN", help="A column's name in FILE and in the model."
)


def preset_option(what: str) -> Callable[[Command], Command]:
    """Return the option that names a preset, with what it says."""
    presets = click.Choice(["fast", "balanced", "best"])
    return click.option("--preset", type=presets, default="balanced", show_default=True, help=what)


def seed_option(what: str, most: int | None = None) -> Callable[[Command], Command]:
    """Return the option that seeds what it says."""
    return click.option("--seed", type=click.IntRange(0, most), default=0, show_default=True, help=what)
