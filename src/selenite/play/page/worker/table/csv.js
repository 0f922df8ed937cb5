// A table as text: for a file, for a spreadsheet, for a link.

import { equal } from "../settings.js";
import { Refusal } from "../text.js";
import { cellText } from "./column.js";
import { readTable } from "./read.js";

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
