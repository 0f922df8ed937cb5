// A run as a Python script, which makes it again with selenite's own functions: the same rows, start and steps, the same numbers.

import { FINISHED } from "./opened.js";
import { optimizerFor } from "./optimizer.js";
import { equal } from "./settings.js";
import { Refusal } from "./text.js";

const AS_USUAL = { separator: ",", decimal: ".", thousands: "", strip: "", missing: [], not_missing: [], encoding: "utf-8", date_format: "", sheet: "", drop_missing: [] }; // of a file
const BY_SEED = ["glorot", "uniform"]; // starts that selenite's own function gives to the bit

/** The script's text. */
export function scriptOf(session) {
  if (session.finished) throw new Refusal(FINISHED);
  const turns = turnsOf(session), { problem, network, settings, epoch, first_epoch, lent } = session, [first] = turns;
  const rows = problem.table.learn ? learntRows(problem, settings) : madeRows(session);
  const steps = turns.flatMap((turn, k) => segment(session, turn, turns[k - 1], turns[k + 1]?.epoch ?? epoch));
  const after = epoch > first_epoch ? [`print("epoch", ${epoch}, "loss", float(losses[-1])${settings.sums ? " * len(X)" : ""})`] : [];
  const names = ["Network", "Optimizer", ...(steps.some((line) => line.includes("Schedule(")) ? ["Schedule"] : []), "TrainOptions", "initialize", "start"];
  return [
    '"""The run on selenite\'s playground, again: the same rows, start and steps, and so the same numbers."""', "",
    ...(lent < epoch ? [] : ["import os", "", 'os.environ.setdefault("SELENITE_LEVEL", "v2")  # whose bits the page has', ""]),
    "import numpy as np", "", "from selenite import backend",
    `from selenite.nn import ${names.join(", ")}`, ...rows, "",
    `network = Network(${tuple(network.layer_sizes)}, ${tuple(network.activations.map(text))}, ${text(network.loss)}, biases=${flag(network.biases)})`,
    `parameters = ${first.epoch || !BY_SEED.includes(settings.start) ? array(first.parameters) : `initialize(network, ${text(settings.start)}, seed=${settings.seed})`}`,
    ...steps, ...after, 'print("weights", np.round(parameters, 4).tolist())', "",
  ].join("\n");
}

/** Where the run began, and where something was changed since. */
function turnsOf({ checkpoints, row, epoch }) {
  const turns = checkpoints.filter((each) => each.turning && each.epoch <= epoch);
  if (row || turns.some((turn) => turn.row)) throw new Refusal("the script makes whole epochs; finish this epoch first, with one more step");
  return turns;
}

/** From one turn to the next: what is changed, and the epochs that follow. */
function segment(session, turn, before, end) {
  const { settings, epoch, parameters } = turn, { problem, n_rows } = session, lines = [""], optimizer = optimizerFor(settings, n_rows);
  const isNew = !before || !equal(before.settings, settings);
  if (before && !isNew) lines.push(`parameters[:] = ${array(parameters)}  # changed by hand`);
  if (isNew) lines.push(`optimizer = ${optimizerText(optimizer)}`, `options = ${optionsText(session, turn)}`);
  if (!before || before.settings.optimizer !== settings.optimizer) lines.push("state = start(optimizer, parameters)", ...(epoch ? [`state.epochs = ${epoch}`] : []));
  if (end === epoch) return lines;
  if (settings.slip) return [...lines, "from selenite.tutorial.as_printed import train_perceptron_as_printed", "",
    `parameters, losses = train_perceptron_as_printed(parameters[:-1], parameters[-1], X, Y[:, 0], ${optimizer.learning_rate / n_rows}, ${end - epoch})`,
    "losses = losses / len(X)"];
  const seed = problem.training.length > 0 && settings.seed ? `, seed=${settings.seed}` : "";
  return [...lines, `losses = backend.get().train(network, parameters, optimizer, state, X, Y, options, n_epochs=${end - epoch}${seed}).loss`];
}

function optimizerText({ name, learning_rate, momentum, schedule }) {
  const more = [momentum ? `, momentum=${momentum}` : "", schedule.name === "constant" ? "" : `, schedule=Schedule(${text(schedule.name)}, every=${schedule.every})`];
  return `Optimizer(${text(name)}, ${learning_rate}${more.join("")})`;
}

/** The options of the epochs after a turn; the schedules aim at all epochs to come. */
function optionsText({ n_rows }, { settings, epoch, state }) {
  const { batch_size, epochs, l1, l2, dropout } = settings, size = Math.min(batch_size || n_rows, n_rows);
  const total = epochs - epoch + Math.floor(state.steps / Math.ceil(n_rows / size));
  const more = Object.entries({ l1, l2, dropout }).filter(([, value]) => value).map(([name, value]) => `, ${name}=${value}`);
  return `TrainOptions(batch_size=${size === n_rows ? "None" : size}, total_epochs=${total}${more.join("")})`;
}

/** The training rows as they are. */
const madeRows = ({ X, Y, problem: { n_inputs, n_outputs } }) => ["", `X = ${array(X, n_inputs)}  # the training rows`, `Y = ${array(Y, n_outputs)}`];

/** The training rows out of the file, by what was learnt of its columns. */
function learntRows({ table, target }, { test_fraction, seed, drop, kinds }) {
  const unusual = Object.entries(table.read ?? {}).filter(([name, value]) => !equal(value, AS_USUAL[name]));
  const read = unusual.length ? `, ReadOptions(${unusual.map(([name, value]) => `${name}=${text(value)}`).join(", ")})` : "";
  const more = [...(drop.length ? [`drop=${text(drop)}`] : []), ...(kinds.length ? [`kinds=${text(kinds)}`] : [])].map((one) => `, ${one}`);
  return [
    "from selenite.play.files import Learnt", `from selenite.table import ${read ? "ReadOptions, " : ""}read_table`, "",
    `table = read_table(${text(table.source)}${read})  # the file beside this script`,
    `learnt = Learnt(table, ${text(target.name)}, ${test_fraction}, ${seed}${more.join("")})`, "X, Y = learnt.X[learnt.training], learnt.Y[learnt.training]",
  ];
}

const text = (value) => JSON.stringify(value);
const flag = (value) => (value ? "True" : "False");
const tuple = (values) => (values.length === 1 ? `(${values[0]},)` : `(${values.join(", ")})`);

/** An array of NumPy's; with a width row by row. */
function array(values, width = 0) {
  if (!width) return `np.array([${[...values].join(", ")}])`;
  const rows = Array.from({ length: values.length / width }, (_, row) => `    [${[...values.subarray(row * width, (row + 1) * width)].join(", ")}],`);
  return ["np.array([", ...rows, "], dtype=np.float64)"].join("\n");
}
