// How a number is made, at the unit or the weight that is pointed at, before anybody clicks: the card's own numbers in few lines.

import { ask } from "./api.js";
import { isAsked, leastInTheWay } from "./card.js";
import { signed } from "./colours.js";
import { $, fill, h } from "./dom.js";
import { on, store } from "./store.js";
import { plainly } from "./text.js";
import { inFull, lineOf, sumIn } from "./why.js";

const DWELL = 120; // milliseconds that the pointer rests before anything is seen
const MOST = 5; // terms
const AWAY = 8; // from what is pointed at
const EDGE = 4; // from the window's
const HEADINGS = 54; // of the diagram, with its controls
const HEIGHTS = 24; // at which it may stand
const box = h("div", { id: "preview", role: "tooltip", hidden: true });
let pointed = null; // {layer, unit, before}, as the card is asked
let at = () => null; // its box in the window, nothing once it is gone
let waiting = 0;

export function setUp() {
  $("network").append(box);
  on("preview", preview);
  for (const what of ["detail", "themed"]) on(what, () => box.hidden || refresh());
  on("selected", dismiss);
  addEventListener("keydown", (event) => event.key === "Escape" && dismiss());
}

// Show how a unit (before: null) or a weight comes about; null: nothing any more.
function preview({ line, boxOf }) {
  at = boxOf;
  if (line && JSON.stringify(line) === JSON.stringify(pointed)) return box.hidden || place();
  dismiss();
  pointed = line;
  if (line) waiting = setTimeout(refresh, DWELL);
}

function dismiss() {
  waiting = clearTimeout(waiting);
  box.hidden = true;
  fill(box); // what describes a unit is its own
}

async function refresh() {
  const line = pointed, { state, selected } = store, part = state.backward ? "backward" : "forward";
  if (state.waiting || (line.before === null && isAsked() && selected?.layer === line.layer && selected.unit === line.unit)) return dismiss();
  const due = waiting, found = await ask("why", { ...line, part }), said = found?.tree && (line.before === null || part === "backward" ? madeOf(found) : await productOf(found));
  if (line !== pointed || due !== waiting || !said) return;
  fill(box, h("b", {}, found.title), ...said);
  box.hidden = false;
  place();
}

const numbers = (text, value) => h("span", { style: `color: ${signed(value)}` }, text);

// The largest terms, their sum, and what the activation makes of it.
function madeOf({ tree, part, layer }) {
  const sum = sumIn(tree, part), { activation } = store.state.layers[layer + 1], left = sum.terms.slice(MOST).reduce((n, { count }) => n + count, 0);
  const into = activation === "softmax" ? plainly(tree.terms[0].numbers) : `${activation}(${plainly(sum.text)})`;
  return [...sum.terms.slice(0, MOST).map((term, i) => numbers(`${i ? "+ " : ""}${plainly(term.numbers)}`, term.value)), left > 0 && h("span", { class: "quiet" }, `… ${left} more`),
    numbers(`= ${plainly(sum.text)}`, sum.value), sum !== tree && activation !== "identity" && h("p", {}, h("span", {}, into), " ", numbers(`= ${plainly(tree.text)}`, tree.value))];
}

// The term of a weight; of many the card shows the largest, so all are asked for.
async function productOf({ tree, part, before }) {
  const sum = sumIn(tree, part), mine = (term) => lineOf(term)?.before === before;
  const term = sum.terms.find(mine) ?? (await ask("expand", { address: sum.address, terms: 5000 }))?.terms.find(mine);
  return term && [numbers(inFull(term), term.value)];
}

// Beside what is pointed at, or at the diagram's edge: where it hides no unit, and as high as the middle if that is so there.
function place() {
  const around = at(), board = document.querySelector(".board").getBoundingClientRect();
  if (!around) return dismiss();
  const { offsetWidth: width, offsetHeight: height } = box, middle = (around.top + around.bottom - height) / 2, first = Math.max(board.top + HEADINGS, EDGE);
  const room = Math.max(0, Math.min(board.bottom, innerHeight - EDGE) - height - first), within = (y) => Math.max(first, Math.min(y, first + room));
  const tops = [within(middle), ...Array.from({ length: HEIGHTS }, (_none, i) => first + (room * i) / (HEIGHTS - 1)).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))];
  const lefts = [around.right + AWAY, around.left - AWAY - width, board.right - width].filter((x) => x >= EDGE && x + width <= innerWidth - EDGE);
  const [left, top] = leastInTheWay(lefts.flatMap((x) => tops.map((y) => [x, y])), around, width, height) ?? [EDGE, tops[0]];
  Object.assign(box.style, { left: `${left}px`, top: `${top}px` });
}
