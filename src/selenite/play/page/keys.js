// Keys: everything the mouse does. Fields keep their own.

import { call } from "./api.js";
import { addLayer, removeLayer } from "./diagram.js";
import { $ } from "./dom.js";
import { operate } from "./operations.js";
import { change, redo, reseed, undo } from "./settings.js";
import { help } from "./share.js";
import { remembered, store, tell } from "./store.js";
import { back, step, toggle } from "./transport.js";

const PANELS = ["data", "network", "output", "curves", "why"];

export function goTo(panel) {
  tell("panel", panel);
  if (panel === "why") return ($("why-box").querySelector("button") ?? document.querySelector(".unit"))?.focus();
  const target = $(panel).querySelector("button, input, select, canvas[tabindex]");
  $(panel).scrollIntoView({ block: "nearest" });
  target?.focus();
}

function units(by) {
  const { hidden } = store.state.settings;
  if (!hidden.length) return addLayer();
  const last = hidden.at(-1) + by;
  return last < 1 ? removeLayer(hidden.length - 1) : change({ hidden: [...hidden.slice(0, -1), last] });
}

const LETTERS = {
  b: () => change({ biases: !store.state.settings.biases }),
  t: () => { const box = $("surface-box").querySelector("input"); box.click(); },
  a: () => call("beside", { do: store.state.beside ? "switch" : "begin" }),
  r: reseed,
  "+": () => units(1), "=": () => units(1), "-": () => units(-1), "[": () => removeLayer(store.state.settings.hidden.length - 1), "]": addLayer, "?": help,
};

export function setUp() {
  addEventListener("keydown", (event) => {
    if (!store.state || $("dialog").open || event.defaultPrevented) return;
    const inText = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea"), inField = inText || event.target.matches("select, summary");
    if ((event.ctrlKey || event.metaKey) && !inText && (event.key === "z" || event.key === "y")) {
      event.preventDefault();
      return event.key === "z" ? undo() : redo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || inField) return;
    const onButton = event.target.matches("button, input");
    let action = null;
    if (event.key === " " && !onButton) action = toggle;
    else if (event.key === "ArrowRight" && !event.target.matches("input")) action = () => (event.shiftKey ? step("operation") : step("epoch"));
    else if (event.key === "ArrowLeft" && !event.target.matches("input")) action = event.shiftKey ? () => operate(-1) : back;
    else if (event.key === "Home") action = () => call("reset");
    else if (/^[1-5]$/.test(event.key)) action = () => goTo(PANELS[event.key - 1]);
    else if (remembered("letters") !== "off") action = LETTERS[event.key.toLowerCase()];
    if (action) { event.preventDefault(); action(); }
  });
}
