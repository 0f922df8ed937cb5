/* The arithmetic: the C++ kernel as WebAssembly, in float64. Beside it in the memory of the module lie the arrays of a call.
   The verbs are those of selenite.nn, with the same names and, to the bit, the results of the kernel's level v2. */

import { ACTIVATIONS, LOSSES } from "./functions.js";

const OPTIMIZERS = "sgd adam adamw".split(" ");
const SCHEDULES = "constant step cosine one_cycle inverse_scaling adaptive".split(" ");
const ENDINGS = ["", "stalled", "stopped", "diverged"];

function place(names, name) {
  const found = names.indexOf(name);
  if (found < 0) throw new RangeError(`the kernel does not know ${name}`);
  return found;
}

const scheduleNumbers = ({ name, every, factor, warmup, power }) => Float64Array.of(place(SCHEDULES, name), every, factor, warmup, power);

/** Make a kernel from the bytes of kernel.wasm, or from a compiled module. */
export async function loadKernel(source) {
  const found = await WebAssembly.instantiate(source);
  return new Kernel(found.instance ?? found);
}

class Kernel {
  constructor(instance) {
    this.verbs = instance.exports;
    this.verbs._initialize();
  }

  /** Call use(place, ...) with arrays copied into the module's memory (null: none); `out` of them are copied back. */
  call(arrays, out, use) {
    const places = arrays.map((array) => (array === null ? 0 : this.verbs.take(8 * array.length)));
    arrays.forEach((array, k) => array !== null && this.view(places[k], array.length).set(array));
    const result = use(...places);
    for (const k of out) if (arrays[k] !== null) arrays[k].set(this.view(places[k], arrays[k].length));
    for (const one of places) if (one) this.verbs.give(one);
    return result;
  }

  /** The numbers at a place; to be used at once, as the memory moves when it grows. */
  view(at, length) {
    return new Float64Array(this.verbs.memory.buffer, at, length);
  }

  /** A described network: layer_sizes, activations, loss, loss_parameter, biases, embedding or null. */
  network(description) {
    const { layer_sizes, activations, loss, biases = true, embedding = null } = description;
    const { loss_parameter = LOSSES[loss]?.parameter } = description, periodic = embedding ? embedding.periodic : [];
    const numbers = Float64Array.from([
      activations.length, ...layer_sizes, ...activations.map((name) => place(Object.keys(ACTIVATIONS), name)), place(Object.keys(LOSSES), loss),
      loss_parameter, +biases, embedding ? periodic.length : -1, ...periodic, embedding?.n_frequencies ?? 1, embedding?.n_components ?? 1,
    ]);
    return new Network(this, { layer_sizes, activations, loss, loss_parameter, biases, embedding }, this.call([numbers], [], this.verbs.describe));
  }

  /** The rows 0 ... n - 1 in the order in which an epoch takes them. */
  order(seed, epoch, n) {
    const rows = new Float64Array(n);
    this.call([rows], [0], (at) => this.verbs.order(BigInt(seed), epoch, n, at));
    return rows;
  }

  /** 64 random bits at each of the positions (...words, 0), (...words, 1), ...: nn/random.py. */
  bits(seed, words, count) {
    const at = this.verbs.take(8 * count);
    this.call([Float64Array.from(words)], [], (w) => this.verbs.bits(BigInt(seed), w, words.length, count, at));
    const found = new BigUint64Array(this.verbs.memory.buffer, at, count).slice();
    this.verbs.give(at);
    return found;
  }

  /** A schedule's learning rate as a share of the base rate, at the share t of all steps. */
  share(schedule, t, epoch, rows_seen) {
    return this.call([scheduleNumbers(schedule)], [], (at) => this.verbs.share(at, t, epoch, rows_seen));
  }
}

class Network {
  constructor(kernel, description, described) {
    Object.assign(this, description, { kernel, described });
    this.n_inputs = this.layer_sizes[0];
    this.n_outputs = this.layer_sizes.at(-1);
  }

