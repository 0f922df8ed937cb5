// What the page draws of a run at one moment: surfaces as bytes, weights, values of the followed row, figures.

import { figures, sharesOf, told } from "./figures.js";
import { valuesOf } from "./layers.js";
import { columnOf, least, most, range, rounded, rowsOf } from "./numbers.js";
import { layersOf } from "./parameters.js";
import { PLANE, along, axesOf, planeInputs, positions } from "./plane.js";
import { SHOWN, permutation } from "./random.js";

export const OUTPUT_SIZE = 96; // places along each side of a surface
export const UNIT_SIZE = 24; // of a unit's
const MOST_POINTS = 500; // that are drawn

/** How a problem is seen: the plane's axes, its inputs, the points drawn in it; `row`: as which other columns are held; `usual`: the
    columns from which axes are taken that no setting names. */
export function viewOf(problem, settings, row, usual = []) {
  const axes = settings.data === "drawn" ? PLANE : axesOf(problem, settings.axes, usual);
  return {
    axes, row,
    output_inputs: planeInputs(problem, axes, OUTPUT_SIZE, row),
    unit_inputs: planeInputs(problem, axes, UNIT_SIZE, row),
    points: someRows(problem.n_rows, MOST_POINTS),
  };
}

/** All rows, or so many drawn by chance. */
export const someRows = (n, count) => (n <= count ? range(n) : permutation(0, n, SHOWN).slice(0, count).sort());

/** What changes from frame to frame; `backward`: with the followed row's part in each gradient. */
export function frame(session, view, followed, chosen, backward = false) {
  const { network, parameters, problem } = session, layers = layersOf(network, parameters);
  const [x, y] = session.rows([followed]), row = network.trace(parameters, x, y), a = [row.features ?? x, ...row.a];
  const prediction = told(session.predicted(view.points), problem.n_outputs);
  const wrong = problem.n_classes && problem.answers ? Array.from(view.points.keys()).filter((i) => prediction[i] !== problem.codes[view.points[i]]) : [];
  const pairs = layers.map((layer, l) => ({ ...layer, below: chosen[l].units, rest: chosen[l].others, above: chosen[l + 1].units }));
  return {
    epoch: session.epoch,
    row: session.row,
    ended: session.ended,
    ...figures(session),
    weights: pairs.map(({ weights, n_out, below, above }) => below.map((i) => above.map((j) => weights[i * n_out + j]))),
    biases: pairs.map(({ biases, above }) => biases && above.map((j) => biases[j])),
    values: chosen.map(({ units }, l) => units.map((unit) => a[l][unit])),
    deltas: pairs.map(({ above }, l) => above.map((j) => row.delta[l][j])),
    others: pairs.map(({ weights, n_out, rest, above }, l) => // what those of a layer that are not drawn add to each unit above
      rest.length ? above.map((j) => rest.reduce((sum, i) => sum + a[l][i] * weights[i * n_out + j], 0)) : null),
    prediction: Array.from(session.predicted([followed])),
    gradients: backward ? pairs.map(({ below, above }, l) => below.map((i) => above.map((j) => a[l][i] * row.delta[l][j]))) : null,
    output: outputSurface(session, view),
    units: unitSurfaces(session, view, chosen),
    wrong,
  };
}

/** The answer over the plane: the second class's probability, or all classes and then their probabilities, or a number. */
export function outputSurface(session, { output_inputs }) {
  const { n_classes, n_outputs } = session.problem, found = session.answer(output_inputs);
  if (n_classes === 2) return asBytes(found);
  if (n_classes > 2) {
    const classes = told(found, n_outputs), n = classes.length, shares = new Float64Array(2 * n);
    classes.forEach((code, i) => { shares[i] = code / 255; shares[n + i] = found[i * n_outputs + code]; });
    return asBytes(shares);
  }
  return asBytes(sharesOfNumbers(session.problem, found, found));
}

