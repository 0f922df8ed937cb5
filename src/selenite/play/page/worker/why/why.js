// Why a number is what it is: asked about the run on the page, for the followed row or for the rows of the next step.

import { connectionName, layerNames } from "../layers.js";
import { columnOf, rowsOf } from "../numbers.js";
import { rateShare } from "../optimizer.js";
import { layersOf } from "../parameters.js";
import { Refusal, exact, grouped } from "../text.js";
import { isParameter, parse, textOf } from "./address.js";
import { slips } from "./article.js";
import { expandActivationGradient, expandDelta, expandGradient } from "./backward.js";
import { openLargest, pattern } from "./expansion.js";
import { expandA, expandInput, expandSlope, expandTotal, expandZ } from "./forward.js";
import { expandLoss } from "./losses.js";
import { Run } from "./run.js";
import { asLatex, asText, asTree } from "./told.js";
import { expandMemory, expandUpdate } from "./update.js";

export const TERMS_SHOWN = 12; // of each number, the largest; the others summed
const DIGITS_SHOWN = 5;
const LEVELS_OPEN = 2; // at first
const MOST_WEIGHTS_CHANGED = 40; // weights into a unit that can be changed
const ARTICLES = { "people 3-1": "1", "moons 2-1": "2-perceptron", "clouds 2-4-3": "3" };
const OF_A_ROW = { z: expandZ, a: expandA, slope: expandSlope, delta: expandDelta, "a.gradient": expandActivationGradient };

/** What a unit (or one weight into it) is made of: the forward, backward or update part. Layers are counted from 0, the first
    that has weights; `before` is the unit a weight comes from, -1 the bias. */
export function explanation({ session, followed }, asked) {
  const { network, parameters } = session, found = layersOf(network, parameters);
  const known = asked.layer < found.length && asked.unit < found[asked.layer].n_out;
  const [layer, unit] = known ? [asked.layer, asked.unit] : [found.length - 1, 0], { weights, biases, n_in, n_out } = found[layer];
  const before = known && asked.before !== null && asked.before < n_in ? asked.before : null, isUpdate = asked.part === "update";
  const run = isUpdate ? batchOf(session) : runOf(session, [followed]);
  const top = expand(run, addressOf(run, layer, unit, before, asked.part), asked.part === "forward" ? LEVELS_OPEN : 1);
  const into = layerNames(session, layer).slice(0, MOST_WEIGHTS_CHANGED).map((name, i) => ({ before: i, name, value: weights[i * n_out + unit] }));
  return {
    title: connectionName(session, layer, unit, before), layer, unit, before, part: asked.part, batch: isUpdate,
    incoming: [...(biases ? [{ before: -1, name: "bias", value: biases[unit] }] : []), ...into],
    tree: asTree(top, TERMS_SHOWN, DIGITS_SHOWN),
    said: isUpdate ? noteOf(session, run) : "",
    text: asText(top, TERMS_SHOWN, DIGITS_SHOWN),
    latex: asLatex(top, TERMS_SHOWN),
  };
}

/** A number inside an explanation, taken apart in its turn: of the followed row, or of the batch. */
export function openedNumber({ session, followed }, { address, batch, terms }) {
  const run = batch ? batchOf(session) : runOf(session, [followed]);
  return asTree(expand(run, address), terms, DIGITS_SHOWN);
}

/** The expansion of a number as a tree; so many levels are opened, 1 being the number alone. */
function expand(run, address, levels = 1) {
  const top = expansionOf(run, address);
  openLargest([top], levels - 1, (each) => expansionOf(run, each));
  return top;
}

/** The expansion of one number, its factors closed, and where the article slips. */
function expansionOf(run, text) {
  const where = parse(text, run.layers), row = rowOf(run, where);
  const found = expansionAt(run, where, row);
  return { ...found, remarks: slips(isParameter(where) && row !== null ? run.only(row) : run, where, row) };
}

