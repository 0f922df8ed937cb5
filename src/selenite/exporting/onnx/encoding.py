"""Columns become inputs inside the graph, as `selenite.table.encode` says: all columns of a kind at once.

Each kind gives blocks: a tensor (n, k) in double precision, and which inputs its k columns are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from selenite.exporting.onnx.graph import LEARNING, Graph
from selenite.exporting.onnx.known_rows import known_place
from selenite.exporting.plan import Plan, PlannedColumn
from selenite.table.encode import SOFT_LIMIT
from selenite.text import folded
from selenite.types import Floats

FURTHEST = 1e100
TINY = 1e-30
SEARCHED = 128  # a power of two above the number of rank quantiles
MONDAY = 3  # days from Monday to 1 January 1970
Columns = Sequence[PlannedColumn]
Blocks = Iterator[tuple[str, list[int]]]


def encoded(graph: Graph, plan: Plan, given: dict[str, str]) -> str:
    """Return the network's inputs, (n, n_inputs) in double precision, from the tensor (n, 1) of each column by name."""
    codes = {one.name: _code(graph, one, given[one.name]) for one in plan.columns if _way(one) is _categories}
    given = given | codes
    blocks = []
    for encode in (_as_they_are, _numbers, _dates, _categories):
        columns = [column for column in plan.columns if _way(column) is encode]
        if columns:
            blocks += list(encode(graph, plan, columns, [given[column.name] for column in columns]))
    if plan.known_rows is not None:
        known, n = plan.known_rows, len(plan.known_rows.values[0]) + 1
        rows = [[1.0, *answers] for answers in known.values]
        place = known_place(graph, plan, known, given)
        blocks.append((_rows_of(graph, rows, place, n), list(range(known.at, known.at + n))))
    places = [at for _, block in blocks for at in block]
    assert sorted(places) == list(range(plan.n_inputs))
    return graph.columns(graph.beside(*(tensor for tensor, _ in blocks)), np.argsort(places).tolist())


def _way(column: PlannedColumn) -> object:
    """Return the function that encodes a column."""
    if column.kind == "number":
        return _as_they_are if column.center is None else _numbers
    return _dates if column.kind == "date" else _categories


def _as_they_are(graph: Graph, plan: Plan, columns: Columns, given: list[str]) -> Blocks:
    yield graph.beside(*given), [column.at for column in columns]


def _numbers(graph: Graph, plan: Plan, columns: Columns, given: list[str]) -> Blocks:
    x = graph.beside(*given)
    yield _scaled(graph, columns, x), [column.at for column in columns]
    ranked = [k for k, column in enumerate(columns) if column.rank_quantiles]
    if ranked:
        of_ranked = graph.columns(x, ranked)
        rank = _ranked(graph, plan.scores, [columns[k] for k in ranked], of_ranked)
        yield _without_gaps(graph, of_ranked, rank), [columns[k].at + 1 for k in ranked]
    frequent = [(k, i) for k, column in enumerate(columns) for i in range(len(column.frequent_values))]
    if frequent:
        values = np.array([columns[k].frequent_values[i] for k, i in frequent])
        equal = graph.add("Equal", graph.columns(x, [k for k, _ in frequent]), values)
        places = [columns[k].at + 1 + bool(columns[k].rank_quantiles) + i for k, i in frequent]
        yield graph.cast(equal, np.float64), places
    yield from _indicators_of_gaps(graph, columns, graph.add("IsNaN", x))


def _scaled(graph: Graph, columns: Columns, x: str) -> str:
    """Return z = (x - center) / width, softly clipped: z / sqrt(1 + (z/3)²); 0 where missing."""
    centers = np.array([column.center for column in columns])
    widths = np.array([column.width or np.inf for column in columns])  # 0 silences
    shifts = np.where((np.abs(centers) < TINY) & (widths < TINY), 2.0**1000, 1.0)
    if (shifts > 1).any():  # onnxruntime takes what single precision cannot hold for 0, and leaves the difference out
        x, centers, widths = graph.add("Mul", x, shifts), centers * shifts, widths * shifts
    z = graph.add("Div", graph.add("Sub", x, centers), widths)
    z = graph.add("Clip", _without_gaps(graph, z, z), np.array(-FURTHEST), np.array(FURTHEST))
    thirds = graph.add("Div", z, SOFT_LIMIT)
    root = graph.add("Sqrt", graph.add("Add", 1.0, graph.add("Mul", thirds, thirds)))
    return graph.add("Div", z, root, name="scaled")


