/* The page's verbs: each says what it takes, and does it. `pauses`: training stops at once, whatever is being computed;
   `urgent`: a long way to another epoch ends at once, too. */

import { USUAL_SPEED } from "./bench.js";
import { pointsOfProblem } from "./drawing.js";
import { LESSONS, OWN, lessonOf } from "./lessons.js";
import { limits as limit } from "./limits.js";
import { MOST_CHARACTERS, controls, decodeLink, unpackWeights } from "./link.js";
import { countOf, isArticles } from "./parameters.js";
import { checkAxes } from "./plane.js";
import { openFile, tableIn } from "./opening.js";
import { FINISHED } from "./opened.js";
import { makeProblem } from "./problem.js";
import { noted } from "./runs.js";
import { RESTARTING, changed, equal, networkFor, settingsOf } from "./settings.js";
import { Refusal, grouped, listed, shown } from "./text.js";
import { Trials } from "./trials.js";

export const count = limit.whole(0, 1_000_000);
export const layer = limit.whole(0, 10);
export const unit = limit.whole(0, 100_000);
export const unitBefore = limit.whole(-1, 100_000); // that a weight comes from; -1: the bias
export const share = limit.number(0, 1); // of the plane, from its lower left
const length = limit.optional(limit.oneOf("epoch", "batch", "row"), "epoch");

