"""How the model learnt: the loss by epoch, which epochs were kept, and what would have come of going on."""

from __future__ import annotations

import numpy as np

from selenite.markup import Markup, element, joined, picture
from selenite.model import Curve, Model
from selenite.plots import inline
from selenite.text import listed, plain_number

BY_HEART = 1.2  # times the loss of the validation rows at the epoch kept, which that of the last epoch is beyond


def learning(model: Model) -> Markup:
    """Return the loss curves of the members and a sentence on them; nothing where the file has none."""
    kept = model.recipe.best_epochs
    curves = [curve for curve in model.recipe.curves if curve.epochs]
    if not curves or len(curves) != len(kept):
        return Markup("")
    which = "the dots are the epochs kept, on average" if len(curves) > 1 else "the dot is the epoch kept:"
    scale = ", of answers scaled by their deviation" if model.target.task == "regression" else ""
    if len(model.targets) > 1:
        scale += f", added up over {listed([one.name for one in model.targets])}"
    places = [int(np.abs(np.subtract(curve.epochs, epoch)).argmin()) for curve, epoch in zip(curves, kept, strict=True)]
    training, validation = _means(curves, places)
    beside = "" if validation is None else f", on validation rows {plain_number(_short(validation))}"
    return joined(
        picture(inline.curves_svg(curves, kept)),
        element(
            "p",
            f"The loss as it was trained{scale}; {which} {plain_number(_short(training))} on training rows{beside}."
            f"{_by_heart(curves, training, validation)}",
            class_="note",
        ),
    )


def _means(curves: list[Curve], places: list[int]) -> tuple[float, float | None]:
    """Return the members' mean losses of training and of validation rows, each at its place."""
    training = [curve.training[place] for curve, place in zip(curves, places, strict=True)]
    if not all(curve.validation for curve in curves):
        return float(np.mean(training)), None
    validation = [curve.validation[place] for curve, place in zip(curves, places, strict=True)]
    return float(np.mean(training)), float(np.mean(validation))


def _by_heart(curves: list[Curve], training: float, validation: float | None) -> str:
    """Return what the last epochs gave where they learnt the training rows by heart, else nothing."""
    of_rows, of_others = _means(curves, [-1] * len(curves))
    if validation is None or of_others is None or not (of_rows < training and of_others > BY_HEART * validation > 0):
        return ""
    return (
        f" Training on led to {plain_number(_short(of_rows))} and {plain_number(_short(of_others))}: those networks "
        "had learnt their training rows by heart. Early stopping kept the ones from before."
    )


def _short(value: float) -> float:
    """Return a loss to three digits."""
    return float(f"{value:.3g}")
