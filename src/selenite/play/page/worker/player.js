// Time: how much fits into a slice of it, and the loop that trains while the page plays, a frame after the other.

import { details, picture } from "./account.js";
import { answerOf } from "./lessons.js";

const FRAME = 1000 / 60; // milliseconds
const TRAINING = 10, LEAST = 2; // of a frame, at the most and at the least; drawing has the rest
const DETAIL = 250; // between two looks at the slower figures, or more, so that they take a tenth of the time
const MOST_EPOCHS = 100_000; // of a slice
export const SLICE = 10; // milliseconds that anything may take before whoever waits is heard

/** Let whoever waits go first. */
export const breathe = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); resolve(); };
  port2.postMessage(null);
});

export const wait = (milliseconds) => (milliseconds > 1 ? new Promise((resolve) => { setTimeout(resolve, milliseconds); }) : breathe());

/** How many epochs fit into a slice, learnt from those that were made. */
export class Pace {
  epochs = 1;

  /** Do work of so many epochs, and learn from it how many take `room` milliseconds. */
  measured(epochs, work, room = SLICE) {
    const begun = performance.now();
    work();
    const took = performance.now() - begun;
    this.epochs = Math.max(1, Math.min(Math.floor(epochs * Math.min(room / Math.max(took, 1e-3), 4)), MOST_EPOCHS));
    return took;
  }
}

/** Trains a bench's runs in lockstep, frame by frame, from start to stop; of the first frame tells who starts it. */
export class Player {
  constructor(bench) {
    this.bench = bench;
    this.playing = false;
    this.pace = new Pace();
    this.drawing = 4; // milliseconds that a frame's picture takes
    this.loop = null;
    this.answer = ""; // of the lesson, as it was last told
  }

  start() {
    this.answer = answerOf(this.bench);
    this.playing = true;
    this.loop ??= this.play().finally(() => { this.loop = null; });
  }

  stop() {
    this.playing = false;
  }

  async play() {
    for (let due = 0, look = performance.now() + DETAIL, first = true; this.playing; first = false) {
      const begun = performance.now();
      due = Math.max(due + FRAME, begun - FRAME); // one frame that was late may be caught up with
      this.train();
      if (!this.playing) this.bench.tell();
      else if (!first && this.bench.watched()) look = this.show(begun, look);
      await wait(due - performance.now());
    }
  }

  /** Publish a frame, and from time to time the slower figures; return when these are due again. */
  show(begun, look) {
    const { bench } = this, trained = performance.now(), answer = answerOf(bench);
    if (answer !== this.answer) { // a lesson's question is answered
      this.answer = answer;
      bench.tell();
    }
    bench.publish("frame", picture(bench));
    this.drawing += 0.1 * (performance.now() - trained - this.drawing);
    if (begun <= look) return look;
    const looked = performance.now();
    bench.publish("detail", details(bench));
    return begun + Math.max(DETAIL, 10 * (performance.now() - looked));
  }

  /** Train for as many epochs as a frame has, or as there is time for; who is behind in epochs goes first. */
  train() {
    const { bench, pace } = this, begun = performance.now(), room = Math.min(Math.max(FRAME - 1.5 * this.drawing - LEAST, LEAST), TRAINING);
    let left = bench.speed || Infinity;
    while (left > 0 && this.playing && performance.now() - begun < room) { // a frame is never late for its epochs' sake
      const [sessions, part] = bench.behind(Math.min(left, pace.epochs));
      pace.measured(part, () => sessions.forEach((session) => session.train(part)), room - (performance.now() - begun));
      left -= part;
      if (sessions.some(({ ended }) => ended)) this.stop();
    }
  }
}
