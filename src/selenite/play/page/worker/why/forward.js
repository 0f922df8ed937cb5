// Forward: inputs, sums z and activations a, each taken apart.

import { exp } from "../elementary.js";
import { largestAt } from "../numbers.js";
import { Refusal, shown } from "../text.js";
import { address, textOf } from "./address.js";
import { pattern, product, term } from "./expansion.js";
import { FORMULAS, activation, slope } from "./formulas.js";

/** z = Σ weight × what comes from below + bias. */
export function expandZ(run, where, row) {
  const layer = run.layer(where.part), [unit] = where.index, below = layer > 1 ? run.layers[layer - 2] : "", terms = [];
  for (let i = 0; i < run.width(layer - 1); i++) {
    const name = below ? `${below} unit ${i + 1}` : `${run.inputs[i]} = ${run.cells[row][i]}`;
    terms.push(product(name, [run.weight(layer, i, unit), below ? run.ofUnit(layer - 1, i, "a", row) : run.ofInput(i, row)]));
  }
  if (run.network.biases) terms.push(product("bias", [run.parameter(address(where.part, { kind: "biases", index: [unit] }))]));
  const bias = run.network.biases;
  const formula = pattern(`Σ weight × ${below ? "a" : "input"}${bias ? " + bias" : ""}`,
    `\\sum_i w_i \\, ${below ? "a_i" : "x_i"}${bias ? " + b" : ""}`);
  return run.expansion(where, run.trace.z[layer - 1][row * run.width(layer) + unit], formula, terms, { row });
}

/** The outputs' z in a row, and the place of the greatest. */
export function outputsOf(run, row) {
  const n = run.network.n_outputs, z = run.trace.z.at(-1).subarray(row * n, (row + 1) * n), top = largestAt(z);
  return { z, top, total: z.reduce((sum, each) => sum + exp(each - z[top]), 0) };
}

/** a = activation(z). */
export function expandA(run, where, row) {
  const layer = run.layer(where.part), [unit] = where.index, name = run.network.activations[layer - 1], at = row * run.width(layer) + unit;
  const value = run.trace.a[layer][at], given = run.ofUnit(layer, unit, "z", row);
  if (name === "softmax") {
    const { z, top, total } = outputsOf(run, row);
    const factors = [given, run.ofUnit(layer, top, "z", row), run.factorAt(address("output", { kind: "total" }), total, row)];
    const made = pattern("e^(#0 - #1) / #2", "\\frac{e^{#0 - #1}}{#2}");
    const formula = pattern("e^(z - greatest z) / Σ e^(z - greatest z)", "\\frac{e^{z - \\max z}}{\\sum_k e^{z_k - \\max z}}");
    return run.expansion(where, value, formula, [term("softmax", exp(z[unit] - z[top]) / total, factors, made)], { row });
  }
  const terms = activation(name, given.value).map((piece) => term(name, piece.value, [...piece.letters].map(() => given), piece.pattern));
  const felt = Math.abs(given.value * run.slopes(layer)[at]); // how much a rounding of z is felt
  return run.expansion(where, value, FORMULAS[name][0], terms, { row, scale: felt });
}

/** The sum of e^(z - greatest z) over the units of a softmax. */
export function expandTotal(run, where, row) {
  if (run.network.activations.at(-1) !== "softmax") {
    throw new Refusal(`there is no ${textOf(where)}: it is what softmax divides by, and the output is not softmax`);
  }
  const layer = run.layers.length, { z, top, total } = outputsOf(run, row), each = Array.from(z, (_, k) => run.ofUnit(layer, k, "z", row));
  const terms = each.map((factor, k) => term(`unit ${k + 1}`, exp(z[k] - z[top]), [factor, each[top]], pattern("e^(#0 - #1)", "e^{#0 - #1}")));
  return run.expansion(where, total, pattern("Σ e^(z - greatest z)", "\\sum_k e^{z_k - \\max z}"), terms, { row });
}

/** da/dz, written with z and a. */
export function expandSlope(run, where, row) {
  const layer = run.layer(where.part), [unit] = where.index, name = run.network.activations[layer - 1];
  if (name === "softmax") throw new Refusal(`there is no ${textOf(where)}: each output of softmax depends on every z. Ask for output.unit1.delta`);
  const letters = { z: run.ofUnit(layer, unit, "z", row), a: run.ofUnit(layer, unit, "a", row) };
  const terms = slope(name, letters.z.value, letters.a.value).map((piece) =>
    term(name, piece.value, [...piece.letters].map((letter) => letters[letter]), piece.pattern));
  return run.expansion(where, run.slopes(layer)[row * run.width(layer) + unit], FORMULAS[name][1], terms, { row });
}

/** An input, which the network takes as it is. */
export function expandInput(run, where, row) {
  const i = run.inputs.indexOf(where.name);
  if (i < 0) throw new Refusal(`there is no input ${shown(where.name)}; there are ${run.inputs.map((name) => shown(name)).join(", ")}`);
  const note = `column ${where.name} holds ${run.cells[row][i]}`;
  return run.expansion(where, run.X[row * run.n_inputs + i], pattern("given", "\\text{given}"), [], { row, note });
}
