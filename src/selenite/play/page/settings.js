// Settings: every change goes to the server whole. What was done can be undone, in turn.

import { call } from "./api.js";
import { store, tell } from "./store.js";

const past = []; // each: how to take it back, and how to do it again
const future = [];

// One after the other: what is undone at once is what was changed last, though its answer is still on the way.
let last = Promise.resolve();
const inTurn = (work) => (last = last.then(work, work));

export function did(back, again) {
  past.push({ back, again });
  future.length = 0;
  tell("past");
}

/** Change some, or what a function makes of those that hold when its turn comes: what is clicked twice is done twice. */
export const change = (changes, remember = true) => inTurn(async () => {
  const before = store.state.settings, made = typeof changes === "function" ? changes(before) : changes;
  if (!made) return;
  const after = { ...before, ...made };
  const { result } = await call("change", { settings: after });
  if (result === undefined) tell("state", store.state); // refused: the controls show again what holds
  else if (remember) did(() => call("change", { settings: before }), () => call("change", { settings: after }));
});

const withMore = ({ hidden, activations }) => hidden.length < 6 && { hidden: [...hidden, 4], activations: [...activations, activations.at(-1) || "logistic"], slip: false };
const without = ({ hidden, activations }, l) => hidden.at(l) && { hidden: hidden.toSpliced(l, 1), activations: activations.toSpliced(l, 1) };
export const addLayer = () => change(withMore);
export const removeLayer = (l = -1) => change((settings) => without(settings, l)); // -1: the last
export const addUnits = (by, l = -1) => change((settings) => {
  const size = settings.hidden.at(l) + by;
  if (!settings.hidden.length) return by > 0 && withMore(settings);
  return size < 1 ? without(settings, l) : size <= 64 && { hidden: settings.hidden.with(l, size) };
});

const move = (from, to, way) => inTurn(async () => {
  if (!from.length) return;
  const done = from.pop();
  to.push(done);
  await done[way]();
  tell("past");
});

export const undo = () => move(past, future, "back");
export const redo = () => move(future, past, "again");
export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;

export const reseed = () => change(({ seed, start }) => ({ seed: (seed + 1) % 4294967296, start: start === "article" ? "uniform" : start }));
