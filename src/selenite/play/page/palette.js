// The colours that mean something, for the page and what is taken home from it; the pictures of Python have the same.

/** Blue is up and orange is down: numbers, weights, contributions, deltas. */
export const UP = "#0072B2";
export const DOWN = "#D55E00";

/** The ring around a point that is taken for another class. */
export const WRONG = "#C2002F";

/** The classes' colours in their order: of two, the second is up and the first is down. */
export const CLASSES = [DOWN, UP, "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#B8A800", "#332288", "#882255", "#555B63"];

export const GROUND = 0.36; // how strong a colour is at most where points stand on it
const CONTRAST = 3.1; // of a point on its own ground

export const rgb = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
export const mix = (from, to, share) => from.map((part, i) => Math.round(part + share * (to[i] - part)));

const linear = (part) => (part <= 10.31 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
const luminance = (colour) => { const [r, g, b] = colour.map(linear); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
export const contrast = (a, b) => { const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y); return (high + 0.05) / (low + 0.05); };

/** A class's colour as a point has it: darker by day, lighter by night, until it stands out from its own ground. */
export function onGround(colour, paper, night) {
  const ground = mix(paper, colour, GROUND), end = night ? [255, 255, 255] : [0, 0, 0];
  let share = 0;
  while (share < 1 && contrast(mix(colour, end, share), ground) < CONTRAST) share += 0.05;
  return mix(colour, end, share);
}
