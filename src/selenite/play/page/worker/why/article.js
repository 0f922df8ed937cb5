/* What the tutorial calls the numbers, and under which equation it has them; where its program gives other ones.

   Part 2 derives its two gradients in nine equations:
     1  dcost_dwo = dcost_dao × dao_dzo × dzo_dwo        4  dcost_dzo = dcost_dao × dao_dzo        7  dzo_dah = wo
     2  dcost_dwh = dcost_dah × dah_dzh × dzh_dwh        5  dcost_dao = ao - labels                8  dah_dzh = σ(zh) (1 - σ(zh))
     3  dcost_dah = dcost_dzo × dzo_dah                  6  dao_dzo = σ(zo) (1 - σ(zo))            9  dzh_dwh = the inputs
   It numbers the weights unit by unit: w1 and w2 lead from x1 and x2 to the first hidden unit, w9 to w12 from the four hidden units
   to the output. Behind other names the number of their unit is put here: zh1 is the first hidden unit's z. The network with biases
   is not the article's, so that its numbers have none of these names. */

import { general, grouped } from "../text.js";

const OF_HIDDEN = { z: ["zh#", 0], a: ["ah#", 0], slope: ["dah#_dzh#", 8], delta: ["dcost_dzh#", 0], "a.gradient": ["dcost_dah#", 3] };
const OF_OUTPUT = { z: ["zo#", 0], a: ["ao#", 0], slope: ["dao#_dzo#", 6], delta: ["dcost_dzo#", 4], "a.gradient": ["dcost_dao#", 5] };
const OF_PERCEPTRON = { z: ["XW", 0], a: ["z", 0], slope: ["dpred_dz", 0], delta: ["z_delta", 0], "a.gradient": ["dcost_dpred", 0] };

/** The article's name of a number and its equation; "" and 0 where it has none. */
export function nameOf(run, { part, kind, index, name, attribute }) {
  if (["", "2-biases"].includes(run.article)) return ["", 0];
  if (part === "loss") return [run.n === 1 ? "error_out" : "error_out.sum()", 0];
  if (part === "input") return [name, 0];
  if (part !== "hidden1" && part !== "output") return ["", 0];
  const perceptron = run.n_layers === 1, in2 = +run.article.startsWith("2"), hidden = part === "hidden1", several = hidden || run.units.at(-1) > 1;
  if (kind === "unit") {
    const [found, equation] = (hidden ? OF_HIDDEN : perceptron ? OF_PERCEPTRON : OF_OUTPUT)[attribute];
    return [found.replaceAll("#", several ? index[0] + 1 : ""), equation * in2];
  }
  if (kind !== "weights" && kind !== "biases") return ["", 0];
  const found = nameOfParameter(run, kind, index, hidden, perceptron);
  if (attribute === "gradient") return [`dcost_d${found}`, perceptron || kind === "biases" ? 0 : (hidden ? 2 : 1) * in2];
  return attribute === "" || attribute === "update" ? [found, 0] : ["", 0];
}

function nameOfParameter({ description: { layer_sizes: [nInputs, nHidden] } }, kind, [i, toUnit], hidden, perceptron) {
  if (perceptron) return kind === "weights" ? `weights${i + 1}` : "bias";
  if (kind === "biases") return `b${hidden ? "h" : "o"}${i + 1}`;
  return `w${(hidden ? nInputs * toUnit : nHidden * (nInputs + toUnit)) + i + 1}`;
}

const plainDescent = (run) => run.summed && run.optimizer.momentum === 0 && run.l1 === 0 && run.l2 === 0;

/** Where the article's program gives another number than this, with its number, or calls it wrongly. */
export function remarksOn(run, place, row) {
  const { article } = run, { part, kind, attribute } = place;
  if (!article) return [];
  if (part === "loss") return ofLoss(run, row);
  if (run.n_layers === 1 && ["slope", "delta", "gradient", "update"].includes(attribute)) {
    if (kind !== "unit" && !plainDescent(run)) return [];
    return [`as printed ${general(asPrinted(run, place, row), 6)}: the article puts a in place of z into σ'(z), so σ is applied twice`];
  }
  if (article === "3" && (kind === "total" || (part === "output" && attribute === "a"))) return ["the article does not take the greatest z off: its e^z overflows where z is above 709"];
  return [...ofRate(run, attribute), ...ofWords(article, place)];
}

function ofRate(run, attribute) {
  if (attribute !== "update" || run.n === 1 || !plainDescent(run)) return [];
  const rate = run.optimizer.learning_rate;
  return [`the article sums the gradient over ${grouped(run.n)} rows: on their mean the rate ${general(rate, 6)} would be ${general(rate * run.n, 6)}`];
}

/** What part 2 calls by a wrong name in its text. */
function ofWords(article, { part, kind, attribute, index }) {
  if (article !== "2" || kind !== "weights") return [];
  if (part === "hidden1" && attribute === "gradient") return ['the article puts equations 3, 8 and 9 into "Equation 3" in its last step: it means 2'];
  return part === "output" && index[0] === 3 ? ['the article writes "w2" for w12 in one place'] : [];
}

function ofLoss(run, row) {
  const { article, n } = run, width = run.units.at(-1), error = run.trace.a.at(-1).map((a, k) => a - run.Y[k]);
  const ofRows = row === null ? error : error.subarray(row * width, (row + 1) * width);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  if (article === "1") return [`the article prints ${general(sum(ofRows), 6)}, the sum of signed errors, which can be near 0 for a bad fit`];
  if (article.startsWith("2") && ofRows.length > width) return [`a sum over ${grouped(n)} rows, which the article calls percent; the mean squared error is ${general(sum(error.map((e) => e * e)) / error.length, 6)}`];
  return article === "3" ? ["the article's ln p has no floor: where p is 0 it is infinite"] : [];
}

/** A perceptron's number as the article's program has it. */
function asPrinted(run, place, row) {
  const a = run.trace.a[0], { kind, attribute, index } = place, nInputs = run.description.layer_sizes[0];
  const delta = a.map((one, r) => {
    const twice = 1 / (1 + Math.exp(-one)), slope = twice * (1 - twice);
    return attribute === "slope" ? slope : (one - run.Y[r]) * slope;
  });
  if (kind === "unit") return delta[row ?? 0];
  const gradient = delta.reduce((sum, one, r) => sum + one * (kind === "weights" ? run.X[r * nInputs + index[0]] : 1), 0);
  return attribute === "gradient" ? gradient : run.ofVector(run.parameters, place) - run.optimizer.learning_rate * gradient;
}
