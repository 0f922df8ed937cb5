/* Each activation and its slope as the terms that a reader sees, with the numbers that they give: most are one term, some several:
   where the function has two branches, where a reader sees more in a sum, and where it is a small difference of large numbers, as
   tanh is near 0. The values are computed here, apart from the kernel. */

import { erf, exp, log1p } from "../elementary.js";
import { pattern } from "./expansion.js";

const LEAKY = 0.01;
const SELU = 1.0507009873554805, STEEP = SELU * 1.6732632423543772;

export const logistic = (z) => 1 / (1 + exp(-z));
export const softplus = (z) => Math.max(z, 0) + log1p(exp(-Math.abs(z)));
const tanh = (z) => 1 - 2 / (1 + exp(2 * z));

/** a(z) and da/dz in symbols. */
export const FORMULAS = {
  identity: [pattern("z"), pattern("1")],
  logistic: [pattern("1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}"), pattern("a × (1 - a)", "a (1 - a)")],
  tanh: [pattern("tanh(z) = 1 - 2 / (1 + e^(2z))", "\\tanh z = 1 - \\frac{2}{1 + e^{2z}}"), pattern("1 - a²", "1 - a^2")],
  relu: [pattern("max(0, z)", "\\max(0, z)"), pattern("1 if z > 0, else 0", "1 \\text{ if } z > 0 \\text{, else } 0")],
  leaky_relu: [pattern("z if z > 0, else 0.01 × z", "\\max(z, 0.01 \\cdot z)"),
    pattern("1 if z > 0, else 0.01", "1 \\text{ if } z > 0 \\text{, else } 0.01")],
  elu: [pattern("z if z > 0, else e^z - 1", "z \\text{ if } z > 0 \\text{, else } e^z - 1"),
    pattern("1 if z > 0, else a + 1", "1 \\text{ if } z > 0 \\text{, else } a + 1")],
  selu: [pattern("s × z if z > 0, else s × α × (e^z - 1)", "s z \\text{ if } z > 0 \\text{, else } s \\alpha (e^z - 1)"),
    pattern("s if z > 0, else a + s × α", "s \\text{ if } z > 0 \\text{, else } a + s \\alpha")],
  gelu: [pattern("z × Φ(z) = ½ z + ½ z erf(z / √2)", "z \\, \\Phi(z) = \\tfrac{1}{2} z (1 + \\text{erf}(z / \\sqrt{2}))"),
    pattern("Φ(z) + z × φ(z)", "\\Phi(z) + z \\varphi(z)")],
  silu: [pattern("z / (1 + e^(-z))", "\\frac{z}{1 + e^{-z}}"), pattern("σ(z) + a × (1 - σ(z))", "\\sigma(z) + a (1 - \\sigma(z))")],
  mish: [pattern("z × tanh(ln(1 + e^z)) = z - 2z / (1 + (1 + e^z)²)", "z \\tanh(\\ln(1 + e^z)) = z - \\frac{2z}{1 + (1 + e^z)^2}"),
    pattern("t + z × (1 - t²) × σ(z), t = tanh(ln(1 + e^z))", "t + z (1 - t^2) \\sigma(z), \\; t = \\tanh(\\ln(1 + e^z))")],
  softplus: [pattern("ln(1 + e^z)", "\\ln(1 + e^z)"), pattern("1 / (1 + e^(-z))", "\\frac{1}{1 + e^{-z}}")],
};

/** A term: its value, the letters put into it, and its pattern. */
const fixed = (value) => ({ value, letters: "", pattern: pattern(String(value)) });
const times = (factor, z) => putIn(pattern(`${factor} × z`, `${factor} \\cdot z`), factor * z);

const LETTER = /(?<![A-Za-z])[za](?![A-Za-z])/g;

