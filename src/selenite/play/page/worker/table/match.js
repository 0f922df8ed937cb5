// The code of each row's category, however a cell is written.

import { shown } from "../text.js";
import { EXACT, asText, numberText, spellings } from "./column.js";

export const SET_ASIDE = ["identifier", "constant", "text"]; // what words say of the answers is in columns of their own

export const called = (name) => (name ? `column ${shown(name)}` : "the column without a name");

/** The code of each row's category: -1 where it is missing, the number of categories where it was never seen. */
export function categoryCodes({ categories, kind }, column) {
  const isPair = kind === "yes/no", unseen = categories.length, fold = (text) => (isPair ? folded(text) : text);
  const codeOf = new Map(categories.map((text, code) => [fold(text), code]));
  if (column.type !== "number") {
    const { codes, texts } = asText(column), found = texts.map((text) => codeOf.get(fold(text)) ?? unseen);
    return codes.map((code) => (code < 0 ? -1 : found[code]));
  }
  const { texts, values, rows } = spellings(column), byValue = new Map([...codeOf].map(([text, code]) => [valueOf(text), code]));
  if (isPair && unseen) byValue.set(0, 0).set(1, 1);
  else if (column.logical) {
    byValue.clear();
    for (const [text, code] of codeOf) byValue.set({ false: 0, true: 1 }[folded(text)], code);
  }
  const found = texts.map((text, i) => {
    const exactly = codeOf.get(text) ?? unseen;
    if (exactly < unseen || (Math.abs(values[i]) >= EXACT && column.written)) return exactly; // its digits are in the text alone
    return codeOf.get(numberText(values[i], column)) ?? byValue.get(values[i]) ?? unseen;
  });
  return Int32Array.from(rows, (row, i) => (Number.isNaN(column.values[i]) ? -1 : found[row]));
}

/** A text without its case and the blanks at its ends. */
export const folded = (text) => text.trim().toLowerCase().replaceAll("ſ", "s");

/** The number that a category spells, as Python reads one; undefined where it spells none. */
export function valueOf(text) {
  const plain = text.trim().replace(/(?<=\d)_(?=\d)/g, "");
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain)) return Number(plain);
  const [, sign] = /^([+-]?)inf(?:inity)?$/i.exec(plain) ?? [];
  return sign === undefined ? undefined : sign === "-" ? -Infinity : Infinity;
}
