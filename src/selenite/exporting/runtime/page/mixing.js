/* Answers for rows that are mixed from two rows, column by column: the first layer is a sum over columns, and over pairs of them, so
   it is added up once. */

import { COLUMNS, CROSSED, MEMBERS, PLAN, activate, activated, answersFrom, components, crossedCode, encode, statisticsOf } from "../model.js";

const WIDTHS = MEMBERS.map(({ layers }) => layers[0].n_out), WIDTH = WIDTHS.reduce((sum, width) => sum + width, 0);

/** Inputs that are of one column; in the parts of a row the codes of the columns that are crossed stand behind them. */
export const N_OWN = PLAN.n_inputs - PLAN.crossings.reduce((sum, { n_inputs }) => sum + n_inputs, 0);

/** The parts of a row: its inputs, but for those of pairs of categories, which two columns make. */
export function partsOf(row) {
  const inputs = encode(row);
  return CROSSED.length ? [...inputs.subarray(0, N_OWN), ...CROSSED.map((k) => crossedCode(COLUMNS[k], row[COLUMNS[k].name]))] : inputs;
}

/** What a pair of categories adds to the first layers of all members. */
export function addedPair(pair, a, b) {
  const sums = new Float64Array(WIDTH), statistics = statisticsOf(pair, a, b);
  let begin = 0;
  for (const { layers: [{ weights, n_out }] } of MEMBERS) {
    statistics.forEach((x, k) => addTimes(sums, begin, weights, (pair.at + k) * n_out, n_out, x));
    begin += n_out;
  }
  return sums;
}

/** What the inputs from one to before another add to the first layers of all members. */
export function added(inputs, from, to) {
  const sums = new Float64Array(WIDTH);
  let begin = 0;
  for (const { waves, layers: [{ weights, n_out }] } of MEMBERS) {
    for (let i = from; i < to; i++) addTimes(sums, begin, weights, i * n_out, n_out, inputs[i]);
    let feature = PLAN.n_inputs;
    for (const [p, wave] of waves.entries()) {
      const at = PLAN.periodic[p];
      if (from <= at && at < to) components(wave, inputs[at]).forEach((x, k) => addTimes(sums, begin, weights, (feature + k) * n_out, n_out, x));
      feature += PLAN.members[0].waves[p].offsets.length;
    }
    begin += n_out;
  }
  return sums;
}

function addTimes(sums, begin, weights, at, n, x) {
  if (x !== 0) for (let j = 0; j < n; j++) sums[begin + j] += x * weights[at + j];
}

/** The answers where all columns together add some sums to the first layers. */
export function answersOfSums(sums) {
  const total = new Float64Array(MEMBERS[0].layers.at(-1).n_out);
  let at = 0;
  for (const { layers } of MEMBERS) {
    const [{ activation, biases, n_out, z }, ...others] = layers;
    for (let j = 0; j < n_out; j++) z[j] = biases[j] + sums[at++];
    activate(activation, z);
    let a = z;
    for (const layer of others) {
      layer.z.set(layer.biases);
      a = activated(layer, a);
    }
    for (let k = 0; k < total.length; k++) total[k] += a[k] / MEMBERS.length;
  }
  return answersFrom(total);
}