export const VERBS = {
  /** Take other settings: begin anew where they need it, else train on. A network that the articles do not have starts as theirs do. */
  change: {
    takes: { settings: settingsOf },
    act(bench, { settings }) {
      const { session } = bench, old = session.settings;
      if (RESTARTING.some((name) => !equal(settings[name], old[name]))) {
        const { lesson, speed } = bench, elsewhere = settings.data !== old.data && lesson;
        if (elsewhere) Object.assign(bench, { lesson: "", speed: USUAL_SPEED });
        try {
          const others = old.start === "article" && settings.start === "article" && !isArticles(networkFor(settings, bench.problemOf(settings)));
          bench.begin(others ? changed(settings, { start: "uniform" }) : settings);
        } catch (error) {
          Object.assign(bench, { lesson, speed });
          throw error;
        }
        return;
      }
      checkAxes(session.problem, settings.axes);
      const seen = { axes: old.axes, hold: old.hold };
      if (!equal({ ...settings, ...seen }, old)) { // more than the view
        const isTried = bench.seeds?.rates && equal({ ...settings, ...seen, learning_rate: old.learning_rate }, old);
        if (!isTried) bench.seeds = null; // they are of the old settings
        bench.trials = null;
        bench.keepFuture();
        session.goOnWith(settings);
      }
      session.settings = settings;
      bench.look();
    },
  },

  /** Go back to the start: the same weights. */
  reset: { pauses: true, urgent: true, act: (bench) => bench.begin(bench.session.settings) },

  /** Train, at a speed: epochs a frame, or 0 for as many as there is time for. */
  play: {
    takes: { speed: limit.optional(limit.whole(0, 10_000), USUAL_SPEED) },
    act(bench, { speed }) {
      const { session } = bench;
      if (bench.waiting) throw new Refusal(bench.waiting);
      if (session.ended && session.epoch >= session.settings.epochs) {
        throw new Refusal("all epochs of this setting are done; reset, or raise “stop after”");
      }
      bench.speed = speed;
      if (session.ended) session.settings = changed(session.settings, { auto_stop: false });
      session.branch();
      session.ended = "";
      bench.player.start();
    },
  },

  /** Stop training. */
  pause: { pauses: true, urgent: true, act() {} },

  /** Train for one epoch, batch or row. */
  step: {
    pauses: true,
    takes: { what: length },
    act(bench, { what }) {
      for (const session of bench.behind(1)[0]) {
        session.branch(); // what came after is forgotten
        session.ended = "";
        if (what === "epoch") session.train(1);
        else if (what === "batch") session.stepBatch();
        else session.stepRow();
      }
      if (what === "row") bench.follow(nextRow(bench.session));
    },
  },

  /** Take one step back. */
  back: {
    pauses: true,
    takes: { what: length },
    async act(bench, { what }) {
      await bench.goTo(...placeBefore(bench.session, what));
      if (what === "row") bench.follow(nextRow(bench.session));
    },
  },

  /** Go to another epoch. */
  goto: { pauses: true, urgent: true, takes: { epoch: count }, act: (bench, { epoch }) => bench.goTo(epoch) },

  /** Go to an epoch, training on to it where the run has not been there. */
  reach: { pauses: true, urgent: true, takes: { epoch: count }, act: (bench, { epoch }) => bench.reach(epoch) },

  /** Change a weight by hand. */
  weight: {
    takes: { layer, before: unitBefore, unit, value: limit.number(-1e6, 1e6) },
    act(bench, { layer: l, before, unit: to, value }) {
      bench.keepFuture();
      bench.session.setParameter(l, before, to, value);
    },
  },

  /** Follow another row through the network. */
  follow: {
    takes: { row: count },
    act(bench, { row }) {
      const { n_rows } = bench.session.problem;
      if (row >= n_rows) throw new Refusal(`there is no row ${grouped(row + 1)}; there are ${grouped(n_rows)}`);
      bench.follow(row);
    },
  },

  /** Open a file: a table to learn from, a model to look into, or rows to see that model by. */
  file: { pauses: true, urgent: true, takes: { name: limit.text(2000), bytes: limit.bytes }, act: (bench, { name, bytes }) => openFile(bench, name, bytes) },

  /** Look into another network of an opened model; alone: its answer in place of all of them. */
  look: {
    takes: { member: limit.whole(0, 10_000), alone: limit.optional(limit.flag, false) },
    act(bench, { member, alone }) {
      if (!bench.session.finished) throw new Refusal("one network is trained here; several are in a model that is opened");
      bench.session.look(member, alone);
      bench.look();
    },
  },

  /** Begin a lesson, or leave it. */
  lesson: {
    pauses: true, urgent: true,
    takes: { key: limit.text(40) }, // "" for none
    act(bench, { key }) {
      const lesson = lessonOf({ lesson: key, own: bench.own });
      if (key && !lesson) throw new Refusal(`there is no lesson '${key}'; there are ${Object.keys(LESSONS).join(", ")}`);
      bench.takeUp(key, lesson ?? { speed: USUAL_SPEED });
    },
  },

  /** Begin to train the setting from 20 starts, or at several learning rates, or end that. */
  seeds: {
    pauses: true,
    takes: { do: limit.optional(limit.oneOf("seeds", "rates", "stop"), "seeds"), epochs: limit.optional(count, 0) }, // 0: as many as the run has had
    act(bench, { do: what, epochs }) {
      bench.trials = null;
      if (what === "stop") return;
      const { session } = bench, lesson = lessonOf(bench);
      if (session.finished) throw new Refusal(FINISHED);
      const usual = lesson?.settings.sums ? session.settings.epochs : session.epoch;
      bench.run(new Trials(session, epochs || usual || 500, what === "rates"));
    },
  },

  /** Begin a second run from the same weights, end it, or change to the other one. */
  beside: {
    takes: { do: limit.oneOf("begin", "end", "switch") },
    act(bench, { do: what }) {
      const { session, other, side } = bench;
      if (what === "begin") Object.assign(bench, { other: session.copy(), session: session.copy(), side: "B", branched: null });
      else if (what === "end") {
        bench.runs = noted(bench.runs, bench.sessions.slice(1));
        bench.alone();
      } else if (other) {
        Object.assign(bench, { session: other, other: session, side: side === "A" ? "B" : "A" });
        bench.look();
      }
    },
  },

  /** Show the forward or the backward pass in the diagram. */
  show: { takes: { what: limit.oneOf("forward", "backward") }, act(bench, { what }) { bench.backward = what === "backward"; } },

  /** Put some controls away, as a link may. */
  hide: { takes: { controls }, act(bench, message) { bench.hidden = message.controls; } },

  /** Open a link; nothing runs until the user says so. */
  open: {
    pauses: true, urgent: true,
    takes: { link: limit.text(MOST_CHARACTERS) },
    async act(bench, message) {
      const { settings, epoch, weights, points, lesson, own, hidden, table } = await decodeLink(message.link), { drawing, file } = bench;
      const drawn = drawing.points;
      if (points.length) drawing.points = points;
      try {
        if (table) bench.file = await tableIn(table.name, new TextEncoder().encode(table.text));
        if (settings.data === "file" && !bench.file) throw new Refusal("this link belongs to a file of its maker's, which it does not carry; open the file first");
        const problem = makeProblem(settings, bench.tableOf(settings.data));
        const network = networkFor(settings, problem);
        const parameters = unpackWeights(weights, countOf(network));
        bench.begin(settings, { parameters, epoch }, problem);
        bench.own = own && { ...own, settings, weights: parameters, epoch, points, speed: bench.speed };
      } catch (error) {
        drawing.points = drawn;
        bench.file = file;
        throw error;
      }
      Object.assign(bench, { lesson: own ? OWN : Object.hasOwn(LESSONS, lesson) ? lesson : "", hidden });
      if (table) bench.keep(bench.file);
      const carried = weights ? `weights of epoch ${grouped(epoch)}` : "no weights";
      return `Opened a link with settings, ${carried}${points.length ? `, ${points.length} drawn points` : ""}${table ? `, the table ${table.name}` : ""}. Nothing runs until you press play.`;
    },
  },

  /** Come back to a table that was opened before. */
  table: {
    pauses: true, urgent: true,
    takes: { name: limit.text(2000) },
    act(bench, { name }) {
      const table = bench.files.find(({ source }) => source === name);
      if (!table) throw new Refusal(`there is no table ${shown(name)} open; there are ${listed(bench.files.map(({ source }) => source)) || "none"}`);
      bench.openTable(table);
    },
  },

  /** Add, move or take away a point, or all; and learn from them as they are now, from the present weights. */
  draw: {
    takes: {
      do: limit.oneOf("begin", "add", "move", "remove", "clear", "undo", "redo"),
      x: limit.optional(share, 0), y: limit.optional(share, 0), of_class: limit.optional(limit.whole(0, 9), 0),
      index: limit.optional(limit.whole(0, 500), 0), goes_on: limit.optional(limit.flag, false), // a drag that began before: undone with it as one
    },
    act(bench, message) {
      const { drawing, session } = bench, what = message.do;
      if (what === "begin" && session.settings.data !== "drawn") drawing.points = pointsOfProblem(session.problem) ?? drawing.points;
      if (what === "undo" || what === "redo") drawing.goBack(what === "redo");
      else if (what !== "begin") drawing.change(drawing.edited(message), message.goes_on);
      bench.learnFromDrawn();
    },
  },
};

/** The row that is seen next. */
const nextRow = ({ problem, order, row }) => problem.training[order[row]];

/** Epoch and row one step back. */
function placeBefore({ at, row, batchSize: size, n_rows: n, first_epoch }, what) {
  const begin = row - (row % size), last = Math.floor((n - 1) / size) * size;
  const steps = { epoch: row || n, batch: row - begin || (row ? size : n - last), row: 1 };
  const goal = Math.max(at - steps[what], first_epoch * n);
  return [Math.floor(goal / n), goal % n];
}
