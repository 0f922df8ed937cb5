"""How good a model is on given rows: scikit-learn's metrics, each with a 95 % interval, and the simple baselines.

Accuracy gets Wilson's interval (1927), the area under the ROC curve DeLong's (1988). The other metrics are functions of
means over rows and get a bootstrap interval: 1,000 resamples of the rows, drawn with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from selenite.arrays import NDArray
from selenite.model import Model
from selenite.nn.activations import Array
from selenite.nn.losses import LOSSES, parse_loss
from selenite.table import Table, as_outputs, encode_target

RESAMPLES, BLOCK_NUMBERS = 1000, 10_000_000
USUAL = ("log loss", "RMSE")  # what models of classes and of numbers are trained for if nothing else is asked for
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """A figure on some rows, and where it lies with 95 % confidence; None where no interval is known."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


def evaluate_classes(probabilities: Array, y: NDArray[np.intp]) -> list[Metric]:
    """Return accuracy, area under ROC and log loss of probabilities (n, n_classes) against class indices y (n,)."""
    n, n_classes = probabilities.shape
    wide = probabilities.astype(np.float64)
    wide /= wide.sum(axis=1, keepdims=True)
    surprise = -np.log(np.maximum(wide[np.arange(n), y], np.finfo(np.float64).eps))
    (spread,) = _metrics([surprise], {"log loss": lambda means: means[0]})
    loss = float(log_loss(y, wide, labels=np.arange(n_classes)))
    return [
        _accuracy(int((wide.argmax(axis=1) == y).sum()), n),
        *_area_under_roc(wide, y),
        Metric("log loss", loss, spread.low, spread.high),
    ]


def evaluate_numbers(prediction: Array, y: NDArray[np.float64]) -> list[Metric]:
    """Return R², RMSE and MAE of predictions against y, both of shape (n,)."""
    error = prediction.astype(np.float64) - y
    deviation = y - y.mean()  # keeps the difference of squares exact for a target far from zero
    # In units of a power of two, which changes no digit, no square is too large or too small for a double.
    _, unit = np.frexp(max(np.abs(error).max(), np.abs(deviation).max()))
    error, deviation = np.ldexp(error, -unit), np.ldexp(deviation, -unit)
    columns = [error**2, np.abs(error), deviation**2, deviation]

    def r2(means: Matrix) -> Matrix:
        variance = means[2] - means[3] ** 2
        explained: Matrix = 1 - means[0] / np.where(variance > 0, variance, np.nan)
        return explained

    return _metrics(
        columns,
        {
            "R2": r2,
            "RMSE": lambda means: np.ldexp(np.sqrt(means[0]), unit),
            "MAE": lambda means: np.ldexp(means[1], unit),
        },
    )


def evaluate(model: Model, table: Table) -> list[Metric]:
    """Return the metrics of a model on a table that has the target's column."""
    return evaluate_predictions(model, *predictions(model, table))


def evaluate_predictions(
    model: Model, prediction: Array, answers: Matrix, weight: Matrix | None = None
) -> list[Metric]:
    """Return the metrics of predictions, and the loss that the model was trained by; by `weight` (n,) weighted, too."""
    if model.target.task == "classification":
        found = evaluate_classes(prediction, answers.astype(np.intp))
    else:
        found = evaluate_numbers(prediction, answers)
    name, unit = measure(model), model.target.width
    is_there = name in (metric.name for metric in found)
    if is_there and weight is None:
        return found
    losses = row_losses(model, prediction, answers)
    if not is_there:
        found += _metrics([losses], {name: lambda means: unit * means[0]})
    if weight is not None:
        found += _metrics([weight * losses, weight], {f"weighted {name}": _ratio})
    return found


def measure(model: Model) -> str:
    """Return the name of the metric that the model was trained for: of another loss as that is spelt."""
    name, _ = parse_loss(model.network.loss)
    if model.target.task == "classification":
        return "log loss" if name == "log_loss" else model.network.loss
    return {"squared_error": "RMSE", "absolute_error": "MAE"}.get(name, model.network.loss)


def predictions(model: Model, table: Table) -> tuple[Array, Matrix]:
    """Return what a model gives for each row (probabilities or a number), and the answer: class index or number."""
    answers = encode_target(model.target, table[model.target.name], table.first_line).astype(np.float64)
    features = table.without(model.target.name)
    if model.target.task == "classification":
        return model.predict_proba(features), answers
    return model.predict(features), model.target.center + model.target.width * answers


def row_errors(model: Model, prediction: Array, answers: Matrix) -> Matrix:
    """Return the error of each row: surprise -log p for classes, squared error in the target's widths for numbers."""
    if model.target.task == "regression":
        return np.asarray(((prediction - answers) / model.target.width) ** 2, dtype=np.float64)
    chosen = prediction[np.arange(len(answers)), answers.astype(np.intp)].astype(np.float64)
    return -np.log(np.maximum(chosen, 1e-12))


