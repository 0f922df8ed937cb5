// Why training need not, or cannot, go on, in words.

import { sum } from "./numbers.js";
import { general, grouped } from "./text.js";

const STILL = 200; // epochs without a gain after which training stops by itself
const GAIN = 1e-3; // share of the loss that counts as a gain

/** Why training pauses here; "" where it goes on. */
export function ending(session) {
  const { settings, curves, problem, shownScale } = session;
  if (session.epoch >= settings.epochs) return allDone(session);
  const loss = (problem.test.length ? curves.test_loss : curves.loss)[curves.length - 1];
  if (shownScale * loss < settings.stop_loss) return `The loss is below ${general(settings.stop_loss)}, so training paused.`;
  if (settings.auto_stop && curves.onPlateau(STILL, GAIN)) return `The loss has hardly moved for ${STILL} epochs, so training paused.`;
  return "";
}

export const allDone = ({ settings }) => `All ${grouped(settings.epochs)} epochs are done.`;

/** Which layer, loss or gradient overflowed in which epoch, and what to try. */
export function divergence({ network, parameters, X, Y, epoch, optimizer: { learning_rate: rate } }) {
  return `training diverged in epoch ${epoch + 1}: ${firstOverflow(network, parameters, X, Y)}. The last finite weights are kept. `
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
