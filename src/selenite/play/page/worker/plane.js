// The plane that a problem is seen in: two of its columns as axes, the others at their usual values or as in a row.

import { bits } from "./backend.js";
import { columnOf, least, mean, median, most, range, rounded, rowsOf, sum } from "./numbers.js";
import { uniform } from "./random.js";
import { taken } from "./table/column.js";
import { SET_ASIDE, categoryCodes } from "./table/match.js";
import { Refusal, listed, shown } from "./text.js";

export const MARGIN = 0.08; // of the plane beyond the points
const ALIKE = 0.8; // squared correlation of columns that say nearly the same
const JITTER = 12; // the purpose of these draws
const OUTSIDE = -0.45; // where along an axis of categories those lie that it does not have

/** On which points are drawn. */
export const PLANE = ["x1", "x2"].map((name) => ({ name, low: -2, high: 2, labels: [] }));

/** The two columns of the plane: those wanted, else the usual ones or the numbers that tell most; null where there is no second. */
export function axesOf(problem, wanted, usual = []) {
  const { columns, derived } = problem, told = !usual.length && !derived;
  const chosen = [...new Set(wanted)].filter((name) => columns.includes(name));
  const inOrder = usual.length ? usual : told ? byTelling(problem) : columns;
  const rest = inOrder.filter((name) => !chosen.includes(name)), [first] = [...chosen, ...rest];
  const isAlike = (name) => Number(name !== first && alike(problem, first, name)); // two that say the same are one line of points
  if (told && chosen.length < 2 && columns.length > 2) {
    const same = new Map(rest.map((name) => [name, isAlike(name)]));
    rest.sort((a, b) => same.get(a) - same.get(b));
  }
  const found = [...chosen, ...rest].slice(0, 2).map((name) => axisOf(problem, name));
  if (!found.length) throw new Refusal(`${problem.table.source} has no column of numbers or categories to draw`);
  return [found[0], found[1] ?? null];
}

/** The columns, those first that tell most about the target: by the squared correlation of their numbers with it; others last. */
function byTelling(problem) {
  const { columns, training, Y, n_outputs } = problem, answers = Array.from(range(n_outputs), (k) => centred(rowsOf(columnOf(Y, n_outputs, k), 1, training)));
  const told = new Map(columns.map((name) => {
    const x = numbersOf(problem, name), shares = x && answers.map((y) => correlation(x, y) ** 2);
    return [name, x ? rounded(mean(shares) || 0, 9) : -1]; // columns that tell the same stay in their order, however it was rounded
  }));
  return [...columns].sort((a, b) => told.get(b) - told.get(a));
}

/** Whether two columns say nearly the same. */
function alike(problem, first, second) {
  const [a, b] = [first, second].map((name) => numbersOf(problem, name));
  return a !== null && b !== null && correlation(a, b) ** 2 > ALIKE;
}

/** A column's numbers in the training rows less their mean, 0 where they are missing; null where it has no numbers. */
function numbersOf(problem, name) {
  const column = problem.column(name);
  return column.type === "number" ? centred(rowsOf(column.values, 1, problem.training)) : null;
}

/** Numbers less their mean, 0 in place of gaps. */
function centred(values) {
  const count = values.reduce((known, value) => known + (value === value), 0), middle = sum(values.map((value) => value || 0)) / count;
  return values.map((value) => (value === value ? value - middle : 0));
}

