"""The model file: round trips, every kind of damage, foreign files, and writing whole or not at all."""

import gzip
import json
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

import selenite
from selenite.errors import ModelFileError, OptionError, SaveError
from selenite.model import Figure, Model, Recipe
from selenite.model.file import from_bytes, to_bytes
from selenite.model.residual_quantiles import LEVELS, ResidualQuantiles
from selenite.nn import Embedding, Network, initialize
from selenite.table import ColumnSchema, ReadOptions, Scale, Schema, Target

DATA = Path(__file__).parents[1] / "data"
SCHEMA = Schema(
    (
        ColumnSchema("age", "number", scales=(Scale(40.0, 12.5),), missing=True, minimum=18.0, maximum=90.0),
        ColumnSchema("pet \u202e“x”", "category", categories=("cat", "dog", "none")),
        ColumnSchema("id", "identifier", reason="200 different values in 200 rows"),
    )
)
TARGET = Target("happy", "classification", ("no", "so so", "yes"))


def small_model(dtype=np.float32, hidden=(3,), seed=0):
    network = Network.of((5, *hidden, 3), "relu", "log_loss")
    figures = (Figure("accuracy", "selenite", 0.9, 0.85, 0.95),)
    parameters = initialize(network, seed=seed, dtype=dtype)
    return Model(network, parameters, SCHEMA, TARGET, recipe=Recipe(seed=seed, learning_rate=0.008), figures=figures)


CONTENT = small_model().to_bytes()
LENGTH = int.from_bytes(CONTENT[:8], "little")
PAYLOAD = CONTENT[8 + LENGTH :]
OUTER = json.loads(CONTENT[8 : 8 + LENGTH])
INNER = json.loads(OUTER["__metadata__"]["selenite"])
MODEL = INNER["model"]
COLUMNS = MODEL["schema"]["columns"]


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def assembled(outer, payload=PAYLOAD):
    """A file with this header, an object or text."""
    text = (outer if isinstance(outer, str) else compact(outer)).encode("utf-8", "surrogatepass")
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + payload


def with_inner(inner, payload=PAYLOAD, **tensor):
    """A file whose own header is this, its checksum made right for a header written this way."""
    text = inner if isinstance(inner, str) else compact(inner)
    parameters = OUTER["parameters"] | tensor
    return assembled({"__metadata__": {"selenite": text}, "parameters": parameters}, payload)


def signed(inner, payload=PAYLOAD, **tensor):
    """As with_inner, with the checksum that belongs to it."""
    empty = with_inner(inner | {"sha256": ""}, b"", **tensor)[8:]
    return with_inner(inner | {"sha256": sha256(empty + payload).hexdigest()}, payload, **tensor)


def test_the_test_assembles_files_as_selenite_does():
    assert with_inner(INNER) == CONTENT
    assert signed(INNER) == CONTENT


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_save_load_save_gives_the_same_bytes(tmp_path, dtype):
    model = small_model(dtype)
    model.save(tmp_path / "a")
    again = selenite.load(tmp_path / "a")
    again.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == model.to_bytes()
    np.testing.assert_array_equal(again.parameters, model.parameters)
    assert again.parameters.dtype == dtype
    assert (again.network, again.schema, again.target) == (model.network, model.schema, model.target)
    assert (again.recipe, again.data, again.figures, again.read) == (
        model.recipe,
        model.data,
        model.figures,
        model.read,
    )


@settings(max_examples=30, deadline=None)
@given(
    hidden=st.lists(st.integers(1, 5), max_size=3),
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    center=st.floats(-1e299, 1e299),  # beyond 1e300 a prediction may be no finite number
    missing=st.booleans(),
)
def test_any_network_and_name_come_back(hidden, name, center, missing):
    column = ColumnSchema(name, "number", scales=(Scale(center, 1.0),), missing=missing)
    network = Network.of((1 + missing, *hidden, 1), "tanh", "squared_error")
    model = Model(network, initialize(network, seed=1), Schema((column,)), Target("y", "regression", center=center))
    header, parameters = from_bytes(model.to_bytes())
    assert (header.network, header.schema, header.target) == (network, model.schema, model.target)
    np.testing.assert_array_equal(parameters, model.parameters)


def test_the_safetensors_library_reads_the_same_numbers(tmp_path):
    model = small_model()
    model.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(load_file(tmp_path / "m.safetensors")["parameters"], model.parameters)


