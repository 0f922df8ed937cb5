/* The same setting many times: from 20 starts (was it skill or luck?), or at a dozen learning rates (which is right?). They are
   trained a part at a time, so that whoever asked can be told how far they are, and can end them. */

import { networkOf } from "./backend.js";
import { score, trainedLinear } from "./figures.js";
import { median } from "./numbers.js";
import { countOf, initialize, otherArticleStarts } from "./parameters.js";
import { startState } from "./optimizer.js";
import { Refusal, grouped } from "./text.js";

const N_STARTS = 20;
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const MOST_WORK = 4e10; // epochs × rows × parameters of one run; more would take minutes

export class Trials {
  /** Some runs of a session's setting; ofRates: they differ in the rate, else in the start. */
  constructor(session, epochs, ofRates = false) {
    const { settings, network, n_rows, optimizer } = session;
    if (settings.slip) throw new Refusal("the perceptron as printed is run but once; take off the slip, or a network");
    if (epochs * n_rows * countOf(network) > MOST_WORK) {
      throw new Refusal(`so many runs of ${grouped(epochs)} epochs would take minutes here; train for fewer epochs first`);
    }
    Object.assign(this, { session, settings, epochs, rates: ofRates ? RATES : null });
    this.options = {
      total_epochs: Math.max(settings.epochs, epochs), seed: settings.seed, l1: settings.l1, l2: settings.l2, dropout: settings.dropout,
      batch_size: session.batchSize === n_rows ? 0 : session.batchSize,
    };
    this.runs = startsOf(session, ofRates).map((parameters, k) => ({
      parameters, ended: "", done: 0, elsewhere: false, state: startState(optimizer, parameters),
      optimizer: ofRates ? { ...optimizer, learning_rate: RATES[k] * session.shownScale } : optimizer,
    }));
  }

  /** The share of all epochs that are done; a run that diverged needs no more of them. */
  get share() {
    return this.runs.reduce((sum, { done, ended }) => sum + (ended ? this.epochs : done), 0) / (this.runs.length * this.epochs);
  }

  /** Train a run for some epochs, the first that waits here, or is not begun elsewhere yet; tell whether there was one. */
  advance(n_epochs) {
    const waiting = this.runs.filter(({ ended, done }) => !ended && done < this.epochs);
    const run = waiting.find(({ elsewhere }) => !elsewhere) ?? waiting.find(({ done }) => !done);
    if (run) trainTrial(this.task(run), Object.assign(run, { elsewhere: false }), n_epochs);
    return run !== undefined;
  }

  /** What training a run takes, here or in another worker. */
  task({ optimizer }) {
    const { session: { network, X, Y }, options, epochs } = this, { layer_sizes, activations, loss, biases } = network;
    return { description: { layer_sizes, activations, loss, biases }, X, Y, optimizer, options, epochs };
  }

  /** How each ended, on the rows that judge; a rate is chosen by the training rows. */
  result() {
    const { session, settings, rates, runs } = this, { network, shownScale, problem } = session;
    const judged = rates ? { name: "training", rows: problem.training } : problem.judged, [X, Y] = session.rows(judged.rows);
    const lossOf = (net, parameters) => shownScale * net.loss_and_gradient(parameters, X, Y).loss;
    const losses = runs.map(({ ended, parameters }) => (ended ? null : lossOf(network, parameters)));
    const known = losses.filter((loss) => loss !== null), linear = trainedLinear(session);
    return {
      epochs: this.epochs,
      rates,
      losses,
      linear: lossOf(linear.network, linear.parameters),
      loss_rows: judged.name,
      scores: runs.map(({ parameters }) => score(session, parameters)),
      score_name: problem.n_classes ? "accuracy" : "error",
      score_rows: problem.judged.name,
      median: known.length ? median(known) : null,
      below_2: settings.sums && !rates ? known.filter((loss) => loss < 2).length : null,
      of: runs.length,
    };
  }
}

/** Train a run for some epochs: write into it. */
export function trainTrial({ description, X, Y, optimizer, options, epochs }, run, n_epochs) {
  const part = Math.min(n_epochs, epochs - run.done);
  const { ended } = networkOf(description).train(run.parameters, optimizer, run.state, { X, Y }, { ...options, n_epochs: part });
  Object.assign(run, { ended, done: run.done + part });
}

/** The parameters that the runs begin with. */
function startsOf({ settings, network, checkpoints }, ofRates) {
  if (ofRates) return RATES.map(() => checkpoints[0].parameters.slice());
  if (settings.start === "article") return otherArticleStarts(network);
  return Array.from({ length: N_STARTS }, (_, seed) => initialize(network, settings.start, seed));
}
