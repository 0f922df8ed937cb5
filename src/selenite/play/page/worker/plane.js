// The plane that a problem is seen in: two of its columns as axes, the others at their usual values or as in a row.

import { least, mean, median, most, range, rounded } from "./numbers.js";
import { columnNamed } from "./points.js";
import { Refusal, listed, shown } from "./text.js";

export const MARGIN = 0.08; // of the plane beyond the points
const ALIKE = 0.8; // squared correlation of columns that say nearly the same

/** On which points are drawn. */
export const PLANE = ["x1", "x2"].map((name) => ({ name, low: -2, high: 2, labels: [] }));

/** The two columns of the plane: those wanted, else the numbers that tell most. */
export function axesOf(problem, wanted) {
  const { columns, derived } = problem;
  const chosen = [...new Set(wanted)].filter((name) => columns.includes(name));
  const usual = derived ? columns : [...columns].sort((a, b) => telling(problem, b) - telling(problem, a));
  const rest = usual.filter((name) => !chosen.includes(name)), [first] = [...chosen, ...rest];
  const isAlike = (name) => Number(!derived && name !== first && alike(problem, first, name)); // two that say the same are one line of points
  const order = chosen.length < 2 && chosen.length + rest.length > 2 ? [...rest].sort((a, b) => isAlike(a) - isAlike(b)) : rest;
  return [...chosen, ...order].slice(0, 2).map((name) => axisOf(problem, name));
}

/** Whether two columns say nearly the same. */
function alike({ table, training }, first, second) {
  const [a, b] = [first, second].map((name) => { const { values } = columnNamed(table, name); return Float64Array.from(training, (row) => values[row]); });
  return correlation(a, b) ** 2 > ALIKE;
}

/** Refuse an axis that the rows do not have. */
export function checkAxes({ columns }, wanted) {
  for (const name of wanted) {
    if (name && !columns.includes(name)) throw new Refusal(`${shown(name)} cannot be an axis of the picture; these can: ${listed(columns)}`);
  }
}

/** How much a column tells about the target on its own: its squared correlation with it. */
function telling({ table, training, Y, n_outputs }, name) {
  const { values } = columnNamed(table, name), x = Float64Array.from(training, (row) => values[row]);
  const shares = Array.from(range(n_outputs), (k) => correlation(x, Float64Array.from(training, (row) => Y[row * n_outputs + k])) ** 2);
  return rounded(mean(shares) || 0, 9); // columns that tell the same stay in their order, however it was rounded
}

function correlation(x, y) {
  const [a, b] = [x, y].map((values) => { const middle = mean(values); return values.map((value) => value - middle); });
  const product = (u, v) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** A column as one direction of the plane. */
export function axisOf({ table }, name) {
  const { values } = columnNamed(table, name), low = least(values), high = most(values), edge = MARGIN * (high - low) || 1;
  return { name, low: low - edge, high: high + edge, labels: [] };
}

/** Where a row lies along an axis, from 0 to 1. */
export const positionOf = ({ table }, { name, low, high }, row) => (columnNamed(table, name).values[row] - low) / (high - low);

/** The network's inputs at size × size places of the plane, from its upper left corner, row by row. */
export function planeInputs(problem, axes, size, row = null) {
  const across = new Float64Array(size * size), up = new Float64Array(size * size);
  for (let i = 0; i < size * size; i++) {
    across[i] = ((i % size) + 0.5) / size;
    up[i] = (size - 1 - Math.floor(i / size) + 0.5) / size;
  }
  return inputsAt(problem, axes, [across, up], row);
}

/** The inputs at places of the plane, each a share of its axis; other columns are as in a row, or at their median. */
export function inputsAt(problem, axes, places, row = null) {
  return problem.inputsOf(problem.columns.map((name) => {
    const k = axes.findIndex((axis) => axis.name === name), { values } = columnNamed(problem.table, name);
    if (k >= 0) return along(axes[k], places[k]);
    const held = row === null ? median(Float64Array.from(problem.training, (each) => values[each])) : values[row];
    return new Float64Array(places[0].length).fill(held);
  }));
}

/** The values of a column at shares of its axis. */
export const along = ({ low, high }, shares) => shares.map((share) => low + share * (high - low));
