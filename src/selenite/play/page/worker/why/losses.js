/* The loss, of one row and of several, and its derivative where backpropagation begins, each taken apart. */

import { LOSSES } from "../../functions.js";
import { Refusal } from "../text.js";
import { address } from "./address.js";
import { constant, difference, pattern, product, term } from "./expansion.js";
import { putIn, softplus } from "./formulas.js";
import { softmax } from "./forward.js";

/** Whether the output's delta is p - y, without a slope of its own. */
export const deltaAtOnce = ({ description: { loss } }) => loss === "log_loss";

/** The loss of one row; of several their mean, or sum, and the penalty on the weights. */
export function expandLoss(run, place, row) {
  const { n, l1, l2, summed } = run, penalised = l1 > 0 || l2 > 0;
  if (row !== null && (place.row !== null || (n === 1 && !penalised))) {
    const note = penalised ? "the row's own loss; `loss` has the penalty on the weights as well" : "";
    return run.expansion(place, run.losses[row], lossFormula(run, row), rowLoss(run, row), { row, note });
  }
  const rows = constant(n, "rows"), over = n > 1 && !summed;
  const terms = Array.from(run.losses, (loss, r) => {
    const factor = { ...run.factorAt(address("loss"), loss, r), ...(run.article ? { alias: "error_out" } : {}) };
    return product(`row ${run.row_numbers[r]}`, over ? [factor, rows] : [factor], { over });
  });
  let text = over ? "Σ loss of a row / rows" : "Σ loss of a row", latex = over ? "\\frac{1}{n} \\sum_r L_r" : "\\sum_r L_r";
  const weights = weightsOf(run), sum = (values) => values.reduce((total, value) => total + value, 0);
  if (l1 > 0) {
    const sizes = sum(weights.map(Math.abs));
    terms.push(term("l1 penalty", ((l1 * sizes) / n) * run.factor, [constant(l1, "l1"), constant(sizes, "sizes of the weights"), rows], pattern("{0} × {1} / {2}", "\\frac{{0} \\cdot {1}}{{2}}")));
    [text, latex] = [`${text} + l1 Σ |weight| / rows`, `${latex} + \\frac{\\lambda_1}{n} \\sum |w|`];
  }
  if (l2 > 0) {
    const squares = sum(weights.map((weight) => weight * weight));
    terms.push(term("penalty", ((0.5 * l2 * squares) / n) * run.factor, [constant(l2, "l2"), constant(squares, "squared weights"), rows], pattern("½ × {0} × {1} / {2}", "\\frac{{0} \\cdot {1}}{2 \\cdot {2}}")));
    [text, latex] = [`${text} + ½ l2 Σ weight² / rows`, `${latex} + \\frac{\\lambda}{2n} \\sum w^2`];
  }
  return run.expansion(place, run.loss, pattern(text, latex), terms);
}

function weightsOf(run) {
  return run.layers.flatMap((_, l) => {
    const [begin, rows, columns] = run.place("weights", l + 1);
    return Array.from(run.parameters.subarray(begin, begin + rows * columns));
  });
}

/** The terms of a row's loss, over the outputs. */
function rowLoss(run, row) {
  const { loss, loss_parameter: parameter, activations } = run.description, width = run.units.at(-1), L = run.n_layers;
  return Array.from({ length: width }, (_, k) => {
    const y = constant(run.answers[row * width + k], "y"), p = run.ofUnit(L, k, "a", row), z = run.ofUnit(L, k, "z", row);
    const label = width > 1 ? `output ${k + 1}` : loss, off = Math.abs(p.value - y.value);
    const halfSquare = pattern("½ × ({0} - {1})²", "\\tfrac{1}{2} (@0 - @1)^2");
    switch (loss) {
      case "squared_error": return [term(label, 0.5 * (p.value - y.value) ** 2, [p, y], halfSquare)];
      case "log_loss": return activations.at(-1) === "softmax" ? softmaxLoss(run, row, k, y, label) : logisticLoss(z, y, label);
      case "huber": return off <= parameter ? [term(label, 0.5 * off * off, [p, y], halfSquare)]
        : [term(label, parameter * (off - 0.5 * parameter), [p, y, constant(parameter, "threshold")], pattern("{2} × (|{0} - {1}| - {2} / 2)", "{2} (|{0} - {1}| - {2}/2)"))];
      default: return [whole(label, LOSSES[loss].value, p, y, parameter)];
    }
  }).flat();
}

