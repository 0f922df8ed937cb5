/* An expansion: a number taken apart into terms that add up to it, each made of factors that can be opened in their turn.

     value = Σ terms,   term = pattern(factors), such as {0} × {1} or 1 / (1 + e^(-{0}))

   The check says whether the terms add up to what the kernel computed, in units in the last place of the largest number added. */

import { grouped } from "../text.js";
const FEW_ULP = 4;
const TINY = 2.2250738585072014e-308;

/** A pattern as plain text and in LaTeX; {0}, {1} are the places of the factors, @0, @1 in LaTeX with a number in braces of its own. */
export const pattern = (text, latex = text) => ({ text, latex });

/** One number inside a term: where it is found, and what it is called. */
export const constant = (value, symbol, more = {}) => ({ value, symbol, address: "", opens: false, alias: "", equation: 0, scale: 0, opened: null, ...more });

/** A summand. */
export const term = (label, value, factors = [], itsPattern = pattern("{0}")) => ({ label, value, factors, pattern: itsPattern, count: 1 });

/** The product of factors, the last of them below the fraction bar if `over`. */
export function product(label, factors, { over = false, negative = false } = {}) {
  const last = factors.length - 1;
  let size = negative ? -1 : 1;
  factors.forEach((factor, k) => { size = over && k === last ? size / factor.value : size * factor.value; });
  const places = factors.map((_, k) => `{${k}}`), above = over ? places.slice(0, -1) : places, sign = negative ? "-" : "";
  const text = above.join(" × "), latex = above.join(" \\cdot ");
  const whole = over ? pattern(`${text} / ${places[last]}`, `\\frac{${latex}}{${places[last]}}`) : pattern(text, latex);
  return term(label, size, factors, pattern(sign + whole.text, sign + whole.latex));
}

/** The same terms with a sign turned: p - y. */
export const difference = (p, y) => [product("p", [p]), product("y", [y], { negative: true })];

/** A term's size, or that of the largest number added inside it. */
export function scaleOf({ value, factors }) {
  let size = Math.abs(value);
  for (const factor of factors) if (factor.scale > Math.abs(factor.value) && factor.value !== 0) size *= factor.scale / Math.abs(factor.value);
  return size;
}

/** The check of terms against the kernel's value; `scale` is the largest number added that no term shows. */
export function checked(value, terms, scale = 0) {
  const total = exactSum(terms.map((one) => one.value));
  let largest = Math.max(Math.abs(value), scale), sum = 0;
  for (const one of terms) largest = Math.max(largest, Math.abs((sum += one.value)), scaleOf(one));
  const off = total === value ? 0 : Number.isFinite(total) && Number.isFinite(value) ? Math.abs(total - value) / spacing(Math.max(largest, TINY)) : Infinity;
  const ulp = off < 1e15 ? Math.ceil(off) : 1e15, limit = Math.max(FEW_ULP, Math.ceil(terms.length / 2));
  return { total, ulp, limit, holds: ulp <= limit, scale: (largest * limit) / FEW_ULP };
}

/** The expansion with its largest terms only, by size, and one for the sum of the rest. */
export function shortened(expansion, most) {
  const bySize = expansion.terms.slice().sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const within = (factor) => (factor.opened ? { ...factor, opened: shortened(factor.opened, most) } : factor);
  let terms = bySize.map((one) => ({ ...one, factors: one.factors.map(within) }));
  const rest = bySize.slice(most);
  if (rest.length > 1) {
    const others = { ...term(`${grouped(rest.length)} others`, exactSum(rest.map((one) => one.value)), [], pattern("")), count: rest.length };
    terms = [...terms.slice(0, most), others];
  }
  return { ...expansion, terms };
}

/** This expansion and those opened inside it, the nearest first. */
export function* allOpened(expansion) {
  const waiting = [expansion];
  while (waiting.length) {
    const next = waiting.shift();
    yield next;
    for (const one of next.terms) for (const factor of one.factors) if (factor.opened) waiting.push(factor.opened);
  }
}

/** The sum of numbers, rounded once (Shewchuk 1997). */
export function exactSum(numbers) {
  if (numbers.some((x) => !Number.isFinite(x))) return numbers.reduce((sum, x) => sum + x, 0);
  const partials = [];
  for (let x of numbers) {
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y, low = y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  let n = partials.length, high = n ? partials[--n] : 0, low = 0;
  while (n > 0) {
    const x = high, y = partials[--n];
    high = x + y;
    low = y - (high - x);
    if (low !== 0) break;
  }
  if (n > 0 && low !== 0 && Math.sign(low) === Math.sign(partials[n - 1])) { // halves round to even unless more follows
    const twice = low * 2, tried = high + twice;
    if (twice === tried - high) high = tried;
  }
  return high;
}

/** The distance from a positive double to the next. */
export function spacing(x) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0) - x;
}
