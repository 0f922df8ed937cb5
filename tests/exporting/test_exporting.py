"""A model written without selenite answers as selenite does: other rows than its proof's, odd names, every task."""

import os
import re
import shutil
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

import selenite
from selenite.errors import ExportError, OptionError
from selenite.exporting import export, verify
from selenite.exporting.c.source import LANGUAGE
from selenite.exporting.exact import usual_tolerance
from selenite.exporting.formula import Formula
from selenite.exporting.plan import plan_of, without_network
from selenite.exporting.proof import proof_table, rows_of
from selenite.exporting.proved import WRITERS, exports_in
from selenite.exporting.writer import Questions
from selenite.model import Model
from selenite.nn import Embedding, Network, initialize
from selenite.nn.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from selenite.table import Dates, Numbers, Table, Text, as_column, learn_schema, learn_target, n_inputs
from selenite.table.cells import text_column

TOOLS = {"c": "cc", "html": "node", "js": "node", "onnx": "onnxruntime"}
SUFFIXES = (".c", ".html", ".mjs", ".onnx", ".py")
ODD = (
    'quote " and \\',
    "line\nbreak",
    "日本",
    "x*/ y /*",
    "${x}`",
    '"""',
    "\\u0022",
    "int",
    "class",
    "  ",
    "??/",
    "</script>",
    "é" * 10_000,
)
KEPT = (
    "class", "for", "REAL", "EXP", "N_INPUTS", "WIDEST", "N_SCORES", "scores", "row", "linux", "NAN", "INFINITY",
    "isnan", "typeof", "await", "null", "constructor", "__proto__", "hasOwnProperty", "def", "None", "int8_t", "ONE",
    "", "predict", "mean", "JSON.parse(`{}`)", 'json.loads(r"""{}""")', 'const LAYERS = "";',
)  # fmt: skip


@pytest.fixture(params=list(WRITERS))
def to(request):
    tool = TOOLS.get(request.param)
    if tool is not None and shutil.which(tool) is None and find_spec(tool) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{tool} is not here")
    return request.param


def table_of(seed, n=200, gaps=True):
    """Return rows of every kind of column, with names that are odd."""
    rng = np.random.default_rng(seed)
    gap = rng.random(n) < 0.1 if gaps else np.zeros(n, bool)
    moments = np.datetime64("2024-01-01T00:00", "us") + rng.integers(0, 800 * 1440, n).astype("timedelta64[m]")
    cases = np.where(rng.random(n) < 0.6, 0, rng.integers(1, 40, n)).astype(float)
    columns = {
        "age": Numbers(np.where(gap, np.nan, rng.normal(40, 12, n).round(1))),
        'a "quoted" name\n*/': Numbers(rng.lognormal(size=n)),
        "int": Numbers(cases),
        "odd": text_column([None if one else ODD[k] for one, k in zip(gap, rng.integers(0, len(ODD), n), strict=True)]),
        "日本": text_column([("no", "YES")[k] for k in rng.integers(0, 2, n)]),
        "pair": text_column([("left", "right")[k] for k in rng.integers(0, 2, n)]),
        "when": Dates(np.where(gap, np.datetime64("NaT", "us"), moments), zoned=False),
    }
    return Table(tuple(columns), tuple(columns.values()), n, "rows")


def model_of(target="class", activation="relu", dtype=np.float32, members=2, embedding=True, output=None, seed=0):
    """Return a model with random weights for rows of `table_of`."""
    rng, table = np.random.default_rng(seed), table_of(seed)
    if target == "number":
        answers = Numbers(rng.normal(50, 20, table.n_rows))
    else:
        labels = {"two": ("no", "yes"), "hundred": [f"{k} of 100" for k in range(100)]}.get(target, ODD)
        answers = Text(np.arange(table.n_rows, dtype=np.int32) % len(labels), tuple(labels))
    schema, goal = learn_schema(table), learn_target(answers, "goal")
    output = output or {"number": "identity", "two": "logistic"}.get(target, "softmax")
    loss = "squared_error" if target == "number" else "log_loss"
    waves = Embedding((0, 3), n_frequencies=5, n_components=2) if embedding else None
    hidden = (activation, activation) if isinstance(activation, str) else activation
    sizes = (n_inputs(schema), *(9, 6, 8, 7)[: len(hidden)], goal.n_outputs)
    network = Network(sizes, (*hidden, output), loss, embedding=waves)
    parameters = np.array([initialize(network, "glorot", seed + k) for k in range(members)])
    parameters += rng.normal(0, 0.1, parameters.shape)  # biases and factors, too
    return Model(network, parameters.astype(dtype) if members > 1 else parameters[0].astype(dtype), schema, goal)


