// What is taken home does at home what it did here: the script makes the same run, the model file predicts the same.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import { Workbench } from "../../../src/selenite/play/page/worker/workbench.js";
import { environment, interpreter, served } from "./support.mjs";

const { folder, file, end } = await served();
after(end);

const atHome = (...words) => execFileSync(interpreter, words, { cwd: folder, env: environment, encoding: "utf8" });
const selenite = (...words) => atHome("-c", "from selenite.cli import group; group()", ...words);

/** What somebody asks of a bench; a refusal is an error. */
async function ask(bench, verb, body) {
  const { result, error } = await bench.ask(verb, body);
  assert.equal(error, undefined, verb);
  return result;
}

const change = (bench, changes) => ask(bench, "change", { settings: { ...bench.session.settings, ...changes } });

/** The script is run, and says the epoch, the loss and the weights of the page, to the digit. */
async function makesTheSame(bench) {
  writeFileSync(join(folder, "run.py"), await ask(bench, "take", { what: "script" }));
  const [first, weights] = atHome("run.py").split("weights "), { session } = bench, { epoch, first_epoch, curves, shownScale } = session;
  const [, at, , loss] = first.split(/\s+/);
  assert.equal(Number(at), epoch);
  assert.equal(Number(loss), curves.loss[epoch - first_epoch - 1] * shownScale);
  JSON.parse(weights).forEach((weight, i) => assert.ok(Math.abs(weight - session.parameters[i]) <= 5.0001e-5));
}

const BEGINNINGS = {
  "two moons": async () => {},
  "a file": async (bench) => ask(bench, "file", file("pets.csv")),
  "a number of a file": async (bench) => {
    await ask(bench, "file", file("pets.csv"));
    await change(bench, { target: "age", loss: "huber", hidden: [5, 3], activations: ["relu", "gelu"], start: "he", test_fraction: 0 });
  },
  "points that are drawn": async (bench) => {
    await ask(bench, "draw", { do: "begin" });
    await ask(bench, "draw", { do: "add", x: 0.2, y: 0.8, of_class: 2 });
  },
};
for (const [title, prepare] of Object.entries(BEGINNINGS)) {
  test(`the script makes the same run of ${title}, with what was changed on the way`, async () => {
    const bench = new Workbench();
    await prepare(bench);
    bench.session.train(20);
    await ask(bench, "weight", { layer: 0, before: 0, unit: 1, value: 0.5 });
    bench.session.train(20);
    await change(bench, { learning_rate: 0.02, batch_size: 8, l1: 0.05, l2: 0.1, dropout: 0.2, schedule: "cosine" });
    bench.session.train(10);
    await change(bench, { optimizer: "sgd", momentum: 0.5 });
    bench.session.train(5);
    await makesTheSame(bench);
  });
}

test("the script makes the articles' runs, and one that was opened by its link", async () => {
  for (const key of ["part1", "part2", "part3"]) {
    const bench = new Workbench();
    await ask(bench, "lesson", { key });
    bench.session.train(300);
    if (LESSONS[key].settings.slip) {
      writeFileSync(join(folder, "run.py"), await ask(bench, "take", { what: "script" }));
      assert.match(atHome("run.py"), /^epoch 300 loss/);
    } else await makesTheSame(bench);
  }
  const [from, to] = [new Workbench(), new Workbench()];
  from.session.train(30);
  await ask(to, "open", { link: await ask(from, "link") });
  to.session.train(12);
  await makesTheSame(to);
  await ask(to, "step", { what: "row" });
  assert.match((await to.ask("take", { what: "script" })).error, /finish this epoch first/);
});

for (const target of ["answer", "pet", "age"]) {
  test(`the model file predicts ${target} on the command line as here`, async () => {
    const bench = new Workbench();
    await ask(bench, "file", file("pets.csv"));
    await change(bench, { target, loss: target === "age" ? "squared_error" : "log_loss" });
    bench.session.train(40);
    writeFileSync(join(folder, "m.selenite"), await ask(bench, "take", { what: "model" }));
    const rows = selenite("predict", "m.selenite", "pets.csv", "--json", "-q").trim().split("\n").map((line) => JSON.parse(line));
    const { problem } = bench.session, { target: known, n_outputs } = problem, output = bench.session.predicted([...problem.codes.keys()]);
    rows.forEach((row, i) => {
      const wanted = target === "age" ? { prediction: known.center + known.width * output[i] }
        : Object.fromEntries(known.classes.map((name, k) => [`probability of ${name}`, n_outputs > 1 ? output[n_outputs * i + k] : k ? output[i] : 1 - output[i]]));
      for (const [name, value] of Object.entries(wanted)) assert.ok(Math.abs(row[name] - value) <= 1e-9 * (1 + Math.abs(value)), `${name}: ${row[name]}, not ${value}`);
    });
  });
}

test("the model of a built-in set judges its data file", async () => {
  const bench = new Workbench();
  await ask(bench, "change", { settings: settingsOf({ data: "circle", features: ["x1", "x1²", "x2²"] }) });
  bench.session.train(60);
  writeFileSync(join(folder, "m.selenite"), await ask(bench, "take", { what: "model" }));
  writeFileSync(join(folder, "d.csv"), await ask(bench, "take", { what: "data" }));
  const { scores } = JSON.parse(selenite("score", "m.selenite", "d.csv", "--json")), { codes } = bench.session.problem;
  const output = bench.session.predicted([...codes.keys()]), right = output.filter((value, i) => Number(value > 0.5) === codes[i]).length / codes.length;
  assert.equal(scores.all_rows.metrics.accuracy.value, right);
});
