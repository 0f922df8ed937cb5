// Colours in the theme that is on: bytes of a surface become pixels, numbers lines, classes points.

import { on, store } from "./store.js";
import { CLASSES, DOWN, GROUND, UP, mix, onGround, rgb } from "./palette.js";

const PAPERS = { day: [255, 255, 255], night: [28, 31, 37] };
let night = false;
let paper = PAPERS.day;
const RAMPS = { // of 256 pixels: of signs; of the two classes; of a number; of ink
  signs: () => between(rgb(DOWN), rgb(UP)),
  pair: () => between(rgb(classColour(0)), rgb(classColour(1))),
  numbers: () => upTo(rgb(UP), 0.06, 0.74),
  inks: () => upTo(rgb(ink()), 0.04, 0.66),
};
let ramps = {}; // those made so far
let classes = []; // which of the palette's colours each class has
const points = new Map(); // colours as points and lines have them

export const dark = () => night;
export const ink = () => (night ? "#e8e9ec" : "#1d1f23");

// Begin anew with the colours of the theme.
export function themed() {
  night = (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  paper = night ? PAPERS.night : PAPERS.day;
  ramps = {};
  points.clear();
}

// Before anybody draws: which colour each class has; none where a number is predicted.
on("state", () => { classes = store.state.colours; delete ramps.pair; });

export const classShape = (i) => (classes[i] ?? i) % 10;
export const classColour = (i) => CLASSES[classShape(i)];
export const inInk = () => classes.length > 2; // where colours are the classes', signs are ink, solid or dashed
export const pointColour = (shape) => { // of points, curves and marks on the paper
  // a picture that is still of a number, while the set is of classes already, has shades between them
  if (!points.has(shape)) points.set(shape, css(onGround(rgb(CLASSES[shape % 10] ?? CLASSES[0]), paper, night)));
  return points.get(shape);
};

const css = (parts) => `rgb(${parts.join(" ")})`;
const pixel = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
const ramp = (colour) => Uint32Array.from({ length: 256 }, (_none, i) => pixel(colour(i / 255)));
const between = (low, high) => ramp((share) => mix(paper, share > 0.5 ? high : low, GROUND * Math.abs(2 * share - 1)));
const upTo = (colour, least = 0.04, more = 0.8) => ramp((share) => mix(paper, colour, least + more * share));
const rampOf = (name) => (ramps[name] ??= RAMPS[name]());
const rampOfAnswer = () => rampOf(classes.length ? "pair" : "numbers");

function onto(canvas, width, height, fill) {
  const context = canvas.getContext("2d");
  if (canvas.width !== width || canvas.height !== height || !canvas.image) {
    Object.assign(canvas, { width, height });
    canvas.image = context.createImageData(width, height);
  }
  fill(new Uint32Array(canvas.image.data.buffer));
  context.putImageData(canvas.image, 0, 0);
}

const stepped = (shade, levels) => Math.round((255 * Math.floor((shade * levels) / 256)) / (levels - 1));

// Write the answer over the plane: of two classes or of a number, in so many levels, or without steps.
export function paint(canvas, shades, size, levels = 0) {
  const from = rampOfAnswer(), pixelOf = levels ? from.map((_none, shade) => from[stepped(shade, levels)]) : from;
  onto(canvas, size, size, (pixels) => { for (let i = 0; i < pixels.length; i++) pixels[i] = pixelOf[shades[i]]; });
}

// Write classes and how sure the network is of them.
export function paintClasses(canvas, shades, size, discrete) {
  const colours = classes.map((_none, i) => rgb(classColour(i)));
  onto(canvas, size, size, (pixels) => {
    for (let i = 0; i < size * size; i++) pixels[i] = pixel(mix(paper, colours[shades[i]] ?? paper, discrete ? GROUND : GROUND * (0.12 + (0.88 * shades[size * size + i]) / 255)));
  });
}

// Write as many surfaces of shades as there are, one below the other; the last ones, of `outputs` classes, in their colours.
export function paintMany(canvas, shades, size, outputs = 0) {
  const area = size * size, n = shades.length / area, plain = rampOf(inInk() ? "inks" : "signs");
  const each = Array.from({ length: n }, (_none, k) => (inInk() && k >= n - outputs ? upTo(rgb(classColour(k - n + outputs))) : plain));
  onto(canvas, size, n * size, (pixels) => shades.forEach((shade, i) => { pixels[i] = each[Math.floor(i / area)][shade]; }));
}

// Write numbers as a table of colours, orange below 0, blue above; `largest` has the full colour.
export function paintTable(canvas, values, columns, rows, largest) {
  const strong = ramp((share) => mix(paper, share > 0.5 ? rgb(UP) : rgb(DOWN), 0.9 * Math.abs(2 * share - 1)));
  onto(canvas, columns, rows, (pixels) => {
    for (let i = 0; i < columns * rows; i++) pixels[i] = strong[Math.max(0, Math.min(255, Math.round(127.5 + (127.5 * values[i]) / (largest || 1))))];
  });
}

const colourAt = (of, i) => css([of[i] & 255, (of[i] >> 8) & 255, (of[i] >> 16) & 255]);

// Write the colours of a bar, the high ones above: "signs" or "inks" of a unit, else those of the answer.
export const paintBar = (canvas, kind) => onto(canvas, 1, 256, (pixels) => pixels.set((kind === "answer" ? rampOfAnswer() : rampOf(kind)).toReversed()));
export const numberColour = (share) => colourAt(rampOf("numbers"), Math.round(255 * Math.min(1, Math.max(0, share))));

// Of a weight, a contribution, a delta.
export const signed = (value) => (inInk() ? ink() : pointColour(value < 0 ? 0 : 1));
