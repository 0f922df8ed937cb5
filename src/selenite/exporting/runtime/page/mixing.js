/* Answers for rows that are mixed from two rows, column by column: the first layer is a sum over columns, and over pairs of them, so
   it is added up once. */

import { COLUMNS, CROSSED, MEMBERS, PLAN, activate, activated, answersFrom, bitsOf, components, crossedCode, encode, knownRow, statisticsOf } from "../model.js";

const KNOWN = PLAN.known_rows;
const WIDTHS = MEMBERS.map(({ layers }) => layers[0].n_out), WIDTH = WIDTHS.reduce((sum, width) => sum + width, 0);

/** Inputs that are of one column; in the parts of a row there stand behind them the codes of the columns that are crossed, and
    where rows are known the bits of all columns. */
export const N_OWN = (KNOWN?.at ?? PLAN.n_inputs) - PLAN.crossings.reduce((sum, { n_inputs }) => sum + n_inputs, 0);
const N_CODED = N_OWN + CROSSED.length;

/** The parts of a row: its inputs, but for those that several columns make. */
export const partsOf = (row) => [...encode(row).subarray(0, N_OWN), ...CROSSED.map((k) => crossedCode(COLUMNS[k], row[COLUMNS[k].name])), ...(KNOWN ? bitsOf(row) : [])];

/** The same of parts as `selenite explain` has them, whose bits are in pieces of 22 that a number holds. */
export const partsFrom = (parts) => [...parts.slice(0, N_CODED), ...(KNOWN ? COLUMNS.map((_, k) => whole(parts.slice(N_CODED + 3 * k, N_CODED + 3 * k + 3))) : [])];

const whole = (pieces) => pieces.reduceRight((bits, piece) => (bits << 22n) | BigInt(piece), 0n);

/** What a pair of categories adds to the first layers of all members. */
export const addedPair = (pair, a, b) => addedBy(statisticsOf(pair, a, b), pair.at);

/** What known rows add there, by the bits of a row; null where it is none. */
export function addedKnown(bits) {
  const told = knownRow(bits);
  return told.length ? addedBy(told, KNOWN.at) : null;
}

/** What some inputs add there, the first of which stands at a place. */
function addedBy(inputs, at) {
  const sums = new Float64Array(WIDTH);
  let begin = 0;
  for (const { layers: [{ weights, n_out }] } of MEMBERS) {
    inputs.forEach((x, k) => addTimes(sums, begin, weights, (at + k) * n_out, n_out, x));
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
