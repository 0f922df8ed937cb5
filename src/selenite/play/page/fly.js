/* One operation seen: each input times its weight flies along its line into z, and z slides along the curve into a; backward the
   deltas times their weights fly down. Half a second; who prefers less motion sees the numbers stand in the card alone. */

import { ink, signed } from "./colours.js";
import { h } from "./dom.js";
import { on, store } from "./store.js";
import { short } from "./text.js";

const FLIGHT = 360, SLIDE = 420; // milliseconds
const MOST = 12; // numbers in the air
const CURVES = {
  logistic: (z) => 1 / (1 + Math.exp(-z)), tanh: Math.tanh, relu: (z) => Math.max(0, z), leaky_relu: (z) => Math.max(0.01 * z, z),
  linear: (z) => z, identity: (z) => z, softmax: (z) => 1 / (1 + Math.exp(-z)),
};
let flight = 0;

export function setUp() {
  on("operation", (step) => requestAnimationFrame(() => fly(step)));
}

async function fly({ layer: l, place: j, part, places }) {
  const board = document.querySelector(".board"), { frame, state } = store, now = ++flight;
  board.querySelectorAll(".flying, .bend").forEach((each) => each.remove());
  if (part === "update" || !frame || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const to = places[l + 1]?.[j];
  if (!to || !board.clientWidth) return;
  const forward = part === "forward";
  const from = forward ? places[l] : places[l + 2] ?? [];
  const terms = from.slice(0, MOST).map((place, i) => [place, forward ? frame.values[l][i] * frame.weights[l][i]?.[j] : frame.deltas[l + 1]?.[i] * frame.weights[l + 1][j]?.[i]]).filter(([, value]) => Number.isFinite(value));
  const numbers = terms.map(([place, value]) => number(board, value, forward ? place.x + place.half + 14 : place.x - place.half - 14, place.y));
  const ends = [forward ? to.x - to.half : to.x + to.half, to.y];
  await Promise.all(numbers.map((each) => each.animate([{ opacity: 0.4 }, { opacity: 1, offset: 0.3 }, { left: `${ends[0]}px`, top: `${ends[1]}px`, opacity: 0.9 }], { duration: FLIGHT, easing: "ease-in", fill: "forwards" }).finished));
  numbers.forEach((each) => each.remove());
  if (now !== flight || !forward) return;
  const rest = frame.others[l]?.[j] ?? 0, z = terms.reduce((sum, [, value]) => sum + value, rest) + (frame.biases[l]?.[j] ?? 0);
  await slide(board, to, z, frame.values[l + 1][j], state.layers[l + 1].activation);
}

function number(board, value, x, y) {
  const made = h("span", { class: "flying", "aria-hidden": "true" }, short(value));
  Object.assign(made.style, { left: `${x}px`, top: `${y}px`, color: signed(value) });
  board.append(made);
  return made;
}

// z slides along the activation's curve into a, above the unit.
async function slide(board, { x, y, half }, z, a, activation) {
  const curve = CURVES[activation];
  if (!curve) return;
  const [w, hgt] = [64, 44], canvas = h("canvas", { class: "bend", width: 2 * w, height: 2 * hgt, "aria-hidden": "true" });
  Object.assign(canvas.style, { left: `${Math.min(board.clientWidth - w, Math.max(0, x - w / 2))}px`, top: `${Math.max(0, y - half - hgt - 6)}px` });
  board.append(canvas);
  const context = canvas.getContext("2d"), wide = Math.max(4, Math.abs(z) * 1.2);
  context.setTransform(2, 0, 0, 2, 0, 0);
  const ys = [-wide, 0, wide].map(curve), low = Math.min(...ys), high = Math.max(...ys);
  const at = (v) => [4 + ((w - 8) * (v + wide)) / (2 * wide), 4 + ((hgt - 8) * (high - curve(v))) / (high - low || 1)];
  const begun = performance.now(), mine = flight;
  await new Promise((resolve) => {
    const draw = () => {
      const share = Math.min(1, (performance.now() - begun) / SLIDE);
      context.clearRect(0, 0, w, hgt);
      context.beginPath();
      for (let i = 0; i <= 32; i++) context.lineTo(...at(-wide + (2 * wide * i) / 32));
      Object.assign(context, { strokeStyle: ink(), lineWidth: 1.2 });
      context.stroke();
      context.beginPath();
      context.arc(...at(z * share), 3.5, 0, 7);
      context.fillStyle = signed(a);
      context.fill();
      if (share < 1 && mine === flight) requestAnimationFrame(draw);
      else resolve();
    };
    draw();
  });
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  canvas.remove();
}
