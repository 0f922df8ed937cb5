// A plain table as text: read from a file's bytes, in a page that has no Python behind it, and written for a file, a spreadsheet or a link.

import { equal } from "../settings.js";
import { Refusal } from "../text.js";
import { beyond, cellsOf, commandFor } from "./cells.js";
import { cellText } from "./column.js";
import { hasCommas, inferColumn } from "./infer.js";
import { learn } from "./learn.js";

const OTHER_KINDS = { parquet: "a Parquet file", pq: "a Parquet file", gz: "compressed", tsv: "parted by tabs", tab: "parted by tabs", xlsx: "a spreadsheet", xls: "a spreadsheet", ods: "a spreadsheet" };

/** The table in a file, which can be learnt from. */
export function readTable(source, bytes) {
  const kind = source.slice(source.lastIndexOf(".") + 1).toLowerCase();
  if (kind === "selenite") throw new Refusal(`${source} is a model; a page by itself opens tables only. Open it with ${commandFor(source)}`);
  if (OTHER_KINDS[kind]) throw beyond(source, source, `is ${OTHER_KINDS[kind]}`);
  const { text, names, columns: cells, n_rows, separator, first_line } = cellsOf(bytes, source);
  const decimal = separator === ";" && cells.some(hasCommas) ? "," : ".";
  const columns = names.map((name, k) => inferColumn(name, cells[k], decimal, source));
  const table = { source, n_rows, names, columns, first_line, text, read: { separator, decimal } };
  return { ...table, learn: (wanted) => learn(table, wanted) };
}

/** So many rows of columns as comma-separated text; `guarded`: for a spreadsheet, which then runs no cell as a formula. */
export function csvOf(columns, n_rows, guarded = false) {
  const cell = (text) => csvCell(guarded ? spreadsheetSafe(text) : text);
  const lines = Array.from({ length: n_rows }, (_, row) => columns.map((column) => cell(cellText(column, row))).join(","));
  return [columns.map(({ name }) => cell(name)).join(","), ...lines, ""].join("\n");
}

/** Text as a cell: in quotes if it holds a comma, a quote or a line break, or has blanks at an end. */
const csvCell = (text) => (text === text.trim() && !/[,"\r\n]/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);

/** Text with an apostrophe before it if a spreadsheet would run it as a formula. */
const spreadsheetSafe = (text) => (/^[=+\-@\t\r\n]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? `'${text}` : text);

/** The text of a table, from which it comes back as it is: that of its file, or else its cells. */
export function carriedText({ source, columns, n_rows, text }) {
  if (text !== undefined) return text;
  const written = csvOf(columns, n_rows);
  if (!equal(readTable(source, new TextEncoder().encode(written)).columns, columns)) {
    throw new Refusal(`${source} holds what the text in a link would not give again, such as numbers that are written in another way; share the file`);
  }
  return written;
}