/** A formula of p and y as one term. */
function whole(label, part, p, y, parameter) {
  const piece = putIn(part, { p: p.value, y: y.value }, parameter);
  return term(label, piece.value, piece.letters.map((letter) => ({ p, y })[letter]), piece.pattern);
}

/** y × (ln Σ e^(z - top) + top - z), that is -y ln p; nothing where y is 0. */
function softmaxLoss(run, row, k, y, label) {
  if (y.value === 0) return [];
  const { top, total } = softmax(run, row);
  const weighed = y.value === 1 ? [] : [y], s = run.factorAt(address("output", { kind: "total" }), total, row);
  return [
    term(`${label}, ln total`, y.value * Math.log(total), [...weighed, s], weighed.length ? pattern("{0} × ln({1})", "{0} \\ln({1})") : pattern("ln({0})", "\\ln({0})")),
    product(`${label}, greatest z`, [...weighed, run.ofUnit(run.n_layers, top, "z", row)]),
    product(`${label}, its z`, [...weighed, run.ofUnit(run.n_layers, k, "z", row)], { negative: true }),
  ];
}

/** y ln(1 + e^-z) + (1 - y) ln(1 + e^z), that is -y ln p - (1 - y) ln(1 - p); what is 0 left out. */
function logisticLoss(z, y, label) {
  return [[y.value, softplus(-z.value), "-", "{1}"], [1 - y.value, softplus(z.value), "", "(1 - {1})"]].filter(([share]) => share !== 0).map(([share, size, sign, first]) => {
    if (share === 1) return term(label, size, [z], pattern(`ln(1 + e^(${sign}{0}))`, `\\ln(1 + e^{${sign}{0}})`));
    return term(label, share * size, [z, y], pattern(`${first} × ln(1 + e^(${sign}{0}))`, `${first} \\ln(1 + e^{${sign}{0}})`));
  });
}

/** The loss of one output, in symbols. */
function lossFormula(run, row) {
  const { loss, activations } = run.description, width = run.units.at(-1);
  if (loss === "log_loss" && activations.at(-1) === "softmax")
    return run.answers.subarray(row * width, (row + 1) * width).includes(1) ? pattern("ln Σ e^z - z of the right class = -ln p", "\\ln \\sum_k e^{z_k} - z_{\\text{right}} = -\\ln p")
      : pattern("Σ y × (ln Σ e^z - z) = -Σ y ln p", "\\sum_k y_k (\\ln \\sum_j e^{z_j} - z_k) = -\\sum_k y_k \\ln p_k");
  return pattern(...LOSSES[loss].formula);
}

/** dloss/da of an output, with its terms and its formula. */
export function lossSlope(run, unit, row) {
  const { loss, loss_parameter: parameter } = run.description;
  if (deltaAtOnce(run)) throw new Refusal(`with the loss ${loss} the derivative is taken of z at once: ask for output.unit${unit + 1}.delta`);
  const p = run.ofUnit(run.n_layers, unit, "a", row), y = constant(run.answers[row * run.units.at(-1) + unit], "y", { alias: run.article ? "label" : "" });
  const error = p.value - y.value, formula = pattern(...LOSSES[loss].slope);
  switch (loss) {
    case "squared_error": return { value: error, terms: difference(p, y), formula };
    case "huber": {
      if (Math.abs(error) <= parameter) return { value: error, terms: difference(p, y), formula };
      const one = product("threshold", [constant(parameter, "threshold")], { negative: error < 0 });
      return { value: one.value, terms: [one], formula };
    }
    default: {
      const one = whole("slope", LOSSES[loss].derivative, p, y, parameter);
      return { value: one.value, terms: [one], formula };
    }
  }
}
