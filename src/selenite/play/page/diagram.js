// The network: every unit with its own surface and its value for the followed row, every weight a line.

import { bytes, dark, paint, signed } from "./colours.js";
import { $, fill, h, select } from "./dom.js";
import { change } from "./settings.js";
import { on, store, tell } from "./store.js";
import { short } from "./text.js";
import { views } from "./views.js";

const SIZE = 24;
const lines = h("canvas", { class: "lines", "aria-hidden": "true" });
const board = h("div", { class: "board", role: "group", "aria-label": "Units, layer by layer; arrow keys move along them" });
const hint = h("p", { class: "quiet", id: "diagram-hint" });
const list = h("details", { class: "as-list" }, h("summary", {}, "All weights as a list"));
let units = []; // [layer][unit] -> button
let places = []; // [layer][unit] -> centre
let layout = "";

export function setUp() {
  const showView = views("network-views", "Views of the network", [["diagram", "Diagram"], ["matrix", "Matrix"], ["bent", "Bent plane"]], () => tell("views"));
  on("matrix", () => showView("matrix"));
  fill($("diagram"), board, hint, list);
  board.append(lines);
  on("state", build);
  on("frame", render);
  on("draw", render);
  list.addEventListener("toggle", () => list.open && listWeights());
  on("detail", () => list.open && listWeights());
  board.addEventListener("click", (event) => { if (event.target === board || event.target === lines) pickLine(event); });
  board.addEventListener("pointermove", hover);
  board.addEventListener("keydown", walk);
  new ResizeObserver(() => requestAnimationFrame(() => { if (store.state) { build(); tell("draw"); } })).observe(board);
}

export function choose(layer, unit, before = null) {
  store.selected = { layer, unit, before };
  tell("selected");
  tell("draw");
}

