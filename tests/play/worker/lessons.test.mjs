// The course: its numbers, its order, its tasks done and not done; and a lesson that a link brings.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { decodeLink, encodeLink } from "../../../src/selenite/play/page/worker/link.js";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { latestLosses } from "../../../src/selenite/play/page/worker/figures.js";
import { breathe } from "../../../src/selenite/play/page/worker/player.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import { Workbench } from "../../../src/selenite/play/page/worker/workbench.js";
import "./support.mjs";

const docs = new URL("../../../docs/lessons/", import.meta.url);

/** A bench with a lesson on it, and what its page was told last. */
async function begun(key, bench = new Workbench()) {
  bench.publish = (event, content) => { if (event === "state") bench.told = content; };
  assert.equal((await bench.ask("lesson", { key })).error, undefined);
  return bench;
}

const change = (bench, changes) => bench.ask("change", { settings: { ...bench.session.settings, ...changes } });
const weight = (bench, layer, before, value) => bench.ask("weight", { layer, before, unit: 0, value });

async function train(bench, epochs = bench.session.settings.epochs) {
  bench.session.train(epochs);
  await bench.ask("follow", { row: bench.followed }); // which tells the page
}

async function seeds(bench, epochs) {
  await bench.ask("seeds", { epochs });
  while (bench.trials) await breathe();
}

/** How each task is done, with the epochs that it takes; and what it is not done by. */
const DONE = {
  part1: [(b) => train(b), async (b) => { await change(b, { slip: false }); await train(b); }],
  "part2-perceptron": [(b) => train(b), async (b) => { await change(b, { hidden: [4], activations: ["logistic"], slip: false }); await train(b, 2000); }],
  hidden: [async (b) => { await change(b, { hidden: [2] }); await train(b); }, async (b) => { await change(b, { hidden: [3] }); await train(b); }],
  forward: [(b) => train(b), async (b) => { await b.ask("reset"); await weight(b, 1, 0, 3); }],
  loss: [(b) => train(b), async (b) => { await change(b, { loss: "log_loss" }); await train(b); }],
  backward: [(b) => train(b), async (b) => { await b.ask("reset"); await weight(b, 1, 1, -1.5); }],
  rate: [(b) => train(b), async (b) => { await change(b, { learning_rate: 0.1 }); await b.ask("reset"); await train(b, 300); }],
  part2: [(b) => seeds(b, 2000), async (b) => { await change(b, { biases: true }); await seeds(b, 2000); }],
  part3: [(b) => train(b, 1000), async (b) => { await change(b, { hidden: [1] }); await train(b, 1000); }],
  table: [(b) => train(b), async (b) => { await change(b, { l2: 0.03 }); await b.ask("reset"); await train(b); }],
};