/** The correlation of numbers that are centred. */
function correlation(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

/** Refuse an axis that the rows do not have; one that these rows set aside gives way to a usual one. */
export function checkAxes(problem, wanted) {
  for (const name of wanted) {
    if (!name || problem.columns.includes(name) || SET_ASIDE.includes(problem.schemaOf(name)?.kind)) continue;
    throw new Refusal(`${shown(name)} cannot be an axis of the picture; these can: ${listed(problem.columns)}`);
  }
}

/** A column as one direction of the plane; `labels`: of categories, at 0, 1, 2, ... */
export function axisOf(problem, name) {
  const column = problem.column(name), known = problem.schemaOf(name);
  if (known && known.kind !== "number") {
    const labels = known.categories.length ? known.categories : column.texts ?? [""];
    return { name, low: -0.5, high: labels.length - 0.5, labels };
  }
  const ends = known ? [known.minimum, known.maximum].filter((end) => end !== null) : [];
  const seen = [...ends, ...[least, most].map((end) => end(column.values.filter((value) => value === value))).filter(Number.isFinite)];
  const low = seen.length ? Math.min(...seen) : 0, high = seen.length ? Math.max(...seen) : 1, edge = MARGIN * (high - low) || 1;
  return { name, low: low - edge, high: high + edge, labels: [] };
}

/** Where rows lie along an axis, from 0 to 1; categories are strewn a little so that rows stay apart. */
export function positions(problem, axis, rows) {
  const strewn = () => { const all = bits(0, [JITTER], problem.n_rows); return uniform(BigUint64Array.from(rows, (row) => all[row])); };
  if (!axis) return strewn().map((share) => 0.1 + 0.8 * share);
  const { name, low, high, labels } = axis, column = taken(problem.column(name), rows);
  if (!labels.length) return column.values.map((value) => ((Number.isNaN(value) ? low : value) - low) / (high - low));
  const codes = categoryCodes(problem.schemaOf(name), column), place = (code) => (code >= 0 && code < labels.length ? code : OUTSIDE);
  return strewn().map((share, i) => (place(codes[i]) + 0.5 + 0.6 * (share - 0.5)) / labels.length);
}

/** The network's inputs at size × size places of the plane, from its upper left corner, row by row. */
export function planeInputs(problem, axes, size, row = null) {
  const steps = Float64Array.from({ length: size }, (_, i) => (i + 0.5) / size), across = new Float64Array(size * size), up = across.slice();
  steps.forEach((_, y) => { across.set(steps, y * size); up.fill(steps[size - 1 - y], y * size, (y + 1) * size); });
  return inputsAt(problem, axes, [across, up], row);
}

/** The inputs at places of the plane, each a share of its axis; other columns are as in a row, or at their usual value. */
export function inputsAt(problem, axes, places, row = null) {
  const moving = axes.map((axis, k) => axis && along(axis, places[k])).filter(Boolean), rows = new Int32Array(places[0].length).fill(row ?? 0);
  return problem.encoded(rows, row === null ? [...usualRow(problem), ...moving] : moving);
}

/** The values of a column at shares of its axis. */
export function along({ name, low, high, labels }, shares) {
  if (!labels.length) return { name, type: "number", values: shares.map((share) => low + share * (high - low)) };
  return { name, type: "text", codes: Int32Array.from(shares, (share) => Math.min(Math.floor(share * labels.length), labels.length - 1)), texts: labels };
}

const usualRows = new WeakMap(); // of each problem, found once

/** One row of the usual value of each column but the target. */
function usualRow(problem) {
  const { table, target } = problem;
  if (!usualRows.has(problem)) usualRows.set(problem, table.columns.filter(({ name }) => name !== target.name).map((column) => usual(problem, column)));
  return usualRows.get(problem);
}

/** The usual value of a column: the median of numbers and dates, the commonest of what is counted. */
function usual(problem, column) {
  const { written, ...some } = taken(column, problem.usualRows), known = problem.schemaOf(column.name);
  if (some.type === "text") return { ...some, codes: Int32Array.of(commonest(some.codes)) };
  const values = some.values.filter((value) => !Number.isNaN(value));
  if (some.type === "date") return { ...some, values: Float64Array.of(values.sort()[values.length >> 1]) };
  const isCounted = (known && known.kind !== "number") || !values.length;
  return { ...some, values: Float64Array.of(isCounted ? commonest(values) : median(values)) };
}

/** The commonest value, of equally common ones the least; NaN of none. */
function commonest(values) {
  const counts = new Map();
  for (const value of [...values].sort((a, b) => a - b)) counts.set(value, (counts.get(value) ?? 0) + 1);
  let found = NaN;
  for (const [value, count] of counts) if (count > (counts.get(found) ?? 0)) found = value;
  return found;
}
