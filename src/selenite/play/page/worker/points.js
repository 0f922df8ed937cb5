/* The built-in sets of points, as tables: the tutorial's own, and those that show what a network can and cannot do.
   A set with the same rows, noise and seed is the same for ever. */

import { cos, exp, sin } from "./elementary.js";
import { columnOf, least, most, range } from "./numbers.js";
import { POINTS, bitsOfTable, normal, uniform } from "./random.js";
import { Refusal, listed, shown } from "./text.js";
import { PARTS } from "./tutorial.js";

/** What can be made of two columns and given to the network beside them. */
export const DERIVED = {
  x1: (x1) => x1,
  x2: (x1, x2) => x2,
  "x1²": (x1) => x1 * x1,
  "x2²": (x1, x2) => x2 * x2,
  "x1·x2": (x1, x2) => x1 * x2,
  "sin x1": (x1) => sin(x1),
  "sin x2": (x1, x2) => sin(x2),
};

const drawn = (rows, seed) => uniform(bitsOfTable(seed, [POINTS, 0], rows, 2));
const noisy = (rows, seed) => normal(bitsOfTable(seed, [POINTS, 1], rows, 2));

/** A set of `rows` places, x and y of the i-th from place(i), strewn by so much of normal noise. */
function strewn(rows, seed, noise, place) {
  const X = noisy(rows, seed);
  for (let i = 0; i < rows; i++) place(i).forEach((value, k) => { X[2 * i + k] = value + noise * X[2 * i + k]; });
  return X;
}

const alternating = (rows) => Float64Array.from({ length: rows }, (_, i) => i % 2);

const part = (number) => Object.fromEntries(Object.entries(JSON.parse(PARTS[number])).map(([name, values]) => [name, Float64Array.from(values)]));

/** Two interleaving half circles; 100 rows with noise 0.1 and seed 0 are the tutorial's. */
function moons(rows, noise, seed) {
  if (rows === 100 && noise === 0.1 && seed === 0) return part(2);
  const X = strewn(rows, seed, noise, (i) => {
    const angle = (Math.PI * Math.floor(i / 2)) / Math.max(Math.floor((rows - 1) / 2), 1);
    return i % 2 ? [1 - cos(angle), 0.5 - sin(angle)] : [cos(angle), sin(angle)];
  });
  return { X, y: alternating(rows) };
}

/** A disc inside a ring. */
function circle(rows, noise, seed) {
  const u = drawn(rows, seed);
  const X = strewn(rows, seed, noise, (i) => {
    const radius = i % 2 ? 0.5 * Math.sqrt(u[2 * i]) : 0.7 + 0.3 * u[2 * i], angle = 2 * Math.PI * u[2 * i + 1];
    return [radius * cos(angle), radius * sin(angle)];
  });
  return { X, y: alternating(rows) };
}

/** Four squares, the opposite ones alike: what a single perceptron cannot learn. */
function xor(rows, noise, seed) {
  const places = drawn(rows, seed).map((u) => 2 * u - 1).map((x) => x + (x > 0 ? 0.05 : -0.05));
  const y = Float64Array.from({ length: rows }, (_, i) => Number(places[2 * i] > 0 !== places[2 * i + 1] > 0));
  return { X: strewn(rows, seed, noise, (i) => [places[2 * i], places[2 * i + 1]]), y };
}

/** A square in two, by whether a point lies above the curve x2 = f(x1). */
const above = (f) => (rows, noise, seed) => {
  const places = drawn(rows, seed).map((u) => 2 * u - 1);
  const y = Float64Array.from({ length: rows }, (_, i) => Number(places[2 * i + 1] > f(places[2 * i])));
  return { X: strewn(rows, seed, noise, (i) => [places[2 * i], places[2 * i + 1]]), y };
};

/** Two clouds that a straight line parts. */
const gauss = (rows, noise, seed) => ({ X: strewn(rows, seed, 0.15 + noise, (i) => (i % 2 ? [0.6, 0.6] : [-0.6, -0.6])), y: alternating(rows) });

/** Two arms wound around each other. */
function spiral(rows, noise, seed) {
  const X = strewn(rows, seed, 0.3 * noise, (i) => {
    const t = (Math.floor(i / 2) + 0.5) / (rows / 2), angle = 3.5 * Math.PI * t + Math.PI * (i % 2);
    return [t * sin(angle), t * cos(angle)];
  });
  return { X, y: alternating(rows) };
}

/** The three clouds of the tutorial's part 3; with 2,000 rows all 2,100 of them. */
function clouds(rows) {
  const { X, y } = part(3), third = Math.ceil(rows / 3);
  if (rows >= 2000) return { X, y };
  const kept = [0, 1, 2].flatMap((k) => Array.from(range(third), (i) => 700 * k + i)).slice(0, rows);
  return { X: Float64Array.from(kept.flatMap((i) => [X[2 * i], X[2 * i + 1]])), y: Float64Array.from(kept, (i) => y[i]) };
}

