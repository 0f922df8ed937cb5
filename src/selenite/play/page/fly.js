/* One operation seen: each term of the sum flies, as its product, from where it comes from to its unit, one after the other, and is added
   there; then z slides along the curve into a. With less motion they simply stand there. They go when something else is asked, or changes. */

import { place } from "./card.js";
import { ink, signed } from "./colours.js";
import { h } from "./dom.js";
import { on, store } from "./store.js";
import { plainly, short } from "./text.js";
import { lineOf, sumIn } from "./why.js";
import { activation } from "./worker/why/formulas.js";

const FLIGHT = 480, APART = 320, ALL = 1200, SLIDE = 420; // milliseconds: of a flight, from one to the next, of all departures
const MOST = 12; // terms
const SUMS = { forward: "z", backward: "δ", update: "new" };
let awaited = null; // the operation whose explanation is on its way
let stands = ""; // what is seen, as text

export function setUp() {
  on("operation", (step) => { awaited = step; });
  for (const what of ["selected", "unasked", "themed"]) on(what, clear);
  on("frame", () => store.frame.playing && clear());
  on("explained", ({ layer, unit, part, tree }) => {
    const said = tree && JSON.stringify([layer, unit, part, tree.text]); // rows without answers have no backward
    if (tree && awaited?.layer === layer && awaited.unit === unit && awaited.part === part) show(tree, awaited, said);
    else if (said !== stands) clear();
  });
}

function clear() {
  document.querySelectorAll(".standing, .bend").forEach((each) => each.remove());
  stands = "";
}

async function show(tree, { layer, place: j, part, places }, said) {
  const board = document.querySelector(".board"), to = places[layer + 1]?.[j];
  clear();
  [awaited, stands] = [null, said];
  if (!to || !board.clientWidth) return;
  const sum = sumIn(tree, part), still = matchMedia("(prefers-reduced-motion: reduce)").matches, terms = sum.terms.slice(0, MOST);
  const numbers = terms.map(({ value }) => h("li", { class: "flying", style: `color: ${signed(value)}` }, short(value)));
  const total = h("li", { class: "sum" }), list = h("ol", { class: "standing", "aria-hidden": "true" }, ...numbers, total);
  const add = (value) => { total.textContent = `${SUMS[part]} ${short(value)}`; };
  add(sum.value);
  board.append(list);
  const wide = list.offsetWidth, beside = part === "backward" ? to.x + to.half + 4 : to.x - to.half - 4 - wide;
  list.style.right = `${board.clientWidth - wide - Math.max(0, Math.min(beside, board.clientWidth - wide))}px`;
  list.style.top = `${Math.max(0, Math.min(to.y - list.offsetHeight / 2, board.clientHeight - list.offsetHeight))}px`;
  place();
  const { left, top } = board.getBoundingClientRect();
  let sofar = 0;
  if (!still) await Promise.all(numbers.map(async (number, i) => {
    const from = sourceOf(terms[i], part, places), { numbers: product, value } = terms[i];
    number.textContent = plainly(product) || short(value);
    const box = number.getBoundingClientRect(), x = from ? from.x + (part === "backward" ? -1 : 1) * from.half + left - box.left : 0, y = from ? from.y + top - box.top - box.height / 2 : 0;
    const flight = number.animate([{ transform: `translate(${x}px, ${y}px)`, opacity: 0 }, { opacity: 1, offset: 0.2 }, { transform: "none" }],
      { duration: FLIGHT, delay: i * Math.min(APART, ALL / numbers.length), easing: "ease-in", fill: "backwards" });
    add(0);
    await flight.finished;
    number.textContent = short(value);
    add(sofar += value);
  }));
  add(sum.value);
  if (part === "forward" && stands === said) slide(board, to, sum.value, tree.value, store.state.layers[layer + 1].activation, still);
}

// Where a term comes from: the place at the other end of its weight; none of a bias, an answer, an old weight.
function sourceOf(term, part, places) {
  const { layer, before, unit } = (part === "update" ? null : lineOf(term)) ?? { before: -1 };
  if (before < 0) return null;
  const [l, from] = part === "backward" ? [layer + 1, unit] : [layer, before];
  return places[l][store.state.layers[l].indices.indexOf(from)];
}

// z slides along the activation's curve into a, on the unit.
function slide(board, { x, y, half }, z, a, name, still) {
  const side = 2 * half, canvas = h("canvas", { class: "bend", width: 2 * side, height: 2 * side, "aria-hidden": "true" });
  Object.assign(canvas.style, { left: `${x - half}px`, top: `${y - half}px`, width: `${side}px`, height: `${side}px` });
  board.append(canvas);
  const context = canvas.getContext("2d"), wide = Math.max(4, Math.abs(z) * 1.2);
  const curve = (v) => activation(name === "softmax" ? "logistic" : name, v, (at) => 1 / (1 + Math.exp(-1.702 * at))).reduce((sum, { value }) => sum + value, 0);
  const along = Array.from({ length: 33 }, (_none, i) => -wide + (wide * i) / 16), ys = along.map(curve), low = Math.min(...ys), high = Math.max(...ys);
  const at = (v) => [4 + ((side - 8) * (v + wide)) / (2 * wide), 4 + ((side - 8) * (high - curve(v))) / (high - low || 1)];
  const begun = performance.now();
  const draw = () => {
    const share = still ? 1 : Math.min(1, (performance.now() - begun) / SLIDE);
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.clearRect(0, 0, side, side);
    context.beginPath();
    along.forEach((v) => context.lineTo(...at(v)));
    Object.assign(context, { strokeStyle: ink(), lineWidth: 1.2, fillStyle: signed(a) });
    context.stroke();
    context.beginPath();
    context.arc(...at(z * share), 3.5, 0, 7);
    context.fill();
    if (share < 1 && canvas.isConnected) requestAnimationFrame(draw);
  };
  draw();
}