def _ranked(graph: Graph, scores: list[float], columns: Columns, x: str) -> str:
    """Return the score of each value's rank, on straight lines between quantiles: of shared ones the middle."""
    quantiles, parts, starts, rises, steps, middles = (
        graph.constant(np.concatenate(tables), "ranks")
        for tables in zip(
            *(_lines(np.array(column.rank_quantiles), np.array(scores)) for column in columns), strict=True
        )
    )
    at = graph.constant(np.arange(0, len(columns) * SEARCHED, SEARCHED)[None])
    at = graph.last_not_above(quantiles, x, at, SEARCHED)
    quantile, part, start, rise, step, middle = (
        graph.add("Gather", table, at) for table in (quantiles, parts, starts, rises, steps, middles)
    )
    further = graph.add("Sub", graph.add("Mul", x, part), graph.add("Mul", quantile, part))
    share = graph.add("Clip", graph.add("Div", further, step), np.array(0.0), np.array(1.0))
    line = graph.add("Add", start, graph.add("Mul", rise, share))
    return graph.add("Where", graph.add("Equal", quantile, x), middle, line, name="ranked")


def _lines(quantiles: Floats, scores: Floats) -> tuple[Floats, ...]:
    """Return the straight line from each quantile to the next, one for all below first: see `_ranked`.

    These are the quantiles, what part of a step does not overflow, the scores at them, the scores' rises and the parts
    of the steps to the next quantile, and the scores in the middle of equal quantiles. They are filled up with NaN,
    which nothing is above.
    """
    with np.errstate(over="ignore"):
        parts = np.where(np.isinf(np.diff(quantiles)), 0.5, 1.0)
    steps = np.append(parts * quantiles[1:] - parts * quantiles[:-1], 1.0)
    first = np.searchsorted(quantiles, quantiles)
    lines = np.full((6, SEARCHED), np.nan)
    lines[:, 0] = -np.inf, 1.0, scores[0], 0.0, 1.0, scores[0]
    lines[:, 1 : 1 + len(quantiles)] = (
        quantiles,
        np.append(parts, 0.5),
        scores,
        np.append(np.diff(scores), 0.0),
        np.where(steps == 0, 1.0, steps),
        0.5 * (scores + scores[first]),
    )
    return tuple(lines)


def _dates(graph: Graph, plan: Plan, columns: Columns, given: list[str]) -> Blocks:
    x = graph.beside(*given)
    yield _scaled(graph, columns, x), [column.at for column in columns]
    wanted = [(k, i, part) for k, column in enumerate(columns) for i, part in enumerate(column.parts) if i]
    if wanted:
        days = _without_gaps(graph, x, x)
        waves: list[str] = []
        place: dict[str, int] = {}
        for period, circle in (("year", 366), ("week", 7), ("day", 1440)):
            angles = graph.add("Div", graph.add("Mul", 2 * np.pi, _steps(graph, period, days)), float(circle))
            for wave, values in (("sin", graph.add("Sin", angles)), ("cos", graph.cos(angles))):
                place[f"{period}_{wave}"] = len(columns) * len(waves)
                waves.append(values)
        phases = graph.columns(graph.beside(*waves), [place[part] + k for k, _, part in wanted])
        of_wanted = graph.columns(x, [k for k, _, _ in wanted])
        yield _without_gaps(graph, of_wanted, phases), [columns[k].at + i for k, i, _ in wanted]
    yield from _indicators_of_gaps(graph, columns, graph.add("IsNaN", x))


def _steps(graph: Graph, period: str, x: str) -> str:
    """Return how far into its period a moment is, in whole days or minutes, from days since 1970."""
    day = graph.add("Floor", x)
    if period == "week":
        since_monday = graph.add("Add", day, float(MONDAY))
        return graph.add("Sub", since_monday, graph.add("Mul", _whole(graph, since_monday, 7.0), 7.0))
    if period == "day":
        minutes = graph.add("Mul", graph.add("Sub", x, day), 1440.0)
        return graph.add("Floor", graph.add("Add", minutes, 1e-6))
    year = graph.add("Add", _whole(graph, day, 365.2425), 1970.0)  # or one beside it
    is_late = graph.add("Greater", _days_before(graph, year), day)
    year = graph.add("Sub", year, graph.cast(is_late, np.float64))
    following = graph.add("Add", year, 1.0)
    is_early = graph.add("LessOrEqual", _days_before(graph, following), day)
    year = graph.add("Add", year, graph.cast(is_early, np.float64))
    return graph.add("Sub", day, _days_before(graph, year))


