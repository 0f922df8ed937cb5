// The network: every unit with its own surface and its value for the followed row, every weight a line.

import { dark, inInk, ink, paintMany, signed } from "./colours.js";
import { $, fill, fitted, h, select } from "./dom.js";
import { addLayer, addUnits, change, removeLayer } from "./settings.js";
import { on, store, tell } from "./store.js";
import { short } from "./text.js";
import { views } from "./views.js";
import { WORDS } from "./words.js";
import { showAt } from "./card.js";

const SIZE = 24;
const ABOVE = 26; // the pointer stands what is said of a weight
const atlas = document.createElement("canvas"); // the surfaces of all units, one below the other
const surfaces = h("canvas", { class: "lines", "aria-hidden": "true" }); // one for all: a canvas each is slow to compose
const lines = h("canvas", { class: "lines", "aria-hidden": "true" });
const board = h("div", { class: "board", role: "group", "aria-label": "Units, layer by layer; arrow keys move along them" });
const hint = h("p", { class: "quiet", id: "diagram-hint" });
const ways = h("div", { class: "parts", role: "group", "aria-label": "What the diagram shows" });
let units = []; // [layer][unit] -> button
let places = []; // [layer][unit] -> centre
let layout = "";
let stale = true; // whether the state has changed: once all others have taken their room, the diagram is built in what is left

export function setUp() {
  const showView = views("network-views", "Views of the network", [["diagram", "Diagram"], ["matrix", "Matrix"], ["bent", "Bent plane"]], () => tell("views"));
  on("matrix", () => showView("matrix"));
  fill($("diagram"), board, h("div", { class: "ways" }, ways, hint));
  on("state", () => fill(ways, ...["forward", "backward"].map(way)));
  board.append(lines, surfaces);
  on("state", () => { stale = true; if (store.state.waiting) render(); }); // no frame comes of it
  on("frame", render);
  on("draw", render);
  board.addEventListener("click", (event) => { if (event.target === board || event.target === surfaces) pickLine(event); });
  board.addEventListener("pointermove", hover);
  board.addEventListener("pointerleave", () => pointed(null));
  board.addEventListener("keydown", walk);
  const observer = new ResizeObserver(() => requestAnimationFrame(() => { if (store.state) { build(); tell("draw"); } }));
  for (const each of [$("diagram"), $("diagram").parentElement]) observer.observe(each); // seen again, and of another size
}

function way(name) {
  const pressed = (name === "backward") === store.state.backward;
  const blind = name === "backward" && !store.state.answers; // nothing to compare with, so no deltas
  const title = name === "forward" ? "Forward" : "Backward";
  return h("button", { id: `show-${name}`, class: "small", "aria-pressed": String(pressed), title: blind ? "These rows have no answers" : WORDS[title], disabled: blind, onclick: () => tell("direction", name) }, title);
}

export function choose(layer, unit, before = null, box = chosenBox) {
  store.selected = { layer, unit, before };
  showAt(box);
  tell("selected");
  tell("draw");
}

/** Point at a weight, or at all into a unit (before: null), or at nothing. */
export function pointAt(line) {
  if (JSON.stringify(line) === JSON.stringify(store.pointed)) return;
  store.pointed = line;
  tell("pointed");
  tell("draw");
}

// The same in the diagram itself, where how its number is made is seen beside it; boxOf: where it is in the window by now.
function pointed(line, boxOf, seen) {
  pointAt(line);
  tell("preview", { line: seen ? line : null, boxOf });
}

const partOf = ({ target }) => (target.className === "bias" ? -1 : null);

// Where in the window the selected unit or the middle of the selected weight is; nothing where it is not drawn.
function chosenBox() {
  const { selected, state } = store;
  if (!selected || !board.clientWidth) return null;
  const [j, i] = [selected.layer + 1, selected.layer].map((l, k) => state.layers[l]?.indices.indexOf(k ? selected.before : selected.unit) ?? -1);
  const at = units[selected.layer + 1]?.[j]?.getBoundingClientRect();
  const from = selected.before !== null && units[selected.layer]?.[i]?.getBoundingClientRect();
  const terms = board.querySelector(".standing")?.getBoundingClientRect(); // they stand at the unit
  if (at && terms) return { left: Math.min(at.left, terms.left), right: Math.max(at.right, terms.right), top: at.top, bottom: at.bottom };
  if (!at || !from) return at ?? null;
  return { left: from.right, right: at.left, top: Math.min(from.top, at.top), bottom: Math.max(from.bottom, at.bottom) };
}

// The places of the units that are drawn, for what moves between them.
export const placesOf = () => places;

// How high the board may be: what its panel leaves, on a narrow screen always the same.
const roomOf = () => (innerWidth <= 820 ? 270 : Math.max($("diagram").parentElement.clientHeight - 46, 190));

