// Other workers that train runs of some trials beside this one, on the processors that are left.

import { Pace } from "./player.js";
import { trainTrial } from "./trials.js";

const TOLD = 100; // milliseconds of work between two words of how far a run is

export class Helpers {
  /** `make` gives a new worker that has a kernel; there are at most so many. */
  constructor(make, most) {
    Object.assign(this, { make, most, workers: [] });
  }

  /** Let them train runs that are not begun, one after the other, as long as there are some. */
  begin(trials) {
    this.end();
    const spare = Math.min(this.most, trials.runs.length - 1);
    try {
      this.workers = Array.from({ length: spare }, this.make);
    } catch { /* a browser that lets a worker have none: it trains all itself */ }
    for (const worker of this.workers) this.next(worker, trials);
  }

  /** Give a worker the next run, the last of those that wait. */
  next(worker, trials) {
    const run = trials.runs.findLast(({ done, ended, elsewhere }) => done === 0 && !ended && !elsewhere);
    if (!run) return;
    run.elsewhere = true;
    worker.onmessage = ({ data }) => {
      if (run.elsewhere) Object.assign(run, data); // else it was taken back
      if (data.elsewhere === false) this.next(worker, trials);
    };
    worker.postMessage({ trial: { ...trials.task(run), run } });
  }

  end() {
    this.workers.forEach((worker) => worker.terminate());
    this.workers = [];
  }
}

/** In such a worker: train a run to its end, and tell how far it is. */
export function help({ run, ...task }, tell) {
  for (const pace = new Pace(); !run.ended && run.done < task.epochs;) {
    const { epochs } = pace;
    pace.measured(epochs, () => trainTrial(task, run, epochs), TOLD);
    tell({ done: run.done });
  }
  tell({ ...run, elsewhere: false });
}
