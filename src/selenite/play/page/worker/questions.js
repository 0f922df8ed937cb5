// The page's questions, which change nothing: each is answered here and only shown there.

import { explanation, openedNumber } from "./explanation.js";
import { bentPlane, matrixOf } from "./insides.js";
import { OWN, ownLesson, written } from "./lessons.js";
import { limits as limit } from "./limits.js";
import { MOST_PARAMETERS, encodeLink, packWeights } from "./link.js";
import { answerAt } from "./picture.js";
import { SETS, thumbnail } from "./points.js";
import { dependence, rowsTable } from "./rows.js";
import { runsTable } from "./runs.js";
import { carriedText } from "./table/csv.js";
import { take } from "./take.js";
import { Refusal } from "./text.js";
import { count, layer, share, unit, unitBefore } from "./verbs.js";

const part = limit.optional(limit.oneOf("forward", "backward", "update"), "forward");

export const QUESTIONS = {
  /** Why is this number what it is? */
  why: {
    takes: { layer, unit, before: limit.optional(unitBefore, null), part },
    act: ({ session, followed }, asked) => (session.finished ? session.explanation(followed, asked) : explanation(session, followed, asked)),
  },

  /** A number inside an explanation that is opened: of the followed row, or of a row of the batch. */
  expand: {
    takes: { address: limit.text(4000), batch: limit.optional(limit.flag, false), terms: limit.optional(limit.whole(1, 100_000), 12) },
    act: ({ session, followed }, asked) =>
      (session.finished ? session.explained(followed, asked.address, 1, asked.terms).tree : openedNumber(session, followed, asked)),
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

  /** Each built-in set as a small picture. */
  thumbnails: { act: () => Object.fromEntries(Object.entries(SETS).map(([name, set]) => [name, thumbnail(set)])) },

  /** The table of runs. */
  runs: { act: (bench) => runsTable(bench.runs, bench.waiting ? null : bench.session, bench.file?.source ?? null) },

  /** What is taken home, as text. */
  take: {
    takes: { what: limit.oneOf("weights", "data", "spreadsheet", "curves", "svg", "model", "script", "article") },
    act: (bench, { what }) => take(bench, what),
  },

  /** The fragment of a link to what stands here, or to how it began; with the table that was opened or without it, and with a
      lesson: `own`, or the one that is on the bench. */
  link: {
    takes: { start: limit.optional(limit.flag, false), table: limit.optional(limit.flag, false), own: limit.optional(ownLesson, null) },
    act({ session, drawing, lesson, own: opened, hidden, file }, { start, table, own }) {
      if (session.finished) throw new Refusal("a link carries settings and few weights, no model; share its file");
      const { settings } = session, { epoch, parameters } = start ? session.checkpoints[0] : session, points = settings.data === "drawn" ? drawing.points : [];
      const carried = table && settings.data === "file" ? { table: { name: file.source, text: carriedText(file) } } : {};
      const taught = own ? { lesson: OWN, own } : lesson === OWN ? { lesson, own: written(opened) } : { lesson };
      const weights = start && parameters.length > MOST_PARAMETERS ? "" : packWeights(parameters);
      return encodeLink({ settings, epoch, weights, points, hidden, ...taught, ...carried });
    },
  },
};
