/* Inside another page, such as a lesson in the docs: its reader's scroll is time. The page around says { goto: share }, a share of
   all epochs on a logarithmic scale; it is told { playground: "ready" } when there is something to see, and { playground: "taken" }
   as soon as somebody does something here. */

import { call } from "./api.js";
import { on, oneAtATime, store } from "./store.js";

const around = window.parent === window ? null : window.parent;
const say = (what) => around.postMessage({ playground: what }, "*"); // a file has no origin; nothing secret is said

let ready = false;
let wanted = 0; // the share to go to next

export function setUp() {
  if (!around) return;
  document.body.classList.add("embedded");
  on("state", () => { if (!ready) say("ready"); ready = true; });
  addEventListener("message", ({ source, data }) => { if (source === around && data?.goto >= 0 && data.goto <= 1) { wanted = data.goto; go(); } });
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, ({ isTrusted }) => isTrusted && say("taken"), true);
}

const go = oneAtATime(async () => store.state && call("reach", { epoch: Math.round((store.state.settings.epochs + 1) ** wanted) - 1 }));
