// Tables in the page: what is learnt of columns and what inputs they become, compared with Python's, to the bit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encode, inputColumns, inputNames } from "../../../src/selenite/play/page/worker/table/encode.js";
import { arrays, python } from "./support.mjs";

const { encodings } = python("tables.py");

test("columns of every kind become the same inputs, to the bit", () => {
  for (const [i, { schema, columns, n_rows, names, of, X }] of encodings.entries()) {
    assert.deepEqual([inputNames(schema), inputColumns(schema)], [names, of], `case ${i}`);
    const found = encode(schema, columns.map(arrays), n_rows);
    const waves = of.map((k, input) => schema[k].kind === "date" && /_(sin|cos)$/.test(names[input])); // whose sines are the page's own
    const place = found.findIndex((value, at) => (waves[at % names.length] ? Math.abs(value - X[at]) > 1e-15 : !Object.is(value + 0, X[at] + 0)));
    assert.ok(found.length === X.length && place < 0, `case ${i}, ${names[place % names.length]}: ${found[place]}, not ${X[place]}, of ${JSON.stringify(schema[of[place % names.length]])}`);
  }
});
