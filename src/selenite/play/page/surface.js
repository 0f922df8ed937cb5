// The output: the network's answer over the plane, the points on it, and what is under the pointer.

import { ask, call } from "./api.js";
import { PLANE, drawAxes, tick } from "./axes.js";
import { borders } from "./borders.js";
import { classShape, dark, inInk, ink, numberColour, paint, paintClasses, paintMany, pointColour } from "./colours.js";
import { WRONG } from "./palette.js";
import { $, check, fill, h } from "./dom.js";
import { choose } from "./diagram.js";
import { did } from "./settings.js";
import { on, oneAtATime, store, tell } from "./store.js";
import { loss, percent, short, whole } from "./text.js";

const SIZE = 96;
const UNIT = 24;
const grid = document.createElement("canvas");
const unitGrid = document.createElement("canvas");
const otherGrid = document.createElement("canvas");
const canvas = h("canvas", { id: "surface", tabIndex: 0, role: "application" });
const other = h("canvas", { id: "other-surface", role: "img", "aria-label": "The other run's answer" });
const [around, otherAround] = [0, 1].map(() => h("canvas", { class: "axes", "aria-hidden": "true" }));
const [caption, otherCaption] = [0, 1].map(() => h("figcaption", {}));
const under = h("p", { id: "under" });
const here = h("p", { id: "start-here" });
const plot = h("figure", { class: "plot" }, around, canvas, caption, under, here);
const otherPlot = h("figure", { class: "plot", hidden: true }, otherAround, other, otherCaption);
const legend = h("ul", { id: "legend" });
let cursor = null; // a place, from 0 to 1, that the keyboard or the pointer is at
let dragged = -1;

export const drawing = () => store.state.settings.data === "drawn";
export const brush = { of: 0 };

export function setUp() {
  fill($("surface-box"), h("div", { class: "plots" }, plot, otherPlot), h("div", { class: "picture-row" }, legend, h("div", {},
    check("test", true, (on_) => { store.showTest = on_; tell("draw"); }),
    check("regions", false, (on_) => { store.discrete = on_; tell("draw"); }),
    check("border", true, (on_) => { store.borders = on_; tell("draw"); }))));
  canvas.addEventListener("pointermove", (event) => { cursor = place(event); if (dragged < 0) look(); else { target = { ...cursor, index: dragged }; move(); } });
  canvas.addEventListener("pointerleave", () => { cursor = null; fill(under); tell("draw"); });
  canvas.addEventListener("pointerdown", press);
  canvas.addEventListener("pointerup", () => { dragged = -1; });
  canvas.addEventListener("contextmenu", (event) => drawing() && event.preventDefault());
  canvas.addEventListener("keydown", keys);
  on("state", describe);
  on("frame", render);
  on("draw", render);
  on("frame", () => { if (cursor && performance.now() - looked > 100) look(); });
  new ResizeObserver(() => { framed = ""; tell("draw"); }).observe(plot);
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  const share = (v) => Math.min(1, Math.max(0, v));
  return { x: share((event.clientX - box.left) / box.width), y: share(1 - (event.clientY - box.top) / box.height) };
}

function nearest({ x, y }, reach = 0.025) {
  const { points } = store.state;
  let best = -1;
  points.x.forEach((px, i) => {
    const far = Math.hypot(px - x, points.y[i] - y);
    if (far < reach) [best, reach] = [i, far];
  });
  return best;
}

// Click adds the present class, with shift the next; ctrl or the right button takes away; a point is dragged. On a made set a click
// asks why, and one with shift adds a point: from then on the points are one's own.
async function press(event) {
  canvas.focus({ preventScroll: true });
  const at = place(event);
  const hit = nearest(at);
  if (!drawing()) {
    if (event.shiftKey && canBeOwn()) addToSet(at);
    else if (hit >= 0) whyHere(hit);
    return;
  }
  if (event.ctrlKey || event.button === 2) { if (hit >= 0) draw({ do: "remove", index: hit }); return; }
  if (hit >= 0) { dragged = hit; moved = false; canvas.setPointerCapture(event.pointerId); return; }
  await draw({ do: "add", ...at, of_class: event.shiftKey ? (brush.of + 1) % 10 : brush.of });
}

