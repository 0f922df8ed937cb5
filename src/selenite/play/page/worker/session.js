/* A run on the page: a network in training that can be stepped, taken back, changed by hand and branched.

   Nothing is stored of a run but a few checkpoints: as every epoch is the same whenever it is computed, any other is reached by
   training again from the checkpoint before it. */

import { trainAsPrinted } from "./as_printed.js";
import { lentNetwork, networkOf, order as orderOf } from "./backend.js";
import { Curves } from "./curves.js";
import { allDone, divergence, ending } from "./endings.js";
import { range, rowsOf } from "./numbers.js";
import { NOTHING, copiedState, optimizerFor, startState } from "./optimizer.js";
import { layersOf, startingParameters } from "./parameters.js";
import { isThere } from "./server.js";
import { networkFor } from "./settings.js";
import { Refusal, grouped } from "./text.js";
import { lies } from "./wire.js";

const MOST_CHECKPOINTS = 64;
const LONG = 50; // milliseconds of an epoch, from which on the server makes the others

export class Session {
  /** A run on a problem; its network is the settings' unless it is given. */
  constructor(settings, problem, { parameters = null, epoch = 0, network = networkOf(networkFor(settings, problem)) } = {}) {
    this.settings = settings;
    this.problem = problem;
    this.network = network;
    this.featureNames = problem.inputs; // what the first layer is given
    [this.X, this.Y] = this.named("training", this.rows(problem.training));
    [this.test_X, this.test_Y] = this.named("test", this.rows(problem.test));
    this.n_rows = problem.training.length;
    this.parameters = parameters ? parameters.slice() : startingParameters(settings, this.network);
    this.first_epoch = epoch; // of a run that was opened from a link, where that stood
    this.epoch = epoch;
    this.row = 0; // rows of the next epoch already seen
    this.lent = Infinity; // from which epoch on the server trains
    this.long = 0; // how often in a row epochs took long
    this.state = startState(this.optimizer, this.parameters, epoch);
    this.epochLoss = 0; // summed over the rows of the present epoch whose batches are done
    this.curves = new Curves();
    this.checkpoints = [];
    this.ended = ""; // in words, why it cannot or need not go on
    this.remember(true);
  }

  /** Inputs and answers of some of the problem's rows. */
  rows(some) {
    const { X, Y, n_inputs, n_outputs } = this.problem;
    return [rowsOf(X, n_inputs, some), rowsOf(Y, n_outputs, some)];
  }

  /** The same arrays, with their names at the server where they lie there. */
  named(part, arrays) {
    const { kept } = this.problem;
    return kept?.training ? ["X", "Y"].map((name, k) => lies(arrays[k], kept[part][name])) : arrays;
  }

  /** The output for encoded rows. */
  answer(inputs) {
    return this.network.predict(this.parameters, inputs);
  }

  /** The output for some of the problem's rows. */
  predicted(rows) {
    return this.answer(rowsOf(this.problem.X, this.problem.n_inputs, rows));
  }

  /** By what a mean over the rows is multiplied to be shown: by their number where losses are sums. */
  get shownScale() {
    return this.settings.sums ? this.n_rows : 1;
  }

  get optimizer() {
    return optimizerFor(this.settings, this.n_rows);
  }

  get batchSize() {
    return Math.min(this.settings.batch_size || this.n_rows, this.n_rows);
  }

  /** The training rows in the order of the present epoch. */
  get order() {
    return this.batchSize === this.n_rows ? range(this.n_rows) : orderOf(this.settings.seed, this.epoch, this.n_rows);
  }

  /** How many rows were seen since the first epoch: where the run stands, as one number. */
  get at() {
    return placeOf(this, this.n_rows);
  }

  get last() {
    return this.checkpoints.at(-1);
  }

  /** Whether the run once went on from here. */
  get hasFuture() {
    return placeOf(this.last, this.n_rows) > this.at;
  }

  /** Keep a checkpoint, and forget every second one where there are too many; never one at which something was changed. */
  remember(turning = false) {
    const { epoch, row, parameters, state, settings, epochLoss } = this;
    const checkpoint = { epoch, row, parameters: parameters.slice(), state: copiedState(state), settings, epochLoss, turning };
    this.checkpoints = [...this.checkpoints.filter((each) => placeOf(each, this.n_rows) < this.at), checkpoint];
    if (this.checkpoints.length <= MOST_CHECKPOINTS) return;
    this.checkpoints = this.checkpoints.filter((each, i) => each.turning || i % 2 || each === checkpoint);
  }

