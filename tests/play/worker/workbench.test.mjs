// The workbench while time passes: it plays frame by frame, hears who is urgent, and refuses what makes no sense in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { breathe } from "../../../src/selenite/play/page/worker/player.js";
import { USUAL } from "../../../src/selenite/play/page/worker/settings.js";
import { Workbench } from "../../../src/selenite/play/page/worker/workbench.js";
import "./support.mjs";

function watched(given = {}) {
  const events = [], bench = new Workbench((event, content) => events.push({ event, content }), given.watched);
  const last = (event) => events.findLast((each) => each.event === event)?.content;
  return { bench, events, last, change: (changes) => bench.ask("change", { settings: { ...USUAL, ...changes } }) };
}

async function until(condition, milliseconds = 60_000) {
  const end = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() > end) throw new Error("it never came");
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

test("it plays so many epochs a frame, and pauses when asked", async () => {
  const { bench, events, last } = watched();
  assert.deepEqual(await bench.ask("play", { speed: 5 }), { result: null });
  await until(() => last("frame").epoch >= 50);
  const frames = events.filter(({ event }) => event === "frame").map(({ content }) => content);
  const played = frames.slice(1, -1), steps = played.slice(1).map(({ epoch }, i) => epoch - played[i].epoch);
  assert.ok(played.every(({ playing }) => playing));
  assert.ok(Math.max(...steps) === 5 && Math.min(...steps) > 0, steps.join()); // fewer where a frame would be late
  await bench.ask("pause");
  assert.deepEqual([bench.playing, last("state").playing, last("frame").playing], [false, false, false]);
  const { epoch } = bench.session;
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  assert.equal(bench.session.epoch, epoch);
});

test("it plays to the end, says why, and does not go on beyond", async () => {
  const { bench, last, change } = watched();
  await change({ epochs: 3000, auto_stop: false });
  await bench.ask("play", { speed: 0 });
  await until(() => !bench.playing);
  assert.deepEqual([last("frame").epoch, last("frame").ended, last("state").playing], [3000, "All 3,000 epochs are done.", false]);
  assert.match((await bench.ask("play")).error, /all epochs of this setting are done/);
  await bench.ask("goto", { epoch: 10 });
  await bench.ask("play", { speed: 0 });
  await until(() => !bench.playing);
  assert.equal(last("detail").last_epoch, 3000);
});

test("a lesson's question is answered in the frame in which it is, while it plays", async () => {
  const { bench, events, last } = watched();
  await bench.ask("lesson", { key: "part2-perceptron" });
  await bench.ask("change", { settings: { ...bench.session.settings, hidden: [4], activations: ["logistic"], slip: false } });
  events.length = 0;
  await bench.ask("play", { speed: 5 });
  await until(() => last("state").lesson_answer);
  const told = events.findIndex(({ event, content }) => event === "state" && content.lesson_answer), frames = (some) => some.filter(({ event }) => event === "frame");
  assert.ok(bench.playing && events[told].content.playing);
  assert.ok(frames(events.slice(0, told)).every(({ content }) => content.loss >= 4)); // not one frame late
  assert.ok(frames(events.slice(told))[0].content.loss < 4);
  await bench.ask("pause");
});

test("frames that nobody watches are not made, and training goes on", async () => {
  const { bench, events, change } = watched({ watched: () => false });
  await change({ auto_stop: false }); // so that it does not pause by itself in the first slice
  events.length = 0;
  await bench.ask("play", { speed: 0 });
  await until(() => bench.session.epoch > 500);
  assert.equal(events.filter(({ event, content }) => event === "frame" && content.playing).length, 1); // what the verb told
  await bench.ask("pause");
});

test("runs of equal length play in lockstep, and who is behind goes first", async () => {
  const { bench } = watched();
  for (let i = 0; i < 7; i++) await bench.ask("step");
  await bench.ask("beside", { do: "begin" });
  await bench.ask("step");
  await bench.ask("beside", { do: "switch" });
  await bench.ask("play", { speed: 3 });
  await until(() => bench.session.epoch > 30);
  assert.equal(bench.session.epoch, bench.other.epoch);
  assert.deepEqual(bench.session.parameters, bench.other.parameters);
  await bench.ask("pause");
});

test("a long way to another epoch is ended by who is urgent, and by nobody else", async () => {
  const { bench, change } = watched();
  await change({ rows: 2000, hidden: [64, 64], activations: ["tanh", "tanh"], batch_size: 200, auto_stop: false });
  bench.session.train(60);
  bench.session.checkpoints = [bench.session.checkpoints[0], bench.session.last]; // nothing on the way
  const way = bench.ask("goto", { epoch: 59 }), question = bench.ask("at", { x: 0.5, y: 0.5 });
  await breathe();
  await breathe();
  const pause = bench.ask("pause");
  assert.deepEqual(await Promise.all([way, pause]), [{ result: null }, { result: null }]);
  assert.ok((await question).result.shares);
  assert.ok(bench.session.epoch < 59, `epoch ${bench.session.epoch}`);
  await bench.ask("goto", { epoch: 59 });
  assert.deepEqual([bench.session.epoch, bench.session.last.epoch], [59, 60]);
});

