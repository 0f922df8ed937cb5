// Why? Forward, backward and update of what is selected, and its weights to change.

import { ask, call } from "./api.js";
import { $, fill, h, number } from "./dom.js";
import { did } from "./settings.js";
import { on, store, tell } from "./store.js";

const PARTS = [["forward", "Forward"], ["backward", "Backward"], ["update", "Update"]];
let part = "forward";
let shown = null;
let asking = false;
let again = false; // whether something else was selected meanwhile

export function setUp() {
  on("selected", refresh);
  on("detail", refresh);
  on("state", () => {
    const { selected, state } = store;
    if (selected && (!state.layers[selected.layer + 1] || selected.unit >= state.layers[selected.layer + 1].shown)) store.selected = null;
    if (!store.selected) empty();
  });
}

function empty() {
  shown = null;
  fill($("why-box"), h("p", { class: "quiet" }, "Select a unit or a weight in the network: here stands what its number is made of, and it can be changed."));
}

async function refresh() {
  if (!store.selected) return empty();
  again = asking;
  if (asking || store.state.waiting) return;
  asking = true;
  const found = await ask("why", store.selected);
  asking = false;
  if (again) return refresh();
  if (found && store.selected) { shown = found; show(); }
}

function show() {
  const inside = $("why-box").contains(document.activeElement) ? document.activeElement.id : "";
  if (inside.startsWith("weight-")) return; // somebody is writing
  const tabs = h("div", { role: "group", class: "parts", "aria-label": "Part of the calculation" }, ...PARTS.map(([key, title]) =>
    h("button", { id: `part-${key}`, "aria-pressed": String(key === part), onclick: () => { part = key; show(); } }, title)));
  const lines = h("ol", { class: "lines-of" }, ...shown[part].map((line) => h("li", {}, line)));
  const { layer, unit } = shown;
  const set = (before, value) => call("weight", { layer, before, unit, value });
  const change = async (before, old, value) => {
    if ((await set(before, value)).result !== undefined) did(() => set(before, old), () => set(before, value));
  };
  const fields = h("ul", { class: "weights" }, ...shown.incoming.map(({ before, name, value }) => {
    const box = number(Number(value.toPrecision(5)), (v) => { box.blur(); change(before, value, v); }, { step: "any", min: -1e6, max: 1e6, id: `weight-${before}` });
    const slider = h("input", { type: "range", min: -10, max: 10, step: 0.05, value, "aria-label": `${name}, slider`, oninput: () => set(before, Number(slider.value)), onchange: () => change(before, value, Number(slider.value)) });
    return h("li", { class: shown.before === before ? "mine" : "" }, h("label", { htmlFor: box.id }, name), box, slider);
  }));
  const sliding = document.activeElement?.type === "range" && $("why-box").contains(document.activeElement);
  if (sliding) { $("why-box").querySelector(".lines-of")?.replaceWith(lines); return; }
  fill($("why-box"), h("div", { class: "why-head" }, h("h3", {}, shown.title), tabs,
    h("button", { class: "small", onclick: () => copy(), id: "copy-why" }, "Copy")), h("div", { class: "why-body" }, lines,
    h("div", {}, h("h4", {}, "Weights into it"), fields)));
  if (inside) $(inside)?.focus();
}

function copy() {
  const text = [shown.title, ...PARTS.flatMap(([key, title]) => [title, ...shown[key].map((line) => `  ${line}`)])].join("\n");
  navigator.clipboard?.writeText(text).then(() => tell("say", "Copied."), () => tell("problem", "The browser does not let a page copy here."));
}

export const partShown = () => part;
export function turnTo(other) { part = other; }
