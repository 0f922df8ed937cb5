// Backward: how the loss depends on each activation, each sum and each parameter, taken apart by the chain rule.

import { address, textOf } from "./address.js";
import { nameOf } from "./article.js";
import { constant, pattern, product, scaleOf } from "./expansion.js";
import { deltaAtOnce, difference, lossSlope } from "./losses.js";

const BY_CHAIN = pattern("dloss/da × da/dz", "\\frac{\\partial L}{\\partial a} \\cdot \\frac{\\partial a}{\\partial z}");

/** dloss/da: at the output the loss's own derivative, below Σ weight × delta of the layer above. */
export function expandActivationGradient(run, where, row) {
  const layer = run.layer(where.part), [unit] = where.index;
  if (layer === run.layers.length) {
    const { value, terms, formula } = lossSlope(run, unit, row);
    return run.expansion(where, value, formula, terms, { row });
  }
  const terms = above(run, layer).map(([name, k]) => {
    const weight = run.weight(layer + 1, unit, k);
    if (weight.alias && layer === 1) {
      const number = run.network.n_outputs > 1 ? k + 1 : "";
      Object.assign(weight, { alias: `dzo${number}_dah${unit + 1}`, equation: run.article.startsWith("2") ? 7 : 0 });
    }
    return product(name, [run.ofUnit(layer + 1, k, "delta", row), weight]);
  });
  return run.expansion(where, run.activationGradients(layer)[row * run.width(layer) + unit],
    pattern("Σ delta above × weight", "\\sum_k \\delta_k w_k"), terms, { row });
}

/** The units of the layer above, each with what it is called. */
const above = (run, layer) => Array.from({ length: run.width(layer + 1) }, (_, k) => [`${run.layers[layer]} unit ${k + 1}`, k]);

/** dloss/dz: what reaches a times the slope of the activation. */
export function expandDelta(run, where, row) {
  const layer = run.layer(where.part), [unit] = where.index, at = row * run.width(layer) + unit;
  const value = run.trace.delta[layer - 1][at], last = layer === run.layers.length;
  if (last && deltaAtOnce(run)) {
    return run.expansion(where, value, pattern("p - y"), difference(run.ofUnit(layer, unit, "a", row), constant(run.Y[at], "y")), { row });
  }
  if (last || run.article) {
    const formula = BY_CHAIN;
    const reaching = reachingA(run, layer, unit, row);
    if (run.network.activations[layer - 1] === "identity") return run.expansion(where, value, formula, [product("", [reaching])], { row });
    const gradient = address("output", { kind: "weights", index: [0, unit], attribute: "gradient" });
    const note = last && layer > 1 && run.article.startsWith("2") ? `times ah it is equation 1: ${textOf(run.here(gradient, row))}` : "";
    return run.expansion(where, value, formula, [product("chain rule", [reaching, run.ofUnit(layer, unit, "slope", row)])], { row, note });
  }
  const slope = run.ofUnit(layer, unit, "slope", row);
  const terms = above(run, layer).map(([name, k]) => product(name, [run.ofUnit(layer + 1, k, "delta", row), run.weight(layer + 1, unit, k), slope]));
  const formula = pattern("Σ delta above × weight × da/dz", "\\sum_k \\delta_k w_k \\cdot \\frac{\\partial a}{\\partial z}");
  return run.expansion(where, value, formula, terms, { row });
}

/** dloss/da of a unit as a factor, with the size of what was added in making it. */
function reachingA(run, layer, unit, row) {
  const where = address(run.layers[layer - 1], { kind: "unit", index: [unit], attribute: "a.gradient" });
  if (layer === run.layers.length) {
    const { value, terms } = lossSlope(run, unit, row);
    return run.factorAt(where, value, row, Math.max(...terms.map(scaleOf)));
  }
  const deltas = run.trace.delta[layer].subarray(row * run.width(layer + 1));
  const sizes = above(run, layer).map(([, k]) => Math.abs(run.weight(layer + 1, unit, k).value * deltas[k]));
  return run.factorAt(where, run.activationGradients(layer)[row * run.width(layer) + unit], row, Math.max(...sizes));
}

/** A parameter's gradient: the mean, or sum, over the rows at hand of what each row says. */
export function expandGradient(run, where) {
  const { n_rows: n, l1, l2, summed } = run;
  const value = run.ofVector(run.meanLoss.gradient, where) * run.factor, over = n > 1 && !summed;
  const ofWeight = where.kind === "weights";
  const terms = Array.from({ length: n }, (_, row) => {
    const factors = chain(run, where, row);
    return product(`row ${run.row_numbers[row]}`, over ? [...factors, constant(n, "rows")] : factors, { over });
  });
  let { text, latex } = gradientFormula(run, where);
  if (n > 1) [text, latex] = [`Σ ${text}`, `\\sum_r ${latex}`];
  if (over) [text, latex] = [`${text} / rows`, `\\frac{1}{n} ${latex}`];
  const rows = constant(n / run.factor, "rows");
  if (l1 > 0 && ofWeight) {
    const sign = constant(Math.sign(run.parameter(where).value), "sign of the weight");
    terms.push(product("l1 penalty", [constant(l1, "l1"), sign, rows], { over: true }));
    [text, latex] = [`${text} + l1 × sign of weight / rows`, `${latex} + \\frac{\\lambda_1}{n} \\operatorname{sign} w`];
  }
  if (l2 > 0 && ofWeight) {
    terms.push(product("penalty", [constant(l2, "l2"), run.parameter(where), rows], { over: true }));
    [text, latex] = [`${text} + l2 × weight / rows`, `${latex} + \\frac{\\lambda}{n} w`];
  }
  return run.expansion(where, value, pattern(text, latex), terms);
}

/** Whether the article's chain of three derivatives is shown in place of delta × input. */
const inThree = (run, layer) => run.article !== "" && !(layer === run.layers.length && deltaAtOnce(run));

function gradientFormula(run, { part, kind }) {
  const { text, latex } = inThree(run, run.layer(part)) ? BY_CHAIN : pattern("delta", "\\delta");
  return kind === "weights" ? pattern(`${text} × what the weight multiplies`, `${latex} \\cdot a`) : pattern(text, latex);
}

/** What a row says of a parameter's gradient, before it is averaged: the factors of it. */
function chain(run, { part, kind, index }, row) {
  const layer = run.layer(part), unit = index.at(-1);
  const found = inThree(run, layer)
    ? [reachingA(run, layer, unit, row), run.ofUnit(layer, unit, "slope", row)]
    : [run.ofUnit(layer, unit, "delta", row)];
  return kind === "weights" ? [...found, multiplied(run, part, index, layer, row)] : found;
}

/** What a weight is multiplied by, in the article's words dz/dw. */
function multiplied(run, part, index, layer, row) {
  const below = layer > 1 ? run.ofUnit(layer - 1, index[0], "a", row) : run.ofInput(index[0], row);
  const { alias: weight } = nameOf(run, address(part, { kind: "weights", index }));
  if (!weight || run.layers.length === 1) return below;
  const { alias: z } = nameOf(run, address(part, { kind: "unit", index: [index[1]], attribute: "z" }));
  return { ...below, alias: `d${z}_d${weight}`, equation: layer === 1 && run.article.startsWith("2") ? 9 : 0 };
}
