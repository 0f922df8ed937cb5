/* From an address to its expansion, and from that to the expansions of its factors, as deep as is wanted. */

import { Refusal, grouped } from "../text.js";
import { parse, isParameter, textOf } from "./address.js";
import { remarksOn } from "./article.js";
import { expandActivationGradient, expandDelta, expandGradient } from "./backward.js";
import { pattern } from "./expansion.js";
import { expandA, expandInput, expandSlope, expandTotal, expandZ } from "./forward.js";
import { expandLoss } from "./losses.js";
import { Run } from "./run.js";
import { expandMemory, expandUpdate } from "./update.js";

const OF_A_ROW = {
  input: expandInput, total: expandTotal, "unit.z": expandZ, "unit.a": expandA, "unit.slope": expandSlope, "unit.delta": expandDelta,
  "unit.a.gradient": expandActivationGradient,
};

/** The expansion of a number as a tree; `depth` levels are opened, at each the factors of the largest `breadth` terms (of two
    terms both), each number once. A subject is described in run.js. */
export function expand(subject, text, depth = 1, breadth = 1) {
  const run = new Run(subject), known = new Set();
  const open = (at) => alone(run, parse(at, run.layers));
  const top = open(text);
  known.add(top.address);
  let level = [top];
  for (let left = depth - 1; left > 0 && level.length; left--) {
    const below = [];
    for (const one of level) {
      const bySize = one.terms.filter(({ factors }) => factors.some(({ opens }) => opens)).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
      for (const { factors } of bySize.length <= 2 ? bySize : bySize.slice(0, breadth))
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
  const row = rowOf(run, place), ofRow = isParameter(place) && row !== null && place.row !== null ? run.only(row) : run;
  return { ...expansion(run, place, row), remarks: remarksOn(ofRow, place, row) };
}

function rowOf(run, { row }) {
  if (row === null) return run.n === 1 ? 0 : null;
  const found = run.row_numbers.indexOf(row);
  if (found < 0) {
    const { row_numbers: numbers } = run;
    throw new Refusal(`there is no row ${row}; the rows at hand are ${run.n > 1 ? `${numbers[0]} to ${numbers.at(-1)}` : numbers[0]}, the first is 1`);
  }
  return found;
}

function expansion(run, place, row) {
  if (place.part === "loss") return expandLoss(run, place, row);
  if (isParameter(place)) {
    const of = place.row === null ? run : run.only(row);
    if (place.attribute === "gradient") return expandGradient(of, place);
    if (place.attribute === "update") return expandUpdate(of, place);
    if (place.attribute) return expandMemory(of, place);
    return of.expansion(place, of.ofVector(of.parameters, place), pattern("a parameter, as training left it", "\\text{a parameter}"), []);
  }
  if (row === null) throw new Refusal(`${textOf(place)} is of one row, and there are ${grouped(run.n)}: say which, as in row${run.row_numbers[0]}.${textOf(place)}`);
  if (place.kind === "unit" && place.index[0] >= run.units[run.layer(place.part) - 1]) throw new Refusal(`there is no ${textOf(place)}: ${place.part} has units 1 to ${run.units[run.layer(place.part) - 1]}`);
  return OF_A_ROW[[place.kind || place.part, place.attribute].filter(Boolean).join(".")](run, place, row);
}
