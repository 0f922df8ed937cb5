"""A model of selenite by itself: it needs Python's standard library alone, and NumPy, where there is one, for many rows.

predict({"column": value, ...}) answers one row, predict_many(rows) many, predict_proba and outside likewise; a value is a
number, a text, a date (or ISO 8601 text) or None where it is missing. `python THIS_FILE rows.csv` answers the rows of a file,
`python THIS_FILE --verify` its own proof.
"""

import csv
import json
import math
import sys
from datetime import date, datetime, timedelta, timezone

PLAN = json.loads(r"""{}""")
PROOF = json.loads(r"""{"rows": [], "outputs": []}""")

CLASSES = PLAN["classes"]
COLUMNS = [column["name"] for column in PLAN["columns"]]
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "#NA", "<NA>", "NaT")
EPOCH = datetime(1970, 1, 1)
DAY = timedelta(days=1)


def predict(row):
    """Return the answer for a row: a class as it was written, or a number."""
    return _answer(output(row))


def predict_many(rows):
    """Return the answers for a list of rows."""
    return [_answer(one) for one in outputs(rows)]


def predict_proba(row):
    """Return the probability of each class, in the order of CLASSES."""
    if not CLASSES:
        raise ValueError(f"{PLAN['target']} is a number: there are no classes to give probabilities for")
    return _probabilities(output(row))


def quantile(row, level):
    """Return the number below which the answer lies with this probability, from 0.005 to 0.995."""
    found = PLAN["quantiles"]
    if not found:
        raise ValueError("this model knows no quantiles")
    if not found["levels"][0] <= level <= found["levels"][-1]:
        raise ValueError(f"the quantile {level} must lie between {found['levels'][0]} and {found['levels'][-1]}")
    number = predict(row)
    group = sum(edge <= number for edge in found["edges"])
    answer = number + _between(level, found["levels"], found["values"][group])
    return max(answer, 0.0) if PLAN["members"][0]["layers"][-1]["activation"] == "exp" else answer


def outside(row):
    """Return in what ways a row lies outside what training saw, in words."""
    ways = []
    for column in PLAN["columns"]:
        name, value = column["name"], _given(row, column["name"])
        if _is_gap(value):
            ways += [] if column["missing"] else [f"{name}: missing, never missing in training"]
        elif column["categories"]:
            if _code(column, value) == len(column["categories"]):
                ways.append(f"{name}: category {value!r} never seen{' or too rare' if column['rare'] else ''}")
        elif column["center"] is not None and column["minimum"] is not None:
            number = _number(column, value)
            if not column["minimum"] <= number <= column["maximum"]:
                ways.append(f"{name}: {'below' if number < column['minimum'] else 'above'} all that training saw")
    return ways


def encode(row):
    """Return the inputs of the network for a row."""
    inputs = [0.0] * PLAN["n_inputs"]
    for column in PLAN["columns"]:
        _encode(column, _given(row, column["name"]), inputs)
    return inputs


def output(row):
    """Return what the network gives for a row; of several the mean."""
    inputs, members = encode(row), PLAN["members"]
    found = [_forward(member, inputs) for member in members]
    return [math.fsum(values) / len(members) for values in zip(*found)]


def outputs(rows):
    """Return what the network gives for each row, with NumPy where there is one."""
    try:
        import numpy as np
    except ImportError:
        return [output(row) for row in rows]
    return _forward_many(np, np.array([encode(row) for row in rows]).reshape(len(rows), PLAN["n_inputs"])).tolist()


def verify(rows=None, wanted=None):
    """Return the largest difference of the outputs of rows, its own proof unless others are given."""
    rows, wanted = (PROOF["rows"], PROOF["outputs"]) if rows is None else (rows, wanted)
    return max((abs(a - b) for row, outs in zip(rows, wanted) for a, b in zip(output(row), outs)), default=0.0)


# ------------------------------------------------------------------ a row becomes inputs


