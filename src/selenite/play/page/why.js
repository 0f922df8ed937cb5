// Why? Forward, backward and update of what is selected: terms that add up, each opened down to the inputs.

import { ask, call } from "./api.js";
import { hideCard, isAsked, isPinned, pin, place } from "./card.js";
import { pointAt } from "./diagram.js";
import { $, fill, h, number } from "./dom.js";
import { did } from "./settings.js";
import { on, oneAtATime, store, tell } from "./store.js";
import { plainly } from "./text.js";

const PARTS = [["forward", "Forward"], ["backward", "Backward"], ["update", "Update"]];
const opened = new Map(); // address -> its tree, or null while it is asked for
let part = "forward";
let shown = null;
let lesson = "";
let direction = "forward"; // that of the diagram
export function setUp() {
  empty();
  on("selected", () => {
    opened.clear();
    refresh();
    if (innerWidth > 820) return;
    tell("panel", "why");
    requestAnimationFrame(() => document.querySelector(".unit.selected")?.scrollIntoView({ block: "nearest" }));
  });
  on("detail", refresh);
  on("direction", turn);
  on("pointed", () => { for (const each of $("why-box").querySelectorAll("[data-line]")) each.classList.toggle("lit", each.dataset.line === JSON.stringify(store.pointed)); });
  on("state", () => {
    const { selected, state } = store, another = lesson !== state.lesson; // what is asked is of the lesson before
    lesson = state.lesson;
    if (selected && (another || !state.layers[selected.layer + 1] || selected.unit >= state.layers[selected.layer + 1].units)) store.selected = null;
    if (!store.selected || state.waiting) leave();
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && shown && !$("dialog").open && !event.defaultPrevented) close(); });
}

function close() {
  store.selected = null;
  empty();
  document.querySelector(".unit.selected")?.focus();
  if (document.body.dataset.panel === "why") tell("panel", "network");
  tell("draw");
}

export const leave = () => { store.selected = null; if (isAsked()) empty(); };

function empty() {
  shown = null;
  hideCard();
  tell("unasked");
  fill($("why-box"), h("p", { class: "quiet" }, "Click a unit, a weight or a point: here stands what its number is made of, down to the inputs."));
}

const refresh = oneAtATime(async () => {
  if (!store.selected) return leave();
  if (store.state.waiting) return;
  const { selected } = store;
  const found = await ask("why", { ...selected, part });
  if (found) for (const address of [...opened.keys()].slice(0, 12)) opened.set(address, await ask("expand", { address, batch: found.batch, terms: opened.get(address)?.terms_ }));
  if (found && store.selected === selected && found.part === part) { shown = found; show(); tell("explained", found); }
});

function turn(key) {
  turnTo(key);
  opened.clear();
  refresh();
}

function show() {
  if (!shown) return; // what was selected is no more
  const inside = $("why-box").contains(document.activeElement) ? document.activeElement.id : "";
  if (inside.startsWith("weight-")) return; // somebody is writing
  const button = (id, text, title, onclick, more = {}) => h("button", { class: "small", id, title, "aria-label": title, onclick, ...more }, text);
  const tabs = h("div", { role: "group", class: "parts", "aria-label": "Part of the calculation" }, ...PARTS.map(([key, title]) =>
    h("button", { id: `part-${key}`, class: "small", "aria-pressed": String(key === part), onclick: () => turn(key) }, title)));
  const ofLoss = part === "backward" && shown.tree && shown.before === null && shown.layer === store.state.layers.length - 2; // it begins with the row's loss
  const tree = h("div", { class: "tree" }, shown.said && h("p", { class: "quiet" }, shown.said), shown.tree && block(shown.tree), ...(ofLoss ? opener("loss") : []));
  const sliding = document.activeElement?.type === "range" && $("why-box").contains(document.activeElement);
  if (sliding) { $("why-box").querySelector(".tree")?.replaceWith(tree); return; }
  tabs.append(h("span", { class: "space" }), button("copy-why", "Copy", "Copy as text", () => copy(shown.text)));
  if (shown.latex) tabs.append(button("copy-latex", "LaTeX", "Copy LaTeX", () => copy(shown.latex)));
  fill($("why-box"), h("div", { class: "why-head" }, h("h3", {}, shown.title),
    button("pin-why", isPinned() ? "Unpin" : "Pin", isPinned() ? "Back beside what was clicked" : "Keep it in place of the loss", () => { pin(); show(); }, { "aria-pressed": String(isPinned()) }),
    button("close-why", "×", "Close (Esc)", close), tabs),
  h("div", { class: "why-body" }, tree, shown.incoming.length > 0 && h("div", {}, h("h4", {}, "Weights into it"), fields())));
  if (inside) $(inside)?.focus({ preventScroll: true });
  place();
}

// An address or a label in the diagram's words: hidden1.unit2.a is h2.a.
const inDiagram = ({ names, indices }, unit) => names[indices.indexOf(unit - 1)];
const named = (text) => text.replace(/(?:hidden(\d+)|output)[ .]unit ?(\d+)/, (whole, hidden, unit) => inDiagram(store.state.layers.at(hidden ?? -1), unit) ?? whole);

