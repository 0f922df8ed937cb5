// The figures in the lessons' words, each beside what the lesson's own setting gives.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { score } from "../../../src/selenite/play/page/worker/figures.js";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { makeProblem } from "../../../src/selenite/play/page/worker/problem.js";
import { Session } from "../../../src/selenite/play/page/worker/session.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import "./support.mjs";

/** A lesson's run, or one with other settings. */
function trained(key, epochs, changes = {}) {
  const settings = settingsOf({ ...LESSONS[key].settings, ...changes }), session = new Session(settings, makeProblem(settings));
  session.train(epochs);
  return session;
}

const lossOf = ({ shownScale, curves, epoch }) => shownScale * curves.loss[epoch - 1];
const wordsOf = (key) => [...LESSONS[key].text, LESSONS[key].task].join(" ").replace(/(\d),(?=\d{3})/g, "$1");
const figuresOf = (key) => wordsOf(key).match(/\d+\.\d+/g);

test("part 1", () => {
  const [printed, corrected] = [trained("part1", 20_000), trained("part1", 20_000, { slip: false })];
  const said = [printed, corrected].map((session) => session.answer(session.problem.X.subarray(0, 3))[0].toFixed(8));
  assert.deepEqual(figuresOf("part1"), said.slice(0, 1));
  assert.deepEqual(LESSONS.part1.answer.match(/\d+\.\d+/g), said.slice(1));
  assert.deepEqual([printed.problem.table.names, [...printed.problem.X.subarray(0, 3)]], [["smoking", "obesity", "exercise", "diabetic"], [0, 1, 0]]); // "obese only"
});

test("part 2, a perceptron", () => {
  assert.deepEqual(figuresOf("part2-perceptron"), [lossOf(trained("part2-perceptron", 20_000)).toFixed(2), "4.17"]);
  assert.match(wordsOf("part2-perceptron"), /the article: “4.17 percent”.*a sum over 100 rows/);
});

test("part 2, as printed; from about epoch 1,000 on the last bit of a number decides the next digits", () => {
  const [end, early] = figuresOf("part2");
  assert.equal(end, lossOf(trained("part2", 200_000)).toFixed(2));
  assert.equal(early, lossOf(trained("part2", 2000)).toFixed(2));
  assert.equal(early, "2.39"); // as README and `selenite tutorial 2` have it
});

test("part 3", () => {
  const session = trained("part3", 1), end = "0.5302"; // as `selenite tutorial 3` has it after 50,000 epochs
  assert.deepEqual(figuresOf("part3"), [lossOf(session).toFixed(2), end]);
  assert.deepEqual([session.n_rows, session.problem.n_classes], [3 * 700, 3]);
});

test("a rate that is too high", () => {
  assert.match(wordsOf("rate"), /learning rate of 3/);
  assert.equal(LESSONS.rate.settings.learning_rate, 3);
  assert.ok(Math.max(...trained("rate", 100).curves.loss.subarray(0, 100)) > 1); // "jumps instead of falling"
  assert.ok(Math.min(...trained("rate", 5000).curves.loss.subarray(0, 5000)) > 0.26); // "stays above 0.26"
});

test("what controls say of numbers", () => {
  const page = new URL("../../../src/selenite/play/page/", import.meta.url), read = (name) => readFileSync(new URL(name, page), "utf8");
  const still = read("worker/endings.js").match(/STILL = (\d+)/)[1];
  assert.match(read("words.js"), new RegExp(`hardly moved for ${still} epochs`));
  assert.match(read("worker/optimizer.js"), /HALVINGS = 10/);
  assert.match(read("words.js"), /halved ten times/);
});

test("hidden, loss and test rows", () => {
  const right = (session, rows) => score(session, session.parameters, rows), share = (text) => Number(/(\d+) %/.exec(text)[1]);
  assert.equal(right(trained("hidden", 2000, { hidden: [2], start: "uniform" })), 0.9); // "ten rows stay wrong"
  const lesson = trained("table", 1500);
  assert.deepEqual([right(lesson, lesson.problem.training), Math.round(100 * right(lesson, lesson.problem.test))], [1, share(LESSONS.table.text[0])]);
  assert.deepEqual([lesson.problem.n_rows, lesson.problem.test.length], [40, 16]);
});
