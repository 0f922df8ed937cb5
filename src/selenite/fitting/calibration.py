"""What rows that were not trained on tell: honest probabilities of classes, and how far numbers spread."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.fitting.class_sets import learn_truth_quantiles
from selenite.fitting.residual_quantiles import learn_residual_quantiles
from selenite.fitting.threshold import threshold_for
from selenite.model.intervals import dot, effective_sample_size
from selenite.model.residual_quantiles import ResidualQuantiles
from selenite.nn import Network
from selenite.nn.activations import ACTIVATIONS
from selenite.table import Target
from selenite.training import TrainingRows
from selenite.types import Array, Floats, Indices

TEMPERATURES: list[float] = np.geomspace(0.25, 4.0, 81).tolist()
COARSE = 8  # one in eight of them is tried first, then those near the best
USUAL, USUAL_OF_SMOOTHED = 1.0, 0.6  # temperatures; smoothed answers make probabilities too even
FEWEST_RESIDUALS = 2  # that tell how far numbers spread
DOUBT = 5.0  # of a temperature far from the usual one, against the summed loss of the rows: a few rows prove little
DOUBT_OF_GAIN = 50  # rows, held out by several members, on which what the ensemble gains is half believed
OPTIMISM = 10  # by how many n-ths squared residuals are too small: members chose their epochs by these n rows


@dataclass(frozen=True)
class Unseen:
    """What members give for rows that they were not trained on, and those rows."""

    raw_outputs: Floats  # (most, n, n_outputs), NaN where fewer members than the most have one
    rows: TrainingRows

    def alone(self, k: int) -> Unseen:
        """Return the same of one output."""
        return Unseen(self.raw_outputs[:, :, [k]], replace(self.rows, Y=self.rows.Y[:, [k]]))

    def mean_absolute_error(self) -> float:
        """Return how far the mean of the members' only outputs is from the answers."""
        errors = np.abs(np.nanmean(self.raw_outputs[:, :, 0], axis=0) - self.rows.Y[:, 0])
        return float(np.average(errors, weights=self.rows.weight))


@dataclass(frozen=True)
class Calibration:
    """What rows that were not trained on told."""

    temperature: float = 1.0
    residual_quantiles: ResidualQuantiles | None = None  # of a number
    truth_quantiles: tuple[float, ...] = ()  # of classes
    threshold: float | None = None  # of two classes, where one is asked for


def calibrate(
    network: Network,
    parameters: Array,
    target: Target,
    unseen: Unseen | None,
    *,
    asked: str | None = None,
    rows_alike: bool = False,
) -> Calibration:
    """Return the temperature, by which the members are cooled, and how far numbers spread or how sure classes are.

    A threshold between two classes is chosen as `asked`. `rows_alike` says that for how sure classes are rows count
    alike: their weights are made to change the classes' shares.
    """
    if unseen is None:
        return Calibration(threshold=threshold_for(asked, None, None))
    if target.task == "regression":
        if len(unseen.rows.X) < FEWEST_RESIDUALS:
            return Calibration()
        return Calibration(residual_quantiles=_residual_quantiles(network, target, unseen, len(parameters)))
    temperature = 1.0
    if network.loss == "log_loss":
        temperature = best_temperature(network, unseen)
        shrink(network, parameters, temperature)
    answers = _answers(network, unseen)
    of_truth = _chosen(network, unseen.raw_outputs / temperature, answers)
    threshold = threshold_for(asked, np.where(answers == 1, of_truth, 1 - of_truth), answers == 1)
    weight = None if rows_alike or unseen.rows.weight is None else unseen.rows.weight.astype(np.float64)
    return Calibration(temperature, None, learn_truth_quantiles(of_truth, weight), threshold)


def calibrate_each(network: Network, parameters: Array, target: Target, unseen: Unseen | None) -> list[Calibration]:
    """Return the same of each of several targets, whose outputs are cooled one by one."""
    found = []
    for k, one in enumerate(target.each):
        alone, copied = network.output_alone(k, parameters)
        found.append(calibrate(alone, copied, one, None if unseen is None else unseen.alone(k)))
    shrink(network, parameters, np.array([one.temperature for one in found], parameters.dtype))
    return found


def held_out_loss(network: Network, unseen: Unseen) -> float:
    """Return the mean loss of what the members answer together: the log loss at its best temperature, or the squares.

    Not that of the answers they learn, which may be smoothed.
    """
    weight = unseen.rows.weight
    if network.loss == "squared_error":
        return float(np.average(((mean_answers(network, unseen) - unseen.rows.Y) ** 2).sum(axis=1), weights=weight))
    of_truth = _chosen(network, unseen.raw_outputs / best_temperature(network, unseen), _answers(network, unseen))
    return float(np.average(-np.log(np.maximum(of_truth, 1e-12)), weights=weight))


