"""A model in integers keeps its bound on rows at random, on a compiler that traps what C leaves undefined."""

import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

import selenite
from selenite.errors import ExportError, OptionError
from selenite.exporting import export, verify
from selenite.exporting.c import COMPILERS, FLAGS
from selenite.exporting.integer import INTEGERS
from selenite.exporting.integer.columns import MISSING_NUMBER
from selenite.exporting.integer.curves import (
    SHAPES,
    activation_lines,
    check_activations,
    slopes_between,
    values_between,
)
from selenite.exporting.integer.export import TOLERANCE
from selenite.exporting.integer.fixed import fixed_model
from selenite.exporting.integer.header import header, rounded_up
from selenite.exporting.integer.lines import lines
from selenite.exporting.integer.program import answers
from selenite.exporting.integer.source import source
from selenite.model import Model
from selenite.nn import Embedding, Network, initialize
from selenite.nn.activations import ACTIVATIONS
from selenite.table import Numbers, Table, Target, learn_schema, learn_target, n_inputs
from selenite.table.cells import text_column
from selenite.table.schema import ColumnSchema, Schema

CHECKED = (*FLAGS, "-fsanitize=undefined", "-fsanitize-undefined-trap-on-error")
TOWNS = ("a", "b", "c", "in*/t", "UNSEEN")
DEVICE = ("arm-none-eabi-gcc", "qemu-system-arm")
needs_compiler = pytest.mark.skipif(not any(map(shutil.which, COMPILERS)), reason="no C compiler is here")


def table_of(seed, n=300):
    """Return rows of numbers, cases, gaps, categories, pairs and a wide range."""
    rng = np.random.default_rng(seed)
    gap = rng.random(n) < 0.1
    columns = {
        "age": Numbers(np.where(gap, np.nan, rng.normal(40, 12, n).round(1))),
        "wealth": Numbers(rng.lognormal(0, 3, n)),
        "cases": Numbers(np.where(rng.random(n) < 0.6, 0, rng.integers(1, 40, n)).astype(float)),
        "town": text_column([None if one else TOWNS[k] for one, k in zip(gap, rng.integers(0, 5, n), strict=True)]),
        "smokes": text_column([("no", "yes")[k] for k in rng.integers(0, 2, n)]),
        "side": text_column([("left", "right")[k] for k in rng.integers(0, 2, n)]),
    }
    return Table(tuple(columns), tuple(columns.values()), n, "rows")


def model_of(task="class", activation="relu", members=1, output=None, hidden=(9, 6), n_classes=4):
    """Return a model with random weights."""
    rng, table = np.random.default_rng(1), table_of(0)
    if task == "number":
        answer = Numbers(rng.normal(50, 20, table.n_rows))
    else:
        answer = text_column([f"class {k % n_classes}" for k in range(table.n_rows)])
    schema, goal = learn_schema(table), learn_target(answer, "goal")
    output = output or {"number": "identity"}.get(task, "softmax" if n_classes > 2 else "logistic")
    loss = "squared_error" if task == "number" else "log_loss"
    sizes = (n_inputs(schema), *hidden, goal.n_outputs)
    embedding = Embedding((0, 3), n_frequencies=5, n_components=2)
    network = Network(sizes, (*[activation] * len(hidden), output), loss, embedding=embedding)
    parameters = np.array([initialize(network, "glorot", k) for k in range(members)])
    parameters += rng.normal(0, 0.1, parameters.shape)
    return Model(network, parameters if members > 1 else parameters[0], schema, goal)


def small_model():
    """Return a network 4-16-8-3 of numbers as they are."""
    schema = Schema(tuple(ColumnSchema(name, "number", minimum=-2.0, maximum=2.0) for name in "abcd"))
    network = Network((4, 16, 8, 3), ("relu", "relu", "softmax"), "log_loss")
    target = Target("goal", "classification", ("x", "y", "z"))
    return Model(network, initialize(network, "glorot", 0), schema, target)


