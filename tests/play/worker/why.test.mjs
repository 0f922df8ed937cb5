// The page's explanations are Python's: the same terms, texts and LaTeX. Numbers that the kernel computes have the same bits;
// those of Math.exp and the like may differ in the last.

import assert from "node:assert/strict";
import { test } from "node:test";
import { expand } from "../../../src/selenite/play/page/worker/why/expand.js";
import { toDict, toLatex, toText } from "../../../src/selenite/play/page/worker/why/words.js";
import { columnSchema, encode, inputNames } from "../../../src/selenite/play/page/worker/table/encode.js";
import { networkOf } from "../../../src/selenite/play/page/worker/backend.js";
import { exactSum, spacing } from "../../../src/selenite/play/page/worker/why/expansion.js";
import { python } from "./support.mjs";

const withoutUlps = (text) => text.replace(/\([\d,]+ ulp\)/g, "");

/** A tree as far as it must be equal: numbers that Math has a hand in are compared apart. */
function essence(tree) {
  const { address, text, note, remarks, article, formula, check, terms } = tree;
  return {
    address, text, note, remarks, article, formula, holds: check && check.holds,
    terms: terms.map(({ label, count, numbers: written, factors }) => ({
      label, count, written, factors: factors.map(({ symbol, address: at, opens, article: alias, opened }) => ({ symbol, at, opens, alias, opened: opened && essence(opened) })),
    })),
  };
}

function close(mine, theirs) {
  assert.ok(Math.abs(mine.value - theirs.value) <= 1e-13 * Math.max(Math.abs(theirs.value), 1e-3), `${mine.address}: ${mine.value}, ${theirs.value}`);
  mine.terms.forEach((term, k) => {
    assert.ok(Math.abs(term.value - theirs.terms[k].value) <= 1e-12 * Math.max(Math.abs(term.value), 1e-3), `${mine.address}, ${term.label}`);
    term.factors.forEach(({ opened }, f) => opened && close(opened, theirs.terms[k].factors[f].opened));
  });
}

test("numbers of networks drawn at random, and of the tutorial's", () => {
  let count = 0;
  for (const [subject, answers] of python("explanations.py"))
    for (const { address, tree, text, latex } of answers) {
      const found = expand({ ...subject, kernel: { network: networkOf } }, address, 2), mine = toDict(found, { terms: 12, digits: 5 });
      assert.deepEqual(essence(mine), essence(tree));
      close(mine, tree);
      assert.equal(withoutUlps(toText(found, { terms: 12, digits: 5 })), withoutUlps(text));
      assert.equal(withoutUlps(toLatex(found, { terms: 12 })), withoutUlps(latex));
      count += 1;
    }
  assert.ok(count > 500);
});

test("sums are rounded once", () => {
  assert.equal(exactSum([1e16, 1, 1]), 1e16 + 2);
  assert.equal(exactSum([1, 1e100, 1, -1e100]), 2);
  assert.equal(exactSum([0.1, 0.2, 0.3, -0.6]), 5.551115123125783e-17 - 2.7755575615628914e-17);
  assert.equal(exactSum([]), 0);
  assert.equal(spacing(1), Number.EPSILON);
});

test("a number and a gap are taken apart as the table's numbers", () => {
  const values = Float64Array.of(42, 11, NaN), known = columnSchema("age", "number", { scales: [{ center: 40, width: 8 }], missing: true });
  const X = encode([known], [{ name: "age", type: "number", values }], 3), input_names = inputNames([known]);
  assert.deepEqual(input_names, ["age", "age is missing"]);
  const cell = (i, row) => ({ known, part: i, isLast: i === 1, value: values[row], text: row === 2 ? "missing" : String(values[row]) });
  const network = { layer_sizes: [2, 1], activations: ["identity"], loss: "squared_error", biases: false };
  const subject = { kernel: { network: networkOf }, description: network, parameters: new Float64Array(2), X, Y: null, input_names, cell, row_numbers: [1, 2, 3] };
  const asked = (row, name) => expand(subject, `row${row}.input[${name}]`);
  const u = (42 - 40) / 8;
  assert.equal(asked(1, "age").value, u / Math.sqrt(1 + (u / 3) ** 2));
  assert.deepEqual([1, 2, 3].map((row) => asked(row, "age is missing").value), [0, 0, 1]);
  for (const name of input_names) for (const row of [1, 2]) assert.ok(asked(row, name).check.holds, name);
  assert.deepEqual([asked(3, "age").terms, asked(3, "age").note], [[], "column age is missing"]);
});
