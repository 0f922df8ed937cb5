// Random numbers that any language can repeat bit for bit: a number is a hash of where it is used, as in nn/random.py.

import { bits as bitsAt } from "./backend.js";
import { cos, log } from "./elementary.js";

// The purpose of a draw, the first word of its position.
export const INITIALIZE = 3;
export const SPLIT = 4;
export const POINTS = 11;
export const SHOWN = 13;

const mask = (word) => BigInt.asUintN(64, word);

/** The finaliser of SplitMix64: each output bit depends on each input bit. */
function mix(h) {
  h = mask((h ^ (h >> 30n)) * 0xbf58476d1ce4e5b9n);
  h = mask((h ^ (h >> 27n)) * 0x94d049bb133111ebn);
  return h ^ (h >> 31n);
}

/** Doubles in [0, 1) from the upper 53 of 64 bits. */
export const uniform = (bits) => Float64Array.from(bits, (h) => Number(h >> 11n) * 2 ** -53);

/** Standard normal doubles by Box and Muller's transform; the second uniform hashes the first's bits. */
export function normal(bits) {
  const radius = uniform(bits), angle = uniform(bits.map((h) => mix(mask(h + 0x9e3779b97f4a7c15n))));
  return radius.map((u, i) => Math.sqrt(-2 * log(1 - u)) * cos(2 * Math.PI * angle[i]));
}

/** The bits at (...position, row, column) of a table of draws, row by row. */
export function bitsOfTable(seed, position, rows, columns) {
  const found = new BigUint64Array(rows * columns);
  for (let row = 0; row < rows; row++) found.set(bitsAt(seed, [...position, row], columns), row * columns);
  return found;
}

/** The rows 0 ... n - 1 in random order: sorted by their bits, equal bits by row. */
export function permutation(seed, n, ...position) {
  const bits = bitsAt(seed, position, n);
  return Int32Array.from(bits.keys()).sort((a, b) => (bits[a] < bits[b] ? -1 : bits[a] > bits[b] ? 1 : a - b));
}
