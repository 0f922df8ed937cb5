"""A right checksum does not make a file sensible: each rule of a model's header, and models that keep them all."""

import json
import tracemalloc
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

import selenite
from fuzzing import KINDS, failures
from fuzzing_models import model_wholes, signed, use
from selenite import SeleniteRegressor
from selenite.errors import ModelFileError, SaveError, SchemaError
from selenite.model import Model
from selenite.model.file import from_bytes
from selenite.model.sound import ENDED, FIRST_DAY, LAST_DAY
from selenite.nn import Embedding, Network, initialize
from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.table import ColumnSchema, Scale, Schema, Target
from selenite.table.table import days_of
from selenite.training.history import Ending

BINARY, THREE, NUMBER, POISSON = 0, 1, 3, 4  # of the whole models
MEMBERS = 2  # of the first
N_WHOLES = 14
A, GAPS, WHEN, PET, YES, SAME, ID, CASES = range(8)  # their columns


def parts(content):
    length = int.from_bytes(content[:8], "little")
    outer = json.loads(content[8 : 8 + length])
    return json.loads(outer["__metadata__"]["selenite"]), outer["parameters"], content[8 + length :]


def test_the_test_signs_files_as_selenite_does():
    assert len(model_wholes()) == N_WHOLES
    for content in model_wholes():
        assert signed(*parts(content)) == content


def curve(epochs, training, validation=()):
    """Return the losses of a member as a file holds them."""
    return {"epochs": epochs, "training": training, "validation": list(validation)}


@pytest.mark.parametrize("number", range(N_WHOLES))
def test_models_of_every_kind_keep_all_rules(number, tmp_path):
    path = tmp_path / "whole.selenite"
    path.write_bytes(model_wholes()[number])
    use(path)


def test_what_the_rules_name_is_what_the_rest_of_the_house_says():
    assert set(ENDED) == {"", *get_args(Ending)}
    ends = np.array(["0001-01-01", "9999-12-31T23:59:59.999999"], "datetime64[us]")
    assert days_of(ends)[0] == FIRST_DAY
    assert LAST_DAY - 1 < days_of(ends)[1] <= LAST_DAY


COLUMN = [
    (A, {"scales": [{"center": 0.0, "width": -1.0}]}, "scales of column .a. has a negative width"),
    (A, {"scales": []}, "ranks without a scale"),
    (A, {"scales": [{"center": 0.0, "width": 1.0}] * 2}, "of kind number, has 2 scales"),
    (A, {"minimum": None}, "the range of .* has one end"),
    (A, {"minimum": 5.0, "maximum": 4.0}, "range of column .a. ends before it begins"),
    (A, {"rank_quantiles": [0.0, 1.0]}, "2 rank quantiles"),
    (A, {"rank_quantiles": [0.0] * 64 + [-1.0]}, "rank quantiles of column .a. do not rise"),
    (A, {"frequent_values": [1.0, 0.0]}, "frequent values of column .a. do not rise"),
    (A, {"frequent_values": [1.0, 1.0]}, "frequent values of column .a. do not rise"),
    (A, {"categories": ["x"]}, "what columns of other kinds have"),
    (A, {"rare": True}, "rare categories"),
    (A, {"parts": ["time"]}, "has parts of a date"),
    (A, {"name": "gaps"}, "two of its columns have the same name"),
    (A, {"kind": "date"}, "kinds have"),
    (A, {"missing": True}, "columns make 19 inputs, its network takes 18"),
    (WHEN, {"scales": []}, "of kind date, has 0 scales"),
    (WHEN, {"parts": ["time", "x"]}, "parts are none of a date"),
    (WHEN, {"parts": []}, "parts are none of a date"),
    (WHEN, {"parts": ["time", "week_sin", "week_sin"]}, "parts are none of a date"),
    (WHEN, {"parts": ["time", "week_sin", "year_sin"]}, "parts are none of a date"),
    (WHEN, {"minimum": -1e308}, "dates that no calendar has"),
    (WHEN, {"maximum": 1e308}, "dates that no calendar has"),
    (WHEN, {"scales": [{"center": 1e30, "width": 1.0}]}, "dates that no calendar has"),
    (PET, {"categories": ["cat", "cat", "eel"]}, "a category twice"),
    (PET, {"scales": [{"center": 0.0, "width": 1.0}]}, "of kind category, has 1 scales"),
    (YES, {"categories": ["yes", "YES "]}, "its categories are not two"),
    (YES, {"categories": ["yes"]}, "its categories are not two"),
    (SAME, {"categories": ["one", "two"]}, "constant, but has several"),
    (ID, {"categories": ["one"]}, "what columns of other kinds have"),
    (ID, {"rank_quantiles": [0.0] * 65}, "ranks without a scale"),
    (CASES, {"kind": "number ", "missing": False}, "cannot be read"),
]


@pytest.mark.parametrize(("column", "changes", "words"), COLUMN)
def test_columns_that_cannot_be_are_refused(column, changes, words):
    inner, tensor, payload = parts(model_wholes()[BINARY])
    inner["model"]["schema"]["columns"][column].update(changes)
    with pytest.raises(ModelFileError, match=words):
        from_bytes(signed(inner, tensor, payload))


