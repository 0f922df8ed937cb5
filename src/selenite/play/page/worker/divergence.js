// Where a number first stopped being finite, in words.

import { general, grouped } from "./text.js";
import { sum } from "./numbers.js";

/** Which layer, loss or gradient overflowed in which epoch (counted from 1), and what to try. */
export function explainDivergence(network, parameters, X, Y, epoch, rate) {
  return `training diverged in epoch ${epoch}: ${firstOverflow(network, parameters, X, Y)}. The last finite weights are kept. `
    + `Try a smaller learning rate than ${general(rate)}, such as ${general(rate / 10)}, or scaled inputs`;
}

function firstOverflow(network, parameters, X, Y) {
  if (!X.every(Number.isFinite)) return "the inputs themselves are not finite";
  const { z, a, losses } = network.trace(parameters, X, Y), last = z.length - 1;
  for (let l = 0; l <= last; l++) {
    const units = network.layer_sizes[l + 1], bad = new Set();
    z[l].forEach((value, i) => { if (!Number.isFinite(value) || !Number.isFinite(a[l][i])) bad.add(Math.floor(i / units)); });
    if (bad.size) {
      const name = l === last ? "the output layer" : `hidden layer ${l + 1}`;
      return `${name} is the first that is not finite, in ${grouped(bad.size)} of ${grouped(losses.length)} rows (training row ${grouped(Math.min(...bad) + 1)})`;
    }
  }
  if (Number.isFinite(sum(losses))) return "the gradient or the step was not finite, though every layer still was";
  const largest = z.reduce((most, layer) => layer.reduce((m, value) => Math.max(m, Math.abs(value)), most), 0);
  return `the loss is not finite; the largest value in a layer is ${general(largest, 3)}`;
}
