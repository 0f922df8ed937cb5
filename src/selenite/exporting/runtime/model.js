/* A model of selenite by itself, for browsers and Node: no dependency, nothing asked for.

   predict({ column: value, ... }) answers a row, predictProba, quantile and outside likewise; a value is a number, a text as
   the table has it, a date (a Date or ISO 8601 text), or null where it is missing. */

export const PLAN = JSON.parse(`{}`);
export const PROOF = JSON.parse(`{"rows": [], "outputs": []}`);
const LAYERS = ""; // the sums of a layer in WebAssembly, in base64

export const TARGET = PLAN.target;
export const CLASSES = PLAN.classes;
export const COLUMNS = PLAN.columns;

const DAY = 86_400_000; // milliseconds
const Numbers = PLAN.is_single ? Float32Array : Float64Array;

/** The answer for a row: a class as it was written, or a number. */
export function predict(row) {
  const out = output(row);
  if (!CLASSES.length) return PLAN.center + PLAN.width * out[0];
  const shares = probabilities(out), { threshold } = PLAN;
  const label = CLASSES[threshold === null ? shares.indexOf(Math.max(...shares)) : Number(shares[1] >= threshold)];
  return { int: Number, float: Number, bool: (text) => text === "true" }[PLAN.class_type]?.(label) ?? label;
}

/** The probability of each class, in the order of CLASSES. */
export function predictProba(row) {
  if (!CLASSES.length) throw new Error(`${TARGET} is a number: there are no classes to give probabilities for`);
  return probabilities(output(row));
}

/** The number below which the answer lies with this probability, from 0.005 to 0.995. */
export function quantile(row, level) {
  const found = PLAN.quantiles;
  if (!found) throw new Error("this model knows no quantiles");
  const { levels, edges, values } = found;
  if (!(level >= levels[0] && level <= levels.at(-1))) throw new Error(`the quantile ${level} must lie between ${levels[0]} and ${levels.at(-1)}`);
  const number = predict(row), answer = number + between(level, levels, values[edges.filter((edge) => edge <= number).length]);
  return PLAN.members[0].layers.at(-1).activation === "exp" ? Math.max(answer, 0) : answer;
}

/** In what ways a row lies outside what training saw, in words. */
export function outside(row) {
  return COLUMNS.flatMap((column) => {
    const { name, categories, missing, center, minimum, maximum, terms } = column, value = given(row, name);
    if (isGap(value)) return missing ? [] : [`${name}: missing, never missing in training`];
    if (categories.length) return codeOf(column, value) === categories.length ? [`${name}: category "${value}" never seen${column.rare ? " or too rare" : ""}`] : [];
    if (terms) return knowsAWord(column, String(value)) ? [] : [`${name}: has no word that training saw`];
    if (center === null || minimum === null) return [];
    const number = numberOf(column, value);
    return number < minimum ? [`${name}: below all that training saw`] : number > maximum ? [`${name}: above all that training saw`] : [];
  });
}

/** What the network gives for a row; of several the mean. */
export function output(row) {
  return outputOf(encode(row));
}

/** The probability of each class, or the number alone, for the inputs that `encode` gives. */
export function answersOf(inputs) {
  return answersFrom(outputOf(inputs));
}

/** The same from what the network gives. */
export const answersFrom = (out) => (CLASSES.length ? probabilities(out) : [PLAN.center + PLAN.width * out[0]]);

function outputOf(inputs) {
  const total = new Float64Array(MEMBERS[0].layers.at(-1).n_out);
  for (const member of MEMBERS) forward(member, inputs).forEach((value, k) => { total[k] += value / MEMBERS.length; });
  return Array.from(total);
}

/** The largest difference of the outputs of rows: its own proof unless others are given. */
export function verify(rows = PROOF.rows, wanted = PROOF.outputs) {
  return Math.max(0, ...rows.flatMap((row, i) => output(row).map((value, k) => Math.abs(value - wanted[i][k]))));
}