test("20 starts are told how far they are, and can be ended", async () => {
  const { bench, events, last } = watched();
  await bench.ask("lesson", { key: "part2" });
  await bench.ask("change", { settings: { ...bench.session.settings, biases: true, epochs: 2000 } });
  await bench.ask("seeds", { epochs: 300 });
  assert.ok(last("state").trying);
  await until(() => bench.seeds);
  const shares = events.filter(({ event }) => event === "trials").map(({ content }) => content.share);
  assert.ok(shares.every((share, i) => i === 0 || share >= shares[i - 1]) && shares.at(-1) === 1);
  assert.deepEqual([bench.seeds.of, last("state").trying, last("state").seeds.epochs], [20, false, 300]);
  await bench.ask("seeds", { epochs: 200_000 });
  await bench.ask("seeds", { do: "stop" });
  assert.deepEqual([bench.trials, last("state").trying], [null, false]);
  await bench.ask("seeds");
  await until(() => bench.seeds.epochs === 2000, 60_000); // as many as the setting has
  assert.equal(last("state").lesson_answer, "20 of 20 starts get below 2: biases make luck needless.");
});

test("20 starts are compared on the test rows, rates on the training rows", async () => {
  const { bench } = watched(), twin = bench.session.copy(); // the first start is the run's own
  twin.train(30);
  for (const [what, name, X, Y, at] of [["seeds", "test", twin.test_X, twin.test_Y, 0], ["rates", "training", twin.X, twin.Y, null]]) {
    await bench.ask("seeds", { do: what, epochs: 30 });
    await until(() => !bench.trials);
    const { losses, loss_rows, rates } = bench.seeds;
    assert.equal(loss_rows, name);
    assert.equal(losses[at ?? rates.indexOf(twin.settings.learning_rate)], twin.network.loss_and_gradient(twin.parameters, X, Y).loss);
  }
});

test("what makes no sense is refused in words, and changes nothing", async () => {
  const { bench, events, change } = watched(), before = events.length;
  const { parameters } = bench.session;
  for (const [verb, body, words] of [
    ["jump", {}, /no such verb/], ["constructor", {}, /no such verb/], ["step", { what: "leap" }, /what cannot be "leap"; it is one of epoch, batch, row/], ["step", { how: 1 }, /step has no "how"; it has what/],
    ["goto", {}, /epoch cannot be nothing; it is a whole number from 0 to 1,000,000/], ["goto", { epoch: 1.5 }, /epoch cannot be 1.5/], ["goto", null, /goto cannot be null/],
    ["at", { x: 2, y: 0 }, /x cannot be 2; it is a number from 0 to 1/], ["look", { member: 0 }, /one network is trained here/], ["file", { name: "x.csv", bytes: "x" }, /bytes cannot be "x"/], ["draw", { do: "undo" }, /no drawing to undo/],
    ["weight", { layer: 0, before: 0, unit: 0, value: NaN }, /value cannot be null/], ["hide", { controls: ["A B"] }, /a control's name/],
    ["expand", { address: "nothing" }, /there is no number "nothing" to ask about. Such are loss, hidden1.unit1.z/], ["expand", { address: "row1.loss.z" }, /no number "row1.loss.z"/],
    ["expand", { address: "hidden1.unit1.z", batch: true }, /is of one row, and there are 76: say which, as in row\d+.hidden1.unit1.z/],
    ["change", { settings: { rows: 5 } }, /rows cannot be 5/], ["change", { settings: { learning_rate: 0 } }, /learning_rate cannot be 0; it is a number above 0 to 1,000/],
    ["change", { settings: { hidden: [3, 3] } }, /1 activations for 2 hidden layers: give one each/], ["change", { settings: { slip: true } }, /the slip is that of a perceptron/],
    ["change", { settings: { features: [] } }, /inputs can be x1, x2/], ["change", { settings: { data: "file" } }, /a table of one's own/], ["lesson", { key: "toString" }, /no lesson 'toString'/],
  ]) {
    const { error } = await bench.ask(verb, body);
    assert.match(error ?? "done", words, verb);
  }
  assert.deepEqual([events.length, bench.session.parameters], [before, parameters]);
  assert.deepEqual(await change({}), { result: null });
});

test("tables that were opened stay at hand, the last five of them", async () => {
  const bench = new Workbench(), bytes = (y) => new TextEncoder().encode(`a,b\n1,${y}\n2,n\n3,${y}\n4,n\n5,n\n`), sources = () => bench.files.map(({ source }) => source);
  for (let i = 1; i < 7; i++) assert.equal((await bench.ask("file", { name: `t${i}.csv`, bytes: bytes(`y${i}`) })).error, undefined);
  assert.deepEqual(sources(), [2, 3, 4, 5, 6].map((i) => `t${i}.csv`));
  await bench.ask("table", { name: "t3.csv" });
  assert.deepEqual([bench.session.problem.table.source, bench.session.problem.target.classes, sources()[1]], ["t3.csv", ["n", "y3"], "t3.csv"]);
  await bench.ask("file", { name: "t3.csv", bytes: bytes("other") });
  assert.deepEqual([bench.session.problem.target.classes, sources().length], [["n", "other"], 5]);
  assert.match((await bench.ask("table", { name: "t1.csv" })).error, /there is no table "t1.csv" open; there are "t2.csv", /);
  assert.match((await bench.ask("file", { name: "bad.csv", bytes: bytes("x,y") })).error, /bad.csv, line 2 has 3 cells/);
  assert.deepEqual([bench.file.source, sources().length], ["t3.csv", 5]);
});
