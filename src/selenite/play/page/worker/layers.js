// The layers as the page shows them: what their units are called, how much they count, and which of a wide layer are drawn.

import { layersOf } from "./parameters.js";
import { columnOf, deviation, order, range, rowsOf, sum } from "./numbers.js";

const MOST_UNITS_DRAWN = 16; // of a layer, one by one
const ROWS_LOOKED_AT = 500; // to see how far a unit's value varies
export const SATURATED = { logistic: [0.01, 0.99], tanh: [-0.98, 0.98] };

/** What the network is given and every layer's values, for rows whose answers do not matter. */
export function valuesOf(network, parameters, inputs) {
  const answers = new Float64Array((inputs.length / network.n_inputs) * network.n_outputs);
  const { features, a } = network.trace(parameters, inputs, answers);
  return [features ?? inputs, ...a];
}

/** The first of the problem's rows, by which units are judged. */
const someRows = ({ X, n_rows, n_inputs }) => X.subarray(0, Math.min(n_rows, ROWS_LOOKED_AT) * n_inputs);

/** Of each layer's units how much they count: the length of a unit's weights onward times how far its value varies. */
export function importances(session) {
  const { network, parameters, problem } = session;
  const values = valuesOf(network, parameters, someRows(problem));
  const found = layersOf(network, parameters).map(({ weights, n_in, n_out }, l) => Array.from(range(n_in), (unit) => {
    const onward = weights.subarray(unit * n_out, (unit + 1) * n_out).map((w) => w * w);
    const count = Math.sqrt(sum(onward)) * (problem.n_rows > 1 ? deviation(columnOf(values[l], n_in, unit)) : 1);
    return Number.isNaN(count) ? 0 : Math.min(count, Number.MAX_VALUE);
  }));
  return [...found, new Array(network.n_outputs).fill(1)];
}

/** The units drawn of each layer, the first being what the network is given, and the others; of a wide layer as many
    are drawn as leave room for one node that stands for the rest. */
export function chosenUnits(session) {
  const sizes = session.network.layer_sizes;
  const counts = Math.max(...sizes) > MOST_UNITS_DRAWN ? importances(session) : [];
  return sizes.map((n, l) => {
    const units = n <= MOST_UNITS_DRAWN ? range(n) : order(counts[l].map((count) => -count)).slice(0, MOST_UNITS_DRAWN - 1).sort();
    return { units: [...units], others: [...range(n)].filter((unit) => !units.includes(unit)) };
  });
}

/** Of each hidden layer the share of its values that stand at a limit; null where there is none. */
export function saturation({ network, parameters, problem }) {
  const rows = (problem.training.length ? problem.training : problem.test).subarray(0, ROWS_LOOKED_AT);
  const values = valuesOf(network, parameters, rowsOf(problem.X, problem.n_inputs, rows));
  return network.activations.slice(0, -1).map((name, l) => {
    const share = (at) => values[l + 1].reduce((count, value) => count + at(value), 0) / values[l + 1].length;
    if (name === "relu") return share((value) => value <= 0);
    if (!SATURATED[name]) return null;
    const [low, high] = SATURATED[name];
    return share((value) => value < low || value > high);
  });
}

/** The names of a layer's units: of layer 0 the inputs, of hidden ones numbers, of outputs classes. */
export function layerNames({ network, problem, featureNames }, layer) {
  const last = network.activations.length, { classes, name } = problem.target;
  if (layer === 0) return featureNames;
  if (layer < last) return Array.from(range(network.layer_sizes[layer]), (unit) => `${last > 2 ? `h${layer}.` : "h"}${unit + 1}`);
  if (classes.length > 2) return classes.map((each) => `P(${each})`);
  return [classes.length ? `P(${classes[1]})` : name];
}

/** A unit, its bias (before -1) or a weight into it that is asked about, and what it is called; layers are counted from 0, the first with
    weights. What this network does not have gives way to what it has. */
export function selected(session, { layer, unit, before = null }) {
  const { activations, layer_sizes } = session.network, last = activations.length - 1;
  if (layer > last || unit >= layer_sizes[layer + 1]) [layer, unit, before] = [last, 0, null];
  if (before !== null && before >= layer_sizes[layer]) before = null;
  const name = layerNames(session, layer + 1)[unit];
  const title = before === null ? `Unit ${name}` : before === -1 ? `Bias of ${name}` : `Weight from ${layerNames(session, layer)[before]} to ${name}`;
  return { title, layer, unit, before };
}

/** How `selenite why` calls a part of what a unit, or one weight into it, is made of. */
export function addressOf({ network }, { layer, unit, before }, part) {
  const place = layer < network.activations.length - 1 ? `hidden${layer + 1}` : "output";
  if (part === "forward") return `${place}.unit${unit + 1}.a`;
  if (part === "backward" && before === null) return `${place}.unit${unit + 1}.delta`;
  const parameter = before === -1 && network.biases ? `biases[${unit + 1}]` : `weights[${Math.max(before ?? 0, 0) + 1},${unit + 1}]`;
  return `${place}.${parameter}.${part === "backward" ? "gradient" : "update"}`;
}