// ------------------------------------------------------------------ a row becomes inputs

/** The inputs of the network for a row. */
export function encode(row) {
  const inputs = new Numbers(PLAN.n_inputs);
  for (const column of COLUMNS) encodeColumn(column, given(row, column.name), inputs);
  if (PLAN.crossings.length) encodePairs(row, inputs);
  if (PLAN.known_rows) inputs.set(knownRow(bitsOf(row)), PLAN.known_rows.at);
  return inputs;
}

/** Writes the statistics of pairs of categories: 0 where one is missing or was never seen. */
function encodePairs(row, inputs) {
  const codes = CROSSED.map((k) => crossedCode(COLUMNS[k], row[COLUMNS[k].name]));
  for (const pair of PLAN.crossings) inputs.set(statisticsOf(pair, codes[CROSSED.indexOf(pair.first)], codes[CROSSED.indexOf(pair.second)]), pair.at);
}

/** The columns that are crossed with others. */
export const CROSSED = [...new Set(PLAN.crossings.flatMap(({ first, second }) => [first, second]))].sort((a, b) => a - b);

/** The code of a category; -1 where it is missing or was never seen. */
export function crossedCode(column, value) {
  const code = isGap(value) ? -1 : codeOf(column, value);
  return code === column.categories.length ? -1 : code;
}

/** The statistics of a pair of categories, by their codes; none of a pair that is not told. */
export function statisticsOf({ second, keys, values }, a, b) {
  const key = a * COLUMNS[second].categories.length + b, place = placeOf(key, keys);
  return a >= 0 && b >= 0 && keys[place] === key ? values[place] : [];
}

/** The place of the first of keys that rise which is not below one. */
function placeOf(key, keys) {
  let low = 0, high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const KEYS = BigUint64Array.from(PLAN.known_rows?.keys ?? [], (key) => BigInt(`0x${key}`));

/** What the network is told of a row by the bits of its values: 1 and what its equals answered; nothing where training knew none. */
export function knownRow(bits) {
  const key = bits.reduce((sum, one) => mixed64(sum, one), 0n), place = placeOf(key, KEYS);
  return KEYS[place] === key ? [1, ...PLAN.known_rows.values[place]] : [];
}

/** The 64 bits of each value of a row. */
export const bitsOf = (row) => COLUMNS.map((column) => bitsOfValue(column, row[column.name]));

/** The bits of a number, of a date in seconds, or of the code of a category, -1 where it is missing. */
function bitsOfValue(column, value) {
  if (column.kind !== "number" && column.kind !== "date") return BigInt.asUintN(64, BigInt(isGap(value) ? -1 : codeOf(column, value)));
  if (isGap(value)) return 0x7FF8000000000000n;
  const x = numberOf(column, value);
  return new BigUint64Array(Float64Array.of((column.kind === "date" ? toEven(x * 86_400) : x) + 0).buffer)[0];
}

const toEven = (x) => Math.round(x) - Number(Math.round(x) - x === 0.5 && Math.round(x) % 2 !== 0); // the nearest whole number, of two the even one

function mixed64(a, b) {
  let x = BigInt.asUintN(64, a * 0x9E3779B97F4A7C15n + b + 0x9E3779B97F4A7C15n); // the finalizer of splitmix64
  x = BigInt.asUintN(64, (x ^ (x >> 30n)) * 0xBF58476D1CE4E5B9n);
  x = BigInt.asUintN(64, (x ^ (x >> 27n)) * 0x94D049BB133111EBn);
  return x ^ (x >> 31n);
}

function given(row, name) {
  if (!Object.hasOwn(row, name)) throw new Error(`the row has no "${name}"; it needs ${COLUMNS.map((column) => column.name).join(", ")}; null where a value is missing`);
  return row[name];
}

const isGap = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);

