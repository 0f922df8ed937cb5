// Colours: blue and orange for two classes and for signs, ten for more; bytes of a surface become pixels.

export const PALETTE = ["#0877bd", "#e8710a", "#4f9d2f", "#a23b9a", "#c9a400", "#5c6bc0", "#00838f", "#ad4a5b", "#6d4c41", "#607d8b"];
const rgb = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
let ramp = null; // of signs: blue below, orange above
let classRamp = null; // of the two classes that there are
let classes = [0, 1];
let paper = [255, 255, 255];

let night = false;
export const dark = () => night;

// Begin anew with the colours of the theme.
export function themed() {
  night = getComputedStyle(document.documentElement).getPropertyValue("--dark").trim() === "1";
  paper = night ? [24, 26, 30] : [250, 250, 247];
  ramp = between(PALETTE[0], PALETTE[1]);
  classRamp = between(classColour(0), classColour(1));
}

// Say which colour each class has.
export function colourClasses(colours) {
  classes = colours.length ? colours : [0, 1];
  classRamp = between(classColour(0), classColour(1));
}

export const classColour = (i) => PALETTE[(classes[i] ?? i) % 10];
export const classShape = (i) => (classes[i] ?? i) % 10;

function between(low, high) {
  const found = new Uint32Array(256);
  for (let i = 0; i < 256; i++) found[i] = pixel(i > 127 ? high : low, (0.72 * Math.abs(i - 127.5)) / 127.5);
  return found;
}

function pixel(colour, strength) {
  const [r, g, b] = rgb(colour).map((part, i) => Math.round(paper[i] + strength * (part - paper[i])));
  return (255 << 24) | (b << 16) | (g << 8) | r;
}

const decoded = new Map(); // the last few: a surface is asked for by whoever draws something of it
export function bytes(text) {
  if (typeof text !== "string") return text; // from this page's own worker
  if (decoded.has(text)) return decoded.get(text);
  const raw = atob(text);
  const found = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) found[i] = raw.charCodeAt(i);
  if (decoded.size > 3) decoded.clear();
  decoded.set(text, found);
  return found;
}

// Write a surface of shades (from = where it begins) into a square canvas; `levels`: in so many colours.
export function paint(canvas, shades, from, size, levels = 0, ofClasses = false) {
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  const image = (canvas.image ||= context.createImageData(size, size));
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < size * size; i++) {
    const shade = shades[from + i];
    pixels[i] = (ofClasses ? classRamp : ramp)[levels ? Math.round((255 * Math.floor((shade * levels) / 256)) / (levels - 1)) : shade];
  }
  context.putImageData(image, 0, 0);
}

// Write as many surfaces of shades as there are, one below the other.
export function paintMany(canvas, shades, size) {
  const height = shades.length / size;
  const context = canvas.getContext("2d");
  if (canvas.width !== size || canvas.height !== height) {
    Object.assign(canvas, { width: size, height });
    canvas.image = context.createImageData(size, height);
  }
  const pixels = new Uint32Array(canvas.image.data.buffer);
  for (let i = 0; i < shades.length; i++) pixels[i] = ramp[shades[i]];
  context.putImageData(canvas.image, 0, 0);
}

// Write classes and how sure the network is of them.
export function paintClasses(canvas, shades, size, discrete) {
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  const image = (canvas.image ||= context.createImageData(size, size));
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < size * size; i++) {
    const strength = discrete ? 0.75 : 0.15 + (0.6 * shades[size * size + i]) / 255;
    pixels[i] = pixel(classColour(shades[i]), strength);
  }
  context.putImageData(image, 0, 0);
}

export function shadeOf(share) {
  const [r, g, b] = rgb(share > 0.5 ? PALETTE[1] : PALETTE[0]);
  const strength = 0.25 + 0.75 * Math.min(1, Math.abs(2 * share - 1));
  return `rgb(${[r, g, b].map((part) => Math.round(235 + strength * (part - 235))).join(" ")})`;
}

export const signed = (value) => (value < 0 ? PALETTE[0] : PALETTE[1]);
export const slope = (value) => (value < 0 ? PALETTE[3] : PALETTE[2]); // of deltas and gradients: colours of their own

// Numbers as they come, 32 bits each.
export const floats = (text) => (typeof text === "string" ? new Float32Array(bytes(text).buffer) : text);

// Write numbers as a table of colours, blue below 0, orange above; `largest` has the full colour.
export function paintTable(canvas, values, columns, rows, largest) {
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < columns * rows; i++) pixels[i] = ramp[Math.max(0, Math.min(255, Math.round(127.5 + (127.5 * values[i]) / (largest || 1))))];
  context.putImageData(image, 0, 0);
}
