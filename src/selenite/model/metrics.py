"""How good a model is on given rows: the field's metrics, each with a 95 % interval.

Accuracy gets Wilson's interval, the area under the ROC curve DeLong's, all others, which are ratios of sums over rows,
one that long tails do not deceive (`intervals`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.model import Model
from selenite.model.intervals import Clusters, area_under_roc, ratio_interval, share_interval
from selenite.nn.losses import LOSSES, parse_loss
from selenite.table import Table, as_outputs, encode_target
from selenite.types import Array, Floats, Indices

USUAL = ("log loss", "RMSE")  # what models of classes and of numbers are trained for if nothing else is asked for
HIGHER_IS_BETTER = ("accuracy", "area under ROC", "R2")


@dataclass(frozen=True)
class Metric:
    """A figure on some rows, and where it lies with 95 % confidence; None where no interval is known."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


def evaluate_classes(probabilities: Array, y: Indices, clusters: Clusters = None) -> list[Metric]:
    """Return accuracy, area under ROC and log loss of probabilities (n, n_classes) against class indices y (n,).

    Rows of one number among `clusters` (n,) belong together: intervals count them as one draw.
    """
    wide = probabilities.astype(np.float64)
    wide /= wide.sum(axis=1, keepdims=True)
    right = wide.argmax(axis=1) == y
    surprise = -np.log(np.maximum(wide[np.arange(len(y)), y], np.finfo(np.float64).eps))
    return [
        Metric("accuracy", float(right.mean()), *share_interval(right, clusters)),
        *_area_under_roc(wide, y, clusters),
        _ratio("log loss", surprise, np.ones(len(y)), clusters),
    ]


def evaluate_numbers(prediction: Array, y: Floats, clusters: Clusters = None) -> list[Metric]:
    """Return R², RMSE and MAE of predictions against y, both (n,); `clusters` are as in `evaluate_classes`."""
    error = prediction.astype(np.float64) - y
    deviation = y - y.mean()
    # In units of a power of two, which changes no digit, no square is too large or too small for a double.
    _, unit = np.frexp(max(np.abs(error).max(), np.abs(deviation).max()))
    error, deviation = np.ldexp(error, -unit), np.ldexp(deviation, -unit)
    one = np.ones(len(y))
    return [
        _ratio("R2", error**2, deviation**2, clusters, lambda left: 1 - left),
        _ratio("RMSE", error**2, one, clusters, lambda mean: float(np.ldexp(np.sqrt(mean), unit))),
        _ratio("MAE", np.abs(error), one, clusters, lambda mean: float(np.ldexp(mean, unit))),
    ]


def evaluate(model: Model, table: Table, clusters: Clusters = None) -> list[Metric]:
    """Return the metrics of a model on a table that has the target's column."""
    return evaluate_predictions(model, *predictions(model, table), clusters=clusters)


def evaluate_predictions(
    model: Model, prediction: Array, answers: Floats, weight: Floats | None = None, clusters: Clusters = None
) -> list[Metric]:
    """Return the metrics of predictions, and the loss that the model was trained by; by `weight` (n,) weighted, too."""
    if model.target.task == "classification":
        found = evaluate_classes(prediction, answers.astype(np.intp), clusters)
    else:
        found = evaluate_numbers(prediction, answers, clusters)
    name, unit = measure(model), model.target.width
    is_there = name in (metric.name for metric in found)
    if is_there and weight is None:
        return found
    losses = row_losses(model, prediction, answers)
    if not is_there:
        found.append(_ratio(name, losses, np.ones(len(losses)), clusters, lambda mean: unit * mean))
    if weight is not None:
        found.append(_ratio(f"weighted {name}", weight * losses, weight, clusters))
    return found


def measure(model: Model) -> str:
    """Return the name of the metric that the model was trained for: of another loss as that is spelt."""
    name, _ = parse_loss(model.network.loss)
    if model.target.task == "classification":
        return "log loss" if name == "log_loss" else model.network.loss
    return {"squared_error": "RMSE", "absolute_error": "MAE"}.get(name, model.network.loss)


def predictions(model: Model, table: Table) -> tuple[Array, Floats]:
    """Return what a model gives for each row (probabilities or a number), and the answer: class index or number."""
    answers = encode_target(model.target, table[model.target.name], table.first_line).astype(np.float64)
    features = table.without(model.target.name)
    if model.target.task == "classification":
        return model.predict_proba(features), answers
    return model.predict(features), model.target.center + model.target.width * answers


def row_errors(model: Model, prediction: Array, answers: Floats) -> Floats:
    """Return the error of each row: surprise -log p for classes, squared error in the target's widths for numbers."""
    if model.target.task == "regression":
        return np.asarray(((prediction - answers) / model.target.width) ** 2, dtype=np.float64)
    chosen = prediction[np.arange(len(answers)), answers.astype(np.intp)].astype(np.float64)
    return -np.log(np.maximum(chosen, 1e-12))


def row_losses(model: Model, prediction: Array, answers: Floats) -> Floats:
    """Return the loss of each row that the model was trained by, of numbers in the target's widths."""
    if measure(model) in USUAL:
        return row_errors(model, prediction, answers)
    (name, number), target = parse_loss(model.network.loss), model.target
    if target.task == "classification":
        y = as_outputs(target, answers)
        p: Floats = prediction[:, -y.shape[1] :].astype(np.float64)
    else:
        y, p = ((one[:, None].astype(np.float64) - target.center) / target.width for one in (answers, prediction))
    if name == "poisson":
        p = np.clip(p, 1e-12, None)
    losses = LOSSES[name].value(y, p, p, "identity", number).sum(axis=1)
    return np.asarray(2 * losses if name == "squared_error" else losses, dtype=np.float64)  # half of a square


def mean_loss(model: Model, prediction: Array, answers: Floats) -> float:
    """Return the mean loss that `measure` names, in the target's unit: of squared errors of numbers the root."""
    mean = float(row_losses(model, prediction, answers).mean())
    return model.target.width * (float(np.sqrt(mean)) if measure(model) == "RMSE" else mean)


def _ratio(name: str, above: Floats, below: Floats, clusters: Clusters, of: Callable[[float], float] = float) -> Metric:
    """Return a metric that is a monotone function of sum(above) / sum(below)."""
    total = below.sum()
    value = of(float(above.sum() / total)) if total > 0 else np.nan
    low, high = ratio_interval(above, below, clusters)
    if not np.isfinite((value, low, high)).all():
        return Metric(name, value)
    return Metric(name, value, *sorted((of(low), of(high))))


def _area_under_roc(probabilities: Floats, y: Indices, clusters: Clusters) -> list[Metric]:
    """Return the area under ROC (mean of one class against the rest for three and more), if each class occurs."""
    n_classes = probabilities.shape[1]
    if len(np.unique(y)) < n_classes:
        return []
    if n_classes > 2:
        areas = [area_under_roc(probabilities[:, k], y == k)[0] for k in range(n_classes)]
        return [Metric("area under ROC", float(np.mean(areas)))]
    return [Metric("area under ROC", *area_under_roc(probabilities[:, 1], y == 1, clusters))]
