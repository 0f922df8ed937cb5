// Sums, means and orders as NumPy makes them, so that this session and Python's give the same bits.

/** The sum of some of an array's numbers, in pairs: its error grows with the logarithm of their count. */
export function sum(values, from = 0, to = values.length) {
  const n = to - from;
  if (n < 8) {
    let total = 0;
    for (let i = from; i < to; i++) total += values[i];
    return total;
  }
  if (n > 128) {
    const half = from + (n >> 1) - ((n >> 1) % 8);
    return sum(values, from, half) + sum(values, half, to);
  }
  const r = values.slice(from, from + 8), even = to - (n % 8);
  for (let i = from + 8; i < even; i += 8) for (let k = 0; k < 8; k++) r[k] += values[i + k];
  let total = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
  for (let i = even; i < to; i++) total += values[i];
  return total;
}

export const mean = (values) => sum(values) / values.length;

/** The standard deviation of the numbers themselves, no sample of others. */
export function deviation(values) {
  const middle = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - middle) * (value - middle))) / values.length);
}

export function median(values) {
  const sorted = Float64Array.from(values).sort(), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export const least = (values) => values.reduce((found, value) => Math.min(found, value), Infinity);
export const most = (values) => values.reduce((found, value) => Math.max(found, value), -Infinity);

export const range = (n) => Int32Array.from({ length: n }, (_, i) => i);

/** A number without its fraction, halves to the even one. */
export function whole(x) {
  const below = Math.floor(x), rest = x - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

export const rounded = (x, digits) => whole(x * 10 ** digits) / 10 ** digits;

/** Numbers at equal steps, both ends among them. */
export function spaced(low, high, count) {
  const step = (high - low) / (count - 1);
  return Float64Array.from({ length: count }, (_, i) => (i === count - 1 ? high : i * step + low));
}

/** The places of the numbers in ascending order; equal ones as they stand, those that are none at the end. */
export function order(values) {
  return range(values.length).sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    return x < y ? -1 : x > y ? 1 : Number.isNaN(x) - Number.isNaN(y) || a - b;
  });
}

export const largestAt = (values) => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);

/** Some rows of a table of so many columns that lies row by row. */
export function rowsOf(values, columns, rows) {
  const found = new values.constructor(rows.length * columns);
  for (let i = 0; i < rows.length; i++) for (let k = 0; k < columns; k++) found[i * columns + k] = values[rows[i] * columns + k];
  return found;
}

/** One column of such a table. */
export function columnOf(values, columns, k) {
  const found = new Float64Array(values.length / columns);
  for (let i = 0; i < found.length; i++) found[i] = values[i * columns + k];
  return found;
}

/** Columns side by side, row by row. */
export function joined(columns) {
  const n = columns[0].length, found = new Float64Array(n * columns.length);
  columns.forEach((column, k) => column.forEach((value, i) => { found[i * columns.length + k] = value; }));
  return found;
}
