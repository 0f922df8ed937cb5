// The workbench: what stands on it, whom it tells of changes, and the calls that are made to it, one after the other.

import { everything } from "./account.js";
import { Bench } from "./bench.js";
import { limits } from "./limits.js";
import { Pace, SLICE, wait } from "./player.js";
import { QUESTIONS } from "./questions.js";
import { Refusal } from "./text.js";
import { VERBS } from "./verbs.js";

/** A bench that is asked by messages; `publish(event, content)` is told what changed, as long as somebody watches. */
export class Workbench extends Bench {
  constructor(publish = () => {}, watched = () => true, helpers = null) {
    super();
    Object.assign(this, { publish, watched, helpers, calls: Promise.resolve() });
  }

  /** Publish all that stands here; without the slower figures where they may come with a later frame. */
  tell(detailed = true) {
    if (!this.playing) this.choose(); // while it plays they stay
    for (const [event, content] of everything(this, detailed)) this.publish(event, content);
  }

  /** Do a verb or answer a question: { result }, or { error } in words. */
  async ask(verb, body = {}) {
    const isVerb = Object.hasOwn(VERBS, verb);
    if (!isVerb && !Object.hasOwn(QUESTIONS, verb)) return { error: "there is no such verb" };
    const { takes = {}, pauses, urgent, act } = isVerb ? VERBS[verb] : QUESTIONS[verb];
    let message;
    try {
      message = limits.record(takes)(body, verb);
    } catch (error) {
      return refused(error, "this cannot be done: ");
    }
    if (pauses) this.player.stop();
    if (urgent) this.urgent += 1;
    const answer = this.calls.then(async () => {
      if (urgent) this.urgent -= 1;
      try {
        const result = (await act(this, message)) ?? null;
        if (isVerb) this.tell();
        return { result };
      } catch (error) {
        return refused(error);
      }
    });
    this.calls = answer.catch(() => {});
    return answer;
  }

  /** Train many runs as long as they are wanted, a slice at a time; then say how they ended. */
  async run(trials) {
    this.trials = trials;
    this.helpers?.begin(trials);
    const pace = new Pace();
    for (let here = true; this.trials === trials && trials.share < 1;) {
      const { epochs } = pace;
      if (here) pace.measured(epochs, () => { here = trials.advance(epochs); });
      this.publish("trials", { share: trials.share });
      await wait(here ? 0 : SLICE); // for the others to end
    }
    if (this.trials !== null && this.trials !== trials) return; // the next ones have the helpers
    this.helpers?.end();
    if (this.trials === null) return;
    Object.assign(this, { seeds: trials.result(), trials: null });
    this.tell();
  }
}

/** A refusal as an answer; what else goes wrong is an error of the page's own. */
function refused(error, before = "") {
  if (!(error instanceof Refusal)) throw error;
  return { error: before + error.message };
}
