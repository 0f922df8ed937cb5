/* Each column's curve: the answers were it changed alone, to each value that it is tried at. */

import { COLUMNS, CROSSED, PLAN, answersOf, encode } from "../model.js";
import { hasRange, isListed, rowOf, tried } from "./columns.js";
import { added, answersOfSums } from "./mixing.js";

/** The curves of the class or number of this index; null of a column with nothing to try. */
export function curves(values, inputs, index) {
  const sums = added(inputs, 0, inputs.length);
  return COLUMNS.map((column, k) => {
    if (!isListed(column) && !hasRange(column)) return null;
    if (PLAN.known_rows || CROSSED.includes(k)) return tried(column).map((value) => answersOf(encode(rowOf(values.with(k, value))))[index]);
    const part = (source) => added(source, column.at, column.at + column.n_inputs), own = part(inputs);
    const others = sums.map((sum, i) => sum - own[i]);
    return tried(column).map((value) => {
      const now = part(encode(rowOf(values.with(k, value))));
      return answersOfSums(others.map((sum, i) => sum + now[i]))[index];
    });
  });
}
