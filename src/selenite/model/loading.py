"""Models from files and estimators, and that of one target."""

from __future__ import annotations

from dataclasses import fields
from os import PathLike
from typing import Any

from selenite.errors import OptionError
from selenite.model import file
from selenite.model.model import Model
from selenite.model.parts import Header
from selenite.text import listed


def load(path: str | PathLike[str]) -> Model:
    """Return the model of a file written by `save`; files of all formats so far are read.

    Raises
    ------
    ModelFileError
        If the file is damaged, foreign or made by a newer selenite. Nothing in a file is ever run.

    Examples
    --------
    >>> import numpy as np, tempfile, selenite
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> path = tempfile.mkdtemp() + "/sign.selenite"
    >>> selenite.SeleniteClassifier(members=1, max_iter=5).fit(X, X[:, 0] > 0).save(path)
    >>> model = selenite.load(path)
    >>> model.target.classes, model.predict_proba(X).shape, model.settings.epochs
    (('false', 'true'), (100, 2), 5)
    """
    header, parameters = file.read(path)
    return Model(parameters=parameters, **{part.name: getattr(header, part.name) for part in fields(Header)})


def of_any(given: Any) -> Model:
    """Return the model that was given, or that of an estimator, of one target or several."""
    found = getattr(given, "model_", given)
    if not isinstance(found, Model):
        raise OptionError(
            f"{type(given).__name__} is no model: give what selenite.load returns, or a fitted estimator of selenite"
        )
    return found


def model_of(given: Any) -> Model:
    """Return the same, of one target; refuse one of several."""
    found = of_any(given)
    if found.target.each:
        names = found.target.names
        raise OptionError(
            f"this model predicts {listed(names)}: ask for one of them, by --of on the command line, by "
            f"model.of({names[0]!r}) in Python (of an estimator, model_.of)"
        )
    return found
