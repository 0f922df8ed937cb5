"""How a fit went, as text, as data and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selenite.markup import Markup, element, table
from selenite.model.baselines import HEADINGS
from selenite.model.stored_figures import monotone_text, over_seeds_dict, over_seeds_text, rows_of_figures
from selenite.table.limits import LARGE
from selenite.text import counted, figure_cells, figures_table, listed, paragraph, path_text, plain, shown

if TYPE_CHECKING:
    from selenite.fitting.evaluated import EvaluatedFit, Judgement
    from selenite.model import Model
    from selenite.table import Schema

ENDINGS = {
    "epochs": "all {run} run",
    "patience": "stopped after {run}",
    "time": "out of time after {run}",
    "interrupt": "interrupted after {run}",
    "diverged": "diverged after {run}",
}


def outcome_text(fit: EvaluatedFit) -> str:
    """Return the rows, the model, how it trained, its figures beside the baselines, and the verdict."""
    lines = [paragraph(text, f"  {head}: ", " " * (len(head) + 4)) for head, text in _facts(fit).items()]
    lines += [paragraph(str(finding), "  note: ", " " * 8) for finding in fit.findings]
    for name, judged in zip(fit.model.target.names, fit.judged, strict=True):
        lines.append("")
        if judged.figures:
            of = f"{plain(name)}, " if fit.model.target.each else ""
            lines += [f"  {of}on {_judging_rows(fit)}", figures_table(_headed(judged))]
        lines += [paragraph(over_seeds_text(judged.over_seeds))] if judged.over_seeds else []
        lines.append(paragraph(judged.verdict))
    return "\n".join(lines)


def outcome_html(fit: EvaluatedFit) -> Markup:
    """Return the same for a notebook."""
    facts = [f"{head}: {text}" for head, text in _facts(fit).items()] + [str(finding) for finding in fit.findings]
    told = [element("ul", *(element("li", fact) for fact in facts))]
    for target, judged in zip(fit.model.target.names, fit.judged, strict=True):
        headed = _headed(judged)
        rows = [[name, *(texts.get(model, "") for model in headed)] for name, texts in figure_cells(headed).items()]
        of = f"{plain(target)}, on" if fit.model.target.each else "On"
        told += [table(f"{of} {_judging_rows(fit)}", ["", *headed], rows)] if rows else []
        told += [element("p", over_seeds_text(judged.over_seeds))] if judged.over_seeds else []
        told.append(element("p", judged.verdict))
    return element("div", *told)


def outcome_dict(fit: EvaluatedFit) -> dict[str, Any]:
    """Return the same as plain data."""
    model = fit.model
    judged = {name: _judged_dict(one) for name, one in zip(model.target.names, fit.judged, strict=True)}
    return {
        "file": None if fit.file is None else path_text(fit.file),
        "model": None if fit.output is None else path_text(fit.output),
        "target": model.target.name,
        "task": model.target.task,
        "rows": {
            "training": model.data.training_rows,
            "validation": model.data.validation_rows,
            "test": model.data.test_rows,
        },
        "folds": model.data.folds,
        **({"repeats": model.data.repeats} if model.data.repeats else {}),
        "layer_sizes": model.network.layer_sizes,
        "members": len(model.recipe.best_epochs),
        "parameters": model.parameters.size,
        "target_transform": model.target_transform,
        **({} if model.threshold is None else {"threshold": model.threshold}),
        "epochs": model.recipe.epochs_run,
        "best_epochs": model.recipe.best_epochs,
        "ended": model.recipe.ended,
        "findings": [vars(finding) for finding in fit.findings],
        "seconds": fit.seconds,
        **({"targets": judged} if model.target.each else judged[model.target.name]),
    }


def _judged_dict(judged: Judgement) -> dict[str, Any]:
    """Return the figures of one target, and what they mean, as plain data."""
    return {
        "test": {
            name: {metric.name: {"value": metric.value, "low": metric.low, "high": metric.high} for metric in metrics}
            for name, metrics in judged.figures.items()
        },
        "verdict": judged.verdict,
        **({"over_seeds": over_seeds_dict(judged.over_seeds)} if judged.over_seeds else {}),
    }


def _facts(fit: EvaluatedFit) -> dict[str, str]:
    """Return which rows there were, what the model is, and how it trained."""
    model, data, recipe = fit.model, fit.model.data, fit.model.recipe
    n_inputs, *hidden, n_outputs = model.network.layer_sizes
    members, held_out = len(recipe.best_epochs), f"{data.validation_rows:,}"
    if fit.validated_on is not None:
        validating = f" and {held_out} validation rows, those of {fit.validated_on}"
    elif members > 1:
        validating = f", of which each member takes {held_out} as its validation rows"
    else:
        validating = f", of which {held_out} are validation rows"
    judging = f"{data.test_rows:,} test rows" if data.test_rows else f"judged in {data.folds} folds"
    judging += f", drawn {data.repeats} times" if data.repeats > 1 else ""
    best = recipe.best_epochs
    kept = f"epoch {best[0]}" if min(best) == max(best) else f"epochs {min(best)} to {max(best)}"
    layers = f"hidden layers {','.join(map(str, hidden))} {model.network.hidden_activation}" if hidden else "linear"
    network = (
        f"{f'{members} times ' if members > 1 else ''}{counted(n_inputs, 'input')}, {layers}, "
        f"{counted(n_outputs, 'output')}; {model.parameters.size:,} parameters"
        f"{', of the logarithm' if model.target_transform else ''}"
    )
    ended = ENDINGS.get(recipe.ended, recipe.ended).format(run=counted(recipe.epochs_run, "epoch"))
    return {
        "rows": f"{data.training_rows:,} training rows{validating}; {judging} (seed {data.split_seed})",
        "model": network,
        **({"categories": told} if (told := statistics_text(model.schema, data.training_rows)) else {}),
        **({"known rows": told} if (told := known_rows_text(model.schema)) else {}),
        **({"monotone": monotone} if (monotone := monotone_text(model.schema)) else {}),
        "training": f"{ended}, {kept} kept, {fit.seconds:.1f} s",
        **({} if model.threshold is None else {"decision": _decision(model)}),
    }


def statistics_text(schema: Schema, n_rows: int) -> str:
    """Return which columns are told by the mean answers of their categories, or of so many rows could not be."""
    if n_rows > LARGE:
        names = [each.name for each in schema.columns if each.rare]
        indicated = f"{listed(names, 4)} by indicators of the commonest"
        return f"{indicated}; mean answers are learnt from at most {LARGE:,} rows" if names else ""
    names, pairs = [each.name for each in schema.columns if each.statistics], len(schema.crossings.columns)
    whose = "its" if len(names) == 1 else "their"
    crossed = f", and of {counted(pairs, 'pair')} of them" if pairs else ""
    return f"{listed(names, 4)} by the mean answers of {whose} categories{crossed}" if names else ""


def known_rows_text(schema: Schema) -> str:
    """Return how many rows the model knows again; nothing where it knows none."""
    n = len(schema.known_rows.key_array)
    told = f"{n:,} different training rows; a row equal to one is told what it answered"
    return f"{told} (--no-known-rows keeps none)" if n else ""


def _decision(model: Model) -> str:
    """Return from which probability on the second class is predicted, and how that was chosen."""
    asked = "" if model.settings is None else model.settings.threshold or ""
    chosen = f", by {asked} on rows that the networks did not learn from" if asked and asked[0].isalpha() else ""
    return f"{shown(model.target.classes[1])} from a probability of {model.threshold:.4g} on{chosen}"


def _judging_rows(fit: EvaluatedFit) -> str:
    return rows_of_figures(fit.model, fit.n_judged).removesuffix(f" of {fit.model.data.folds}")


def _headed(judged: Judgement) -> dict[str, list[Any]]:
    return {HEADINGS.get(name, name): found for name, found in judged.figures.items()}
