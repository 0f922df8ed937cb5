// Reads a plain table from a file's bytes, in a page that has no Python behind it.

import { Refusal } from "../text.js";
import { beyond, cellsOf, commandFor } from "./cells.js";
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