test("the course is that of docs/lessons: its pages, order and titles", () => {
  const pages = readdirSync(docs).filter((name) => /^\d.*\.md$/.test(name)).sort((a, b) => parseInt(a) - parseInt(b));
  const titles = pages.map((name) => /^# (\d+\. .*)$/m.exec(readFileSync(new URL(name, docs), "utf8"))[1]);
  assert.deepEqual(Object.values(LESSONS).map(({ docs: page }) => `${page}.md`), pages);
  assert.deepEqual(Object.values(LESSONS).map(({ title }, i) => `${i + 1}. ${title}`), titles);
});

for (const [key, [wrong, right]] of Object.entries(DONE)) {
  test(`${key}: its task is done by doing it, and by nothing else`, async () => {
    const bench = await begun(key);
    assert.equal(bench.told.lesson_answer, "");
    await wrong(bench);
    assert.equal(bench.told.lesson_answer, "");
    await right(bench);
    assert.equal(bench.told.lesson_answer, LESSONS[key].answer.replace("{below_2}", "20"));
  });
}

test("every lesson has its task done above, and begins with a control", () => {
  assert.deepEqual(Object.keys(DONE), Object.keys(LESSONS));
  for (const { at } of Object.values(LESSONS)) assert.match(at, /^[\w-]+$/);
});

test("the lessons show the numbers of the docs", async () => {
  const { session } = await begun("hidden");
  session.train(2000);
  assert.equal(latestLosses(session).loss.toFixed(2), "0.01");
  assert.equal((await begun("forward")).session.predicted([0])[0].toFixed(4), "0.6845");
  const start = (await begun("backward")).session;
  const { loss, gradient } = start.network.loss_and_gradient(start.parameters, start.X, start.Y);
  assert.equal((100 * loss).toFixed(2), "17.44");
  assert.equal((100 * gradient[4 + 2]).toFixed(6), "0.800566"); // docs: wh[1, 2], by the chain and by trying
});

test("a network that the articles do not have is no obstacle", async () => {
  const bench = await begun("part2");
  assert.equal((await change(bench, { hidden: [3] })).error, undefined);
  assert.equal(bench.session.settings.start, "uniform");
  assert.match((await change(await begun(""), { hidden: [3], start: "article" })).error, /the articles start no 2-3-1 network/);
});

test("a lesson's weights come back, until others are asked for", async () => {
  const bench = await begun("loss"), weights = LESSONS.loss.weights;
  await train(bench, 10);
  await bench.ask("reset");
  assert.deepEqual([...bench.session.parameters], weights);
  await change(bench, { seed: 1 });
  assert.notDeepEqual([...bench.session.parameters], weights);
  await begun("loss", bench);
  await change(bench, { start: "glorot" });
  assert.notDeepEqual([...bench.session.parameters], weights);
});

test("a link brings a lesson of its own, with its pass mark, and the same again when it is shared on", async () => {
  const own = { title: "Circles", text: ["A ring around a disc."], task: "Get more than 95 % right.", at: "add-layer", mark: { right_above: 0.95 }, answer: "Well done." };
  const link = await encodeLink({ settings: settingsOf({ data: "circle", noise: 0, hidden: [8], activations: ["tanh"] }), lesson: "own", own });
  const bench = await begun("");
  await bench.ask("open", { link });
  const { lesson, lessons, lesson_text, lesson_task, lesson_at, lesson_answer, lesson_docs } = bench.told;
  assert.deepEqual([lesson, lessons.own, lesson_text, lesson_task, lesson_at, lesson_answer, lesson_docs], ["own", "Circles", own.text, own.task, "add-layer", "", ""]);
  await train(bench, 500);
  assert.equal(bench.told.lesson_answer, "Well done.");
  assert.deepEqual((await decodeLink((await bench.ask("link")).result)).own, own);
  await begun("rate", bench);
  assert.equal((await bench.ask("lesson", { key: "own" })).error, undefined);
  assert.equal(bench.session.settings.data, "circle");
});

test("a link's lesson is refused in words where it is none", async () => {
  const wrong = async (changes) => decodeLink(await encodeLink({ settings: settingsOf(), own: { title: "a", text: [], task: "b", mark: { seeds: true }, ...changes } }));
  await assert.rejects(wrong({ mark: {} }), /a pass mark needs a condition: loss_below/);
  await assert.rejects(wrong({ mark: { right_above: 2 } }), /right_above cannot be 2; it is a number from 0 to 1/);
  await assert.rejects(wrong({ mark: { settings: {} } }), /mark has no "settings"/);
  await assert.rejects(wrong({ at: "a b" }), /at cannot be "a b"; it is a control's name/);
  await assert.rejects(wrong({ html: "<b>" }), /own has no "html"/);
});

test("an epoch is reached by going back or by training on, the same either way", async () => {
  const [bench, other] = [await begun("hidden"), await begun("hidden")];
  for (const epoch of [300, 40, 700]) await bench.ask("reach", { epoch });
  other.session.train(700);
  assert.deepEqual([bench.session.epoch, bench.session.curves.length], [700, 700]);
  assert.deepEqual(bench.session.parameters, other.session.parameters);
  await bench.ask("reach", { epoch: 40 });
  assert.deepEqual([bench.session.epoch, bench.session.last.epoch], [40, 700]);
  await bench.ask("reach", { epoch: 1_000_000 });
  assert.equal(bench.session.epoch, 2000);
});
