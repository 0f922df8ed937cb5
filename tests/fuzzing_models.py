"""Model files to mutate: damaged anyhow, or with edits of their header under a checksum that is right.

What opens must do all that models do: predict finite numbers, tell what is outside, be judged, explained, shown, saved.
"""

import json
import random
import warnings
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

import selenite
from selenite import MLPClassifier, MLPRegressor, SeleniteClassifier, SeleniteRegressor
from selenite.errors import SchemaError
from selenite.explanation.columns import explain
from selenite.explanation.numbers.subject import subject_of
from selenite.model import Model
from selenite.model.predictions import predictions_of
from selenite.play.files import Files
from selenite.play.opened import answer, open_model
from selenite.table import Dates, Numbers, Table, Text
from selenite.table.schema import SET_ASIDE, ColumnSchema

DATA = Path(__file__).parent / "data"
NUMBERS = (0, -1, 1, 2, 7, 1e308, -1e308, 1e-320, 2**31, 2**63, 2**64, 10**30, 0.5, -0.0, 1e150, 3e38, 1e-9)
TEXTS = ("", "x", "os.system", "\u202e", "\0", "1", "nan", "number", "date", "time", "year_sin", "softmax", "exp",
         "identity", "relu", "log_loss", "quantile(0.9)", "int", "text", "9" * 5000, "category")  # fmt: skip


@cache
def model_wholes() -> list[bytes]:
    """Return the files of small models of every kind."""
    rng, n = np.random.default_rng(0), 80
    table = pd.DataFrame(
        {
            "a": rng.normal(size=n).round(3),
            "gaps": np.where(rng.random(n) < 0.2, np.nan, rng.exponential(size=n)),
            "when": pd.date_range("2023-01-01", periods=n, freq="31h"),
            "pet": rng.choice(["cat", "dog", "eel"], n),
            "yes": rng.choice(["yes", "no"], n),
            "same": ["one"] * n,
            "id": np.arange(n) + 1000,
            "cases": np.where(np.arange(n) % 2 == 0, 0.0, np.arange(n) % 34),
        }
    )
    y = np.exp(rng.normal(size=n) + table["a"])
    quick: dict[str, Any] = {"max_iter": 2, "hidden_layer_sizes": (3,), "members": 2}
    models = [
        SeleniteClassifier(**quick).fit(table, np.where(table["a"] > 0, "up", "down")).model_,
        SeleniteClassifier(**quick | {"members": 1}).fit(table, table["pet"].rename("y")).model_,
        SeleniteClassifier(**quick | {"hidden_layer_sizes": ()}).fit(table[["a", "pet"]], np.arange(n) % 3).model_,
        SeleniteRegressor(**quick).fit(table, y).model_,
        SeleniteRegressor(loss="poisson", **quick).fit(table, (y * 10).astype(int) + 1).model_,
        SeleniteRegressor(loss="quantile(0.9)", activation="tanh", **quick).fit(table[["a", "gaps"]], y).model_,
    ]
    contents = [model.to_bytes() for model in models]
    X = table[["a", "cases"]].to_numpy()
    for number, mlp in enumerate((MLPClassifier, MLPRegressor)):
        path = DATA.parent / f".mlp{number}.selenite"
        try:
            with warnings.catch_warnings(action="ignore"):
                mlp(hidden_layer_sizes=(3,), max_iter=20, random_state=0).fit(X, X[:, 0] > 0).save(path)
            contents.append(path.read_bytes())
        finally:
            path.unlink(missing_ok=True)
    contents += [path.read_bytes() for path in sorted(DATA.glob("*_format[12].selenite"))]
    several = [
        SeleniteRegressor(**quick).fit(table, np.column_stack([y, 50 - table["a"]])).model_,
        SeleniteClassifier(**quick).fit(table, np.column_stack([table["a"] > 0, table["yes"] == "yes"])).model_,
    ]
    return contents + [model.to_bytes() for model in several]


def signed(inner: dict[str, Any], parameters: dict[str, Any], payload: bytes) -> bytes:
    """Return a file with this header and a checksum that is right."""

    def text(sum_: str) -> bytes:
        written = msgspec.json.encode(inner | {"sha256": sum_}).decode()
        found = msgspec.json.encode({"__metadata__": {"selenite": written}, "parameters": parameters})
        return found + b" " * (-len(found) % 8)

    whole = text(sha256(text("") + payload).hexdigest())
    return len(whole).to_bytes(8, "little") + whole + payload


def edited(content: bytes, others: list[bytes], pieces: tuple[bytes, ...], rng: random.Random) -> bytes:
    """Return a file with one to three edits of its header or parameters, signed again."""
    length = int.from_bytes(content[:8], "little")
    outer, payload = json.loads(content[8 : 8 + length]), content[8 + length :]
    inner = json.loads(outer["__metadata__"]["selenite"])
    for _ in range(rng.randint(1, 3)):
        if rng.random() < 0.1:
            payload = scaled_up(payload, outer["parameters"]["dtype"], rng)
        else:
            place = outer["parameters"] if rng.random() < 0.03 else inner if rng.random() < 0.05 else inner["model"]
            edit(place, rng)
    return signed(inner, outer["parameters"], payload)


