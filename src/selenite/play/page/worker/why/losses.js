// The loss, of one row and of several, and its derivative where backpropagation begins, each taken apart.

import { log } from "../elementary.js";
import { layersOf } from "../parameters.js";
import { Refusal } from "../text.js";
import { address } from "./address.js";
import { constant, pattern, product, term } from "./expansion.js";
import { softplus } from "./formulas.js";
import { outputsOf } from "./forward.js";

const THRESHOLD = 1; // of huber
const OF_A_ROW = {
  squared_error: pattern("½ (p - y)²", "\\tfrac{1}{2}(p - y)^2"),
  absolute_error: pattern("|p - y|"),
  huber: pattern("½ (p - y)² up to the threshold, then its tangent", "\\text{Huber}(p - y)"),
};
const OF_CLASSES = {
  softmax: pattern("ln Σ e^z - z of the right class = -ln p", "\\ln \\sum_k e^{z_k} - z_{\\text{right}} = -\\ln p"),
  logistic: pattern("-y ln p - (1 - y) ln(1 - p)", "-y \\ln p - (1 - y) \\ln(1 - p)"),
};
const HALF_SQUARE = pattern("½ × (#0 - #1)²", "\\tfrac{1}{2} (#0 - #1)^2");

/** Whether the output's delta is p - y, without a slope of its own. */
export const deltaAtOnce = ({ network }) => network.loss === "log_loss";

/** The loss of one row; of several their mean, or sum, and the penalty on the weights. */
export function expandLoss(run, where, row) {
  const { n_rows: n, l1, l2, network, summed } = run, penalised = l1 > 0 || l2 > 0;
  if (row !== null && (where.row !== null || (n === 1 && !penalised))) {
    const formula = network.loss === "log_loss" ? OF_CLASSES[network.activations.at(-1)] : OF_A_ROW[network.loss];
    const note = penalised ? "the row's own loss; `loss` has the penalty on the weights as well" : "";
    return run.expansion(where, run.trace.losses[row], formula, rowLoss(run, row), { row, note });
  }
  const count = constant(n, "rows"), over = n > 1 && !summed, layers = layersOf(network, run.parameters);
  const terms = Array.from(run.trace.losses, (loss, r) => {
    const factor = { ...run.factorAt(address("loss"), loss, r), alias: run.article ? "error_out" : "" };
    return product(`row ${run.row_numbers[r]}`, over ? [factor, count] : [factor], { over });
  });
  const overWeights = (size) => layers.reduce((sum, { weights }) => sum + weights.reduce((part, weight) => part + size(weight), 0), 0);
  const penalty = (label, strength, symbol, total, what, made, half) =>
    terms.push(term(label, ((half * strength * total) / n) * run.factor, [constant(strength, symbol), constant(total, what), count], made));
  if (l1 > 0) penalty("l1 penalty", l1, "l1", overWeights(Math.abs), "sizes of the weights", pattern("#0 × #1 / #2", "\\frac{#0 \\cdot #1}{#2}"), 1);
  const half = pattern("½ × #0 × #1 / #2", "\\frac{#0 \\cdot #1}{2 \\cdot #2}");
  if (l2 > 0) penalty("penalty", l2, "l2", overWeights((w) => w * w), "squared weights", half, 0.5);
  const text = `Σ loss of a row${over ? " / rows" : ""}${l1 > 0 ? " + l1 Σ |weight| / rows" : ""}${l2 > 0 ? " + ½ l2 Σ weight² / rows" : ""}`;
  const latex = `${over ? "\\frac{1}{n} " : ""}\\sum_r L_r${l1 > 0 ? " + \\frac{\\lambda_1}{n} \\sum |w|" : ""}${l2 > 0 ? " + \\frac{\\lambda}{2n} \\sum w^2" : ""}`;
  return run.expansion(where, run.meanLoss.loss * run.factor, pattern(text, latex), terms);
}

/** The terms of a row's loss, over the outputs. */
function rowLoss(run, row) {
  const { network, Y } = run, n = network.n_outputs, layer = run.layers.length;
  return Array.from({ length: n }, (_, k) => k).flatMap((k) => {
    const y = Y[row * n + k], p = run.ofUnit(layer, k, "a", row), z = run.ofUnit(layer, k, "z", row), answer = constant(y, "y");
    const label = n > 1 ? `output ${k + 1}` : network.loss, e = Math.abs(p.value - y);
    if (network.loss === "squared_error") return [term(label, 0.5 * (p.value - y) ** 2, [p, answer], HALF_SQUARE)];
    if (network.loss === "absolute_error") return [term(label, e, [p, answer], pattern("|#0 - #1|"))];
    if (network.loss === "huber") {
      if (e <= THRESHOLD) return [term(label, 0.5 * e * e, [p, answer], HALF_SQUARE)];
      const made = pattern("#2 × (|#0 - #1| - #2 / 2)", "#2 (|#0 - #1| - #2/2)");
      return [term(label, THRESHOLD * (e - 0.5 * THRESHOLD), [p, answer, constant(THRESHOLD, "threshold")], made)];
    }
    if (network.activations.at(-1) === "softmax") return y === 0 ? [] : softmaxLoss(run, row, z, label);
    const [size, sign] = y === 1 ? [softplus(-z.value), "-"] : [softplus(z.value), ""];
    return [term(label, size, [z], pattern(`ln(1 + e^(${sign}#0))`, `\\ln(1 + e^{${sign}#0})`))];
  });
}

/** ln Σ e^(z - top) + top - z of the right class, that is -ln p. */
function softmaxLoss(run, row, z, label) {
  const { top, total } = outputsOf(run, row), sum = run.factorAt(address("output", { kind: "total" }), total, row);
  return [
    term(`${label}, ln total`, log(total), [sum], pattern("ln(#0)", "\\ln(#0)")),
    product(`${label}, greatest z`, [run.ofUnit(run.layers.length, top, "z", row)]),
    product(`${label}, its z`, [z], { negative: true }),
  ];
}

/** The terms of p - y. */
export const difference = (p, y) => [product("p", [p]), product("y", [y], { negative: true })];

/** dloss/da of an output, with its terms and its formula. */
export function lossSlope(run, unit, row) {
  const { loss, n_outputs } = run.network;
  if (deltaAtOnce(run)) throw new Refusal(`with the loss ${loss} the derivative is taken of z at once: ask for output.unit${unit + 1}.delta`);
  const p = run.ofUnit(run.layers.length, unit, "a", row);
  const y = constant(run.Y[row * n_outputs + unit], "y", { alias: run.article ? "label" : "" });
  const error = p.value - y.value;
  if (loss === "squared_error") return { value: error, terms: difference(p, y), formula: pattern("p - y") };
  if (loss === "absolute_error") {
    const made = pattern("sign(#0 - #1)", "\\text{sign}(#0 - #1)");
    return { value: Math.sign(error), terms: [term("sign", Math.sign(error), [p, y], made)], formula: pattern("sign(p - y)", "\\text{sign}(p - y)") };
  }
  const formula = pattern("p - y, kept within ± threshold", "\\text{clip}(p - y, \\pm t)");
  if (Math.abs(error) <= THRESHOLD) return { value: error, terms: difference(p, y), formula };
  const kept = product("threshold", [constant(THRESHOLD, "threshold")], { negative: error < 0 });
  return { value: kept.value, terms: [kept], formula };
}
