/* What each column adds to a prediction: Shapley values, computed as `selenite explain` computes them.

   A coalition of columns is worth the mean prediction of the baseline's rows with the explained row's values in these columns.
   A column's value is what it gains a coalition, averaged over all orders in which columns can join. */

import { CLASSES, COLUMNS } from "../model.js";
import { FACTS } from "./facts.js";
import { added, answersOfSums } from "./mixing.js";
import { finished } from "./work.js";

const OFTEN = 64; // predictions between two steps
const SOON = 50_000; // predictions that take no more than a moment
const STRIDE = 53; // between the orders of a draft; a prime
const PARTS = COLUMNS.filter(({ n_inputs }) => n_inputs > 0);
const M = PARTS.length;
const BASELINE = FACTS.baseline?.rows ?? [];

/** Whether one waits so long for exact values that sampled ones are worth a look. */
export const takesLong = FACTS.method === "exact" && 2 ** M * BASELINE.length > SOON;

/** The index of the class whose probability is explained: the second of two, of more the likeliest; 0 for a number. */
export const explained = (answers) => (CLASSES.length === 2 ? 1 : answers.indexOf(Math.max(...answers)));

/** Computes { values, errors, base, prediction } in many steps; errors are standard errors, null where nothing was drawn. */
export const contributions = (inputs, index) => (FACTS.method === "exact" ? exact(inputs, index) : sampled(inputs, index));

/** The same from some of the orders, to be seen while something is dragged: as many as there is time for, in milliseconds. */
export function draft(inputs, index, time) {
  const until = performance.now() + time;
  return finished(sampled(inputs, index, () => performance.now() > until));
}

/** What each column adds to the sums of the first layers. */
const sumsOf = (source) => PARTS.map(({ at, n_inputs }) => added(source, at, at + n_inputs));

/** The sums of a row of the baseline, and what each column changes in them on the way to the row explained. */
function stepsFrom(row, after) {
  const before = sumsOf(row), sums = new Float64Array(before[0].length);
  for (const part of before) step(sums, part, 1);
  for (const [k, part] of before.entries()) {
    for (let i = 0; i < part.length; i++) part[i] = after[k][i] - part[i];
  }
  return { sums, steps: before };
}

function step(sums, by, sign) {
  for (let i = 0; i < sums.length; i++) sums[i] += sign * by[i];
}

function* exact(inputs, index) {
  const worth = new Float64Array(2 ** M), { length } = worth, after = sumsOf(inputs);
  for (const [done, row] of BASELINE.entries()) {
    const { sums, steps } = stepsFrom(row, after);
    for (let k = 0, coalition = 0; ; ) { // in Gray's order one column joins or leaves at a time
      worth[coalition] += answersOfSums(sums)[index] / BASELINE.length;
      if (++k === length) break;
      const part = 31 - Math.clz32(k & -k);
      coalition ^= 1 << part;
      step(sums, steps[part], (coalition >> part) & 1 ? 1 : -1);
      if (k % OFTEN === 0) yield (done + k / length) / BASELINE.length;
    }
  }
  const share = completing();
  const values = PARTS.map((_, part) => worth.reduce((sum, value, s) => {
    const size = popcount(s), inside = (s >> part) & 1;
    return sum + (inside ? share[size] : -share[size + 1]) * value;
  }, 0));
  return { values, errors: null, base: worth[0], prediction: worth[length - 1] };
}

/** Of M! orders, (s - 1)! (M - s)! let a column complete a coalition of s: their share, for each s. */
function completing() {
  const share = [0, 1 / M];
  for (let s = 2; s <= M; s++) share.push((share[s - 1] * (s - 1)) / (M - s + 1));
  return share;
}

function popcount(bits) {
  let n = 0;
  for (let left = bits; left; left &= left - 1) n++;
  return n;
}

/** From all orders, or, far apart among them first, until there are enough; one at least. */
export function* sampled(inputs, index, enough = null) {
  const after = sumsOf(inputs), n = FACTS.starts.length, groups = new Map(); // of a baseline's row, what its orders gave
  let base = 0, prediction = 0;
  for (let done = 0; done < n && !(done && enough?.()); done++) {
    const pair = enough ? (done * STRIDE) % n : done, start = FACTS.starts[pair], order = FACTS.orders[pair];
    const { sums, steps } = stepsFrom(BASELINE[start], after), first = answersOfSums(sums)[index], gains = new Float64Array(M);
    for (const way of [order, order.toReversed()]) {
      const mixed = sums.slice();
      let before = first;
      for (const part of way) {
        step(mixed, steps[part], 1);
        const now = answersOfSums(mixed)[index];
        gains[part] += (now - before) / 2;
        before = now;
      }
      prediction = before;
    }
    if (!groups.has(start)) { groups.set(start, []); base += first; }
    groups.get(start).push(gains);
    yield done / n;
  }
  return { ...summed([...groups.values()]), base: base / groups.size, prediction };
}

/** The mean of the groups' means, and its standard error by what the orders of one row differ by. */
function summed(groups) {
  const mean = (group, part) => group.reduce((sum, gains) => sum + gains[part], 0) / group.length;
  const more = groups.reduce((sum, group) => sum + group.length - 1, 0), inverse = groups.reduce((sum, group) => sum + 1 / group.length, 0);
  const values = PARTS.map((_, part) => groups.reduce((sum, group) => sum + mean(group, part), 0) / groups.length);
  const errors = PARTS.map((_, part) => {
    const within = groups.reduce((sum, group) => sum + group.reduce((inner, gains) => inner + (gains[part] - mean(group, part)) ** 2, 0), 0);
    return Math.sqrt((within / more) * inverse) / groups.length;
  });
  return { values, errors };
}
