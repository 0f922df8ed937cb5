// What is taken home: the model file, a script, the weights, the rows, the curves, a drawing of the plane.

import { articleScript } from "./article_script.js";
import { layersOf } from "./parameters.js";
import { OUTPUT_SIZE, classColours, outputSurface, pointsOf } from "./picture.js";
import { CLASSES as PALETTE, mix, rgb } from "../palette.js";
import { scriptOf } from "./script.js";
import { ask, isThere } from "./server.js";
import { csvOf } from "./table/csv.js";
import { Refusal, grouped } from "./text.js";

const CELL = 5; // of the drawing, in its own units

/** What was asked for: text, or the bytes of a model file. */
export function take(bench, what) {
  const { session, view } = bench;
  return { model: modelFile, script: scriptOf, weights: weightsJson, data: dataCsv, spreadsheet: guardedCsv, curves: curvesCsv, svg: drawing, article }[what](session, view);
}

/** The network as a model of the table, made by the server as `selenite fit` makes one; of a model that was opened itself. */
function modelFile(session) {
  if (!isThere()) throw new Refusal("The model file is made by selenite play; a link from Share opens there");
  if (session.finished) return ask("opened_file", { file: session.told.file });
  const { network, parameters, problem, optimizer, batchSize, epoch, settings: { seed, schedule, dropout, epochs } } = session;
  const { layer_sizes, activations, loss, biases } = network, { name, learning_rate } = optimizer;
  return ask("model_file", {
    network: { layer_sizes, activations, loss, biases }, parameters, schema: problem.whole ?? { columns: problem.schema }, target: problem.target, read: problem.table.read ?? {},
    recipe: { seed, optimizer: name, learning_rate, schedule, dropout, batch_size: batchSize, epochs, epochs_run: epoch, best_epochs: [epoch], ended: "callback" },
    data: { training_rows: problem.training.length, test_rows: problem.test.length, split_seed: seed },
  });
}

/** The network and its weights as JSON: of each layer (inputs, units) and its biases. */
function weightsJson({ network, parameters, problem, epoch }) {
  const layers = layersOf(network, parameters).map(({ activation, weights, biases, n_in, n_out }) => ({
    activation, biases: biases && [...biases],
    weights: Array.from({ length: n_in }, (_, i) => [...weights.subarray(i * n_out, (i + 1) * n_out)]),
  }));
  return `${JSON.stringify({ inputs: problem.inputs, epoch, loss: network.loss, layers }, null, 1)}\n`;
}

/** The rows as a table, with the inputs that were made of x1 and x2; `guarded`: for a spreadsheet to open. */
const dataCsv = ({ problem }, view, guarded = false) => csvOf(problem.given(problem.table.columns), problem.n_rows, guarded);
const guardedCsv = (session, view) => dataCsv(session, view, true);

/** The run as a flat script in NumPy: its epochs so far, or all that are to come. */
function article({ settings, checkpoints, network, problem, X, Y, epoch, first_epoch, at, n_rows }) {
  const changed = checkpoints.find((each, i) => i && each.turning && each.epoch * n_rows + each.row <= at);
  if (changed) {
    throw new Refusal(`The article's script is one loop, and this run was changed at epoch ${grouped(changed.epoch)}: go back there, or begin again`);
  }
  const layers = layersOf(network, checkpoints[0].parameters), epochs = epoch - first_epoch || settings.epochs;
  return articleScript({ ...settings, epochs, inputs: problem.inputs, X, Y, layers });
}

/** Every epoch's numbers. */
function curvesCsv({ curves, shownScale, first_epoch }) {
  const number = (value) => (Number.isNaN(value) ? "" : String(value * shownScale));
  const lines = Array.from({ length: curves.length }, (_, i) =>
    [first_epoch + i + 1, ...["loss", "test_loss", "gradient_norm"].map((name) => number(curves[name][i]))].join(","));
  return ["epoch,loss,test_loss,gradient_norm", ...lines, ""].join("\n");
}

/** The plane as a scalable drawing: surface, points, what each means. */
function drawing(session, view) {
  const { problem, epoch } = session, shades = outputSurface(session, view), side = OUTPUT_SIZE * CELL, parts = [];
  const palette = problem.n_classes ? classColours(session).map((k) => PALETTE[k]) : ["#ffffff", PALETTE[1]];
  const colours = Array.from({ length: OUTPUT_SIZE ** 2 }, (_, i) => (problem.n_classes > 2
    ? mixed(palette[shades[i]], 0.25 + (0.6 * shades[OUTPUT_SIZE ** 2 + i]) / 255) : blended(shades[i] / 255, palette)));
  for (let row = 0; row < OUTPUT_SIZE; row++) {
    for (let at = 0, end; at < OUTPUT_SIZE; at = end) { // neighbours of one colour are one rectangle
      const colour = colours[row * OUTPUT_SIZE + at];
      for (end = at; end < OUTPUT_SIZE && colours[row * OUTPUT_SIZE + end] === colour;) end++;
      parts.push(`<rect x="${at * CELL}" y="${row * CELL}" width="${(end - at) * CELL}" height="${CELL}" fill="${colour}"/>`);
    }
  }
  const { x, y, shade, test } = pointsOf(session, view);
  x.forEach((_, i) => {
    const fill = problem.n_classes ? palette[shade[i]] : blended(shade[i], palette), ring = test[i] ? "#000" : "#fff";
    parts.push(`<circle cx="${(x[i] * side).toFixed(1)}" cy="${((1 - y[i]) * side).toFixed(1)}" r="4" fill="${fill}" stroke="${ring}"/>`);
  });
  const title = `${problem.target.name} over ${view.axes[0].name}, epoch ${epoch}`.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><title>${title}</title>${parts.join("")}</svg>\n`;
}

/** The first colour for 0, white for ½, the second for 1, in 32 steps. */
function blended(share, palette) {
  const step = Math.round(share * 32) / 32;
  return mixed(palette[step > 0.5 ? 1 : 0], Math.abs(2 * step - 1));
}

const mixed = (colour, strength) => `#${mix([255, 255, 255], rgb(colour), strength).map((part) => part.toString(16).padStart(2, "0")).join("")}`;