def row_losses(model: Model, prediction: Array, answers: Matrix) -> Matrix:
    """Return the loss of each row that the model was trained by, of numbers in the target's widths."""
    if measure(model) in USUAL:
        return row_errors(model, prediction, answers)
    (name, number), target = parse_loss(model.network.loss), model.target
    if target.task == "classification":
        y = as_outputs(target, answers)
        p: Matrix = prediction[:, -y.shape[1] :].astype(np.float64)
    else:
        y, p = ((one[:, None].astype(np.float64) - target.center) / target.width for one in (answers, prediction))
    if name == "poisson":
        p = np.clip(p, 1e-12, None)
    losses = LOSSES[name].value(y, p, p, "identity", number).sum(axis=1)
    return np.asarray(2 * losses if name == "squared_error" else losses, dtype=np.float64)  # half of a square


def mean_loss(model: Model, prediction: Array, answers: Matrix) -> float:
    """Return the mean loss that `measure` names, in the target's unit: of squared errors of numbers the root."""
    mean = float(row_losses(model, prediction, answers).mean())
    return model.target.width * (float(np.sqrt(mean)) if measure(model) == "RMSE" else mean)


def difference(ours: Matrix, theirs: Matrix) -> tuple[float, float]:
    """Return the 95 % interval of how much higher their mean error is than ours, on the same rows."""
    gap = theirs - ours
    half = 1.96 * gap.std(ddof=1) / np.sqrt(len(gap)) if len(gap) > 1 else np.inf
    return float(gap.mean() - half), float(gap.mean() + half)


def _accuracy(right: int, n: int) -> Metric:
    """Return the share of right answers and Wilson's interval, which stays honest at none and at all."""
    z, share = 1.96, right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Metric("accuracy", share, float(middle - half), float(middle + half))


def _metrics(columns: list[Matrix], functions: Mapping[str, Callable[[Matrix], Matrix]]) -> list[Metric]:
    """Return functions of the means over rows, each with the interval of its bootstrap distribution."""
    rows = np.stack(columns)  # (n_columns, n)
    values = {name: float(function(rows.mean(axis=1))) for name, function in functions.items()}
    if rows.shape[1] < 2 or not np.isfinite(rows).all():
        return [Metric(name, value) for name, value in values.items()]
    means = _resampled_means(rows)
    found = []
    for name, value in values.items():
        interval = np.nanpercentile(functions[name](means), [2.5, 97.5]).tolist() if np.isfinite(value) else []
        found.append(Metric(name, value, *interval))
    return found


def _ratio(means: Matrix) -> Matrix:
    """Return the weighted mean, from the means of weighted values and of weights."""
    ratio: Matrix = means[0] / np.where(means[1] > 0, means[1], np.nan)
    return ratio


def _resampled_means(rows: Matrix) -> Matrix:
    """Return the mean of each column in each resample of rows (n_columns, n): (n_columns, RESAMPLES)."""
    n = rows.shape[1]
    generator = np.random.Generator(np.random.PCG64(0))
    block = max(1, min(RESAMPLES, BLOCK_NUMBERS // n))
    means: list[Matrix] = []
    for begin in range(0, RESAMPLES, block):
        # Poisson counts with mean 1 are the bootstrap of a large table, and quick to draw.
        counts = generator.poisson(1.0, size=(min(block, RESAMPLES - begin), n)).astype(np.float64)
        means.append(rows @ counts.T / np.maximum(counts.sum(axis=1), 1))
    return np.concatenate(means, axis=1)


def _area_under_roc(probabilities: Matrix, y: NDArray[np.intp]) -> list[Metric]:
    """Return the area under ROC (mean of one class against the rest for three and more), if each class occurs."""
    n_classes = probabilities.shape[1]
    if len(np.unique(y)) < n_classes:
        return []
    if n_classes > 2:
        return [Metric("area under ROC", float(roc_auc_score(y, probabilities, multi_class="ovr")))]
    area = float(roc_auc_score(y, probabilities[:, 1]))
    half = 1.96 * _delong_deviation(probabilities[:, 1], y == 1)
    return [Metric("area under ROC", area, max(area - half, 0.0), min(area + half, 1.0))]


def _delong_deviation(score: Matrix, positive: NDArray[np.bool_]) -> float:
    """Return the standard deviation of the area under ROC from midranks (Sun and Xu 2014)."""
    from scipy.stats import rankdata

    m, n = int(positive.sum()), int((~positive).sum())
    if min(m, n) < 2:
        return float("inf")
    rank = rankdata(score)
    above = (rank[positive] - rankdata(score[positive])) / n
    below = 1 - (rank[~positive] - rankdata(score[~positive])) / m
    return float(np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n))