PARTS = [
    (BINARY, "target", {"classes": ["down", "down"]}, "two of its classes are the same"),
    (BINARY, "target", {"class_type": "int"}, "one of its classes is no int"),
    (BINARY, "target", {"class_type": "float"}, "one of its classes is no float"),
    (BINARY, "target", {"classes": ["1", "01"], "class_type": "int"}, "two of its classes are the same"),
    (BINARY, "target", {"classes": ["1", "9" * 5000], "class_type": "int"}, "one of its classes is no int"),
    (BINARY, "target", {"width": 2.0}, "its classes have a scale"),
    (BINARY, "target", {"task": "regression"}, "do not fit"),
    (BINARY, "target", {"minimum": 1.0}, "range of its answers has one end"),
    (BINARY, "network", {"activations": ["relu", "identity"], "loss": "squared_error"}, "gives no probabilities"),
    (THREE, "target", {"classes": ["cat", "dog"]}, "do not fit"),
    (NUMBER, "target", {"width": 0.0}, "too small to scale"),
    (NUMBER, "target", {"width": -1.0}, "too small to scale"),
    (NUMBER, "target", {"width": 1.7e308}, "no finite number"),
    (NUMBER, "target", {"minimum": 2.0, "maximum": 1.0}, "range of its answers ends"),
    (NUMBER, "network", {"activations": ["relu", "logistic"], "loss": "log_loss"}, "judged by the loss of classes"),
    (NUMBER, "residual_quantiles", {"edges": [0.0, 1.0]}, "residuals do not rise"),
    (BINARY, "read", {"decimal": ""}, "not one character each"),
    (BINARY, "read", {"separator": "ab"}, "not one character each"),
    (BINARY, "recipe", {"seed": -1}, "counts what cannot be"),
    (BINARY, "recipe", {"epochs": 10**30}, "counts what cannot be"),
    (BINARY, "recipe", {"best_epochs": [1, 2, 3]}, "another number of networks"),
    (BINARY, "recipe", {"optimizer": "os.system"}, "no optimizer"),
    (BINARY, "recipe", {"schedule": "x"}, "no schedule"),
    (BINARY, "recipe", {"ended": "x"}, "cannot have ended by"),
    (BINARY, "recipe", {"learning_rate": -1.0}, "a rate below 0"),
    (BINARY, "recipe", {"dropout": 1.0}, "drops out all"),
    (BINARY, "recipe", {"temperature": 0.0}, "temperature"),
    (BINARY, "recipe", {"label_smoothing": 1.0}, "smooths answers away"),
    (BINARY, "recipe", {"curves": 9 * [curve([1], [0.5])]}, "curves are of another number"),
    (BINARY, "recipe", {"curves": MEMBERS * [curve([1], [0.5, 0.4])]}, "differ in length"),
    (BINARY, "recipe", {"curves": MEMBERS * [curve([1, 2], [0.5, 0.4], [0.3])]}, "differ in length"),
    (BINARY, "recipe", {"curves": MEMBERS * [curve([0], [0.5])]}, "epochs of a curve"),
    (BINARY, "recipe", {"curves": MEMBERS * [curve([2, 1], [0.5, 0.4])]}, "epochs of a curve"),
    (BINARY, "recipe", {"curves": MEMBERS * [curve([10**6], [0.5])]}, "epochs of a curve"),
    (BINARY, "settings", {"preset": "x"}, "Invalid enum value 'x'"),
    (BINARY, "settings", {"members": 0}, "its settings count what cannot be"),
    (BINARY, "settings", {"hidden": [3, 0]}, "its settings count what cannot be"),
    (BINARY, "settings", {"seed": -1}, "the seed of its settings"),
    (BINARY, "settings", {"activation": "x"}, "no activation"),
    (BINARY, "settings", {"loss": "x"}, "no loss 'x'"),
    (BINARY, "settings", {"learning_rate": 0.0}, "must be a number above 0"),
    (BINARY, "settings", {"time_limit": 0.0}, "must be a number of seconds above 0"),
    (BINARY, "settings", {"dropout": 1.0}, "a rate that cannot be"),
    (BINARY, "settings", {"weight_decay": -1.0}, "a rate that cannot be"),
    (BINARY, "settings", {"task": "regression"}, "another task than classification"),
    (BINARY, "settings", {"kinds": {"nowhere": "number"}}, "a column is that is not there"),
    (BINARY, "settings", {"class_weight": {"sideways": 1.0}}, "a class that is not there"),
    (BINARY, "settings", {"class_weight": {"up": -1.0}}, "by less than 0"),
    (NUMBER, "settings", {"class_weight": "balanced"}, "predicts a number"),
    (BINARY, "data", {"training_rows": -1}, "rows that cannot be"),
    (BINARY, "data", {"folds": 1}, "judged in 1 folds"),
    (BINARY, "data", {"folds": 10**9}, "judged in 1,000,000,000 folds"),
    (BINARY, "data", {"test_fraction": 1.5}, "put aside"),
    (BINARY, "data", {"test_rows": 9, "fingerprint": "0" * 32}, "no share of its rows"),
    (BINARY, "data", {"fingerprint": "x" * 32}, "fingerprint"),
]


