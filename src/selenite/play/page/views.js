// Views of one panel behind tabs: what is shown at first is the simplest.

import { $, fill, h } from "./dom.js";
import { on, store, tell } from "./store.js";
import { WORDS } from "./words.js";

const shown = {};

// Make tabs in a box, one for each [id of its part, title]; `opened` is told which part is shown.
export function views(box, label, parts, opened = () => {}) {
  const buttons = parts.map(([id, title]) => h("button", { role: "tab", id: `view-${id}`, "aria-controls": id, class: "small", title: WORDS[title] ?? "", onclick: () => open(id) }, title));
  const list = h("div", { role: "tablist", "aria-label": label }, ...buttons);
  const open = (id) => {
    shown[box] = id;
    parts.forEach(([part], i) => {
      $(part).hidden = part !== id;
      buttons[i].setAttribute("aria-selected", String(part === id));
      buttons[i].tabIndex = part === id ? 0 : -1;
    });
    opened(id);
    tell("draw");
  };
  parts.forEach(([id]) => { $(id).setAttribute("role", "tabpanel"); $(id).setAttribute("aria-labelledby", `view-${id}`); });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (parts.findIndex(([id]) => id === shown[box]) + step + parts.length) % parts.length;
    open(parts[next][0]);
    buttons[next].focus();
  });
  fill($(box), list);
  open(parts[0][0]);
  return open;
}

export const visible = (id) => !$(id).hidden && $(id).offsetParent !== null;

// Ask again whenever something changed while a part is seen, one question at a time.
export function watcher(id, refresh) {
  let busy = false;
  let again = false;
  on("views", look);
  on("panel", () => requestAnimationFrame(look)); // once it is seen
  return look;

  async function look() {
    if (!store.state || !visible(id)) return;
    if (busy) { again = true; return; }
    busy = true;
    try { await refresh(); } finally { busy = false; }
    if (again) { again = false; look(); }
  }
}
