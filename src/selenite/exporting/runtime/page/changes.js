/* The nearest change of one column that flips the class, within what training saw. */

import { COLUMNS, predict } from "../model.js";
import { hasRange, isListed, isWhole, rowOf, shareOf, tried } from "./columns.js";

const TRIED = 65, MOST_CATEGORIES = 100, HALVINGS = 40;

/** Finds in many steps { column, value, answer, share } of each column that can flip the class alone; the nearest comes first.

    Numbers and dates are as near as the share of their range that they move by; categories come last. */
export function* changes(values) {
  const found = [], before = predict(rowOf(values));
  for (const [k, column] of COLUMNS.entries()) {
    const answerAt = (value) => predict(rowOf(values.with(k, value)));
    const flips = (value) => answerAt(value) !== before;
    if (isListed(column)) {
      for (const value of tried(column, MOST_CATEGORIES)) {
        yield;
        if (value !== values[k] && flips(value)) found.push({ column: k, value, answer: answerAt(value), share: null });
      }
    } else if (hasRange(column) && values[k] !== null) {
      const value = yield* nearest(column, values[k], flips);
      if (value !== null) found.push({ column: k, value, answer: answerAt(value), share: Math.abs(value - values[k]) / (column.maximum - column.minimum) });
    }
  }
  return found.sort((one, other) => (one.share ?? 2) - (other.share ?? 2));
}

/** The number nearest to x at which the class flips, in as few digits as it takes; null where there is none. */
function* nearest(column, x, flips) {
  const points = [...tried(column, TRIED), ...column.rank_quantiles, ...column.frequent_values];
  const sorted = [...new Set(points)].filter((point) => point >= column.minimum && point <= column.maximum && point !== x).sort((a, b) => Math.abs(a - x) - Math.abs(b - x));
  for (const point of sorted) {
    yield;
    if (flips(point)) return yield* refined(column, x, point, flips);
  }
  return null;
}

/** Closes in on where the class flips between x and a point at which it has; then rounds away from x. */
function* refined(column, x, point, flips) {
  let near = Math.min(Math.max(x, column.minimum), column.maximum), far = point;
  if (flips(near)) return near; // x lies outside, and the end flips
  for (let k = 0; k < HALVINGS; k++) {
    const middle = isWhole(column) ? Math.round((near + far) / 2) : (near + far) / 2;
    if (middle === near || middle === far) break;
    if (flips(middle)) far = middle;
    else near = middle;
    yield;
  }
  if (isWhole(column) || column.kind === "date") return far;
  for (let digits = 2; digits < 12; digits++) {
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(far) || 1)) - digits + 1);
    const value = Number(((far > x ? Math.ceil(far / unit) : Math.floor(far / unit)) * unit).toPrecision(12));
    if (shareOf(column, value) > 0 && value <= column.maximum && Math.abs(value - far) <= Math.abs(far - x) / 20 && flips(value)) return value;
  }
  return far;
}
