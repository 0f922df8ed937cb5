// Files that the server opens: a model's predictions to the bit, each network inside, rows and none; and tables.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Workbench } from "../../../src/selenite/play/page/worker/workbench.js";
import { axisOf, inputsAt } from "../../../src/selenite/play/page/worker/plane.js";
import { served } from "./support.mjs";

const { models, knowing, file, end } = await served();
after(end);

/** A bench with some files opened one after the other, and what it was told last. */
async function opened(...names) {
  const told = {}, bench = new Workbench((event, content) => { told[event] = content; });
  for (const name of names) assert.deepEqual(await bench.ask("file", typeof name === "string" ? file(name) : name), { result: null });
  const ask = async (verb, body) => {
    const { result, error } = await bench.ask(verb, body);
    assert.equal(error, undefined);
    return result;
  };
  return { bench, told, ask };
}

const rowsOf = (text, name) => ({ name, bytes: new TextEncoder().encode(text) });
const close = (found, wanted, share) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) <= share * (1 + Math.abs(wanted[i])), `${value}, not ${wanted[i]}`));

test("its answers are those of predict to the bit", async () => {
  for (const [name, { output }] of Object.entries(models)) {
    const { bench, ask } = await opened(`${name}.selenite`, "pets.csv"), { problem } = bench.session;
    assert.deepEqual([...bench.session.predicted([...output.keys()])], output);
    const page = await ask("rows", { start: 50 }), { target } = problem;
    const number = (value) => target.center + target.width * value;
    assert.deepEqual(page.rows.map(({ told }) => told), output.slice(50, 100).map((value) => (name === "classes" ? (value > 0.5 ? "yes" : "no") : number(value))));
  }
});

test("rows put aside are judged apart, as the model says", async () => {
  const { told } = await opened("classes.selenite", "pets.csv"), { state, frame } = told;
  const [, , accuracy] = models.classes.figures.find(([metric, model]) => metric === "accuracy" && model === "selenite");
  assert.deepEqual(state.rows, { all: 240, training: 192, test: 48 });
  assert.equal(state.opened.judged, "on 48 rows put aside");
  close([frame.good.test], [accuracy], 1e-12);
});

test("each network is looked into and can answer alone", async () => {
  const { bench, told, ask } = await opened("classes.selenite", "pets.csv"), { alone } = models.classes;
  await ask("look", { member: 1, alone: true });
  const { frame, state } = told, shown = bench.chosen.map(({ units }) => units);
  shown.forEach((units, l) => close(frame.values[l], units.map((unit) => alone[l][unit]), 2e-5));
  close(frame.prediction, alone.at(-1), 1e-6);
  assert.deepEqual([state.opened.member, state.opened.alone, bench.chosen[1].others.length], [1, true, 5]); // of 20 units 15 are drawn
  const { weights } = await ask("matrix", { layer: 1 }), rest = bench.chosen[1].others;
  close(frame.others[1], shown[2].map((to) => rest.reduce((sum, unit) => sum + alone[1][unit] * weights[unit * 8 + to], 0)), 1e-5);
  assert.match((await bench.ask("look", { member: 3 })).error, /there is no network 4; the model has 3/);
});

test("layers are named by the columns, and axes are those that count", async () => {
  const { told } = await opened("classes.selenite", "pets.csv"), { names } = told.state.layers[0];
  assert.ok(["pet = owl", "age"].every((name) => names.includes(name)) && names.some((name) => name.startsWith("age: rank, wave")));
  assert.deepEqual(told.state.axes.map(({ name }) => name), ["age", "income"]);
});

test("why begins with the mean of the networks", async () => {
  const { ask } = await opened("classes.selenite", "pets.csv"), [p] = models.classes.output;
  const { tree } = await ask("why", { layer: 2, unit: 0 });
  assert.equal(tree.address, "probability[yes]");
  close([tree.value], [p], 1e-4);
  assert.equal(tree.terms.length, 3);
  const inside = await ask("expand", { address: "member2.hidden1.unit1.z" });
  assert.ok(inside.check.holds);
  await ask("look", { member: 1, alone: true });
  assert.equal((await ask("why", { layer: 2, unit: 0 })).tree.address, "member2.output.unit1.a");
  assert.match((await ask("why", { layer: 2, unit: 0, part: "update" })).said, /no step follows/);
  const delta = (await ask("why", { layer: 0, unit: 3, part: "backward" })).tree;
  const weight = await ask("why", { layer: 0, unit: 3, before: 1, part: "backward" });
  assert.deepEqual([delta.address, weight.tree.address], ["member2.hidden1.unit4.delta", "member2.hidden1.weights[2,4].gradient"]);
  assert.ok(weight.title.startsWith("Weight from ") && delta.check.holds && weight.tree.check.holds);
});

