/* The table behind the inputs: which cell each comes from, and how it became a number, as Python's cells.py says it.

   subject.cell(i, row) → { known, part, isLast, value, text }: what is known of the column, which of the column's inputs it is, the
   cell's number (NaN where it has none), and the cell as text ("missing" where it is a gap); of a score of text the `words` behind it,
   and whether the row is one of those that they were learnt from. */

import { DAY, SOFT_LIMIT, isPair } from "../table/encode.js";
import { sum } from "../numbers.js";
import { constant, pattern, product, term } from "./expansion.js";

/** What a term of the first layer is called: the input's name, and the cell it comes from. */
export function label({ input_names, cell }, i, row) {
  const name = input_names[i];
  if (!cell) return name;
  const { known, text } = cell(i, row);
  return name === known.name ? `${name} = ${text}` : `${name} (${text})`;
}

/** In words, which cell an input comes from. */
export function described({ cell }, i, row) {
  if (!cell) return "given";
  const { known, text } = cell(i, row);
  return text === "missing" ? `column ${known.name} is missing` : `column ${known.name} holds ${text}`;
}

/** The formula and the terms of an encoded input; none where it is taken as it is. */
export function encoding({ input_names, cell, X, description }, i, row) {
  if (!cell) return null;
  const { known, part, isLast, value, text, words, isOwn } = cell(i, row), gap = text === "missing", input = X[row * description.layer_sizes[0] + i];
  if (words) return gap ? null : scored(words(), input, isOwn);
  if (known.missing && isLast) return indicator(input_names[i], gap);
  if (known.kind === "number") return gap || !known.scales.length ? null : scaled(known, known.name, value);
  if (known.kind === "date") return part || gap ? null : scaled(known, "days since 1970", value / DAY);
  return isPair(known) ? null : indicator(input_names[i], Boolean(input));
}

/** A score of text: what its terms add. A row that the words were learnt from has the score of other rows' words. */
function scored(words, score, isOwn) {
  const terms = words.map(([name, weight, adds]) => product(`'${name}'`, [constant(weight, "weight"), constant(adds, "adds")])), what = "its own fold left out";
  if (isOwn) terms.push(product(what, [constant(score - sum(terms.map(({ value }) => value)), what)]));
  return [pattern("Σ weight × what the term adds, over the terms of the text", "\\sum_t w_t \\, a_t"), terms];
}

function scaled({ scales: [{ center, width }] }, name, value) {
  if (width === 0) return null;
  const u = (value - center) / width, factors = [constant(value, name), constant(center, "center"), constant(width, "width")];
  const squashed = pattern(`u / √(1 + (u / ${SOFT_LIMIT})²), u = ({0} - {1}) / {2}`, `\\frac{u}{\\sqrt{1 + (u/${SOFT_LIMIT})^2}}, \\; u = \\frac{{0} - {1}}{{2}}`);
  const formula = pattern("scaled by center and width, softly kept within ±3", "\\text{scaled, softly within } \\pm 3");
  return [formula, [term(name, u / Math.sqrt(1 + (u / SOFT_LIMIT) ** 2), factors, squashed)]];
}

/** 1 or 0 for a yes or a no. */
const indicator = (name, holds) => [pattern(`1 if ${name}, else 0`, "1 \\text{ if so, else } 0"), [term(name, Number(holds), [], pattern(String(Number(holds))))]];
