/* Each activation and its slope: the formula in symbols, and as the terms that a reader sees, with the numbers that they give.

   Some are written as several terms: where the function has two branches, and where it is a small difference of large numbers. */

import { pattern } from "./expansion.js";

const LEAKY_SLOPE = 0.01, SELU_SCALE = 1.0507009873554805, SELU_ALPHA = 1.6732632423543772;

const logistic = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
export const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** Each activation: [formula, LaTeX, slope, LaTeX]. */
export const SYMBOLS = {
  identity: ["z", "z", "1", "1"],
  logistic: ["1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}", "a × (1 - a)", "a (1 - a)"],
  tanh: ["tanh(z) = 1 - 2 / (1 + e^(2z))", "\\tanh z = 1 - \\frac{2}{1 + e^{2z}}", "1 - a²", "1 - a^2"],
  relu: ["max(0, z)", "\\max(0, z)", "1 if z > 0, else 0", "1 \\text{ if } z > 0 \\text{, else } 0"],
  leaky_relu: ["z if z > 0, else 0.01 × z", "\\max(z, 0.01 \\cdot z)", "1 if z > 0, else 0.01", "1 \\text{ if } z > 0 \\text{, else } 0.01"],
  elu: ["z if z > 0, else e^z - 1", "z \\text{ if } z > 0 \\text{, else } e^z - 1", "1 if z > 0, else a + 1", "1 \\text{ if } z > 0 \\text{, else } a + 1"],
  selu: ["s × z if z > 0, else s × α × (e^z - 1)", "s z \\text{ if } z > 0 \\text{, else } s \\alpha (e^z - 1)", "s if z > 0, else a + s × α", "s \\text{ if } z > 0 \\text{, else } a + s \\alpha"],
  gelu: ["z × Φ(z) = ½ z + ½ z erf(z / √2)", "z \\, \\Phi(z) = \\tfrac{1}{2} z (1 + \\text{erf}(z / \\sqrt{2}))", "Φ(z) + z × φ(z)", "\\Phi(z) + z \\varphi(z)"],
  silu: ["z / (1 + e^(-z))", "\\frac{z}{1 + e^{-z}}", "σ(z) + a × (1 - σ(z))", "\\sigma(z) + a (1 - \\sigma(z))"],
  mish: ["z × tanh(ln(1 + e^z)) = z - 2z / (1 + (1 + e^z)²)", "z \\tanh(\\ln(1 + e^z)) = z - \\frac{2z}{1 + (1 + e^z)^2}", "t + z × (1 - t²) × σ(z), t = tanh(ln(1 + e^z))", "t + z (1 - t^2) \\sigma(z), \\; t = \\tanh(\\ln(1 + e^z))"],
  softplus: ["ln(1 + e^z)", "\\ln(1 + e^z)", "1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}"],
  exp: ["e^z", "e^z", "a", "a"],
};

const LETTER = /(?<![A-Za-z])[za](?![A-Za-z])/g;

/** A term with places for the numbers where its symbols have z and a: {pattern, letters, value}. */
function putIn(text, latex, value) {
  const letters = [...new Set(text.match(LETTER) ?? [])];
  const placed = (symbols, place) => symbols.replace(LETTER, (letter) => place(letters.indexOf(letter)));
  return {
    pattern: pattern(placed(text.replace(/\^([za])\b/g, "^($1)"), (k) => `{${k}}`), placed(latex.replace(/\^([za])\b/g, "^{$1}"), (k) => `@${k}`)),
    letters, value,
  };
}

const fixed = (value) => ({ pattern: pattern(String(value)), letters: [], value });
const times = (factor, z) => putIn(`${factor} × z`, `${factor} \\cdot z`, factor * z);
const whole = (name, ofSlope, value) => putIn(SYMBOLS[name][ofSlope ? 2 : 0], SYMBOLS[name][ofSlope ? 3 : 1], value);

/** The terms of a(z). `distribution` is the kernel's own of the standard normal. */
export function activation(name, z, distribution) {
  switch (name) {
    case "tanh": return [fixed(1), { pattern: pattern("-2 / (1 + e^(2 × {0}))", "-\\frac{2}{1 + e^{2 \\cdot @0}}"), letters: ["z"], value: -2 * logistic(-2 * z) }];
    case "leaky_relu": return [z > 0 ? putIn("z", "z", z) : times(LEAKY_SLOPE, z)];
    case "elu": return z > 0 ? [putIn("z", "z", z)] : [putIn("e^z", "e^z", Math.exp(z)), fixed(-1)];
    case "selu": {
      const steep = SELU_SCALE * SELU_ALPHA;
      return z > 0 ? [times(SELU_SCALE, z)] : [putIn(`${steep} × e^z`, `${steep} \\cdot e^z`, steep * Math.exp(z)), fixed(-steep)];
    }
    case "gelu": return [putIn("½ × z", "\\tfrac{1}{2} z", 0.5 * z), putIn("½ × z × erf(z / √2)", "\\tfrac{1}{2} z \\, \\text{erf}(z / \\sqrt{2})", z * (distribution(z) - 0.5))];
    case "mish": {
      const above = 1 + Math.exp(Math.min(z, 300));
      return [putIn("z", "z", z), putIn("-2 × z / (1 + (1 + e^z)²)", "-\\frac{2 \\cdot z}{1 + (1 + e^z)^2}", (-2 * z) / (1 + above * above))];
    }
    case "identity": return [whole(name, false, z)];
    case "logistic": return [whole(name, false, logistic(z))];
    case "relu": return [whole(name, false, Math.max(0, z))];
    case "silu": return [whole(name, false, z * logistic(z))];
    case "softplus": return [whole(name, false, softplus(z))];
    default: return [whole("exp", false, Math.exp(z))];
  }
}

/** The terms of da/dz. */
export function slope(name, z, a, distribution) {
  switch (name) {
    case "tanh": return [fixed(1), putIn("-a²", "-a^2", -a * a)];
    case "relu": return [fixed(z > 0 ? 1 : 0)];
    case "leaky_relu": return [fixed(z > 0 ? 1 : LEAKY_SLOPE)];
    case "elu": return z > 0 ? [fixed(1)] : [putIn("a", "a", a), fixed(1)];
    case "selu": return z > 0 ? [fixed(SELU_SCALE)] : [putIn("a", "a", a), fixed(SELU_SCALE * SELU_ALPHA)];
    case "gelu": return [
      fixed(0.5), putIn("½ × erf(z / √2)", "\\tfrac{1}{2} \\text{erf}(z / \\sqrt{2})", distribution(z) - 0.5),
      putIn("z × e^(-z² / 2) / √(2π)", "\\frac{z e^{-z^2/2}}{\\sqrt{2\\pi}}", (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI)),
    ];
    case "silu": return [putIn("σ(z)", "\\sigma(z)", logistic(z)), putIn("a × (1 - σ(z))", "a (1 - \\sigma(z))", a * logistic(-z))];
    case "mish": {
      const t = Math.tanh(softplus(z));
      return [putIn("tanh(ln(1 + e^z))", "\\tanh(\\ln(1 + e^z))", t),
        putIn("z × (1 - tanh²(ln(1 + e^z))) × σ(z)", "z (1 - \\tanh^2(\\ln(1 + e^z))) \\sigma(z)", z * (1 - t * t) * logistic(z))];
    }
    case "identity": return [whole(name, true, 1)];
    case "logistic": return [whole(name, true, a * (1 - a))];
    case "softplus": return [whole(name, true, logistic(z))];
    default: return [whole("exp", true, a)];
  }
}
