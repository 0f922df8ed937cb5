"""Which model is better: McNemar's test beside SciPy's, the interval beside a calculation by hand, and the words."""

import numpy as np
import pytest
from scipy.stats import binomtest

from selenite.comparison.better import Judgement, Loss, mcnemar


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (5, 5), (1, 5), (12, 30), (300, 340), (0, 60), (9000, 9500)])
def test_mcnemar_is_a_fair_coin(counts):
    expected = binomtest(counts[0], sum(counts)).pvalue if sum(counts) else 1.0
    assert mcnemar(*counts) == mcnemar(*counts[::-1]) == pytest.approx(expected, rel=1e-9)


LOWER, HIGHER, SAME = (Loss("log loss", 0.5, 0.4, d, d - 0.05, d + 0.05) for d in (-0.1, 0.1, 0.0))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((5, 30, LOWER), "B is better: it is right more often, and its log loss is lower"),
        ((30, 5, HIGHER), "A is better: it is right more often, and its log loss is lower"),
        ((30, 5, LOWER), "A is right more often, and B has the lower log loss: choose by what you need"),
        ((5, 30, HIGHER), "B is right more often, and A has the lower log loss: choose by what you need"),
        ((5, 30, SAME), "B is better: it is right more often; the difference in log loss may be chance"),
        ((9, 10, LOWER), "B is better: its log loss is lower; the difference in rows right may be chance"),
        ((30, 5, None), "A is better: it is right more often"),
        ((9, 10, SAME), "neither is better, as far as 100 rows can tell"),
    ],
)
def test_the_verdict_weighs_both(given, said):
    only_a, only_b, loss = given
    assert Judgement(100, "all rows", "", only_a, only_b, mcnemar(only_a, only_b), loss).verdict == said


def test_of_numbers_the_loss_decides():
    assert Judgement(50, "all rows", "", None, None, None, HIGHER).verdict == "A is better: its log loss is lower"


@pytest.mark.parametrize(
    ("rows", "learned", "said"), [(19, "", "19 rows are too few"), (500, "A and B", "A and B learned from these rows")]
)
def test_what_cannot_tell_says_so(rows, learned, said):
    verdict = Judgement(rows, "all rows", learned, 0, 15, mcnemar(0, 15), LOWER).verdict
    assert verdict.startswith(f"none, {said}")


def test_no_interval_decides_nothing():
    loss = Loss("log loss", 0.5, 0.4, -0.1, -np.inf, np.inf)
    assert Judgement(50, "all rows", "", 4, 4, 1.0, loss).verdict == "neither is better, as far as 50 rows can tell"
