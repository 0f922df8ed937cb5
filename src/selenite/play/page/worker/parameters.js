// A network's parameters in one vector: the layers' views of it, and the values that training begins with.

import { bits as bitsAt } from "./backend.js";
import { INITIALIZE, normal, uniform } from "./random.js";
import { Refusal } from "./text.js";
import { OTHER_STARTS, STARTS } from "./tutorial.js";

/** Each layer's weights, (n_in, n_out) row by row, and its biases or null, as views of the parameters. */
export function layersOf(network, parameters) {
  let at = network.n_embedding ?? 0; // those of an embedding come first
  const next = (length) => parameters.subarray(at, (at += length));
  return network.activations.map((activation, l) => {
    const [n_in, n_out] = network.layer_sizes.slice(l, l + 2);
    return { activation, n_in, n_out, weights: next(n_in * n_out), biases: network.biases ? next(n_out) : null };
  });
}

export const countOf = ({ layer_sizes, biases, n_embedding = 0 }) =>
  layer_sizes.slice(1).reduce((sum, n, l) => sum + n * (layer_sizes[l] + biases), n_embedding);

/** Starting values by nn/initializers: glorot, he, lecun, normal or uniform. */
export function initialize(network, initializer = "glorot", seed = 0) {
  const parameters = new Float64Array(countOf(network));
  layersOf(network, parameters).forEach(({ n_in, n_out, weights, biases }, layer) => {
    const bits = bitsAt(seed, [INITIALIZE, layer], (n_in + 1) * n_out), whole = initializer === "uniform" || initializer === "normal";
    const drawn = drawnBy(initializer, bits, n_in, n_out);
    weights.set(drawn.subarray(0, n_in * n_out));
    if (biases && whole) biases.set(drawn.subarray(n_in * n_out));
  });
  return parameters;
}

function drawnBy(initializer, bits, n_in, n_out) {
  if (initializer === "uniform") return uniform(bits);
  if (initializer === "glorot") return uniform(bits).map((u) => (2 * u - 1) * Math.sqrt(6 / (n_in + n_out)));
  const width = { normal: 1, he: Math.sqrt(2 / n_in), lecun: Math.sqrt(1 / n_in) }[initializer];
  return normal(bits).map((value) => value * width);
}

/** Whether an article draws weights for such a network. */
export const isArticles = ({ layer_sizes, biases }) => layer_sizes.join("-") === "2-4-1" || Boolean(STARTS[layer_sizes.join("-")] && biases);

/** The weights that an article draws; biases that it does not have start at zero. */
function articleStart(network) {
  const sizes = network.layer_sizes.join("-");
  if (isArticles(network)) return sizes === "2-4-1" ? withZeroBiases(network, STARTS[sizes]) : Float64Array.from(STARTS[sizes]);
  throw new Refusal(`the articles start no ${sizes} network; take another start, or 3-1, 2-1, 2-4-1 or 2-4-3`);
}

/** 20 other draws of the 2-4-1 network's weights. */
export function otherArticleStarts(network) {
  if (network.layer_sizes.join("-") !== "2-4-1") throw new Refusal("20 starts as in the article are for its 2-4-1 network; take another start");
  return OTHER_STARTS.map((weights) => withZeroBiases(network, weights));
}

function withZeroBiases(network, weights) {
  const parameters = new Float64Array(countOf(network));
  let at = 0;
  for (const layer of layersOf(network, parameters)) layer.weights.set(weights.slice(at, (at += layer.weights.length)));
  return parameters;
}

/** The weights that a run with these settings begins with. */
export const startingParameters = (settings, network) =>
  settings.start === "article" ? articleStart(network) : initialize(network, settings.start, settings.seed);
