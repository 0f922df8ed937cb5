/* What the kernel computes for some rows, once it is asked for, and the pieces that expansions are made of. */

import { Refusal } from "../text.js";
import { address, at, isParameter, textOf } from "./address.js";
import { nameOf } from "./article.js";
import { checked, constant } from "./expansion.js";

const FAR_BELOW = -1e30; // any prediction is above: the derivative of the absolute error is 1

/** subject: kernel, description (of the network), parameters, X, Y (or null), input_names, row_numbers, optimizer, state, l1, l2,
    summed (whether losses are sums over the rows), article ("", "1", "2", "2-biases", "2-perceptron", "3"), and, where the rows are
    a table's, cell(i, row): the cell an input comes from, see cells.js. */
export class Run {
  constructor(subject, alone = false) {
    Object.assign(this, subject, { subject, alone }); // alone: a row of several
    const { layer_sizes } = this.description;
    this.network = this.kernel.network(this.description);
    this.n_layers = layer_sizes.length - 1;
    this.n = this.X.length / layer_sizes[0];
    this.layers = layer_sizes.slice(1).map((_, l) => (l < this.n_layers - 1 ? `hidden${l + 1}` : "output"));
    this.units = layer_sizes.slice(1);
    this.factor = this.summed ? this.n : 1; // by what a mean over the rows is multiplied
    this.kept = new Map();
  }

  once(name, compute) {
    if (!this.kept.has(name)) this.kept.set(name, compute());
    return this.kept.get(name);
  }

  /** The run of one of the rows. */
  only(row) {
    const { layer_sizes } = this.description, part = (array, width) => array && array.slice(row * width, (row + 1) * width);
    return this.once(`row ${row}`, () => new Run({
      ...this.subject, X: part(this.X, layer_sizes[0]), Y: part(this.Y, layer_sizes.at(-1)), row_numbers: [this.row_numbers[row]],
    }, true));
  }

  get answers() {
    if (!this.Y) throw new Refusal("losses, gradients and updates compare with answers, and none are given");
    return this.Y;
  }

  get trace() {
    return this.once("trace", () => this.network.trace(this.parameters, this.X, this.Y ?? new Float64Array(this.n * this.units.at(-1))));
  }

  get mean() {
    return this.once("mean", () => this.network.loss_and_gradient(this.parameters, this.X, this.answers, { l1: this.l1, l2: this.l2 }));
  }

  get loss() { return this.mean.loss * this.factor; }
  get gradient() { return this.once("gradient", () => this.mean.gradient.map((slope) => slope * this.factor)); }
  get losses() { return this.answers && this.trace.losses; }

  /** One step of the optimizer on all rows at hand: parameters after it, the state before and after, the rate. */
  get step() {
    return this.once("step", () => {
      const copied = () => ({ ...this.state, first: this.state.first.slice(), second: this.state.second.slice() });
      const parameters = this.parameters.slice(), before = copied(), after = copied();
      const optimizer = { ...this.optimizer, learning_rate: this.optimizer.learning_rate * this.factor };
      const found = this.network.train(parameters, optimizer, after, { X: this.X, Y: this.answers }, { n_epochs: 1, l1: this.l1, l2: this.l2 });
      if (!found.loss.length) throw new Refusal("the loss or the gradient of these rows is not finite: there is no step to explain");
      return { parameters, before, after, rate: this.factor > 1 ? this.optimizer.learning_rate : found.rate[0] };
    });
  }

  /** A unit's number in a row; layers are counted from 1. a of layer 0 are the inputs. */
  value(attribute, layer, unit, row) {
    if (attribute === "a" && layer === 0) return this.X[row * this.description.layer_sizes[0] + unit];
    const values = attribute === "slope" ? this.slopes(layer) : attribute === "a.gradient" ? this.activationGradients(layer) : this.trace[attribute][layer - 1];
    if (attribute === "delta") this.answers;
    return values[row * this.units[layer - 1] + unit];
  }

  /** da/dz of a layer, as the kernel has it: the delta of a unit below an identity whose error has the slope 1. */
  slopes(layer) {
    return this.once(`slopes ${layer}`, () => {
      const z = this.trace.z[layer - 1], activations = [this.description.activations[layer - 1], "identity"];
      const small = this.kernel.network({ layer_sizes: [1, 1, 1], activations, loss: "absolute_error", biases: false });
      return small.trace(Float64Array.of(1, 1), z, new Float64Array(z.length).fill(FAR_BELOW)).delta[0];
    });
  }

