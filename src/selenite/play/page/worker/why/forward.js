/* Forward: inputs, sums z, activations a and their slopes, each taken apart. */

import { ACTIVATIONS } from "../../functions.js";
import { Refusal, listed, shown } from "../text.js";
import { address, textOf } from "./address.js";
import { described, encoding, label } from "./cells.js";
import { pattern, product, term } from "./expansion.js";
import { activation, slope } from "./formulas.js";

/** z = Σ weight × what comes from below + bias. */
export function expandZ(run, place, row) {
  const layer = run.layer(place.part), unit = place.index[0], { biases, layer_sizes } = run.description, terms = [];
  for (let i = 0; i < layer_sizes[layer - 1]; i++) {
    const given = run.below(layer, i, row);
    terms.push(product(layer > 1 ? `${run.layers[layer - 2]} unit ${i + 1}` : label(run, i, row), [run.weight(layer, i, unit), given]));
  }
  if (biases) terms.push(product("bias", [run.parameter(address(place.part, { kind: "biases", index: [unit] }))]));
  const formula = layer > 1 ? pattern("Σ weight × a", "\\sum_i w_i \\, a_i") : pattern("Σ weight × input", "\\sum_i w_i \\, x_i");
  return run.expansion(place, run.value("z", layer, unit, row), biases ? pattern(`${formula.text} + bias`, `${formula.latex} + b`) : formula, terms, { row });
}

/** a = activation(z). */
export function expandA(run, place, row) {
  const layer = run.layer(place.part), unit = place.index[0], name = run.description.activations[layer - 1], value = run.value("a", layer, unit, row);
  if (name === "softmax") {
    const { top, total } = softmax(run, row), z = run.ofUnit(layer, unit, "z", row), greatest = run.ofUnit(layer, top, "z", row);
    const factors = [z, greatest, run.factorAt(address("output", { kind: "total" }), total, row)];
    const share = term("softmax", Math.exp(z.value - greatest.value) / total, factors, pattern("e^({0} - {1}) / {2}", "\\frac{e^{{0} - {1}}}{{2}}"));
    return run.expansion(place, value, pattern("e^(z - greatest z) / Σ e^(z - greatest z)", "\\frac{e^{z - \\max z}}{\\sum_k e^{z_k - \\max z}}"), [share], { row });
  }
  const z = run.ofUnit(layer, unit, "z", row);
  const terms = activation(name, z.value).map((piece) => term(name, piece.value, piece.letters.map(() => z), piece.pattern));
  const felt = Math.abs(z.value * run.value("slope", layer, unit, row)); // how much a rounding of z is felt
  return run.expansion(place, value, pattern(...ACTIVATIONS[name].formula), terms, { row, scale: felt });
}

/** The sum of e^(z - greatest z) over the units of a softmax. */
export function expandTotal(run, place, row) {
  if (run.description.activations.at(-1) !== "softmax") throw new Refusal(`there is no ${textOf(place)}: it is what softmax divides by, and the output is not softmax`);
  const { top, total } = softmax(run, row), layer = run.n_layers, greatest = run.ofUnit(layer, top, "z", row);
  const terms = Array.from({ length: run.units.at(-1) }, (_, k) => {
    const z = run.ofUnit(layer, k, "z", row);
    return term(`unit ${k + 1}`, Math.exp(z.value - greatest.value), [z, greatest], pattern("e^({0} - {1})", "e^{{0} - {1}}"));
  });
  return run.expansion(place, total, pattern("Σ e^(z - greatest z)", "\\sum_k e^{z_k - \\max z}"), terms, { row });
}

/** Of the raw outputs of a row: which is the greatest, and Σ e^(z - greatest z). */
export function softmax(run, row) {
  const width = run.units.at(-1), z = run.trace.z.at(-1).subarray(row * width, (row + 1) * width), most = Math.max(...z);
  return { z, top: z.indexOf(most), total: z.reduce((sum, one) => sum + Math.exp(one - most), 0) };
}

/** da/dz, written with z and a. */
export function expandSlope(run, place, row) {
  const layer = run.layer(place.part), unit = place.index[0], name = run.description.activations[layer - 1];
  if (name === "softmax") throw new Refusal(`there is no ${textOf(place)}: each output of softmax depends on every z. Ask for output.unit1.delta`);
  const letters = { z: run.ofUnit(layer, unit, "z", row), a: run.ofUnit(layer, unit, "a", row) };
  const terms = slope(name, letters.z.value, letters.a.value).map((piece) => term(name, piece.value, piece.letters.map((letter) => letters[letter]), piece.pattern));
  return run.expansion(place, run.value("slope", layer, unit, row), pattern(...ACTIVATIONS[name].slope), terms, { row });
}

/** An input, by its name or its number from 1: how the table's cell became the number that the network takes. */
export function expandInput(run, place, row) {
  const i = run.input_names.includes(place.name) ? run.input_names.indexOf(place.name) : Number(place.name) - 1;
  if (!(i in run.input_names)) throw new Refusal(`there is no input ${shown(place.name)}; there are ${listed(run.input_names.slice(0, 12))}`);
  const named = address("input", { name: run.input_names[i] });
  const [formula, terms] = encoding(run, i, row) ?? [pattern("given", "\\text{given}"), []];
  return run.expansion(named, run.value("a", 0, i, row), formula, terms, { row, note: described(run, i, row) });
}
