// The curves: loss of training and test rows on a logarithmic axis, the gradient's norm, saturation.

import { call } from "./api.js";
import { tick } from "./axes.js";
import { dark, pointColour } from "./colours.js";
import { $, check, fill, fitted, h } from "./dom.js";
import { on, store, tell } from "./store.js";
import { loss, percent, short, whole } from "./text.js";

const canvas = h("canvas", { id: "curve", role: "img" });
const norm = h("span", { class: "key norm", title: "The gradient's norm, on a scale of its own" }, "gradient");
const text = h("p", { class: "quiet", id: "curve-text" });
let even = false; // epochs on a linear axis instead of a logarithmic one
let scale = null;

export function setUp() {
  fill($("curves-box"), canvas, h("div", { class: "curve-row" },
    norm, text,
    check("linear scale", false, (on_) => { even = on_; tell("draw"); })));
  for (const what of ["state", "detail", "draw"]) on(what, show); // no detail comes of a plane without points
  new ResizeObserver(() => tell("draw")).observe(canvas);
  canvas.addEventListener("click", (event) => {
    if (scale) call("goto", { epoch: Math.round(scale.epochAt(event.clientX - canvas.getBoundingClientRect().left)) });
  });
}

function show() {
  const { detail, frame, state } = store;
  norm.textContent = `gradient ${frame?.gradient_norm && !state?.waiting ? short(frame.gradient_norm) : ""}`;
  if (!detail || !canvas.clientWidth) return;
  const context = fitted(canvas), [w, hgt] = [canvas.clientWidth, canvas.clientHeight];
  Object.assign(context, { font: "11px system-ui, sans-serif", fillStyle: dark() ? "#b9bec8" : "#50555e" });
  const values = [...detail.loss, ...detail.test_loss, ...((detail.other && detail.other.loss) || [])].filter((v) => v > 0);
  if (state.waiting || detail.epochs.length < 2 || !values.length) {
    context.fillText("The loss of each epoch will be drawn here.", 10, hgt / 2);
    canvas.setAttribute("aria-label", "Curve of the loss, empty so far");
    fill(text, "");
    return;
  }
  const [low, high] = [Math.log10(Math.min(...values)) - 0.05, Math.log10(Math.max(...values)) + 0.05];
  const [first, last] = [detail.epochs[0], detail.epochs.at(-1)];
  const along = even ? (e) => e : (e) => Math.log10(e - first + 1);
  const left = 44;
  const x = (e) => left + ((w - left - 8) * (along(e) - along(first))) / (along(last) - along(first) || 1);
  const y = (v) => 6 + ((hgt - 26) * (high - Math.log10(v))) / (high - low || 1);
  scale = { epochAt: (px) => {
    const share = Math.min(1, Math.max(0, (px - left) / (w - left - 8)));
    const at = along(first) + share * (along(last) - along(first));
    return even ? at : 10 ** at + first - 1;
  } };
  grid(context, low, high, y, w, left);
  for (const e of [first, last]) context.fillText(whole(e), e === first ? left : w - 8 - context.measureText(whole(e)).width, hgt - 6);
  const norms = detail.gradient_norm.filter((v) => v > 0);
  if (norms.length) {
    const [a, b] = [Math.log10(Math.min(...norms)), Math.log10(Math.max(...norms))];
    line(context, detail.epochs, detail.gradient_norm, x, (v) => 6 + ((hgt - 26) * (b - Math.log10(v))) / (b - a || 1), dark() ? "#777d88" : "#b3b3ad", 1, [2, 3]);
  }
  if (detail.other) line(context, detail.other.epochs, detail.other.loss, x, y, dark() ? "#c9a3d8" : "#8a4fa3", 1.5, [8, 3]);
  line(context, detail.epochs, detail.test_loss, x, y, pointColour(0), 2, [5, 3]);
  line(context, detail.epochs, detail.loss, x, y, pointColour(1), 2, []);
  canvas.setAttribute("aria-label", `Loss of the training rows from ${loss(detail.loss[0])} in epoch ${first} to ${loss(detail.loss.at(-1))} in epoch ${last}${state.rows.test ? `; of the test rows ${loss(detail.test_loss.at(-1))}` : ""}`);
  const shares = detail.saturated.filter((share) => share !== null).map(percent).join(", ");
  fill(text, shares && `Saturated: ${shares}.`);
  text.title = `${shares && `Share of the hidden values, layer by layer, that stand at a limit: ${shares}. `}A click into the curve goes to that epoch.`;
}

function grid(context, low, high, y, w, left) {
  context.strokeStyle = dark() ? "#3a3e46" : "#ddd";
  context.lineWidth = 1;
  const every = Math.max(1, Math.ceil((high - low) / 4)), decades = [];
  for (let p = Math.ceil(low); p <= high; p += every) decades.push(p);
  for (const value of (decades.length > 1 ? decades : [low + 0.05, high - 0.05]).map((p) => 10 ** p)) {
    tick(context, left, y(value), w - 8, y(value));
    context.fillText(short(Number(value.toPrecision(2))).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""), 2, y(value) + 4);
  }
}

function line(context, epochs, values, x, y, colour, width, dash) {
  context.beginPath();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  epochs.forEach((epoch, i) => { if (values[i] > 0) context.lineTo(x(epoch), y(values[i])); });
  context.stroke();
  context.setLineDash([]);
}