test("backward is shown where answers are known", async () => {
  const { bench, told, ask } = await opened("classes.selenite", "pets.csv");
  await ask("show", { what: "backward" });
  assert.ok(told.state.backward);
  assert.deepEqual(told.frame.gradients.map((gradient) => [gradient.length, gradient[0].length]), [[12, 15], [15, 8], [8, 1]]);
  await ask("file", file("classes.selenite"));
  assert.deepEqual([told.state.backward, told.frame.gradients, bench.backward], [false, null, true]);
});

test("rows that it knows, and rows beside them, are answered as predict does", async () => {
  const { bench, ask } = await opened("recurring.selenite", "recurring.csv"), { session } = bench, { problem } = session;
  assert.deepEqual([...session.predicted([...knowing.output.keys()])], knowing.output);
  const { labels, followed } = await ask("depends", { column: "trade", of_class: 1 });
  assert.deepEqual(followed, knowing.by_trade);
  const axes = ["city", "trade"].map((name) => axisOf(problem, name)), { texts, codes } = problem.column("city");
  const places = axes.map((axis, k) => labels.map((_, trade) => (k ? trade + 0.5 : axis.labels.indexOf(texts[codes[0]]) + 0.5) / axis.labels.length));
  assert.deepEqual([...session.answer(inputsAt(problem, axes, places, 0))], knowing.by_trade);
  assert.ok(session.answer(inputsAt(problem, axes, places)).every((share) => share > 0 && share < 1));
  assert.ok((await ask("why", { layer: 1, unit: 0 })).tree.check.holds);
});

test("nothing trains it", async () => {
  const { bench } = await opened("classes.selenite", "pets.csv"), before = bench.session.parameters;
  const usual = { ...bench.session.settings, learning_rate: 0.5 };
  for (const [verb, body] of [["play"], ["step"], ["step", { what: "row" }], ["weight", { layer: 0, before: 0, unit: 0, value: 1 }], ["seeds"], ["beside", { do: "begin" }], ["change", { settings: usual }],
    ["take", { what: "script" }]]) assert.match((await bench.ask(verb, body)).error, /this is a finished model/, verb);
  assert.match((await bench.ask("link")).error, /share its file/);
  for (const [verb, body] of [["back"], ["goto", { epoch: 0 }], ["reset"]]) assert.deepEqual(await bench.ask(verb, body), { result: null });
  assert.equal(bench.session.parameters, before);
  assert.ok(!bench.playing);
  const { bytes } = file("classes.selenite");
  assert.deepEqual((await bench.ask("take", { what: "model" })).result, new Uint8Array(bytes));
});

test("without rows it is seen by one of usual values", async () => {
  const { told, ask } = await opened("classes.selenite"), { state, frame } = told;
  assert.deepEqual([state.rows, state.answers, frame.wrong], [{ all: 1, training: 0, test: 1 }, false, []]);
  const axis = state.axes.find(({ name }) => name === "age"), age = Number(Object.fromEntries(state.followed_row).age);
  assert.ok(axis.low < 18 && 18 < age && age < 89 && 89 < axis.high);
  assert.match((await ask("why", { layer: 0, unit: 0, part: "backward" })).said, /have none/);
  assert.equal((await ask("matrix", { layer: 0 })).units.at(-1), "h1.20");
  assert.deepEqual((await ask("depends", { column: "pet", of_class: 1 })).values, ["cat", "dog", "owl"]);
  assert.deepEqual(Object.keys((await ask("at", { x: 0.5, y: 0.5 })).shares), ["no", "yes"]);
  const [first, second] = (await ask("bent", { layer: 2 })).units;
  assert.notEqual(first, second);
});

test("new rows need no answers; those that do not fit are refused and change nothing", async () => {
  const { bench, told, ask } = await opened("classes.selenite", rowsOf("pet,income,age\nowl,,20\ncat,31.5,77\n", "new.csv"));
  assert.deepEqual(told.state.rows, { all: 2, training: 0, test: 2 });
  assert.deepEqual((await ask("rows")).rows.map((row) => [row.is, row.error]), [[null, null], [null, null]]);
  const { session } = bench;
  const { error } = await bench.ask("file", rowsOf("pet,income\nowl,1\n", "less.csv"));
  assert.match(error, /age/);
  assert.match(error, /less\.csv|column/);
  assert.equal(bench.session, session);
});

test("another set leaves it, and it can be taken up again", async () => {
  const { bench, told, ask } = await opened("classes.selenite", "pets.csv"), { session } = bench;
  await ask("change", { settings: { ...session.settings, data: "moons" } });
  assert.deepEqual([told.state.opened, told.state.model], [null, "classes.selenite"]);
  await ask("step");
  await ask("change", { settings: { ...bench.session.settings, data: "model", axes: ["pet", "age"] } });
  assert.equal(bench.session, session);
  assert.deepEqual(told.state.axes.map(({ name }) => name), ["pet", "age"]);
  await ask("draw", { do: "begin" });
  await ask("draw", { do: "clear" });
  assert.ok(!bench.session.finished && told.state.waiting);
});

