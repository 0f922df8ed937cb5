// All weights of a layer as a table of colours, with the values of the followed row beside them; a place is read out.

import { ask } from "./api.js";
import { cut } from "./axes.js";
import { dark, ink, paintTable } from "./colours.js";
import { choose } from "./diagram.js";
import { $, field, fill, fitted, h, select } from "./dom.js";
import { on, store } from "./store.js";
import { short } from "./text.js";
import { visible, watcher } from "./views.js";

const WHAT = [["weights", "weights"], ["adds", "contributions in the followed row"]];
const STRIP = 18, WIDE = 56; // a strip's; a cell's in which its number stands
const NAMES = 74, LOW = 16; // the room of names beside the rows, and above the columns
const GAP = 5;
const canvas = h("canvas", { id: "matrix-canvas", tabIndex: 0, role: "application" });
const text = h("p", { id: "matrix-text", "aria-live": "polite" });
const fields = h("div", { class: "fields wide" });
const colours = document.createElement("canvas"); // of one table after the other
let what = "weights";
let known = null;
let at = null; // {i, j}: from the unit i below (−1: the bias, −2: the unit itself) to j (−1: the unit below itself)
let box = null;

const refresh = watcher("matrix", async () => {
  const layers = store.state.layers.length - 1;
  store.matrixLayer = Math.min(store.matrixLayer ?? widest(), layers - 1);
  known = await ask("matrix", { layer: store.matrixLayer }) ?? known;
  draw();
});

const widest = () => store.state.layers.slice(0, -1).reduce((best, layer, l, all) => (layer.units * store.state.layers[l + 1].units > all[best].units * store.state.layers[best + 1].units ? l : best), 0);

export function setUp() {
  fill($("matrix"), fields, canvas, text);
  on("detail", refresh);
  on("state", () => { at = null; controls(); refresh(); });
  on("draw", () => visible("matrix") && draw());
  canvas.addEventListener("pointermove", (event) => { at = place(event); draw(); });
  canvas.addEventListener("click", pick);
  canvas.addEventListener("keydown", keys);
}

function controls() {
  const { layers } = store.state;
  const options = layers.slice(1).map((layer, l) => [l, `${l + 2 === layers.length ? "output" : `hidden layer ${l + 1}`}: ${layers[l].units} × ${layer.units}`]);
  fill(fields, field("Layer", select(options, store.matrixLayer ?? widest(), (l) => { store.matrixLayer = Number(l); at = null; refresh(); }, { id: "matrix-layer" })),
    field("Colour", select(WHAT, what, (value) => { what = value; draw(); }, { id: "matrix-what" })));
}

function draw() {
  if (!known) return; // its first answer is on the way
  const [rows, columns] = [known.below.length, known.units.length];
  if (at && (at.i >= rows || at.j >= columns)) at = null; // a place of the layer before
  const wide = canvas.parentElement.clientWidth;
  if (!wide) return;
  const cell = Math.max(1, Math.min(44, 340 / rows)), isNamed = cell >= LOW && (wide - STRIP - GAP - NAMES) / columns >= WIDE;
  const [left, top] = [STRIP + GAP + isNamed * NAMES, 2 * STRIP + 2 * GAP + isNamed * LOW];
  box = { left, top, width: Math.min(wide - left, columns * 88), height: cell * rows, rows, columns };
  const tall = top + box.height + 1;
  canvas.style.height = `${tall}px`;
  const context = fitted(canvas, wide, tall);
  context.imageSmoothingEnabled = false;
  Object.assign(context, { lineWidth: 1, font: "12px system-ui, sans-serif", textAlign: "center", textBaseline: "middle" });
  const table = (name, across, down, x, y, w, hgt) => {
    const numbered = w / across >= WIDE; // on paler colours
    paintTable(colours, known[name], across, down, known.largest[name] * (numbered ? 2 : 1));
    context.drawImage(colours, x, y, w, hgt);
    context.strokeStyle = dark() ? "#6b7280" : "#8a8f98";
    context.strokeRect(x + 0.5, y + 0.5, w - 1, hgt - 1);
    context.fillStyle = ink();
    for (let k = 0; numbered && k < across * down; k++) context.fillText(short(known[name][k]), x + (w * ((k % across) + 0.5)) / across, y + (hgt * (Math.floor(k / across) + 0.5)) / down);
  };
  table(what, columns, rows, left, top, box.width, box.height);
  table("before", 1, rows, left - GAP - STRIP, top, STRIP, box.height);
  table("after", columns, 1, left, top - 2 * (GAP + STRIP), box.width, STRIP);
  if (known.biases) table("biases", columns, 1, left, top - GAP - STRIP, box.width, STRIP);
  for (const [j, name] of isNamed ? known.units.entries() : []) context.fillText(cut(context, name, box.width / columns - GAP), left + (box.width * (j + 0.5)) / columns, LOW / 2);
  context.textAlign = "right";
  for (const [i, name] of isNamed ? known.below.entries() : []) context.fillText(cut(context, name, NAMES - GAP), NAMES - GAP, top + cell * (i + 0.5));
  cursor(context);
  fill(text, read());
  canvas.setAttribute("aria-label", `${rows} × ${columns} weights as colours, blue positive, orange negative. Arrow keys read them one by one; Enter asks why.`);
}

