/* A table of text: read as the model's own table was written, answered row by row, and written again. */

import { CLASSES, COLUMNS, PLAN, encode, outside, predict, predictProba } from "../model.js";
import { FACTS } from "./facts.js";
import { numberOf } from "./numerals.js";

const READ = FACTS.read;
const SEPARATORS = [READ.separator, ",", ";", "\t", "|"];
const NUMBERS_MISSING = READ.missing.map(numberOf).filter((value) => !Number.isNaN(value));

/** Rows of the model's from a table's text; an error says what is wrong, and in which line. */
export function rowsOf(text) {
  const names = COLUMNS.map(({ name }) => name), records = recordsOf(text, separatorOf(text, names));
  const head = records.next().value?.cells ?? [], lacking = names.filter((name) => !head.includes(name));
  if (lacking.length) throw new Error(`the table lacks ${lacking.map((name) => `"${name}"`).join(", ")}; its first line has ${head.slice(0, 12).map((name) => `"${name}"`).join(", ") || "nothing"}`);
  const places = names.map((name) => head.indexOf(name)), rows = [];
  for (const { cells, line } of records) {
    if (cells.length !== head.length) throw new Error(`line ${line} has ${cells.length} cells, the first line ${head.length}`);
    try {
      rows.push(Object.fromEntries(COLUMNS.map((column, k) => [column.name, valueOf(column, cells[places[k]])])));
      encode(rows.at(-1));
    } catch (error) {
      throw new Error(`line ${line}: ${error.message}`);
    }
  }
  return rows;
}

/** The separator by which the first line names the columns; the model's own where none does. */
function separatorOf(text, names) {
  const fits = (separator) => { const head = recordsOf(text, separator).next().value?.cells ?? []; return names.every((name) => head.includes(name)); };
  return SEPARATORS.find(fits) ?? READ.separator;
}

/** Text with the columns of `selenite predict`: the prediction, the probability of each class, and what lies outside. */
export function predictionsOf(rows) {
  const lines = [["prediction", ...CLASSES.map((label) => `probability of ${label}`), "outside"]];
  for (const row of rows) lines.push([predict(row), ...(CLASSES.length ? predictProba(row).map(digits) : []), outside(row).join("; ")]);
  return lines.map((cells) => `${cells.map(cellOf).join(",")}\n`).join("");
}

/** A probability in the digits that its precision has. */
const digits = (share) => (PLAN.is_single ? Number(share.toPrecision(8)) : share);

const cellOf = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));

/** Lines of cells with the number of the line that each begins in (RFC 4180); empty lines are left out. */
function* recordsOf(text, separator) {
  let cells = [], cell = "", quoted = false, line = 1, begun = 1;
  for (let i = text.startsWith("\uFEFF") ? 1 : 0; i <= text.length; i++) {
    const c = text[i] ?? "\n"; // the last line may lack its end
    if (i === text.length && quoted) throw new Error(`the quote that line ${begun} opens is never closed`);
    if (c === "\n") line++;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') { cell += c; i++; }
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator) { cells.push(cell); cell = ""; }
    else if (c === "\n") {
      if (cells.length || cell !== "") yield { cells: [...cells, cell], line: begun };
      [cells, cell, begun] = [[], "", line];
    } else if (c !== "\r" || text[i + 1] !== "\n") cell += c;
  }
}

/** What a cell holds, as the model takes it: null where it is missing. */
function valueOf({ kind, categories, missing, name }, text) {
  if (categories.includes(text) && !(text === "" && missing)) return text;
  if (READ.missing.includes(text.trim())) return null;
  if (categories.length) return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === "text") return text;
  if (kind === "date") return dateOf(text.trim());
  const value = numberOf(text);
  if (Number.isNaN(value)) throw new Error(`"${text}" in "${name}" is no number`);
  return NUMBERS_MISSING.includes(value) ? null : value;
}

/** A date as the model's own table wrote it, in numbers such as %d/%m/%Y; any other text as it is. */
const dateOf = (text) => READ.dates.split("|").map((format) => dateIn(format, text)).find((date) => date !== null) ?? text;

function dateIn(format, text) {
  const fields = { Y: "(\\d{4})", y: "(\\d\\d)", m: "(\\d\\d?)", d: "(\\d\\d?)", H: "(\\d\\d?)", M: "(\\d\\d?)", S: "(\\d\\d?)" };
  const order = [...format.matchAll(/%(\w)/g)].map(([, field]) => field);
  if (!order.length || !order.every((field) => field in fields)) return null;
  const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/%(\w)/g, (_, field) => fields[field]);
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (!found) return null;
  const part = Object.fromEntries(order.map((field, k) => [field, Number(found[k + 1])]));
  const year = part.Y ?? (part.y ?? 0) + (part.y < 69 ? 2000 : 1900);
  const date = new Date(Date.UTC(year, (part.m ?? 1) - 1, part.d ?? 1, part.H ?? 0, part.M ?? 0, part.S ?? 0));
  return date.getUTCDate() === (part.d ?? 1) ? date : null; // 31 February is none
}
