/* A run as a flat script in NumPy, as the articles have it: one loop, and the chain of derivatives by its names, wh, zh, dcost_dah and so on.
   It needs NumPy alone, prints the losses of the run, and `selenite check-gradient` finds it right. */

import { ACTIVATIONS } from "../functions.js";
import { Refusal, exact, grouped } from "./text.js";

const MOST_NUMBERS = 100_000; // of all rows, that a script is to hold
const LINES = 20; // of costs that it prints
const LABELS_A_LINE = 20;

const FUNCTIONS = Object.fromEntries(Object.entries(ACTIVATIONS).map(([name, { numpy }]) => [name, numpy])); // name, value and slope of those that have any
const HELPERS = { // what these are written with
  sigmoid: FUNCTIONS.logistic[1], softplus: FUNCTIONS.softplus[1], normal: "0.5 * (1 + np.vectorize(math.erf)(z / np.sqrt(2)))",
};
const SOFTMAX = [
  "def softmax(z):", "    e = np.exp(z - z.max(axis=1, keepdims=True))  # without the largest taken off, large ones would overflow",
  "    return e / e.sum(axis=1, keepdims=True)", "", "",
];

/** The script of a run that began with these layers, of parameters.js, and learnt from X and Y, row by row. */
export function articleScript({ inputs, X, Y, layers, loss, learning_rate, epochs, sums = false, slip = false, ...settings }) {
  refuse({ inputs, X, loss, ...settings });
  const n_outputs = layers.at(-1).n_out, named = layers.map((layer, l) => ({ ...layer, ...namesOf(layers, l) }));
  const output = named.at(-1), mean = sums ? "" : " / n", every = Math.max(Math.ceil(epochs / LINES), 1);
  const sizes = [layers[0].n_in, ...layers.map(({ n_out }) => n_out)].join("-");
  const parameters = [...named].reverse().flatMap(({ w, b, biases }) => (biases ? [w, b] : [w]));
  return [
    `# The ${sizes} network of selenite's playground as a flat script: it needs NumPy alone.`,
    ...(layers.some(({ activation }) => activation === "gelu") ? ["import math", ""] : []), "import numpy as np", "",
    `feature_set = np.array([  # ${inputs.map((name) => name.replace(/\s+/g, " ")).join(", ")}`, ...table(X, inputs.length), "])",
    ...targets(Y, n_outputs), ...(sums ? [] : ["n = len(feature_set)"]), "", "", ...functions(layers),
    "# the weights that the run began with",
    ...named.flatMap(({ w, b, weights, biases, n_out }) => [
      `${w} = np.array([`, ...table(weights, n_out, float), "])", ...(biases ? [`${b} = ${vector(biases)}`] : []),
    ]),
    `lr = ${exact(learning_rate)}`, "", `for epoch in range(${epochs}):`, "    # forward", ...named.flatMap(forward), "",
    `    cost = ${costOf(loss, n_outputs)}${mean}`, `    if epoch % ${every} == 0 or epoch == ${epochs - 1}:`, "        print(epoch, cost)",
    ...named.map((layer, l) => backward(layer, { before: named[l - 1], next: named[l + 1], loss, mean, slip })).reverse().flat(), "",
    "    # a step downhill", ...parameters.map((name) => `    ${name} -= lr * dcost_${name}`), "",
    ...(n_outputs > 1 ? [`print(np.mean(${output.a}.argmax(axis=1) == labels.argmax(axis=1)), "of the rows are right")`]
      : output.activation === "logistic" ? [`print(np.mean((${output.a} > 0.5) == labels), "of the rows are right")`] : []), "",
  ].join("\n").replace(/\n{4,}/g, "\n\n\n");
}

/** Refuse what a flat script with plain gradient descent does not say. */
function refuse({ inputs, X, loss, optimizer = "sgd", momentum = 0, schedule = "constant", l1 = 0, l2 = 0, dropout = 0, batch_size = 0 }) {
  const n_rows = X.length / inputs.length;
  const optimizers = { adam: "Adam", adamw: "AdamW" }, most_rows = Math.floor(MOST_NUMBERS / inputs.length);
  const reasons = [
    [optimizer !== "sgd", `its optimizer is gradient descent, not ${optimizers[optimizer]}`],
    [momentum, "its steps have no momentum"],
    [schedule !== "constant", "its learning rate stays the same"],
    [l1 || l2, "its loss has no penalty, L1 or L2"],
    [dropout, "it has no dropout"],
    [batch_size && batch_size < n_rows, `a step of it takes all rows, not a batch of ${grouped(batch_size)}`],
    [!["squared_error", "log_loss"].includes(loss), "its loss is the squared error or the cross-entropy"],
    [n_rows > most_rows, `it holds its rows as text, at most ${grouped(most_rows)} of ${inputs.length} inputs, not ${grouped(n_rows)}`],
  ];
  const found = reasons.filter(([is]) => is).map(([, words]) => words);
  if (found.length) throw new Refusal(`The article's script is plainer than this run: ${found.join("; ")}. Change that and begin again`);
}

