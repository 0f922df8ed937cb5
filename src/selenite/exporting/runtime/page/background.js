/* The worker: what takes longer than a slider may wait. It has the page's own script, so the model is in the file once. */

import { CLASSES, answersOf, encode, wordEffects } from "../model.js";
import { changes } from "./changes.js";
import { rowOf } from "./columns.js";
import { contributions, draft, explained, sampled, takesLong } from "./contributions.js";
import { curves } from "./curves.js";
import { FACTS } from "./facts.js";
import { partsOf } from "./mixing.js";
import { predictionsOf, rowsOf } from "./table.js";
import { pause, takeSteps } from "./work.js";

const QUICK = 15; // milliseconds for a draft of the contributions

let script = null;

/** A worker that runs this page's script. */
export function worker() {
  script ??= URL.createObjectURL(new Blob([document.querySelector("main script").textContent], { type: "text/javascript" }));
  return new Worker(script);
}

/** In the worker: answers what is asked; of rows the last one. */
export function listen(port) {
  let asked = null, isBusy = false;
  port.onmessage = ({ data }) => {
    if (data.text !== undefined) port.postMessage(predictionsOfText(data.text));
    else asked = data;
    if (!isBusy && asked) run();
  };

  async function run() {
    for (isBusy = true; asked; ) {
      await pause(); // what was asked meanwhile counts instead
      const { turn, ...row } = asked;
      asked = null;
      await takeSteps(found(row), (what) => port.postMessage({ turn, ...what }), () => asked !== null);
    }
    isBusy = false;
  }
}

/** What is found of a row, the quick first; while the row is dragged no more than that. */
function* found({ values, isSettled }) {
  const inputs = encode(rowOf(values)), parts = partsOf(rowOf(values)), answers = answersOf(inputs), index = explained(answers), of = { values, answers, index };
  yield { ...of, curves: curves(values, inputs, index), contributions: FACTS.baseline && draft(parts, index, QUICK), stage: "draft" };
  if (!isSettled) return;
  yield { ...of, words: wordEffects(rowOf(values), index) };
  if (CLASSES.length) yield { ...of, changes: yield* changes(values) };
  if (FACTS.baseline) {
    if (takesLong) yield { ...of, contributions: yield* sampled(parts, index), stage: "sampled" };
    yield { ...of, contributions: yield* contributions(parts, index), stage: "final" };
  }
  yield { isDone: true };
}

function predictionsOfText(text) {
  try {
    const rows = rowsOf(text);
    return { n_rows: rows.length, predictions: predictionsOf(rows) };
  } catch (error) {
    return { error: error.message };
  }
}
