// A model that was opened: its networks are looked into and asked for predictions; they are not trained on.

import { addressOf, importances, selected } from "./layers.js";
import { rowsOf } from "./numbers.js";
import { Problem } from "./problem.js";
import { ServerNetwork, ask } from "./server.js";
import { Session } from "./session.js";
import { USUAL, changed } from "./settings.js";
import { Refusal } from "./text.js";
import { lies } from "./wire.js";

export const FINISHED = "this is a finished model: it is looked into here, not trained on. To train, choose a set of points, or open the "
  + "table that it was made from";
const NO_ANSWERS = "The loss compares predictions with answers, and these rows have none.";
const NO_STEP = "This model is finished: no step follows, so there is no update.";
const MOST_SENT = 2 ** 22; // numbers of a message
const DEPTH = 2; // levels of an explanation that are open at first

/** A run that stands still: the insides are one member's, the answer is that of all or of that one. */
export class Opened extends Session {
  /** `told`: what the server says of a model. */
  constructor(told) {
    const problem = new Problem(told.table, told, { answers: told.answers });
    lies(problem.X, told.kept.X);
    told.members.forEach((member, k) => lies(member, told.kept.members[k]));
    problem.encoded = (rows, columns) => ask("encoded", { file: told.file, rows: Int32Array.from(rows), columns });
    super(changed(USUAL, { data: "model" }), problem, { parameters: told.members[0], network: new ServerNetwork(told.network, told) });
    Object.assign(this, { told, finished: true, featureNames: told.features, answers: new WeakMap() });
    this.look(0, false);
  }

  /** Look into another member, or take its answer alone. */
  look(member, alone) {
    const { members } = this.told;
    if (member >= members.length) throw new Refusal(`there is no network ${member + 1}; the model has ${members.length}`);
    Object.assign(this, { member, alone, parameters: members[member] });
  }

  /** Take the view of some settings; the rest of them is for networks in training. */
  seenAs({ axes, hold }) {
    this.settings = changed(this.settings, { axes, hold });
  }

  /** The output for encoded rows, asked for once: to the bit what `selenite predict` gives, unless of one member alone. */
  answer(inputs) {
    const known = this.answers.get(inputs) ?? {}, key = this.alone ? this.member : "all";
    this.answers.set(inputs, known);
    known[key] ??= this.asked(inputs);
    return known[key];
  }

  /** The output, some rows after the others where they are more than a message holds. */
  asked(inputs) {
    const { n_inputs, n_outputs } = this.network, size = Math.max(Math.floor(MOST_SENT / n_inputs), 1) * n_inputs;
    const answerTo = (X) => (this.alone ? this.network.predict(this.parameters, X) : ask("answer", { file: this.told.file, X }));
    const found = new Float64Array((inputs.length / n_inputs) * n_outputs);
    if (inputs === this.problem.X) found.set(answerTo(inputs)); // it lies there
    else for (let at = 0; at < inputs.length; at += size) found.set(answerTo(inputs.subarray(at, at + size)), (at / n_inputs) * n_outputs);
    return found;
  }

  /** The output for some of the rows. */
  predicted(rows) {
    return rowsOf(this.answer(this.problem.X), this.problem.n_outputs, rows);
  }

  /** The columns from which axes are taken first: by how much their inputs count for the member, numbers first. */
  get usualAxes() {
    const { columns, schema } = this.problem, [counts] = importances(this), most = new Map(columns.map((name) => [name, 0]));
    this.told.of_features.forEach((name, k) => { if (most.has(name)) most.set(name, Math.max(most.get(name), counts[k])); });
    const known = new Map(schema.map((each) => [each.name, each]));
    const rank = (name) => [known.get(name).kind !== "number", known.get(name).frequent_values.length > 0]; // many rows share these: points would hide each other
    return [...columns].sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      return x[0] - y[0] || x[1] - y[1] || most.get(b) - most.get(a);
    });
  }

  /** What the page is told of the model. */
  get account() {
    const { name, headline, members, has_rows, figures, judged } = this.told;
    return { name, headline, members: members.length, member: this.member, alone: this.alone, has_rows, figures, judged };
  }

  /** What a unit, or one weight into it, is made of, for the followed row. */
  explanation(followed, { part, ...asked }) {
    const what = selected(this, asked), found = { ...what, part, batch: part === "update", incoming: [] };
    const said = part === "forward" ? "" : !this.problem.answers ? NO_ANSWERS : part === "update" ? NO_STEP : "";
    if (said) return { ...found, tree: null, said, text: said, latex: "" };
    return { ...found, said: "", ...this.explained(followed, this.address(what, part), part === "forward" ? DEPTH : 1) };
  }

  /** A number of a row taken apart. */
  explained(row, address, depth = 1, terms = 12) {
    return ask("explain", { file: this.told.file, row, address, depth, terms });
  }

  /** How `selenite why` calls it: of the output of all members the answer. */
  address(what, part) {
    const { told: { members }, problem: { target: { classes } }, network: { activations }, member, alone } = this;
    const isAnswer = members.length > 1 && !alone && what.layer === activations.length - 1 && part === "forward";
    if (isAnswer) return classes.length ? `probability[${classes[classes.length > 2 ? what.unit : 1]}]` : "prediction";
    return `${members.length > 1 ? `member${member + 1}.` : ""}${addressOf(this, what, part)}`;
  }

  *goTo() { /* it stands still */ }
  advance() { throw new Refusal(FINISHED); }
  branch() { throw new Refusal(FINISHED); }
  copy() { throw new Refusal(FINISHED); }
  stepRow() { throw new Refusal(FINISHED); }
}