function build() {
  const { layers, settings } = store.state;
  const wanted = JSON.stringify([layers, settings.activations, board.clientWidth]);
  if (wanted === layout) return;
  layout = wanted;
  const nodes = (layer) => layer.indices.length + (layer.others ? 1 : 0);
  const most = Math.max(...layers.map(nodes));
  const width = board.clientWidth;
  const gap = width / layers.length;
  const size = Math.max(18, Math.min(46, gap - 14, (most > 8 ? 430 : 330) / most - 8));
  const height = Math.max(210, most * (size + 15) + 60);
  board.style.height = `${height}px`;
  units = []; places = [];
  store.peek = null;
  const parts = [];
  layers.forEach((layer, l) => {
    const x = l === 0 ? Math.min(gap * 0.75, gap - size / 2 - 4) : gap * (l + 0.5);
    units.push([]); places.push([]);
    parts.push(heading(layer, l, x, gap));
    for (let u = 0; u < layer.indices.length; u++) {
      const y = 54 + ((height - 60) * (u + 0.5)) / nodes(layer);
      const button = h("button", { class: "unit", "aria-label": layer.names[u], title: layer.names[u], onclick: () => pick(l, u), onpointerenter: () => peek(l, u), onpointerleave: () => peek() },
        h("canvas", { width: SIZE, height: SIZE, "aria-hidden": "true" }), l > 0 && settings.biases && h("i", { class: "bias", "aria-hidden": "true" }));
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
  board.replaceChildren(lines, ...parts);
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

function pick(l, u) {
  if (l === 0) hint.textContent = `${store.state.layers[0].names[u]} is an input: what the row says.`;
  else choose(l - 1, store.state.layers[l].indices[u]);
}

function heading(layer, l, x, gap) {
  const { layers, activations, settings } = store.state;
  const last = layers.length - 1;
  const box = h("div", { class: gap < 100 ? "heading tight" : "heading" });
  Object.assign(box.style, { left: `${l === 0 ? 0 : x - gap / 2}px`, width: `${gap}px` });
  if (store.state.opened && l !== last) box.append(h("strong", {}, l === 0 ? `${layer.units} inputs` : `${layer.units} units`), h("span", { class: "quiet" }, layer.activation));
  else if (l === 0) box.append(h("strong", {}, "Inputs"), h("button", { class: "small", "aria-label": "Add a hidden layer", title: "Add a hidden layer", disabled: last > 6, onclick: addLayer }, "+ layer"));
  else if (l === last) box.append(h("strong", {}, "Output"), h("span", { class: "quiet" }, layer.activation));
  else {
    const hidden = settings.hidden;
    const set = (n) => change({ hidden: hidden.map((size, i) => (i === l - 1 ? n : size)) });
    box.append(
      h("span", { class: "units" },
        h("button", { class: "small", "aria-label": `One unit less in hidden layer ${l}`, onclick: () => (hidden[l - 1] > 1 ? set(hidden[l - 1] - 1) : removeLayer(l - 1)) }, "−"),
        h("strong", {}, `${layer.units}`),
        h("button", { class: "small", "aria-label": `One unit more in hidden layer ${l}`, disabled: hidden[l - 1] >= 64, onclick: () => set(hidden[l - 1] + 1) }, "+"),
        h("button", { class: "small away", "aria-label": `Take away hidden layer ${l}`, title: "Take away this layer", onclick: () => removeLayer(l - 1) }, "×")),
      select(activations.map((name) => [name, name]), layer.activation, (name) => change({ activations: settings.activations.map((old, i) => (i === l - 1 ? name : old)) }),
        { "aria-label": `Activation of hidden layer ${l}` }));
  }
  return box;
}

export function addLayer() {
  const { hidden, activations } = store.state.settings;
  if (hidden.length < 6) change({ hidden: [...hidden, 4], activations: [...activations, activations.at(-1) || "logistic"], slip: false });
}

export function removeLayer(l) {
  const without = (values) => values.filter((_value, i) => i !== l);
  const { hidden, activations } = store.state.settings;
  change({ hidden: without(hidden), activations: without(activations) });
}

let wrote = 0;
function render() {
  const { frame, state } = store;
  if (!frame || state.waiting || !units.length || frame.values.length !== units.length || frame.values.some((v, l) => v.length !== units[l].length)) return;
  const written = !frame.playing || performance.now() - wrote > 100; // text is slow to lay out, and slow to read
  if (written) wrote = performance.now();
  const shades = bytes(frame.units);
  let from = 0;
  units.forEach((layer, l) => layer.forEach((button, u) => {
    paint(button.firstChild, shades, from, SIZE);
    from += SIZE * SIZE;
    if (written) {
      const value = short(frame.values[l][u]);
      button.value_.textContent = l === 0 ? `${state.layers[0].names[u]}\n${value}` : value;
    }
    const bias = button.lastChild;
    if (bias.className === "bias" && frame.biases[l - 1]) {
      const b = frame.biases[l - 1][u];
      bias.style.background = signed(b);
      bias.style.opacity = 0.25 + 0.75 * Math.min(1, Math.abs(b) / 4);
    }
    const { selected } = store;
    button.classList.toggle("selected", Boolean(selected && selected.layer === l - 1 && selected.unit === state.layers[l].indices[u]));
  }));
  drawLines();
}

function drawLines() {
  const { frame, selected, state } = store;
  const [w, hgt] = [board.clientWidth, board.clientHeight];
  const ratio = devicePixelRatio;
  if (lines.width !== Math.round(w * ratio) || lines.height !== Math.round(hgt * ratio)) { lines.width = Math.round(w * ratio); lines.height = Math.round(hgt * ratio); }
  const context = lines.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, w, hgt);
  frame.weights.forEach((matrix, l) => matrix.forEach((row, i) => row.forEach((weight, j) => {
    if (!places[l]?.[i] || !places[l + 1]?.[j]) return;
    const size = Math.abs(weight);
    const mine = selected && selected.layer === l && selected.unit === state.layers[l + 1].indices[j] && (selected.before === null || selected.before === state.layers[l].indices[i]);
    context.beginPath();
    bend(context, places[l][i], places[l + 1][j]);
    context.lineWidth = Math.min(0.4 + 1.1 * size, 9) + (mine ? 1 : 0);
    context.strokeStyle = signed(weight);
    context.globalAlpha = mine ? 1 : Math.min(0.25 + 0.2 * size, 0.85);
    context.setLineDash(weight < 0 ? [6, 4] : []);
    context.stroke();
    if (mine && selected.before !== null) { context.setLineDash([]); context.lineWidth = 1; context.strokeStyle = dark() ? "#fff" : "#000"; context.stroke(); }
  })));
  frame.others.forEach((adds, l) => adds && adds.forEach((sum, j) => { // from the node that stands for the rest: what they add in this row
    const from = places[l]?.[state.layers[l].indices.length];
    if (!from || !places[l + 1]?.[j]) return;
    context.beginPath();
    bend(context, from, places[l + 1][j]);
    context.lineWidth = Math.min(0.4 + 1.1 * Math.abs(sum), 9);
    context.strokeStyle = signed(sum);
    context.globalAlpha = Math.min(0.2 + 0.2 * Math.abs(sum), 0.7);
    context.setLineDash(sum < 0 ? [6, 4] : []);
    context.stroke();
  }));
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function bend(context, a, b) {
  const middle = (a.x + a.half + b.x - b.half) / 2;
  context.moveTo(a.x + a.half, a.y);
  context.bezierCurveTo(middle, a.y, middle, b.y, b.x - b.half, b.y);
}

function ends(l, i, j) {
  const [a, b] = [places[l][i], places[l + 1][j]];
  return [a.x + a.half, a.y, b.x - b.half, b.y];
}


function lineAt(event) {
  const box = board.getBoundingClientRect();
  const [px, py] = [event.clientX - box.left, event.clientY - box.top];
  let best = null;
  let reach = 7;
  (store.frame ? store.frame.weights : []).forEach((matrix, l) => matrix.forEach((row, i) => row.forEach((weight, j) => {
    if (!places[l]?.[i] || !places[l + 1]?.[j]) return; // a frame of the network before
    const [x1, y1, x2, y2] = ends(l, i, j);
    for (let t = 0.05; t < 1; t += 0.05) {
      const s = 1 - t;
      const x = s * s * s * x1 + 3 * s * t * ((x1 + x2) / 2) * (s + t) + t * t * t * x2;
      const y = (s * s * s + 3 * s * s * t) * y1 + (3 * s * t * t + t * t * t) * y2;
      const far = Math.hypot(x - px, y - py);
      if (far < reach) [best, reach] = [{ l, i, j, weight }, far];
    }
  })));
  return best;
}

function pickLine(event) {
  const hit = lineAt(event);
  const { layers } = store.state;
  if (hit) choose(hit.l, layers[hit.l + 1].indices[hit.j], layers[hit.l].indices[hit.i]);
}

function hover(event) {
  const hit = event.target === board || event.target === lines ? lineAt(event) : null;
  board.style.cursor = hit ? "pointer" : "";
  const { layers } = store.state;
  if (hit && layers[hit.l + 1]) hint.textContent = `weight from ${layers[hit.l].names[hit.i]} to ${layers[hit.l + 1].names[hit.j]}: ${short(hit.weight)}. Click ${store.state.opened ? "for what it does" : "to change it"}.`;
  else if (!hint.textContent || hint.textContent.startsWith("weight")) hint.textContent = usual();
}

const usual = () => "Orange is positive, blue and dashed negative; thick is strong. The number under a unit is its value for the followed row. Click a unit or a line.";
on("state", () => { if (!hint.textContent) hint.textContent = usual(); });

function walk(event) {
  const found = units.flatMap((layer, l) => layer.map((button, u) => ({ button, l, u }))).find(({ button }) => button === document.activeElement);
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!found || !step) return;
  const l = Math.min(units.length - 1, Math.max(0, found.l + step[0]));
  const u = Math.min(units[l].length - 1, Math.max(0, found.u + step[1]));
  units[l][u].focus();
  event.preventDefault();
  event.stopPropagation();
}

function listWeights() {
  const { frame, state } = store;
  if (!frame) return;
  const more = state.layers.some((layer) => layer.others) && h("p", { class: "quiet" }, "Of wide layers those that count most; the matrix has all.");
  fill(list, list.firstChild, more, h("ul", {}, ...state.layers.slice(1).map((layer, l) => h("li", {}, l + 2 === state.layers.length ? "Output" : `Hidden layer ${l + 1}`,
    h("ul", {}, ...layer.names.map((name, j) => h("li", {}, `${name}: ${frame.biases[l] ? `bias ${short(frame.biases[l][j])}, ` : ""}${frame.weights[l].map((row, i) => `${state.layers[l].names[i]} ${short(row[j])}`).join(", ")}`)))))));
}
