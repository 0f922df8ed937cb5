// What is to be predicted: the classes of a column, or its numbers scaled, as table/target.py learns it.

import { joined, least, mean, most } from "../numbers.js";
import { Refusal, grouped, shown } from "../text.js";
import { countedTexts, gapsOf, spellings } from "./column.js";
import { called, folded, valueOf } from "./match.js";

const MOST_INTEGER_CLASSES = 20; // contiguous integers up to this many are taken for classes
const IN_TEXT_FILES = "In a CSV file, blanks, NA, N/A, NaN and null mean missing; in Parquet they are text as any other. If NA is a class, add --not-missing NA";

/** The column to predict: classes, or the center and width of a number. */
export const targetOf = (name, known) => ({
  name, task: known.classes ? "classification" : "regression", classes: [], class_type: "text", center: 0, width: 1, minimum: null, maximum: null, ...known,
});

/** The target that a column of answers is. */
export function learnTarget(column, first_line) {
  const gaps = gapsOf(column), row = gaps.indexOf(1), what = `the target, ${called(column.name)},`;
  if (row >= 0) {
    const missing = gaps.reduce((count, gap) => count + gap, 0), place = first_line ? `line ${grouped(first_line + row)}` : `row ${grouped(row + 1)}`;
    throw new Refusal(`${what} is missing in ${grouped(missing)} of ${grouped(gaps.length)} rows, first in ${place}. Delete these rows or fill them in. ${IN_TEXT_FILES}`);
  }
  if (column.type === "date") throw new Refusal(`${what} holds dates. Choose a target of classes or numbers; dates are classes only as text, as which a CSV file is read with --task classification`);
  return areClasses(column) ? classification(column, what) : regression(column, what);
}

/** Whether answers are classes, rather than numbers that measure. */
function areClasses({ type, logical, values }) {
  if (type === "text" || logical) return true;
  const different = Float64Array.from(new Set(values)).sort(), n = different.length;
  if (!different.every(Number.isInteger)) return false;
  return n <= 2 || (n === different[n - 1] - different[0] + 1 && n <= MOST_INTEGER_CLASSES);
}

/** The class of each row, counted as they are sorted, or the numbers; null where a row has none. */
export function answersOf(column) {
  if (gapsOf(column).includes(1)) return null;
  if (!areClasses(column)) return { values: column.values, n_classes: 0 };
  const each = column.type === "text" ? column.codes : column.values, different = [...new Set(each)].sort((a, b) => a - b), place = new Map(different.map((value, i) => [value, i]));
  return { values: Int32Array.from(each, (value) => place.get(value)), n_classes: different.length };
}

/** The class of each row, or its number scaled to mean 0 and deviation 1. */
export function encodedTarget({ task, classes, center, width }, column) {
  if (task === "regression") return column.values.map((value) => (value - center) / width);
  const codeOf = new Map(classes.map((text, code) => [text, code]));
  if (column.type === "text") return Float64Array.from(column.codes, (code) => codeOf.get(column.texts[code]));
  const { texts, rows } = spellings(column);
  return Float64Array.from(rows, (row) => codeOf.get(texts[row]));
}

/** Answers as a network gives them: a column, or for three classes and more one of each class. */
export function outputsOf({ classes }, answers) {
  if (classes.length <= 2) return Float64Array.from(answers);
  return joined(classes.map((_, k) => Float64Array.from(answers, (code) => Number(code === k))));
}

function classification(column, what) {
  const { classes, class_type } = column.type === "text" ? { classes: countedTexts(column).texts, class_type: "text" } : numberClasses(column);
  if (classes.length === 1) throw new Refusal(`${what} has only one class: ${shown(classes[0])}. There is nothing to tell apart`);
  return targetOf(column.name, { task: "classification", classes, class_type });
}

/** The classes that numbers are, as they are written, and their type: text if that is more than a number. */
function numberClasses(column) {
  const { texts, values } = spellings(column), sorted = [...texts.keys()].sort((a, b) => values[a] - values[b]);
  if (new Set(values).size < texts.length) return { classes: countedTexts(column).texts, class_type: "text" }; // such as 1 and 1.0
  const read = (text) => (column.logical ? { false: 0, true: 1 }[folded(text)] : valueOf(text)), readable = texts.every((text, i) => read(text) === values[i]);
  return { classes: sorted.map((i) => texts[i]), class_type: !readable ? "text" : column.logical ? "bool" : column.whole ? "int" : "float" };
}

function regression({ name, values }, what) {
  const largest = most(values.map(Math.abs)), up = 2 ** Math.max(0, -exponentOf(largest)); // by a power of two, so that no square underflows
  const scaled = values.map((value) => value * up), center = mean(scaled), width = Math.sqrt(mean(scaled.map((value) => (value - center) * (value - center))));
  if (!Number.isFinite(center) || !Number.isFinite(width)) throw new Refusal(`${what} holds numbers too large to average. Divide them first`);
  const isConstant = width <= 1e-12 * Math.abs(center); // but for rounding
  if (width / up < 2 ** -1022 && !isConstant) throw new Refusal(`${what} holds numbers too small to scale. Multiply them first`);
  return targetOf(name, { task: "regression", center: center / up, width: isConstant ? 1 : width / up, minimum: least(values), maximum: most(values) });
}

/** The exponent e of a number m · 2ᵉ with ½ ≤ m < 1. */
function exponentOf(value) {
  let e = 0;
  for (; value >= 1; e++) value /= 2;
  for (; value > 0 && value < 0.5; e--) value *= 2;
  return e;
}
