// A layer whole: all its weights and values as a table of numbers, and the plane as it bends it.

import { importances, layerNames, valuesOf } from "./layers.js";
import { order, rounded, rowsOf, spaced } from "./numbers.js";
import { layersOf } from "./parameters.js";
import { inputsAt } from "./plane.js";
import { Refusal } from "./text.js";

const LINES = 21; // of the grid that is bent, each way
const STEPS = 61; // places along each of them
const EDGE = 0.04; // of the picture beyond what is drawn

/** The weights of a layer, what each adds in the followed row, and the values on both sides of them, as float32. */
export function matrixOf(session, followed, layer) {
  const { network, parameters } = session, layers = layersOf(network, parameters);
  if (layer >= layers.length) throw new Refusal(`there is no layer ${layer + 1}; the network has ${layers.length}`);
  const [x, y] = session.rows([followed]), row = network.trace(parameters, x, y), before = layer ? row.a[layer - 1] : row.features ?? x;
  const { weights, biases, n_out } = layers[layer], adds = weights.map((weight, i) => weight * before[Math.floor(i / n_out)]), after = row.a[layer];
  const largest = Object.fromEntries(Object.entries({ weights, adds, biases, before, after }).map(([name, values]) =>
    [name, (values ?? []).reduce((most, value) => Math.max(most, Math.abs(known(value))), 0)]));
  return {
    layer,
    activation: network.activations[layer],
    below: layerNames(session, layer),
    units: layerNames(session, layer + 1),
    weights: single(weights), adds: single(adds), biases: biases && single(biases),
    before: single(before), z: single(row.z[layer]), after: single(after),
    largest,
  };
}

/** A number as it can be drawn: what is none is 0, what is infinite the largest. */
const known = (value) => (Number.isNaN(value) ? 0 : Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE));
const single = (values) => Float32Array.from(values, known);

/** The grid of the plane and the rows drawn on it, in the space of two units of a hidden layer, the first being 1.
    Places are shares of the picture, from its lower left corner. */
export function bentPlane(session, view, layer, units) {
  const { network, parameters, problem } = session, hidden = network.activations.length - 1;
  if (layer > hidden) throw new Refusal(`there is no hidden layer ${layer}; the network has ${hidden || "none"}${hidden ? ", counted from 1" : ""}`);
  const n_units = network.layer_sizes[layer];
  if (n_units < 2) throw new Refusal(`hidden layer ${layer} has one unit; a plane needs two`);
  const pair = units ?? [...order(importances(session)[layer].map((count) => -count)).slice(0, 2).sort()];
  if (pair[0] === pair[1] || Math.max(...pair) >= n_units) {
    throw new Refusal(`choose two different units from 1 to ${n_units} of hidden layer ${layer}`);
  }
  const placesOf = (inputs) => pairsOf(valuesOf(network, parameters, inputs)[layer], n_units, pair);
  const grid = placesOf(gridInputs(problem, view)), points = placesOf(rowsOf(problem.X, problem.n_inputs, view.points));
  const frame = [0, 1].map((k) => ends([...grid, ...points].filter((place) => place.every(Number.isFinite)).map((place) => place[k])));
  const share = (value, { low, high }) => rounded(known((value - low) / (high - low)), 4);
  const shares = (places) => places.map((place) => place.map((value, k) => share(value, frame[k])));
  const lines = shares(grid);
  return {
    layer,
    units: pair,
    names: layerNames(session, layer),
    lines: Array.from({ length: 2 * LINES }, (_, line) => lines.slice(line * STEPS, (line + 1) * STEPS)),
    upright: LINES, // so many of the lines hold the first axis, the others the second
    points: shares(points),
    low: frame.map(({ low }) => low),
    high: frame.map(({ high }) => high),
  };
}

/** The inputs along the lines of the grid: 21 that hold the first axis, then 21 that hold the second. */
function gridInputs(problem, { axes, row }) {
  const held = spaced(0, 1, LINES), along = spaced(0, 1, STEPS), n = LINES * STEPS;
  const fixed = Float64Array.from({ length: n }, (_, i) => held[Math.floor(i / STEPS)]);
  const moving = Float64Array.from({ length: n }, (_, i) => along[i % STEPS]);
  return inputsAt(problem, axes, [Float64Array.of(...fixed, ...moving), Float64Array.of(...moving, ...fixed)], row);
}

const pairsOf = (values, n_units, [first, second]) =>
  Array.from({ length: values.length / n_units }, (_, i) => [values[i * n_units + first], values[i * n_units + second]]);

/** The least and the largest of some numbers, with an edge beyond. */
function ends(values) {
  const low = values.length ? Math.min(...values) : 0, high = values.length ? Math.max(...values) : 0;
  const edge = high > low ? EDGE * (high - low) : 0.5;
  return { low: low - edge, high: high + edge };
}
