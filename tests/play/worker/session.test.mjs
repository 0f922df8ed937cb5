// A run: what it comes to, taken back, changed, branched and ended; by the articles' numbers, by hand, and by what must be equal.

import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline, detail } from "../../../src/selenite/play/page/worker/figures.js";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { makeProblem } from "../../../src/selenite/play/page/worker/problem.js";
import { Session } from "../../../src/selenite/play/page/worker/session.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import "./support.mjs";

function sessionOf(given) {
  const settings = settingsOf(given);
  return new Session(settings, makeProblem(settings));
}

const numbers = (session) => [...session.parameters, ...session.state.first, ...session.state.second, session.state.steps, session.state.epochs];
const lossOf = ({ curves, shownScale }) => shownScale * curves.loss[curves.length - 1];
const goTo = (session, ...place) => { for (const _ of session.goTo(...place)); };

test("the articles' networks come to the articles' numbers", () => {
  const part1 = sessionOf(LESSONS.part1.settings);
  part1.train(20_000);
  assert.equal(part1.predicted([2])[0].toFixed(8), "0.00707584");
  assert.equal(part1.predicted([0])[0].toFixed(8), "0.99837029");
  const perceptron = sessionOf(LESSONS["part2-perceptron"].settings);
  perceptron.train(200_000);
  assert.equal(lossOf(perceptron).toFixed(4), "4.1793");
  const part2 = sessionOf(LESSONS.part2.settings);
  part2.train(200_000);
  assert.equal(lossOf(part2).toFixed(7), "1.5033156"); // level v2; 1.5033444 with fused products
  assert.equal(part2.ended, "All 200,000 epochs are done.");
  const part3 = sessionOf(LESSONS.part3.settings);
  part3.train(1);
  assert.equal(lossOf(part3).toFixed(2), "3101.28");
});

test("epochs in slices, in batches and in rows are the same as all at once", () => {
  const settings = { batch_size: 10, hidden: [5], activations: ["tanh"], schedule: "cosine", epochs: 30, l2: 0.01 };
  const [whole, slices, batches, rows] = Array.from({ length: 4 }, () => sessionOf(settings));
  whole.train(4);
  [1, 2, 1].forEach((epochs) => slices.train(epochs));
  while (batches.epoch < 4) batches.stepBatch();
  while (rows.epoch < 4) rows.stepRow();
  for (const other of [slices, batches, rows]) assert.deepEqual(numbers(other), numbers(whole));
  assert.deepEqual([...slices.curves.test_loss.slice(0, 4)], [...whole.curves.test_loss.slice(0, 4)]);
  batches.curves.loss.slice(0, 4).forEach((loss, i) => assert.ok(Math.abs(loss - whole.curves.loss[i]) < 1e-15));
});

test("going back and forth passes through the same places, whatever was forgotten", () => {
  const session = sessionOf({ batch_size: 16, hidden: [3], activations: ["relu"] }), seen = new Map();
  for (let epoch = 0; epoch < 200; epoch++) {
    seen.set(session.epoch, numbers(session));
    session.train(1);
  }
  assert.ok(session.checkpoints.length <= 64);
  for (const epoch of [7, 199, 0, 100, 101, 33]) {
    goTo(session, epoch);
    assert.deepEqual(numbers(session), seen.get(epoch), `epoch ${epoch}`);
    assert.equal(session.curves.length, 200);
  }
  goTo(session, 33, 40);
  assert.deepEqual([session.epoch, session.row, session.state.steps], [33, 40, 33 * 5 + 2]);
  assert.throws(() => goTo(session, 201), /there is no epoch 201 to go to; there are 0 to 200/);
});

test("a way that is ended is where it got to, and forgets nothing", () => {
  const session = sessionOf({});
  session.train(100);
  goTo(session, 0);
  const way = session.goTo(90, 0, () => 10);
  way.next();
  way.next();
  way.return();
  assert.deepEqual([session.epoch, session.last.epoch, session.curves.length], [20, 100, 100]);
});

test("what was stepped through once is gone through again, a changed weight and another optimizer among it", () => {
  const session = sessionOf({ batch_size: 32 });
  session.train(3);
  session.stepBatch();
  session.setParameter(0, 0, 1, -0.25);
  session.stepBatch();
  session.goOnWith(settingsOf({ ...session.settings, optimizer: "sgd", learning_rate: 0.5 }));
  session.train(5);
  const [end, curve] = [numbers(session), [...session.curves.loss.slice(0, session.curves.length)]];
  goTo(session, 2);
  assert.equal(session.settings.optimizer, "adam");
  goTo(session, 8);
  assert.deepEqual(numbers(session), end);
  assert.deepEqual([...session.curves.loss.slice(0, session.curves.length)], curve);
});

test("a branch forgets what came after, and keeps it beside as a whole run", () => {
  const session = sessionOf({});
  session.train(50);
  const end = numbers(session);
  goTo(session, 20);
  assert.ok(session.hasFuture);
  const beside = session.whole();
  session.setParameter(0, -1, 0, 3);
  assert.ok(!session.hasFuture);
  assert.equal(session.curves.length, 20);
  assert.deepEqual([beside.epoch, beside.curves.length, numbers(beside)], [50, 50, end]);
  assert.deepEqual([...beside.copy().parameters], [...sessionOf({}).parameters]);
});

test("one step by hand: p - η dL/dp", () => {
  const session = sessionOf({ hidden: [], activations: [], optimizer: "sgd", learning_rate: 0.5, loss: "squared_error" });
  const before = session.parameters.slice(), n = session.n_rows, gradient = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = [session.X[2 * i], session.X[2 * i + 1], 1], p = 1 / (1 + Math.exp(-x.reduce((z, value, k) => z + value * before[k], 0)));
    x.forEach((value, k) => { gradient[k] += ((p - session.Y[i]) * p * (1 - p) * value) / n; });
  }
  session.train(1);
  session.parameters.forEach((value, k) => assert.ok(Math.abs(value - (before[k] - 0.5 * gradient[k])) < 1e-15));
});

test("training ends in words", () => {
  const diverged = sessionOf({ data: "plane", loss: "squared_error", hidden: [8], activations: ["relu"], optimizer: "sgd", learning_rate: 1000 });
  diverged.train(100);
  assert.match(diverged.ended, /^training diverged in epoch \d+: .* Try a smaller learning rate than 1000, such as 100, or scaled inputs$/);
  assert.ok(diverged.parameters.every(Number.isFinite));
  const low = sessionOf({ stop_loss: 0.3 });
  low.train(500);
  assert.equal(low.ended, "The loss is below 0.3, so training paused.");
  const still = sessionOf({ hidden: [], activations: [] });
  still.train(3000);
  assert.equal(still.ended, "The loss has hardly moved for 200 epochs, so training paused.");
  assert.throws(() => still.setParameter(3, 0, 0, 1), /a weight of layer 4/);
});

test("a line is judged by new points where more can be drawn: a few test rows may flatter it", () => {
  const moons = sessionOf({}), { fresh } = moons.problem;
  moons.train(300);
  const { rows, n_rows, constant, linear } = baseline(moons);
  assert.deepEqual([rows, n_rows, constant], ["new", 1000, 0.5]);
  assert.ok(linear < 0.9 && detail(moons, false).good.fresh > 0.98);
  const known = new Set(moons.problem.X);
  assert.ok(fresh.X.every((value) => !known.has(value)));
  const clouds = sessionOf({ data: "clouds" });
  assert.deepEqual([clouds.problem.fresh, baseline(clouds).rows, "fresh" in detail(clouds, false).good], [null, "test", false]);
});
