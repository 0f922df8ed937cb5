"""The settings with which a table of one's own, or points drawn by hand, are first learnt from."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from selenite.play.problem import Problem, make_problem
from selenite.play.settings import Settings
from selenite.table import Table

MANY_ROWS = 500  # from which on a table is learnt from in batches


def settings_for_table(old: Settings, table: Table) -> tuple[Settings, Problem]:
    """Return settings that suit a table, of the old ones what can stay, and its problem."""
    many = table.n_rows > MANY_ROWS
    settings = msgspec.structs.replace(
        old, data="file", target="", axes=("", ""), start="glorot", sums=False, slip=False, auto_stop=True,
        test_fraction=0.25, loss="log_loss", hidden=old.hidden or (8,), activations=old.activations or ("tanh",),
        batch_size=32 if many else 0, learning_rate=0.01 if many else 0.05, optimizer="adam",
        schedule="constant", l1=0.0, l2=0.0,
    )  # fmt: skip
    problem = make_problem(settings, table)
    if problem.n_classes == 0:
        settings = msgspec.structs.replace(settings, loss="squared_error")
    return settings, problem


def settings_for_drawn(old: Settings, n_classes: int, was_number: bool) -> Settings:
    """Return the old settings for drawn points of `n_classes` classes."""
    return msgspec.structs.replace(
        old, data="drawn", target="", axes=("", ""), sums=False, slip=False,
        start="glorot" if old.start == "article" else old.start,
        loss="log_loss" if n_classes > 2 or was_number else old.loss,
    )  # fmt: skip


def named(table: Table, name: str) -> Table:
    """Return a table that is called so in messages."""
    return replace(table, source=name, notices=tuple(text.replace(table.source, name) for text in table.notices))
