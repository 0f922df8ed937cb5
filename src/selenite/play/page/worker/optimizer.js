// The optimizer of a run as the kernel takes it, what it remembers, and its rate as the schedule has it.

import { share } from "./backend.js";

const HALVINGS = 10; // of the rate over all epochs, by the schedule step
export const NOTHING = new Float64Array(0);

/** The optimizer as the kernel takes it; a rate meant for sums is that many times larger on the mean. */
export function optimizerFor(settings, n_rows) {
  return {
    name: settings.optimizer,
    learning_rate: settings.learning_rate * (settings.sums ? n_rows : 1),
    momentum: settings.optimizer === "sgd" ? settings.momentum : 0,
    nesterov: false, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, weight_decay: 0,
    schedule: { name: settings.schedule, every: Math.max(Math.floor(settings.epochs / HALVINGS), 1), factor: 0.5, warmup: 0.25, power: 0.5 },
  };
}

/** The optimizer's memory before the first step. */
export const startState = ({ name }, parameters, epochs = 0) => ({
  steps: 0, epochs, rate_factor: 1,
  first: new Float64Array(parameters.length), second: name === "sgd" ? NOTHING : new Float64Array(parameters.length),
});

export const copiedState = (state) => ({ ...state, first: state.first.slice(), second: state.second.slice() });

/** The next step's rate as a share of the optimizer's; of so many steps, after all of them the last one's. */
export function rateShare({ schedule }, { steps, epochs }, n_steps, n_rows) {
  return schedule.name === "constant" || !n_steps ? 1 : share(schedule, Math.min(steps, n_steps - 1) / n_steps, epochs, epochs * n_rows);
}
