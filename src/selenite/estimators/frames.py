"""Predictions as a frame of pandas or polars, for those who ask for it by `set_output(predict=...)`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar, cast

from selenite.errors import OptionError
from selenite.types import AnyArray

Found = TypeVar("Found", bound=AnyArray)
CONTAINERS = ("default", "pandas", "polars")


class FramesOut:
    """An estimator whose predictions can be frames."""

    def set_output(self, *, transform: str | None = None, predict: str | None = None) -> Self:
        """Say what predictions are: arrays, or a Series and a DataFrame.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, optional
            What `transform` returns, where there is one: scikit-learn's own.
        predict : {"default", "pandas", "polars"}, optional
            What `predict` and `predict_proba` return; "default" is arrays. Of pandas rows keep their index, columns
            are named after the classes or the quantiles.

        Returns
        -------
        self

        Examples
        --------
        >>> import numpy as np
        >>> from selenite import SeleniteClassifier
        >>> X = np.random.default_rng(0).normal(size=(100, 2))
        >>> classifier = SeleniteClassifier(members=1, max_iter=2).fit(X, np.where(X[:, 0] > 0, "up", "down"))
        >>> classifier.set_output(predict="pandas").predict_proba(X[:2]).columns.tolist()
        ['down', 'up']
        """
        if transform is not None:
            if not hasattr(super(), "set_output"):
                raise OptionError(f"{type(self).__name__} does not transform; give predict={transform!r}")
            super().set_output(transform=transform)  # type: ignore[misc]
        if predict is not None:
            if predict not in CONTAINERS:
                raise OptionError(f"predict={predict!r}: there are {', '.join(CONTAINERS)}")
            known = self.__dict__.get("_sklearn_output_config", {})  # which scikit-learn's clone takes along
            self._sklearn_output_config = {**known, "predict": predict}
        return self

    def _framed(self, X: Any, predicted: Found, name: str, columns: Iterable[Any] | None = None) -> Found:
        """Return predictions for X, or where that was asked for a frame of them: a column of that name, or several."""
        container = self.__dict__.get("_sklearn_output_config", {}).get("predict", "default")
        if container == "default":
            return predicted
        names = list(range(predicted.shape[-1]) if columns is None else columns)
        return cast(Found, (_of_polars if container == "polars" else _of_pandas)(X, predicted, name, names))


def _of_polars(X: Any, predicted: AnyArray, name: str, names: list[Any]) -> Any:
    import polars

    if predicted.ndim == 1:
        return polars.Series(name, predicted.tolist())
    return polars.DataFrame({str(each): predicted[:, k] for k, each in enumerate(names)})


def _of_pandas(X: Any, predicted: AnyArray, name: str, names: list[Any]) -> Any:
    import pandas  # type: ignore[import-untyped]

    index = getattr(X, "index", None) if hasattr(X, "iloc") else None
    if predicted.ndim == 1:
        return pandas.Series(predicted, index=index, name=name)
    return pandas.DataFrame(predicted, index=index, columns=names)
