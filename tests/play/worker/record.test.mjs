/* Verbs as they were recorded with a session in Python, the first there was: the page's tells the same numbers after each, to
   the bit. What is not the kernel's arithmetic is named below, and within a few ulp; words are not recorded. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { doctor } from "../../../src/selenite/play/page/worker/doctor.js";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { SETS } from "../../../src/selenite/play/page/worker/points.js";
import { Workbench } from "../../../src/selenite/play/page/worker/workbench.js";
import { breathe } from "../../../src/selenite/play/page/worker/player.js";
import { Refusal } from "../../../src/selenite/play/page/worker/text.js";
import { arrays, recorded } from "./support.mjs";

const { stories, made: sets, files, tables } = recorded;

/** What may differ from Python's, and by how much. */
const NEARLY = [
  [/frame\.others/, 1e-15], // sums over the units that are not drawn: NumPy leaves their order to its library
  [/frame\.(deltas|gradients)/, 2 ** -1022], // the processor takes numbers as small as this for 0, WebAssembly does not
  [/check\.ulp/, 4], // the terms of an explanation are computed apart from the kernel: e^z, ln and erf here and there
];
const UNTOLD = /frame\.other\.loss/; // at epoch 0, by Python's
const SHARE_OF_A_TERM = 1e-14; // by which those may differ, and where they cancel a tenth of it
const LONG = 200; // characters of text, such as a surface, from which on its hash is recorded

/** The same as JSON would have it: numbers that are none are null, bytes are base 64. */
function plain(value) {
  if (ArrayBuffer.isView(value)) return plain(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  if (typeof value === "string" && value.length > LONG) return `sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 16)}`;
  if (typeof value === "string") return value.replace(/(\d)\.0(?=,|$)/g, "$1"); // Python writes 2.0 where JavaScript writes 2
  return typeof value === "number" ? (Number.isFinite(value) ? value + 0 : null) : value;
}

/** Every place where what was recorded is another now. */
function* differences(found, wanted, where) {
  if (typeof wanted === "object" && wanted !== null && typeof found === "object" && found !== null) {
    if (Array.isArray(wanted) && wanted.length !== found.length) yield `${where}: ${found.length}, not ${wanted.length}`;
    for (const key of Object.keys(wanted)) yield* differences(found[key], wanted[key], where ? `${where}.${key}` : key);
  } else if (found !== wanted && !(wanted === null && UNTOLD.test(where))) {
    const ofTerm = /^result\..*(value|total)$/.test(where) ? SHARE_OF_A_TERM * (0.1 + Math.abs(wanted)) : 0;
    const allowed = NEARLY.find(([place]) => place.test(where))?.[1] ?? ofTerm;
    if (!(Math.abs(found - wanted) <= allowed)) yield `${where}: ${shortened(found)}, not ${shortened(wanted)}`;
  }
}

const shortened = (value) => { const text = JSON.stringify(value) ?? "nothing"; return text.length > 200 ? `${text.slice(0, 199)}…` : text; };

LESSONS["part2-biases"] = { ...LESSONS.part2, settings: { ...LESSONS.part2.settings, biases: true, epochs: 2000 }, speed: 10 }; // there was one
SETS.clouds.classes = null; // they had numbers for names

for (const [name, set] of Object.entries(SETS)) { // their last bits are the page's own: here Python's are taken
  set.endless = false; // there were no new points
  set.make = (rows, noise, seed) => {
    const made = sets[`${name} ${rows} ${noise} ${seed}`];
    return { X: Float64Array.from(made.X), y: Float64Array.from(made.y) };
  };
}

/** Open a file: read here, or as Python read it and learnt of it. */
async function open(bench, name) {
  if (!tables[name]) return bench.ask("file", { name, bytes: new TextEncoder().encode(files[name]) });
  bench.openTable({ ...tables[name], columns: tables[name].columns.map(arrays), learn: ({ target }) => arraysOf(tables[name].learnt[target]) });
  bench.tell();
  return {};
}

function arraysOf({ error, training, test, ...learnt }) {
  if (error) throw new Refusal(error);
  return { ...learnt, training: Int32Array.from(training), test: Int32Array.from(test) };
}

for (const { title, steps } of stories) {
  test(title, async () => {
    const told = {}, bench = new Workbench((event, content) => { told[event] = content; });
    for (const [i, { verb, body, told: wanted }] of steps.entries()) {
      for (const event of Object.keys(told)) delete told[event];
      let answer = {};
      if (verb === "train") for (const session of bench.sessions) session.train(body.epochs);
      if (verb === "train" || verb === "tell") bench.tell();
      else if (verb === "file") answer = await open(bench, body.name);
      else answer = await bench.ask(verb, body);
      bench.player.stop();
      while (bench.trials) await breathe();
      const found = wanted.events ? { events: told } : wanted.refused ? { refused: "error" in answer } : { result: answer.result };
      delete told.trials;
      delete told.state?.files; // Python's workbench keeps one
      if (told.state) told.state.baseline = (told.detail ?? wanted.events?.state)?.baseline; // Python's told it with the state
      if (wanted.events?.state && verb === "play") wanted.events.state.playing = true; // it is stopped after it is told
      const tried = told.state?.seeds, known = wanted.events?.state?.seeds;
      if (tried && known) { // Python's page compared the losses of training rows
        if (tried.loss_rows === "test") Object.assign(tried, { losses: known.losses, linear: known.linear, median: known.median });
        delete tried.loss_rows;
      }
      if (told.detail) { // Python's page had the finding and made its sentence itself; in sums it spoke of means
        const { session } = bench, known = wanted.events.detail, same = session.settings.sums || !known.finding;
        delete told.detail.verdict;
        delete told.frame.gradient_norm;
        told.detail.finding = same ? known.finding : doctor(session)[0];
      }
      const different = [...differences(plain(found), plain(wanted), "")];
      assert.equal(different.length, 0, `after step ${i}, ${verb} ${JSON.stringify(body)}:\n${answer.error ?? ""}\n${different.slice(0, 8).join("\n")}`);
    }
  });
}
