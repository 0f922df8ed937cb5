// A problem: a table's rows as numbers, which of them are put aside to test with, and the settings to begin with.

import { largestAt, least, most, range, rowsOf } from "./numbers.js";
import { SETS, columnNamed, makeTable, newPoints, withDerived } from "./points.js";
import { settingsOf } from "./settings.js";
import { split } from "./split.js";
import { cellText, lengthOf, taken } from "./table/column.js";
import { columnSchema, encode, inputColumns, inputNames } from "./table/encode.js";
import { SET_ASIDE } from "./table/match.js";
import { outputsOf, targetOf } from "./table/target.js";
import { Refusal, exact, listed, shown } from "./text.js";

const MOST_CLASSES = 10, FEWEST_ROWS = 4;
const MANY_ROWS = 500; // from which on a table is learnt from in batches

/** What is to be learnt from, and how it is seen. */
export class Problem {
  /** A table (source, n_rows, names, columns), and what was learnt of it: schema, target, X, Y, training and test rows;
      `features`: what the inputs are, where they are made of x1 and x2; `answers`: whether the target is known. `kept`: what the
      numbers of training and test rows are called at the server, where they lie there. `scores`: columns of what the words of text say,
      `words` why, and `whole` the schema with these words; `more`: gives new points, where some can be drawn. */
  constructor({ columns, ...table }, { schema, target, X, Y, training, test, kept = null, inputs = inputNames(schema), scores = [], words, whole }, { features = [], answers = true, more = () => null } = {}) {
    Object.assign(this, { table: { ...table, columns: [...columns, ...scores] }, schema, target, X, Y, training, test, kept, inputs, words, whole, features, answers, more });
    this.n_rows = table.n_rows;
    this.n_inputs = this.inputs.length;
    this.n_outputs = Y.length / table.n_rows;
    this.n_classes = target.classes.length;
    this.derived = features.length > 0; // whether the inputs are made of x1 and x2
    this.codes = target.classes.length ? codesOf(Y, this.n_outputs) : new Int32Array(table.n_rows);
    this.columns = this.derived ? ["x1", "x2"] : schema.filter(({ name, kind }) => !SET_ASIDE.includes(kind) && kind !== "date" && this.column(name)?.of !== null).map(({ name }) => name);
  }

  /** A problem of new points, drawn when they are first wanted. */
  get fresh() { return (this.drawn ??= this.more(this)); }

  /** The rows by which a network is judged, and what they are: those put aside, where there are some. */
  get judged() {
    return this.test.length ? { name: "test", rows: this.test } : { name: "training", rows: this.training };
  }

  /** The rows whose medians are the usual values: those trained on, where they are known. */
  get usualRows() {
    return this.training.length ? this.training : this.test;
  }

  column(name) {
    return this.table.columns.findLast((column) => column.name === name);
  }

  /** What is known of a column that the network is given; undefined of one that inputs are made of. */
  schemaOf(name) {
    return this.schema.find((each) => each.name === name);
  }

  /** Columns as the network is given them: with what is made of x1 and x2. */
  given(columns) {
    if (!this.derived) return columns;
    const [x1, x2] = this.columns.map((name) => columns.find((each) => each.name === name));
    return [...withDerived(x1, x2, this.features), ...columns.filter(({ name }) => !this.columns.includes(name))];
  }

  /** The cell that an input of a row is made of, what is known of its column, and which of the column's inputs it is. */
  cellOf(input, row) {
    const places = inputColumns(this.schema), known = this.schema[places[input]], column = this.column(known.name);
    if (column?.of) return { known: this.schemaOf(column.of), text: shown(cellText(this.column(column.of), row)).slice(1, -1) || "missing", words: () => this.words(row, input), isOwn: this.training.includes(row) };
    const part = input - places.indexOf(places[input]), isLast = places[input + 1] !== places[input];
    const value = column?.values?.[row] ?? NaN, text = column ? cellText(column, row) : exact(this.X[row * this.n_inputs + input]);
    return { known, part, isLast, value, text: text || "missing" };
  }

  /** The inputs of rows with other values in some columns: a value a row, or one for all; the last counts. */
  encoded(rows, columns) {
    const n = rows.length, each = (column) => (lengthOf(column) === n ? column : taken(column, new Uint8Array(n)));
    if (this.derived) return this.inputsOf(this.columns.map((name) => each(columns.findLast((column) => column.name === name) ?? taken(this.column(name), rows))), n);
    const inputs = rowsOf(this.X, this.n_inputs, rows), places = inputColumns(this.schema);
    for (const column of columns) {
      const schema = this.schema.filter(({ name }) => name === column.name), values = encode(schema, [column], lengthOf(column));
      const width = inputNames(schema).length, at = places.indexOf(this.schema.indexOf(schema[0]));
      for (let row = 0; row < n; row++) {
        for (let i = 0; i < width; i++) inputs[row * this.n_inputs + at + i] = values[lengthOf(column) === 1 ? i : row * width + i];
      }
    }
    return inputs;
  }