// A number: its formula, the terms that it is the sum of, and whether they are.
function block(tree) {
  const terms = tree.terms.map((term) => line(tree, term));
  return h("div", { class: "number-block" }, h("p", {}, h("code", { title: tree.address }, named(tree.address)), " = ", h("strong", { title: tree.text }, plainly(tree.text)), tree.note && h("span", { class: "quiet" }, ` ${plainly(tree.note)}`)),
    tree.article && h("p", { class: "quiet" }, `the article: ${tree.formula.article || tree.article.name}${tree.article.equation ? `, equation ${tree.article.equation}` : ""}`),
    terms.length > 0 && h("p", { class: "formula" }, `= ${tree.formula.text}`),
    terms.length > 0 && h("ul", { class: "terms" }, ...terms),
    tree.check && h("p", { class: tree.check.holds ? "quiet" : "answer bad", title: `${tree.check.ulp} ulp` }, tree.check.holds ? "adds up ✓" : tree.verdict));
}

function line(tree, term) {
  const inside = term.factors.map((factor) => (factor.opened ? h("li", {}, block(factor.opened)) : null));
  const buttons = [...new Set(term.factors.filter((factor) => factor.opens && !factor.opened).map((factor) => factor.address))].map((address) => opener(address));
  const rest = term.count > 1 && h("button", { class: "small", id: `all-${tree.address}`, onclick: () => all(tree.address) }, "show all");
  const label = ["file", "model"].includes(store.state.settings.data) ? term.label : term.label.split(" = ")[0]; // a made number is the cell
  const line = lineOf(term), isMine = part === "forward" && line && shown.before === line.before && shown.unit === line.unit && shown.layer === line.layer;
  return h("li", { class: isMine ? "mine" : "", ...pointing(line) },
    tree.terms.length > 1 && h("span", { class: "label" }, named(label)), h("span", { class: "numbers" }, inFull(term)), ...buttons.map(([button]) => button), rest,
    ...buttons.map(([, below]) => below), inside.some(Boolean) && h("ul", { class: "terms" }, ...inside));
}

// A term with its numbers, and what they give.
export function inFull(term) {
  const [numbers, text] = [plainly(term.numbers), plainly(term.text)];
  return numbers === text || !numbers ? text : `${numbers} = ${text}`;
}

// The sum that a tree is about: z inside a value, else the tree itself.
export const sumIn = (tree, part) => (part === "forward" && tree.terms.flatMap(({ factors }) => factors).find(({ opened }) => opened?.address.endsWith(".z"))?.opened) || tree;

// The weight, or the bias, that is a factor of a term.
export function lineOf({ factors }) {
  const [, hidden, before, unit] = factors.map(({ symbol }) => /(?:hidden(\d+)|output)\.(?:weights\[(\d+),|biases\[)(\d+)\]$/.exec(symbol)).find(Boolean) ?? [];
  return unit ? { layer: hidden ? hidden - 1 : store.state.layers.length - 2, unit: unit - 1, before: before ? before - 1 : -1 } : null;
}

// What the pointer is on here is strong in the diagram, and the other way round.
const pointing = (line) => line && { "data-line": JSON.stringify(line), onpointerenter: () => pointAt(line), onpointerleave: () => pointAt(null) };

function opener(address) {
  const tree = opened.get(address);
  const name = named(address.replace(/^(member\d+\.)?(row\d+\.)?/, ""));
  const button = h("button", { class: "small why-open", id: `open-${address}`, "aria-expanded": String(Boolean(tree)), onclick: () => toggle(address) }, `${tree ? "▾" : "▸"} ${name}`);
  return [button, tree && block(tree)];
}

async function toggle(address) {
  if (opened.has(address)) opened.delete(address);
  else {
    const tree = await ask("expand", { address, batch: shown.batch });
    if (tree) opened.set(address, tree);
  }
  show();
}

async function all(address) {
  const tree = await ask("expand", { address, batch: shown.batch, terms: 5000 });
  if (!tree) return;
  tree.terms_ = 5000;
  const swap = (at) => { at.terms.forEach((term) => term.factors.forEach((factor) => { if (factor.opened?.address === address) factor.opened = tree; else if (factor.opened) swap(factor.opened); })); };
  if (shown.tree.address === address) shown.tree = tree;
  else if (opened.has(address)) opened.set(address, tree);
  else swap(shown.tree);
  show();
}

function fields() {
  const { layer, unit } = shown;
  return h("ul", { class: "weights" }, ...shown.incoming.map(({ before, name, value }) => {
    const set = (to) => call("weight", { layer, before, unit, value: to });
    let last = value; // a slider that is moved twice is undone in two steps
    const change = async (to) => {
      const from = last;
      last = to;
      if ((await set(to)).result !== undefined) did(() => set(from), () => set(to));
    };
    const box = number(Number(value.toPrecision(5)), (v) => { box.blur(); change(v); }, { step: "any", min: -1e6, max: 1e6, id: `weight-${before}` });
    const slider = h("input", { type: "range", min: -10, max: 10, step: 0.05, value, "aria-label": `${name}, slider`, oninput: () => set(Number(slider.value)), onchange: () => change(Number(slider.value)) });
    return h("li", { class: shown.before === before ? "mine" : "", ...pointing({ layer, unit, before }) }, h("label", { htmlFor: box.id }, name), box, slider);
  }));
}

const copy = (text) => navigator.clipboard?.writeText(text).then(() => tell("say", "Copied."), () => tell("problem", "The browser does not let a page copy here."));

export const partShown = () => part;
// The diagram shows the same direction.
export function turnTo(other) {
  part = other;
  const what = part === "forward" ? part : "backward";
  if (what !== direction) call("show", { what: direction = what });
}
