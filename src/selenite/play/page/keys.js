// Keys: everything the mouse does. Fields keep their own.

import { call } from "./api.js";
import { $ } from "./dom.js";
import { operate } from "./operations.js";
import { addLayer, addUnits, change, redo, removeLayer, reseed, undo } from "./settings.js";
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

const LETTERS = {
  b: () => change(({ biases }) => ({ biases: !biases })),
  t: () => { const box = $("surface-box").querySelector("input"); box.click(); },
  a: () => call("beside", { do: store.state.beside ? "switch" : "begin" }),
  r: reseed,
  "+": () => addUnits(1), "=": () => addUnits(1), "-": () => addUnits(-1), "[": () => removeLayer(), "]": addLayer, "?": help,
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
