"""How much each column of the user's has to do with a prediction, and with predictions being right.

quantity          what is explained: a probability or a number as a function of the encoded inputs
parts             rows as what each column makes of them, so that they can be mixed by columns
baseline          what a row is compared with
shapley           a fair split of the difference among the columns, exact or sampled
gradients         the same by slopes on the way from the baseline
attributions      `explain`: one of these for each row of a table
importance        by how much the error grows where a column is shuffled
words             by how much a prediction changes where a word of free text is left out
text              these as text
dependence        the mean prediction, were all rows to have one value in a column
"""

from selenite.explanation.columns.attributions import Attributions, explain
from selenite.explanation.columns.dependence import Dependence, mean_predictions, partial_dependence
from selenite.explanation.columns.importance import Importance, permutation_importance
from selenite.explanation.columns.words import WordEffect, word_effects

__all__ = [
    "Attributions",
    "Dependence",
    "Importance",
    "WordEffect",
    "explain",
    "mean_predictions",
    "partial_dependence",
    "permutation_importance",
    "word_effects",
]
