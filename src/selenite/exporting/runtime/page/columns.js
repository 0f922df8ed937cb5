/* What a column may be set to: its usual value, its range as training saw it, and steps on it.

   In the form a date is a number, its days since 1970; `rowOf` makes a row of the model's. */

import { COLUMNS, CROSSED, isPair } from "../model.js";
import { FACTS } from "./facts.js";
import { N_OWN } from "./mixing.js";
import { dateText } from "./written.js";

const STEPS = 400; // of a slider, at most
export const MOST_TRIED = 41;
export const UNSEEN = "a category that training never saw";

/** Whether a column's values are texts of a list. */
export const isListed = (column) => column.categories.length > 0;

/** Whether a column is free text. */
export const isText = ({ terms }) => terms !== null;

/** Whether training saw a range of a column's numbers. */
export const hasRange = ({ minimum, maximum }) => minimum !== null && maximum !== null && minimum < maximum;

/** Whether a gap can be encoded. */
export const mayMiss = ({ kind, center }) => kind !== "number" || center !== null;

/** Whether dates have times of the day. */
export const hasTime = ({ parts }) => parts.some((part) => part.startsWith("day"));

/** Whether all numbers that are known of a column are whole. */
export function isWhole(column) {
  if (column.kind === "date") return !hasTime(column);
  const known = [column.minimum, column.maximum, ...column.rank_quantiles, ...column.frequent_values].filter((value) => value !== null);
  return known.length > 0 && known.every(Number.isInteger);
}

/** The value that a form begins with: the median, or the commonest category of the rows compared with; no text. */
export function usual(column) {
  if (isListed(column)) return column.categories[commonest(column)];
  if (isText(column)) return null;
  return column.center === null ? 0 : rounded(column, column.center);
}

function commonest(column) {
  const counts = column.categories.map(() => 0);
  for (const row of FACTS.baseline?.rows ?? []) {
    const code = codeIn(row, column);
    if (code in counts) counts[code] += 1;
  }
  return counts.indexOf(Math.max(...counts));
}

/** The code of a column's category in a row compared with: told by its part, its statistics or its indicator; none where it is missing. */
function codeIn(row, column) {
  const crossed = CROSSED.indexOf(COLUMNS.indexOf(column));
  if (crossed >= 0) return row[N_OWN + crossed];
  if (column.statistics) return column.statistics.findIndex((values) => values.every((value, k) => Math.fround(value) === Math.fround(row[column.at + k])));
  return isPair(column) ? [-1, 1].indexOf(row[column.at]) : row.indexOf(1, column.at) - column.at;
}

/** How many steps the slider of a column has. */
export const stepsOf = (column) => (isWhole(column) ? Math.min(column.maximum - column.minimum, STEPS) : STEPS);

/** The value at a share of a column's range. */
export function valueAt(column, share) {
  const { minimum, maximum } = column;
  return share <= 0 ? minimum : share >= 1 ? maximum : Math.min(Math.max(rounded(column, minimum + share * (maximum - minimum)), minimum), maximum);
}

/** The share of a column's range at which a value lies, 0 to 1. */
export const shareOf = ({ minimum, maximum }, value) => Math.min(Math.max((value - minimum) / (maximum - minimum), 0), 1);

/** A value to a thousandth of its range, in decimals; a whole one where all are. */
function rounded(column, value) {
  if (isWhole(column)) return Math.round(value);
  if (!hasRange(column) || column.kind === "date") return value;
  const step = 10 ** Math.floor(Math.log10((column.maximum - column.minimum) / 500));
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** A row as the model takes it. */
export const rowOf = (values) => Object.fromEntries(COLUMNS.map((column, k) => [column.name, cellOf(column, values[k])]));

const cellOf = (column, value) => (column.kind === "date" && value !== null ? new Date(Math.round(value * 86_400_000)) : value);

/** Values to try a column at: for a curve over its range, or all categories up to a number. */
export function tried(column, most = MOST_TRIED) {
  if (isListed(column)) return column.categories.slice(0, most);
  const n = isWhole(column) ? Math.min(most, column.maximum - column.minimum + 1) : most;
  return Array.from({ length: n }, (_, k) => valueAt(column, k / (n - 1)));
}

/** A date for a field of the form. */
export const fieldText = (column, value) => (column.kind === "date" ? dateText(value, hasTime(column)) : String(value));
