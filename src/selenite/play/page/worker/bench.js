// What stands on the workbench: the problem and its run, or two runs beside each other, and how they are seen.

import { Drawing, TOO_FEW } from "./drawing.js";
import { chosenUnits } from "./layers.js";
import { LESSON_SPEED, lessonOf } from "./lessons.js";
import { countOf } from "./parameters.js";
import { viewOf } from "./picture.js";
import { checkAxes } from "./plane.js";
import { Pace, Player, breathe } from "./player.js";
import { makeProblem, settingsForDrawn, settingsForTable } from "./problem.js";
import { noted } from "./runs.js";
import { Session } from "./session.js";
import { Refusal } from "./text.js";
import { USUAL, changed, equal, lossesFor, networkFor, settingsOf } from "./settings.js";

export const USUAL_SPEED = 5; // epochs a frame
const MOST_FILES = 5; // that are kept open
const OF_THE_PROBLEM = ["data", "rows", "noise", "test_fraction", "seed", "features", "target", "drop", "kinds"]; // settings

/** The state of the page. */
export class Bench {
  constructor() {
    this.player = new Player(this);
    this.speed = USUAL_SPEED;
    this.file = null; // the table that was opened last
    this.files = []; // and those before it, itself among them
    this.opened = null; // the model
    this.drawing = new Drawing();
    this.waiting = ""; // what is missing before drawn points can be learnt from
    this.lesson = ""; // its key
    this.own = null; // the lesson that a link brought
    this.followed = 0; // the row that is followed through the network
    this.seeds = null; // how the last trials ended
    this.trials = null; // that are being run
    this.urgent = 0; // calls that wait and end what is being computed
    this.other = null; // the run beside this one
    this.side = "A";
    this.branched = null; // the epoch at which this run left the other
    this.runs = []; // that were left for others
    this.backward = false; // whether the diagram shows deltas and gradients
    this.hidden = []; // controls that a lesson's maker put away
    this.session = new Session(USUAL, makeProblem(USUAL));
    this.look();
  }

  get playing() {
    return this.player.playing;
  }

  /** The runs that are trained. */
  get sessions() {
    return this.other ? [this.session, this.other] : [this.session];
  }

  /** Begin a run anew with some settings; `from`: the parameters and the epoch that it begins with, if not the usual ones. */
  begin(settings, from = null, problem = null) {
    const session = settings.data === "model" ? this.seenAs(settings) : this.sessionOf(settings, from, problem ?? this.problemOf(settings));
    checkAxes(session.problem, settings.axes);
    if (this.followed >= session.problem.n_rows) this.followed = 0;
    this.runs = noted(this.runs, this.sessions);
    Object.assign(this, { session, seeds: null, trials: null, waiting: "" });
    this.alone();
    this.look();
  }

  /** Begin a lesson, or with the key "" the usual setting. */
  takeUp(key, { settings = {}, points = [], speed = LESSON_SPEED }) {
    if (key) this.followed = 0;
    if (points.length) this.drawing.change(points);
    Object.assign(this, { lesson: key, speed, backward: false });
    this.begin(settingsOf(settings));
  }

  /** A run, of another kind of target in a table with its usual loss; one without parameters to begin with has a lesson's own, as long as
      they fit and no others are asked for. */
  sessionOf(wanted, from, problem) {
    const { settings: old, problem: before } = this.session, losses = lossesFor(problem.n_classes), keeps = !before.n_classes === !problem.n_classes && losses.includes(wanted.loss);
    const isOther = wanted.data === "file" && wanted.loss === old.loss && (wanted.data !== old.data || wanted.target !== old.target);
    const settings = isOther && !keeps ? changed(wanted, { loss: losses[0] }) : wanted;
    const { weights, epoch = 0, settings: { start = USUAL.start, seed = USUAL.seed } = {} } = lessonOf(this) ?? {};
    const fit = weights && settings.start === start && settings.seed === seed && countOf(networkFor(settings, problem)) === weights.length;
    return new Session(settings, problem, from ?? (fit ? { parameters: Float64Array.from(weights), epoch } : {}));
  }

  /** Let no run stand beside this one. */
  alone() {
    Object.assign(this, { other: null, side: "A", branched: null });
  }

  /** Make the view of the run that stands here. */
  look() {
    const { session } = this;
    this.view = viewOf(session.problem, session.settings, session.settings.hold === "row" ? this.followed : null, session.usualAxes);
    this.choose();
  }