  /** dloss/da of a hidden layer: the delta of an identity put after it. */
  activationGradients(layer) {
    return this.once(`activation gradients ${layer}`, () => {
      const { layer_sizes, activations, biases } = this.description, size = layer_sizes[layer], above = this.place("weights", layer + 1)[0];
      const own = new Float64Array(size * (size + biases));
      for (let i = 0; i < size; i++) own[i * (size + 1)] = 1;
      const rest = this.kernel.network({ ...this.description, layer_sizes: [size, size, ...layer_sizes.slice(layer + 1)], activations: ["identity", ...activations.slice(layer)] });
      return rest.trace(Float64Array.from([...own, ...this.parameters.subarray(above)]), this.trace.a[layer - 1], this.answers).delta[0];
    });
  }

  /** Where the weights or biases of a layer, counted from 1, begin in the vector, and how many rows and columns they have. */
  place(kind, layer) {
    const { layer_sizes: sizes, biases } = this.description;
    let begin = 0;
    for (let l = 1; l < layer; l++) begin += (sizes[l - 1] + biases) * sizes[l];
    return kind === "weights" ? [begin, sizes[layer - 1], sizes[layer]] : [begin + sizes[layer - 1] * sizes[layer], +biases, sizes[layer]];
  }

  /** One parameter's entry of a vector as long as the parameters. */
  ofVector(vector, { part, kind, index }) {
    const [begin, rows, columns] = this.place(kind, this.layer(part)), [i, j] = kind === "weights" ? index : [0, index[0]];
    if (!(i >= 0 && i < rows && j >= 0 && j < columns)) {
      const there = textOf(address(part, { kind, index })), last = kind === "weights" ? [rows, columns] : [columns];
      throw new Refusal(rows ? `there is no ${there}: the last is [${last}] and the first is 1 in each place` : `there is no ${there}: this network has no biases`);
    }
    return vector[begin + i * columns + j];
  }

  layer(part) { return this.layers.indexOf(part) + 1; }

  /** The address with its row, where there are several. */
  here(place, row = null) {
    if (this.alone && !(isParameter(place) && !place.attribute)) row = 0;
    const several = this.n > 1 || this.alone || (place.part === "loss" && (this.l1 > 0 || this.l2 > 0));
    return { ...place, row: row !== null && several ? this.row_numbers[row] : null };
  }

  unit(layer, unit, attribute) { return address(this.layers[layer - 1], { kind: "unit", index: [unit], attribute }); }

  // -------------------------------------------------------------- pieces of expansions

  /** A number that has an address as a factor. */
  factorAt(place, value, row = null, scale = 0) {
    const here = textOf(this.here(place, row)), [alias, equation] = nameOf(this, place);
    const given = (isParameter(place) && !place.attribute) || (place.part === "input" && !this.cell);
    return constant(value, here, { address: here, opens: !given, alias, equation, scale });
  }

  ofUnit(layer, unit, attribute, row) { return this.factorAt(this.unit(layer, unit, attribute), this.value(attribute, layer, unit, row), row); }
  parameter(place) { return this.factorAt(at(place, ""), this.ofVector(this.parameters, place)); }
  weight(layer, i, unit) { return this.parameter(address(this.layers[layer - 1], { kind: "weights", index: [i, unit] })); }

  /** What a weight is multiplied by: a unit below, or an input. */
  below(layer, i, row) {
    return layer > 1 ? this.ofUnit(layer - 1, i, "a", row) : this.factorAt(address("input", { name: this.input_names[i] }), this.value("a", 0, i, row), row);
  }

  /** An expansion, checked against the kernel's value. */
  expansion(place, value, formula, terms, { row = null, note = "", scale = 0 } = {}) {
    const [alias, equation] = nameOf(this, place);
    return { address: textOf(this.here(place, row)), value, formula, terms, check: terms.length ? { ...checked(value, terms, scale), backend: this.kernel.name } : null, alias, equation, note, remarks: [] };
  }
}

