// What the page is told: the state of the workbench, a frame of the run, the slower figures.

import { HIDDEN_ACTIVATIONS, LOSSES_OF } from "../functions.js";
import { detail, latestLosses, score } from "./figures.js";
import { layerNames } from "./layers.js";
import { LESSONS, OWN, answerOf, lessonOf } from "./lessons.js";
import { countOf } from "./parameters.js";
import { least, most } from "./numbers.js";
import { classColours, frame, outputSurface, pointsOf } from "./picture.js";
import { SETS } from "./points.js";
import { cellText } from "./table/column.js";

const MOST_CELLS = 60; // of the followed row

const titles = (things) => Object.fromEntries(Object.entries(things).map(([key, { title }]) => [key, title]));

/** All of it, what is seen first first; of a run only where there is one. */
export function* everything(bench, detailed) {
  const seen = bench.waiting ? null : picture(bench); // at once with the state
  yield ["state", state(bench)];
  if (!seen) return;
  yield ["frame", seen];
  if (detailed) yield ["detail", details(bench)];
}

/** Everything that changes only when somebody does something. */
function state(bench) {
  const { session, chosen } = bench, { problem, network } = session, { table, target } = problem, lesson = lessonOf(bench);
  return {
    settings: session.settings,
    playing: bench.playing,
    speed: bench.speed,
    waiting: bench.waiting,
    sets: titles(SETS),
    file: bench.file?.source ?? null,
    files: bench.files.map(({ source }) => source),
    activations: HIDDEN_ACTIVATIONS,
    losses: LOSSES_OF[problem.n_classes ? "classification" : "regression"],
    lessons: titles(bench.own ? { ...LESSONS, [OWN]: bench.own } : LESSONS),
    lesson: bench.lesson,
    lesson_text: lesson?.text ?? [],
    lesson_task: lesson?.task ?? "",
    lesson_at: lesson?.at ?? "",
    lesson_docs: lesson?.docs ?? "",
    lesson_answer: answerOf(bench),
    source: table.source,
    columns: problem.columns,
    names: table.names,
    kinds: Object.fromEntries(problem.schema.map(({ name, kind }) => [name, kind])),
    types: Object.fromEntries(table.columns.map(({ name, type }) => [name, type])),
    target: target.name,
    classes: target.classes,
    colours: classColours(session),
    range: problem.n_classes ? null : rangeOf(problem),
    derived: problem.derived,
    rows: { all: problem.n_rows, training: problem.training.length, test: problem.test.length },
    axes: bench.view.axes,
    layers: network.layer_sizes.map((units, l) => ({
      units,
      indices: chosen[l].units,
      names: chosen[l].units.map((unit) => layerNames(session, l)[unit]),
      others: chosen[l].others.length,
      activation: l ? network.activations[l - 1] : "",
    })),
    opened: session.finished ? session.account : null,
    model: bench.opened?.told.name ?? null,
    answers: problem.answers,
    parameters: countOf(network),
    points: bench.waiting ? bench.drawing.shown : pointsOf(session, bench.view),
    followed: bench.followed,
    followed_row: table.columns.slice(0, MOST_CELLS).map((column) => [column.name, cellText(column, bench.followed)]),
    seeds: bench.seeds,
    batches: Math.ceil(session.n_rows / session.batchSize),
    first_epoch: session.first_epoch,
    side: bench.side,
    beside: bench.other !== null,
    branched: bench.branched,
    trying: bench.trials !== null,
    backward: bench.backward && problem.answers,
    hidden: bench.hidden,
    drawn: bench.drawing.points.length,
  };
}

/** The smallest and the largest of the numbers that are predicted, in their own unit; null where one is beyond all numbers. */
function rangeOf({ Y, target: { center, width } }) {
  const ends = [least(Y), most(Y)].map((value) => center + width * value);
  return ends.every(Number.isFinite) ? ends : null;
}

/** The frame. */
export function picture(bench) {
  const { session, other, view } = bench, found = { ...frame(session, view, bench.followed, bench.chosen, bench.backward && session.problem.answers), playing: bench.playing };
  if (!other) return found;
  return { ...found, other: { output: outputSurface(other, view), loss: latestLosses(other).loss, good: score(other, other.parameters) } };
}

/** The slower figures. */
export function details(bench) {
  const { session, other } = bench, found = detail(session, !bench.playing);
  if (!other) return found;
  const { epochs, loss } = other.curves.thinned();
  return { ...found, other: { epochs: epochs.map((epoch) => epoch + other.first_epoch),
    loss: loss.map((value) => value * other.shownScale), last_epoch: other.epoch } };
}