function encodeColumn(column, value, inputs) {
  const { at, kind, n_inputs, categories, missing, rare, name } = column;
  if (isGap(value)) {
    if (missing) inputs[at + n_inputs - 1] = 1;
    else if (kind === "number" && column.center === null) throw new Error(`"${name}" is missing, and the model was made without gaps`);
  } else if (kind === "number") {
    encodeNumber(column, numberOf(column, value), inputs);
  } else if (kind === "date") {
    inputs[at] = scaled(column, numberOf(column, value));
    column.parts.slice(1).forEach((part, i) => { inputs[at + 1 + i] = wave(part, momentOf(column, value)); });
  } else if (kind === "text") {
    inputs.set(textScores(column, String(value)), at);
  } else {
    const code = codeOf(column, value);
    if (column.statistics) inputs.set(column.statistics[code] ?? [], at);
    else if (isPair(column)) inputs[at] = [-1, 1, 0][code];
    else if (code < categories.length + rare) inputs[at + code] = 1;
  }
}

function encodeNumber(column, x, inputs) {
  let { at } = column;
  inputs[at] = column.center === null ? x : scaled(column, x);
  if (column.rank_quantiles.length) inputs[++at] = ranked(x, column.rank_quantiles);
  column.frequent_values.forEach((value, i) => { inputs[at + 1 + i] = Number(x === value); });
}

function scaled({ center, width }, x) {
  if (!width) return 0;
  const z = Math.max(Math.min((x - center) / width, 1e100), -1e100);
  return z / Math.sqrt(1 + (z / 3) ** 2);
}

/** The standard normal quantile of a value's rank among the training rows: the middle of its ranks where many share it. */
function ranked(x, quantiles) {
  const last = quantiles.length - 1, mirrored = (k) => -quantiles[last - k], scores = (k) => -PLAN.scores[last - k];
  return 0.5 * (betweenAt(x, (k) => quantiles[k], (k) => PLAN.scores[k], last + 1) - betweenAt(-x, mirrored, scores, last + 1));
}

const between = (x, xs, ys) => betweenAt(x, (k) => xs[k], (k) => ys[k], xs.length);

/** y at x on straight lines between n points; of points at the same x the last one's. */
function betweenAt(x, xs, ys, n) {
  if (x < xs(0)) return ys(0);
  let low = 0, high = n; // xs(low) <= x < xs(high)
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs(middle) <= x) low = middle;
    else high = middle;
  }
  if (high === n || xs(low) === x) return ys(low);
  const part = xs(high) - xs(low) < Infinity ? 1 : 0.5; // of what overflows
  return ys(low) + (ys(high) - ys(low)) * ((part * x - part * xs(low)) / (part * xs(high) - part * xs(low)));
}

/** A number; of a date its days since 1970. */
function numberOf(column, value) {
  if (column.kind === "date") return momentOf(column, value) / DAY;
  const number = typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : typeof value === "string" ? Number(value) : NaN;
  if (Number.isNaN(number)) throw new Error(`"${column.name}" held numbers in training, but here ${JSON.stringify(value)}`);
  return number;
}

/** Milliseconds since 1970, of a text without a zone as if it were in UTC. */
function momentOf({ name }, value) {
  const text = typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value) ? value.replace(" ", "T") : null;
  const moment = value instanceof Date ? value.getTime() : text === null ? NaN : Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes("T") ? text : `${text}Z`);
  if (Number.isNaN(moment)) throw new Error(`"${name}" held dates in training, but here ${JSON.stringify(value)}; write them as 2026-01-31`);
  return moment;
}

function wave(part, moment) {
  const [period, wave] = part.split("_"), day = Math.floor(moment / DAY), date = new Date(moment);
  const [steps, circle] = {
    year: [day - Math.floor(Date.UTC(date.getUTCFullYear(), 0, 1) / DAY), 366],
    week: [(((day + 3) % 7) + 7) % 7, 7],
    day: [Math.floor((moment - day * DAY) / 60_000), 1440],
  }[period];
  return (wave === "sin" ? Math.sin : Math.cos)((2 * Math.PI * steps) / circle);
}