function build() {
  const { layers, settings } = store.state;
  const wanted = JSON.stringify([layers, settings.activations, settings.biases, board.clientWidth, roomOf()]);
  stale = false;
  if (wanted === layout) return;
  layout = wanted;
  const nodes = (layer) => layer.indices.length + (layer.others ? 1 : 0);
  const most = Math.max(...layers.map(nodes));
  const width = board.clientWidth;
  const gap = width / layers.length;
  const room = roomOf();
  const size = Math.max(14, Math.min(Math.max(64, room / 9), gap - 14, (room - 60) / most - 15));
  const height = Math.max(room, most * (size + 13) + 60);
  board.style.minHeight = `${height}px`;
  units = []; places = [];
  store.peek = null;
  const parts = [];
  layers.forEach((layer, l) => {
    const x = l === 0 ? Math.min(gap * 0.75, gap - size / 2 - 4) : gap * (l + 0.5);
    units.push([]); places.push([]);
    parts.push(heading(layer, l, x, gap));
    for (let u = 0; u < layer.indices.length; u++) {
      const y = 54 + ((height - 60) * (u + 0.5)) / nodes(layer);
      const button = h("button", { class: "unit", id: `unit-${l}-${u}`, "aria-label": layer.names[u], ...(l ? { "aria-describedby": "preview" } : { title: layer.names[u] }), onclick: (event) => pick(layer, l, u, partOf(event)), onpointerenter: () => peek(l, u),
        onpointerover: (event) => of(event, partOf(event), event.pointerType !== "touch"), onpointerleave: () => { peek(); of(); }, onfocus: (event) => of(event, null, button.matches(":focus-visible")), onblur: () => of() },
        l > 0 && settings.biases && h("i", { class: "bias", "aria-hidden": "true" }));
      const of = (event, before, seen) => pointed(event && l > 0 ? { layer: l - 1, unit: layer.indices[u], before } : null, () => button.isConnected && button.getBoundingClientRect(), seen);
      Object.assign(button.style, { left: `${x - size / 2}px`, top: `${y - size / 2}px`, width: `${size}px`, height: `${size}px` });
      const value = h("span", { class: "value", "aria-hidden": "true" });
      if (l === 0) Object.assign(value.style, { left: 0, top: `${y - 14}px`, width: `${x - size / 2 - 5}px`, textAlign: "right" });
      else Object.assign(value.style, { left: `${x - gap / 2}px`, top: `${y + size / 2}px`, width: `${gap}px` });
      units[l].push(button); places[l].push({ x, y, half: size / 2 });
      button.value_ = value;
      parts.push(button, value);
    }
    if (layer.others) parts.push(othersNode(layer, l, x, 54 + ((height - 60) * (nodes(layer) - 0.5)) / nodes(layer), size));
  });
  board.replaceChildren(lines, surfaces, ...parts);
}

// The units of a wide layer that are not drawn, as one node that leads to all of them.
function othersNode(layer, l, x, y, size) {
  const button = h("button", { class: "unit others", "aria-label": `${layer.others} other units; show all of the layer as a matrix`, title: "Show all of the layer as a matrix",
    onclick: () => { store.matrixLayer = Math.max(l - 1, 0); tell("matrix"); } }, `+${layer.others}`);
  const wide = Math.max(size, 34);
  Object.assign(button.style, { left: `${x - wide / 2}px`, top: `${y - size / 2}px`, width: `${wide}px`, height: `${size}px` });
  places[l].push({ x, y, half: wide / 2 });
  return button;
}

// The unit under the pointer is shown large in the output.
function peek(l, u) {
  const before = store.state.layers.slice(0, l).reduce((sum, layer) => sum + layer.indices.length, 0);
  store.peek = l === undefined ? null : before + u;
  tell("draw");
}

function pick(layer, l, u, before) {
  if (l === 0) hint.textContent = `${layer.names[u]} is an input: what the row says.`;
  else choose(l - 1, layer.indices[u], before);
}

