"""The picture of a model's predictions beside the answers: how often, how surely and where it is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from selenite.errors import OptionError
from selenite.model.metrics import accuracy, r2
from selenite.model.predictions import Predictions
from selenite.model.ranking import area_under_roc
from selenite.plots import panels
from selenite.plots.panels import MOST_ROWS_AS_POINTS, names_of, percent, worst_mistake
from selenite.plots.style import figure, headline, label, picture_format, save, short_number
from selenite.text import counted

if TYPE_CHECKING:
    from matplotlib.gridspec import GridSpec


def draw_score(predictions: Predictions, path: str | PathLike[str]) -> None:
    """Draw a model's predictions beside the answers.

    Two classes: ROC, calibration, probabilities and confusion. More: confusion, calibration and recall. A number:
    prediction against answer, and the residuals.

    Raises
    ------
    SaveError
        If the path does not end in .png, .svg or .pdf, or cannot be written.
    OptionError
        If matplotlib is missing, or there are no rows.
    """
    picture_format(path)
    if len(predictions.answers) == 0:
        raise OptionError("the table has no rows: there is nothing to draw")
    if not predictions.is_of_classes:
        _draw_numbers(predictions, path)
    elif len(predictions.model.target.classes) == 2:
        _draw_two_classes(predictions, path)
    else:
        _draw_classes(predictions, path)


def _draw_two_classes(predictions: Predictions, path: str | PathLike[str]) -> None:
    no, yes = names_of(predictions)
    positive, area = predictions.classes == 1, ""
    if positive.any() and not positive.all():
        area = f"; the area under ROC is {area_under_roc(predictions.prediction[:, 1], positive)[0]:.3f}"
    with figure(11, 9.2) as picture:
        details = f"{label(predictions.model.target.name, 40)}: probability of {yes} (rather than {no})"
        headline(picture, f"{_right(predictions)}{area}", details)
        picture.set_layout_engine("constrained", rect=(0.015, 0.01, 0.97, 0.9), w_pad=0.1, h_pad=0.1)
        places = picture.add_gridspec(2, 2, height_ratios=(1.15, 1))
        _fill(places, (panels.roc, panels.calibration, panels.histograms, panels.confusion), predictions)
        save(picture, path)


def _draw_classes(predictions: Predictions, path: str | PathLike[str]) -> None:
    names = names_of(predictions)
    with figure(12.5, 7.2) as picture:
        details = f"{label(predictions.model.target.name, 40)}: {len(names)} classes"
        headline(picture, f"{_right(predictions)}; {worst_mistake(predictions.confusion, names)}", details)
        picture.set_layout_engine("constrained", rect=(0.015, 0.01, 0.97, 0.87), w_pad=0.1, h_pad=0.1)
        places = picture.add_gridspec(1, 3, width_ratios=(1.9, 1.35, 0.9))
        _fill(places, (panels.confusion, panels.calibration, panels.recalls), predictions)
        save(picture, path)


def _draw_numbers(predictions: Predictions, path: str | PathLike[str]) -> None:
    error = float(np.abs(predictions.answers - predictions.prediction).mean())
    explained = f"R² {r2(predictions.prediction, predictions.answers):.3f}"
    n = len(predictions.answers)
    dense = "; the darker a hexagon the more rows, on a log scale" if n > MOST_ROWS_AS_POINTS else ""
    with figure(12.5, 5.6) as picture:
        details = (
            f"{label(predictions.model.target.name, 40)} in {counted(n, 'row')}; residual = answer − prediction{dense}"
        )
        headline(picture, f"Predictions are off by {short_number(error)} on average, {explained}", details)
        places = picture.add_gridspec(
            1, 3, left=0.075, right=0.975, top=0.775, bottom=0.13, wspace=0.3, width_ratios=(1.1, 1.1, 0.8)
        )
        _fill(places, (panels.against_answers, panels.residuals_against_predictions, panels.residuals), predictions)
        save(picture, path)


def _fill(places: GridSpec, drawn: Sequence[Callable[..., None]], predictions: Predictions) -> None:
    for i, panel in enumerate(drawn):
        panel(places[i], predictions)


def _right(predictions: Predictions) -> str:
    """Return how many rows are predicted right, as the beginning of a sentence."""
    share = accuracy(predictions.predicted, predictions.classes)
    return f"{percent(share)} of {counted(len(predictions.answers), 'row')} are predicted right"