def _given(row, name):
    if name not in row:
        raise KeyError(f"the row has no {name!r}; it needs {', '.join(map(repr, COLUMNS))}; None where a value is missing")
    value = row[name]
    return value.strip() if isinstance(value, str) else value


def _is_gap(value):
    return value is None or (isinstance(value, float) and math.isnan(value)) or (isinstance(value, str) and value in MISSING)


def _encode(column, value, inputs):
    at, kind = column["at"], column["kind"]
    if _is_gap(value):
        if column["missing"]:
            inputs[at + column["n_inputs"] - 1] = 1.0
        elif kind == "number" and column["center"] is None:
            raise ValueError(f"{column['name']!r} is missing, and the model was made without gaps")
        return
    if kind == "number":
        _encode_number(column, _number(column, value), inputs)
    elif kind == "date":
        inputs[at] = _scaled(column, _number(column, value))
        for i, part in enumerate(column["parts"][1:], at + 1):
            inputs[i] = _wave(part, _moment(column, value))
    else:
        code, n_codes = _code(column, value), len(column["categories"])
        if _is_pair(column):
            inputs[at] = (-1.0, 1.0, 0.0)[code]
        elif code < n_codes + column["rare"]:
            inputs[at + code] = 1.0


def _encode_number(column, x, inputs):
    at = column["at"]
    inputs[at] = x if column["center"] is None else _scaled(column, x)
    if column["rank_quantiles"]:
        at += 1
        inputs[at] = _ranked(x, column["rank_quantiles"])
    for i, value in enumerate(column["frequent_values"], at + 1):
        inputs[i] = float(x == value)


def _scaled(column, x):
    if not column["width"]:
        return 0.0
    z = max(min((x - column["center"]) / column["width"], 1e100), -1e100)
    return z / math.sqrt(1.0 + (z / 3.0) ** 2)


def _ranked(x, quantiles):
    scores = PLAN["scores"]
    upper = _between(x, quantiles, scores)
    lower = _between(-x, [-q for q in reversed(quantiles)], [-s for s in reversed(scores)])
    return 0.5 * (upper - lower)


def _between(x, xs, ys):
    """Return y at x on straight lines between points; of points at the same x the last one's."""
    if x < xs[0]:
        return ys[0]
    low, high = 0, len(xs)  # xs[low] <= x < xs[high]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if xs[middle] <= x else (low, middle)
    if high == len(xs) or xs[low] == x:
        return ys[low]
    return ys[low] + (ys[high] - ys[low]) * ((x / 2 - xs[low] / 2) / (xs[high] / 2 - xs[low] / 2))


def _number(column, value):
    """Return a number, of a date its days since 1970."""
    if column["kind"] == "date":
        return (_moment(column, value) - EPOCH) / DAY
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{column['name']!r} held numbers in training, but here {value!r}") from None


def _moment(column, value):
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            raise ValueError(f"{column['name']!r} held dates in training, but here {value!r}; write them as 2026-01-31") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise ValueError(f"{column['name']!r} held dates in training, but here {value!r}")
    return value if value.tzinfo is None else value.astimezone(timezone.utc).replace(tzinfo=None)


def _wave(part, moment):
    period, wave = part.split("_")
    steps, circle = {
        "year": (moment.timetuple().tm_yday - 1, 366),
        "week": (moment.weekday(), 7),
        "day": (60 * moment.hour + moment.minute, 1440),
    }[period]
    return (math.sin if wave == "sin" else math.cos)(2.0 * math.pi * steps / circle)


def _is_pair(column):
    two = column["kind"] == "category" and len(column["categories"]) == 2
    return column["kind"] == "yes/no" or (two and not column["rare"] and not column["missing"])


def _code(column, value):
    """Return the code of a category, the number of categories where it was never seen."""
    categories, fold = column["categories"], column["kind"] == "yes/no"
    names = [name.strip().casefold() for name in categories] if fold else categories
    if isinstance(value, str):
        text = value.strip().casefold() if fold else value
        return names.index(text) if text in names else len(names)
    if isinstance(value, bool):
        text = "true" if value else "false"
        return next((code for code, name in enumerate(names) if name.casefold() == text), len(names))
    text = str(int(value)) if float(value).is_integer() and abs(value) < 1e16 else repr(float(value))
    if text in names:
        return names.index(text)
    if fold and value in (0, 1):
        return int(value)
    return next((code for code, name in enumerate(names) if _value_of(name) == value), len(names))


