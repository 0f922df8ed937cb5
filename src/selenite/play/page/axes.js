// What stands around a picture of the plane: the axes with their numbers and names, and the colour bar.

import { dark, ink, paintBar } from "./colours.js";
import { fitted } from "./dom.js";
import { short, upTo } from "./text.js";

const FONT = "10.5px system-ui, sans-serif";
export const PLANE = ["x1", "x2"].map((name) => ({ name, low: -2, high: 2, labels: [] })); // on which points are drawn

// Of so many labels every first, second, ... has room.
export const skip = (labels) => Math.ceil(labels.length / 24);

// Round numbers within an axis, four or so; of categories each its place.
export function ticks({ low, high, labels = [] }, most = 5) {
  if (labels.length) return labels.map((label, i) => [(i - low) / (high - low), label]).filter(([at], i) => at >= 0 && at <= 1 && i % skip(labels) === 0);
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].find((n) => n * power >= rough * 0.999) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push([(k * step - low) / (high - low), plain(k * step, step)]);
  return found;
}

// A number with as many decimals as its step needs.
const plain = (value, step) => (Math.abs(value) >= 1e6 ? `${short(value / 1e6).replace(/\.?0+$/, "")}M` : Math.abs(value) >= 1e4 ? `${short(value / 1e3).replace(/\.0*$/, "")}k` : upTo(value, Math.max(0, -Math.floor(Math.log10(step)))));

// Draw into a canvas that lies under the picture and goes beyond it on all sides. `bar`: {kind, labels from low to high}, or none.
export function drawAxes(canvas, picture, axes, bar) {
  const context = fitted(canvas), w = canvas.clientWidth, side = picture.offsetWidth, left = picture.offsetLeft, top = picture.offsetTop;
  Object.assign(context, { font: FONT, fillStyle: dark() ? "#b9bec8" : "#50555e", strokeStyle: dark() ? "#6b7280" : "#8a8f98", lineWidth: 1, textBaseline: "middle" });
  const [across, up] = axes;
  context.textAlign = "center";
  let free = -Infinity; // up to where the last number reached
  for (const [at, text] of ticks(across, side < 240 ? 3 : 5)) {
    const x = left + at * side, wide = context.measureText(text).width / 2;
    tick(context, x, top + side, x, top + side + 4);
    if (x - wide < free) continue;
    context.fillText(text, Math.min(x, w - wide), top + side + 11);
    free = x + wide + 6;
  }
  context.fillText(cut(context, across.name, side), left + side / 2, top + side + 25);
  if (up) {
    context.textAlign = "right";
    for (const [at, text] of ticks(up, side < 240 ? 3 : 5)) {
      const y = top + (1 - at) * side;
      tick(context, left - 4, y, left, y);
      context.fillText(cut(context, text, left - 18), left - 6, y);
    }
    context.save();
    context.translate(6, top + side / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(cut(context, up.name, side), 0, 0);
    context.restore();
  }
  if (bar) drawBar(context, bar, left + side + 7, top, side, w);
}

function drawBar(context, { kind, labels }, x, top, side, w) {
  const strip = document.createElement("canvas");
  paintBar(strip, kind);
  context.drawImage(strip, x, top, 8, side);
  context.strokeRect(x - 0.5, top + 0.5, 9, side - 1);
  Object.assign(context, { fillStyle: ink(), textAlign: "left" });
  labels.forEach((text, i) => context.fillText(cut(context, text, w - x - 12), x + 12, Math.min(top + side - 6, Math.max(top + 6, top + (1 - i / (labels.length - 1)) * side))));
}

/** A straight line. */
export function tick(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

export function cut(context, text, room) {
  let found = String(text);
  while (found.length > 1 && context.measureText(found).width > room) found = `${found.slice(0, -2)}…`;
  return found;
}
