"""What must hold in a model's header, part by part; what breaks one rule is refused by name.

The types and the network's own rules hold already when a header has been decoded. A checksum shows that a file is
whole, not that it makes sense: whoever can write a file can compute it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import prod

import numpy as np

from selenite.errors import ModelFileError
from selenite.model.parts import Data, Figure, Header, OverSeeds, Recipe
from selenite.model.residual_quantiles import LEVELS, ResidualQuantiles
from selenite.model.settings import Settings, activation_names
from selenite.nn import OPTIMIZERS, Network
from selenite.nn.activations import ACTIVATIONS
from selenite.nn.losses import parse_loss
from selenite.nn.schedules import SCHEDULES
from selenite.table.classes import class_labels
from selenite.table.encode import n_inputs
from selenite.table.learn import SCORES
from selenite.table.schema import (
    NO_CROSSINGS,
    NO_KNOWN_ROWS,
    ColumnSchema,
    KnownRows,
    ReadOptions,
    Schema,
    Target,
    Terms,
)
from selenite.text import shown

FIRST_DAY, LAST_DAY = -719_162, 2_932_897  # since 1970, of the years 1 to 9999
WAVES = tuple(f"{period}_{wave}" for period in ("year", "week", "day") for wave in ("sin", "cos"))
ENDED = ("", "epochs", "patience", "interrupt", "callback", "time", "diverged", "converged")  # training.Ending
MOST = 2**64  # of what is counted
LEAST_WIDTH = 2.0**-1022  # the smallest number with all digits
RAREST, MOST_ADDED = 100.0, 1e6  # of the terms of free text: 1 + ln(rows), and what one adds to a score
MOST_FOLDS, LEAST_FRACTION = 1000, 1e-6


def check(header: Header, n_members: int) -> None:
    """Raise unless all parts make sense, each by itself and together."""
    for column in header.schema.columns:
        check_column(column)
    check_schema(header.schema, header.network)
    check_targets(header)
    check_read(header.read)
    check_recipe(header.recipe, n_members)
    check_data(header.data)
    check_figures(header.figures)
    check_over_seeds(header.over_seeds)
    if header.threshold is not None:
        _require(len(header.target.classes) == 2, "only two classes have a threshold")
        _require(0 <= header.threshold <= 1, "its threshold is no probability")
    if header.settings is not None:
        check_settings(header.settings, header.schema, header.target)


def check_column(column: ColumnSchema) -> None:
    """Raise unless a column has what its kind needs, and nothing else."""
    name, kind = f"column {shown(column.name)}", column.kind
    scales, ends = column.scales, (column.minimum, column.maximum)
    _require(all(scale.width >= 0 for scale in scales), f"one of the scales of {name} has a negative width")
    _require_range(ends, f"the range of {name}")
    ranks, frequent = column.rank_quantiles, column.frequent_values
    _require(not ranks or len(ranks) == len(SCORES), f"{name} has {len(ranks)} rank quantiles")
    _require(_rises(ranks), f"the rank quantiles of {name} do not rise")
    _require(_rises(frequent) and _differ(frequent), f"the frequent values of {name} do not rise")
    _require(_differ(column.categories), f"{name} has a category twice")
    n_scales = {"date": (1,), "number": (0, 1)}.get(kind, (0,))
    _require(len(scales) in n_scales, f"{name}, of kind {kind}, has {len(scales)} scales")
    _require(bool(scales) or not (ranks or frequent), f"{name} has ranks without a scale")
    of_number = kind == "number" or not (ranks or frequent)
    of_text = kind in ("category", "yes/no", "constant") or not column.categories
    _require(of_number and of_text, f"{name}, of kind {kind}, has what columns of other kinds have")
    _require(kind == "category" or not column.rare, f"{name}, of kind {kind}, has rare categories")
    if kind == "date":
        rising = [part for part in WAVES if part in column.parts]
        _require(column.parts == ("time", *rising), f"{name} is a date, but its parts are none of a date")
        days = [scales[0].center, *(end for end in ends if end is not None)]
        _require(all(FIRST_DAY <= day <= LAST_DAY for day in days), f"{name} holds dates that no calendar has")
    else:
        _require(not column.parts, f"{name}, of kind {kind}, has parts of a date")
    if kind == "yes/no":
        two = len({text.strip().casefold() for text in column.categories}) == len(column.categories) == 2
        _require(two, f"{name} is yes or no, but its categories are not two")
    _require((kind == "text") == (column.terms is not None), f"{name}, of kind {kind}, has no terms, or those of text")
    if column.terms is not None:
        check_terms(name, column.terms)
    if column.statistics is not None:
        _require(kind == "category", f"{name}, of kind {kind}, has statistics of categories")
        check_statistics(name, column.statistics.names, column.statistics.values, len(column.categories))
    goes = column.monotone == 0 or (kind == "number" and column.monotone in (-1, 1) and not frequent)
    _require(goes, f"{name} cannot be monotone as it says")
    if kind == "constant":
        _require(len(column.categories) <= 1, f"{name} is constant, but has several values")


def check_terms(name: str, terms: Terms) -> None:
    """Raise unless each term of free text is rare to some degree, and adds a number to each score."""
    _require(_differ(terms.names) and _differ(terms.scores), f"{name} has a term or a score twice")
    _require(len(terms.rarities) == len(terms.names), f"the terms of {name} have another number of rarities")
    _require(all(1 <= rarity <= RAREST for rarity in terms.rarities), f"a term of {name} is as rare as none can be")
    _require(len(terms.added) == len(terms.scores) > 0, f"the scores of {name} are of another number")
    whole = all(len(added) == len(terms.names) for added in terms.added)
    _require(whole, f"the terms of {name} add another number of numbers")
    small = all(abs(one) <= MOST_ADDED for added in terms.added for one in added)
    _require(small, f"a term of {name} adds more than a score can hold")


def check_statistics(name: str, names: tuple[str, ...], values: bytes, n: int) -> None:
    """Raise unless there is a finite number of each name for each of n categories, or pairs."""
    _require(bool(names) and _differ(names), f"a statistic of {name} is there twice, or none is")
    _require(len(values) == 4 * n * len(names), f"the statistics of {name} are of another number")
    small = bool((np.abs(np.frombuffer(values, "<f4")) <= MOST_ADDED).all())
    _require(small, f"a statistic of {name} is larger than one can be")


def check_crossings(schema: Schema) -> None:
    """Raise unless pairs are of different columns with statistics, and their keys rise and are of such."""
    crossings, n, name = schema.crossings, len(schema.columns), "pairs of categories"
    if not crossings.columns:
        _require(crossings == NO_CROSSINGS, f"{name} have statistics, but there are none")
        return
    _require(_differ(crossings.columns), f"two {name} are of the same columns")
    whole = all(0 <= first < second < n for first, second in crossings.columns)
    _require(whole, f"{name} are of columns that are not there")
    told = {k for pair in crossings.columns for k in pair}
    names = {None if one is None else one.names for one in (schema.columns[k].statistics for k in told)}
    _require(names == {crossings.names}, f"{name} are of columns with other statistics, or none")
    _require(len(crossings.keys) % 8 == 0, f"{name} have broken keys")
    keys = crossings.key_array
    _require(bool((np.diff(keys) > 0).all()), f"the keys of {name} do not rise")
    most = sum(prod(len(schema.columns[k].categories) for k in pair) for pair in crossings.columns)
    _require(not len(keys) or (keys[0] >= 0 and keys[-1] < most), f"{name} are of categories that are not there")
    check_statistics(name, crossings.names, crossings.values, len(keys))


def check_known_rows(known_rows: KnownRows) -> None:
    """Raise unless the keys of known rows rise, each with a finite number of each name."""
    if not known_rows.names:
        _require(known_rows == NO_KNOWN_ROWS, "known rows have answers, but no name for them")
        return
    _require(len(known_rows.keys) % 8 == 0, "known rows have broken keys")
    keys = known_rows.key_array
    _require(bool((keys[1:] > keys[:-1]).all()), "the keys of known rows do not rise")
    check_statistics("known rows", known_rows.names, known_rows.values, len(keys))


def check_schema(schema: Schema, network: Network) -> None:
    """Raise unless the columns make as many inputs as the network takes."""
    _require(_differ(schema.names), "two of its columns have the same name")
    check_crossings(schema)
    check_known_rows(schema.known_rows)
    inputs = n_inputs(schema)
    _require(inputs == network.n_inputs, f"its columns make {inputs} inputs, its network takes {network.n_inputs}")


def check_targets(header: Header) -> None:
    """Raise unless the network gives what is to be predicted, and what is known of each target goes with it."""
    target, network = header.target, header.network
    _require(len(header.of_targets) == len(target.each), "what it knows of its targets is of another number of them")
    if not target.each:
        check_target(target, network)
        check_quantiles(target, header.residual_quantiles, header.truth_quantiles)
        return
    _require(len(target.each) > 1 and len(target.each) == network.n_outputs, "its targets do not fit its outputs")
    _require(_differ(target.names), "two of its targets are the same")
    shared = Target(", ".join(target.names), target.each[0].task, each=target.each)
    _require(target == shared and {one.task for one in target.each} == {target.task}, "its targets share nothing else")
    alone = replace(network, layer_sizes=(*network.layer_sizes[:-1], 1))
    for one, known in zip(target.each, header.of_targets, strict=True):
        _require(not one.each, "one of its targets is several")
        check_target(one, alone)
        check_figures(known.figures)
        check_over_seeds(known.over_seeds)
        check_quantiles(one, known.residual_quantiles, known.truth_quantiles)
        _require(known.temperature > 0, "a temperature is not above 0")


def check_quantiles(target: Target, residuals: ResidualQuantiles | None, of_truth: tuple[float, ...]) -> None:
    """Raise unless what is known of how far answers lie is of such a target."""
    if residuals is not None:
        _require(target.task == "regression", "only numbers have residuals")
        check_residual_quantiles(residuals)
    if of_truth:
        _require(target.task == "classification", "only classes have sets")
        check_truth_quantiles(of_truth)


def check_target(target: Target, network: Network) -> None:
    """Raise unless the network gives what is to be predicted."""
    n, output = len(target.classes), network.activations[-1]
    fits = target.n_outputs == network.n_outputs and (target.task == "classification") == (n >= 2)
    _require(fits, f"its {n} classes do not fit its network's {network.n_outputs} outputs")
    if target.task == "classification":
        _require(output in ("logistic", "softmax"), f"its network gives no probabilities, but those of {output}")
        _require(_differ(target.classes), "two of its classes are the same")
        try:
            labels = class_labels(target)
        except (ValueError, OverflowError):
            labels = None
        _require(labels is not None, f"one of its classes is no {target.class_type}")
        _require(_differ(labels.tolist()), "two of its classes are the same")  # type: ignore[union-attr]
        _require((target.center, target.width) == (0.0, 1.0), "its classes have a scale")
    else:
        _require(network.loss.partition("(")[0] != "log_loss", "its numbers are judged by the loss of classes")
        _require(target.width >= LEAST_WIDTH, "the width of its numbers is too small to scale by")
    _require_range((target.minimum, target.maximum), "the range of its answers")


def check_read(read: ReadOptions) -> None:
    """Raise unless the marks of numbers are one character each; the reader itself refuses what it cannot use."""
    single = [read.separator, read.decimal, *([read.thousands] if read.thousands else [])]
    _require(all(len(mark) == 1 for mark in single), "its separator and marks of numbers are not one character each")


def check_recipe(recipe: Recipe, n_members: int) -> None:
    """Raise unless training can have gone so."""
    counts = (recipe.seed, recipe.batch_size, recipe.epochs, recipe.epochs_run, recipe.patience, *recipe.best_epochs)
    _require(all(0 <= count < MOST for count in counts), "its recipe counts what cannot be")
    _require(len(recipe.best_epochs) in (0, 1, n_members), "its recipe is of another number of networks")
    _require(recipe.optimizer in ("", *OPTIMIZERS), f"there is no optimizer {shown(recipe.optimizer)}")
    _require(recipe.schedule in ("", *SCHEDULES), f"there is no schedule {shown(recipe.schedule)}")
    _require(recipe.ended in ENDED, f"training cannot have ended by {shown(recipe.ended)}")
    _require(recipe.learning_rate >= 0 and recipe.weight_decay >= 0, "its recipe has a rate below 0")
    _require(0 <= recipe.dropout < 1, "its recipe drops out all units")
    _require(0 <= recipe.label_smoothing < 1, "its recipe smooths answers away")
    _require(recipe.temperature > 0, "its temperature is not above 0")
    _require(len(recipe.curves) in (0, n_members), "its curves are of another number of networks")
    for trial in recipe.trials:
        _require_range((trial.low, trial.high), "the interval of a trial")
    for curve in recipe.curves:
        n = len(curve.epochs)
        _require(len(curve.training) == n and len(curve.validation) in (0, n), "the parts of a curve differ in length")
        rising = _rises(curve.epochs) and _differ(curve.epochs)
        within = all(1 <= epoch <= recipe.epochs_run for epoch in curve.epochs)
        _require(rising and within, "the epochs of a curve are not those of a training")


def check_data(data: Data) -> None:
    """Raise unless a table can have been split so."""
    rows = (data.training_rows, data.validation_rows, data.test_rows, data.copied_rows)
    counts = (*rows, data.folds, data.repeats, data.split_seed)
    _require(all(0 <= count < MOST for count in counts), "it counts rows that cannot be")
    _require(0 <= data.test_fraction < 1, "all of its rows were put aside")
    drawn = data.test_rows > 0 and data.fingerprint != ""
    _require(data.test_fraction >= LEAST_FRACTION or not drawn, "no share of its rows was put aside")
    _require(data.folds == 0 or 2 <= data.folds <= MOST_FOLDS, f"it cannot have been judged in {data.folds:,} folds")
    _require(_is_hash(data.fingerprint, 32), "the fingerprint of its table is none")
    _require(_is_hash(data.continues, 64), "the fingerprint of the model that it continues is none")


def _is_hash(text: str, length: int) -> bool:
    return len(text) in (0, length) and set(text) <= set("0123456789abcdef")


def check_figures(figures: tuple[Figure, ...]) -> None:
    """Raise unless intervals have two ends, in order."""
    for figure in figures:
        _require_range((figure.low, figure.high), f"the interval of its {shown(figure.metric)}")


def check_over_seeds(found: tuple[OverSeeds, ...]) -> None:
    """Raise unless each metric has a value of the same two seeds or more."""
    counts = {len(one.values) for one in found}
    _require(len(counts) <= 1 and all(count >= 2 for count in counts), "its figures over seeds are not of the same")


def check_settings(settings: Settings, schema: Schema, target: Target) -> None:
    """Raise unless this can have been asked for."""
    counts = (settings.members, settings.epochs, settings.batch_size, settings.patience, *(settings.hidden or ()))
    _require(all(count is None or 1 <= count < MOST for count in counts), "its settings count what cannot be")
    _require(0 <= settings.seed < MOST, "the seed of its settings cannot be")
    for name in activation_names(settings.activation):
        _require(name in ACTIVATIONS, f"there is no activation {shown(name)}")
    if settings.loss != "auto":
        try:
            parse_loss(settings.loss)
        except ValueError as error:
            raise ModelFileError(str(error)) from None
    _require((settings.weight_decay or 0) >= 0 and 0 <= settings.dropout < 1, "its settings have a rate that cannot be")
    _require(settings.task in (None, target.task), f"its settings ask for another task than {target.task}")
    _require(set(settings.kinds) <= set(schema.names), "its settings say what a column is that is not there")
    _require(not set(settings.drop) & set(schema.names), "it knows a column that its settings leave out")
    _require(set(settings.only) <= set(schema.names), "its settings ask for a column that is not there")
    asked_for_two = settings.threshold is None or len(target.classes) == 2
    _require(asked_for_two, "its settings ask for a threshold, and it does not predict two classes")
    _require(set(settings.monotone) <= set(schema.names), "its settings say how a column goes that is not there")
    weight = settings.class_weight
    _require(weight is None or target.task == "classification", "its settings weigh classes, and it predicts a number")
    if isinstance(weight, Mapping):
        _require(set(weight) <= set(target.classes), "its settings weigh a class that is not there")
        _require(all(each >= 0 for each in weight.values()), "its settings weigh a class by less than 0")


def check_residual_quantiles(found: ResidualQuantiles) -> None:
    """Raise unless there are quantiles for each group, and they rise."""
    rows = [found.edges, *found.quantiles]
    complete = len(rows) == len(found.edges) + 2 and all(len(row) == len(LEVELS) for row in found.quantiles)
    _require(complete and all(map(_rises, rows)), "the quantiles of its residuals do not rise")


def check_truth_quantiles(found: tuple[float, ...]) -> None:
    """Raise unless there is a probability at each level, and they rise."""
    complete = len(found) == len(LEVELS) and all(0 <= each <= 1 for each in found)
    _require(complete and _rises(found), "the probabilities of its right classes do not rise")


def _require_range(ends: tuple[float | None, float | None], what: str) -> None:
    _require((ends[0] is None) == (ends[1] is None), f"{what} has one end")
    _require(ends[0] is None or _rises(ends), f"{what} ends before it begins")


def _rises(values: Iterable[float | None]) -> bool:
    return all(low <= high for low, high in itertools.pairwise(values))  # type: ignore[operator]


def _differ(values: Iterable[object]) -> bool:
    values = list(values)
    return len(set(values)) == len(values)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ModelFileError(otherwise)
