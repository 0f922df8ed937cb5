/* What each column adds to a prediction: Shapley values, computed as `selenite explain` computes them.

   A coalition of columns is worth the mean prediction of the baseline's rows with the explained row's values in these columns.
   A column's value is what it gains a coalition, averaged over all orders in which columns can join. */

import { CLASSES, COLUMNS, CROSSED, PLAN } from "../model.js";
import { FACTS } from "./facts.js";
import { N_OWN, added, addedKnown, addedPair, answersOfSums, partsFrom } from "./mixing.js";
import { finished } from "./work.js";

const OFTEN = 64; // predictions between two steps
const SOON = 50_000; // predictions that take no more than a moment
const STRIDE = 53; // between the orders of a draft; a prime
const PARTS = COLUMNS.filter(({ n_inputs }) => n_inputs > 0 || PLAN.known_rows);
const M = PARTS.length;
const BASELINE = (FACTS.baseline?.rows ?? []).map(partsFrom);
const SIDES = PLAN.crossings.map(({ first, second }) => [first, second].map((k) => CROSSED.indexOf(k)));
const CODE_OF = PARTS.map((column) => CROSSED.indexOf(COLUMNS.indexOf(column))); // the place of a column's code
const JOINT_OF = CODE_OF.map((code, k) => [...(code < 0 ? [] : [code]), ...(PLAN.known_rows ? [CROSSED.length + k] : [])]); // ... and bits
const PAIRS_OF = CODE_OF.map((code) => SIDES.flatMap((sides, k) => (sides.includes(code) ? [k] : [])));

/** Whether one waits so long for exact values that sampled ones are worth a look. */
export const takesLong = FACTS.method === "exact" && 2 ** M * BASELINE.length > SOON;

/** The index of the class whose probability is explained: the second of two, of more the likeliest; 0 for a number. */
export const explained = (answers) => (CLASSES.length === 2 ? 1 : answers.indexOf(Math.max(...answers)));

/** Computes { values, errors, base, prediction } of a row's parts in many steps; errors are standard errors, null where nothing was drawn. */
export const contributions = (parts, index) => (FACTS.method === "exact" ? exact(parts, index) : sampled(parts, index));

/** The same from some of the orders, to be seen while something is dragged: as many as there is time for, in milliseconds. */
export function draft(parts, index, time) {
  const until = performance.now() + time;
  return finished(sampled(parts, index, () => performance.now() > until));
}

/** What each column adds to the sums of the first layers. */
const sumsOf = (source) => PARTS.map(({ at, n_inputs }) => added(source, at, at + n_inputs));

/** A row of the baseline, whose columns become those of the row explained, one after the other. */
class Mixed {
  constructor(row, parts, after) {
    const before = sumsOf(row);
    this.from = row.slice(N_OWN);
    this.to = parts.slice(N_OWN);
    this.joint = this.from.slice(); // codes and bits
    this.sums = new Float64Array(before[0].length);
    for (const part of before) add(this.sums, part, 1);
    PLAN.crossings.forEach((_, k) => this.addPair(k, 1));
    for (const [k, part] of before.entries()) {
      for (let i = 0; i < part.length; i++) part[i] = after[k][i] - part[i];
    }
    this.steps = before;
  }

  copy() {
    return Object.assign(Object.create(Mixed.prototype), this, { sums: this.sums.slice(), joint: this.joint.slice() });
  }

  /** What is answered, for the class or number of an index. */
  answer(index) {
    const known = PLAN.known_rows && addedKnown(this.joint.slice(CROSSED.length));
    return answersOfSums(known ? this.sums.map((sum, i) => sum + known[i]) : this.sums)[index];
  }

  /** Let a column be the explained row's, sign 1, or the baseline's again, -1. */
  step(part, sign) {
    for (const k of PAIRS_OF[part]) this.addPair(k, -1);
    add(this.sums, this.steps[part], sign);
    for (const at of JOINT_OF[part]) this.joint[at] = (sign > 0 ? this.to : this.from)[at];
    for (const k of PAIRS_OF[part]) this.addPair(k, 1);
  }

  addPair(k, sign) {
    const [a, b] = SIDES[k];
    add(this.sums, addedPair(PLAN.crossings[k], this.joint[a], this.joint[b]), sign);
  }
}

function add(sums, by, sign) {
  for (let i = 0; i < sums.length; i++) sums[i] += sign * by[i];
}

function* exact(parts, index) {
  const worth = new Float64Array(2 ** M), { length } = worth, after = sumsOf(parts);
  for (const [done, row] of BASELINE.entries()) {
    const mixed = new Mixed(row, parts, after);
    for (let k = 0, coalition = 0; ; ) { // in Gray's order one column joins or leaves at a time
      worth[coalition] += mixed.answer(index) / BASELINE.length;
      if (++k === length) break;
      const part = 31 - Math.clz32(k & -k);
      coalition ^= 1 << part;
      mixed.step(part, (coalition >> part) & 1 ? 1 : -1);
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
export function* sampled(parts, index, enough = null) {
  const after = sumsOf(parts), n = FACTS.starts.length, groups = new Map(); // of a baseline's row, what its orders gave
  let base = 0, prediction = 0;
  for (let done = 0; done < n && !(done && enough?.()); done++) {
    const pair = enough ? (done * STRIDE) % n : done, start = FACTS.starts[pair], order = FACTS.orders[pair];
    const begun = new Mixed(BASELINE[start], parts, after), first = begun.answer(index), gains = new Float64Array(M);
    for (const way of [order, order.toReversed()]) {
      const mixed = begun.copy();
      let before = first;
      for (const part of way) {
        mixed.step(part, 1);
        const now = mixed.answer(index);
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
