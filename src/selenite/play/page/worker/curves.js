// The numbers of each epoch, kept whole, and thinned for drawing.

import { spaced, whole } from "./numbers.js";

const NAMES = ["loss", "test_loss", "gradient_norm"];
const MOST_DRAWN = 300;

/** One number an epoch of each quantity; an epoch that is made again is written where it was. */
export class Curves {
  constructor() {
    this.length = 0;
    for (const name of NAMES) this[name] = new Float64Array(1024);
    this.lowest = { upTo: 0, loss: Infinity };
  }

  /** Write what some epochs gave, from the place `at` on; what was not measured is NaN. */
  write(at, { loss, validation_loss, gradient_norm }) {
    const end = at + loss.length;
    for (const name of NAMES) {
      if (end <= this[name].length) continue;
      const larger = new Float64Array(Math.max(end, 2 * this[name].length));
      larger.set(this[name]);
      this[name] = larger;
    }
    this.loss.set(loss, at);
    if (validation_loss.length) this.test_loss.set(validation_loss, at);
    else this.test_loss.fill(NaN, at, end);
    this.gradient_norm.set(gradient_norm, at);
    this.length = Math.max(this.length, end);
  }

  /** Forget what came after an epoch. */
  cut(length) {
    this.length = Math.min(this.length, length);
    if (this.lowest.upTo > this.length) this.lowest = { upTo: 0, loss: Infinity };
  }

  /** The same numbers in arrays of their own. */
  copy() {
    const twin = Object.assign(new Curves(), { length: this.length });
    for (const name of NAMES) twin[name] = this[name].slice();
    return twin;
  }

  /** Tell whether the last `epochs` gained less than a share `gain` of the loss, or hardly any loss is left. */
  onPlateau(epochs, gain, fullyFallen = 1e-4) {
    if (this.length < 2 * epochs) return false;
    const before = this.length - epochs;
    if (this.lowest.upTo > before) this.lowest = { upTo: 0, loss: Infinity };
    for (; this.lowest.upTo < before; this.lowest.upTo++) this.lowest.loss = Math.min(this.lowest.loss, this.loss[this.lowest.upTo]);
    let lately = Infinity;
    for (let i = before; i < this.length; i++) lately = Math.min(lately, this.loss[i]);
    return lately > (1 - gain) * this.lowest.loss || this.loss[this.length - 1] < fullyFallen * this.loss[0];
  }

  /** Epochs, counted from 1, at most 300 and denser at the beginning, and the curves there. */
  thinned() {
    const half = MOST_DRAWN / 2, decades = Math.log10(this.length);
    const even = Array.from(spaced(0, this.length - 1, half), whole);
    const early = Array.from(spaced(0, decades, half), (power, i) => whole((i === half - 1 ? this.length : 10 ** power) - 1));
    const at = this.length ? [...new Set([...even, ...early])].sort((a, b) => a - b) : [];
    return { epochs: at.map((i) => i + 1), ...Object.fromEntries(NAMES.map((name) => [name, at.map((i) => this[name][i])])) };
  }
}