export const isPair = ({ kind, categories, rare, missing }) => kind === "yes/no" || (kind === "category" && categories.length === 2 && !rare && !missing);
const folded = (text) => text.trim().toLowerCase();

/** The code of a category, the number of categories where it was never seen. */
function codeOf({ categories, kind }, value) {
  const fold = kind === "yes/no", names = fold ? categories.map(folded) : categories, n = names.length;
  const code = (found) => (found < 0 ? n : found);
  if (typeof value === "string") return code(names.indexOf(fold ? folded(value) : value));
  if (typeof value === "boolean") return code(names.findIndex((name) => folded(name) === String(value)));
  const found = names.indexOf(String(value));
  if (found >= 0) return found;
  if (fold && (value === 0 || value === 1)) return value;
  return code(names.findIndex((name) => name.trim() !== "" && Number(name) === value));
}

// ------------------------------------------------------------------ free text becomes scores

const textScores = null, knowsAWord = null; // there is none
export const wordEffects = () => [];

// ------------------------------------------------------------------ inputs become an output

/** How many of a layer's inputs are summed by themselves, before the sums of these blocks are: as the model does. */
const sumBlock = (n_in) => (n_in > 256 ? 128 : n_in);

const FIRST = 4096; // byte of the memory; those before are the stack of WebAssembly
const { buffer, add } = inWebAssembly();
let taken = FIRST;

export const MEMBERS = PLAN.members.map(({ waves, layers }) => ({
  waves: waves.map(({ frequencies, phases, mixing, offsets }) => Numbers.from([...frequencies, ...phases, ...mixing.flat(), ...offsets])),
  layers: layers.map(({ activation, weights, biases }) => ({
    activation, n_out: biases.length, weights: room(weights.length * biases.length, weights.flat()), biases: Numbers.from(biases), z: room(biases.length), sums: room(biases.length), active: room(weights.length, [], Uint32Array),
  })),
  features: room(layers[0].weights.length), // the inputs, and what the waves make of some
}));

/** The memory of the layers and what adds them up, nothing where a browser has no WebAssembly or a page's policy forbids it. */
function inWebAssembly() {
  const layers = PLAN.members.flatMap((member) => member.layers);
  const size = layers.reduce((sum, { weights, biases }) => sum + (weights.length + 2) * (biases.length + 2) * 8 + 80, FIRST);
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65_536) });
    const module = new WebAssembly.Module(Uint8Array.from(atob(LAYERS), (one) => one.charCodeAt(0)));
    const { add_floats, add_doubles } = new WebAssembly.Instance(module, { env: { memory } }).exports;
    return { buffer: memory.buffer, add: PLAN.is_single ? add_floats : add_doubles };
  } catch {
    return { buffer: new ArrayBuffer(size), add: null };
  }
}

/** Room for numbers in that memory. */
function room(length, values = [], Type = Numbers) {
  const found = new Type(buffer, taken, length);
  taken += Math.ceil(found.byteLength / 16) * 16;
  found.set(values);
  return found;
}

function forward({ waves, layers, features }, inputs) {
  features.set(inputs);
  for (let p = 0, at = PLAN.n_inputs; p < waves.length; p++) {
    components(waves[p], inputs[PLAN.periodic[p]]);
    for (let k = 0; k < mixed.length; k++) features[at++] = mixed[k];
  }
  let a = features;
  for (const layer of layers) {
    layer.z.set(layer.biases);
    a = activated(layer, a);
  }
  return a;
}

const { frequencies, offsets } = PLAN.members[0].waves[0] ?? { frequencies: [], offsets: [] };
const cosines = new Numbers(frequencies.length), mixed = new Numbers(offsets.length);

