"""What was tried before the settings were chosen."""

from __future__ import annotations

from selenite.markup import Markup, element, joined, table
from selenite.model import Model
from selenite.model.settings import Settings
from selenite.tuning.candidates import TRIED
from selenite.tuning.trials import HEADINGS, trial_rows


def tried(model: Model) -> Markup:
    """Return the table of the trials, the best first; nothing where none were made."""
    trials = model.recipe.trials
    if not trials:
        return Markup("")
    rows = trial_rows(trials)
    order = sorted(range(len(trials)), key=lambda k: trials[k].loss)
    taken = [getattr(model.settings or Settings(), name) for name in TRIED]
    chosen = next((k for k, one in enumerate(trials) if [getattr(one, name) for name in TRIED] == taken), 0)
    names = [f"{k + 1}{', the recipe' if k == 0 else ''}{', taken' if k == chosen else ''}" for k in order]
    return joined(
        element("h3", "Settings that were tried"),
        table("Trials", ["trial", *HEADINGS, "loss"], [[name, *rows[k]] for name, k in zip(names, order, strict=True)]),
        element(
            "p",
            "Each was judged on validation rows that it did not learn from; no test row was looked at. A trial is "
            "clearly better than the recipe where its whole interval lies below 1; all hold together in 95 % of cases.",
            class_="note",
        ),
    )