def of_one_layer(table, answers=None):
    """Return a model in double precision whose output is a sum of the inputs of a table's rows, weighted at random."""
    schema, goal = learn_schema(table), learn_target(as_column(answers or np.arange(9.0) ** 2), "goal")
    output = "identity" if goal.task == "regression" else "logistic" if goal.n_outputs == 1 else "softmax"
    loss = "squared_error" if goal.task == "regression" else "log_loss"
    network = Network((n_inputs(schema), goal.n_outputs), (output,), loss)
    return Model(network, np.random.default_rng(0).uniform(-1, 1, network.n_parameters), schema, goal)


def differences(to, folder, model, table):
    """Return how far an export's outputs for the rows of a table are from the model's."""
    made = Questions("it", plan_of(model), rows_of(table))
    return np.abs(np.array(WRITERS[to].answered(folder, made).outputs) - model.output(model.encode(table))).max()


@pytest.mark.parametrize("target", ["two", "class", "hundred", "number"])
def test_other_rows_are_answered_as_the_model_answers_them(to, target, tmp_path):
    model = model_of(target)
    proof = export(model, to, tmp_path, name="it")
    assert proof.n_rows >= 64
    assert proof.difference <= 1e-6
    assert differences(to, tmp_path, model, table_of(1)) <= 1e-6


def test_an_export_says_itself_what_it_takes_and_answers_tables(to, tmp_path):
    model = model_of()
    export(model, to, tmp_path, name="it")
    (tmp_path / f"other{WRITERS[to].suffix}").write_bytes((tmp_path / f"it{WRITERS[to].suffix}").read_bytes()[:30])
    ((writer, file), *others) = exports_in(tmp_path)
    assert bool(others) == (to == "onnx")  # of which nothing is read before it is run
    plan = writer.plan_in(file)
    assert (writer, plan.row) == (WRITERS[to], plan_of(model).row)
    known = without_network(plan)
    assert [column.name for column in known.schema.columns] == [column.name for column in model.schema.columns]
    assert known.target.classes == model.target.classes
    table = table_of(1)
    assert (known.encode(table).astype(np.float32) == model.encode(table)).all()
    assert np.abs(writer.answers(file, plan, table) - model.output(model.encode(table))).max() <= 1e-6


def test_in_double_precision_to_twelve_places(to, tmp_path):
    model = model_of("class", "tanh", np.float64, members=1)
    assert export(model, to, tmp_path, name="it").difference <= 1e-12
    assert differences(to, tmp_path, model, table_of(1)) <= 1e-12


def test_names_that_a_language_keeps_for_itself_or_that_become_alike(to, tmp_path):
    rng, words = np.random.default_rng(0), [*KEPT, "a b", "a-b", "A b", *ODD[:-1]]
    numbers = {word: Numbers(rng.normal(size=40)) for word in words}
    categories = {
        word: text_column(rng.choice(["b_c", "of", "c", "UNSEEN", "outputs", word], 40).tolist())
        for word in ("a", "a_b", "a_b_c", "class ", "number of", "ranked(x)", "EXP(x)")
    }
    columns = numbers | categories
    model = of_one_layer(Table(tuple(columns), tuple(columns.values()), 40, "words"))
    assert export(model, to, tmp_path, name="it").difference <= 1e-12


def test_numbers_beyond_one_may_differ_by_a_share_of_them(to, tmp_path):
    model = of_one_layer(Table(("x",), (Numbers(np.random.default_rng(0).normal(size=40)),), 40, "numbers"))
    model = replace(model, parameters=np.append(model.parameters[:-1], 1e4 / 3).astype(np.float32))  # the bias
    assert export(model, to, tmp_path, name="it").difference <= 1e-6


def test_sums_of_many_terms_may_differ_by_what_rounding_makes_of_them():
    for n, tolerance in ((200, 1e-6), (900, 30 * 2.0**-24)):
        network, target = Network((n, 1), ("identity",), "squared_error"), model_of("number").target
        model = Model(network, np.zeros(n + 1, np.float32), learn_schema(table_of(0)), target)
        assert usual_tolerance(model) == tolerance
        assert usual_tolerance(replace(model, parameters=np.zeros(n + 1))) == 1e-12


def test_a_wide_layer_is_summed_in_the_order_of_the_models(to, tmp_path):
    """In one chain 1,000 terms above 0 would be 1e-6 away."""
    table = Table(("x",), (Numbers(np.random.default_rng(0).normal(size=40)),), 40, "numbers")
    schema = learn_schema(table)
    network = Network((n_inputs(schema), 1000, 1), ("relu", "identity"), "squared_error")
    parameters = np.random.default_rng(0).uniform(0, 1, network.n_parameters).astype(np.float32)
    model = Model(network, parameters, schema, model_of("number").target)
    assert export(model, to, tmp_path, name="it").difference <= 5e-7


