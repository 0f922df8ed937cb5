// The rows of the data beside what is predicted for them: a table that can be sorted, and the curve of one column.

import { finite, sharesOf, told } from "./figures.js";
import { mean, order, range, spaced } from "./numbers.js";
import { someRows } from "./picture.js";
import { MARGIN, axisOf } from "./plane.js";
import { columnNamed } from "./points.js";
import { Refusal, exact, general, listed, shown } from "./text.js";

const ROWS_OF_A_PAGE = 50;
const CURVE = 33, MOST_VALUES_TRIED_EACH = 50, MOST_AVERAGED = 300; // values of a column that are tried; rows whose predictions are averaged

/** A page of rows: number, answer, prediction, error, and the other columns; sorted by one of these.
    The error is 1 minus the share given to the right class, or prediction minus answer; it is sorted by its size. */
export function rowsTable(session, by, descending, start) {
  const { problem } = session, { table, target, codes, Y, n_rows, n_outputs, columns } = problem;
  const every = range(n_rows), prediction = session.predicted(every), classes = target.classes.length;
  const shares = classes ? sharesOf(prediction, n_outputs) : null;
  const said = classes ? told(prediction, n_outputs) : prediction.map((value) => target.center + target.width * value);
  const error = Float64Array.from(every, (row) =>
    (classes ? 1 - shares[row * classes + codes[row]] : said[row] - target.center - target.width * Y[row]));
  const keys = [every, classes ? codes : Y, said, error.map(Math.abs), ...columns.map((name) => columnNamed(table, name).values)];
  if (by >= keys.length) throw new Refusal(`there is no column ${by + 1} to sort by; there are ${keys.length}`);
  const key = Float64Array.from(keys[by], (value) => (descending ? -value : value)), aside = new Set(problem.test);
  const rows = order(key).slice(start, start + ROWS_OF_A_PAGE);
  return {
    columns: ["row", `${target.name} is`, "predicted", "error", ...columns],
    by, descending, start,
    total: n_rows,
    rows: Array.from(rows, (row) => ({
      row,
      test: aside.has(row),
      is: exact(columnNamed(table, target.name).values[row]),
      told: classes ? target.classes[said[row]] : said[row],
      sure: classes ? Math.max(...shares.subarray(row * classes, (row + 1) * classes)) : null,
      error: finite(error[row]),
      wrong: classes > 0 && said[row] !== codes[row],
      cells: columns.map((name) => cell(problem, name, row)),
    })),
  };
}

/** The mean prediction of some rows, were they all to have the same value in a column; and the followed row's. */
export function dependence(session, followed, column, of_class) {
  const { problem } = session, { columns, target } = problem;
  if (!columns.includes(column)) throw new Refusal(`there is no curve of ${shown(column)}; there are of ${listed(columns)}`);
  if (target.classes.length && of_class >= target.classes.length) {
    throw new Refusal(`there is no class ${of_class + 1}; there are ${target.classes.length}`);
  }
  const { values, places } = tried(problem, column), rows = someRows(problem.n_rows, MOST_AVERAGED);
  const curve = (some) => Array.from(values, (value) => mean(meant(session, withValue(problem, some, column, value), of_class)));
  const means = curve(rows), ofFollowed = curve([followed]), all = [...means, ...ofFollowed].map((value) => value || 0);
  return {
    column,
    what: target.classes.length ? `probability of ${target.classes[of_class]}` : target.name,
    values: [...values],
    places: [...places],
    labels: [],
    means: means.map(finite),
    followed: ofFollowed.map(finite),
    now: cell(problem, column, followed),
    rows: rows.length,
    low: target.classes.length ? 0 : Math.min(...all),
    high: target.classes.length ? 1 : Math.max(...all),
  };
}

/** Values to try and where they lie from the least to the most: each of few, of many some at equal steps. */
function tried(problem, column) {
  const axis = axisOf(problem, column), width = axis.high - axis.low;
  const low = axis.low + (MARGIN / (1 + 2 * MARGIN)) * width, high = axis.low + ((1 + MARGIN) / (1 + 2 * MARGIN)) * width;
  const different = Float64Array.from(new Set(columnNamed(problem.table, column).values)).sort();
  if (different.length > 1 && different.length <= MOST_VALUES_TRIED_EACH) {
    return { values: different, places: different.map((value) => Math.min(Math.max((value - low) / (high - low), 0), 1)) };
  }
  const places = spaced(0, 1, CURVE);
  return { values: places.map((place) => low + place * (high - low)), places };
}

/** The inputs of some rows with one value in a column. */
const withValue = (problem, rows, column, value) => problem.inputsOf(problem.columns.map((name) => {
  const { values } = columnNamed(problem.table, name);
  return Float64Array.from(rows, (row) => (name === column ? value : values[row]));
}));

/** The probability of a class, or the number that is predicted. */
function meant(session, inputs, of_class) {
  const prediction = session.answer(inputs), { target, n_outputs } = session.problem, n = target.classes.length;
  if (!n) return prediction.map((value) => target.center + target.width * value);
  return sharesOf(prediction, n_outputs).filter((_, i) => i % n === of_class);
}

/** A cell of a column that was made here, to a few digits. */
const cell = ({ table }, name, row) => general(columnNamed(table, name).values[row], 4);
