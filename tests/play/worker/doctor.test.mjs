// What is said of a run that stands still: real runs, and the numbers that the page shows beside it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { verdict } from "../../../src/selenite/play/page/worker/doctor.js";
import { latestLosses, quality } from "../../../src/selenite/play/page/worker/figures.js";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { makeProblem } from "../../../src/selenite/play/page/worker/problem.js";
import { Session } from "../../../src/selenite/play/page/worker/session.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import "./support.mjs";

function run(changes, epochs) {
  const settings = settingsOf(changes), session = new Session(settings, makeProblem(settings));
  if (epochs) session.train(epochs);
  return { session, good: quality(session), said: verdict(session, quality(session)) };
}

test("a run that has all rows right is asked for nothing", () => {
  const { good, said } = run({ epochs: 300, learning_rate: 0.1, auto_stop: false }, 300);
  assert.deepEqual([good.train, good.test], [1, 1]);
  assert.equal(said, "All 300 epochs are done.");
  const begun = run({ epochs: 150, learning_rate: 0.1, auto_stop: false }, 150);
  assert.ok(begun.good.train < 1);
  assert.match(begun.said, /still falling.*Try more epochs/);
});

test("rows learnt by heart are called so, of classes and of numbers", () => {
  const large = { hidden: [16, 16], activations: ["tanh", "tanh"], learning_rate: 0.03, epochs: 2000, auto_stop: false, test_fraction: 0.5, rows: 80 };
  const { good, said } = run({ ...large, noise: 1 }, 2000);
  assert.ok(good.train - good.test > 0.2);
  const [, train, test] = said.match(/by heart: (\d+) % of the training rows are right, but (\d+) % of the test rows/);
  assert.deepEqual([train, test].map(Number), [good.train, good.test].map((share) => Math.round(100 * share)));
  assert.match(run({ ...large, data: "plane", loss: "squared_error", noise: 1 }, 2000).said, /by heart: its error on the test rows is [\d.]+ times/);
  assert.equal(run({ ...large, noise: 1 }, 0).said, ""); // nothing is learnt yet
});

test("it speaks in the sums that the page shows, and of the rate that it has", () => {
  const { settings } = LESSONS.part2, { session, said } = run({ ...settings, epochs: 300 }, 300);
  assert.ok(Math.abs(Number(said.match(/ran out at ([\d.]+)\./)[1]) / latestLosses(session).loss - 1) < 0.01, said);
  assert.match(run({ ...settings, learning_rate: 3, epochs: 300 }, 300).said, /rose again to 25\. Try a tenth of the learning rate: 0\.3\.$/);
});