/** Numbers as shares of the way from the lowest known answer to the highest, or of those drawn. */
function sharesOfNumbers({ answers, Y }, numbers, drawn) {
  const known = answers ? Y : drawn, low = least(known), width = most(known) - low || 1;
  return numbers.map((value) => (value - low) / width);
}

/** The surface of each unit that is drawn, one after the other, the inputs' first: 128 is the middle. */
function unitSurfaces({ network, parameters }, { unit_inputs }, chosen) {
  const names = ["input", ...network.activations], values = valuesOf(network, parameters, unit_inputs), n = UNIT_SIZE * UNIT_SIZE;
  const shares = new Float64Array(n * chosen.reduce((sum, { units }) => sum + units.length, 0));
  let at = 0;
  chosen.forEach(({ units }, l) => units.forEach((unit) => {
    const a = columnOf(values[l], network.layer_sizes[l], unit);
    shares.set(sharesOfUnit(names[l], a), at);
    at += n;
  }));
  return asBytes(shares);
}

/** A unit's values as shares: as they are where they lie between 0 and 1, else of their largest size, 0 or an input's middle at ½. */
function sharesOfUnit(name, a) {
  if (name === "logistic" || name === "softmax") return a;
  if (name === "tanh") return a.map((value) => 0.5 + 0.5 * value);
  const middle = name === "input" ? 0.5 * (most(a) + least(a)) : 0, width = Math.max(most(a.map((value) => Math.abs(value - middle))), 1e-12);
  return a.map((value) => 0.5 + (0.5 * (value - middle)) / width);
}

/** The points drawn: where, of which class or value, and whether put aside; what is predicted stands for an answer that is not known. */
export function pointsOf(session, { points, axes }) {
  const { problem } = session, { Y, codes, n_classes, n_outputs, answers, training, test } = problem, rows = [...points], aside = new Set(training.length ? test : []);
  const output = answers ? rowsOf(Y, n_outputs, points) : session.predicted(points);
  const shade = n_classes ? (answers ? rows.map((row) => codes[row]) : told(output, n_outputs)) : sharesOfNumbers(problem, output, output);
  const [x, y] = axes.map((axis) => Array.from(positions(problem, axis, points), (place) => rounded(place, 4)));
  return { rows, x, y, shade: [...shade], test: rows.map((row) => aside.has(row)) };
}

/** Which colour each class has; drawn points keep that of the brush, whichever classes there are. */
export const classColours = ({ settings, problem: { target } }) =>
  settings.data === "drawn" ? target.classes.map(Number) : target.classes.map((_, code) => code);

/** The network's answer at a place of the plane, in shares of its axes. */
export function answerAt(session, view, x, y) {
  const { target, n_inputs, n_outputs } = session.problem, place = (share) => Math.min(Math.floor(share * OUTPUT_SIZE), OUTPUT_SIZE - 1);
  const prediction = session.answer(rowsOf(view.output_inputs, n_inputs, [place(1 - y) * OUTPUT_SIZE + place(x)]));
  const where = Object.fromEntries(view.axes.flatMap((axis, k) => (axis ? [[axis.name, valueAt(axis, [x, y][k])]] : [])));
  if (!target.classes.length) return { where, number: target.center + target.width * prediction[0] };
  const shares = sharesOf(prediction, n_outputs);
  return { where, shares: Object.fromEntries(target.classes.map((name, code) => [name, shares[code]])) };
}

/** The value of a column at a share of its axis, a category as its label. */
function valueAt(axis, share) {
  const { codes, values } = along(axis, Float64Array.of(share));
  return codes ? axis.labels[codes[0]] : values[0];
}

/** Numbers from 0 to 1 as bytes; what is none is 0. */
function asBytes(shares) {
  const found = new Uint8Array(shares.length);
  for (let i = 0; i < shares.length; i++) found[i] = Math.min(Math.max((shares[i] || 0) * 255 + 0.5, 0), 255);
  return found;
}
