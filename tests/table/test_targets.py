"""Targets are told apart by their values, and encoded both ways."""

import numpy as np
import pytest

from selenite.errors import OptionError, SchemaError, TableError
from selenite.table import Dates, Numbers, Text, as_column, class_labels, encode_target, learn_target


@pytest.mark.parametrize(
    ("values", "task", "classes", "class_type"),
    [
        (["b", "a", "b"], "classification", ("a", "b"), "text"),
        ([True, False], "classification", ("false", "true"), "bool"),
        ([0, 1, 2, 1], "classification", ("0", "1", "2"), "int"),
        ([-1, 1], "classification", ("-1", "1"), "int"),
        ([2, 10, 9, 3, 4, 5, 6, 7, 8], "classification", tuple(str(i) for i in range(2, 11)), "int"),
        ([0.0, 1.0, 2.0], "classification", ("0.0", "1.0", "2.0"), "float"),
        ([0, 1, 5], "regression", (), "text"),
        (list(range(21)), "regression", (), "text"),
        ([0.5, 1.5], "regression", (), "text"),
    ],
)
def test_task_follows_from_the_values(values, task, classes, class_type):
    column = as_column(values)
    target = learn_target(column, "y")
    assert (target.task, target.classes, target.class_type) == (task, classes, class_type)
    encoded = encode_target(target, column)
    if task == "classification":
        labels = class_labels(target)
        assert labels[encoded].tolist() == values
        assert labels.dtype.kind == {"text": "U", "int": "i", "float": "f", "bool": "b"}[class_type]
        assert encoded.dtype == np.int64
    else:
        np.testing.assert_allclose(encoded * target.width + target.center, values)
        assert (target.minimum, target.maximum) == (min(values), max(values))


def test_task_may_be_given():
    numbers = as_column([1, 2, 3])
    assert learn_target(numbers, "y", "regression").task == "regression"
    assert len(learn_target(as_column(list(range(0, 3000, 3))), "y", "classification").classes) == 1000
    with pytest.raises(OptionError, match='text such as "a"'):
        learn_target(as_column(["a", "b"]), "y", "regression")
    with pytest.raises(TableError, match=r"Unknown label type: continuous.*--task regression"):
        learn_target(as_column([0.5, 1.5, 7.1]), "y", "classification")


def test_missing_constant_and_dates():
    with pytest.raises(
        TableError, match=r"missing in 2 of 3 rows, first in line 3\. Delete.* NaN and null mean missing"
    ):
        learn_target(Numbers(np.array([1, np.nan, np.nan])), "y", first_line=2)
    with pytest.raises(TableError, match="row 1"):
        learn_target(Text(np.array([-1, 0], dtype=np.int32), ("a",)), "y")
    with pytest.raises(TableError, match='only one class: "yes"'):
        learn_target(as_column(["yes", "yes"]), "y")
    constant = learn_target(as_column([0.1] * 10), "y", "regression")
    assert constant.width == 1
    with pytest.raises(TableError, match="dates"):
        learn_target(Dates(np.array(["2026-01-01"], "M8[us]")), "y")


def test_classes_that_do_not_occur_in_the_rows_are_no_classes():
    column = Text(np.array([2, 0, 2], dtype=np.int32), ("c", "gone", "a"))
    target = learn_target(column, "y")
    assert target.classes == ("a", "c")
    assert encode_target(target, column).tolist() == [0, 1, 0]


def test_unknown_classes_are_named():
    target = learn_target(as_column(["a", "b"]), "y")
    with pytest.raises(SchemaError, match=r'row 2: class "z" .* knows "a", "b"'):
        encode_target(target, as_column(["a", "z"]))
    with pytest.raises(SchemaError, match=r'class "7'):
        encode_target(learn_target(as_column([0, 1]), "y"), as_column([0, 7]))
    with pytest.raises(SchemaError, match="was numbers"):
        encode_target(learn_target(as_column([0.5, 1]), "y"), as_column(["a"]))


def test_integers_match_floats_of_the_same_value():
    target = learn_target(as_column([0, 1, 2]), "y")
    assert encode_target(target, as_column([2.0, 0.0])).tolist() == [2, 0]
    target = learn_target(as_column([False, True]), "y")
    assert encode_target(target, as_column([1, 0])).tolist() == [1, 0]


def written(texts, values, type):
    """Return numbers as a text file writes them."""
    return Numbers(np.array(values, dtype=float), type, as_column(texts))