def best_temperature(network: Network, unseen: Unseen) -> float:
    """Return the temperature by which raw outputs, divided, give the lowest log loss (Guo et al. 2017).

    The probabilities of members that were not trained on a row are averaged.
    """
    answers, weight = _answers(network, unseen), unseen.rows.weight
    doubt, usual = DOUBT / len(answers), USUAL_OF_SMOOTHED if network.n_outputs > 1 else USUAL

    def cost(t: float) -> float:
        p = np.maximum(_chosen(network, unseen.raw_outputs / t, answers), 1e-12)
        return float(np.average(-np.log(p), weights=weight) + doubt * np.log(t / usual) ** 2)

    roughly = min(range(0, len(TEMPERATURES), COARSE), key=lambda i: cost(TEMPERATURES[i]))
    nearby = TEMPERATURES[max(roughly - COARSE + 1, 0) : roughly + COARSE]
    return min(nearby, key=cost)


def shrink(network: Network, parameters: Array, divisor: float | Array) -> None:
    """Divide the output layer, by a number or each output by its own, (n_outputs,).

    Writes into all members' parameters, (n_members, n_parameters).
    """
    for member in parameters:
        network.weights(member)[-1][:] /= divisor
        biases = network.bias_vectors(member)[-1]
        if biases is not None:
            biases /= divisor


def mean_answers(network: Network, unseen: Unseen) -> Floats:
    """Return the mean of what the members answer, (n, n_outputs): probabilities, or numbers as the network has them."""
    value = ACTIVATIONS[network.activations[-1]].value
    answers: Floats = np.nanmean([value(outputs) for outputs in unseen.raw_outputs], axis=0)
    return answers


def _answers(network: Network, unseen: Unseen) -> Indices:
    """Return the class of each row, (n,)."""
    Y = unseen.rows.Y
    return Y.argmax(axis=1) if network.n_outputs > 1 else Y[:, 0].astype(np.intp)


def _chosen(network: Network, z: Floats, answers: Indices) -> Floats:
    """Return the mean probability that the members give to the right class, shape (n,)."""
    if network.n_outputs == 1:
        sign = np.where(answers == 1, 1.0, -1.0)
        p = 1 / (1 + np.exp(-np.clip(sign * z[..., 0], -700, 700)))
    else:
        e = np.exp(z - z.max(axis=2, keepdims=True))
        p = np.take_along_axis(e, answers[None, :, None], axis=2)[..., 0] / e.sum(axis=2)
    mean: Floats = np.nanmean(p, axis=0)
    return mean


def _residual_quantiles(network: Network, target: Target, unseen: Unseen, members: int) -> ResidualQuantiles:
    """Return how far answers spread about the ensemble's predictions.

    Out-of-fold predictions are means of few members, whose squared errors exceed the ensemble's: of means of m members
    they are a + b / m. Rows that two members and more have held out tell a and b, by which residuals are made smaller;
    and larger, because members chose their epochs by the rows that they held out.
    """
    given = ACTIVATIONS[network.activations[-1]].value(unseen.raw_outputs[:, :, 0])
    answers = unseen.rows.Y[:, 0].astype(float)
    weight = np.ones(len(answers)) if unseen.rows.weight is None else unseen.rows.weight.astype(float)
    count = np.isfinite(given).sum(axis=0)
    mean = np.nanmean(given, axis=0)
    several = count > 1
    squared = 1 + OPTIMISM / effective_sample_size(weight)
    if several.any():
        share = weight[several] / weight[several].sum()
        of_one = dot(np.nanmean((given[:, several] - answers[several]) ** 2, axis=0), share)
        of_mean = dot((mean[several] - answers[several]) ** 2, share)
        n = effective_sample_size(share)
        b = (of_one - of_mean) / (1 - dot(share, 1 / count[several])) * n / (n + DOUBT_OF_GAIN)
        here = of_one - b + b * float(np.average(1 / count, weights=weight))
        squared *= max(of_one - b + b / members, 0.0) / max(here, 1e-30)
    residuals = answers - mean
    bias = np.average(residuals, weights=weight)  # of another loss than squared_error
    prediction, widened = target.center + target.width * mean, bias + np.sqrt(squared) * (residuals - bias)
    return learn_residual_quantiles(prediction, prediction + target.width * widened, weight)
