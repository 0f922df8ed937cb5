/* What the tutorial calls the numbers, under which equation it has them, and where its program gives another number.

   Part 2, Adding Hidden Layers, derives its two gradients in nine equations:

     1  dcost_dwo = dcost_dao × dao_dzo × dzo_dwo
     2  dcost_dwh = dcost_dah × dah_dzh × dzh_dwh
     3  dcost_dah = dcost_dzo × dzo_dah              6  dao_dzo = σ(zo) (1 - σ(zo))
     4  dcost_dzo = dcost_dao × dao_dzo              7  dzo_dah = wo
     5  dcost_dao = ao - labels                      8  dah_dzh = σ(zh) (1 - σ(zh))
                                                     9  dzh_dwh = the inputs

   Here a number is put behind a name where there are several: zh1 is the first hidden unit's z, wh21 leads from x2 to it. */

import { general, grouped } from "../text.js";
import { logistic } from "./formulas.js";

const OF_LAYER = { z: (n) => `z${n}`, a: (n) => `a${n}`, slope: (n) => `da${n}_dz${n}`, delta: (n) => `dcost_dz${n}`,
  "a.gradient": (n) => `dcost_da${n}` };
const OF_PERCEPTRON = { z: "XW", a: "z", slope: "dpred_dz", delta: "z_delta", "a.gradient": "dcost_dpred" };
const EQUATIONS = { "h.slope": 8, "h.a.gradient": 3, "o.slope": 6, "o.delta": 4, "o.a.gradient": 5 };

/** The article's name of a number and its equation; "" and 0 where it has none. */
export function nameOf({ article, network, n_rows }, { part, kind, index, name, attribute }) {
  const none = { alias: "", equation: 0 };
  if (!article) return none;
  if (part === "loss") return { alias: n_rows === 1 ? "error_out" : "error_out.sum()", equation: 0 };
  if (part === "input") return { alias: name, equation: 0 };
  if (part !== "hidden1" && part !== "output") return none;
  const perceptron = network.activations.length === 1, ofPart2 = article.startsWith("2"), hidden = part === "hidden1", letter = hidden ? "h" : "o";
  if (kind === "unit") {
    const number = hidden || network.n_outputs > 1 ? index[0] + 1 : "";
    return { alias: perceptron ? OF_PERCEPTRON[attribute] : OF_LAYER[attribute](letter + number),
      equation: (ofPart2 && !perceptron && EQUATIONS[`${letter}.${attribute}`]) || 0 };
  }
  if (kind !== "weights" && kind !== "biases") return none;
  const places = (!hidden && network.n_outputs === 1 ? index.slice(0, -1) : index).map((i) => i + 1).join("");
  const alias = perceptron ? (kind === "weights" ? `weights${places}` : `bias${places}`) : `${kind === "weights" ? "w" : "b"}${letter}${places}`;
  if (attribute === "gradient") return { alias: `dcost_d${alias}`, equation: perceptron || kind === "biases" || !ofPart2 ? 0 : hidden ? 2 : 1 };
  return attribute === "" || attribute === "update" ? { alias, equation: 0 } : none;
}

/** Where the article's program gives another number than this, with its number, or calls it wrongly. */
export function slips(run, address, row) {
  const { article, network, n_rows, summed, optimizer, l1, l2 } = run, { part, kind, attribute } = address;
  if (!article) return [];
  if (part === "loss") return ofLoss(run, row);
  const plain = summed && optimizer.momentum === 0 && l1 === 0 && l2 === 0; // gradient descent on the sum, without a penalty
  if (network.activations.length === 1 && ["slope", "delta", "gradient", "update"].includes(attribute)) {
    if (kind !== "unit" && !plain) return [];
    return [`as printed ${general(asPrinted(run, address, row))}: the article puts a in place of z into σ'(z), so σ is applied twice`];
  }
  if (article === "3" && (kind === "total" || (part === "output" && attribute === "a"))) {
    return ["the article does not take the greatest z off: its e^z overflows where z is above 709"];
  }
  if (attribute === "update" && n_rows > 1 && plain) {
    const rate = optimizer.learning_rate;
    return [`the article sums the gradient over ${grouped(n_rows)} rows: on their mean the rate ${general(rate)} would be ${general(rate * n_rows)}`];
  }
  return [];
}

function ofLoss({ article, n_rows, trace, Y }, row) {
  const error = trace.a.at(-1).map((a, i) => a - Y[i]), ofRows = row === null ? error : error.subarray(row, row + 1);
  if (article === "1") return [`the article prints ${general(ofRows.reduce((sum, each) => sum + each, 0))}, the sum of signed errors, which can be near 0 for a bad fit`];
  if (article.startsWith("2") && ofRows.length > 1) {
    const mean = error.reduce((sum, each) => sum + each * each, 0) / error.length;
    return [`a sum over ${grouped(n_rows)} rows, which the article calls percent; the mean squared error is ${general(mean)}`];
  }
  return article === "3" ? ["the article's ln p has no floor: where p is 0 it is infinite"] : [];
}

/** A perceptron's number as the article's program has it. */
function asPrinted(run, { kind, index, attribute }, row) {
  const { trace, Y, X, n_inputs, optimizer } = run, a = trace.a.at(-1);
  const steep = a.map((value) => { const twice = logistic(value); return twice * (1 - twice); });
  const delta = attribute === "slope" ? steep : steep.map((value, i) => (a[i] - Y[i]) * value);
  if (kind === "unit") return delta[row ?? 0];
  const gradient = delta.reduce((sum, each, i) => sum + each * (kind === "weights" ? X[i * n_inputs + index[0]] : 1), 0);
  return attribute === "gradient" ? gradient : run.ofVector(run.parameters, { part: "output", kind, index }) - optimizer.learning_rate * gradient;
}
