"""How much each column of the user's has to do with a prediction, and with predictions being right.

Reading order: quantity, baseline, shapley, gradients, attributions, inspection.
"""

from selenite.attribution.attributions import Attributions, explain
from selenite.attribution.inspection import Dependence, Importance, partial_dependence, permutation_importance

__all__ = [
    "Attributions",
    "Dependence",
    "Importance",
    "explain",
    "partial_dependence",
    "permutation_importance",
]