function heading(layer, l, x, gap) {
  const { layers, activations, settings } = store.state;
  const last = layers.length - 1;
  const box = h("div", { class: gap < 100 ? "heading tight" : "heading" });
  Object.assign(box.style, { left: `${l === 0 ? 0 : x - gap / 2}px`, width: `${gap}px` });
  if (store.state.opened && l !== last) box.append(h("strong", {}, l === 0 ? `${layer.units} inputs` : `${layer.units} units`), h("span", { class: "quiet" }, layer.activation));
  else if (l === 0) box.append(h("strong", {}, "Inputs"), h("button", { class: "small", id: "add-layer", "aria-label": "Add a hidden layer", title: "Add a hidden layer", disabled: last > 6, onclick: addLayer }, "+ layer"));
  else if (l === last) box.append(h("strong", {}, "Output"), h("span", { class: "quiet" }, layer.activation));
  else {
    box.append(
      h("span", { class: "units", title: WORDS["Units"] },
        h("button", { class: "small", id: `units-${l}-less`, "aria-label": `One unit less in hidden layer ${l}`, onclick: () => addUnits(-1, l - 1) }, "−"),
        h("strong", {}, `${layer.units}`),
        h("button", { class: "small", "aria-label": `One unit more in hidden layer ${l}`, disabled: settings.hidden[l - 1] >= 64, onclick: () => addUnits(1, l - 1) }, "+"),
        h("button", { class: "small away", "aria-label": `Take away hidden layer ${l}`, title: "Take away this layer", onclick: () => removeLayer(l - 1) }, "×")),
      select(activations.map((name) => [name, name, WORDS[name]]), layer.activation, (name) => change((now) => ({ activations: now.activations.with(l - 1, name) })),
        { title: WORDS[layer.activation], "aria-label": `Activation of hidden layer ${l}` }));
  }
  return box;
}

// Whether the frame is of the network that is drawn, and not of the one before.
function fits() {
  const { frame, state } = store;
  const like = (parts) => parts.length === state.layers.length && parts.every((part, l) => part.length === state.layers[l].names.length);
  return frame && !state.waiting && like(units) && like(frame.values); // each of them may still be of the network before
}

let wrote = 0;
function render() {
  const { frame, state } = store;
  if (stale) build();
  if (state.waiting) return blank();
  if (!fits()) return;
  const written = !frame.playing || performance.now() - wrote > 100; // text is slow to lay out, and slow to read
  if (written) wrote = performance.now();
  paintMany(atlas, frame.units, SIZE, state.layers.at(-1).names.length);
  units.forEach((layer, l) => layer.forEach((button, u) => {
    if (written) {
      const value = state.backward && l > 0 ? `δ ${short(frame.deltas[l - 1][u])}` : short(frame.values[l][u]);
      button.value_.textContent = l === 0 ? `${state.layers[0].names[u]}\n${value}` : value;
    }
    const bias = button.lastChild;
    if (bias && frame.biases[l - 1]) {
      const b = frame.biases[l - 1][u];
      bias.style.background = signed(b);
      bias.style.opacity = 0.25 + 0.75 * Math.min(1, Math.abs(b) / 4);
    }
    const { selected } = store;
    button.classList.toggle("selected", Boolean(selected && selected.layer === l - 1 && selected.unit === state.layers[l].indices[u]));
  }));
  drawSurfaces();
  drawLines();
}

// A network that has nothing to learn from yet: its units and lines without numbers.
function blank() {
  units.flat().forEach((button) => {
    button.value_.textContent = "";
    button.classList.remove("selected");
    if (button.lastChild) button.lastChild.style.opacity = 0; // its bias
  });
  onBoard(surfaces);
  const context = onBoard(lines);
  drawn = "";
  Object.assign(context, { strokeStyle: ink(), globalAlpha: 0.25, lineWidth: 1 });
  context.setLineDash([]);
  context.beginPath();
  places.slice(1).forEach((layer, l) => layer.forEach((b) => places[l].forEach((a) => bend(context, a, b))));
  context.stroke();
  context.globalAlpha = 1;
}

const onBoard = (canvas) => fitted(canvas, board.clientWidth, board.clientHeight);

function drawSurfaces() {
  const context = onBoard(surfaces);
  const drawn = units.flatMap((layer, l) => places[l].slice(0, layer.length)); // the node for the others has no surface
  drawn.forEach(({ x, y, half }, i) => context.drawImage(atlas, 0, SIZE * i, SIZE, SIZE, x - half + 1, y - half + 1, 2 * half - 2, 2 * half - 2));
}

// Forward a line is a weight; backward it is what the followed row says of its gradient, beside the largest of them.
function strengths() {
  const { frame, state } = store;
  if (!state.backward || !frame.gradients) return frame.weights;
  const most = Math.max(...frame.gradients.flat(2).map(Math.abs)) || 1;
  return frame.gradients.map((matrix) => matrix.map((row) => row.map((value) => (6 * value) / most)));
}

