// The table of runs: what each was trained by, so that it can be made again, and how good it became.

import { latestLosses, score } from "./figures.js";
import { USUAL, equal } from "./settings.js";

const MOST_RUNS = 50;
const APART = ["data", "hidden", "activations", "axes", "hold"]; // settings with a column of their own, or of no weight

/** A run as it stands: by which settings, seen by the usual axes, and how good it is. */
function runOf(session) {
  const { problem, checkpoints, settings } = session;
  return {
    settings: { ...settings, axes: USUAL.axes, hold: USUAL.hold },
    source: problem.table.source,
    widths: session.network.layer_sizes,
    classes: problem.n_classes > 0,
    changed: session.first_epoch > 0 || checkpoints.filter(({ turning }) => turning).length > 1, // so the settings alone do not make it again
    epochs: session.epoch,
    ...latestLosses(session),
    good: score(session, session.parameters),
  };
}

/** The runs with those that are left now. Of equal ones the longest stays; of drawn points, the last. */
export function noted(runs, sessions) {
  for (const session of sessions.filter(({ epoch, first_epoch }) => epoch > first_epoch)) {
    const run = runOf(session), others = runs.filter((each) => !alike(each, run));
    if (run.settings.data !== "drawn" && runs.some((each) => alike(each, run) && each.epochs > run.epochs)) continue;
    runs = [...others, run].slice(-MOST_RUNS);
  }
  return runs;
}

/** The rows of the table, the present run first, where there is one, and then the latest; `file` is the one that is open. */
export function runsTable(runs, present, file) {
  if (!present || present.finished) return [...runs].reverse().map((run) => rowOf(run, file));
  const here = runOf(present), before = runs.filter((run) => !alike(run, here) || run.epochs > here.epochs).reverse();
  return [{ ...rowOf(here, null), now: true }, ...before.map((run) => rowOf(run, file))];
}

const alike = (a, b) => equal([a.settings, a.source, a.changed], [b.settings, b.source, b.changed]);

function rowOf({ settings, widths, changed, ...run }, file) {
  const { source, epochs, loss, test_loss, good, classes } = run, isThere = settings.data !== "file" || source === file;
  return {
    source,
    network: [widths.join("-"), ...new Set(settings.activations)].join(" "),
    setting: settingText(settings) + (changed ? ", changed on the way" : ""),
    epochs, loss, test_loss, good, classes,
    settings: isThere ? settings : null, // that can make it again
  };
}

/** In words what is not as usual: "biases off, learning rate 0.03". */
function settingText(settings) {
  const parts = Object.entries(settings).filter(([name, value]) => !APART.includes(name) && !equal(value, USUAL[name]));
  const shown = (value) => (typeof value === "boolean" ? (value ? "on" : "off") : Array.isArray(value) ? value.join(" ") : value);
  return parts.map(([name, value]) => `${name.replaceAll("_", " ")} ${shown(value)}`).join(", ") || "as usual";
}
