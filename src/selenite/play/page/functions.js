/* The activations and losses of selenite.nn, in the order of nn/: written by tests/play/worker/functions.py.

   Symbols are written as text and in LaTeX; a term has a function beside them, which gives its value. */

import { erf } from "./worker/elementary.js";

const erfc = (x) => 1 - erf(x);

/** Each activation a(z): its terms where z is positive and, where they are others, elsewhere; those of its slope from z and a; and in a script of NumPy its name, value and slope. */
export const ACTIVATIONS = {
  identity: { words: "The sum itself: layers of it are no better than one", formula: ["z", "z"], slope: ["1", "1"],
    values: [[["z", "z", (z, a) => z]]],
    slopes: [[["1", "1", (z, a) => 1]]] },
  logistic: { words: "From 0 to 1, in an S (sigmoid): the tutorial's", formula: ["1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}"], slope: ["a × (1 - a)", "a (1 - a)"],
    values: [[["1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}", (z, a) => 1 / (Math.exp(-z) + 1)]]],
    slopes: [[["a × (1 - a)", "a (1 - a)", (z, a) => a * (1 - a)]]],
    numpy: ["sigmoid", "1 / (np.exp(-z) + 1)", "sigmoid(z) * (1 - sigmoid(z))"] },
  tanh: { words: "From -1 to 1, in an S", formula: ["tanh(z) = 1 - 2 / (1 + e^(2z))", "\\tanh z = 1 - \\frac{2}{1 + e^{2z}}"], slope: ["1 - a²", "1 - a^2"],
    values: [[["1", "1", (z, a) => 1], ["-2 / (1 + e^(2 × z))", "-\\frac{2}{1 + e^{2 \\cdot z}}", (z, a) => -2 * (1 / (Math.exp(-(-2 * z)) + 1))]]],
    slopes: [[["1", "1", (z, a) => 1], ["-a²", "-a^2", (z, a) => (-a) * a]]],
    numpy: ["tanh", "np.tanh(z)", "1 - tanh(z) * tanh(z)"] },
  relu: { words: "0 below 0, the sum itself above", formula: ["max(0, z)", "\\max(0, z)"], slope: ["1 if z > 0, else 0", "1 \\text{ if } z > 0 \\text{, else } 0"],
    values: [[["max(0, z)", "\\max(0, z)", (z, a) => Math.max(z, 0)]]],
    slopes: [[["1", "1", (z, a) => 1]], [["0", "0", (z, a) => 0]]],
    numpy: ["relu", "np.maximum(z, 0)", "np.where(z > 0, 1.0, 0.0)"] },
  leaky_relu: { words: "As relu, with a hundredth of the sum below 0, so that no unit dies", formula: ["z if z > 0, else 0.01 × z", "\\max(z, 0.01 \\cdot z)"], slope: ["1 if z > 0, else 0.01", "1 \\text{ if } z > 0 \\text{, else } 0.01"],
    values: [[["z", "z", (z, a) => z]], [["0.01 × z", "0.01 \\cdot z", (z, a) => 0.01 * z]]],
    slopes: [[["1", "1", (z, a) => 1]], [["0.01", "0.01", (z, a) => 0.01]]],
    numpy: ["leaky_relu", "np.maximum(z, 0.01 * z)", "np.where(z > 0, 1.0, 0.01)"] },
  elu: { words: "As relu, with a curve down to -1 below 0", formula: ["z if z > 0, else e^z - 1", "z \\text{ if } z > 0 \\text{, else } e^z - 1"], slope: ["1 if z > 0, else a + 1", "1 \\text{ if } z > 0 \\text{, else } a + 1"],
    values: [[["z", "z", (z, a) => z]], [["e^z", "e^z", (z, a) => Math.exp(z)], ["-1", "-1", (z, a) => -1]]],
    slopes: [[["1", "1", (z, a) => 1]], [["a", "a", (z, a) => a], ["1", "1", (z, a) => 1]]],
    numpy: ["elu", "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))", "np.where(z > 0, 1.0, elu(z) + 1)"] },
  selu: { words: "As elu, scaled so that values keep their spread from layer to layer", formula: ["s × z if z > 0, else s × α × (e^z - 1)", "s z \\text{ if } z > 0 \\text{, else } s \\alpha (e^z - 1)"], slope: ["s if z > 0, else a + s × α", "s \\text{ if } z > 0 \\text{, else } a + s \\alpha"],
    values: [[["1.0507009873554805 × z", "1.0507009873554805 \\cdot z", (z, a) => 1.0507009873554805 * z]], [["1.7580993408473766 × e^z", "1.7580993408473766 \\cdot e^z", (z, a) => 1.7580993408473766 * Math.exp(z)], ["-1.7580993408473766", "-1.7580993408473766", (z, a) => -1.7580993408473766]]],
    slopes: [[["1.0507009873554805", "1.0507009873554805", (z, a) => 1.0507009873554805]], [["a", "a", (z, a) => a], ["1.7580993408473766", "1.7580993408473766", (z, a) => 1.7580993408473766]]],
    numpy: ["selu", "1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0)))", "np.where(z > 0, 1.0507009873554805, selu(z) + 1.7580993408473766)"] },
  gelu: { words: "A smooth relu: the sum times the share of a normal distribution below it", formula: ["z × Φ(z) = ½ z + ½ z erf(z / √2)", "z \\, \\Phi(z) = \\tfrac{1}{2} z (1 + \\text{erf}(z / \\sqrt{2}))"], slope: ["Φ(z) + z × φ(z)", "\\Phi(z) + z \\varphi(z)"],
    values: [[["½ × z", "\\tfrac{1}{2} z", (z, a) => 0.5 * z], ["½ × z × erf(z / √2)", "\\tfrac{1}{2} z \\, \\text{erf}(z / \\sqrt{2})", (z, a) => z * (0.5 * erfc(z * (-0.7071067811865476)) - 0.5)]]],
    slopes: [[["0.5", "0.5", (z, a) => 0.5], ["½ × erf(z / √2)", "\\tfrac{1}{2} \\text{erf}(z / \\sqrt{2})", (z, a) => 0.5 * erfc(z * (-0.7071067811865476)) - 0.5], ["z × e^(-z² / 2) / √(2π)", "\\frac{z e^{-z^2/2}}{\\sqrt{2\\pi}}", (z, a) => z * Math.exp(-0.5 * z * z) / 2.5066282746310002]]],
    numpy: ["gelu", "z * normal(z)", "normal(z) + z * np.exp(-0.5 * z * z) * 0.3989422804014327"] },
  silu: { words: "A smooth relu: the sum times its logistic (swish)", formula: ["z / (1 + e^(-z))", "\\frac{z}{1 + e^{-z}}"], slope: ["σ(z) + a × (1 - σ(z))", "\\sigma(z) + a (1 - \\sigma(z))"],
    values: [[["z / (1 + e^(-z))", "\\frac{z}{1 + e^{-z}}", (z, a) => z * (1 / (Math.exp(-z) + 1))]]],
    slopes: [[["σ(z)", "\\sigma(z)", (z, a) => 1 / (Math.exp(-z) + 1)], ["a × (1 - σ(z))", "a (1 - \\sigma(z))", (z, a) => a * (1 / (Math.exp(-(-z)) + 1))]]],
    numpy: ["silu", "z * sigmoid(z)", "sigmoid(z) + silu(z) * (1 - sigmoid(z))"] },
  mish: { words: "A smooth relu: the sum times tanh of its softplus", formula: ["z × tanh(ln(1 + e^z)) = z - 2z / (1 + (1 + e^z)²)", "z \\tanh(\\ln(1 + e^z)) = z - \\frac{2z}{1 + (1 + e^z)^2}"], slope: ["t + z × (1 - t²) × σ(z), t = tanh(ln(1 + e^z))", "t + z (1 - t^2) \\sigma(z), \\; t = \\tanh(\\ln(1 + e^z))"],
    values: [[["z", "z", (z, a) => z], ["-2 × z / (1 + (1 + e^z)²)", "-\\frac{2 \\cdot z}{1 + (1 + e^z)^2}", (z, a) => -2 * z / (1 + ((1 + Math.exp(Math.min(z, 300))) * (1 + Math.exp(Math.min(z, 300)))))]]],
    slopes: [[["tanh(ln(1 + e^z))", "\\tanh(\\ln(1 + e^z))", (z, a) => Math.tanh(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))))], ["z × (1 - tanh²(ln(1 + e^z))) × σ(z)", "z (1 - \\tanh^2(\\ln(1 + e^z))) \\sigma(z)", (z, a) => z * (1 - (Math.tanh(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))) * Math.tanh(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))))) * (1 / (Math.exp(-z) + 1))]]],
    numpy: ["mish", "z * np.tanh(softplus(z))", "np.tanh(softplus(z)) + z * (1 - np.tanh(softplus(z)) * np.tanh(softplus(z))) * sigmoid(z)"] },
  softplus: { words: "A smooth relu that is never 0", formula: ["ln(1 + e^z)", "\\ln(1 + e^z)"], slope: ["1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}"],
    values: [[["ln(1 + e^z)", "\\ln(1 + e^z)", (z, a) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))]]],
    slopes: [[["1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}", (z, a) => 1 / (Math.exp(-z) + 1)]]],
    numpy: ["softplus", "np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))", "sigmoid(z)"] },
  exp: { words: "", formula: ["e^z", "e^z"], slope: ["a", "a"],
    values: [[["e^z", "e^z", (z, a) => Math.exp(z)]]],
    slopes: [[["a", "a", (z, a) => a]]] },
  softmax: { words: "", formula: ["a(z)", "a(z)"], slope: ["a'(z)", "a'(z)"] },
};