function cursor(context) {
  if (!at) return;
  const [w, hgt] = [box.width / box.columns, box.height / box.rows];
  const x = at.j < 0 ? box.left - GAP - STRIP : box.left + at.j * w;
  const y = box.top + (at.i < 0 ? at.i * (STRIP + GAP) : at.i * hgt);
  Object.assign(context, { strokeStyle: dark() ? "#fff" : "#000", lineWidth: 2 });
  context.strokeRect(x - 1, y - 1, (at.j < 0 ? STRIP : w) + 2, (at.i < 0 ? STRIP : hgt) + 2);
}

function read() {
  if (!at) return `Each row of colours is an input of the layer (its value in the followed row on the left), each column a unit (its value above, then its bias). Point at a place, or move with the arrow keys.`;
  const { i, j } = at;
  if (j < 0) return `${known.below[i]} is ${short(known.before[i])} in the followed row.`;
  if (i === -2) return `${known.units[j]} is ${short(known.after[j])} in the followed row: ${known.activation} of ${short(known.z[j])}.`;
  if (i === -1) return known.biases ? `Bias of ${known.units[j]}: ${short(known.biases[j])}.` : `${known.units[j]} has no bias.`;
  const k = i * known.units.length + j;
  return `Weight from ${known.below[i]} to ${known.units[j]}: ${short(known.weights[k])}. In the followed row ${known.below[i]} is ${short(known.before[i])}, which contributes ${short(known.adds[k])}.`;
}

function place(event) {
  if (!box) return null;
  const around = canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - around.left, event.clientY - around.top];
  const j = x < box.left ? -1 : Math.floor(((x - box.left) / box.width) * box.columns);
  const i = y < box.top - STRIP - 1.5 * GAP ? -2 : y < box.top ? -1 : Math.floor(((y - box.top) / box.height) * box.rows);
  return j >= box.columns || i >= box.rows || (j < 0 && i < 0) ? null : { i, j };
}

function pick() {
  if (!at || at.j < 0) return;
  const { i } = at;
  choose(known.layer, at.j, i === -2 ? null : i, () => { // beside the matrix, as high as the place
    const around = canvas.getBoundingClientRect(), y = around.top + (i < 0 ? 0 : box.top + (i / box.rows) * box.height);
    return { left: around.left, right: around.left + box.left + box.width, top: y, bottom: y + 20 };
  });
}

function keys(event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (step && known) {
    const from = at || { i: 0, j: -1 };
    const j = Math.max(-1, Math.min(known.units.length - 1, from.j + step[1]));
    at = { i: Math.max(j < 0 ? 0 : -2, Math.min(known.below.length - 1, from.i + step[0])), j };
    draw();
  } else if (event.key === "Enter") pick();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
