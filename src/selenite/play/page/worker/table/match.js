// Finds the columns of a schema in a table, by name, and the code of each row's category.

import { Refusal, listed, shown } from "../text.js";
import { EXACT, asText, cellText, numberText, present, spellings } from "./column.js";

export const SET_ASIDE = ["identifier", "constant"];
const TYPES = { number: "number", date: "date" }; // of columns, that a kind needs; other kinds take any

export const called = (name) => (name ? `column ${shown(name)}` : "the column without a name");

/** The column of each input column of a schema. */
export function match(schema, columns) {
  const given = new Map(columns.map((column) => [column.name, column]));
  return schema.filter(({ kind }) => !SET_ASIDE.includes(kind)).map((known) => {
    const column = given.get(known.name);
    if (!column) throw new Refusal(`${called(known.name)} is missing; there are ${listed([...given.keys()])}`);
    checkType(known, column);
    return { known, column };
  });
}

/** Refuse text where numbers were, and the like; a column of gaps alone may be any. */
function checkType({ name, kind }, column) {
  if (!TYPES[kind] || TYPES[kind] === column.type) return;
  const [row] = present(column);
  if (row === undefined) return;
  throw new Refusal(`${called(name)} held ${kind}s in training, but here ${shown(cellText(column, row))}. Correct it, or leave it empty if it is missing`);
}

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