def _days_before(graph: Graph, year: str) -> str:
    """Return the days from 1970 to the start of a year."""
    last = graph.add("Sub", year, 1.0)
    days = graph.add("Mul", graph.add("Sub", year, 1970.0), 365.0)
    for operator, years in (("Add", 4.0), ("Sub", 100.0), ("Add", 400.0)):
        days = graph.add(operator, days, _whole(graph, last, years))
    return graph.add("Sub", days, 477.0)


def _whole(graph: Graph, x: str, by: float) -> str:
    return graph.add("Floor", graph.add("Div", x, by))


def _categories(graph: Graph, plan: Plan, columns: Columns, given: list[str]) -> Blocks:
    codes = graph.beside(*given)
    pairs = [k for k, column in enumerate(columns) if column.is_pair]
    if pairs:
        of_pairs = graph.columns(codes, pairs)
        no, yes = (graph.cast(graph.add("Equal", of_pairs, np.int64(code)), np.float64) for code in (0, 1))
        yield graph.add("Sub", yes, no, name="pairs"), [columns[k].at for k in pairs]
    own = [
        (k, code)
        for k, column in enumerate(columns)
        if not column.is_pair and column.statistics is None
        for code in range(len(column.categories) + column.rare)
    ]
    if own:
        is_own = graph.add("Equal", graph.columns(codes, [k for k, _ in own]), np.array([code for _, code in own]))
        yield graph.cast(is_own, np.float64), [columns[k].at + code for k, code in own]
    for k, column in enumerate(columns):
        if column.statistics is not None:
            code = graph.columns(codes, [k])
            place = graph.add("Where", graph.add("Less", code, np.int64(0)), np.int64(len(column.categories)), code)
            n = column.n_inputs - column.missing
            yield _rows_of(graph, column.statistics, place, n), list(range(column.at, column.at + n))
    yield from _pairs(graph, plan, columns, codes)
    yield from _indicators_of_gaps(graph, columns, graph.add("Equal", codes, np.int64(-1)))


def _pairs(graph: Graph, plan: Plan, columns: Columns, codes: str) -> Blocks:
    """Yield the statistics of pairs of categories, whose codes go from -1 to the number of categories."""
    for one in plan.crossings:
        first, second = plan.columns[one.first], plan.columns[one.second]
        n, width = len(second.categories), len(second.categories) + 2
        a, b = (graph.columns(codes, [columns.index(column)]) for column in (first, second))
        key = graph.add("Add", graph.add("Mul", a, np.int64(width)), b)
        place = graph.add(
            "LabelEncoder",
            key,
            domain=LEARNING,
            keys_int64s=[key // n * width + key % n for key in one.keys] or [-1],
            values_int64s=list(range(len(one.keys))) or [0],
            default_int64=len(one.keys),
        )
        yield _rows_of(graph, one.values, place, one.n_inputs), list(range(one.at, one.at + one.n_inputs))


def _rows_of(graph: Graph, rows: Sequence[Sequence[float]], place: str, n: int) -> str:
    """Return the row of n numbers at each place, (n_rows, 1), zeros at the place after the last."""
    table = np.array([*rows, [0.0] * n])
    return graph.add("Reshape", graph.add("Gather", table, place, axis=0), np.array([-1, n], dtype=np.int64))


def _code(graph: Graph, column: PlannedColumn, text: str) -> str:
    """Return the code of each row's category: -1 where missing, the number of categories where unseen."""
    code_of = {"": -1}
    for code, category in enumerate(column.categories):
        spelt = [category]
        if column.kind == "yes/no":  # however it is capitalised
            spelt = list(map("".join, product(*((one, one.upper()) for one in folded(category)))))
        code_of |= dict.fromkeys(spelt, code)
    return graph.add(
        "LabelEncoder",
        text,
        name="code",
        domain=LEARNING,
        keys_strings=list(code_of),
        values_int64s=list(code_of.values()),
        default_int64=len(column.categories),
    )


def _without_gaps(graph: Graph, given: str, values: str) -> str:
    """Return values with 0 where what is given is missing."""
    return graph.add("Where", graph.add("IsNaN", given), 0.0, values)


def _indicators_of_gaps(graph: Graph, columns: Columns, gaps: str) -> Blocks:
    """Yield the inputs, one each column's last, that tell whether it is missing, from (n, n_columns) of truth."""
    known = [k for k, column in enumerate(columns) if column.missing]
    if known:
        indicators = graph.cast(graph.columns(gaps, known), np.float64)
        yield indicators, [columns[k].at + columns[k].n_inputs - 1 for k in known]
