"""What a model is worth, beside a linear one and a guess that looks at nothing, by the loss that it was trained by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight

from selenite.arrays import NDArray
from selenite.evaluation import (
    USUAL,
    Matrix,
    Metric,
    difference,
    evaluate_predictions,
    measure,
    predictions,
    row_losses,
)
from selenite.model import Model
from selenite.nn.losses import parse_loss
from selenite.table import Table, Target, class_labels, encode_target

FEWEST_ROWS = 20  # that tell anything
ClassWeight = Mapping[Any, float] | str | None
Part = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows to fit on, rows to judge by


def judge(
    table: Table,
    target: Target,
    parts: list[Part],
    models: dict[str, list[Model]],
    saved: Model,
    *,
    weight: ClassWeight,
    linear_cut_short: bool,
) -> tuple[dict[str, list[Metric]], str]:
    """Return the figures of the models and of a guess without looking, each part's on its own rows, and the verdict.

    The `saved` model's loss, in its scale, judges all; each class counts by its weight.
    """
    by_name: dict[str, list[Matrix]] = {name: [] for name in (*models, "naive")}
    answers: list[Matrix] = []
    weights: list[Matrix] = []
    for k, (fitting, judging) in enumerate(parts):
        testing = table.take(judging)
        for name, of_parts in models.items():
            prediction, truth = predictions(of_parts[k], testing)
            by_name[name].append(prediction.astype(np.float64))
        answers.append(truth)
        known = encode_target(target, table[target.name])[fitting]
        if target.task == "classification":
            of_class = class_weights(weight, target, known.astype(np.intp))
            by_name["naive"].append(np.tile(_shares(known.astype(np.intp), of_class), (len(judging), 1)))
            weights.append(of_class[truth.astype(np.intp)])
        else:
            by_name["naive"].append(np.full(len(judging), _best_constant(saved, target, known)))
            weights.append(np.ones(len(judging)))
    truth, of_row = np.concatenate(answers), np.concatenate(weights)
    joined = {name: np.concatenate(found) for name, found in by_name.items()}
    errors = {name: of_row * row_losses(saved, prediction, truth) for name, prediction in joined.items()}
    weighted = weight is not None
    naive, in_words = _guess(saved, weighted)
    joined[naive] = joined.pop("naive")
    figures = {
        name: evaluate_predictions(saved, prediction, truth, of_row if weighted else None)
        for name, prediction in joined.items()
    }
    by = f"weighted {measure(saved)}" if weighted else measure(saved)
    return figures, _verdict(errors, in_words, "" if by in USUAL else f" by {by}", linear_cut_short)


def class_weights(weight: ClassWeight, target: Target, known: NDArray[np.intp]) -> Matrix:
    """Return the weight of each class, shape (n_classes,), from the training rows' classes; 0 of one without rows."""
    weights = np.zeros(len(target.classes))
    weights[known] = compute_sample_weight(weight, class_labels(target)[known])
    return weights


def _shares(known: NDArray[np.intp], weights: Matrix) -> Matrix:
    """Return the share of each class among known ones, each counted by its weight."""
    counts = np.bincount(known, minlength=len(weights)) * weights
    shares: Matrix = counts / counts.sum()
    return np.where(np.isclose(shares, shares.max(), rtol=1e-9), shares.max(), shares)  # balanced ones are equal


def _best_constant(model: Model, target: Target, known: NDArray[Any]) -> float:
    """Return the number whose loss on known answers, scaled as the target's, is least: mean, quantile or Huber's."""
    name, number = parse_loss(model.network.loss)
    if name in ("absolute_error", "quantile"):
        level = 0.5 if name == "absolute_error" else number
        best = np.quantile(known, level, method="averaged_inverted_cdf")
    elif name == "huber":
        from scipy.optimize import brentq

        threshold = number * model.target.width / target.width
        best = brentq(lambda guess: np.clip(known - guess, -threshold, threshold).mean(), known.min(), known.max())
    else:
        best = known.mean()
    return float(target.center + target.width * best)


def _guess(model: Model, weighted: bool) -> tuple[str, str]:
    """Return what a guess without looking always gives, as the heading of its figures and in words."""
    if model.target.task == "classification":
        return ("weighted shares", "the classes' weighted shares") if weighted else ("majority", "the classes' shares")
    name, level = parse_loss(model.network.loss)
    quantile = "median" if level == 0.5 else f"{level}-quantile"
    heading = {"absolute_error": "median", "quantile": quantile, "huber": "best constant"}.get(name, "mean")
    return heading, f"the {heading}"


def _verdict(errors: dict[str, Matrix], guess: str, by: str, linear_cut_short: bool) -> str:
    """Return in words whether the model is worth having, from the error of each judged row; `by` names a rare one."""
    n = len(errors["naive"])
    if n < FEWEST_ROWS:
        return f"Verdict: none, {n} rows are too few to tell."
    low, high = difference(errors["selenite"], errors["naive"])
    if high < 0:
        return f"Verdict{by}: worse than always giving {guess}. Do not use this model."
    if low <= 0:
        return f"Verdict{by}: not better than always giving {guess}, as far as {n:,} rows can tell."
    if "linear" not in errors:
        return f"Verdict{by}: better than always giving {guess}."
    low, high = difference(errors["selenite"], errors["linear"])
    if low > 0 and linear_cut_short:
        return f"Verdict{by}: better than a linear model that had too little time to finish."
    if low > 0:
        return f"Verdict{by}: better than a linear model; the hidden layers are worth having."
    if high < 0:
        return f"Verdict{by}: a linear model is better here. Fit one with --hidden ''."
    return (
        f"Verdict{by}: as good as a linear model, within chance. "
        "Keep the linear one if simplicity matters: --hidden ''."
    )
