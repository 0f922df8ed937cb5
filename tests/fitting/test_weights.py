"""Weights of rows and of classes: scikit-learn's own, beside classes without rows."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from selenite.errors import OptionError
from selenite.fitting.weights import class_weights, require_classes, rows_that_count, scaled, weights_of
from selenite.table import Numbers, Table, Target

TARGET = Target("y", "classification", ("a", "b", "c", "d"))


@pytest.mark.parametrize("weight", [None, "balanced", {"a": 2.0, "b": 0.0, "d": 5.0}])
def test_classes_weigh_as_in_scikit_learn_and_one_without_rows_nothing(weight):
    known = np.random.default_rng(0).choice([0, 1, 3], 50, p=[0.2, 0.5, 0.3])
    expected = compute_class_weight(weight, classes=np.array(["a", "b", "d"]), y=np.array(TARGET.classes)[known])
    np.testing.assert_array_equal(
        class_weights(weight, TARGET, np.bincount(known, minlength=4)), [*expected[:2], 0.0, expected[2]]
    )


def test_weights_of_classes_that_are_not_there_are_refused():
    require_classes({"a": 2.0, "d": 1.0}, TARGET)
    with pytest.raises(OptionError, match='column "y" has no class "A"; did you mean "a"?'):
        require_classes({"A": 2.0}, TARGET)


@pytest.mark.parametrize("unit", [1e-300, 1.0, 1e300])
def test_weights_of_any_unit_have_mean_one(unit):
    weight = np.array([1.0, 2.0, 3.0]) * unit
    np.testing.assert_allclose(scaled(weight), [0.5, 1.0, 1.5], rtol=1e-6)
    assert rows_that_count(weight).tolist() == [0, 1, 2]


@pytest.mark.parametrize("wrong", [[-1.0, 1.0], [np.nan, 1.0], [0.0, 0.0]])
def test_weights_that_cannot_weigh_are_refused(wrong):
    with pytest.raises(OptionError):
        rows_that_count(np.array(wrong))
    with pytest.raises(OptionError, match='the weights in "w"'):
        weights_of(Table(("w",), (Numbers(np.array(wrong)),), 2), "w")