// Follow a point's row, and say at the point why it is told what it is told.
async function whyHere(hit) {
  const { state } = store, [x, y] = [state.points.x[hit], state.points.y[hit]];
  if ((await call("follow", { row: state.points.rows[hit] })).result === undefined) return;
  const at = () => {
    const box = canvas.getBoundingClientRect(), [left, top] = [box.left + x * box.width, box.top + (1 - y) * box.height];
    return { left: left - 8, right: left + 8, top: top - 8, bottom: top + 8 };
  };
  const sure = store.frame?.prediction ?? [], last = state.layers.length - 2;
  choose(last, state.classes.length > 2 ? Math.max(0, sure.indexOf(Math.max(...sure))) : 0, null, at);
}

const MOST_DRAWN = 500;
const canBeOwn = () => store.state.derived && store.state.classes.length > 0 && store.state.rows.all <= MOST_DRAWN;

async function addToSet(at) {
  const [x, y] = store.state.axes.map(({ low, high }, k) => {
    const value = low + [at.x, at.y][k] * (high - low), plane = PLANE[k];
    return Math.min(1, Math.max(0, (value - plane.low) / (plane.high - plane.low)));
  });
  if ((await call("draw", { do: "begin" })).result !== undefined) await draw({ do: "add", x, y, of_class: 1 });
}

export async function draw(message) {
  const { result } = await call("draw", message);
  if (result !== undefined && !message.goes_on) did(() => call("draw", { do: "undo" }), () => call("draw", { do: "redo" }));
}

let moved = false; // since the point was taken hold of: a drag is undone as a whole
let target = null; // where the pointer is by now, and which point it holds
const move = oneAtATime(async () => {
  const goes_on = moved;
  moved = true;
  await draw({ do: "move", ...target, goes_on });
});

