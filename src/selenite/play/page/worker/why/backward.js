/* Backward: how the loss depends on each activation, each sum and each parameter, taken apart by the chain rule. */

import { address, at } from "./address.js";
import { nameOf } from "./article.js";
import { constant, difference, pattern, product, scaleOf } from "./expansion.js";
import { deltaAtOnce, lossSlope } from "./losses.js";

/** dloss/da: at the output the loss's own derivative, below Σ weight × delta of the layer above. */
export function expandActivationGradient(run, place, row) {
  const layer = run.layer(place.part), unit = place.index[0];
  if (layer === run.n_layers) {
    const { value, terms, formula } = lossSlope(run, unit, row);
    return run.expansion(place, value, formula, terms, { row });
  }
  const terms = above(run, layer, unit, row).map(([label, delta, weight]) => {
    const k = Number(label.split(" ").at(-1)), named = run.article ? { alias: `dzo${run.units.at(-1) > 1 ? k : ""}_dah${unit + 1}`, equation: 7 * run.article.startsWith("2") } : {};
    return product(label, [delta, weight.alias && layer === 1 ? { ...weight, ...named } : weight]);
  });
  return run.expansion(place, run.value("a.gradient", layer, unit, row), pattern("Σ delta above × weight", "\\sum_k \\delta_k w_k"), terms, { row });
}

/** Each unit of the layer above: its name, its delta, the weight that leads to it. */
function above(run, layer, unit, row) {
  return Array.from({ length: run.units[layer] }, (_, k) => [`${run.layers[layer]} unit ${k + 1}`, run.ofUnit(layer + 1, k, "delta", row), run.weight(layer + 1, unit, k)]);
}

/** dloss/dz: what reaches a times the slope of the activation. */
export function expandDelta(run, place, row) {
  const layer = run.layer(place.part), unit = place.index[0], value = run.value("delta", layer, unit, row), last = layer === run.n_layers;
  if (last && deltaAtOnce(run)) {
    const terms = difference(run.ofUnit(layer, unit, "a", row), constant(run.answers[row * run.units.at(-1) + unit], "y"));
    return run.expansion(place, value, pattern("p - y"), terms, { row });
  }
  const chain = pattern("dloss/da × da/dz", "\\frac{\\partial L}{\\partial a} \\cdot \\frac{\\partial a}{\\partial z}");
  if (last || run.article) {
    const reaching = activationGradient(run, layer, unit, row);
    if (run.description.activations[layer - 1] === "identity") return run.expansion(place, value, chain, [product("", [reaching])], { row });
    const note = last && layer > 1 && run.article === "2" ? `times ah it is equation 1: ${equation1(run, unit, row)}` : "";
    return run.expansion(place, value, chain, [product("chain rule", [reaching, run.ofUnit(layer, unit, "slope", row)])], { row, note });
  }
  const slope = run.ofUnit(layer, unit, "slope", row);
  const terms = above(run, layer, unit, row).map(([label, delta, weight]) => product(label, [delta, weight, slope]));
  return run.expansion(place, value, pattern("Σ delta above × weight × da/dz", "\\sum_k \\delta_k w_k \\cdot \\frac{\\partial a}{\\partial z}"), terms, { row });
}

function equation1(run, unit, row) {
  return run.factorAt(address("output", { kind: "weights", index: [0, unit], attribute: "gradient" }), 0, row).symbol;
}

/** dloss/da of a unit as a factor, with the size of what was added in making it. */
function activationGradient(run, layer, unit, row) {
  const place = run.unit(layer, unit, "a.gradient");
  if (layer === run.n_layers) {
    const { value, terms } = lossSlope(run, unit, row);
    return run.factorAt(place, value, row, Math.max(...terms.map(scaleOf)));
  }
  const largest = Math.max(...above(run, layer, unit, row).map(([, delta, weight]) => Math.abs(delta.value * weight.value)));
  return run.factorAt(place, run.value("a.gradient", layer, unit, row), row, largest);
}

/** Whether the article's chain of three derivatives is shown in place of delta × input. */
const inThree = (run, layer) => Boolean(run.article) && !(layer === run.n_layers && deltaAtOnce(run));

/** A parameter's gradient: the mean, or sum, over the rows at hand of what each row says. */
export function expandGradient(run, place) {
  const { n, l1, l2 } = run, layer = run.layer(place.part), weights = place.kind === "weights", over = n > 1 && !run.summed;
  const rows = constant(n, "rows"), terms = [];
  for (let row = 0; row < n; row++) terms.push(product(`row ${run.row_numbers[row]}`, [...ofRow(run, place, row), ...(over ? [rows] : [])], { over }));
  let text = inThree(run, layer) ? "dloss/da × da/dz" : "delta", latex = inThree(run, layer) ? "\\frac{\\partial L}{\\partial a} \\cdot \\frac{\\partial a}{\\partial z}" : "\\delta";
  if (weights) [text, latex] = [`${text} × what the weight multiplies`, `${latex} \\cdot a`];
  if (n > 1) [text, latex] = [`Σ ${text}`, `\\sum_r ${latex}`];
  if (over) [text, latex] = [`${text} / rows`, `\\frac{1}{n} ${latex}`];
  const shared = constant(n / run.factor, "rows"), weight = weights && run.parameter(place);
  if (weights && l1 > 0) {
    terms.push(product("l1 penalty", [constant(l1, "l1"), constant(Math.sign(weight.value), "sign of the weight"), shared], { over: true }));
    [text, latex] = [`${text} + l1 × sign of weight / rows`, `${latex} + \\frac{\\lambda_1}{n} \\operatorname{sign} w`];
  }
  if (weights && l2 > 0) {
    terms.push(product("penalty", [constant(l2, "l2"), weight, shared], { over: true }));
    [text, latex] = [`${text} + l2 × weight / rows`, `${latex} + \\frac{\\lambda}{n} w`];
  }
  return run.expansion(place, run.ofVector(run.gradient, place), pattern(text, latex), terms);
}

/** The factors of what a row says of a parameter's gradient. */
function ofRow(run, place, row) {
  const layer = run.layer(place.part), unit = place.index.at(-1);
  const chain = inThree(run, layer) ? [activationGradient(run, layer, unit, row), run.ofUnit(layer, unit, "slope", row)] : [run.ofUnit(layer, unit, "delta", row)];
  return place.kind === "weights" ? [...chain, multiplied(run, place, layer, row)] : chain;
}

/** What a weight is multiplied by, in the article's words dz/dw. */
function multiplied(run, place, layer, row) {
  const [i, unit] = place.index, below = run.below(layer, i, row), [weight] = nameOf(run, at(place, ""));
  if (!weight || run.n_layers === 1) return below;
  const [z] = nameOf(run, run.unit(layer, unit, "z"));
  return { ...below, alias: `d${z}_d${weight}`, equation: 9 * (layer === 1 && run.article.startsWith("2")) };
}
