"""What was tried before the settings were chosen."""

from __future__ import annotations

from selenite.markup import Markup, element, joined, table
from selenite.model import Model
from selenite.model.metrics import CALLED, ERRORS
from selenite.model.settings import Settings
from selenite.tuning.candidates import TRIED
from selenite.tuning.trials import HEADINGS, best_first, trial_rows


def tried(model: Model) -> Markup:
    """Return the table of the trials, the best first; nothing where none were made."""
    trials = model.recipe.trials
    if not trials:
        return Markup("")
    rows = trial_rows(trials)
    metric = None if model.settings is None else model.settings.metric
    by = "loss" if metric is None or trials[0].score is None else CALLED.get(metric) or metric
    order = best_first(trials, metric)
    taken = [getattr(model.settings or Settings(), name) for name in TRIED]
    chosen = next((k for k, one in enumerate(trials) if [getattr(one, name) for name in TRIED] == taken), 0)
    names = [f"{k + 1}{', the recipe' if k == 0 else ''}{', taken' if k == chosen else ''}" for k in order]
    return joined(
        element("h3", "Settings that were tried"),
        table("Trials", ["trial", *HEADINGS, by], [[name, *rows[k]] for name, k in zip(names, order, strict=True)]),
        element(
            "p",
            "Each was judged on validation rows that it did not learn from; no test row was looked at. A trial is "
            f"clearly better than the recipe where its whole interval lies {_better(by, metric)}; all hold together in "
            "95 % of cases.",
            class_="note",
        ),
    )


def _better(by: str, metric: str | None) -> str:
    """Return on which side of the recipe's an interval is better."""
    if by == "loss":
        return "below 1"
    return "below 0" if metric in ERRORS else "above 0"
