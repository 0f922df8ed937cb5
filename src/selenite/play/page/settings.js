// Settings: every change goes to the server whole, and can be taken back.

import { call } from "./api.js";
import { store, tell } from "./store.js";

const past = [];
const future = [];

// One after the other: what is undone at once is what was changed last, though its answer is still on the way.
let last = Promise.resolve();
const inTurn = (work) => (last = last.then(work, work));

export const change = (changes, remember = true) => inTurn(async () => {
  const before = store.state.settings;
  const { result } = await call("change", { settings: { ...before, ...changes } });
  if (result === undefined) tell("state", store.state); // refused: the controls show again what holds
  else if (remember) { past.push(before); future.length = 0; tell("past"); }
});

const swap = (from, to) => inTurn(async () => {
  if (!from.length) return;
  const settings = from.pop();
  to.push(store.state.settings);
  await call("change", { settings });
  tell("past");
});

export const undo = () => swap(past, future);
export const redo = () => swap(future, past);
export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;
