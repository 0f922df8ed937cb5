// Why a number is what it is: the page's questions about the run, of the followed row or of the batch.

import { networkOf } from "./backend.js";
import { addressOf, layerNames, selected } from "./layers.js";
import { rateShare } from "./optimizer.js";
import { layersOf } from "./parameters.js";
import { equal } from "./settings.js";
import { Refusal, grouped } from "./text.js";
import { expand } from "./why/expand.js";
import { toDict, toLatex, toText } from "./why/words.js";

const TERMS = 12; // shown of each number, the largest; the others summed
const DIGITS = 5; // of a number on the page
const DEPTH = 2; // levels that are open at first
const MOST_FIELDS = 40; // weights into a unit that can be changed
const MOST_TERMS = 5000; // rows of a batch or terms of a sum that are taken apart one by one
const ARTICLES = { "people 3,1": "1", "moons 2,1": "2-perceptron", "clouds 2,4,3": "3" };

/** What a unit, or one weight into it, is made of: the forward, backward or update part. Layers are counted from 0, the first
    that has weights; `before` is the unit that a weight comes from, -1 the bias. */
export function explanation(session, followed, { part, ...asked }) {
  const what = selected(session, asked);
  const update = part === "update", subject = update ? subjectOf(session, batchOf(session)) : subjectOf(session, [followed]);
  const tree = expand(subject, addressOf(session, what, part), part === "forward" ? DEPTH : 1), shown = { terms: TERMS, digits: DIGITS };
  return {
    ...what, part, batch: update, incoming: incoming(session, what.layer, what.unit),
    tree: toDict(tree, shown), said: update ? noteOn(session, subject) : "", text: toText(tree, shown), latex: toLatex(tree, { terms: TERMS }),
  };
}

/** A number inside an explanation, taken apart in its turn. */
export function openedNumber(session, followed, { address, batch, terms }) {
  if (batch && session.batchSize > MOST_TERMS && (address.includes("gradient") || address === "loss")) {
    throw new Refusal(`this is a mean over ${grouped(session.batchSize)} rows; choose a smaller batch to see what each row says`);
  }
  return toDict(expand(subjectOf(session, batch ? batchOf(session) : [followed]), address), { terms, digits: DIGITS });
}

/** The rows of the next step. */
function batchOf({ problem, order, row, batchSize }) {
  const begin = row - (row % batchSize);
  return Array.from(order.slice(begin, begin + batchSize), (each) => problem.training[each]);
}

/** What is asked about: some rows, the network as it stands and its next step. */
function subjectOf(session, rows) {
  const { network, parameters, problem, settings, state, optimizer } = session, [X, Y] = session.rows(rows);
  const summed = settings.sums && settings.optimizer === "sgd" && rows.length === session.n_rows;
  const rate = summed ? settings.learning_rate : optimizer.learning_rate;
  return {
    kernel: { network: networkOf, name: "kernel" }, description: network, parameters, X, Y, input_names: problem.inputs, row_numbers: rows.map((row) => row + 1), state, summed, article: articleOf(session),
    optimizer: { ...optimizer, learning_rate: rate * rateShare(optimizer, state, session.totalEpochs(true), session.n_rows), schedule: { ...optimizer.schedule, name: "constant" } }, // as of now
    l1: settings.l1, l2: settings.l2, cell: (i, row) => problem.cellOf(i, rows[row]),
  };
}

/** The tutorial's network whose names of numbers can be shown beside; "" where there is none. */
function articleOf({ settings, network }) {
  const { sums, start, features, data, biases } = settings, sizes = network.layer_sizes.join();
  if (!sums || start !== "article" || !equal(features, ["x1", "x2"])) return "";
  if (data === "moons" && sizes === "2,4,1") return biases ? "2-biases" : "2";
  return ARTICLES[`${data} ${sizes}`] ?? "";
}

/** In what the step of the run differs from the one that is explained. */
function noteOn({ settings }, { row_numbers }) {
  const rows = `The next step is of a batch of ${grouped(row_numbers.length)} rows.`;
  if (settings.slip) return `${rows} As printed, the article takes its slope of the output instead, so its own step differs.`;
  return settings.dropout ? `${rows} Dropout leaves out some units by chance when it trains; here all of them are counted.` : rows;
}

/** The weights into a unit, for the fields in which they are changed. */
function incoming(session, layer, unit) {
  const { weights, biases, n_in, n_out } = layersOf(session.network, session.parameters)[layer], names = layerNames(session, layer);
  const found = Array.from({ length: Math.min(n_in, MOST_FIELDS) }, (_, i) => ({ before: i, name: names[i], value: weights[i * n_out + unit] }));
  return biases ? [{ before: -1, name: "bias", value: biases[unit] }, ...found] : found;
}