def random_rows(fixed, n, seed=0):
    """Return rows of integers within the ranges of training, with gaps and unseen categories."""
    rng = np.random.default_rng(seed)
    found = []
    for one in fixed.columns:
        if one.column.categories:
            found.append(rng.integers(-1, len(one.column.categories) + 1, n))
            continue
        spread = rng.integers(one.low, one.high, n, endpoint=True)
        special = [*one.frequent, *(x for curve in one.curves for x in curve.xs), one.low, one.high]
        near = (rng.choice(special, n) + rng.integers(-1, 2, n)).clip(one.low, one.high)
        values = np.where(rng.random(n) < 0.5, spread, near)
        found.append(np.where((rng.random(n) < 0.05) & one.column.missing, MISSING_NUMBER, values))
    return np.stack(found, axis=1)


def table_of_rows(fixed, rows):
    """Return the table that rows of integers stand for."""
    columns = []
    for one, values in zip(fixed.columns, rows.T, strict=True):
        if one.column.categories:
            texts = [*one.column.categories, "never seen", None]
            columns.append(text_column([texts[k] for k in values]))
        else:
            columns.append(Numbers(one.numbers(values)))
    return Table(tuple(one.column.name for one in fixed.columns), tuple(columns), len(rows), "rows")


def largest_difference(fixed, model, folder, rows, flags=CHECKED):
    """Return how far the compiled answers are from the model's."""
    (folder / f"{fixed.name}.h").write_text(header(fixed, ()))
    (folder / f"{fixed.name}.c").write_text(source(fixed))
    outputs = fixed.outputs(answers(fixed, folder, rows, flags))
    return np.abs(outputs - model.output(model.encode(table_of_rows(fixed, rows)))).max()


@needs_compiler
@pytest.mark.parametrize("tolerance", [np.inf, 0.0])
@pytest.mark.parametrize(
    "of",
    [
        {"activation": "tanh"},
        {"n_classes": 2, "activation": "selu", "members": 2},
        {"task": "number", "members": 3},
        {"task": "number", "activation": "gelu"},
        {"hidden": ()},
    ],
)
def test_the_bound_holds_on_random_rows(of, tolerance, tmp_path):
    model = model_of(**of)
    fixed = fixed_model(model, "it", np.inf)
    if tolerance == 0.0:
        fixed = fixed_model(model, "it", np.inf, (16,) * len(fixed.network.bits))
    found = largest_difference(fixed, model, tmp_path, random_rows(fixed, 20_000))
    assert 0 < found <= fixed.network.bound


@needs_compiler
def test_the_bound_holds_on_100_000_random_rows(tmp_path):
    model = model_of()
    fixed = fixed_model(model, "it", 0.5)
    found = largest_difference(fixed, model, tmp_path, random_rows(fixed, 100_000))
    assert fixed.network.bound / 100 < found <= fixed.network.bound <= 0.5


@pytest.mark.parametrize("activation", [name for name in SHAPES if name not in ("relu", "identity")])
def test_lines_pass_an_activation_as_near_as_they_say(activation):
    low, high = -9.3, 7.7
    table = activation_lines(activation, low, high, 12, 11)
    x = np.arange(np.ceil(low * 4096), np.floor(high * 4096))
    found = np.round(np.interp(x, table.xs, table.ys)) * table.step
    exact = ACTIVATIONS[activation].value(x / 4096)
    assert np.abs(found - exact).max() <= table.error < 1.5e-3
    assert len(table.xs) < 150


