// How the answer depends on one column: its mean over the rows, were all of them to have the same value there.

import { ask } from "./api.js";
import { cut, skip, tick } from "./axes.js";
import { dark, pointColour } from "./colours.js";
import { $, field, fill, fitted, h, select } from "./dom.js";
import { on, store } from "./store.js";
import { cellText, percent, short } from "./text.js";
import { visible, watcher } from "./views.js";

const canvas = h("canvas", { id: "dependence-canvas", role: "img", "aria-label": "A curve that is on its way" });
const text = h("p", { class: "quiet", id: "dependence-text" });
const fields = h("div", { class: "fields" });
const numbers = h("details", {}, h("summary", {}, "The numbers"));
let column = "";
let ofClass = null;
let known = null;
let listed = "";

const refresh = watcher("dependence", async () => {
  const { columns, classes, axes, waiting } = store.state;
  if (waiting) return;
  if (!columns.includes(column)) column = axes[0].name;
  if (ofClass === null || ofClass >= classes.length) ofClass = classes.length === 2 ? 1 : 0;
  controls();
  const found = await ask("depends", { column, of_class: classes.length ? ofClass : 0 });
  if (!found) return;
  known = found;
  draw();
});

export function setUp() {
  fill($("dependence"), fields, canvas, text, numbers);
  on("detail", refresh);
  on("state", refresh);
  on("draw", () => known && visible("dependence") && draw());
}

function controls() {
  const { columns, classes } = store.state;
  const wanted = JSON.stringify([columns, classes, column, ofClass]);
  if (wanted === listed) return;
  listed = wanted;
  fill(fields, field("Column", select(columns.map((name) => [name, name]), column, (name) => { column = name; refresh(); }, { id: "dependence-column" })),
    classes.length > 0 && field("Class", select(classes.map((name, i) => [i, name]), ofClass, (i) => { ofClass = Number(i); refresh(); }, { id: "dependence-class" })));
}

function draw() {
  const [w, hgt] = [canvas.clientWidth, canvas.clientHeight];
  if (!w) return;
  const context = fitted(canvas);
  context.font = "11px system-ui, sans-serif";
  const ink = dark() ? "#c9ccd3" : "#444";
  const [left, bottom] = [44, 22];
  const x = (place) => left + place * (w - left - 10);
  const y = (value) => 8 + ((hgt - bottom - 8) * (known.high - value)) / (known.high - known.low || 1);
  Object.assign(context, { strokeStyle: dark() ? "#3a3e46" : "#ddd", fillStyle: ink, lineWidth: 1 });
  for (const share of [0, 0.5, 1]) {
    const value = known.low + share * (known.high - known.low);
    tick(context, left, y(value), w - 10, y(value));
    context.fillText(store.state.classes.length ? `${100 * value} %` : short(value), 2, y(value) + 4);
  }
  labels(context, x, w, hgt);
  const colours = { means: pointColour(1), followed: pointColour(0) };
  for (const name of ["followed", "means"]) {
    context.beginPath();
    Object.assign(context, { strokeStyle: colours[name], fillStyle: colours[name], lineWidth: 2 });
    context.setLineDash(name === "followed" ? [5, 3] : []);
    known[name].forEach((value, i) => {
      if (value === null) return;
      if (known.labels.length) context.fillRect(x(known.places[i]) + (name === "means" ? -7 : 1), y(value), 6, hgt - bottom - y(value));
      else context.lineTo(x(known.places[i]), y(value));
    });
    context.stroke();
  }
  context.setLineDash([]);
  describe();
}

function labels(context, x, w, hgt) {
  const names = known.labels.length ? known.labels : [short(known.values[0]), short(known.values.at(-1))];
  const places = known.labels.length ? known.places : [known.places[0], known.places.at(-1)];
  const room = ((w - 54) / names.length) * skip(names) - 4;
  names.forEach((name, i) => {
    if (i % skip(names)) return;
    const words = cut(context, name, room), wide = context.measureText(words).width;
    context.fillText(words, Math.max(44, Math.min(w - 10 - wide, x(places[i]) - wide / 2)), hgt - 6);
  });
}

function describe() {
  const unit = store.state.classes.length ? percent : short;
  const value = (v) => (typeof v === "number" ? short(v) : v || "(empty)");
  const ends = `${unit(known.means[0])} at ${value(known.values[0])} to ${unit(known.means.at(-1))} at ${value(known.values.at(-1))}`;
  canvas.setAttribute("aria-label", `Mean ${known.what} by ${known.column}: from ${ends}`);
  fill(text, h("span", { class: "key train" }, `mean of ${known.rows === 1 ? "the one row" : `${known.rows} rows`}`), " ", h("span", { class: "key test" }, `the followed row, whose ${known.column} is ${cellText(known.now || "missing")}`),
    ` — the ${known.what}, were ${known.column} what stands below and all else as it is.`);
  fill(numbers, numbers.firstChild, h("table", {}, h("thead", {}, h("tr", {}, ...[known.column, "mean", "followed"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...known.values.map((v, i) => h("tr", {}, h("th", { scope: "row" }, value(v)), h("td", {}, unit(known.means[i])), h("td", {}, unit(known.followed[i])))))));
}
