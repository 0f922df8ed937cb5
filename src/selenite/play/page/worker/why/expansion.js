/* An expansion: a number taken apart into terms that add up to it, each term made of factors that can be opened.

     value = Σ terms,    term = pattern(factors), such as #0 × #1 or 1 / (1 + e^(-#0))

   It is a tree: a factor may hold the expansion of its own number. The check says whether the terms add up to what the kernel
   computed, counted in units in the last place of the largest number that was added. */

import { grouped } from "../text.js";

const FEW_ULP = 4;
const HARDLY = 2 ** -1022; // the smallest number with all its digits

/** How something is made of its factors: as plain text and in LaTeX. */
export const pattern = (text, latex = text) => ({ text, latex });

/** A number inside a term: what it is called and, where it has one, its address; `scale`: the largest number that was added in
    making it, 0 for its own size. */
export const constant = (value, symbol, given = {}) =>
  ({ value, symbol, address: "", opens: false, alias: "", equation: 0, scale: 0, opened: null, ...given });

/** A summand; its factors are its own, so that each can be opened where it stands. */
export const term = (label, value, factors = [], made = pattern("#0"), count = 1) =>
  ({ label, value, factors: factors.map((factor) => ({ ...factor })), pattern: made, count });

/** The product of factors, the last of them below the fraction bar if `over`. */
export function product(label, factors, { over = false, negative = false } = {}) {
  const places = factors.map((_, i) => `#${i}`), below = over ? places.pop() : "", sign = negative ? "-" : "";
  const text = places.join(" × ") + (over ? ` / ${below}` : ""), latex = places.join(" \\cdot ");
  const value = factors.reduce((size, factor, i) => (over && i === factors.length - 1 ? size / factor.value : size * factor.value),
    negative ? -1 : 1);
  return term(label, value, factors, pattern(sign + text, sign + (over ? `\\frac{${latex}}{${below}}` : latex)));
}

/** A term's size, or that of the largest number added inside it. */
export const scaleOf = ({ value, factors }) => factors.reduce((size, factor) => {
  const own = Math.abs(factor.value);
  return factor.scale > own && own > 0 ? size * (factor.scale / own) : size;
}, Math.abs(value));

/** The check of terms against the kernel's value; `scale` is the largest number added that no term shows.
    The kernel may be wrong by half a unit with each addition: more than 4 units are right where there are more than 8. */
export function checked(value, terms, scale = 0) {
  const total = exactSum(terms.map((each) => each.value));
  let running = 0, largest = Math.max(Math.abs(value), scale);
  for (const each of terms) {
    running += each.value;
    largest = Math.max(largest, Math.abs(running), scaleOf(each));
  }
  const off = total === value ? 0 : Math.abs(total - value) / spacing(Math.max(largest, HARDLY));
  const ulp = off < 1e15 ? Math.ceil(off) : 1e15, limit = Math.max(FEW_ULP, Math.ceil(terms.length / 2));
  return { total, ulp, limit, holds: ulp <= limit, backend: "kernel", scale: (largest * limit) / FEW_ULP };
}

/** The sum of numbers, rounded once: partial sums that do not overlap are kept until the end (Shewchuk 1997). */
function exactSum(values) {
  let partials = [];
  for (let x of values) {
    const kept = [];
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y, low = y - (high - x);
      if (low) kept.push(low);
      x = high;
    }
    partials = [...kept, x];
  }
  return partials.reduceRight((sum, partial) => sum + partial, 0);
}

const number = new Float64Array(1), bits = new BigInt64Array(number.buffer);

/** How far the next double is. */
function spacing(x) {
  number[0] = x;
  bits[0] += 1n;
  return number[0] - x;
}

const bySize = (terms) => terms.map((each, i) => [Math.abs(each.value), i]).sort(([a, i], [b, j]) => b - a || i - j).map(([, i]) => i);

/** The expansion with its largest terms only, by size, and one for the sum of the rest. */
export function shortened(expansion, most) {
  const sorted = bySize(expansion.terms).map((i) => expansion.terms[i]), rest = sorted.slice(most);
  const kept = (rest.length > 1 ? sorted.slice(0, most) : sorted).map((each) => ({
    ...each, factors: each.factors.map((factor) => (factor.opened ? { ...factor, opened: shortened(factor.opened, most) } : factor)),
  }));
  if (rest.length > 1) kept.push(term(`${grouped(rest.length)} others`, exactSum(rest.map((each) => each.value)), [], pattern(""), rest.length));
  return { ...expansion, terms: kept };
}

/** Open the factors of the largest terms of some expansions, level by level, the nearest first, each number once. */
export function openLargest(expansions, levels, expansionOf, known = new Set(expansions.map((each) => each.address))) {
  if (levels === 0) return;
  const below = [];
  for (const { terms } of expansions) {
    const openable = bySize(terms).filter((i) => terms[i].factors.some(({ opens }) => opens));
    for (const i of openable.length <= 2 ? openable : openable.slice(0, 1)) {
      for (const factor of terms[i].factors.filter(({ opens, address }) => opens && !known.has(address))) {
        known.add(factor.address);
        factor.opened = expansionOf(factor.address);
        below.push(factor.opened);
      }
    }
  }
  if (below.length) openLargest(below, levels - 1, expansionOf, known);
}