@pytest.mark.parametrize("activation", list(SHAPES))
def test_slopes_and_values_lie_within_their_bounds(activation):
    rng = np.random.default_rng(0)
    low = rng.normal(0, 3, 200)
    high = low + rng.exponential(1, 200)
    slopes, values = slopes_between(activation, low, high), values_between(activation, low, high)
    for share in np.linspace(0, 1, 101):
        z = low + share * (high - low)
        a = ACTIVATIONS[activation].value(z)
        slope = ACTIVATIONS[activation].derivative(z, a)
        assert (slopes[0] - 1e-9 <= slope).all() and (slope <= slopes[1] + 1e-9).all()  # noqa: PT018
        assert (values[0] - 1e-9 <= a).all() and (a <= values[1] + 1e-9).all()  # noqa: PT018


def test_few_points_hold_a_curve():
    x = np.arange(1001)
    found = lines(x, np.sin(x / 200), 1e-4, within=1e-3)
    assert len(found.xs) < 50
    assert np.abs(np.interp(x, found.xs, found.ys) * 1e-4 - np.sin(x / 200)).max() <= found.error < 1.3e-3


def test_a_bound_beyond_the_tolerance_is_refused(tmp_path):
    with pytest.raises(ExportError, match=r"an answer may differ by 0\.\d+ .*beyond the tolerance of 1e-05"):
        export(model_of(), "c", tmp_path / "folder", integer=True, tolerance=1e-5)
    assert not (tmp_path / "folder").exists()


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_what_integers_cannot_do_is_said(tmp_path):
    model = small_model()
    for wrong in ({"to": "js", "integer": True}, {"to": "c", "integer": True, "double": True}, {"to": "c", "data": []}):
        with pytest.raises(OptionError, match="integer=True"):
            export(model, path=tmp_path, **wrong)
    with pytest.raises(ExportError, match=r"slopes of softsign lie is not known .* takes hidden layers of identity, "):
        check_activations(["relu", "softsign", "identity"], is_number=True)
    X = np.random.default_rng(0).normal(size=(30, 2))
    bare = selenite.MLPClassifier((3,), max_iter=5).fit(X, X[:, 0] > 0)
    with pytest.raises(ExportError, match="does not hold the range of its training rows"):
        export(bare, "c", tmp_path, integer=True)
    with pytest.raises(ExportError, match="predicted by its logarithm"):
        export(model_of("number", output="exp"), "c", tmp_path, integer=True)
    for low, high in ((1e9, 1e9 + 1), (-1e-300, 1e-300)):
        narrow = Schema((ColumnSchema("narrow", "number", minimum=low, maximum=high),))
        with pytest.raises(ExportError, match="'narrow': of numbers as large as .* too coarse"):
            export(Model(Network((1, 3), ("softmax",), "log_loss"), np.zeros(6), narrow, model.target), "c", tmp_path,
                   integer=True)  # fmt: skip
    dates = Schema((ColumnSchema("when", "date", parts=("time",)),))
    network = Network((1, 3), ("softmax",), "log_loss")
    with pytest.raises(ExportError, match="'when' holds dates"):
        export(Model(network, np.zeros(6), dates, model.target), "c", tmp_path, integer=True)


@needs_compiler
def test_an_export_says_what_is_proved_and_measured_and_is_checked_again(tmp_path):
    model = small_model()
    data = Table((*"abcd", "goal"), (*[Numbers(np.arange(9) / 4 - 1)] * 4, text_column([*"xyzxyzxyz"])), 9, "nine rows")
    proof = export(model, "c", tmp_path, name="it", integer=True, data=data)
    assert 0 < proof.difference <= proof.tolerance <= TOLERANCE
    said, text = str(proof), (tmp_path / "it.h").read_text()
    assert f"no probability differs by more than {rounded_up(proof.tolerance):g}" in text.replace("\n   ", " ")
    assert "Measured on 9 rows of nine rows" in said
    assert "accuracy is " in said
    assert "float" not in (tmp_path / "it.c").read_text()
    (again,) = verify(tmp_path, model)
    assert again.difference == proof.difference
    plan = INTEGERS.plan_in(tmp_path / "it.h")
    answered = INTEGERS.answers(tmp_path / "it.h", plan, data)
    assert np.abs(answered - model.output(model.encode(data.without("goal")))).max() <= proof.tolerance


