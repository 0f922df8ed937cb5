/* Numbers as texts, read by the options that the model's own table was read with: as table/numerals.py. */

import { FACTS } from "./facts.js";

const { decimal, thousands, strip } = FACTS.read;
const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const ALIKE = { " ": "[\\s\\p{Z}]", "'": "['’]" }; // marks between thousands that look the same

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
const marks = `[\\s\\p{Z}${escaped(strip.replace(/[()]/g, ""))}]*`, mark = ALIKE[thousands] ?? escaped(thousands);
const STRIPPED = new RegExp(`^${marks}([+-]?)${marks}|${marks}$`, "gu"); // -$5 is -5, 1$5 no number
const BRACKETED = new RegExp(`^${marks}\\(${marks}([\\d.,][^()+-]*)\\)${marks}$`, "u"); // ($5) is -5
const GROUPED = new RegExp(`^[+-]?[1-9]\\d{0,2}(?:${mark}\\d{3})+(?:${escaped(decimal)}\\d*)?$`, "u");
const MARKS = new RegExp(mark, "gu");

/** The number that a text spells; NaN for any other text. */
export function numberOf(text) {
  let plain = text.trim().replace(/[−–—‐‑‒－﹣]/g, "-");
  if (/[()]/.test(strip)) plain = plain.replace(BRACKETED, "-$1");
  if (strip) plain = plain.replace(STRIPPED, "$1");
  if (thousands && GROUPED.test(plain)) plain = plain.replace(MARKS, "");
  if (decimal !== ".") plain = plain.replaceAll(".", "·").replaceAll(decimal, ".");
  return PLAIN.test(plain) ? Number(plain) : NaN;
}
