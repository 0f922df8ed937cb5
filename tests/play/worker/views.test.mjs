// What the views say without a browser: numbers as text, colours that stand out, axes.

import assert from "node:assert/strict";
import { test } from "node:test";

const page = new URL("../../../src/selenite/play/page/", import.meta.url);
const { CLASSES, GROUND, contrast, mix, onGround, rgb } = await import(new URL("palette.js", page));
const { cellText, loss, plainly, short } = await import(new URL("text.js", page));
const { ticks } = await import(new URL("axes.js", page));

test("numbers are short, with commas and without powers of ten", () => {
  const said = [0, -0, 1.67e-16, 7.208e-5, -0.0004321, 0.5, 12.3456, 18424.4, 1490400].map(short);
  assert.deepEqual(said, ["0", "0", "0", "0.00007", "−0.00043", "0.500", "12.3", "18,424", "1,490,400"]);
  assert.deepEqual([null, 3101.2812, 4.17932, 0.000072].map(loss), ["–", "3,101.3", "4.1793", "0.00007"]);
  assert.equal(plainly("1 / (1 + e^(-(-14.186))) = 6.9048e-07"), "1 / (1 + e^(-(−14.186))) = 0.00000069");
  assert.deepEqual(["0.23753023794438805", "12", "2026-01-01", "cat"].map(cellText), ["0.23753", "12", "2026-01-01", "cat"]);
});

test("every class stands out from its own ground, by day and by night", () => {
  for (const [paper, night] of [[[255, 255, 255], false], [[28, 31, 37], true]]) {
    for (const colour of CLASSES.map(rgb)) assert.ok(contrast(onGround(colour, paper, night), mix(paper, colour, GROUND)) >= 3);
  }
});

test("axes have round numbers", () => {
  assert.deepEqual(ticks({ low: -1.3, high: 2.4 }).map(([, text]) => text), ["−1", "0", "1", "2"]);
  assert.deepEqual(ticks({ low: 0.92, high: 1.01 }).map(([, text]) => text), ["0.92", "0.94", "0.96", "0.98", "1"]);
  assert.deepEqual(ticks({ low: -0.5, high: 1.5, labels: ["cat", "dog"] }), [[0.25, "cat"], [0.75, "dog"]]);
});
