// What can be chosen on the page, with limits: whatever arrives from outside is taken as this or refused.

import { HIDDEN_ACTIVATIONS, LOSSES_OF } from "../functions.js";
import { limits as limit } from "./limits.js";
import { Refusal } from "./text.js";

const LOSSES = [...new Set(Object.values(LOSSES_OF).flat())];

/** Settings whose change begins a run anew; of the others training goes on. */
export const RESTARTING = [
  "data", "rows", "noise", "test_fraction", "seed", "features", "target", "drop", "kinds", "hidden", "activations", "biases", "loss", "start", "slip", "sums",
];

/** Each setting: its usual value, and what it may be. */
const SETTINGS = {
  data: ["moons", limit.text(2000)], // a name of points.SETS, "drawn" or "file"
  rows: [100, limit.whole(10, 2000)], // of a set that is made
  noise: [0.1, limit.number(0, 1)],
  test_fraction: [0.25, limit.number(0, 0.8)],
  seed: [0, limit.whole(0, 2 ** 32 - 1)],
  features: [["x1", "x2"], limit.list(limit.text(2000), 8)], // inputs, of sets with two columns
  target: ["", limit.text(2000)], // the column of a file to predict; "": the last
  drop: [[], limit.list(limit.text(2000), 300)], // its columns that are not learnt from
  kinds: [[], limit.list(limit.pair(limit.text(2000), limit.oneOf("number", "category", "date", "text", "identifier")), 300)], // what one says that columns are
  axes: [["", ""], limit.list(limit.text(2000), 2, 2)], // "": the first that are numbers
  hold: ["median", limit.oneOf("median", "row")], // where the other columns are held
  hidden: [[4], limit.list(limit.whole(1, 64), 6)],
  activations: [["logistic"], limit.list(limit.oneOf(...HIDDEN_ACTIVATIONS), 6)], // one a hidden layer
  biases: [true, limit.flag],
  loss: ["log_loss", limit.oneOf(...LOSSES)],
  start: ["glorot", limit.oneOf("glorot", "he", "lecun", "normal", "uniform", "article")],
  optimizer: ["adam", limit.oneOf("sgd", "adam", "adamw")],
  learning_rate: [0.1, limit.number(Number.MIN_VALUE, 1000)],
  momentum: [0, limit.number(0, 1 - 2 ** -53)], // of sgd
  schedule: ["constant", limit.oneOf("constant", "step", "cosine", "one_cycle")], // of the rate, over all epochs
  l1: [0, limit.number(0, 1000)],
  l2: [0, limit.number(0, 1000)],
  dropout: [0, limit.number(0, 0.8)],
  batch_size: [0, limit.whole(0, 100_000)], // 0: all rows
  epochs: [20_000, limit.whole(1, 1_000_000)], // where training ends at the latest
  auto_stop: [true, limit.flag], // when the loss has not moved for 200 epochs
  stop_loss: [0, limit.number(0, 1e9)], // training ends below it; of test rows where there are
  sums: [false, limit.flag], // losses and gradients are sums over the rows, as in the articles, not means
  slip: [false, limit.flag], // the perceptron as the article prints it: its slope is taken of the output
};

const column = (k) => Object.fromEntries(Object.entries(SETTINGS).map(([name, each]) => [name, each[k]]));
export const USUAL = Object.freeze(column(0));
const LIMITS = column(1);

/** Settings from some of them, the others as usual; refused where they are none. */
export function settingsOf(given = {}) {
  const settings = limit.record(LIMITS)({ ...USUAL, ...given }, "settings");
  const { hidden, activations, slip } = settings;
  if (hidden.length !== activations.length) {
    throw new Refusal(`${activations.length} activations for ${hidden.length} hidden layers: give one each`);
  }
  if (slip && (hidden.length || settings.batch_size || !settings.biases || settings.loss !== "squared_error")) {
    throw new Refusal("the slip is that of a perceptron with a bias: no hidden layer, squared_error and a full batch");
  }
  return Object.freeze(settings);
}

export const changed = (settings, changes) => settingsOf({ ...settings, ...changes });

/** Tell whether two settings have the same value. */
export const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The losses that go with so many classes, or with 0 for a number; the usual one first. */
export const lossesFor = (n_classes) => (n_classes > 2 ? ["log_loss"] : LOSSES_OF[n_classes ? "classification" : "regression"]);

/** The description of the network for a problem. */
export function networkFor(settings, { n_inputs, n_classes, target }) {
  const { hidden, activations, loss, biases } = settings, fitting = lossesFor(n_classes);
  if (!n_classes && loss === "log_loss") {
    throw new Refusal(`log_loss is for classes, and '${target.name}' is a number; take squared_error, or classes`);
  }
  if (n_classes && !fitting.includes(loss)) throw new Refusal(`the loss ${loss} does not go with ${n_classes} classes; take ${fitting.join(" or ")}`);
  const output = n_classes === 0 ? "identity" : n_classes > 2 ? "softmax" : "logistic";
  return { layer_sizes: [n_inputs, ...hidden, n_classes > 2 ? n_classes : 1], activations: [...activations, output], loss, biases };
}
