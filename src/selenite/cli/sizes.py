"""Sizes of hidden layers on the command line."""

from __future__ import annotations

import click


def sizes(value: str) -> tuple[int, ...]:
    """Return the sizes of the hidden layers: of "64,32", or of "" for a linear model."""
    try:
        found = tuple(int(part) for part in value.split(",") if part.strip())
    except ValueError:
        found = (0,)
    if min(found, default=1) < 1 or max(found, default=1) > 65_536:
        raise click.BadParameter(f"{value!r} must be sizes from 1 to 65536, such as 64,32, or '' for a linear model")
    return found
