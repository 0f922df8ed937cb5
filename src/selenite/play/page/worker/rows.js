// The rows of the data beside what is predicted for them: a table that can be sorted, and the curve of one column.

import { finite, sharesOf, told } from "./figures.js";
import { mean, order, range, spaced } from "./numbers.js";
import { someRows } from "./picture.js";
import { MARGIN, along, axisOf } from "./plane.js";
import { byCodePoint, cellText, taken } from "./table/column.js";
import { Refusal, general, listed, shown } from "./text.js";

const ROWS_OF_A_PAGE = 50, MOST_COLUMNS_SHOWN = 40; // of the table, beside the target's
const CURVE = 33, MOST_VALUES_TRIED_EACH = 50, MOST_AVERAGED = 300; // values of a column that are tried; rows whose predictions are averaged

/** A page of rows: number, answer, prediction, error, and the other columns; sorted by one of these.
    The error is 1 minus the share given to the right class, or prediction minus answer; it is sorted by its size. */
export function rowsTable(session, by, descending, start) {
  const { problem } = session, { target, codes, Y, n_rows, n_outputs, answers } = problem;
  const every = range(n_rows), prediction = session.predicted(every), classes = target.classes.length;
  const shares = classes ? sharesOf(prediction, n_outputs) : null;
  const said = classes ? told(prediction, n_outputs) : prediction.map((value) => target.center + target.width * value);
  const error = Float64Array.from(every, (row) =>
    (classes ? 1 - shares[row * classes + codes[row]] : said[row] - target.center - target.width * Y[row]));
  const columns = problem.table.columns.filter(({ name }) => name !== target.name).slice(0, MOST_COLUMNS_SHOWN), answer = problem.column(target.name);
  const keys = [() => every, () => (classes ? codes : Y), () => said, () => error.map(Math.abs), ...columns.map((column) => () => sortable(column))];
  if (by >= keys.length) throw new Refusal(`there is no column ${by + 1} to sort by; there are ${keys.length}`);
  const key = Float64Array.from(keys[by](), (value) => (descending ? -value : value)), aside = new Set(problem.training.length ? problem.test : []);
  return {
    columns: ["row", `${target.name} is`, "predicted", "error", ...columns.map(({ name }) => name)],
    by, descending, start,
    total: n_rows,
    rows: Array.from(order(key).slice(start, start + ROWS_OF_A_PAGE), (row) => ({
      row,
      test: aside.has(row),
      is: answer ? cellText(answer, row) : null,
      told: classes ? target.classes[said[row]] : said[row],
      sure: classes ? Math.max(...shares.subarray(row * classes, (row + 1) * classes)) : null,
      error: answers ? finite(error[row]) : null,
      wrong: answers && classes > 0 && said[row] !== codes[row],
      cells: columns.map((column) => cell(session, column, row)),
    })),
  };
}

/** Numbers in the order of a column's values; NaN of a gap. */
function sortable({ type, codes, texts, values }) {
  if (type !== "text") return values;
  const rank = new Float64Array(texts.length);
  [...texts.keys()].sort((a, b) => byCodePoint(texts[a], texts[b]) || a - b).forEach((code, place) => { rank[code] = place; });
  return Float64Array.from(codes, (code) => rank[code] ?? NaN);
}

/** The mean prediction of some rows, were they all to have the same value in a column; and the followed row's. */
export function dependence(session, followed, column, of_class) {
  const { problem } = session, { columns, target } = problem;
  if (!columns.includes(column)) throw new Refusal(`there is no curve of ${shown(column)}; there are of ${listed(columns)}`);
  if (target.classes.length && of_class >= target.classes.length) {
    throw new Refusal(`there is no class ${of_class + 1}; there are ${target.classes.length}`);
  }
  const { values, places, labels } = tried(problem, column), rows = someRows(problem.n_rows, MOST_AVERAGED);
  const curve = (some) => { // asked for at once
    const n = some.length, size = n * problem.n_inputs, inputs = new Float64Array(places.length * size);
    places.forEach((_, k) => inputs.set(problem.encoded(some, [taken(values, [k])]), k * size));
    const found = meant(session, inputs, of_class);
    return Array.from(places, (_, k) => mean(found.subarray(k * n, (k + 1) * n)));
  };
  const means = curve(rows), ofFollowed = curve([followed]), all = [...means, ...ofFollowed].map((value) => value || 0);
  return {
    column,
    what: target.classes.length ? `probability of ${target.classes[of_class]}` : target.name,
    values: labels.length ? [...labels] : [...values.values],
    places: [...places],
    labels,
    means: means.map(finite),
    followed: ofFollowed.map(finite),
    now: cell(session, problem.column(column), followed),
    rows: rows.length,
    low: target.classes.length ? 0 : Math.min(...all),
    high: target.classes.length ? 1 : Math.max(...all),
  };
}

/** Values to try, as a column, and where they lie from the least to the most: each of few, of many some at equal steps. */
function tried(problem, name) {
  const axis = axisOf(problem, name), { labels } = axis;
  if (labels.length) {
    const places = Float64Array.from(labels, (_, k) => (k + 0.5) / labels.length);
    return { labels, places, values: along(axis, places) };
  }
  const [low, high] = along(axis, [MARGIN, 1 + MARGIN].map((share) => share / (1 + 2 * MARGIN))).values, values = (some) => ({ name, type: "number", values: Float64Array.from(some) });
  const different = Float64Array.from(new Set(problem.column(name).values.filter((value) => !Number.isNaN(value)))).sort();
  if (different.length > 1 && different.length <= MOST_VALUES_TRIED_EACH) {
    return { labels, values: values(different), places: different.map((value) => Math.min(Math.max((value - low) / (high - low), 0), 1)) };
  }
  const places = spaced(0, 1, CURVE);
  return { labels, values: values(places.map((place) => low + place * (high - low))), places };
}

/** The probability of a class, or the number that is predicted. */
function meant(session, inputs, of_class) {
  const prediction = session.answer(inputs), { target, n_outputs } = session.problem, n = target.classes.length;
  if (!n) return prediction.map((value) => target.center + target.width * value);
  return sharesOf(prediction, n_outputs).filter((_, i) => i % n === of_class);
}

/** A cell as its file writes it; numbers that were made here to a few digits. */
function cell({ settings }, column, row) {
  const isMade = settings.data !== "file" && settings.data !== "model";
  return column.type === "number" && isMade ? general(column.values[row], 4) : cellText(column, row);
}
