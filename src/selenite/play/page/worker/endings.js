// Why training need not, or cannot, go on, in words.

import { explainDivergence } from "./divergence.js";
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

export const divergence = ({ network, parameters, X, Y, epoch, optimizer }) =>
  explainDivergence(network, parameters, X, Y, epoch + 1, optimizer.learning_rate);