  /** The network's inputs, row by row, for so many rows of the columns. */
  inputsOf(columns, n_rows) {
    return encode(this.schema, this.given(columns), n_rows);
  }
}

/** The problem of a setting; `own` is the table of drawn points, or one that was opened and can learn. */
export function makeProblem(settings, own = null) {
  const isMade = Boolean(SETS[settings.data]), table = isMade ? makeTable(settings) : own;
  if (!table) throw new Refusal("these settings are for a table of one's own; open it, or choose a built-in set");
  const target = settings.target || table.names.at(-1);
  checkTable(table, target);
  if (!table.learn) return madeProblem(table, target, settings);
  const { test_fraction, seed, drop, kinds } = settings, problem = new Problem(table, table.learn({ target, test_fraction, seed, drop, kinds }));
  if (!problem.n_inputs) throw new Refusal(`${table.source} has no column to predict ${shown(target)} from: all are constant or identifiers`);
  return problem;
}

/** Refuse a table that is too small, or that has no such target. */
function checkTable({ source, n_rows, names }, target) {
  if (n_rows < FEWEST_ROWS) throw new Refusal(`${source} has ${n_rows} rows; at least ${FEWEST_ROWS} are needed to learn and to test`);
  if (!names.includes(target)) throw new Refusal(`${source} has no column ${shown(target)}; it has ${listed(names, 20)}`);
}

/** Refuse a target of more classes than can be drawn. */
export function checkClasses({ name, classes }) {
  if (classes.length <= MOST_CLASSES) return;
  throw new Refusal(`${shown(name)} has ${classes.length} classes; the page draws up to ${MOST_CLASSES}. Choose another target, or selenite fit`);
}

/** The problem of a set that is made here: its numbers as they are, its target the classes of whole numbers, or a number. */
function madeProblem(table, name, settings) {
  const { features, test_fraction, seed } = settings;
  const { values, whole, codes: named, texts } = columnNamed(table, name), isClass = whole || named;
  const classes = named ? texts : whole ? [...new Set(values)].sort((a, b) => a - b).map(String) : [];
  if (classes.length === 1) {
    throw new Refusal(`the target, ${shown(name)}, has only one class: ${shown(classes[0])}. There is nothing to tell apart`);
  }
  const target = targetOf(name, isClass ? { classes, class_type: named ? "text" : "int" } : { minimum: least(values), maximum: most(values) });
  checkClasses(target);
  const derived = table.names.includes("x1") && table.names.includes("x2"), rest = table.columns.filter((each) => each.name !== name);
  const given = derived ? withDerived(...rest, features) : rest, codes = named ?? (whole ? codesAmong(classes, values) : null);
  const schema = given.map((column) => columnSchema(column.name, "number", { minimum: least(column.values), maximum: most(column.values) }));
  const [training, test] = split(table.n_rows, test_fraction, seed, codes);
  const learnt = { schema, target, X: encode(schema, given, table.n_rows), Y: outputsOf(target, codes ?? values), training, test };
  const more = (problem) => {
    const drawn = newPoints(settings);
    if (!drawn) return null;
    const { values: answers } = columnNamed(drawn, name), Y = outputsOf(target, whole ? codesAmong(classes, answers) : answers);
    const X = problem.inputsOf(drawn.columns.filter((each) => each.name !== name), drawn.n_rows);
    return new Problem(drawn, { ...learnt, X, Y, training: range(0), test: range(drawn.n_rows) });
  };
  return new Problem(table, learnt, { features: derived ? features : [], more });
}

const codesAmong = (classes, values) => Int32Array.from(values, (value) => classes.indexOf(String(value)));

/** The class that each row's answer is. */
function codesOf(Y, n_outputs) {
  if (n_outputs === 1) return Int32Array.from(Y);
  return Int32Array.from({ length: Y.length / n_outputs }, (_, row) => largestAt(Y.subarray(row * n_outputs, (row + 1) * n_outputs)));
}

/** Settings that suit a table, of the old ones what can stay, and its problem. */
export function settingsForTable(old, table) {
  const many = table.n_rows > MANY_ROWS;
  const settings = {
    ...old, data: "file", target: "", drop: [], kinds: table.kinds ?? [], axes: ["", ""], start: "glorot", sums: false, slip: false, auto_stop: true, test_fraction: 0.25, loss: "log_loss",
    hidden: old.hidden.length ? old.hidden : [8], activations: old.activations.length ? old.activations : ["tanh"],
    batch_size: many ? 32 : 0, learning_rate: many ? 0.01 : 0.05, optimizer: "adam", schedule: "constant", l1: 0, l2: 0,
  };
  const problem = makeProblem(settings, table);
  return { settings: settingsOf({ ...settings, loss: problem.n_classes ? "log_loss" : "squared_error" }), problem };
}

/** The old settings for drawn points of `n_classes` classes. */
export const settingsForDrawn = (old, n_classes, was_number) => ({
  ...old, data: "drawn", target: "", axes: ["", ""], sums: false, slip: false,
  start: old.start === "article" ? "glorot" : old.start,
  loss: n_classes > 2 || was_number ? "log_loss" : old.loss,
});
