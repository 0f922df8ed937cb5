/* What a column of text holds: numbers, true and false, dates in ISO 8601, or really text, as table/infer.py finds. Where that would
   look further, for other notations, for mistakes among numbers or dates, the column is refused. */

import { grouped, shown } from "../text.js";
import { beyond } from "./cells.js";
import { EXACT } from "./column.js";
import { called } from "./match.js";

const MISSING = new Set(["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "#NA", "<NA>", "NaT", "-NaN", "-nan", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "#N/A N/A"]);
const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/, MINUS = /[−–—‐‑‒－﹣]/g;
const OWN = { int: /^(?:0|-?[1-9]\d*)$/, float: /^(?:0|-?[1-9]\d*)\.0$/ }; // whole numbers as their values give them again
const FEW_TEXTS = 20, MISTAKE_SHARE = 0.9, MAJORITY = 0.5;
const LIKE_A_NUMBER = /^[^A-Za-z]*\p{Nd}|^[^A-Za-z\d]*(?:[A-Z]{3}\s|Rs\s?)[^A-Za-z\d]*\d/u; // and much else
const LIKE_A_DATE = /\p{Nd}\D+\p{Nd}+\D+\p{Nd}|^\d{8}T|\d.*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*\d/iu;
const DAY = /^\d{4}-\d{2}-\d{2}/, MOMENT = /^(?!0000)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$/;

/** Whether a column is surely of numbers with a decimal comma. */
export const hasCommas = (cells) => {
  const known = cells.map((cell) => cell.trim()).filter((text) => !MISSING.has(text));
  return known.some((text) => text.includes(",")) && known.every((text) => /^[+-]?\d+(?:,\d+)?$/.test(text));
};

/** The cells of a file's k-th column as a column. */
export function inferColumn(name, cells, decimal, source) {
  const refuse = (what) => beyond(source, `${source}: ${called(name)}`, what);
  const { codes, written, counts } = distinct(cells), texts = written.map((text) => text.trim());
  if (written.some((text, i) => text.replace(/^[ \t]+|[ \t]+$/g, "") !== texts[i])) throw refuse("has other blanks than the usual one at the end of a cell");
  const known = [...texts.keys()].filter((code) => !MISSING.has(texts[code])), some = (values) => known.map((code) => values[code]);
  const present = some(texts), asText = () => textOf(codes, written, known), numbers = (values, type) => numbersOf(codes, known, values, type, some(written), asText);
  const column = (found) => ({ name, ...found });
  if (!known.length) return column({ type: "number", values: new Float64Array(cells.length).fill(NaN) });
  const lower = present.map((text) => text.toLowerCase());
  if (lower.every((text) => text === "true" || text === "false")) return column(numbers(lower.map((text) => Number(text === "true")), "bool"));
  const numerals = present.map((text) => plainNumeral(text, decimal)), isNumber = numerals.map((text) => PLAIN.test(text));
  if (numerals.every((text, i) => isNumber[i] || /^[+-]?inf(?:inity)?$/i.test(text))) {
    const values = numerals.map(Number), whole = !numerals.some((text) => /[.eE]/.test(text));
    if (!values.every(Number.isFinite)) throw refuse(`holds ${shown(present[values.findIndex((value) => !Number.isFinite(value))])}, which is not finite`);
    if (whole && numerals.some((text) => /^[+-]?0\d/.test(text))) return column(asText()); // codes with leading zeros
    if (whole && values.some((value) => Math.abs(value) >= EXACT)) throw refuse(`holds whole numbers beyond ${grouped(EXACT)}`);
    return column(numbers(values, whole ? "int" : "float"));
  }
  const moments = present.map(momentOf);
  if (moments.every(Number.isFinite)) return column({ type: "date", values: Float64Array.from(renumbered(codes, known), (code) => moments[code] ?? NaN), zoned: false });
  const day = present.find((text) => DAY.test(text)) ?? (present.every((text) => LIKE_A_DATE.test(text)) ? present[0] : null);
  if (day !== null) throw refuse(`holds dates, it seems, such as ${shown(day)}`);
  const likeNumbers = present.filter((text) => LIKE_A_NUMBER.test(text)).length;
  const otherwise = present.find((text, i) => !isNumber[i] && !isNoNumber(text));
  if (likeNumbers > MAJORITY * present.length && otherwise !== undefined) throw refuse(`holds numbers, it seems, written as ${shown(otherwise)}`);
  const of = some(counts), all = of.reduce((a, b) => a + b, 0), share = of.reduce((total, count, i) => total + (isNumber[i] ? count : 0), 0) / all;
  if (share > MISTAKE_SHARE - 1e-9 && present.length > FEW_TEXTS) throw refuse(`holds numbers but also ${shown(present[isNumber.indexOf(false)])}`);
  return column(asText());
}

/** The different cells, how often each occurs, and which of them each row is. */
function distinct(cells) {
  const place = new Map(), counts = [];
  const codes = Int32Array.from(cells, (cell) => {
    if (!place.has(cell)) place.set(cell, counts.push(0) - 1);
    counts[place.get(cell)] += 1;
    return place.get(cell);
  });
  return { codes, written: [...place.keys()], counts };
}

/** Microseconds since 1970 of a day, perhaps with a time; NaN of what is none, and of a time with a zone or parts of a second. */
function momentOf(text) {
  const moment = MOMENT.test(text) ? Date.parse(`${text.slice(0, 10)}T${text.slice(11) || "00:00"}Z`) : NaN;
  return moment === moment && new Date(moment).toISOString().startsWith(text.slice(0, 10)) ? 1000 * moment : NaN; // there is no 31st of April
}

/** A text whose numbers are written -1234.5. */
function plainNumeral(text, decimal) {
  const dashed = text.replace(MINUS, "-");
  return decimal === "." ? dashed : dashed.replaceAll(".", "·").replaceAll(decimal, ".");
}

/** Whether a text is no number in any notation: it has no digit, or something between two that no number has. */
function isNoNumber(text) {
  const [between] = /\p{Nd}.*\p{Nd}|\p{Nd}/su.exec(text) ?? [""];
  return !between || /[^\p{Nd}.,'’\s\p{Z}]/u.test(between.replace(/[eE][+−–—‐‑‒－﹣-]?(?=\d)/gu, ""));
}

/** Which code among the known ones each row has, -1 a gap. */
function renumbered(codes, known) {
  const place = new Map(known.map((code, i) => [code, i]));
  return codes.map((code) => place.get(code) ?? -1);
}

const textOf = (codes, written, known) => ({ type: "text", codes: renumbered(codes, known), texts: known.map((code) => written[code]) });

/** Numbers of a type, with their cells beside where the values would not give these again. */
function numbersOf(codes, known, values, type, written, asText) {
  const rows = renumbered(codes, known), column = { type: "number", values: Float64Array.from(rows, (code) => values[code] ?? NaN) };
  if (type === "int") column.whole = true;
  if (type === "bool") column.logical = true;
  const areOwn = type === "bool" ? written.every((text) => text === "true" || text === "false")
    : !values.every(Number.isInteger) || (values.every((value) => Math.abs(value) < EXACT) && written.every((text) => OWN[type].test(text)));
  if (areOwn) return column;
  const { codes: of, texts } = asText();
  return { ...column, written: { codes: of, texts } };
}
