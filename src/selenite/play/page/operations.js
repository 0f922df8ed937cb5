// One operation after the other, and back: each unit forward, then backward, then its update; after the last the row is done.

import { call } from "./api.js";
import { choose, placesOf } from "./diagram.js";
import { store, tell } from "./store.js";
import { partShown, turnTo } from "./why.js";

function order() {
  const layers = store.state.layers.slice(1).map((layer, l) => layer.indices.map((u) => [l, u]));
  const each = (steps, part) => steps.map(([l, u]) => [l, u, part]);
  return [...each(layers.flat(), "forward"), ...each([...layers].reverse().flat(), "backward"), ...each(layers.flat(), "update")];
}

export async function operate(by = 1) {
  const { selected } = store;
  if (!store.frame) return tell("say", store.state.waiting);
  if (store.frame.playing) await call("pause");
  let steps = order();
  const now = selected ? steps.findIndex(([l, u, part]) => l === selected.layer && u === selected.unit && part === partShown()) : -1;
  let next = now < 0 ? (by > 0 ? 0 : -1) : now + by;
  if (next >= steps.length) {
    await call("step", { what: "row" });
    steps = order();
    next = 0;
  } else if (next < 0) {
    const { epoch, row } = store.frame;
    if (epoch === store.state.first_epoch && !row) return tell("say", "This is the beginning.");
    await call("back", { what: "row" });
    steps = order();
    next = steps.length - 1;
  }
  const [l, u, part] = steps[next];
  turnTo(part);
  choose(l, u);
  const layer = store.state.layers[l + 1], place = layer.indices.indexOf(u);
  tell("operation", { layer: l, unit: u, place, part, places: placesOf() });
  tell("heard", `${part}: unit ${layer.names[place]}`);
}