function expansionAt(run, where, row) {
  if (where.part === "loss") return expandLoss(run, where, row);
  if (isParameter(where)) return expandParameter(where.row === null ? run : run.only(row), where);
  if (row === null) {
    throw new Refusal(`${textOf(where)} is of one row, and there are ${grouped(run.n_rows)}: say which, as in ${textOf({ ...where, row: run.row_numbers[0] })}`);
  }
  if (where.part === "input") return expandInput(run, where, row);
  if (where.kind === "total") return expandTotal(run, where, row);
  const n = run.width(run.layer(where.part));
  if (!(where.index[0] >= 0 && where.index[0] < n)) throw new Refusal(`there is no ${textOf(where)}: ${where.part} has units 1 to ${n}`);
  return OF_A_ROW[where.attribute](run, where, row);
}

function expandParameter(run, where) {
  if (where.attribute === "gradient") return expandGradient(run, where);
  if (where.attribute === "update") return expandUpdate(run, where);
  if (where.attribute) return expandMemory(run, where);
  return run.expansion(where, run.ofVector(run.parameters, where), pattern("a parameter, as training left it", "\\text{a parameter}"), []);
}

/** Which row at hand an address means; null: all of them. */
function rowOf({ row_numbers }, { row }) {
  if (row === null) return row_numbers.length === 1 ? 0 : null;
  const at = row_numbers.indexOf(row);
  if (at < 0) {
    throw new Refusal(
      `there is no row ${row}; the rows at hand are ${row_numbers.length > 1 ? `${row_numbers[0]} to ${row_numbers.at(-1)}` : row_numbers[0]}, the first is 1`,
    );
  }
  return at;
}

/** The address of what was selected. */
function addressOf(run, layer, unit, before, part) {
  const place = run.layers[layer];
  if (part === "update" && before === -1 && run.network.biases) return `${place}.biases[${unit + 1}].update`;
  if (part === "update") return `${place}.weights[${Math.max(before ?? 0, 0) + 1},${unit + 1}].update`;
  return `${place}.unit${unit + 1}.${part === "backward" ? "delta" : "a"}`;
}

/** The rows of the next step, with the optimizer as it stands. */
function batchOf(session) {
  const { row, batchSize, problem, order } = session, begin = row - (row % batchSize);
  return runOf(session, Array.from(order.slice(begin, begin + batchSize), (each) => problem.training[each]));
}

function runOf(session, rows) {
  const { network, parameters, problem, settings, optimizer, state } = session, { n_inputs, X, inputs } = problem, [x, y] = session.rows(rows);
  const summed = settings.sums && settings.optimizer === "sgd" && rows.length === session.n_rows;
  const rate = summed ? settings.learning_rate : optimizer.learning_rate;
  const columns = inputs.map((_, k) => columnOf(rowsOf(X, n_inputs, rows), n_inputs, k));
  return new Run({
    network, parameters, X: x, Y: y, inputs, state, summed, l1: settings.l1, l2: settings.l2, row_numbers: rows.map((row) => row + 1),
    cells: rows.map((_, i) => columns.map((values) => exact(values[i]))),
    optimizer: { ...optimizer, learning_rate: rate * rateShare(optimizer, state, session.totalEpochs(true)),
      schedule: { ...optimizer.schedule, name: "constant" } }, // as of now
    article: articleOf(settings, network),
  });
}

/** The tutorial's network whose names of numbers can be shown beside; "" where there is none. */
function articleOf({ sums, start, features, data, biases }, { layer_sizes }) {
  if (!sums || start !== "article" || features.join() !== "x1,x2") return "";
  const key = `${data} ${layer_sizes.join("-")}`;
  return key === "moons 2-4-1" ? (biases ? "2-biases" : "2") : ARTICLES[key] ?? "";
}

/** In what the step of the run differs from the one that is explained. */
function noteOf({ settings }, run) {
  const rows = `The next step is of a batch of ${grouped(run.n_rows)} rows.`;
  if (settings.slip) return `${rows} As printed, the article takes its slope of the output instead, so its own step differs.`;
  return settings.dropout ? `${rows} Dropout leaves out some units by chance when it trains; here all of them are counted.` : rows;
}
