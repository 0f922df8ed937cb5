// The plane as a hidden layer bends it: its grid and the points, in the space of two units.

import { ask } from "./api.js";
import { dark } from "./colours.js";
import { $, field, fill, fitted, h, select } from "./dom.js";
import { on, store } from "./store.js";
import { looks, point } from "./surface.js";
import { short } from "./text.js";
import { visible, watcher } from "./views.js";

const canvas = h("canvas", { id: "bent-canvas", role: "img", "aria-label": "A bent plane that is on its way" });
const text = h("p", { class: "quiet", id: "bent-text" });
const fields = h("div", { class: "fields wide" });
let layer = 1;
let units = null; // those that count most, until two are chosen
let known = null;
let listed = "";

const refresh = watcher("bent", async () => {
  const hidden = store.state.layers.length - 2;
  layer = Math.min(layer, hidden);
  if (hidden < 1 || store.state.waiting) return nothing("There is no hidden layer that could bend the plane. Add one, under Diagram.");
  const n = store.state.layers[layer].units;
  if (n < 2) return nothing(`Hidden layer ${layer} has one unit: it makes a line of the plane. Add a unit, under Diagram.`);
  if (units && Math.max(...units) >= n) units = null;
  const found = await ask("bent", { layer, units });
  if (!found) return;
  known = found;
  canvas.hidden = false;
  controls();
  draw();
});

export function setUp() {
  fill($("bent"), fields, canvas, text);
  on("frame", refresh);
  on("state", refresh);
  on("draw", () => known && visible("bent") && draw());
}

function nothing(words) {
  known = null;
  canvas.hidden = true;
  listed = "";
  fill(fields);
  fill(text, words);
}

function controls() {
  const hidden = store.state.layers.slice(1, -1).map((each, l) => [l + 1, `${l + 1}: ${each.units} units`]);
  const wanted = JSON.stringify([hidden, known.names, known.units, layer]);
  if (wanted === listed) return;
  listed = wanted;
  const names = known.names.map((name, i) => [i, name]);
  const other = (place, unit) => { units = [...known.units]; if (units[1 - place] === unit) units.reverse(); units[place] = unit; refresh(); };
  fill(fields, hidden.length > 1 && field("Hidden layer", select(hidden, layer, (l) => { layer = Number(l); units = null; refresh(); }, { id: "bent-layer" })),
    field("Across", select(names, known.units[0], (unit) => other(0, Number(unit)), { id: "bent-across" })),
    field("Up", select(names, known.units[1], (unit) => other(1, Number(unit)), { id: "bent-up" })));
}

function draw() {
  const { state } = store;
  const side = canvas.clientWidth;
  if (!side || known.points.length !== state.points.x.length) return;
  const context = fitted(canvas, side, side);
  context.lineWidth = 0.9;
  known.lines.forEach((line, k) => {
    context.beginPath();
    context.strokeStyle = dark() ? "#8a94a3" : "#7a7f87";
    context.setLineDash(k < known.upright ? [] : [5, 3]);
    smooth(context, line.map(([x, y]) => [x * side, (1 - y) * side]));
    context.stroke();
  });
  context.setLineDash([]);
  known.points.forEach(([x, y], i) => {
    if (state.points.test[i] && !store.showTest) return;
    point(context, x * side, (1 - y) * side, state.points.x.length > 250 ? 3.2 : 4.5, ...looks(state.points.shade[i]), state.points.test[i]);
  });
  const [across, up] = known.units.map((unit) => known.names[unit]);
  const [first, second] = state.axes.map((axis) => axis && axis.name);
  canvas.setAttribute("aria-label", `The plane in the space of ${across}, from ${short(known.low[0])} to ${short(known.high[0])}, and ${up}, from ${short(known.low[1])} to ${short(known.high[1])}`);
  fill(text, `Across ${across}, up ${up}. Solid lines: equal ${first}${second ? `; dashed: equal ${second}` : ""}. What a straight line parts here, the next layer can part.`);
}

// A path that bends from one half of the way between two places to the next: few places make no corners.
function smooth(context, places) {
  context.moveTo(...places[0]);
  for (let i = 1; i < places.length - 1; i++) {
    const [[x, y], [next, above]] = [places[i], places[i + 1]];
    context.quadraticCurveTo(x, y, (x + next) / 2, (y + above) / 2);
  }
  context.lineTo(...places.at(-1));
}