def test_a_file_cut_off_anywhere_is_refused():
    for length in range(len(CONTENT)):
        with pytest.raises(ModelFileError):
            from_bytes(CONTENT[:length])


def test_a_bit_flipped_anywhere_is_refused():
    for position in range(len(CONTENT)):
        damaged = bytearray(CONTENT)
        damaged[position] ^= 1 << position % 8
        with pytest.raises(ModelFileError):
            from_bytes(bytes(damaged))


def changed(**changes):
    return INNER | {"model": MODEL | changes}


CRAFTED = {
    "a claim of 100 MB": (100 << 20).to_bytes(8, "little") + CONTENT[8:],
    "a claim of 2^63": (1 << 63).to_bytes(8, "little") + CONTENT[8:],
    "trailing bytes": CONTENT + b"\0",
    "another tensor": assembled(OUTER | {"more": OUTER["parameters"]}),
    "no tensor": assembled({"__metadata__": OUTER["__metadata__"]}),
    "duplicate tensor": assembled(
        compact(OUTER)[:-1] + ',"parameters":' + compact(OUTER["parameters"]) + "}",
    ),
    "many tensors": assembled({f"t{i}": OUTER["parameters"] for i in range(20_000)}),
    "zero-size shape": signed(INNER, shape=[1 << 40, 0]),
    "transposed shape": signed(INNER, shape=[OUTER["parameters"]["shape"][0], 1]),
    "more members than parameters": signed(INNER, shape=[2, OUTER["parameters"]["shape"][0]]),
    "shape of three": signed(INNER, shape=[1, 1, OUTER["parameters"]["shape"][0]]),
    "wrong offsets": signed(INNER, data_offsets=[4, len(PAYLOAD)]),
    "half precision": signed(INNER, dtype="F16"),
    "integers": signed(INNER, dtype="I32"),
    "NaN parameters": signed(INNER, np.full(len(PAYLOAD) // 4, np.nan, "<f4").tobytes()),
    "infinite parameters": signed(INNER, np.full(len(PAYLOAD) // 4, np.inf, "<f4").tobytes()),
    "unknown field": signed(changed(run="import os")),
    "unknown field outside": signed(INNER | {"run": "import os"}),
    "missing field": signed(INNER | {"model": {k: v for k, v in MODEL.items() if k != "recipe"}}),
    "unknown activation": signed(changed(network=MODEL["network"] | {"activations": ["os.system", "softmax"]})),
    "huge network": signed(changed(network=MODEL["network"] | {"layer_sizes": [5, 10**12, 3]})),
    "negative size": signed(changed(network=MODEL["network"] | {"layer_sizes": [5, -3, 3]})),
    "other inputs": signed(changed(schema={"columns": COLUMNS[1:]})),
    "other classes": signed(changed(target=MODEL["target"] | {"classes": ["no", "yes"]})),
    "two columns of one name": signed(changed(schema={"columns": [*COLUMNS, COLUMNS[2]]})),
    "deep nesting": with_inner("[" * 100_000 + "]" * 100_000),
    "deep nesting outside": assembled("[" * 100_000 + "]" * 100_000),
    "NaN in the header": with_inner(compact(INNER).replace('"learning_rate":0.008', '"learning_rate":NaN')),
    "1e400 in the header": with_inner(compact(INNER).replace('"learning_rate":0.008', '"learning_rate":1e400')),
    "duplicate key": with_inner(compact(INNER)[:-1] + ',"format":1}'),
    "a byte order mark": with_inner("\ufeff" + compact(INNER)),
    "spaces": with_inner(json.dumps(INNER)),
    "a lone surrogate": assembled(compact(OUTER).replace("age", "\\ud800")),
    "not an object": assembled("[]"),
    "not JSON": assembled("{"),
    "not UTF-8": (8).to_bytes(8, "little") + b"\xff" * 8 + PAYLOAD,
    "wrong checksum": with_inner(INNER | {"sha256": "0" * 64}),
}  # fmt: skip


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_files_are_refused_before_much_is_allocated(name):
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError):
            from_bytes(CRAFTED[name])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5_000_000 + 20 * len(CRAFTED[name])


def test_a_newer_format_says_upgrade():
    with pytest.raises(ModelFileError, match=r"newer selenite \(format 4; this one reads 3\): upgrade"):
        from_bytes(signed({"format": 4, "something": "new"}))


ROWS = pd.DataFrame(
    {
        "size": [0.126, -0.132, 0.64, 0.105, -0.536, np.nan],
        "kind": ["b", "b", "a", "c", "a", "b"],
        "smoker": ["yes", "yes", "no", "yes", "yes", "no"],
    }
)


def test_files_of_the_first_format_still_load():
    """Two files written by the first version, and what it predicted with them."""
    classes, number = (selenite.load(DATA / f"{name}_format1.selenite") for name in ("classes", "number"))
    contra = [0.5594889, 0.58234453, 0.48804307, 0.53071809, 0.59448826, 0.55247784]
    np.testing.assert_allclose(classes.predict_proba(ROWS)[:, 0], contra, atol=1e-6)
    numbers = [1.41791103, 0.72168492, 2.83419901, 1.36582652, -0.20875901, 1.13892940]
    np.testing.assert_allclose(number.predict(ROWS), numbers, atol=1e-6)
    assert classes.recipe.best_epochs == (20,)
    again = from_bytes(classes.to_bytes())[0]  # written as today's format
    assert again.network == classes.network
    with pytest.raises(OptionError, match="knows no quantiles"):
        number.predict(ROWS, quantiles=[0.5])


def test_files_of_the_second_format_still_load():
    """Two ensembles written by the second version, and what it predicted with them."""
    classes, number = (selenite.load(DATA / f"{name}_format2.selenite") for name in ("classes", "number"))
    contra = [0.13391507, 0.21853805, 0.24375772, 0.43175280, 0.92320067, 0.11893326]
    np.testing.assert_allclose(classes.predict_proba(ROWS)[:, 0], contra, atol=1e-6)
    numbers = [0.62694035, -0.13793577, 1.20866783, 0.83829255, -0.96928535, 0.69697150]
    np.testing.assert_allclose(number.predict(ROWS), numbers, atol=1e-6)
    tenths = [[-0.04027601, 1.39712559], [-0.80515212, 0.63224948]]
    np.testing.assert_allclose(number.predict(ROWS[:2], quantiles=[0.1, 0.9]), tenths, atol=1e-6)
    assert number.network.embedding == Embedding((1,), 8, 2)
    assert from_bytes(number.to_bytes())[0].network == number.network  # written as today's format


@pytest.mark.parametrize("version", [1, 2])
def test_files_of_older_formats_are_checked_as_well(version):
    content = (DATA / f"classes_format{version}.selenite").read_bytes()
    for at in range(0, len(content), 7):
        with pytest.raises(ModelFileError):
            from_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def test_fields_that_say_nothing_are_not_written():
    """So that files written before there were such fields load, and are written as before."""
    model = small_model()
    assert b"zoned" not in model.to_bytes()
    assert b"not_missing" not in model.to_bytes()
    columns = model.schema.columns
    for zoned in (True, False):
        dated = replace(columns[2], zoned=zoned)
        more = replace(
            model, schema=Schema((*columns[:2], dated)), read=ReadOptions(missing=("?",), not_missing=("NA", ""))
        )
        header, _ = from_bytes(more.to_bytes())
        assert (header.schema.columns[2].zoned, header.read) == (zoned, more.read)
        assert header.schema.columns[0].zoned is None
        assert Model(parameters=model.parameters, **vars(header)).to_bytes() == more.to_bytes()


def test_an_ensemble_with_embedding_and_residuals_round_trips():
    network = Network.of((5, 3, 1), "relu", "squared_error", embedding=Embedding((0, 1), 4, 2))
    members = np.array([initialize(network, seed=seed, dtype=np.float32) for seed in range(4)])
    found = ResidualQuantiles((1.0,), (tuple(np.arange(43.0).tolist()),) * 2)
    target = Target("age", "regression", (), "text", 40.0, 12.5)
    ensemble = Model(network, members, SCHEMA, target, residual_quantiles=found)
    header, parameters = from_bytes(ensemble.to_bytes())
    assert header.network == network
    assert header.residual_quantiles == found
    assert len(LEVELS) == 43
    np.testing.assert_array_equal(parameters, members)
    for wrong in (
        ResidualQuantiles((), ((0.0,),)),
        replace(found, edges=(2.0, 1.0)),
        replace(found, quantiles=found.quantiles[:1]),
    ):
        with pytest.raises(SaveError, match="could not be opened again, so it is not saved: .* do not rise"):
            replace(ensemble, residual_quantiles=wrong).to_bytes()


def foreign(folder):
    yield "pickle", pickle.dumps(small_model().parameters, protocol=4)
    yield "pickle", pickle.dumps({"a": 1}, protocol=2)
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.pkl", b"\x80\x04")
    yield "zip", path.read_bytes()
    np.save(folder / "x.npy", np.zeros(100))
    yield "NumPy", (folder / "x.npy").read_bytes()
    yield "gzip", gzip.compress(CONTENT)
    yield "HDF5", b"\x89HDF\r\n\x1a\n" + bytes(100)
    yield "does not begin as", b"name,age\n1,2\n3,4\n"
    yield "too short", b""


def test_foreign_files_are_named(tmp_path):
    for number, (words, content) in enumerate(foreign(tmp_path)):
        path = tmp_path / f"{number}.selenite"
        path.write_bytes(content)
        with pytest.raises(ModelFileError, match=words) as caught:
            selenite.load(path)
        assert str(path) in str(caught.value)


AUDIT = """
import sys
import selenite.model
paths = sys.argv[1:]
for path in paths:  # what a first load imports and caches
    try: selenite.model.load(path)
    except ValueError: pass
seen = []
def hook(event, args):
    if event in ("exec", "compile", "import", "subprocess.Popen", "os.system") or event.startswith("socket"):
        seen.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        seen.append(args)
sys.addaudithook(hook)
for path in paths:
    try: selenite.model.load(path)
    except ValueError: pass
print(seen, "pickle" in sys.modules and "selenite" in repr(sys.modules["pickle"]))
"""


def test_loading_runs_and_imports_nothing(tmp_path):
    files = {"good": CONTENT, "cut": CONTENT[:-3], "pickle": pickle.dumps([1]), "deep": CRAFTED["deep nesting"]}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-c", AUDIT, *(str(tmp_path / name) for name in files)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[] False\n"


def test_the_file_may_go_after_loading(tmp_path):
    path = tmp_path / "m"
    small_model().save(path)
    model = selenite.load(path)
    path.write_bytes(b"\0" * len(CONTENT))
    path.unlink()
    np.testing.assert_array_equal(model.parameters, small_model().parameters)


def test_a_model_too_large_for_its_header_is_not_saved():
    many = tuple(f"category {i:07}" for i in range(600_000))
    columns = (ColumnSchema("c", "category", categories=many),)
    with pytest.raises(SaveError, match="a model file holds"):
        to_bytes(
            replace(from_bytes(CONTENT)[0], schema=Schema(columns)),
            small_model().parameters,
        )


def test_what_is_not_finite_is_not_saved(tmp_path):
    model = small_model()
    with pytest.raises(SaveError, match=r"finite numbers only: .*dropout"):
        replace(model, recipe=replace(model.recipe, dropout=float("nan"))).save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "number", [{"weight_decay": 0}, {"dropout": 0}, {"learning_rate_init": 1}, {"learning_rate_init": Fraction(1, 100)}]
)
def test_numbers_of_any_kind_are_read_back(tmp_path, number):
    X = np.random.default_rng(0).normal(size=(60, 3))
    model = selenite.SeleniteRegressor(max_iter=2, members=1, **number).fit(X, X[:, 0]).model_
    model.save(tmp_path / "m")
    loaded = selenite.load(tmp_path / "m")
    assert loaded.recipe == model.recipe
    assert replace(model, recipe=replace(model.recipe, temperature=1)).save(tmp_path / "again") is None
    assert (tmp_path / "again").read_bytes() == (tmp_path / "m").read_bytes()


def test_a_row_alone_gives_what_it_gives_among_others():
    X = np.random.default_rng(0).normal(size=(300, 20))
    model = selenite.SeleniteRegressor(max_iter=3).fit(X, X[:, 0]).model_
    together = model.predict(X)
    np.testing.assert_array_equal(together, np.concatenate([model.predict(X[i : i + 1]) for i in range(300)]))
    np.testing.assert_array_equal(together[::-1], model.predict(X[::-1]))


def test_half_a_character_is_not_saved(tmp_path):
    model = small_model()
    columns = (replace(model.schema.columns[0], name="\ud800"), *model.schema.columns[1:])
    with pytest.raises(SaveError, match=r"holds '\\ud800', which is no character"):
        replace(model, schema=Schema(columns)).save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []
