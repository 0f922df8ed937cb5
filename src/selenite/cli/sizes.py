"""Sizes of hidden layers on the command line."""

from __future__ import annotations

from typing import Any

import click


class Sizes(click.ParamType):  # type: ignore[type-arg]
    """Sizes of hidden layers: "64,32", or "" for a linear model."""

    name = "sizes"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[int, ...]:
        """Return the sizes of the hidden layers."""
        if isinstance(value, tuple):
            return value
        try:
            sizes = tuple(int(part) for part in value.split(",") if part.strip())
        except ValueError:
            sizes = (0,)
        if min(sizes, default=1) < 1 or max(sizes, default=1) > 65_536:
            self.fail(f"{value!r} must be sizes from 1 to 65536, such as 64,32, or '' for a linear model")
        return sizes
