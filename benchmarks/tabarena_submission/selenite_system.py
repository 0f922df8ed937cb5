"""selenite as a system of TabArena: one fit on the raw table, no bag around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd
from tabarena.benchmark.exec_models import ExternalSystemModel
from tabarena.utils.config_utils import SystemConfigGenerator

if TYPE_CHECKING:
    from selenite import SeleniteClassifier, SeleniteRegressor

SHARE_OF_TIME = 0.95  # of the limit, for training


class SeleniteSystem(ExternalSystemModel):
    """An ensemble of networks that reads the table as it comes, and holds out rows by itself."""

    warmup_modules: ClassVar[tuple[str, ...]] = ("selenite",)

    def __init__(self, *, preset: str = "balanced", **kwargs):
        super().__init__(**kwargs)
        self.preset = preset
        self.model: SeleniteClassifier | SeleniteRegressor | None = None

    def _fit_system(self, X, y, *, problem_type, num_cpus, time_limit, random_state, **kwargs):
        from selenite import SeleniteClassifier, SeleniteRegressor

        of_task = SeleniteRegressor if problem_type == "regression" else SeleniteClassifier
        limit = None if time_limit is None else SHARE_OF_TIME * time_limit
        self.model = of_task(preset=self.preset, random_state=random_state or 0, n_jobs=num_cpus, time_limit=limit).fit(
            X, y
        )
        return self

    def _predict(self, X: pd.DataFrame) -> pd.Series:
        return pd.Series(self.model.predict(X), index=X.index)

    def _predict_proba(self, X: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(self.model.predict_proba(X), index=X.index, columns=self.model.classes_)


def config_generator() -> SystemConfigGenerator:
    """Return what makes its configurations: the presets `balanced` and `best`."""
    return SystemConfigGenerator(model_cls=SeleniteSystem, name="Selenite", manual_configs=[{}, {"preset": "best"}])