@pytest.mark.parametrize(("number", "part", "changes", "words"), PARTS)
def test_other_parts_that_cannot_be_are_refused(number, part, changes, words):
    inner, tensor, payload = parts(model_wholes()[number])
    inner["model"][part].update(changes)
    with pytest.raises(ModelFileError, match=words):
        from_bytes(signed(inner, tensor, payload))


@pytest.mark.parametrize("ends", [{"low": 1.0}, {"low": 1.0, "high": 0.5}])
def test_intervals_that_cannot_be_are_refused(ends):
    inner, tensor, payload = parts(model_wholes()[BINARY])
    inner["model"]["figures"] = [
        {"metric": "accuracy", "model": "selenite", "value": 0.5, "low": None, "high": None} | ends
    ]
    with pytest.raises(ModelFileError, match='interval of its "accuracy"'):
        from_bytes(signed(inner, tensor, payload))


@pytest.mark.parametrize("number", range(N_WHOLES))
@pytest.mark.parametrize("size", [3e38, -3e38, 1e37])
def test_finite_parameters_that_would_predict_nan_are_refused(number, size):
    inner, tensor, payload = parts(model_wholes()[number])
    values = np.frombuffer(payload, "<f4" if tensor["dtype"] == "F32" else "<f8").copy()
    values[::2], values[1::2] = size * (1 if tensor["dtype"] == "F32" else 1e269), -size
    with pytest.raises(ModelFileError, match="so (large|fast|far apart) that"):
        from_bytes(signed(inner, tensor, values.tobytes()))


def one_number(network, parameters):
    """A model of one number column, scaled, and whatever network."""
    column = ColumnSchema("x", "number", scales=(Scale(0.0, 1.0),))
    return Model(network, parameters, Schema((column,)), Target("y", "regression"))


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_bound_is_one(activation, dtype):
    """Weights are scaled up until a file is refused; just before, the most that rows can do is finite."""
    network = Network((1, 30, 30, 1), (activation, activation, "identity"))
    start = initialize(network, seed=1, dtype=dtype)
    rows = np.array([[-1e300], [-3.0], [0.0], [1.0], [1e300]])
    last = None
    for power in range(0, 400, 2 if dtype is np.float64 else 1):
        with np.errstate(over="ignore"):
            parameters = (start * dtype(10) ** dtype(power / 4)).astype(dtype)
        model = one_number(network, parameters)
        try:
            from_bytes(model.to_bytes())
        except (ModelFileError, SaveError):
            break
        last = model
        assert np.isfinite(model.predict(rows)).all()
    assert last is not None
    explained = selenite.explain(
        last, rows, background=rows, method="gradients"
    )  # of the largest weights that are taken
    assert np.isfinite(explained.values).all()
    assert np.abs(last.parameters).max() > 1e9  # the bound does not refuse early


def test_waves_too_fast_for_their_phase_are_refused():
    network = Network((1, 3, 1), ("relu", "identity"), embedding=Embedding((0,), 2, 1))
    parameters = initialize(network, seed=0, dtype=np.float32)
    parameters[0] = 1e6
    one_number(network, parameters).to_bytes()
    parameters[0] = 1e8
    with pytest.raises(SaveError, match="waves are so fast"):
        one_number(network, parameters).to_bytes()


def test_rows_taken_as_they_are_that_would_predict_nan_are_refused_by_number(tmp_path):
    network = Network((1, 3, 1), ("relu", "identity"))
    free = one_number(network, initialize(network, seed=0, dtype=np.float32))
    model = replace(free, schema=Schema((ColumnSchema("x", "number"),)))
    rows = np.array([[1.0], [1e300]])
    assert np.isfinite(model.predict(rows[:1])).all()
    with pytest.raises(SchemaError, match="row 2: its numbers are so large"):
        model.predict(rows)


def test_nothing_is_saved_that_could_not_be_opened(tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = SeleniteRegressor(max_iter=1, members=1).fit(X, X[:, 0]).model_
    with pytest.raises(SaveError, match=r"could not be opened again, so it is not saved: .* no optimizer"):
        replace(model, recipe=replace(model.recipe, optimizer="x")).save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("begin", [lambda: b"", lambda: (4096).to_bytes(8, "little"), lambda: model_wholes()[0]])
def test_of_a_huge_file_no_more_is_read_than_its_header(begin, tmp_path):
    path = tmp_path / "sparse.selenite"
    with path.open("wb") as file:
        file.write(begin())
        file.truncate(64 << 30)
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError):
            selenite.load(path)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["selenite", "signed.selenite"])
def test_mutated_models_are_refused_or_do_all_that_models_do(kind, tmp_path):
    assert list(failures(KINDS[kind], seed=0, count=300, folder=tmp_path)) == []