/** A number at each point of a square. */
const height = (f) => (rows, noise, seed) => {
  const X = drawn(rows, seed).map((u) => 2 * u - 1), e = noisy(rows, seed);
  return { X, y: Float64Array.from({ length: rows }, (_, i) => f(X[2 * i], X[2 * i + 1]) + noise * e[2 * i]) };
};

/** Two hills and two hollows. */
const hills = (x1, x2) => [[0.5, 0.5, 1], [-0.5, -0.5, 1], [0.5, -0.5, -1], [-0.5, 0.5, -1]].reduce((sum, [a, b, sign]) => {
  const across = x1 - a, up = x2 - b;
  return sum + sign * exp(-(across * across + up * up) / 0.1);
}, 0);

const NEW_ROWS = 1000;
const PEOPLE = { names: ["smoking", "obesity", "exercise"], target: "diabetic" };
const NUMBER = { target: "y", number: true };

/** The sets by name: what they are called, how they are made of rows, noise and seed, whether there are ever new points, and their columns. */
export const SETS = {
  moons: { title: "two moons (part 2)", make: moons, endless: true },
  circle: { title: "disc in a ring", make: circle, endless: true },
  xor: { title: "exclusive or", make: xor, endless: true },
  gauss: { title: "two clouds", make: gauss, endless: true },
  spiral: { title: "two spirals", make: spiral, endless: true },
  sine: { title: "above a sine curve", make: above((x) => 0.7 * sin(Math.PI * x)), endless: true },
  cubic: { title: "above a cubic curve", make: above((x) => 3 * x * x * x - 1.5 * x), endless: true },
  vee: { title: "above a V", make: above((x) => 1.4 * Math.abs(x) - 0.7), endless: true },
  clouds: { title: "three clouds (part 3)", make: clouds, classes: ["cat", "mouse", "dog"] },
  people: { title: "five people (part 1)", make: () => part(1), ...PEOPLE },
  plane: { title: "a plane (a number)", make: height((x1, x2) => x1 + x2), endless: true, ...NUMBER },
  hills: { title: "hills (a number)", make: height(hills), endless: true, ...NUMBER },
};

const DOTS = 300;

/** A small picture of a set: places from 0 to 1, and the class of each, or from 0 to 1 how large its number is. */
export function thumbnail({ make, names = ["x1", "x2"], number = false }) {
  const { X, y } = make(DOTS, 0.02, 0), n = names.length;
  const [across, up, large] = [columnOf(X, n, 0), columnOf(X, n, 1), y].map((values) => {
    const [low, high] = [least(values), most(values)];
    return Array.from(values, (value) => (value - low) / (high - low));
  });
  return { x: across, y: up, shade: number ? large : [...y], number };
}

/** A built-in set as a table, its target the last column. */
export function makeTable({ data, rows, noise, seed }) {
  const set = SETS[data];
  if (!set) throw new Refusal(`there is no set ${shown(data)}; there are ${listed(Object.keys(SETS))}`);
  const { X, y } = set.make(rows, noise, seed);
  return pointsTable(X, y, { source: set.title, ...set });
}

/** New points of a set, drawn as its own were, by which networks are compared: test rows that cost nothing. Null where there are none. */
export const newPoints = ({ data, noise, seed }) => (SETS[data]?.endless ? makeTable({ data, rows: NEW_ROWS, noise, seed: seed + 1 }) : null);

/** Points as a table: whole numbers are classes, by name where `classes` has some, unless the target is a number. */
export function pointsTable(X, y, { names = ["x1", "x2"], target = "label", number = false, classes = null, source = "drawn points" } = {}) {
  const columns = names.map((name, k) => ({ name, type: "number", values: columnOf(X, names.length, k) }));
  columns.push(classes ? { name: target, type: "text", codes: Int32Array.from(y), texts: classes } : { name: target, type: "number", values: y, whole: !number });
  return { names: columns.map(({ name }) => name), columns, n_rows: y.length, source };
}

export const columnNamed = (table, name) => table.columns[table.names.indexOf(name)];

/** The columns made of places x1 and x2. */
export function withDerived({ values: x1 }, { values: x2 }, features) {
  if (!features.length || features.some((name) => !DERIVED[name])) {
    throw new Refusal(`inputs can be ${Object.keys(DERIVED).join(", ")}; at least one`);
  }
  return features.map((name) => ({ name, type: "number", values: x1.map((value, i) => DERIVED[name](value, x2[i])) }));
}
