/* The cells of a plain text table: UTF-8, parted by commas or semicolons, each row one line. It takes a strict part of what
   table/read.py takes, and refuses the rest. */

import { Refusal, grouped, shown } from "../text.js";

const MOST_ROWS = 20_000, MOST_COLUMNS = 300;
const LONGEST_LINE = 1 << 20, MOST_BYTES = 1 << 26;
const UNSEEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u2060\ufeff]/; // what no table of text has, or nobody sees
const OTHER_FILES = /^\s*[{[<%@|]|^(?:PK|BZh9|Rar!|ARROW1|PAR1|\$FL|HEADER RECORD|SQLite|GIF8|version https:|RD[XA]\d|MATLAB |.{8}DUCK)|^[+-]?[\d.]+ \d+:|^[^\n]*\|[^\n]*\n[ \t]*[|:+-][ \t|:+-]*--/s; // by their first bytes

/** The command that opens a file. */
export const commandFor = (source) => `selenite play ${/^[\w.-]+$/.test(source) ? source : "FILE"}`;

/** The refusal of a file that this small reader does not take, whether or not table/ does: where, and what is there. */
export const beyond = (source, where, what) =>
  new Refusal(`${where} ${what}. A page by itself reads plain tables only; ${commandFor(source)} reads more, and says how to mend the rest`);

/** The text of a file, the names of its columns and the cells below each; `separator`: by which they were parted; `first_line`: that of row 0, where each
    row is one line. */
export function cellsOf(bytes, source) {
  const text = textOf(bytes, source), lines = linesOf(text, source);
  if (/^"?sep=/i.test(lines[0])) throw beyond(source, `${source}, line 1`, "tells Excel the separator and names no column");
  const separator = separatorOf(lines[0]), names = parted(lines[0], separator, `${source}, line 1`, source).map((name) => name.trim());
  checkNames(names, source);
  const columns = names.map(() => []);
  let blank = 0;
  for (let i = 1; i < lines.length; i++) {
    if (!lines[i]) { blank += 1; continue; }
    const place = `${source}, line ${grouped(i + 1)}`, cells = parted(lines[i], separator, place, source);
    if (cells.length !== names.length) throw beyond(source, place, `has ${cells.length} cell${cells.length > 1 ? "s" : ""}, the header ${names.length}: ${shown(lines[i])}`);
    cells.forEach((cell, k) => columns[k].push(cell));
    if (columns[0].length > MOST_ROWS) throw beyond(source, source, `has more than ${grouped(MOST_ROWS)} rows`);
  }
  if (!columns[0].length) throw beyond(source, source, "has a header but no rows");
  return { text, names, columns, n_rows: columns[0].length, separator, first_line: blank ? null : 2 };
}

function textOf(bytes, source) {
  if (bytes.length > MOST_BYTES) throw beyond(source, source, "is very large");
  let text;
  try { text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { throw beyond(source, source, "is no text in UTF-8"); }
  if (OTHER_FILES.test(text.slice(0, LONGEST_LINE))) throw beyond(source, source, "seems to be another kind of file than a table of text");
  const unseen = UNSEEN.exec(text);
  if (unseen) throw beyond(source, source, `holds a character that cannot be seen, U+${unseen[0].codePointAt().toString(16).toUpperCase().padStart(4, "0")}`);
  return text;
}

/** The lines of a text, without the blank ones at its end. */
function linesOf(text, source) {
  const lines = text.replace(/[\r\n]+$/, "").split(/\r?\n/);
  if (lines.some((line) => line.includes("\r"))) throw beyond(source, source, "has lines that end in other marks than a line feed");
  if (lines.some(({ length }) => length > LONGEST_LINE)) throw beyond(source, source, "has very long lines");
  return lines;
}

/** A semicolon where the line of names has some, outside of quotes, and no comma and no tab. */
const separatorOf = (line) => (/^[^,\t]*;[^,\t]*$/.test(line.replace(/"[^"]*"/g, "")) ? ";" : ",");

/** The cells of a line; a quote opens a cell where it begins, and closes it where it ends. */
function parted(line, separator, place, source) {
  if (!line.includes('"')) return line.split(separator);
  const cells = [], cell = separator === ";" ? /(?:"((?:[^"]|"")*)"|([^";]*))(;|$)/y : /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let more = true; more;) {
    const found = cell.exec(line);
    if (!found) throw beyond(source, place, `has a quote that neither begins nor ends a cell, or a cell of several lines: ${shown(line)}`);
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2]);
    more = found[3] !== "";
  }
  return cells;
}

function checkNames(names, source) {
  if (names.length < 2) throw beyond(source, source, `seems to have one column only, called ${shown(names[0])}`);
  if (names.length > MOST_COLUMNS) throw beyond(source, source, `has more than ${MOST_COLUMNS} columns`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw beyond(source, `${source}, line 1`, `has two columns ${twice ? `called ${shown(twice)}` : "without a name"}`);
}