/** A term with places for the numbers where its symbols have z and a. */
function putIn({ text, latex }, value) {
  const letters = [...new Set(text.match(LETTER))].join(""), place = (letter) => `#${letters.indexOf(letter)}`;
  const put = (symbols, left, right) => symbols.replace(/\^([za])\b/g, `^${left}$1${right}`).replace(LETTER, place);
  return { value, letters, pattern: pattern(put(text, "(", ")"), put(latex, "{", "}")) };
}

/** The terms of a(z). */
export function activation(name, z) {
  const whole = (value) => [putIn(FORMULAS[name][0], value)], plain = putIn(pattern("z"), z);
  switch (name) {
    case "tanh": return [fixed(1), { value: -2 * logistic(-2 * z), letters: "z",
      pattern: pattern("-2 / (1 + e^(2 × #0))", "-\\frac{2}{1 + e^{2 \\cdot #0}}") }];
    case "leaky_relu": return [z > 0 ? plain : times(LEAKY, z)];
    case "elu": return z > 0 ? [plain] : [putIn(pattern("e^z"), exp(z)), fixed(-1)];
    case "selu": return z > 0 ? [times(SELU, z)] : [putIn(pattern(`${STEEP} × e^z`, `${STEEP} \\cdot e^z`), STEEP * exp(z)), fixed(-STEEP)];
    case "gelu": return [putIn(pattern("½ × z", "\\tfrac{1}{2} z"), 0.5 * z),
      putIn(pattern("½ × z × erf(z / √2)", "\\tfrac{1}{2} z \\, \\text{erf}(z / \\sqrt{2})"), 0.5 * z * erf(z / Math.SQRT2))];
    case "mish": {
      const above = 1 + exp(Math.min(z, 300));
      return [plain, putIn(pattern("-2 × z / (1 + (1 + e^z)²)", "-\\frac{2 \\cdot z}{1 + (1 + e^z)^2}"), (-2 * z) / (1 + above * above))];
    }
    case "logistic": return whole(logistic(z));
    case "relu": return whole(Math.max(z, 0));
    case "silu": return whole(z * logistic(z));
    case "softplus": return whole(softplus(z));
    default: return whole(z);
  }
}

/** The terms of da/dz. */
export function slope(name, z, a) {
  const ofA = putIn(pattern("a"), a);
  switch (name) {
    case "logistic": return [putIn(FORMULAS.logistic[1], a * (1 - a))];
    case "tanh": return [fixed(1), putIn(pattern("-a²", "-a^2"), -a * a)];
    case "relu": return [fixed(Number(z > 0))];
    case "leaky_relu": return [fixed(z > 0 ? 1 : LEAKY)];
    case "elu": return z > 0 ? [fixed(1)] : [ofA, fixed(1)];
    case "selu": return z > 0 ? [fixed(SELU)] : [ofA, fixed(STEEP)];
    case "gelu": return [fixed(0.5), putIn(pattern("½ × erf(z / √2)", "\\tfrac{1}{2} \\text{erf}(z / \\sqrt{2})"), 0.5 * erf(z / Math.SQRT2)),
      putIn(pattern("z × e^(-z² / 2) / √(2π)", "\\frac{z e^{-z^2/2}}{\\sqrt{2\\pi}}"), (z * exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI))];
    case "silu": return [putIn(pattern("σ(z)", "\\sigma(z)"), logistic(z)), putIn(pattern("a × (1 - σ(z))", "a (1 - \\sigma(z))"), a * logistic(-z))];
    case "mish": {
      const t = tanh(softplus(z));
      return [putIn(pattern("tanh(ln(1 + e^z))", "\\tanh(\\ln(1 + e^z))"), t),
        putIn(pattern("z × (1 - tanh²(ln(1 + e^z))) × σ(z)", "z (1 - \\tanh^2(\\ln(1 + e^z))) \\sigma(z)"), z * (1 - t * t) * logistic(z))];
    }
    case "softplus": return [putIn(FORMULAS.softplus[1], logistic(z))];
    default: return [fixed(1)];
  }
}