@needs_compiler
def test_a_weight_that_moved_is_caught(tmp_path):
    model = small_model()
    export(model, "c", tmp_path, name="it", integer=True)
    code = (tmp_path / "it.c").read_text()
    head = "static const int16_t layer_1_weights[1][8][16] = {{{"
    head = head if head in code else head.replace("16_t", "8_t")
    first = code.partition(head)[2].partition(",")[0]
    (tmp_path / "it.c").write_text(code.replace(head + first, f"{head}{int(first) + 9}"))
    with pytest.raises(ExportError, match="where the model in integers answers"):
        verify(tmp_path, model)


@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_compilers_find_nothing_and_the_proof_runs(compiler, integer, tmp_path):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not here")
    export(model_of(members=2), "c", tmp_path, name="it", integer=integer, tolerance=0.9)
    strict = CHECKED
    subprocess.run([compiler, *strict, "it.c", "it_proof.c", "-lm", "-o", "proof"], cwd=tmp_path, check=True)
    said = subprocess.run([tmp_path / "proof"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("largest difference of ")


@needs_compiler
def test_units_without_weights_and_a_large_scale(tmp_path):
    model = model_of("number")
    parameters = model.parameters.copy()
    for layer in model.network.weights(parameters):
        layer[:, 0] = 0.0
    model = replace(model, parameters=parameters, target=replace(model.target, center=-3e9, width=4e6))
    fixed = fixed_model(model, "it", np.inf)
    assert fixed.target.power < 0
    assert largest_difference(fixed, model, tmp_path, random_rows(fixed, 1000)) <= fixed.network.bound


@needs_compiler
def test_a_row_in_c_is_written_with_the_macros(tmp_path):
    model = model_of()
    export(model, "c", tmp_path, name="it", integer=True, tolerance=0.9)
    (tmp_path / "main.c").write_text(
        '#include <stdio.h>\n#include "it.h"\nint main(void) { static const it_row row = {IT_AGE(36.6), '
        'IT_WEALTH(-2.5), IT_NO_NUMBER, it_town_c, IT_MISSING, it_side_UNSEEN}; printf("%ld %ld %s\\n", (long)row.age, '
        "(long)row.wealth, it_classes[it_predict(&row)]); return 0; }"
    )
    compiler = next(filter(None, map(shutil.which, COMPILERS)))
    subprocess.run([compiler, "-std=c99", "-Werror", "it.c", "main.c", "-o", "main"], cwd=tmp_path, check=True)
    age, wealth, answer = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True).stdout.split(
        maxsplit=2
    )
    fixed = fixed_model(model, "it", 0.9)
    assert int(age) == round(36.6 * 10 ** fixed.columns[0].power)
    assert int(wealth) == round(-2.5 * 10 ** fixed.columns[1].power)
    assert answer.strip() in model.target.classes


@pytest.mark.skipif(not all(map(shutil.which, DEVICE)), reason="no device can be emulated here")
def test_a_small_network_fits_a_small_device(tmp_path):
    (said,) = (fact for fact in export(small_model(), "c", tmp_path, integer=True).facts if "Cortex" in fact)
    flash, memory, instructions, _ = (int(one.replace(",", "")) for one in re.findall(r" ([\d,]*\d) ", said))
    assert (flash < 12_000, memory < 1_000, 500 < instructions < 50_000) == (True, True, True)


@needs_compiler
def test_without_an_emulator_it_says_so(tmp_path, monkeypatch):
    for tool in ("cc", "gcc", "as", "ld"):
        if shutil.which(tool):
            (tmp_path / tool).symlink_to(shutil.which(tool))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Not run on an emulated device: arm-none-eabi-gcc and" in str(
        export(small_model(), "c", tmp_path / "home", integer=True)
    )