  /** Stand where the run stood at a checkpoint. */
  stand({ epoch, row, parameters, state, settings, epochLoss }) {
    Object.assign(this, { epoch, row, settings, epochLoss, parameters: parameters.slice(), state: copiedState(state), ended: "" });
  }

  /** Train for some epochs, beginning with the rest of the present one. */
  train(n_epochs) {
    while (this.row && !this.ended) {
      this.stepBatch();
      n_epochs -= this.row === 0;
    }
    n_epochs = Math.min(n_epochs, this.settings.epochs - this.epoch);
    if (n_epochs <= 0) {
      this.ended = this.epoch >= this.settings.epochs ? allDone(this) : this.ended;
      return;
    }
    const begun = performance.now(), { epoch } = this, diverged = this.advance(n_epochs) === "diverged";
    this.long = performance.now() - begun > LONG * (this.epoch - epoch) ? this.long + 1 : 0;
    if (this.long === 2 && this.lent === Infinity && isThere()) this.lent = this.epoch; // a first one may be late for other reasons
    this.remember();
    this.ended = diverged ? divergence(this) : ending(this);
  }

  /** Make epochs and note their numbers; return the kernel's ending. */
  advance(n_epochs) {
    const done = this.settings.slip ? this.asPrinted(n_epochs) : this.epochs(n_epochs);
    this.curves.write(this.epoch - this.first_epoch, done);
    this.epoch += done.loss.length;
    return done.ended;
  }

  /** Make one step, with the present batch. */
  stepBatch() {
    if (this.epoch >= this.settings.epochs) {
      this.ended = allDone(this);
      return;
    }
    const begin = this.row - (this.row % this.batchSize), end = Math.min(begin + this.batchSize, this.n_rows);
    if (end - begin === this.n_rows) {
      this.row = 0;
      this.train(1);
      return;
    }
    const { epochs } = this.state;
    const step = this.epochs(1, this.order.slice(begin, end));
    this.state.epochs = epochs;
    if (step.ended === "diverged") {
      this.ended = divergence(this);
      return;
    }
    this.epochLoss = (begin ? this.epochLoss : 0) + step.loss[0] * (end - begin);
    this.row = end;
    if (end === this.n_rows) this.finishEpoch(step.gradient_norm);
  }

  /** See one more row; the last of its batch makes the step. */
  stepRow() {
    const after = this.row + 1;
    if (after % this.batchSize === 0 || after === this.n_rows) this.stepBatch();
    else this.row = after;
  }

  /** Go back, or forward to where the run once was, by training again from the nearest checkpoint before.
      Yields between slices of as many epochs as `slice()` says: whoever iterates may end it on the way. */
  *goTo(epoch, row = 0, slice = () => Infinity) {
    const n = this.n_rows, goal = placeOf({ epoch, row }, n), later = this.checkpoints, { length } = this.curves;
    const end = Math.max(this.last.epoch, this.epoch);
    if (!(epoch >= this.first_epoch && epoch <= end && row >= 0 && row < Math.max(n, 1))) {
      throw new Refusal(`there is no epoch ${grouped(epoch)} to go to; there are ${grouped(this.first_epoch)} to ${grouped(end)}`);
    }
    this.stand(later.findLast((checkpoint) => placeOf(checkpoint, n) <= goal));
    if (this.batchSize === n) this.row = 0; // rows that were only looked at
    try {
      while (this.row && this.epoch < epoch && !this.ended) this.stepBatch();
      while (this.epoch < epoch && !this.ended) {
        if (this.advance(Math.min(slice(), epoch - this.epoch))) break;
        yield;
      }
      if (this.epoch === epoch) {
        while (this.row + this.batchSize <= row && !this.ended) this.stepBatch();
        if (!this.ended) this.row = row;
      }
    } finally {
      this.checkpoints = later; // what came after stays, until something else is done
      this.curves.length = length;
    }
  }

  /** Forget what came after the present moment: from here on something new begins. */
  branch() {
    this.checkpoints = this.checkpoints.filter((checkpoint) => placeOf(checkpoint, this.n_rows) <= this.at);
    this.curves.cut(this.epoch - this.first_epoch);
    if (this.lent < Infinity) this.lent = Math.min(this.lent, this.epoch);
  }

