// Links: those that were ever made open, what is carried comes back, and what is no link is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeLink, encodeLink, packWeights, unpackWeights } from "../../../src/selenite/play/page/worker/link.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import { Workbench } from "../../../src/selenite/play/page/worker/workbench.js";
import { recorded } from "./support.mjs";

const parameters = Float64Array.from({ length: 17 }, (_, i) => Math.sin(i) * 10 ** (i - 8));
const full = {
  settings: settingsOf({ features: ["x1²", "sin x2"], rows: 57, learning_rate: 0.003, kinds: [["zip", "category"]] }), epoch: 99, weights: packWeights(parameters),
  points: [[0.25, -1.5, 3], [1, 2, 0]], lesson: "part2", own: null, hidden: ["more", "seeds"],
};

test("links open as they did when they were made, by any version", async () => {
  for (const [text, carried] of recorded.links) {
    const settings = { drop: [], kinds: [], ...carried.settings }; // since then
    assert.deepEqual(JSON.parse(JSON.stringify(await decodeLink(text))), { own: null, ...carried, settings });
  }
});

test("what a link carries comes back, from the whole address or its fragment", async () => {
  const plain = { ...full, settings: settingsOf(), weights: "", points: [] };
  assert.deepEqual(await decodeLink(await encodeLink(full)), full);
  assert.deepEqual(await decodeLink(`http://127.0.0.1:1/#${await encodeLink(plain)}`), plain);
});

test("weights come back to the bit, and only as many as the network has", () => {
  assert.deepEqual(unpackWeights(packWeights(parameters), 17), parameters);
  assert.equal(unpackWeights("", 17), null);
  assert.throws(() => unpackWeights(packWeights(parameters), 16), /this link has 17 weights, and its network 16/);
  assert.throws(() => unpackWeights(packWeights(Float64Array.of(NaN)), 1), /all finite/);
  assert.throws(() => unpackWeights("%", 1), /cannot be read/);
  assert.throws(() => packWeights(new Float64Array(2001)), /a link holds 2,000 weights and this network has 2,001; save the model file/);
});

test("what is no link is refused in words", async () => {
  const link = await encodeLink(full), zeros = new Response(new Blob([new Uint8Array(2 ** 23)]).stream().pipeThrough(new CompressionStream("deflate")));
  const bomb = `1.${Buffer.from(await zeros.arrayBuffer()).toString("base64url")}`;
  const wrong = async (changes) => encodeLink({ ...full, ...changes });
  const cases = [
    ["", /this is no link/], ["1.äö", /this is no link/], [`3.${link.slice(2)}`, /format 3, and this selenite reads formats 1 and 2/], [link.slice(0, 80), /cannot be read/],
    ["1.AAAA", /cannot be read/], [`1.${"A".repeat(200_000)}`, /this is no link/], [bomb, /more than 4,194,304 bytes/], [await wrong({ more: 1 }), /a link has no "more"/],
    [await wrong({ epoch: -1 }), /epoch cannot be -1/], [await wrong({ points: [[0, 0, 10]] }), /cannot be 10/], [await wrong({ settings: { rows: 5 } }), /rows cannot be 5; it is a whole number from 10 to 2,000/],
    [await wrong({ hidden: ["<b>"] }), /a control's name/], [await wrong({ settings: { __proto__: null, ["__proto__"]: {} } }), /settings has no "__proto__"/],
  ];
  for (const [text, words] of cases) await assert.rejects(decodeLink(text), words);
});

test("a bench is opened where another one was shared", async () => {
  const [from, to] = [new Workbench(), new Workbench()];
  await from.ask("draw", { do: "begin" });
  await from.ask("draw", { do: "add", x: 0.5, y: 0.5, of_class: 1 });
  for (let i = 0; i < 3; i++) await from.ask("step");
  const { result } = await to.ask("open", { link: (await from.ask("link")).result });
  assert.equal(result, "Opened a link with settings, weights of epoch 3, 101 drawn points. Nothing runs until you press play.");
  assert.deepEqual([to.session.parameters, to.session.epoch, to.drawing.points], [from.session.parameters, 3, from.drawing.points]);
  await to.ask("step");
  assert.equal(to.session.epoch, 4);
  assert.match((await to.ask("goto", { epoch: 2 })).error, /there are 3 to 4/);
});

const PUPILS = `size;pet;good\n${Array.from({ length: 40 }, (_, i) => `${140 + i},5;${["cat", "dog", ""][i % 3]};${i > 20 ? "yes" : "no"}`).join("\n")}\n`;

test("a table goes with a link where that is wanted, and learns on", async () => {
  const [from, to, other] = [new Workbench(), new Workbench(), new Workbench()];
  assert.equal((await from.ask("file", { name: "pupils.csv", bytes: new TextEncoder().encode(PUPILS) })).error, undefined);
  for (let i = 0; i < 3; i++) await from.ask("step");
  const { result: link } = await from.ask("link", { table: true }), { result: without } = await from.ask("link");
  assert.match(link, /^2\./);
  assert.match(without, /^1\./);
  assert.equal((await to.ask("open", { link })).result, "Opened a link with settings, weights of epoch 3, the table pupils.csv. Nothing runs until you press play.");
  assert.deepEqual([to.session.parameters, to.session.problem.X], [from.session.parameters, from.session.problem.X]);
  assert.equal(to.file.source, "pupils.csv");
  assert.match((await other.ask("open", { link: without })).error, /which it does not carry; open the file first/);
  assert.equal((await to.ask("open", { link: without })).error, undefined);
  delete from.file.text; // as where the server has read it
  assert.match((await from.ask("link", { table: true })).result, /^2\./);
  from.file.columns[0].whole = true;
  assert.match((await from.ask("link", { table: true })).error, /would not give again/);
});

test("a link that Python reads is no longer than it reads, and one with a table not without end", async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${[1, 2, 3, 4, 5, 6].map((k) => Math.sin(i ** k)).join()},${i % 2}`), bench = new Workbench();
  await bench.ask("file", { name: "long.csv", bytes: new TextEncoder().encode(`a,b,c,d,e,f,y\n${rows.slice(0, 3000).join("\n")}`) });
  assert.ok((await bench.ask("link", { table: true })).result.length < 250_000);
  await bench.ask("file", { name: "long.csv", bytes: new TextEncoder().encode(`a,b,c,d,e,f,y\n${rows.join("\n")}`) });
  assert.match((await bench.ask("link", { table: true })).error, /a link holds 1,000,000; share the file/);
});
