"""selenite as a model of TabArena: it is fitted on each fold of AutoGluon's bags.

TabArena pickles the class, so it stands in a file of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from autogluon.core.models import AbstractModel

if TYPE_CHECKING:
    import pandas as pd
    from tabarena.utils.config_utils import ConfigGenerator

SHARE_OF_TIME = 0.95  # of the limit, for training
BYTES_OF_A_NUMBER, COPIES, LEAST_BYTES = 8, 10, 300_000_000  # of memory that a fit takes, generously


class SeleniteModel(AbstractModel):
    """An ensemble of networks with gaps and categories as they come; columns of dtype category are categories.

    The rows that AutoGluon holds out are not used: each network of the ensemble holds out training rows of its own.
    """

    ag_key = "SELENITE"
    ag_name = "Selenite"
    seed_name = "random_state"
    warmup_modules: ClassVar[tuple[str, ...]] = ("selenite",)
    cheap_hyperparameters: ClassVar[dict] = {"preset": "fast"}
    _supported_problem_types: ClassVar[list[str]] = ["binary", "multiclass", "regression"]
    _default_auxiliary_params_extra: ClassVar[dict] = {"valid_raw_types": ["bool", "int", "float", "category"]}
    default_resources_physical_cores_only = True

    def _set_default_params(self):
        self._set_default_param_value("preset", "balanced")

    def _fit(self, X: pd.DataFrame, y: pd.Series, time_limit: float | None = None, num_cpus: int = 1, **kwargs):
        from selenite import SeleniteClassifier, SeleniteRegressor

        of_task = SeleniteRegressor if self.problem_type == "regression" else SeleniteClassifier
        limit = None if time_limit is None else SHARE_OF_TIME * time_limit
        X = self.preprocess(X, y=y, is_train=True)
        self.model = of_task(**self._get_model_params(), n_jobs=num_cpus, time_limit=limit).fit(X, y)

    @classmethod
    def _estimate_memory_usage_static(cls, *, X: pd.DataFrame, **kwargs) -> int:
        return LEAST_BYTES + COPIES * BYTES_OF_A_NUMBER * X.size

    @classmethod
    def config_generator(cls) -> ConfigGenerator:
        """Return what makes its configurations: the defaults of `balanced`, then those of `best`."""
        from tabarena.utils.config_utils import ConfigGenerator

        return ConfigGenerator(model_cls=cls, manual_configs=[{}, {"preset": "best"}], search_space={})
