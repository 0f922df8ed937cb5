/* Each activation and its slope as the terms that a reader sees, with the numbers that they give. */

import { ACTIVATIONS } from "../../functions.js";
import { pattern } from "./expansion.js";

export const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** A term with places for the numbers where its symbols have their letters: {pattern, letters, value}. */
export function putIn([text, latex, value], numbers, ...more) {
  const one = `[${Object.keys(numbers).join("")}]`, letter = new RegExp(`(?<![A-Za-z])${one}(?![A-Za-z])`, "g"), power = new RegExp(`\\^(${one})\\b`, "g");
  const letters = [...new Set(text.match(letter) ?? [])];
  const placed = (symbols, place) => symbols.replace(letter, (found) => place(letters.indexOf(found)));
  return {
    pattern: pattern(placed(text.replace(power, "^($1)"), (k) => `{${k}}`), placed(latex.replace(power, "^{$1}"), (k) => `@${k}`)),
    letters, value: value(...Object.values(numbers), ...more),
  };
}

const termsOf = (sides, numbers) => (numbers.z > 0 ? sides[0] : sides.at(-1)).map((part) => putIn(part, numbers));

/** The terms of a(z). */
export const activation = (name, z) => termsOf(ACTIVATIONS[name].values, { z });

/** The terms of da/dz. */
export const slope = (name, z, a) => termsOf(ACTIVATIONS[name].slopes, { z, a });
