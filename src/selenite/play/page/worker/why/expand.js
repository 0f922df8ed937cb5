/* From an address to its expansion, and from that to the expansions of its factors, as deep as is wanted. */

import { parse, is_parameter, text_of } from "./address.js";
import { remarks_on } from "./article.js";
import { expand_activation_gradient, expand_delta, expand_gradient } from "./backward.js";
import { pattern } from "./expansion.js";
import { expand_a, expand_input, expand_slope, expand_total, expand_z } from "./forward.js";
import { expand_loss } from "./losses.js";
import { Run } from "./run.js";
import { expand_memory, expand_update } from "./update.js";

const OF_A_ROW = {
  input: expand_input, total: expand_total, "unit.z": expand_z, "unit.a": expand_a, "unit.slope": expand_slope, "unit.delta": expand_delta,
  "unit.a.gradient": expand_activation_gradient,
};

/** The expansion of a number as a tree; `depth` levels are opened, at each the factors of the largest `breadth` terms (of two
    terms both), each number once. A subject is described in run.js. */
export function expand(subject, text, depth = 1, breadth = 1) {
  const run = new Run(subject), known = new Set();
  const open = (at) => alone(run, parse(at, run.layers, run.units));
  const top = open(text);
  known.add(top.address);
  let level = [top];
  for (let left = depth - 1; left > 0 && level.length; left--) {
    const below = [];
    for (const one of level) {
      const by_size = one.terms.filter(({ factors }) => factors.some(({ opens }) => opens)).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
      for (const { factors } of by_size.length <= 2 ? by_size : by_size.slice(0, breadth))
        factors.forEach((factor, k) => {
          if (!factor.opens || known.has(factor.address)) return;
          known.add(factor.address);
          factors[k] = { ...factor, opened: open(factor.address) };
          below.push(factors[k].opened);
        });
    }
    level = below;
  }
  return top;
}

/** The expansion of one number, its factors closed, and where the article slips. */
function alone(run, place) {
  const row = row_of(run, place), of_row = is_parameter(place) && row !== null && place.row !== null ? run.only(row) : run;
  return { ...expansion(run, place, row), remarks: remarks_on(of_row, place, row) };
}

function row_of(run, { row }) {
  if (row === null) return run.n === 1 ? 0 : null;
  const found = run.row_numbers.indexOf(row);
  if (found < 0) throw new RangeError(`there is no row ${row} here`);
  return found;
}

function expansion(run, place, row) {
  if (place.part === "loss") return expand_loss(run, place, row);
  if (is_parameter(place)) {
    const of = place.row === null ? run : run.only(row);
    if (place.attribute === "gradient") return expand_gradient(of, place);
    if (place.attribute === "update") return expand_update(of, place);
    if (place.attribute) return expand_memory(of, place);
    return of.expansion(place, of.of_vector(of.parameters, place), pattern("a parameter, as training left it", "\\text{a parameter}"), []);
  }
  if (row === null) throw new RangeError(`${text_of(place)} is of one row, and there are ${run.n.toLocaleString("en-US")}: say which, as in row${run.row_numbers[0]}.${text_of(place)}`);
  if (place.kind === "unit" && place.index[0] >= run.units[run.layer(place.part) - 1]) throw new RangeError(`there is no ${text_of(place)}: ${place.part} has units 1 to ${run.units[run.layer(place.part) - 1]}`);
  return OF_A_ROW[[place.kind || place.part, place.attribute].filter(Boolean).join(".")](run, place, row);
}