  /** Change a weight by hand; `before` is the unit that it comes from, or -1 for the bias. */
  setParameter(layer, before, unit, value) {
    if (!(layer >= 0 && layer < this.network.activations.length) || !(Math.abs(value) <= 1e6)) {
      throw new Refusal(`a weight of layer ${layer + 1} cannot be ${value}; give a number up to a million`);
    }
    const { weights, biases, n_in, n_out } = layersOf(this.network, this.parameters)[layer];
    if (!(before >= -1 && before < n_in && unit >= 0 && unit < n_out) || (before === -1 && !biases)) {
      throw new Refusal(`layer ${layer + 1} has no weight from ${before + 1} to ${unit + 1}`);
    }
    this.branch();
    if (before === -1) biases[unit] = value;
    else weights[before * n_out + unit] = value;
    this.ended = "";
    this.remember(true);
  }

  /** Train on with other settings, from where the run stands. */
  goOnWith(settings) {
    const { optimizer } = this.settings;
    this.branch();
    this.settings = settings;
    this.ended = "";
    if (settings.optimizer !== optimizer) this.state = startState(this.optimizer, this.parameters, this.state.epochs);
    this.row -= this.row % this.batchSize;
    this.remember(true);
  }

  /** A copy of the run at its end, with all its curves. */
  whole() {
    const twin = Object.assign(Object.create(Session.prototype), this, { curves: this.curves.copy(), checkpoints: [...this.checkpoints] });
    twin.stand(this.last);
    return twin;
  }

  /** A run that begins as this one, from the same weights. */
  copy() {
    const { parameters, epoch } = this.checkpoints[0];
    return Object.assign(new Session(this.settings, this.problem, { parameters, epoch }), { lent: this.lent });
  }

  /** Train on all rows, watching those put aside, or make one step on some of them. */
  epochs(n_epochs, some = null) {
    const { settings, problem } = this, isLent = !some && this.epoch >= this.lent;
    const network = isLent ? lentNetwork(this.network) : this.network;
    if (!isLent && !some) n_epochs = Math.min(n_epochs, this.lent - this.epoch);
    const rows = some ? { X: rowsOf(this.X, problem.n_inputs, some), Y: rowsOf(this.Y, problem.n_outputs, some) } : { X: this.X, Y: this.Y };
    const watched = !some && problem.test.length
      ? { X: this.test_X, Y: this.test_Y, best_parameters: new Float64Array(this.parameters.length) } : null;
    return network.train(this.parameters, this.optimizer, this.state, rows, {
      n_epochs, total_epochs: this.totalEpochs(Boolean(some)), seed: settings.seed, l1: settings.l1, l2: settings.l2, dropout: settings.dropout,
      batch_size: some || this.batchSize === this.n_rows ? 0 : this.batchSize, early_stopping: watched,
    });
  }

  /** What the schedules aim at: the epochs to come, and as many as the steps made so far would be. */
  totalEpochs(singleStep) {
    const batches = Math.ceil(this.n_rows / this.batchSize);
    return (this.settings.epochs - this.epoch + Math.floor(this.state.steps / batches)) * (singleStep ? batches : 1);
  }

  /** Train the perceptron as the article prints it. */
  asPrinted(n_epochs) {
    const n = this.n_rows;
    const loss = trainAsPrinted(this.parameters, this.X, this.Y, this.optimizer.learning_rate / n, n_epochs).map((total) => total / n);
    this.state.epochs += n_epochs;
    return { loss, validation_loss: NOTHING, gradient_norm: new Float64Array(n_epochs).fill(NaN), ended: "" };
  }

  /** Note an epoch that was made of single steps. */
  finishEpoch(gradient_norm) {
    const { network, parameters, test_X, test_Y } = this;
    const tested = this.problem.test.length ? [network.loss_and_gradient(parameters, test_X, test_Y).loss] : [];
    this.curves.write(this.epoch - this.first_epoch, { loss: [this.epochLoss / this.n_rows], validation_loss: tested, gradient_norm });
    this.state.epochs += 1;
    this.row = 0;
    this.epoch += 1;
    this.remember();
  }
}

/** The rows seen up to a moment, since epoch 0. */
const placeOf = ({ epoch, row }, n_rows) => epoch * n_rows + row;
