// The page's questions, which change nothing: each is answered here and only shown there.

import { bentPlane, matrixOf } from "./insides.js";
import { connectionName, layerNames } from "./layers.js";
import { limits as limit } from "./limits.js";
import { encodeLink, packWeights } from "./link.js";
import { layersOf } from "./parameters.js";
import { answerAt } from "./picture.js";
import { dependence, rowsTable } from "./rows.js";
import { runsTable } from "./runs.js";
import { take } from "./take.js";
import { Refusal } from "./text.js";
import { count, layer, share, unit, unitBefore } from "./verbs.js";

const part = limit.optional(limit.oneOf("forward", "backward", "update"), "forward");

export const QUESTIONS = {
  /** Why is this number what it is? For now only which weights go into it. */
  why: {
    takes: { layer, unit, before: limit.optional(unitBefore, null), part },
    act({ session }, asked) {
      const { network, parameters } = session, l = Math.min(asked.layer, network.activations.length - 1), found = layersOf(network, parameters)[l];
      const to = l === asked.layer && asked.unit < found.n_out ? asked.unit : 0, before = asked.before !== null && asked.before < found.n_in ? asked.before : null;
      const names = layerNames(session, l), bias = found.biases ? [{ before: -1, name: "bias", value: found.biases[to] }] : [];
      return {
        title: connectionName(session, l, to, before), layer: l, unit: to, before, part: asked.part, batch: asked.part === "update",
        incoming: [...bias, ...names.map((name, i) => ({ before: i, name, value: found.weights[i * found.n_out + to] }))],
        tree: null, said: "What this number is made of is told by selenite play.", text: "", latex: "",
      };
    },
  },

  expand: {
    takes: { address: limit.text(4000), batch: limit.optional(limit.flag, false), terms: limit.optional(limit.whole(1, 100_000), 12) },
    act() { throw new Refusal("what this number is made of is told by selenite play"); },
  },

  /** All weights of a layer; 0 is the first. */
  matrix: { takes: { layer }, act: (bench, asked) => matrixOf(bench.session, bench.followed, asked.layer) },

  /** The plane as a hidden layer bends it, in the space of two of its units; none: those that count most. */
  bent: {
    takes: { layer: limit.whole(1, 10), units: limit.optional(limit.list(unit, 2, 2), null) },
    act: (bench, asked) => bentPlane(bench.session, bench.view, asked.layer, asked.units),
  },

  /** A part of the table of rows, sorted by one of its columns. */
  rows: {
    takes: { by: limit.optional(limit.whole(0, 1000), 0), descending: limit.optional(limit.flag, false), start: limit.optional(count, 0) },
    act: (bench, { by, descending, start }) => rowsTable(bench.session, by, descending, start),
  },

  /** How the answer depends on a column; of classes, the probability of one of them. */
  depends: {
    takes: { column: limit.text(2000), of_class: limit.optional(limit.whole(0, 9), 0) },
    act: (bench, { column, of_class }) => dependence(bench.session, bench.followed, column, of_class),
  },

  /** The answer at a place of the plane. */
  at: { takes: { x: share, y: share }, act: (bench, { x, y }) => answerAt(bench.session, bench.view, x, y) },

  /** The table of runs. */
  runs: { act: (bench) => runsTable(bench.runs, bench.session) },

  /** What is taken home, as text. */
  take: {
    takes: { what: limit.oneOf("weights", "data", "spreadsheet", "curves", "svg", "model", "script") },
    act: (bench, { what }) => take(bench, what),
  },

  /** The fragment of a link to what stands here. */
  link: {
    act({ session, drawing, lesson, hidden }) {
      const { settings, epoch, parameters } = session, points = settings.data === "drawn" ? drawing.points : [];
      return encodeLink({ settings, epoch, weights: packWeights(parameters), points, lesson, hidden });
    },
  },
};
