// A problem: a table's rows as numbers, and which of them are put aside to test with.

import { joined } from "./numbers.js";
import { SETS, columnNamed, makeTable, withDerived } from "./points.js";
import { split } from "./split.js";
import { Refusal, grouped, shown } from "./text.js";

const MOST_CLASSES = 10;
const FEWEST_ROWS = 4;

/** What is to be learnt from, and how it is seen. */
class Problem {
  constructor(table, settings) {
    const name = settings.target || table.names.at(-1);
    const target = columnNamed(table, name);
    if (!target) throw new Refusal(`${table.source} has no column ${shown(name)}`);
    this.table = table;
    this.columns = table.names.filter((each) => each !== name); // those that can be axes
    this.derived = table.names.includes("x1") && table.names.includes("x2"); // whether the inputs are made of x1 and x2
    this.inputs = this.derived ? settings.features : this.columns;
    this.X = this.inputsOf(this.columns.map((each) => columnNamed(table, each).values));
    this.n_inputs = this.inputs.length;
    this.target = targetOf(target, name);
    this.codes = codesOf(this.target, target.values);
    this.Y = outputsOf(this.target, this.target.classes.length ? this.codes : target.values);
    this.n_outputs = this.Y.length / table.n_rows;
    [this.training, this.test] = split(table.n_rows, settings.test_fraction, settings.seed, this.n_classes ? this.codes : null);
  }

  get n_rows() {
    return this.table.n_rows;
  }

  get n_classes() {
    return this.target.classes.length;
  }

  /** The rows by which a network is judged, and what they are: those put aside, where there are some. */
  get judged() {
    return this.test.length ? { name: "test", rows: this.test } : { name: "training", rows: this.training };
  }

  /** The network's inputs, row by row, for values of the columns. */
  inputsOf(columns) {
    return this.derived ? withDerived(...columns, this.inputs) : joined(columns);
  }
}

/** The problem of a setting; `own` is the table of drawn points. */
export function makeProblem(settings, own = null) {
  const table = SETS[settings.data] ? makeTable(settings) : own;
  if (!table) throw new Refusal("these settings are for a table of one's own; open it, or choose a built-in set");
  if (table.n_rows < FEWEST_ROWS) {
    throw new Refusal(`${table.source} has ${grouped(table.n_rows)} rows; at least ${FEWEST_ROWS} are needed to learn and to test`);
  }
  return new Problem(table, settings);
}

/** What is predicted: the classes of whole numbers, else a number, as it is. */
function targetOf({ values, type }, name) {
  const number = type === "float";
  const classes = number ? [] : [...new Set(values)].sort((a, b) => a - b).map(String);
  if (!number && classes.length === 1) {
    throw new Refusal(`the target, ${shown(name)}, has only one class: ${shown(classes[0])}. There is nothing to tell apart`);
  }
  if (classes.length > MOST_CLASSES) throw new Refusal(`${shown(name)} has ${classes.length} classes; the page draws up to ${MOST_CLASSES}`);
  return { name, classes, center: 0, width: 1 };
}

const codesOf = ({ classes }, values) => Int32Array.from(values, (value) => (classes.length ? classes.indexOf(String(value)) : 0));

/** Answers as a network gives them: a column, or for three classes and more one of each class. */
export function outputsOf({ classes }, answers) {
  if (classes.length <= 2) return Float64Array.from(answers);
  return joined(classes.map((_, k) => Float64Array.from(answers, (code) => Number(code === k))));
}

/** The old settings for drawn points of `n_classes` classes. */
export const settingsForDrawn = (old, n_classes, was_number) => ({
  ...old, data: "drawn", target: "", axes: ["", ""], sums: false, slip: false,
  start: old.start === "article" ? "glorot" : old.start,
  loss: n_classes > 2 || was_number ? "log_loss" : old.loss,
});