def _value_of(text):
    try:
        return float(text)
    except ValueError:
        return None


# ------------------------------------------------------------------ inputs become an output


def _forward(member, inputs):
    features = list(inputs)
    for i, waves in zip(PLAN["periodic"], member["waves"]):
        turns = [inputs[i] * w + b for w, b in zip(waves["frequencies"], waves["phases"])]
        u = [math.cos(2.0 * math.pi * (t - round(t))) for t in turns]
        features += [math.fsum(map(_product, u, mixing)) + c for mixing, c in zip(waves["mixing"], waves["offsets"])]
    for layer in member["layers"]:
        z = list(layer["biases"])
        for x, row in zip(features, layer["weights"]):
            if x:
                z = [sum_ + x * weight for sum_, weight in zip(z, row)]
        features = _activated(layer["activation"], z)
    return features


def _product(a, b):
    return a * b


def _activated(name, z):
    if name == "softmax":
        top = max(z)
        powers = [math.exp(one - top) for one in z]
        return [one / sum(powers) for one in powers]
    return list(map(ACTIVATIONS[name], z))


def _logistic(z):
    return 1.0 / (1.0 + math.exp(-z)) if z > -700 else 0.0


def _softplus(z):
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


ACTIVATIONS = {
    "identity": lambda z: z,
    "logistic": _logistic,
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: max(z, 0.01 * z),
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * math.expm1(z)),
    "gelu": lambda z: z * 0.5 * math.erfc(-z * math.sqrt(0.5)),
    "silu": lambda z: z * _logistic(z),
    "mish": lambda z: z * math.tanh(_softplus(z)),
    "softplus": _softplus,
    "exp": lambda z: math.exp(z) if z < 709.78 else math.inf,
}


def _forward_many(np, inputs):
    total = 0.0
    for member in PLAN["members"]:
        features = [inputs]
        for i, waves in zip(PLAN["periodic"], member["waves"]):
            turns = inputs[:, [i]] * np.array(waves["frequencies"]) + np.array(waves["phases"])
            u = np.cos(2.0 * np.pi * (turns - np.round(turns)))
            features.append(u @ np.array(waves["mixing"]).T + np.array(waves["offsets"]))
        a = np.hstack(features)
        for layer in member["layers"]:
            z = a @ np.array(layer["weights"]) + np.array(layer["biases"])
            if layer["activation"] == "softmax":
                a = np.exp(z - z.max(axis=1, keepdims=True))
                a /= a.sum(axis=1, keepdims=True)
            else:
                a = np.array([_activated(layer["activation"], row) for row in z.tolist()]).reshape(z.shape)
        total = total + a
    return total / len(PLAN["members"])


# ------------------------------------------------------------------ an output becomes an answer


def _probabilities(out):
    return [1.0 - out[0], out[0]] if len(out) == 1 else out


def _answer(out):
    if not CLASSES:
        return PLAN["center"] + PLAN["width"] * out[0]
    shares = _probabilities(out)
    label = CLASSES[shares.index(max(shares))]
    return {"int": int, "float": float, "bool": lambda text: text == "true"}.get(PLAN["class_type"], str)(label)


def _main(arguments):
    if arguments == ["--verify"]:
        print(f"largest difference of {len(PROOF['rows'])} rows: {verify():.3g}")
    elif len(arguments) == 1:
        with open(arguments[0], newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        writer = csv.writer(sys.stdout)
        writer.writerow([PLAN["target"], *CLASSES])
        for out in outputs(rows):
            writer.writerow([_answer(out), *(_probabilities(out) if CLASSES else [])])
    else:
        print(f"usage: python {sys.argv[0]} rows.csv | --verify", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