  /** The prediction of each row of X, (n, n_outputs); of several members' parameters their mean. */
  predict(parameters, X, n_members = 1) {
    const n = X.length / this.n_inputs, found = new Float64Array(n * this.n_outputs);
    this.kernel.call([parameters, X, found], [2], (p, x, to) => this.kernel.verbs.predict(this.described, p, n_members, x, n, to));
    return found;
  }

  /** The mean loss of the rows and its gradient. */
  loss_and_gradient(parameters, X, Y, { sample_weight = null, l1 = 0, l2 = 0 } = {}) {
    const gradient = new Float64Array(parameters.length);
    const loss = this.kernel.call([parameters, X, Y, sample_weight, gradient], [4], (p, x, y, w, g) =>
      this.kernel.verbs.loss_and_gradient(this.described, p, x, y, w, X.length / this.n_inputs, l1, l2, g));
    return { loss, gradient };
  }

  /** Every z, a and delta of some rows, an array a layer, and the rows' losses. */
  trace(parameters, X, Y) {
    const n = X.length / this.n_inputs, units = this.layer_sizes.slice(1);
    const all = new Float64Array(3 * n * units.reduce((sum, size) => sum + size, 0) + n);
    this.kernel.call([parameters, X, Y, all], [3], (p, x, y, to) => this.kernel.verbs.trace(this.described, p, x, y, n, to));
    let at = 0;
    const next = (length) => all.subarray(at, (at += length));
    const [z, a, delta] = [0, 1, 2].map(() => units.map((size) => next(n * size)));
    return { z, a, delta, losses: next(n) };
  }

  /** Train for some epochs from where `state` stands: write into the parameters, the state and its early stopping.
      rows: X, Y, sample_weight. state: first, second, steps, epochs, rate_factor. Returns the curves and the ending. */
  train(parameters, optimizer, state, rows, { n_epochs, total_epochs = n_epochs, batch_size = 0, seed = 0, l1 = 0, l2 = 0, dropout = 0, early_stopping = null }) {
    const o = optimizer, watched = early_stopping;
    const options = Float64Array.from([
      n_epochs, total_epochs, batch_size, l1, l2, dropout, place(OPTIMIZERS, o.name), o.learning_rate, o.momentum, +o.nesterov,
      o.beta_1, o.beta_2, o.epsilon, o.weight_decay, ...scheduleNumbers(o.schedule),
      ...(o.rates ?? new Array(2 * this.layer_sizes.length).fill(1)),
    ]);
    const numbers = Float64Array.from([
      state.steps, state.epochs, state.rate_factor, watched?.patience ?? -1, watched?.tolerance ?? 0, watched?.best_loss ?? Infinity,
      watched?.best_epoch ?? -1, watched?.stalled ?? 0,
    ]);
    const curves = new Float64Array(4 * n_epochs), n = rows.X.length / this.n_inputs;
    const aside = watched?.X ?? null, n_aside = aside ? aside.length / this.n_inputs : 0;
    const second = state.second.length ? state.second : null;
    const found = this.kernel.call(
      [options, parameters, state.first, second, rows.X, rows.Y, rows.sample_weight ?? null, aside, watched?.Y ?? null,
        watched?.sample_weight ?? null, watched?.best_parameters ?? null, numbers, curves],
      [1, 2, 3, 10, 11, 12],
      (at_options, p, first, at_second, x, y, w, x_aside, y_aside, w_aside, best, at_state, at_curves) =>
        this.kernel.verbs.train(this.described, at_options, BigInt(seed), p, first, at_second, x, y, w, n, x_aside, y_aside, w_aside,
          n_aside, best, at_state, at_curves));
    const done = found % 2 ** 20;
    [state.steps, state.epochs, state.rate_factor] = numbers;
    if (watched) [watched.best_loss, watched.best_epoch, watched.stalled] = numbers.subarray(5);
    const [loss, validation_loss, gradient_norm, rate] = [0, 1, 2, 3].map((k) => curves.slice(k * n_epochs, k * n_epochs + done));
    return { loss, validation_loss: aside ? validation_loss : new Float64Array(0), gradient_norm, rate, ended: ENDINGS[Math.floor(found / 2 ** 20)] };
  }
}
