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

const MAKE = `import contextlib, io, json, runpy, sys
def printed(path):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        runpy.run_path(path, run_name="__main__")
    return text.getvalue()
print(json.dumps([printed(path) for path in sys.argv[1:]]))`;

/** What a script printed is the epoch, the loss and the weights of the page, to the digit. */
function assertTheSame(printed, { epoch, first_epoch, curves, shownScale, parameters }, title) {
  const [first, weights] = printed.split("weights "), [, at, , loss] = first.split(/\s+/);
  assert.equal(Number(at), epoch, title);
  assert.equal(Number(loss), curves.loss[epoch - first_epoch - 1] * shownScale, title);
  JSON.parse(weights).forEach((weight, i) => assert.ok(Math.abs(weight - parameters[i]) <= 5.0001e-5, title));
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
/** Runs by title: what was changed on the way, the articles', and one that was opened by its link. */
async function differentRuns() {
  const runs = {};
  for (const [title, prepare] of Object.entries(BEGINNINGS)) {
    const bench = (runs[title] = new Workbench());
    await prepare(bench);
    bench.session.train(20);
    await ask(bench, "weight", { layer: 0, before: 0, unit: 1, value: 0.5 });
    bench.session.train(20);
    await change(bench, { learning_rate: 0.02, batch_size: 8, l1: 0.05, l2: 0.1, dropout: 0.2, schedule: "cosine" });
    bench.session.train(10);
    await change(bench, { optimizer: "sgd", momentum: 0.5 });
    bench.session.train(5);
  }
  for (const key of ["part1", "part2", "part3"]) {
    const bench = (runs[key] = new Workbench());
    await ask(bench, "lesson", { key });
    bench.session.train(300);
  }
  const from = new Workbench(), to = (runs["opened by its link"] = new Workbench());
  from.session.train(30);
  await ask(to, "open", { link: await ask(from, "link") });
  to.session.train(12);
  return runs;
}

test("the script makes the same run, whatever was changed on the way, and refuses half an epoch", async () => {
  const runs = Object.entries(await differentRuns()), paths = runs.map((_, i) => `run${i}.py`);
  for (const [i, [, bench]] of runs.entries()) writeFileSync(join(folder, paths[i]), await ask(bench, "take", { what: "script" }));
  const printed = JSON.parse(atHome("-c", MAKE, ...paths)); // Python starts once for all
  assert.equal(atHome(paths[0]), printed[0]);
  for (const [i, [title, { session }]] of runs.entries()) {
    if (LESSONS[title]?.settings.slip) assert.match(printed[i], /^epoch 300 loss/);
    else assertTheSame(printed[i], session, title);
  }
  const [, last] = runs.at(-1);
  await ask(last, "step", { what: "row" });
  assert.match((await last.ask("take", { what: "script" })).error, /finish this epoch first/);
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