@pytest.mark.parametrize(
    ("texts", "values", "type", "classes", "class_type"),
    [
        (["+1", "-1"], [1, -1], "int", ("-1", "+1"), "int"),
        (["TRUE", "FALSE"], [1, 0], "bool", ("FALSE", "TRUE"), "bool"),
        (["2e0", "1.00"], [2, 1], "float", ("1.00", "2e0"), "float"),
        (["10%", "9%"], [10, 9], "int", ("9%", "10%"), "text"),
        (["1.000", "2.000"], [1000, 2000], "int", ("1.000", "2.000"), "text"),
        (["2", "1", "1.0"], [2, 1, 1], "float", ("1", "1.0", "2"), "text"),
        (["True", "TRUE", "false"], [1, 1, 0], "bool", ("TRUE", "True", "false"), "text"),
        (["9007199254740993", "1"], [2.0**53, 1], "int", ("1", "9007199254740993"), "int"),
    ],
)
def test_classes_are_spelled_as_they_are_written(texts, values, type, classes, class_type):
    column = written(texts, values, type)
    target = learn_target(column, "y", "classification")
    assert (target.classes, target.class_type) == (classes, class_type)
    codes = encode_target(target, column)
    assert [target.classes[code] for code in codes] == texts
    assert encode_target(target, as_column(texts)).tolist() == codes.tolist()
    assert encode_target(target, column.take(np.array([1]))).tolist() == codes[[1]].tolist()
    if class_type == "text":
        assert class_labels(target)[codes].tolist() == texts
    else:
        assert encode_target(target, Numbers(column.values, "float")).tolist() == codes.tolist()
        assert class_labels(target)[codes].astype(float).tolist() == values


def test_a_number_finds_its_class_by_text_then_by_value_if_only_one_has_it():
    target = learn_target(as_column(["1", "1.0", "2.0", "+3", "03", "true"]), "y")
    assert target.class_type == "text"
    assert [target.classes[i] for i in encode_target(target, as_column([1, 2]))] == ["1", "2.0"]
    assert [target.classes[i] for i in encode_target(target, as_column([1.0, 2.0]))] == ["1.0", "2.0"]
    assert [target.classes[i] for i in encode_target(target, as_column([True]))] == ["true"]
    with pytest.raises(SchemaError, match='class "3" .* unknown'):
        encode_target(target, as_column([3]))


def test_whole_numbers_beyond_two_to_53_are_classes_to_the_digit():
    labels = [2**53 + 1, 2**53, 2**53 + 1, 7]
    target = learn_target(as_column(labels), "y", "classification")
    assert (target.classes, target.class_type) == (("7", str(2**53), str(2**53 + 1)), "int")
    assert class_labels(target)[encode_target(target, as_column(labels))].tolist() == labels
    with pytest.raises(SchemaError, match=f'class "{2**53 + 2}" .* unknown'):
        encode_target(target, as_column([2**53 + 2]))
    with pytest.raises(TableError, match=r"beyond 2\^53.* Make text of them"):
        learn_target(Numbers(np.array([2.0**53, 2.0**54]), "int"), "y", "classification")


@pytest.mark.parametrize("label", ["a\0", "x" * 100_000])
def test_labels_that_numpy_would_cut_or_swell_are_objects(label):
    labels = class_labels(learn_target(as_column([label, "a"]), "y"))
    assert labels.tolist() == ["a", label]
    assert labels.dtype == object


@pytest.mark.parametrize("unit", [1e-306, 1e-200, 1e-162, 1.0, 1e100])
def test_numbers_are_scaled_whatever_their_unit(unit):
    values = np.random.default_rng(0).normal(size=100)
    column = as_column(values * unit)
    target = learn_target(column, "y", "regression")
    assert (target.center / unit, target.width / unit) == pytest.approx((values.mean(), values.std()), rel=1e-9)
    np.testing.assert_allclose(encode_target(target, column), (values - values.mean()) / values.std(), atol=1e-9)


def test_numbers_that_a_double_cannot_scale_are_refused():
    values = np.random.default_rng(0).normal(size=100)
    with pytest.raises(TableError, match=r'"y", holds numbers too small to scale\. Multiply'):
        learn_target(as_column(values * 1e-309), "y", "regression")
    with pytest.raises(TableError, match=r'"y", holds numbers too large to average\. Divide'):
        learn_target(as_column(values * 1e200), "y", "regression")
    assert learn_target(as_column([1e-309] * 9), "y", "regression").width == 1