function keys(event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (step) {
    cursor ||= { x: 0.5, y: 0.5 };
    cursor = { x: Math.min(1, Math.max(0, cursor.x + step[0] * 0.02)), y: Math.min(1, Math.max(0, cursor.y + step[1] * 0.02)) };
    look();
    tell("draw");
  } else if (event.key === "Enter" && cursor) {
    const hit = nearest(cursor);
    if (drawing()) draw({ do: "add", ...cursor, of_class: brush.of });
    else if (hit >= 0) whyHere(hit);
  } else if (event.key === "Delete" && cursor && drawing()) {
    const hit = nearest(cursor, 0.05);
    if (hit >= 0) draw({ do: "remove", index: hit });
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

let looked = 0;
const look = oneAtATime(async () => {
  if (!cursor || store.state.waiting) return;
  looked = performance.now();
  const found = await ask("at", cursor);
  if (!found || !cursor) return;
  const where = Object.entries(found.where).map(([name, value]) => `${name} ${short(value)}`).join(", ");
  const what = found.shares
    ? Object.entries(found.shares).map(([name, share]) => `${name}: ${percent(share)}`).join(" · ")
    : `${store.state.target} ${short(found.number)}`;
  fill(under, `${where} → ${what}`);
});

const held = () => {
  const { settings, columns } = store.state;
  return columns.length > 2 ? `The other columns as in the ${settings.hold === "row" ? "followed row" : "median"}. ` : "";
};

function describe() {
  const { classes, points, settings, target, waiting, answers, followed } = store.state;
  const box = $("check-test").parentElement;
  box.hidden = !points.test.some(Boolean);
  box.querySelector("canvas")?.remove();
  $("check-test").after(swatch(0, true));
  if (!cursor) fill(under);
  fill(here, waiting && points.x.length === 0 ? "Click to put the first point." : waiting);
  const marks = waiting ? [] : [h("li", { title: "The followed row" }, mark((context) => follow(context, 14, 14, 9)), `row ${whole(followed + 1)}`), !answers && h("li", {}, "(as predicted)")];
  fill(legend, ...(waiting ? [] : classes.length ? classes : [target]).map((name, i) => h("li", { title: name }, swatch(i), h("span", {}, String(name)))), ...marks);
  canvas.setAttribute("aria-label", `The network's answer over the plane. Arrow keys move a cursor. ${settings.data === "drawn"
    ? "Enter adds a point, Delete takes one away." : "Enter follows the row under the cursor."}`);
  canvas.classList.toggle("drawing", settings.data === "drawn");
  plot.classList.toggle("numbers", !classes.length); // their bar wants more room
  framed = "";
  if (waiting) render();
}

function mark(draw) {
  const made = h("canvas", { width: 28, height: 28, class: "swatch", "aria-hidden": "true" });
  draw(made.getContext("2d"));
  return made;
}

const swatch = (i, test) => mark((context) => point(context, 14, 14, 9, store.state.classes.length ? classShape(i) : 0,
  test ? "transparent" : store.state.classes.length ? pointColour(classShape(i)) : numberColour(0.7), test));

// A class has a shape as well as a colour.
export function point(context, x, y, r, shape, colour, test) {
  context.beginPath();
  if (shape % 4 === 0) context.arc(x, y, r, 0, 7);
  else {
    const corners = [0, 4, 3, 4][shape % 4];
    const turn = [0, Math.PI / 4, -Math.PI / 2, 0][shape % 4];
    for (let k = 0; k < corners; k++) {
      const angle = turn + (2 * Math.PI * k) / corners;
      context.lineTo(x + 1.15 * r * Math.cos(angle), y + 1.15 * r * Math.sin(angle));
    }
    context.closePath();
  }
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = test ? r / 2.6 : r / 4;
  context.strokeStyle = test ? ink() : store.state.classes.length || store.state.waiting ? (dark() ? "#14161a" : "#fff") : ink();
  context.stroke();
}

// The shape and the colour of a point; while too few are drawn to learn from, their classes are those of the brush.
export function looks(shade) {
  const { state } = store;
  if (state.waiting) return [shade, pointColour(shade)];
  return state.classes.length ? [classShape(shade), pointColour(classShape(shade))] : [0, numberColour(shade)];
}

function ring(context, x, y, r) {
  context.beginPath();
  context.arc(x, y, r, 0, 7);
  context.lineWidth = r / 5;
  context.strokeStyle = dark() ? "#ff6b81" : WRONG;
  context.stroke();
}

function render() {
  const { state, frame } = store;
  if (!canvas.clientWidth) return summarise(); // it stands over the other views, too
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.clearRect(0, 0, side, side);
  if (frame && !state.waiting) {
    if (store.peek === null) {
      shades(grid, frame.output);
      context.drawImage(grid, 0, 0, side, side);
    } else {
      paintMany(unitGrid, frame.units, UNIT, state.layers.at(-1).indices.length);
      context.drawImage(unitGrid, 0, store.peek * UNIT, UNIT, UNIT, 0, 0, side, side);
    }
    if (store.borders && store.peek === null && state.classes.length) drawBorders(context, side, frame.output);
  }
  drawPoints(context, side);
  plot.style.order = state.side === "B" ? 1 : 0; // A stands on the left
  otherPlot.hidden = !(frame && frame.other && !state.waiting);
  if (!otherPlot.hidden) {
    shades(otherGrid, frame.other.output);
    other.width = other.height = side;
    other.getContext("2d").drawImage(otherGrid, 0, 0, side, side);
    if (store.borders && state.classes.length) drawBorders(other.getContext("2d"), side, frame.other.output);
    drawPoints(other.getContext("2d"), side, true);
  }
  surround();
  summarise();
}

// The axes and the bar are drawn anew when they, the theme or the room change.
let framed = "";
function surround() {
  const { state, peek } = store, two = !otherPlot.hidden;
  const unit = peek === null || state.waiting ? null : unitAt(peek);
  fill(caption, ...(unit ? [h("b", {}, `unit ${unit.name}`)] : two ? title(state.side, store.frame.loss) : []));
  caption.classList.toggle("over", Boolean(unit) && !two);
  if (two) fill(otherCaption, ...title(state.side === "A" ? "B" : "A", store.frame.other.loss));
  const wanted = [plot.clientWidth, plot.clientHeight, canvas.offsetWidth, dark(), peek, two, devicePixelRatio].join();
  if (wanted === framed) return;
  framed = wanted;
  const axes = state.waiting ? PLANE : state.axes;
  const bar = two || state.waiting ? null : unit ? { kind: inInk() ? "inks" : "signs", labels: LIMITS[unit.activation] ?? ["−", "0", "+"] } : barOfAnswer(state);
  drawAxes(around, canvas, axes, bar);
  if (two) drawAxes(otherAround, other, axes, null);
}

const LIMITS = { logistic: ["0", "½", "1"], softmax: ["0", "½", "1"], tanh: ["−1", "0", "1"], "": ["low", "", "high"] };
const barOfAnswer = ({ classes, range }) => (classes.length > 2 ? null : classes.length ? { kind: "answer", labels: [classes[0], "½", classes[1]] } : { kind: "answer", labels: range ? [range[0], (range[0] + range[1]) / 2, range[1]].map((end) => short(end).replace(/\.0+$/, "")) : ["low", "high"] });

const unitAt = (place) => store.state.layers.flatMap(({ names, activation }) => names.map((name) => ({ name, activation })))[place] ?? null;

// The name of a run and what is set otherwise in it.
const known = {}; // the settings that each side was last seen with
on("state", () => { if (!store.state.beside) { delete known.A; delete known.B; } known[store.state.side] = store.state.settings; if (store.state.beside) known.A ??= known.B ??= store.state.settings; });
function title(side, value) {
  const [mine, others] = [known[side], known[side === "A" ? "B" : "A"]];
  const differs = mine && others ? Object.keys(mine).filter((name) => !["axes", "hold"].includes(name) && JSON.stringify(mine[name]) !== JSON.stringify(others[name])) : [];
  const said = differs.slice(0, 2).map((name) => `${name.replaceAll("_", " ")} ${[mine[name]].flat().join("-") || "none"}`).join(", ");
  return [h("b", {}, side), ` ${said}${said ? ", " : ""}loss ${loss(value)}`];
}

function drawBorders(context, side, answer) {
  context.save();
  context.scale(side, side);
  context.lineWidth = 1.6 / canvas.clientWidth;
  context.strokeStyle = dark() ? "#fffc" : "#222c";
  context.stroke(borders(answer, SIZE, store.state.classes.length > 2));
  context.restore();
}

function shades(into, found) {
  if (found.length > SIZE * SIZE) paintClasses(into, found, SIZE, store.discrete);
  else paint(into, found, SIZE, store.discrete ? (store.state.classes.length ? 2 : 8) : 0);
}

// The points are drawn once and kept as long as they, and which of them are wrong, stay the same.
const kept = { canvas: document.createElement("canvas"), state: null, key: "" };
function drawPoints(context, side, plain) {
  const { state, frame } = store;
  const answers = state.opened || (frame && frame.epoch > state.first_epoch); // a network that has learnt nothing yet is not called wrong
  const wrong = !plain && frame && !state.waiting && answers && store.peek === null ? frame.wrong : [];
  const key = [side, wrong, store.showTest, dark(), plain].join();
  if (kept.state !== state || kept.key !== key || plain) {
    if (kept.canvas.width !== side) kept.canvas.width = kept.canvas.height = side;
    const onto = kept.canvas.getContext("2d");
    onto.clearRect(0, 0, side, side);
    paintPoints(onto, side, new Set(wrong), plain);
    Object.assign(kept, { state, key });
  }
  context.drawImage(kept.canvas, 0, 0);
  const r = (side / 100) * 2;
  if (cursor && document.activeElement === canvas && !plain) follow(context, cursor.x * side, (1 - cursor.y) * side, 2 * r);
}

function paintPoints(context, side, wrong, plain) {
  const { state } = store;
  const { points } = state;
  const r = (side / 100) * (points.x.length > 250 ? 1.1 : 1.5);
  points.x.forEach((x, i) => {
    if (points.test[i] && !store.showTest) return;
    const [px, py] = [x * side, (1 - points.y[i]) * side];
    point(context, px, py, r, ...looks(points.shade[i]), points.test[i]);
    if (wrong.has(i)) ring(context, px, py, 2.1 * r);
    if (points.rows[i] === state.followed && !state.waiting && !plain) follow(context, px, py, 3 * r);
  });
}

function follow(context, x, y, r) {
  context.strokeStyle = dark() ? "#fff" : "#111";
  context.lineWidth = r / 8;
  for (const [a, b] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) tick(context, x + a * r * 0.7, y + b * r * 0.7, x + a * r * 1.5, y + b * r * 1.5);
}

let summarised = 0;
let summary = ""; // as it stands
function summarise() {
  const { state, frame } = store;
  if (performance.now() - summarised < 200 && frame?.playing && !state.waiting) return;
  summarised = performance.now();
  const n = state.points.x.length;
  const shown = n < state.rows.all ? `${whole(n)} of ${whole(state.rows.all)} rows drawn. ` : "";
  let text = `${shown}${held()}`;
  if (state.waiting) text = "";
  else if (!state.answers) text = state.opened && !state.opened.has_rows ? "No rows yet: drop a table here to see them." : `${shown}These rows have no answers: the colour is what is predicted.`;
  else if (state.classes.length && frame) {
    const tested = frame.wrong.filter((i) => state.points.test[i]).length;
    text = `${frame.wrong.length} of ${n} points wrong${state.rows.test && state.rows.training ? `, ${tested} in test` : ""}${text && ". "}${text}`;
  }
  const ringed = state.answers && state.classes.length && !state.waiting;
  text = text.trim();
  const wanted = [text, ringed, dark()].join();
  if (wanted === summary) return;
  summary = wanted;
  fill($("summary"), ringed && mark((context) => ring(context, 14, 14, 11)), text);
  $("summary").title = text;
}