/** The components of a periodic input: cosines, mixed; until the next are asked for. */
export function components(waves, x) {
  const n = cosines.length;
  let at = 2 * n; // of the mixing
  for (let f = 0; f < n; f++) {
    cosines[f] = x * waves[f] + waves[n + f]; // in turns, rounded as the model does
    cosines[f] = cosineOfTurns(cosines[f] - Math.round(cosines[f]));
  }
  for (let k = 0; k < mixed.length; k++) {
    let sum = waves[waves.length - mixed.length + k];
    for (let f = 0; f < n; f++) sum += waves[at++] * cosines[f];
    mixed[k] = sum;
  }
  return mixed;
}

/** cos 2πt for |t| ≤ 1/2, to the last digits, by the series of sin 2π(1/4 - |t|): s - s³/3! + s⁵/5! - ... */
function cosineOfTurns(t) {
  const s = 2 * Math.PI * (0.25 - Math.abs(t)), q = s * s;
  return s * (1 + q * (-1 / 6 + q * (1 / 120 + q * (-1 / 5040 + q * (1 / 362_880 + q * (-1 / 39_916_800 + q * (1 / 6_227_020_800
    + q * (-1 / 1_307_674_368_000 + q * (1 / 355_687_428_096_000 + q * (-1 / 121_645_100_408_832_000))))))))));
}

/** A layer's activations, its z begun with the biases; `a` lies in the memory of the layers. */
export function activated(layer, a) {
  const { activation, z, sums } = layer;
  const block = sumBlock(a.length);
  addTo(z, layer, a, 0, block);
  for (let from = block; from < a.length; from += block) {
    addTo(sums.fill(0), layer, a, from, Math.min(from + block, a.length));
    for (let j = 0; j < z.length; j++) z[j] += sums[j];
  }
  activate(activation, z);
  return z;
}

/** Adds the inputs from one to before another, times their weights. */
function addTo(sums, { n_out, weights, active }, a, from, to) {
  if (add) {
    const size = Numbers.BYTES_PER_ELEMENT;
    add(a.byteOffset + from * size, to - from, weights.byteOffset + from * n_out * size, n_out, sums.byteOffset, active.byteOffset);
    return;
  }
  for (let i = from; i < to; i++) {
    const x = a[i];
    if (x !== 0) for (let j = 0, at = i * n_out; j < n_out; j++) sums[j] += x * weights[at + j];
  }
}

export function activate(name, z) {
  if (name === "softmax") {
    const top = Math.max(...z);
    let sum = 0;
    for (let j = 0; j < z.length; j++) sum += z[j] = Math.exp(z[j] - top);
    for (let j = 0; j < z.length; j++) z[j] /= sum;
  } else if (name === "relu") {
    for (let j = 0; j < z.length; j++) if (z[j] < 0) z[j] = 0;
  } else {
    const value = ACTIVATIONS[name];
    for (let j = 0; j < z.length; j++) z[j] = value(z[j]);
  }
}

const ACTIVATIONS = {};

/** erfc x: near 0 by the series of erf, 2/√π e^(-x²) Σ 2ᵏ x^(2k + 1) / (1·3·5 ... (2k + 1)), beyond by its continued fraction (Abramowitz and Stegun 7.1.6 and 14). */
function erfc(x) {
  const size = Math.abs(x), density = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (size < 3.5) {
    let term = 2 * x, sum = term;
    for (let k = 3; sum + term !== sum; k += 2) sum += term *= (2 * x * x) / k;
    return 1 - density * sum;
  }
  let fraction = size;
  for (let k = 40; k > 0; k--) fraction = size + k / 2 / fraction;
  const tail = density / fraction;
  return x > 0 ? tail : 2 - tail;
}

// ------------------------------------------------------------------ an output becomes an answer

const probabilities = (out) => (out.length === 1 ? [1 - out[0], out[0]] : out);