/** What a layer's arrays are called: of the output wo, zo, ao; of a hidden layer wh, zh, ah, or w1, z1, a1 where there are more. */
function namesOf(layers, l) {
  const letter = l === layers.length - 1 ? "o" : layers.length === 2 ? "h" : String(l + 1);
  const title = letter === "o" ? "the output" : letter === "h" ? "the hidden layer" : `hidden layer ${letter}`;
  return { w: `w${letter}`, b: `b${letter}`, z: `z${letter}`, a: `a${letter}`, from: l ? namesOf(layers, l - 1).a : "feature_set", title };
}

/** Rows of numbers as lines of text. */
const table = (values, width, number = exact) => chunks(values, width).map((row) => `    [${row.map(number).join(", ")}],`);

const chunks = (values, size) => Array.from({ length: Math.ceil(values.length / size) }, (_, i) => [...values.subarray(i * size, (i + 1) * size)]);

/** The answers: a column, as the articles reshape it, or a table of ones and zeros. */
function targets(Y, n_outputs) {
  if (n_outputs > 1) return ["labels = np.array([  # one-hot", ...table(Y, n_outputs), "])"];
  return ["labels = np.array([", ...chunks(Y, LABELS_A_LINE).map((some) => `    ${some.map(exact).join(", ")},`), "]).reshape(-1, 1)"];
}

/** A number that NumPy takes for one that is not whole. */
const float = (value) => exact(value).replace(/^-?\d+$/, "$&.0");

const vector = (values) => (values.every((value) => value === 0) ? `np.zeros(${values.length})` : `np.array([${[...values].map(float).join(", ")}])`);

/** The functions that these layers need, each with its derivative where it has one. */
function functions(layers) {
  const wanted = [...new Set(layers.map(({ activation }) => activation))].filter((name) => FUNCTIONS[name]).map((name) => FUNCTIONS[name]);
  const used = wanted.flat().join(" "), own = wanted.map(([name]) => name);
  const helpers = Object.entries(HELPERS).filter(([name]) => !own.includes(name) && used.includes(`${name}(`));
  const defined = [...helpers, ...wanted.flatMap(([name, value, slope]) => [[name, value], [`${name}_der`, slope]])];
  return [
    ...defined.flatMap(([name, value]) => [`def ${name}(z):`, `    return ${value}`, "", ""]),
    ...(layers.at(-1).activation === "softmax" ? SOFTMAX : []),
  ];
}

function forward({ activation, from, w, b, z, a, biases }) {
  const value = activation === "softmax" ? `softmax(${z})` : FUNCTIONS[activation] ? `${FUNCTIONS[activation][0]}(${z})` : z;
  return [`    ${z} = np.dot(${from}, ${w})${biases ? ` + ${b}` : ""}`, `    ${a} = ${value}`];
}

/** The cost: of the cross-entropy only the share of the right class counts. */
function costOf(loss, n_outputs) {
  if (loss === "squared_error") return "0.5 * np.sum((ao - labels) ** 2)";
  return `-np.sum(np.log(${n_outputs > 1 ? "ao[labels == 1]" : "np.where(labels == 1, ao, 1 - ao)"}))`;
}

/** The derivatives of a layer's weights and biases, and the links of the chain that lead to them. */
function backward({ activation, from, w, b, z, a, biases, title }, { next, loss, mean, slip }) {
  const error = mean ? `(ao - labels)${mean}` : "ao - labels";
  const slope = FUNCTIONS[activation] ? `${FUNCTIONS[activation][0]}_der(${slip ? a : z})${slip ? "  # as the article prints it; of zo it would be right" : ""}`
    : `np.ones_like(${z})`;
  const chain = [`d${a}_d${z} = ${slope}`, `dcost_d${z} = dcost_d${a} * d${a}_d${z}`];
  const delta = next ? [`d${next.z}_d${a} = ${next.w}`, `dcost_d${a} = np.dot(dcost_d${next.z}, d${next.z}_d${a}.T)`, ...chain]
    : loss === "log_loss" ? [`dcost_d${z} = ${error}  # the slope is in it: of the ${activation === "softmax" ? "softmax" : "sigmoid"} and the cross-entropy this is left`]
      : [`dcost_d${a} = ${error}`, ...chain];
  return [
    "", `    # backward: ${title}`, ...[
      ...delta, `d${z}_d${w} = ${from}`, `dcost_${w} = np.dot(d${z}_d${w}.T, dcost_d${z})`, ...(biases ? [`dcost_${b} = dcost_d${z}.sum(axis=0)`] : []),
    ].map((line) => `    ${line}`),
  ];
}
