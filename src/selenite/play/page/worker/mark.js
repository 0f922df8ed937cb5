// A lesson's pass mark: conditions that are all to hold, each of what the page shows.

import { latestLosses, score } from "./figures.js";
import { limits as limit } from "./limits.js";
import { equal } from "./settings.js";
import { Refusal } from "./text.js";

const share = limit.number(0, 1);
const count = limit.whole(0, 1_000_000);

const rightOf = (session, rows) => (session.problem.n_classes && rows.length ? score(session, session.parameters, rows) : -Infinity);

/** Each condition: what it may be, and whether it holds for a run, its followed row and its last trials. */
const CONDITIONS = {
  loss_below: [limit.number(0, 1e12), (value, { session }) => (latestLosses(session).loss ?? Infinity) < value],
  right_above: [share, (value, { session }) => rightOf(session, session.problem.training) > value],
  test_right_above: [share, (value, { session }) => rightOf(session, session.problem.test) > value],
  answer_above: [limit.number(-1e12, 1e12), (value, { session, followed }) => session.predicted([followed])[0] > value], // the first output's, for the followed row
  epochs_from: [count, (value, { session }) => session.epoch >= value],
  epochs_to: [count, (value, { session }) => session.epoch <= value],
  seeds: [limit.flag, (value, { seeds }) => (seeds !== null && !seeds.rates) === value],
};

/** A pass mark from outside: at least one condition. */
export function passMark(value, name) {
  const fields = Object.fromEntries(Object.entries(CONDITIONS).map(([key, [each]]) => [key, limit.optional(each, null)]));
  const found = Object.fromEntries(Object.entries(limit.record(fields)(value, name)).filter(([, each]) => each !== null));
  if (!Object.keys(found).length) throw new Refusal(`a pass mark needs a condition: ${Object.keys(CONDITIONS).join(", ")}`);
  return found;
}

/** Whether all conditions hold; a lesson of the course may also ask for some settings. */
export function isMet({ settings = {}, ...mark }, bench) {
  return !bench.waiting && Object.keys(settings).every((name) => equal(settings[name], bench.session.settings[name]))
    && Object.entries(mark).every(([name, value]) => CONDITIONS[name][1](value, bench));
}
