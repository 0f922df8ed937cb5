// What is asked about: a network on the rows at hand, which are a batch, and what the kernel computes for them, once it is asked for.

import { networkOf } from "../backend.js";
import { rowsOf } from "../numbers.js";
import { copiedState } from "../optimizer.js";
import { layersOf } from "../parameters.js";
import { Refusal } from "../text.js";
import { address, isParameter, textOf } from "./address.js";
import { nameOf } from "./article.js";
import { checked, constant } from "./expansion.js";

const FAR_BELOW = -1e30; // any prediction is above: the derivative of the absolute error is 1

/** A network, its parameters and rows. given: network, parameters, X, Y, inputs (their names), cells (of each row), row_numbers,
    optimizer and state as the next step finds them, l1, l2, summed (losses are sums over the rows), article. */
export class Run {
  constructor(given, alone = false) {
    Object.assign(this, given);
    this.alone = alone; // a row of several
    this.n_rows = given.row_numbers.length;
    this.n_inputs = given.network.n_inputs;
    this.layers = given.network.activations.map((_, l) => (l + 1 < given.network.activations.length ? `hidden${l + 1}` : "output"));
    this.known = new Map();
  }

  /** What is computed once. */
  once(key, compute) {
    if (!this.known.has(key)) this.known.set(key, compute());
    return this.known.get(key);
  }

  /** The same with one of the rows. */
  only(row) {
    const { X, Y, network, cells, row_numbers } = this;
    return this.once(`row ${row}`, () => new Run({
      ...this, X: rowsOf(X, network.n_inputs, [row]), Y: rowsOf(Y, network.n_outputs, [row]), cells: [cells[row]], row_numbers: [row_numbers[row]],
    }, true));
  }

  // -------------------------------------------------------------- what the kernel computes

  /** Every z, a, delta and loss; a[0] is what the network is given. */
  get trace() {
    return this.once("trace", () => {
      const found = this.network.trace(this.parameters, this.X, this.Y);
      return { ...found, a: [this.X, ...found.a] };
    });
  }

  get meanLoss() {
    const { parameters, X, Y, l1, l2 } = this;
    return this.once("loss", () => this.network.loss_and_gradient(parameters, X, Y, { l1, l2 }));
  }

  /** By what a mean over the rows is multiplied: by their number where sums are wanted. */
  get factor() {
    return this.summed ? this.n_rows : 1;
  }

  /** One step of the optimizer on all rows at hand: the parameters after it, its memory before and after, and the rate. */
  get step() {
    return this.once("step", () => {
      const { optimizer, X, Y, l1, l2, factor } = this, parameters = this.parameters.slice(), after = copiedState(this.state);
      const done = this.network.train(parameters, { ...optimizer, learning_rate: optimizer.learning_rate * factor },
        after, { X, Y }, { n_epochs: 1, l1, l2 });
      if (!done.loss.length) throw new Refusal("the loss or the gradient of these rows is not finite: there is no step to explain");
      return { parameters, before: copiedState(this.state), after, rate: factor > 1 ? optimizer.learning_rate : done.rate[0] };
    });
  }

  /** da/dz of a layer, counted from 1: the kernel is asked for it by a network of one unit that hands its delta on as it is. */
  slopes(layer) {
    return this.once(`slopes ${layer}`, () => {
      const z = this.trace.z[layer - 1], activations = [this.network.activations[layer - 1], "identity"];
      const probe = networkOf({ layer_sizes: [1, 1, 1], activations, loss: "absolute_error", biases: false });
      return probe.trace(Float64Array.of(1, 1), z, new Float64Array(z.length).fill(FAR_BELOW)).delta[0];
    });
  }

  /** dloss/da of a hidden layer: the delta of an identity put after it. */
  activationGradients(layer) {
    return this.once(`gradients ${layer}`, () => {
      const { network, parameters, trace, Y } = this, n = network.layer_sizes[layer], above = layersOf(network, parameters)[layer].weights;
      const own = new Float64Array(n * n + n * network.biases), rest = parameters.subarray((above.byteOffset - parameters.byteOffset) / 8);
      for (let i = 0; i < n; i++) own[i * n + i] = 1;
      const probe = networkOf({
        layer_sizes: [n, n, ...network.layer_sizes.slice(layer + 1)], activations: ["identity", ...network.activations.slice(layer)],
        loss: network.loss, biases: network.biases,
      });
      return probe.trace(Float64Array.of(...own, ...rest), trace.a[layer], Y).delta[0];
    });
  }

  // -------------------------------------------------------------- how its numbers are called

  /** How many units a layer has; layer 0 is the inputs. */
  width(layer) {
    return this.network.layer_sizes[layer];
  }

  /** A layer's number, from 1. */
  layer(part) {
    return this.layers.indexOf(part) + 1;
  }

  /** The address with its row, where there are several. */
  here(where, row = null) {
    const at = this.alone && !(isParameter(where) && !where.attribute) ? 0 : row;
    const several = this.n_rows > 1 || this.alone || (where.part === "loss" && (this.l1 > 0 || this.l2 > 0));
    return { ...where, row: at !== null && several ? this.row_numbers[at] : null };
  }

  /** A parameter's entry of a vector as long as the parameters. */
  ofVector(vector, { part, kind, index }) {
    const { weights, biases, n_in, n_out } = layersOf(this.network, vector)[this.layer(part) - 1];
    const [i, unit] = kind === "weights" ? index : [0, index[0]];
    const found = kind === "weights" ? weights : biases, name = textOf(address(part, { kind, index }));
    if (!found) throw new Refusal(`there is no ${name}: this network has no biases`);
    if (!(i >= 0 && i < n_in && unit >= 0 && unit < n_out)) {
      throw new Refusal(`there is no ${name}: the last is [${kind === "weights" ? `${n_in},${n_out}` : n_out}] and the first is 1 in each place`);
    }
    return found[kind === "weights" ? i * n_out + unit : unit];
  }

  // -------------------------------------------------------------- pieces of expansions

  /** A number that has an address as a factor; parameters are given, all else can be opened. */
  factorAt(where, value, row = null, scale = 0) {
    const name = textOf(this.here(where, row));
    return constant(value, name, { address: name, opens: !isParameter(where) || where.attribute !== "", scale, ...nameOf(this, where) });
  }

  /** z, a, slope or delta of a unit of a layer, counted from 1, as a factor. */
  ofUnit(layer, unit, attribute, row) {
    const { z, a, delta } = this.trace;
    const values = { z: () => z[layer - 1], a: () => a[layer], delta: () => delta[layer - 1], slope: () => this.slopes(layer) }[attribute]();
    return this.factorAt(address(this.layers[layer - 1], { kind: "unit", index: [unit], attribute }), values[row * this.width(layer) + unit], row);
  }

  /** What the first layer gets. */
  ofInput(i, row) {
    return this.factorAt(address("input", { name: this.inputs[i] }), this.X[row * this.n_inputs + i], row);
  }

  /** The weight that leads from place i below to a unit of a layer, counted from 1. */
  weight(layer, i, unit) {
    return this.parameter(address(this.layers[layer - 1], { kind: "weights", index: [i, unit] }));
  }

  parameter(where) {
    const plain = { ...where, attribute: "" };
    return this.factorAt(plain, this.ofVector(this.parameters, plain));
  }

  /** An expansion, checked against the kernel's value. */
  expansion(where, value, formula, terms, { row = null, note = "", scale = 0 } = {}) {
    const check = terms.length ? checked(value, terms, scale) : null;
    return { address: textOf(this.here(where, row)), value, formula, terms, check, ...nameOf(this, where), note, remarks: [] };
  }
}
