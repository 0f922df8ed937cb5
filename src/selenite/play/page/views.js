// Views of one panel behind tabs: what is shown at first is the simplest.

import { $, fill, h } from "./dom.js";
import { on, oneAtATime, store, tell } from "./store.js";
import { WORDS } from "./words.js";

// Make tabs in a box, one for each [id of its part, title]; `opened` is told which part is shown.
export function views(box, label, parts, opened = () => {}) {
  const list = h("div", { role: "tablist", "aria-label": label }), open = (id) => {
    chosen(id);
    parts.forEach(([part]) => { $(part).hidden = part !== id; });
    opened(id);
    tell("draw");
  };
  const chosen = tabs(list, "view", parts, open);
  parts.forEach(([id]) => { $(id).setAttribute("role", "tabpanel"); $(id).setAttribute("aria-labelledby", `view-${id}`); });
  fill($(box), list);
  open(parts[0][0]);
  return open;
}

// Fill a list with tabs, along which arrow keys move; what is returned marks one as chosen.
export function tabs(list, name, parts, choose) {
  const buttons = parts.map(([id, title]) => h("button", { role: "tab", id: `${name}-${id}`, "aria-controls": id, class: "small", title: WORDS[title] ?? "", onclick: () => choose(id) }, title));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  fill(list, ...buttons);
  return (chosen) => parts.forEach(([id], i) => {
    buttons[i].setAttribute("aria-selected", String(id === chosen));
    buttons[i].tabIndex = id === chosen ? 0 : -1;
  });
}

export const visible = (id) => !$(id).hidden && $(id).offsetParent !== null;

// Ask again whenever something changed while a part is seen, one question at a time.
export function watcher(id, refresh) {
  const look = oneAtATime(async () => store.state && visible(id) && refresh());
  on("views", look);
  on("panel", () => requestAnimationFrame(look)); // once it is seen
  return look;
}
