"""How to make the model and the page again: commands, seed, versions, fingerprints."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import fields, replace
from hashlib import sha256
from importlib.metadata import version

from selenite.fitting.continuing import ASKED_ANEW
from selenite.markup import Markup, element, joined
from selenite.model import Settings
from selenite.model.settings import why_not_again
from selenite.reporting.facts import Facts
from selenite.reporting.tried import tried
from selenite.table import ReadOptions
from selenite.text import argument
from selenite.tuning.candidates import TRIED

ASKED_BY_OPTIONS = (  # written as they are called; what columns are is told in other ways
    *("task", "preset", "members", "hidden", "activation", "loss", "class_weight", "metric", "threshold"),
    *("epochs", "batch_size", "learning_rate", "dropout", "weight_decay", "seed", "time_limit", "shards"),
)


def again(facts: Facts) -> Markup:
    """Return the command, the seed, the versions and the fingerprints."""
    model, recipe, data = facts.model, facts.model.recipe, facts.model.data
    best = ", ".join(map(str, recipe.best_epochs))
    packages = ("selenite", "numpy", "matplotlib")
    rows = [
        ["seed", f"{recipe.seed}, of the split {data.split_seed}"],
        [
            "rows",
            f"{data.training_rows:,} training rows, of which each member holds out {data.validation_rows:,} as "
            f"validation rows; {data.test_rows:,} test rows",
        ],
        [
            "training",
            f"{recipe.optimizer}, rate {recipe.learning_rate:g}, {recipe.schedule.replace('_', ' ')}; batches of "
            f"{recipe.batch_size}; dropout {recipe.dropout:g}; weight decay {recipe.weight_decay:g}"
            + ("; of the target's logarithm" if model.target_transform else ""),
        ],
        ["epochs", f"at most {recipe.epochs:,}, {recipe.epochs_run:,} run; early stopping: of the members {best} kept"],
        ["fingerprint of the table fitted on", data.fingerprint or "not kept"],
        *([["OLD.selenite, which it continues", f"SHA-256 {data.continues}"]] if data.continues else []),
        ["SHA-256 of the model file", sha256(model.to_bytes()).hexdigest()],
        ["this page", ", ".join(f"{each} {version(each)}" for each in packages)],
        ["on", f"Python {platform.python_version()}, {platform.machine()}"],
    ]
    of = "" if model.whole is None else f" --of {argument(model.target.name)}"
    report = f"selenite report {argument(facts.model_name)} {argument(facts.table_name)}{of}"
    why = why_not_again(model.settings, by_command=True)
    if model.settings is None or why:
        commands, note = [report], f"{why}, so no command is known that makes it again."
    else:
        commands = [fit_command(facts, model.settings), report]
        kept = "" if data.fingerprint else "The model was fitted from Python; the command is what comes nearest. "
        note = kept + (
            "With the same version of selenite, and the same rows to validate by if there were any, it gives the same "
            "model, byte for byte."
            if model.settings.time_limit is None
            else "Within a time limit no two fits are quite the same."
        )
    return joined(
        tried(model),
        element("pre", *(joined(line, Markup("\n")) for line in commands)),
        element("p", note, class_="note"),
        element("dl", *(joined(element("dt", what), element("dd", value)) for what, value in rows)),
        element("p", "Made from the model file and the table alone.", class_="note"),
    )


def fit_command(facts: Facts, settings: Settings) -> str:
    """Return the command that fits the model again: what was asked for, as the file keeps it."""
    model, data, usual_settings = facts.model, facts.model.data, Settings()
    trials, continues = len(model.recipe.trials), data.continues
    settings = replace(settings, **{name: getattr(usual_settings, name) for name in TRIED}) if trials else settings
    options: list[tuple[str, object]] = [("--target", ",".join(one.name for one in model.targets))]
    if continues:
        options = [("--from", "OLD.selenite")]
    for name in ASKED_ANEW if continues else ASKED_BY_OPTIONS:
        value = getattr(settings, name)
        if value != getattr(usual_settings, name):
            shown = ",".join(map(str, value)) if name == "hidden" else value
            if isinstance(value, Mapping):
                shown = ",".join(f"{label}={weight:.15g}" for label, weight in value.items())
            options.append((_option(name), f"{shown:.15g}" if isinstance(shown, float) else shown))
    options += [("--kind", f"{name}={kind}") for name, kind in settings.kinds.items() if not continues]
    options += [
        ("--monotone", f"{name}={'+' if direction > 0 else '-'}")
        for name, direction in settings.monotone.items()
        if not continues
    ]
    for option, names in (("--drop", settings.drop), ("--only", settings.only)):
        options += [(option, each) for each in _joined(names) if not continues]
    for name in ("groups", "time_column", "weights"):
        if column := getattr(data, name):
            options.append((_option(name), column))
    if data.repeats:
        options.append(("--folds", data.folds))
    if data.repeats > 1:
        options.append(("--repeat", data.repeats))
    if model.over_seeds:
        options.append(("--seeds", len(model.over_seeds[0].values)))
    if data.test_rows:
        options.append(("--test-fraction", data.test_fraction))
    if trials:
        options.append(("--trials", trials))
    usual = ReadOptions()
    for each in fields(ReadOptions):
        value = getattr(model.read, each.name)
        if value != getattr(usual, each.name):
            options += [(_option(each.name), one) for one in (value if isinstance(value, tuple) else (value,))]
    words = " ".join(f"{option} {argument(str(value))}" for option, value in options)
    words += "" if settings.known_rows or continues else " --no-known-rows"
    return (
        f"selenite {'tune' if trials else 'fit'} {argument(facts.table_name)} {words} -o {argument(facts.model_name)}"
    )


def _joined(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names as one option takes them, or one by one where a name holds a comma or begins with a blank."""
    return names if any("," in name or name != name.strip() for name in names) else (",".join(names),) * bool(names)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
