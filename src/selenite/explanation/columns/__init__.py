"""How much each column of the user's has to do with a prediction, and with predictions being right.

Reading order: quantity, baseline, shapley, gradients, attributions, inspection.
"""

from selenite.explanation.columns.attributions import Attributions, explain
from selenite.explanation.columns.inspection import Dependence, Importance, partial_dependence, permutation_importance

__all__ = [
    "Attributions",
    "Dependence",
    "Importance",
    "explain",
    "partial_dependence",
    "permutation_importance",
]
