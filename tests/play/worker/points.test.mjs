// Sets, draws, splits and starts: the same as Python's, to the bit where nothing but the hash and + - × ÷ √ is in them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cos, erf, exp, log, log1p, sin } from "../../../src/selenite/play/page/worker/elementary.js";
import { deviation, mean, median, sum } from "../../../src/selenite/play/page/worker/numbers.js";
import { initialize } from "../../../src/selenite/play/page/worker/parameters.js";
import { DERIVED, SETS, makeTable, thumbnail } from "../../../src/selenite/play/page/worker/points.js";
import { SPLIT, permutation } from "../../../src/selenite/play/page/worker/random.js";
import { split } from "../../../src/selenite/play/page/worker/split.js";
import { mostUlps, python, recorded, ulps } from "./support.mjs";

const found = { ...python("points.py"), ...recorded };

test("the elementary functions are within an ulp of Math's", () => {
  const ranges = [[exp, Math.exp, -745, 709], [exp, Math.exp, -1, 1], [log, Math.log, 0, 1], [log, Math.log, 0.5, 2], [log, Math.log, 1, 1e9],
    [sin, Math.sin, -10, 10], [sin, Math.sin, -1e5, 1e5], [cos, Math.cos, -10, 10], [cos, Math.cos, -1e5, 1e5]];
  for (const [ours, theirs, low, high] of ranges) {
    for (let i = 0; i <= 20_000; i++) {
      const x = low + ((high - low) * i) / 20_000 + 1e-7 * (i % 7);
      assert.ok(ulps(ours(x), theirs(x)) <= 1, `${theirs.name}(${x})`);
    }
  }
  assert.deepEqual([exp(0), exp(-800), exp(800), log(1), log(0), sin(0), cos(0), log(5e-324)], [1, 0, Infinity, 0, -Infinity, 0, 1, Math.log(5e-324)]);
  assert.ok([exp(NaN), log(-1), sin(Infinity), erf(NaN)].every(Number.isNaN));
  for (const x of [1e-20, 1e-9, 0.3, 7, 1e10]) assert.ok(ulps(log1p(x), Math.log1p(x)) <= 1, `log1p(${x})`);
  for (const [x, wanted] of found.erf) assert.ok(Math.abs(erf(x) - wanted) <= 2e-15 * Math.abs(wanted) && erf(-x) === -erf(x), `erf(${x})`);
});

test("a set's small picture fills its square, each class in it", () => {
  for (const [name, set] of Object.entries(SETS)) {
    const { x, y, shade } = thumbnail(set);
    for (const values of [x, y]) assert.deepEqual([Math.min(...values), Math.max(...values)], [0, 1], name);
    assert.ok(x.length === y.length && y.length === shade.length, name);
    if (!set.number) assert.deepEqual([...new Set(shade)].sort(), name === "clouds" ? [0, 1, 2] : [0, 1], name);
  }
});

test("the sets are Python's within a rounding or two of each coordinate", () => {
  const exact = new Set(["clouds", "people"]); // and the tutorial's moons
  for (const { columns, names, ...setting } of found.sets) {
    const table = makeTable(setting);
    assert.deepEqual(table.names, names);
    columns.forEach((column, k) => { // the first 150 rows
      const { values: numbers, codes } = table.columns[k], values = Float64Array.from(numbers ?? codes).slice(0, column.length), what = `${names[k]} of ${JSON.stringify(setting)}`;
      if (exact.has(setting.data) || (setting.data === "moons" && setting.seed === 0)) assert.deepEqual([...values], column, what);
      else assert.ok(values.every((value, i) => Math.abs(value - column[i]) <= 4 * 2 ** -52), what); // of sizes around 1
    });
  }
});

test("a border that is a function parts what lies above it from what lies below", () => {
  const curves = { sine: (x) => 0.7 * Math.sin(Math.PI * x), cubic: (x) => 3 * x ** 3 - 1.5 * x, vee: (x) => 1.4 * Math.abs(x) - 0.7 };
  for (const [data, f] of Object.entries(curves)) {
    const [x1, x2, label] = makeTable({ data, rows: 500, noise: 0, seed: 3 }).columns.map(({ values }) => values);
    label.forEach((one, i) => assert.equal(one, Number(x2[i] > f(x1[i])), data));
    assert.ok(Math.abs(mean(label) - 0.5) < 0.15, data);
  }
});

test("rows are drawn, put aside and summed as in Python", () => {
  for (const [seed, n, rows] of found.permutations) assert.deepEqual([...permutation(seed, n, SPLIT)], rows);
  for (const [n, fraction, seed, classes, ...parts] of found.splits) {
    assert.deepEqual(split(n, fraction, seed, classes).map((rows) => [...rows]), parts, `${fraction} of ${n}`);
  }
  for (const [values, total, ...spread] of found.sums) {
    const array = Float64Array.from(values);
    assert.equal(sum(array), total);
    if (values.length) assert.deepEqual([mean(array), deviation(array), median(array)], spread);
  }
});

test("weights start as in Python, normal ones within 2 ulp", () => {
  for (const [start, biases, parameters] of found.starts) {
    const network = { layer_sizes: [3, 5, 2], activations: ["tanh", "softmax"], loss: "log_loss", biases };
    const most = mostUlps(initialize(network, start, 11), parameters);
    assert.ok(most <= (["glorot", "uniform"].includes(start) ? 0 : 2), `${start}: ${most}`);
  }
});

test("inputs made of x1 and x2 are Python's, a sine within an ulp", () => {
  for (let i = 0; i <= 300; i++) {
    const [x1, x2] = [found.derived.x1[i], found.derived.x2[i]];
    for (const [name, make] of Object.entries(DERIVED)) assert.ok(ulps(make(x1, x2), found.derived[name][i]) <= (name.startsWith("sin") ? 1 : 0), name);
  }
});