@pytest.mark.parametrize("some", [HIDDEN_ACTIVATIONS[k::4] for k in range(4)], ids="-".join)
def test_every_activation(to, some, tmp_path):
    model = model_of("number", some, np.float64, members=1, embedding=False)
    assert export(model, to, tmp_path, name="it").difference <= 1e-12


def roundabout_tanh(z):
    """Return tanh z, by way of every operation that exports write."""
    size = np.power(np.sqrt(np.square(np.maximum(np.abs(z), 0))), 1)
    share = -np.expm1(-2 * size) / (1 + np.exp(-2 * size))
    share = np.log(np.exp(np.expm1(np.log1p(share)))) + (ACTIVATIONS["gelu"].value(z) > 1e9).astype(z.dtype)
    below = np.where(z < 0, np.minimum(-share, 0), share - np.tanh(0 * z))
    return np.where(z >= 0, share, np.where(z <= 0, below, z))


def test_every_operation(to, tmp_path, monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "tanh", ACTIVATIONS["tanh"]._replace(value=roundabout_tanh))
    assert roundabout_tanh(Formula("z")).operations().keys() == LANGUAGE.operations.keys()
    model = model_of("number", ("tanh",), np.float64, members=1, embedding=False)
    assert export(model, to, tmp_path, name="it").difference <= 1e-12


def test_an_operation_that_is_not_known_is_said(to, tmp_path, monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "tanh", ACTIVATIONS["tanh"]._replace(value=np.arctan))
    with pytest.raises(ExportError, match="activation tanh is computed with NumPy's arctan, which .*they write add, "):
        export(model_of("number", ("tanh",), np.float64, members=1, embedding=False), to, tmp_path)


def test_numbers_learnt_by_their_logarithm(to, tmp_path):
    model = model_of("number", "silu", np.float64, output="exp")
    assert export(model, to, tmp_path, name="it").difference <= 1e-12


def test_numbers_as_they_are_for_scikit_learns_dialect(to, tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 3))
    estimator = selenite.MLPRegressor(
        hidden_layer_sizes=(5,), learning_rate_init=0.1, max_iter=300, random_state=0
    ).fit(X, X @ [1.0, -2.0, 0.5])
    assert export(estimator, to, tmp_path, name="it").difference <= 1e-12


def test_dates_of_all_centuries(to, tmp_path):
    days = np.arange("1583", "2500", dtype="datetime64[D]")[np.random.default_rng(0).permutation(334_000)[:500]]
    turns = np.arange("1583", "2500", dtype="datetime64[Y]").astype("datetime64[m]")
    moments = np.concatenate([days.astype("datetime64[m]") + 817, turns, turns - 1]).astype("datetime64[us]")
    table = Table(("when",), (Dates(moments, zoned=False),), len(moments), "dates")
    model = of_one_layer(table)
    assert model.network.n_inputs == 7
    export(model, to, tmp_path, name="it")
    assert differences(to, tmp_path, model, table) <= 1e-12


def test_ranks_of_numbers_that_are_shared_or_very_small_or_large(to, tmp_path):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=300), rng.integers(-3, 4, 300), np.zeros(50)])
    more = np.concatenate([x, 3 * x, x + 1 / 7])
    factors, names, ends = (1e-300, 1.0, 1e300), ("small", "usual", "large"), [np.nan, -1e308, 1e308]
    model = of_one_layer(Table(names, tuple(Numbers(factor * x) for factor in factors), len(x), "numbers"))
    assert all(column.rank_quantiles for column in model.schema.columns)
    export(model, to, tmp_path, name="it")
    others = tuple(Numbers(np.concatenate([factor * more, ends])) for factor in factors)
    assert differences(to, tmp_path, model, Table(names, others, len(more) + 3, "numbers")) <= 1e-12