/** Those of hidden layers. */
export const HIDDEN_ACTIVATIONS = ["identity", "logistic", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus"];

/** Each loss of an output from p and y, with the number that it carries; of some as one term. */
export const LOSSES = {
  squared_error: { words: "squared error", parameter: 1.0, formula: ["½ (p - y)²", "\\tfrac{1}{2}(p - y)^2"], slope: ["p - y", "p - y"],
    value: ["½ (p - y)²", "\\tfrac{1}{2}(p - y)^2", (p, y, t) => 0.5 * Math.pow(p - y, 2) / t],
    derivative: ["p - y", "p - y", (p, y, t) => p - y] },
  log_loss: { words: "cross-entropy", parameter: Infinity, formula: ["-y ln p - (1 - y) ln(1 - p)", "-y \\ln p - (1 - y) \\ln(1 - p)"], slope: ["loss'(p, y)", "\\text{loss}'(p, y)"] },
  poisson: { words: "poisson", parameter: 1.0, formula: ["p - y + y ln y - y ln p", "p - y + y \\ln y - y \\ln p"], slope: ["1 - y / p", "1 - \\frac{y}{p}"] },
  absolute_error: { words: "absolute error", parameter: 0.0, formula: ["|p - y|", "|p - y|"], slope: ["sign(p - y)", "\\text{sign}(p - y)"],
    value: ["|p - y|", "|p - y|", (p, y, t) => Math.abs(p - y)],
    derivative: ["sign(p - y)", "\\text{sign}(p - y)", (p, y, t) => Math.sign(p - y)] },
  huber: { words: "Huber", parameter: 1.0, formula: ["½ (p - y)² up to the threshold, then its tangent", "\\text{Huber}(p - y)"], slope: ["p - y, kept within ± threshold", "\\text{clip}(p - y, \\pm t)"],
    value: ["½ (p - y)² up to the threshold, then its tangent", "\\text{Huber}(p - y)", (p, y, t) => Math.abs(p - y) <= t ? 0.5 * Math.abs(p - y) * Math.abs(p - y) : t * (Math.abs(p - y) - 0.5 * t)],
    derivative: ["p - y, kept within ± threshold", "\\text{clip}(p - y, \\pm t)", (p, y, t) => Math.max((-t), Math.min(t, (p - y)))] },
  quantile: { words: "quantile", parameter: 0.5, formula: ["level × (y - p) if too low, (1 - level) × (p - y) if too high", "\\max(q (y - p), (1 - q)(p - y))"], slope: ["1 - level if p > y, else -level", "1 - q \\text{ if } p > y \\text{, else } -q"],
    value: ["level × (y - p) if too low, (1 - level) × (p - y) if too high", "\\max(q (y - p), (1 - q)(p - y))", (p, y, t) => Math.max(t * (y - p), (t - 1) * (y - p))],
    derivative: ["1 - level if p > y, else -level", "1 - q \\text{ if } p > y \\text{, else } -q", (p, y, t) => p > y ? 1 - t : (p < y ? (-t) : 0)] },
};

/** Those to choose from, the usual one first. */
export const LOSSES_OF = {"classification": ["log_loss", "squared_error"], "regression": ["squared_error", "absolute_error", "huber"]};
