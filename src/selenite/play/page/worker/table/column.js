/* A table's columns, each with its gaps, and their values as text, as table/cells.py writes them:

   { name, type: "number", values, whole, logical, written }   float64, NaN a gap; whole numbers, or true and false as 1 and 0;
                                                               the cells { codes, texts } where the values would not give them again
   { name, type: "text", codes, texts }                        int32, -1 a gap
   { name, type: "date", values, zoned }                       microseconds since 1970, NaN a gap */

import { range, rowsOf } from "../numbers.js";
import { exact } from "../text.js";

export const EXACT = 2 ** 53; // whole numbers from here on lose digits

export const lengthOf = ({ codes, values }) => (codes ?? values).length;

/** Whether each row has no value. */
export function gapsOf({ type, codes, values }) {
  const isText = type === "text", of_each = isText ? codes : values, found = new Uint8Array(of_each.length);
  for (let row = 0; row < found.length; row++) found[row] = isText ? of_each[row] < 0 : of_each[row] !== of_each[row];
  return found;
}

/** The rows of a column that have a value. */
export function present(column) {
  const gaps = gapsOf(column);
  return range(gaps.length).filter((row) => !gaps[row]);
}

/** Some rows of a column, in the given order. */
export function taken(column, rows) {
  const some = (values) => rowsOf(values, 1, rows);
  if (column.type === "text") return { ...column, codes: some(column.codes) };
  return { ...column, values: some(column.values), ...(column.written && { written: { ...column.written, codes: some(column.written.codes) } }) };
}

/** In the order of their code points, in which Python sorts texts. */
export function byCodePoint(a, b) {
  const [x, y] = [[...a], [...b]], at = x.findIndex((letter, i) => letter !== y[i]);
  if (at < 0) return x.length - y.length;
  return at < y.length ? x[at].codePointAt() - y[at].codePointAt() : 1;
}

/** A number as text, a whole one without a point. */
export const numberText = (value, { logical = false } = {}) => (logical && value === value ? (value ? "true" : "false") : exact(value));

/** A number as Python's repr writes it: a whole one with a point. */
const repr = (value) => (Number.isInteger(value) && Math.abs(value) < 1e16 ? `${Object.is(value, -0) ? "-0" : value}.0` : exact(value));

/** A moment as text, midnight as its day alone. */
export function dateText(moment) {
  const text = new Date(Math.floor(moment / 1e6) * 1000).toISOString();
  return moment % 86_400e6 === 0 ? text.slice(0, 10) : text.slice(0, 19);
}

/** A cell as its source writes it; "" where it is a gap. */
export function cellText(column, row) {
  const { type, codes, texts, values, written } = column;
  if (type === "text") return texts[codes[row]] ?? "";
  if (Number.isNaN(values[row])) return "";
  if (written) return written.texts[written.codes[row]];
  return type === "date" ? dateText(values[row]) : numberText(values[row], column);
}

/** A column as text: which of its different texts each row has, -1 a gap. */
export function asText(column) {
  const { type, codes, texts, values, written } = column;
  if (type === "text") return { codes, texts };
  if (written) return { codes: written.codes.map((code, row) => (Number.isNaN(values[row]) ? -1 : code)), texts: written.texts };
  const textOf = new Map(), codeOf = new Map();
  for (const value of [...new Set(values)].filter((each) => !Number.isNaN(each)).sort((a, b) => a - b)) {
    const text = type === "date" ? dateText(value) : numberText(value, column);
    if (!codeOf.has(text)) codeOf.set(text, codeOf.size);
    textOf.set(value, codeOf.get(text));
  }
  return { codes: Int32Array.from(values, (value) => textOf.get(value) ?? -1), texts: [...codeOf.keys()] };
}

/** The different cells as text, sorted, and how often each occurs. */
export function countedTexts(column) {
  const { codes, texts } = asText(column), counts = new Int32Array(texts.length);
  for (const code of codes) if (code >= 0) counts[code] += 1;
  const order = [...counts.keys()].filter((code) => counts[code]).sort((a, b) => byCodePoint(texts[a], texts[b]));
  return { texts: order.map((code) => texts[code]), counts: order.map((code) => counts[code]) };
}

/** The different numbers as their source writes them, the value of each, and which of them each row is; gaps are -1. */
export function spellings({ values, whole = false, logical = false, written }) {
  if (written) {
    const used = [...new Set(written.codes)].filter((code) => code >= 0).sort((a, b) => a - b), place = new Map(used.map((code, i) => [code, i]));
    const first = used.map((code) => written.codes.indexOf(code));
    return { texts: used.map((code) => written.texts[code]), values: first.map((row) => values[row]), rows: written.codes.map((code) => place.get(code) ?? -1) };
  }
  const different = [...new Set(values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b), place = new Map(different.map((value, i) => [value, i]));
  const texts = different.map((value) => (whole || logical ? numberText(value, { logical }) : repr(value)));
  return { texts, values: different, rows: Int32Array.from(values, (value) => place.get(value) ?? -1) };
}

/** How many different values there are, gaps left out. */
export const countDifferent = ({ type, codes, values }) => new Set(type === "text" ? codes.filter((code) => code >= 0) : values.filter((value) => value === value)).size;