@pytest.mark.parametrize("range", ["all", "below normal", "tiny", "huge"])
def test_ranks_at_the_ends_of_double_precision(to, range, tmp_path):
    rng = np.random.default_rng(0)
    x = {
        "all": np.append(10.0 ** rng.uniform(-323.3, 308, 600), [5e-324, 1e308]),
        "below normal": rng.integers(1, 400, 600) * 5e-324,
        "tiny": 10.0 ** rng.uniform(-60, -50, 600),
        "huge": rng.choice([-1.7e308, 1.7e308], 600) * rng.uniform(0.9, 1, 600),
    }[range]
    model = of_one_layer(Table(("x",), (Numbers(x),), len(x), "numbers"))
    assert model.schema.columns[0].rank_quantiles
    export(model, to, tmp_path, name="it")
    more = np.concatenate([x, x * rng.random(len(x)), [np.nan, 0.0, 5e-324, 1e-323, -1e308, 1e308]])
    assert differences(to, tmp_path, model, Table(("x",), (Numbers(more),), len(more), "numbers")) <= 1e-12


def test_an_export_that_is_wrong_by_one_constant_is_caught(to, tmp_path):
    model = model_of("two", embedding=False, members=1)
    files = export(model, to, tmp_path, name="it").files
    assert [proof.to for proof in verify(tmp_path, model)] == [to]
    (path,) = (file for file in files if file.suffix in SUFFIXES and "proof" not in file.name)
    content, weight = path.read_bytes(), model.network.weights(model.parameters)[1][4, 2]
    right, wrong = (one.tobytes() if to == "onnx" else b"%.9g" % one for one in (weight, weight + np.float32(0.01)))
    assert content.count(right) == 1
    path.write_bytes(content.replace(right, wrong))
    with pytest.raises(ExportError, match="where the model answers"):
        verify(tmp_path, model)


SWAPPED = {  # what answers, and the same with its classes or its number gone wrong
    "c": (b"return best;", b"return !best;", ".c"),
    "js": (b"CLASSES[threshold === null ?", b"CLASSES.toReversed()[threshold === null ?", ".mjs"),
    "html": (b"CLASSES[threshold === null ?", b"CLASSES.toReversed()[threshold === null ?", ".html"),
    "python": (b"CLASSES[shares.index(", b"CLASSES[::-1][shares.index(", ".py"),
    "onnx": (b"ArgMax", b"ArgMin", ".onnx"),
}


def test_an_export_that_names_another_class_is_caught(to, tmp_path):
    model, (right, wrong, suffix) = model_of("two"), SWAPPED[to]
    path = tmp_path / f"it{suffix}"
    export(model, to, tmp_path, name="it")
    content = path.read_bytes()
    assert right in content
    path.write_bytes(content.replace(right, wrong))
    with pytest.raises(ExportError, match="predicts '(no|yes)' where the model predicts '(yes|no)'"):
        verify(tmp_path, model)


def test_an_export_that_gives_a_number_in_other_units_is_caught(tmp_path):
    model = model_of("number")
    export(model, "python", tmp_path, name="it")
    module = (tmp_path / "it.py").read_text()
    (tmp_path / "it.py").write_text(module.replace('PLAN["center"] + PLAN', 'PLAN["center"] + 1 + PLAN'))
    with pytest.raises(ExportError, match=r"predicts \d.* where the model predicts"):
        verify(tmp_path, model)


def test_nothing_is_written_that_is_beyond_the_tolerance(to, tmp_path):
    with pytest.raises(ExportError, match="beyond the tolerance of 0"):
        export(model_of("two", dtype=np.float32), to, tmp_path / "folder", tolerance=0)
    assert not (tmp_path / "folder").exists()


def test_what_cannot_be_exported_is_said(tmp_path):
    with pytest.raises(OptionError, match="list is no model: give what selenite.load returns"):
        export([], "c", tmp_path)
    with pytest.raises(OptionError, match="a model is exported to c, "):
        export(model_of(), "fortran", tmp_path)
    with pytest.raises(OptionError, match="holds no export"):
        verify(tmp_path, model_of())


def test_names_are_identifiers(tmp_path):
    (path, *_) = export(model_of("two"), "python", tmp_path, name="my-model 2").files
    assert path.name == "my_model_2.py"
    assert re.search(r"^def predict\(row\)", path.read_text(), re.M)


def test_the_proof_of_many_columns_tries_each_in_rows_that_several_share():
    rng = np.random.default_rng(0)
    values = np.where(rng.random((200, 100)) < 0.1, np.nan, rng.normal(size=(200, 100)))
    names = tuple(f"x{k}" for k in range(100))
    model = of_one_layer(Table(names, tuple(map(Numbers, values.T)), 200, "numbers"))
    proof = proof_table(model)
    assert proof.n_rows < 32 * 11 + 64  # eleven values of a column, in rows with every 32nd
    for column, cells in zip(model.schema.columns, proof.columns, strict=True):
        low, high = column.minimum, column.maximum
        tried = set(cells.values.tolist())
        assert {low, high, low - (high - low), high + (high - low)} <= tried
        assert np.isnan(cells.values).any()