const STEPS = 5; // a weight of 1 is so many steps of thickness; what looks the same is not drawn again
const lookOf = (value) => Math.sign(value) * Math.min(Math.round(Math.abs(value) * STEPS) + 1, 9 * STEPS);
let drawn = "";
let drew = 0;
function drawLines() {
  const { frame, selected, pointed, state } = store;
  const rest = frame.weights.flat(2).length > 60 ? 60 : 30; // milliseconds: many curves are slow to draw
  if (frame.playing && performance.now() - drew < rest) return;
  drew = performance.now();
  const looks = strengths().map((matrix) => matrix.map((row) => row.map(lookOf)));
  const added = state.backward ? [] : frame.others.map((adds) => adds && adds.map(lookOf)); // by the node for the others, in this row
  const key = JSON.stringify([layout, selected, pointed, dark(), devicePixelRatio, board.clientHeight, state.backward, looks, added]);
  if (key === drawn) return;
  drawn = key;
  const context = onBoard(lines);
  const line = (look, from, to, mine, faint = 0.25, single = false) => {
    if (!from || !to) return;
    const size = (Math.abs(look) - 1) / STEPS;
    context.beginPath();
    bend(context, from, to);
    Object.assign(context, { lineWidth: Math.min(0.4 + 1.1 * size, 9) + (mine ? 1 : 0), strokeStyle: signed(look), globalAlpha: mine ? 1 : Math.min(faint + 0.2 * size, 0.85) });
    context.setLineDash(look < 0 ? [8, 5] : []);
    context.stroke();
    if (!single) return;
    context.setLineDash([]);
    Object.assign(context, { lineWidth: 1, strokeStyle: ink() });
    context.stroke();
  };
  looks.forEach((matrix, l) => matrix.forEach((row, i) => row.forEach((look, j) => {
    const mine = [pointed, selected].find((each) => each && each.layer === l && each.unit === state.layers[l + 1].indices[j] && [null, state.layers[l].indices[i]].includes(each.before));
    line(look, places[l]?.[i], places[l + 1]?.[j], mine, 0.25, mine && mine.before !== null);
  })));
  added.forEach((adds, l) => adds && adds.forEach((look, j) => line(look, places[l]?.[state.layers[l].indices.length], places[l + 1]?.[j], false, 0.2)));
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function bend(context, a, b) {
  const middle = (a.x + a.half + b.x - b.half) / 2;
  context.moveTo(a.x + a.half, a.y);
  context.bezierCurveTo(middle, a.y, middle, b.y, b.x - b.half, b.y);
}

function lineAt(event) {
  const box = board.getBoundingClientRect();
  const [px, py] = [event.clientX - box.left, event.clientY - box.top];
  let best = null;
  let reach = 7;
  (store.frame ? store.frame.weights : []).forEach((matrix, l) => matrix.forEach((row, i) => row.forEach((_weight, j) => {
    const a = places[l]?.[i], b = places[l + 1]?.[j];
    if (!a || !b) return; // a frame of the network before
    const [x1, y1, x2, y2] = [a.x + a.half, a.y, b.x - b.half, b.y];
    for (let t = 0.05; t < 1; t += 0.05) {
      const s = 1 - t;
      const x = s * s * s * x1 + 3 * s * t * ((x1 + x2) / 2) * (s + t) + t * t * t * x2;
      const y = (s * s * s + 3 * s * s * t) * y1 + (3 * s * t * t + t * t * t) * y2;
      const far = Math.hypot(x - px, y - py);
      if (far < reach) [best, reach] = [{ l, i, j }, far];
    }
  })));
  return best;
}

function pickLine(event) {
  const hit = lineAt(event);
  const { layers } = store.state;
  if (hit && fits()) choose(hit.l, layers[hit.l + 1].indices[hit.j], layers[hit.l].indices[hit.i]);
}

function hover(event) {
  const { layers } = store.state, { target, clientX: x, clientY: y } = event, hit = (target === board || target === surfaces) && fits() ? lineAt(event) : null;
  board.style.cursor = hit ? "pointer" : "";
  if (target.closest(".unit")) return; // it says itself that it is pointed at
  pointed(hit && { layer: hit.l, unit: layers[hit.l + 1].indices[hit.j], before: layers[hit.l].indices[hit.i] }, () => ({ left: x, right: x, top: y - ABOVE, bottom: y - ABOVE }), event.pointerType !== "touch");
}

const usual = () => {
  const colours = inInk() ? ["Solid", "dashed"] : ["Blue", "orange and dashed"];
  return store.state.backward ? `Backward: ${colours[0].toLowerCase()} raises the loss of the followed row, ${colours[1]} lowers it; under each unit its δ.`
    : `${colours[0]} is positive, ${colours[1]} negative; thick is strong. Click a unit or a line: why?`;
};
let told = "";
on("state", () => { const text = usual(); if (!hint.textContent || hint.textContent === told) hint.textContent = text; told = text; });

function walk(event) {
  const found = units.flatMap((layer, l) => layer.map((button, u) => ({ button, l, u }))).find(({ button }) => button === document.activeElement);
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!found || !step || event.shiftKey) return; // with shift it is an operation
  const l = Math.min(units.length - 1, Math.max(0, found.l + step[0]));
  const u = Math.min(units[l].length - 1, Math.max(0, found.u + step[1]));
  units[l][u].focus();
  event.preventDefault();
  event.stopPropagation();
}
