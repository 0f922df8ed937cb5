"""What the page tells, gathered before a line of it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from selenite.errors import OptionError
from selenite.explanation.columns import Attributions, Importance, explain, permutation_importance
from selenite.fitting.out_of_fold import Judged, judged_again
from selenite.model import Model
from selenite.nn.random import EXPLAIN
from selenite.splits.split import drawn_rows
from selenite.stages import Stages
from selenite.table import Table

ROWS_EXPLAINED = 300
JUDGING, SHUFFLING, EXPLAINING = "judging the model", "shuffling columns", "explaining rows"  # stages


@dataclass(frozen=True, eq=False)
class Facts:
    """What the page tells."""

    model: Model
    model_name: str  # of its file, without the folder: the page is sent to others
    table: Table
    table_name: str
    day: date
    judged: Judged
    importances: list[Importance]
    explained: Table  # some of the rows judged
    found: Attributions  # in these

    @cached_property
    def rows_judged(self) -> Table:
        """The rows of the table by which the model is judged."""
        return self.table.take(self.judged.rows)


def gather(model: Model, table: Table, model_path: str, table_path: str, day: date, seed: int, stages: Stages) -> Facts:
    """Return all that the page tells; `table` has the answers."""
    if table.n_rows < 2:
        raise OptionError(f"{table.source} has {table.n_rows} row: too few for a report")
    stages.begin(JUDGING)
    judged = judged_again(model, table, stages.done)
    table = replace(table, source=Path(table.source).name)
    part = table.take(judged.rows)
    explained = part.take(drawn_rows(part.n_rows, ROWS_EXPLAINED, seed, EXPLAIN))
    stages.begin(SHUFFLING)
    importances = permutation_importance(model, part, seed=seed, done=stages.done)
    stages.begin(EXPLAINING)
    found = explain(model, explained, background=table, method="sampled", seed=seed, done=stages.done)
    return Facts(
        model,
        Path(model_path).name,
        table,
        Path(table_path).name,
        day,
        judged,
        importances,
        explained,
        found,
    )


def target_name(model: Model) -> str:
    """Return what the predicted column is called."""
    return model.target.name or "target"


def is_number(model: Model) -> bool:
    """Tell whether a number is predicted, not a class."""
    return model.target.task == "regression"