def scaled_up(payload: bytes, dtype: str, rng: random.Random) -> bytes:
    """Return parameters some of which are very large."""
    values = np.frombuffer(payload, "<f8" if dtype == "F64" else "<f4").copy()
    chosen = slice(rng.randrange(len(values)), None, rng.choice([1, 2, 7]))
    with np.errstate(over="ignore"):
        if rng.random() < 0.5:
            values[chosen] *= 10.0 ** rng.randint(1, 38)
        else:
            values[chosen] = rng.choice([3e38, -3e38, 1e30, -1e19, 0.0, np.nan, np.inf])
    return values.tobytes()


def edit(place: Any, rng: random.Random) -> None:
    """Change something inside an object or list, anywhere below."""
    while isinstance(place, dict | list):
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            return
        key = rng.choice(list(keys))
        value = place[key]
        if (
            not isinstance(value, dict | list)
            or not value
            or rng.random() < (0.15 if isinstance(value, list) else 0.01)
        ):
            break
        place = value
    else:
        return
    if isinstance(place, list) and rng.random() < 0.4:
        rng.choice([lambda: place.pop(key), lambda: place.insert(key, value), place.reverse, place.clear])()
    else:
        place[key] = other_than(value, rng)


def other_than(value: Any, rng: random.Random) -> Any:
    """Return something else in the place of a value, mostly of its type."""
    if rng.random() < 0.05:
        return rng.choice([None, True, "x", 1, 0.5, [], {}])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        found = rng.choice([*NUMBERS, -value, value + 1, value - 1, value * 2, value * 0.5])
        return float(found) if isinstance(value, float) else int(found) if abs(found) < 1e300 else 10**300
    if isinstance(value, str):
        return rng.choice([*TEXTS, value + "x", value.upper(), value[:-1]])
    if isinstance(value, list):
        return rng.choice([[], value * 2, value[:-1], value[::-1], value[:1] * 65])
    return float(rng.choice(NUMBERS)) if value is None else None


def use(path: Path) -> Model:
    """Open a model and do with it what models are for; raise if anything is not as it should be."""
    model = selenite.load(path)
    if model.target.each:
        assert np.shape(model.predict(rows_for(model.each[0]))) == (8, len(model.target.each))
    for one in model.each:
        use_one(one)
    return model


def use_one(model: Model) -> None:
    """Do with a model of one target what models are for."""
    assert all((str(model), repr(model), model._repr_html_()))
    table = rows_for(model)
    free = any(column.kind == "number" and not column.scales for column in model.schema.columns)
    try:
        found = model.predict_proba(table) if model.target.classes else model.predict(table)
        assert np.isfinite(found).all(), "a prediction that is not finite"
        model.predict(table)
        if model.residual_quantiles is not None:
            assert np.isfinite(model.predict(table, quantiles=(0.05, 0.95))).all(), "a quantile that is not finite"
        model.outside(table)
        if model.target.name not in model.schema.names:
            predictions_of(model, table).metrics()
            subject_of(model, table, row=1)
        explain(model, table.take(np.arange(2)), background=table if free else "medians")
        files = Files()
        answer(files, open_model(files, model, "m")["file"], model.encode(table.take(np.arange(1))))
    except SchemaError as error:
        if not free and model.network.activations[-1] != "exp":
            raise AssertionError(f"rows refused: {error}") from None


def rows_for(model: Model) -> Table:
    """Return eight rows of wild values for the columns of a model, and answers."""
    used = [column for column in model.schema.columns if column.kind not in SET_ASIDE]
    columns = {column.name: wild(column) for column in used}
    classes = model.target.classes
    answers = Text(np.arange(8, dtype=np.int32) % len(classes), classes) if classes else Numbers(np.arange(8.0))
    columns.setdefault(model.target.name, answers)
    return Table(tuple(columns), tuple(columns.values()), 8, "rows")


def wild(column: ColumnSchema) -> Numbers | Dates | Text:
    gap = np.nan if column.missing or column.scales else 0.0
    if column.kind == "number":
        return Numbers(np.array([0.0, 1.0, -1e300, 1e300, gap, 1e-300, 1.7e308, 17.0]))
    if column.kind == "date":
        days = ["2023-05-05", "0001-01-01", "9999-12-31", "NaT", "1970-01-01", "2023-05-06", "2024-02-29", "NaT"]
        return Dates(np.array(days, dtype="datetime64[us]"))
    texts = (*column.categories[:3], "never seen")
    return Text(np.arange(8, dtype=np.int32) % (len(texts) + 1) - 1, texts)