  /** Choose which units of wide layers are drawn. */
  choose() {
    this.chosen = chosenUnits(this.session);
  }

  /** Follow another row through the network. */
  follow(row) {
    this.followed = row;
    if (this.session.settings.hold === "row") this.look();
  }

  /** Go to another moment of the run, seen as it is seen now; who is urgent ends it on the way. */
  async goTo(epoch, row = 0) {
    const { session } = this, { axes, hold } = session.settings, pace = new Pace();
    const way = session.goTo(epoch, row, () => pace.epochs);
    for (let done = false; !done;) {
      const before = pace.epochs;
      pace.measured(before, () => { ({ done } = way.next()); });
      if (done) break;
      await breathe();
      if (this.urgent) ({ done } = way.return());
    }
    session.settings = changed(session.settings, { axes, hold });
  }

  /** Go to an epoch, or train on to it; who is urgent ends it on the way. */
  async reach(epoch) {
    const { session } = this, pace = new Pace();
    await this.goTo(Math.max(session.first_epoch, Math.min(epoch, Math.max(session.last.epoch, session.epoch))));
    while (session.epoch < epoch && !session.ended && !this.urgent) {
      const part = Math.min(pace.epochs, epoch - session.epoch);
      pace.measured(part, () => session.train(part));
      await breathe();
    }
  }

  /** Where something changes that the run once went on from, keep that beside: two branches, equal up to here. */
  keepFuture() {
    if (!this.other && this.session.hasFuture) Object.assign(this, { other: this.session.whole(), side: "B", branched: this.session.epoch });
  }

  /** The runs that are to train next, and for how many epochs: all, or the one that has to catch up. */
  behind(epochs) {
    const first = Math.min(...this.sessions.map(({ epoch }) => epoch)), ahead = this.sessions.filter(({ epoch }) => epoch > first);
    return [this.sessions.filter(({ epoch }) => epoch === first), Math.min(epochs, ...ahead.map(({ epoch }) => epoch - first))];
  }

  /** Learn from the drawn points, from the present weights, or say what is missing. */
  learnFromDrawn() {
    const old = this.session, { drawing } = this;
    const settings = settingsOf(settingsForDrawn(old.settings, drawing.n_classes, old.problem.n_classes === 0));
    if (!drawing.isEnough) {
      this.player.stop();
      if (old.finished) this.begin(USUAL); // what stands here while one draws can be learnt from
      this.waiting = TOO_FEW;
      this.session.settings = settings;
      return;
    }
    const problem = makeProblem(settings, drawing.table), network = networkFor(settings, problem);
    const { layer_sizes, activations, loss, biases } = old.network;
    const kept = equal(network, { layer_sizes, activations, loss, biases }) ? { parameters: old.parameters } : {};
    this.begin(settings, kept, problem);
  }

  /** Learn from a table that was opened. */
  openTable(table) {
    this.player.stop();
    const { settings, problem } = settingsForTable(this.session.settings, table), { file } = this;
    this.file = table;
    try {
      this.begin(settings, {}, problem);
    } catch (error) {
      this.file = file;
      throw error;
    }
    this.keep(table);
    this.lesson = "";
  }

  /** Look into a model that was opened. */
  openModel(opened) {
    this.player.stop();
    const before = this.opened;
    this.opened = opened;
    try {
      this.begin(opened.settings);
    } catch (error) {
      this.opened = before;
      throw error;
    }
    this.lesson = "";
  }

  /** The opened model, seen as some settings say. */
  seenAs(settings) {
    if (!this.opened) throw new Refusal("these settings are of a model; open its file");
    checkAxes(this.opened.problem, settings.axes);
    this.opened.seenAs(settings);
    return this.opened;
  }

  /** Keep a table open, so that one can come back to it; of two of one name the later. */
  keep(table) {
    const others = this.files.filter(({ source }) => source !== table.source);
    this.files = others.length < this.files.length ? this.files.map((each) => (each.source === table.source ? table : each)) : [...others, table].slice(-MOST_FILES);
  }

  /** The table of drawn points or of the file, where settings are for it. */
  tableOf(data) {
    return data === "drawn" ? this.drawing.table : data === "file" ? this.file : null;
  }

  /** The problem of some settings, the present one where nothing about it changes. */
  problemOf(settings) {
    const { problem, settings: old } = this.session;
    if (!this.waiting && OF_THE_PROBLEM.every((name) => equal(old[name], settings[name]))) return problem;
    return makeProblem(settings, this.tableOf(settings.data));
  }
}
