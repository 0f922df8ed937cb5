// How good a run is: losses, accuracy or error on training and test rows, and what it is compared with.

import { networkOf } from "./backend.js";
import { verdict } from "./doctor.js";
import { saturation } from "./layers.js";
import { largestAt, mean, rowsOf, sum } from "./numbers.js";
import { optimizerFor, startState } from "./optimizer.js";
import { initialize } from "./parameters.js";
import { USUAL } from "./settings.js";
import { outputsOf } from "./table/target.js";

const MOST_ROWS_LINEAR = 5000, EPOCHS_LINEAR = 400; // of which, and for how long, a network without hidden layers is trained
const MOST_ROWS_A_FRAME = 5000; // up to which figures of all rows are part of every frame

export const finite = (value) => (Number.isFinite(value) ? value : null);

/** The loss of the last epoch, and how good the network is now where that is quickly said. */
export const figures = (session) => ({ ...latestLosses(session), ...(session.problem.n_rows <= MOST_ROWS_A_FRAME && { good: quality(session) }) });

/** The loss of training and test rows in the last epoch, before the first that of the start; and the norm of the gradient there. */
export function latestLosses(session) {
  if (session.finished) return { loss: null, test_loss: null };
  const { network, parameters, problem, shownScale, curves, X, Y, test_X, test_Y } = session, at = session.epoch - session.first_epoch;
  const loss = at ? curves.loss[at - 1] : network.loss_and_gradient(parameters, X, Y).loss;
  const tested = () => (problem.test.length ? network.loss_and_gradient(parameters, test_X, test_Y).loss : NaN);
  const test_loss = at ? curves.test_loss[at - 1] : tested();
  const gradient_norm = at ? curves.gradient_norm[at - 1] : NaN;
  return { loss: finite(loss * shownScale), test_loss: finite(test_loss * shownScale), gradient_norm: finite(gradient_norm * shownScale) };
}

/** Accuracy on training and test rows; of a number the root mean square error in its own unit, and R². */
export function quality(session) {
  const { problem } = session, found = {};
  for (const [name, rows] of [["train", problem.training], ["test", problem.test]]) {
    const prediction = rows.length && problem.answers ? session.predicted(rows) : null;
    found[name] = prediction && scoreOf(problem, prediction, rows);
    if (!problem.n_classes) found[`${name} R²`] = prediction && finite(r2(prediction, rowsOf(problem.Y, 1, rows)));
  }
  return found;
}

/** The sum of squares, in a unit, a power of two, in which none overflows. */
function squares(values) {
  const largest = values.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  const unit = largest > 1e100 && largest < Infinity ? 2 ** Math.floor(Math.log2(largest)) : 1;
  return { unit, sum: sum(values.map((value) => (value / unit) * (value / unit))) };
}

/** The share of the variance of y that predictions explain; NaN where y does not vary. */
function r2(prediction, y) {
  const middle = mean(y), spread = squares(y.map((value) => value - middle)), error = squares(prediction.map((value, i) => value - y[i]));
  return spread.sum ? 1 - (error.sum / spread.sum) * (error.unit / spread.unit) ** 2 : NaN;
}

/** The share of rows told right, or the root mean square error, of parameters and of the rows that judge. */
export const score = ({ network, problem }, parameters, rows = problem.judged.rows) =>
  scoreOf(problem, network.predict(parameters, rowsOf(problem.X, problem.n_inputs, rows)), rows);

/** The same of what was predicted for the rows. */
function scoreOf(problem, prediction, rows) {
  if (problem.n_classes) {
    const classes = told(prediction, problem.n_outputs);
    return rows.reduce((right, row, i) => right + (classes[i] === problem.codes[row]), 0) / rows.length;
  }
  const { unit, sum: total } = squares(prediction.map((value, i) => value - problem.Y[rows[i]]));
  return finite(problem.target.width * (unit * Math.sqrt(total / rows.length)));
}

/** The class that each prediction tells. */
export function told(prediction, n_outputs) {
  if (n_outputs === 1) return Int32Array.from(prediction, (value) => Number(value > 0.5));
  const found = new Int32Array(prediction.length / n_outputs);
  for (let i = 0; i < found.length; i++) {
    for (let k = 1; k < n_outputs; k++) if (prediction[i * n_outputs + k] > prediction[i * n_outputs + found[i]]) found[i] = k;
  }
  return found;
}

/** The probability of each class, row by row. */
export function sharesOf(prediction, n_outputs) {
  if (n_outputs > 1) return prediction;
  return Float64Array.from({ length: 2 * prediction.length }, (_, i) => (i % 2 ? prediction[i >> 1] : 1 - prediction[i >> 1]));
}

/** How good it is to say always the same, and a network without hidden layers: of new points where there are some. */
export function baseline(session) {
  if (session.finished) return {};
  const { problem } = session, { target, training, codes, Y } = problem, judge = problem.fresh ?? problem, { name, rows } = judge.judged;
  const usual = target.classes.length
    ? largestAt(target.classes.map((_, code) => training.reduce((count, row) => count + (codes[row] === code), 0)))
    : mean(rowsOf(Y, 1, training));
  const constant = outputsOf(target, new Float64Array(rows.length).fill(usual));
  const found = { rows: problem.fresh ? "new" : name, n_rows: rows.length, constant: scoreOf(judge, constant, rows) };
  if (session.n_rows <= MOST_ROWS_LINEAR) {
    const { network, parameters } = trainedLinear(session, target.classes.length ? "log_loss" : "squared_error");
    found.linear = score({ network, problem: judge }, parameters);
  }
  return found;
}

/** A network without hidden layers, with the run's output activation and this loss, trained on its rows; and its parameters. */
export function trainedLinear({ network: { activations, loss: own }, problem, X, Y, n_rows }, loss = own) {
  const layer_sizes = [problem.n_inputs, problem.n_outputs];
  const network = networkOf({ layer_sizes, activations: activations.slice(-1), loss, biases: true });
  const parameters = initialize(network), optimizer = optimizerFor({ ...USUAL, learning_rate: 0.05 }, n_rows);
  network.train(parameters, optimizer, startState(optimizer, parameters), { X, Y }, { n_epochs: EPOCHS_LINEAR });
  return { network, parameters };
}

/** What is shown less often: the curves, how good it is on new points, what it is compared with, who is taken for whom, saturation,
    and the doctor's word. */
export function detail(session, paused) {
  const { problem, network, parameters, shownScale } = session, { fresh, judged: { name, rows } } = problem;
  const { epochs, ...curves } = session.curves.thinned();
  const shown = Object.fromEntries(Object.entries(curves).map(([key, values]) => [key, values.map((value) => value * shownScale)]));
  const good = { ...quality(session), ...(fresh && { fresh: score({ network, problem: fresh }, parameters) }) };
  return {
    epochs: epochs.map((epoch) => epoch + session.first_epoch),
    ...shown,
    good,
    baseline: (problem.baseline ??= baseline(session)),
    confusion: problem.n_classes && problem.answers ? confusion(problem, told(session.predicted(rows), problem.n_outputs), rows) : null,
    confusion_rows: name,
    saturated: saturation(session),
    verdict: paused ? verdict(session, good) : "",
    last_epoch: Math.max(session.last.epoch, session.epoch),
  };
}

/** Of each class how many of its rows are told to be of which. */
function confusion({ n_classes, codes }, classes, rows) {
  const table = Array.from({ length: n_classes }, () => new Array(n_classes).fill(0));
  rows.forEach((row, i) => { table[codes[row]][classes[i]] += 1; });
  return table;
}
