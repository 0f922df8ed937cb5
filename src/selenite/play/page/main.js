// The page: enter, set up the panels, listen.

import { call, enter } from "./api.js";
import { dark, themed } from "./colours.js";
import * as bent from "./bent.js";
import * as card from "./card.js";
import * as curves from "./curves.js";
import * as data from "./data.js";
import * as dependence from "./dependence.js";
import * as diagram from "./diagram.js";
import { $, fill, h } from "./dom.js";
import * as embedded from "./embedded.js";
import * as figures from "./figures.js";
import * as fly from "./fly.js";
import * as keys from "./keys.js";
import * as lessons from "./lessons.js";
import * as matrix from "./matrix.js";
import * as opened from "./opened.js";
import * as preview from "./preview.js";
import * as rows from "./rows.js";
import * as runs from "./runs.js";
import { canRedo, canUndo, redo, undo } from "./settings.js";
import * as share from "./share.js";
import { on, remember, remembered, store, tell } from "./store.js";
import * as surface from "./surface.js";
import { loss, whole } from "./text.js";
import * as training from "./training.js";
import * as transport from "./transport.js";
import { tabs } from "./views.js";
import * as why from "./why.js";

// On a narrow screen: the picture and the diagram are parts of one page, the others are sheets over it.
const PANELS = { output: "Picture", network: "Network", data: "Data", curves: "Loss", why: "Why?" };

function open(panel) {
  const again = document.body.dataset.panel === panel && !["output", "network"].includes(panel);
  tell("panel", again ? "network" : panel); // a sheet that is open is closed
  if (innerWidth <= 820 && ["output", "network"].includes(panel)) $(panel).scrollIntoView({ block: "start" });
}

function panels() {
  const chosen = tabs($("tabs"), "tab", Object.entries(PANELS), open);
  on("panel", (panel) => {
    document.body.dataset.panel = panel;
    chosen(panel);
    tell("draw");
  });
  tell("panel", "output");
}

function repaint() {
  themed();
  tell("themed");
  tell("state", store.state);
  tell("draw");
}

function theme() {
  const chosen = remembered("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
  themed();
  $("theme").onclick = () => {
    const next = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    remember("theme", next);
    repaint();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
}

let noted = 0; // when the last notice came

// What a screen reader is told: what was said, and while it plays the loss every five seconds at most.
function voices() {
  let said = 0;
  let was = false;
  on("heard", (text) => { $("live").textContent = text; });
  on("say", (text) => { tell("heard", text); note(text, false); });
  on("problem", (text) => note(text, true));
  on("detail", () => {
    const { frame } = store;
    if (frame && (frame.playing || was) && (performance.now() - said > 5000 || frame.playing !== was)) {
      said = performance.now();
      was = frame.playing;
      $("live").textContent = `Epoch ${whole(frame.epoch)}, loss ${loss(frame.loss)}${frame.playing ? "" : ", paused"}`;
    }
  });
  function note(text, bad) {
    noted = performance.now();
    fill($("alert"), h("p", { class: bad ? "bad" : "" }, text, h("button", { class: "small", "aria-label": "Dismiss", onclick: () => fill($("alert")) }, "×")));
    setTimeout(() => performance.now() - noted > 11900 && fill($("alert")), 12000);
  }
}

function tools() {
  $("undo").onclick = undo;
  $("redo").onclick = redo;
  $("beside").onclick = () => call("beside", { do: store.state.beside ? "end" : "begin" });
  const past = () => { $("undo").disabled = !canUndo(); $("redo").disabled = !canRedo(); };
  on("past", past);
  past();
  on("state", () => {
    $("beside").setAttribute("aria-pressed", String(store.state.beside));
    $("beside").title = store.state.beside ? `Settings are those of run ${store.state.side}; a click ends the comparison, the key A changes sides` : "Two runs from the same weights (A)";
    document.body.classList.toggle("two", store.state.beside);
  });
}

// A notice goes with the next action, once it has been seen.
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, (event) => { if (!event.target.closest?.("#alert") && performance.now() - noted > 600) fill($("alert")); });
addEventListener("keydown", (event) => { if (event.key === "Escape" && ["data", "curves"].includes(document.body.dataset.panel) && innerWidth <= 820) tell("panel", "network"); });
addEventListener("error", (event) => tell("problem", `The page met an error: ${event.message}`));
on("state", () => document.body.classList.remove("empty")); // nothing to press before there is something to change
const entered = enter(); // its worker begins while the panels are set up
theme();
panels();
voices();
tools();
// What shows that it learns comes first; all else when that is seen.
[lessons, rows, surface, transport, diagram].forEach((part) => part.setUp());
await Promise.all([entered, new Promise((seen) => { on("state", () => setTimeout(seen)); })]);
[card, fly, training, data, matrix, bent, dependence, opened, figures, curves, runs, why, preview, share, embedded, keys].forEach((part) => part.setUp());
["state", "detail"].forEach((known) => store[known] && tell(known)); // again, to those that come now
