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

export const change = (changes, remember = true) => inTurn(async () => {
  const before = store.state.settings;
  const after = { ...before, ...changes };
  const { result } = await call("change", { settings: after });
  if (result === undefined) tell("state", store.state); // refused: the controls show again what holds
  else if (remember) did(() => call("change", { settings: before }), () => call("change", { settings: after }));
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

export function reseed() {
  const { seed, start } = store.state.settings;
  return change({ seed: (seed + 1) % 4294967296, start: start === "article" ? "uniform" : start });
}
