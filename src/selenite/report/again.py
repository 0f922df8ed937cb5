"""How to make the model and the page again: commands, seed, versions, fingerprints."""

from __future__ import annotations

import platform
from dataclasses import fields
from hashlib import sha256
from importlib.metadata import version

from selenite.fitting.out_of_fold import settings_of
from selenite.report.facts import Facts, is_number
from selenite.report.markup import Markup, element, joined, table
from selenite.table import ReadOptions, learn_target
from selenite.text import argument


def again(facts: Facts) -> Markup:
    """Return the command, the seed, the versions and the fingerprints."""
    model, recipe, data = facts.model, facts.model.recipe, facts.model.data
    best = ", ".join(map(str, recipe.best_epochs))
    packages = ("selenite", "numpy", "scikit-learn", "matplotlib")
    rows = [
        ["seed", f"{recipe.seed}, of the split {data.split_seed}"],
        [
            "rows",
            f"{data.training_rows:,} to train on, of which each member holds out {data.validation_rows:,} to choose "
            f"its epoch by; {data.test_rows:,} put aside",
        ],
        [
            "training",
            f"{recipe.optimizer}, rate {recipe.learning_rate:g}, {recipe.schedule.replace('_', ' ')}; batches of "
            f"{recipe.batch_size}; dropout {recipe.dropout:g}; weight decay {recipe.weight_decay:g}"
            + ("; of the target's logarithm" if model.target_transform else ""),
        ],
        ["epochs", f"at most {recipe.epochs}, {recipe.epochs_run} run; kept of the members {best}"],
        ["fingerprint of the table fitted on", data.fingerprint or "not kept"],
        ["SHA-256 of the model file", sha256(model.to_bytes()).hexdigest()],
        ["this page", ", ".join(f"{each} {version(each)}" for each in packages)],
        ["on", f"Python {platform.python_version()}, {platform.machine()}"],
    ]
    commands = [*fit_commands(facts), f"selenite report {argument(facts.model_path)} {argument(facts.table_path)}"]
    kept = "" if data.fingerprint else "The model was fitted from Python; the command is what comes nearest. "
    same = (
        "If no other options were given (weights of classes and rows, for example, are not kept in the file), it gives "
        "the same model, byte for byte, with the same version of selenite."
    )
    return joined(
        element("pre", *(joined(line, Markup("\n")) for line in commands)),
        element("p", kept, same, class_="note"),
        table(["", ""], rows, numbers_from=2),
        element("p", "Made from the model file and the table alone.", class_="note"),
    )


def fit_commands(facts: Facts) -> list[str]:
    """Return the command that fits the model again, as far as its file tells."""
    model, data, chosen = facts.model, facts.model.data, settings_of(facts.model)
    seeming = learn_target(facts.table[model.target.name], model.target.name)
    options: list[tuple[str, str]] = [("--target", model.target.name)]
    if seeming.task != model.target.task:
        options.append(("--task", model.target.task))
    options.append(("--members", str(chosen["members"])))
    if chosen["hidden_layer_sizes"] is not None:
        options.append(("--hidden", ",".join(map(str, chosen["hidden_layer_sizes"]))))
    if chosen["activation"] != "relu":
        options.append(("--activation", chosen["activation"]))
    if chosen["loss"] != ("squared_error" if is_number(model) else "log_loss"):
        options.append(("--loss", chosen["loss"]))
    for option, name in (
        ("--epochs", "max_iter"),
        ("--batch-size", "batch_size"),
        ("--learning-rate", "learning_rate_init"),
    ):
        if chosen[name] not in (None, "auto"):
            options.append((option, f"{chosen[name]:g}"))
    options.append(("--seed", str(model.recipe.seed)))
    for option, column in (("--groups", data.groups), ("--time-column", data.time_column)):
        if column:
            options.append((option, column))
    if data.test_rows:
        options.append(("--test-fraction", f"{data.test_fraction:g}"))
    usual = ReadOptions()
    for each in fields(ReadOptions):
        value = getattr(model.read, each.name)
        if value != getattr(usual, each.name):
            option = f"--{each.name.replace('_', '-')}"
            options += [(option, one) for one in (value if isinstance(value, tuple) else (value,))]
    words = " ".join(f"{option} {argument(value)}" for option, value in options)
    return [f"selenite fit {argument(facts.table_path)} {words} -o {argument(facts.model_path)}"]
