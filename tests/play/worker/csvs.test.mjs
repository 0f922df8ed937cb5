/* The page's small reader of text tables: what it takes it reads and learns as Python does, to the bit but for sines; the rest it refuses. By hand
   and by chance; FIRST and COUNT choose other ones by chance. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeProblem } from "../../../src/selenite/play/page/worker/problem.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import { readTable } from "../../../src/selenite/play/page/worker/table/csv.js";
import { Refusal } from "../../../src/selenite/play/page/worker/text.js";
import { python } from "./support.mjs";

const { FIRST = "0", COUNT = "100" } = process.env;
const cases = python("csvs.py", FIRST, COUNT);
const READ = 0.4; // of those that Python takes, at the least

/** What a function gives, or its refusal. */
function tried(act) {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: error.message };
  }
}

/** A value as JSON would have it, without what is not said. */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, each) => (ArrayBuffer.isView(each) ? Array.from(each, (x) => (Number.isNaN(x) ? "gap" : x + 0)) : each === false || each === null ? undefined : each)));

const refused = [];
for (const { name, bytes, error, ...wanted } of cases) {
  test(`a table: ${name}`, () => {
    const table = tried(() => readTable("t.csv", Uint8Array.from(Buffer.from(bytes, "base64"))));
    if (table.error) {
      assert.match(table.error, /selenite play t\.csv/);
      refused.push([name, table.error, error ?? ""]);
      return;
    }
    assert.equal(error, undefined, "Python refuses it");
    assert.deepEqual(plain([table.columns, table.first_line]), plain([wanted.columns, wanted.first_line]));
    for (const { settings, error: why, ...known } of wanted.learnt) {
      const problem = tried(() => makeProblem(settingsOf(settings), table));
      if (why || problem.error) {
        if (!/A page by itself/.test(problem.error)) assert.equal(problem.error, why);
        else refused.push([name, problem.error, why ?? ""]);
        continue;
      }
      const { X, inputs } = known, isWave = inputs.map((each) => /: \w+_(sin|cos)$/.test(each)); // the page's sines are its own
      const near = X.map((value, i) => (isWave[i % inputs.length] && Math.abs(value - problem.X[i]) < 1e-15 ? problem.X[i] : value));
      assert.deepEqual(plain(Object.fromEntries(Object.keys(known).map((key) => [key, problem[key]]))), plain({ ...known, X: near }));
    }
  });
}

test("what is said to be text, or of dates and is none, is the server's to read", () => {
  const table = readTable("t.csv", new TextEncoder().encode("note,size,y\na b,1,0\nc d,2,1\ne,3,0\nf,4,1\n"));
  const refusals = [[["note", "text"]], [["size", "date"]]].map((kinds) => tried(() => makeProblem(settingsOf({ data: "file", kinds }), table)).error);
  assert.match(refusals[0], /column "note" is said to be of kind text\. .*selenite play t\.csv reads more/);
  assert.match(refusals[1], /column "size" is said to be of kind date and holds numbers such as "1"\. .*selenite play t\.csv reads more/);
});

test("most of what is plain is read", () => {
  const taken = cases.filter(({ error }) => !error), without = refused.filter(([, , error]) => !error);
  if (process.env.TELL) for (const each of refused) console.log(each.join("\n    "));
  assert.ok(without.length < (1 - READ) * taken.length, `${without.length} of ${taken.length} tables are refused that Python takes`);
});