test("a table is learnt from as selenite reads it, and its target is chosen", async () => {
  const { bench, told, ask } = await opened("pets.csv"), { problem } = bench.session;
  assert.deepEqual([told.state.file, told.state.target, told.state.classes, told.state.rows], ["pets.csv", "answer", ["no", "yes"], { all: 240, training: 180, test: 60 }]);
  assert.deepEqual(problem.inputs, ["age", "pet = cat", "pet = dog", "pet = owl", "income", "income is missing"]);
  for (let i = 0; i < 60; i++) await ask("step");
  assert.ok(told.frame.good.train > 0.6);
  await ask("change", { settings: { ...bench.session.settings, target: "pet" } });
  assert.deepEqual(told.state.classes, ["cat", "dog", "owl"]);
  assert.match((await bench.ask("change", { settings: { ...bench.session.settings, loss: "huber" } })).error, /the loss huber does not go with 3 classes/);
  await ask("change", { settings: { ...bench.session.settings, target: "age" } });
  assert.deepEqual([told.state.classes, told.state.settings.loss], [[], "squared_error"]);
  await ask("change", { settings: { ...bench.session.settings, data: "circle", target: "", loss: "log_loss" } });
  await ask("change", { settings: { ...bench.session.settings, data: "file", target: "age" } });
  assert.equal(told.state.settings.loss, "squared_error");
  assert.match((await bench.ask("file", rowsOf("a,b\n1,2\n3\n", "ragged.csv"))).error, /ragged\.csv/);
  assert.match((await bench.ask("file", rowsOf("MZ", "a.exe"))).error, /a\.exe cannot be opened here/);
});

test("text is learnt from by its words, goes home in the model, and comes back by a link", async () => {
  const lines = Array.from({ length: 160 }, (_, i) => `a ${i * 7 % 5 < 2 ? "fine" : "dull"} bottle of ${1900 + i} from here,${i % 9},${i * 7 % 5 < 2 ? "yes" : "no"}`);
  const { bench, told, ask } = await opened(rowsOf(`note,size,good\n${lines.join("\n")}\n`, "notes.csv")), { settings } = bench.session;
  assert.deepEqual(told.state.layers[0].names, ["size"]);
  await ask("change", { settings: { ...settings, kinds: [["note", "text"]] } });
  const { problem } = bench.session, { inputs, columns } = problem;
  assert.deepEqual([inputs, columns, told.state.axes.map(({ name }) => name)], [["note: score", "size"], ["note: score", "size"], ["note: score", "size"]]);
  assert.deepEqual([told.state.kinds.note, told.state.names], ["text", ["note", "size", "good"]]);
  for (const row of [problem.training[0], problem.test[0]]) {
    await ask("follow", { row });
    const tree = await ask("expand", { address: "input[note: score]", terms: 100 }), labels = tree.terms.map(({ label }) => label);
    assert.ok(tree.check.holds && labels.some((label) => /^'(fine|dull)'$/.test(label)), tree.verdict);
    assert.equal(labels.includes("its own fold left out"), row === problem.training[0]);
    assert.match(tree.note, /^column note holds a (fine|dull) bottle/);
  }
  assert.equal((await ask("depends", { column: "note: score", of_class: 1 })).values.length, 33);
  for (let i = 0; i < 3; i++) await ask("step");
  const fragment = await ask("link", { table: true }), predicted = bench.session.predicted(problem.test), bytes = await ask("take", { what: "model" });
  const other = await opened();
  await other.ask("open", { link: fragment });
  assert.deepEqual([other.told.state.kinds.note, other.bench.session.predicted(problem.test)], ["text", predicted]);
  await other.ask("file", { name: "notes.selenite", bytes: bytes.slice() });
  assert.deepEqual([other.told.state.columns, other.told.state.layers[0].names], [["size"], inputs]);
});

test("epochs of the server are those of the page, and going back finds them", async () => {
  const { bench, ask } = await opened("pets.csv"), { session } = bench;
  const twin = session.copy();
  for (const batch_size of [0, 32]) {
    await ask("change", { settings: { ...bench.session.settings, batch_size } });
    Object.assign(twin, { settings: bench.session.settings });
    bench.session.lent = bench.session.epoch + 3;
    bench.session.train(3);
    bench.session.train(20);
    twin.train(3);
    twin.train(20);
    assert.deepEqual(bench.session.parameters, twin.parameters);
    assert.deepEqual(bench.session.curves, twin.curves);
    assert.deepEqual(bench.session.state, twin.state);
    const there = bench.session.parameters.slice(), { epoch } = bench.session;
    await ask("goto", { epoch: epoch - 22 });
    await ask("goto", { epoch });
    assert.deepEqual(bench.session.parameters, there);
  }
});
