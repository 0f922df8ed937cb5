/* What is said of a run that stands still: how it ended; what goes badly, with the evidence and one thing to do about it, as
   training/diagnosis says it; and that it has learnt its rows by heart, where training and test rows part. */

import { networkOf } from "./backend.js";
import { log } from "./elementary.js";
import { SATURATED, valuesOf } from "./layers.js";
import { columnOf, deviation, least, mean, median, most, order, range, rowsOf, spaced } from "./numbers.js";
import { layersOf } from "./parameters.js";
import { general, grouped } from "./text.js";

const HARDLY_FALLEN = 0.1; // share of the loss gained in all epochs
const STEADILY = 0.9; // share of the epochs in which the loss falls
const FEW_EPOCHS = 8; // of which a tenth tells nothing
const STILL_FALLING = 0.05; // share of the loss gained in the last tenth of the epochs
const RISEN = 0.25; // share by which the loss ends above its lowest
const MUCH = 0.5; // share of the best constant's loss that is much, after a fit
const GAIN = 0.05; // share of the best constant's loss that a fit should gain
const USUAL = 0.6; // share of the rows that are of one class, above which it may be right to give it to all
const SPREADS = 100; // widest over median range of the inputs; mean over deviation
const ON_NEARLY_ALL = 0.95; // share of the rows
const MOST_OF = 0.5; // share of a layer's units
const MOST_ROWS = 2000; // that are looked at
const TINY = 2 ** -1022;
const FEWEST_EPOCHS = 20; // that are judged
const APART = 0.1; // share of right answers, or of R², that the test rows lack
const FEWEST_TEST_ROWS = 20; // of which a share tells something

const short = (value) => general(value, 4);
const shares = (values) => Array.from(values.slice(0, 5), (value) => general(value, 3)).join(", ") + (values.length > 5 ? ", ..." : "");
const spread = (values) => most(values) - least(values);

/** The sentences for a run, whose `good` is the accuracy, or error and R², of training and test rows. Who has them all right is asked for nothing. */
export function verdict(session, good) {
  const { problem, ended, epoch, first_epoch } = session, n_epochs = epoch - first_epoch;
  if (n_epochs && byHeart(good, problem)) return `${ended} It has learnt its rows by heart: ${parted(good, problem)}. Try a smaller network, an L2 penalty, or more rows.`.trim();
  const perfect = problem.n_classes && good.train === 1, [finding] = perfect || n_epochs < FEWEST_EPOCHS ? [] : doctor(session);
  return finding ? `${ended} ${finding.evidence.charAt(0).toUpperCase()}${finding.evidence.slice(1)}. Try ${finding.remedy}.`.trim() : ended;
}

/** Whether the test rows lack what the training rows have, by more than chance. */
function byHeart(good, { n_classes, test }) {
  if (test.length < FEWEST_TEST_ROWS) return false;
  if (!n_classes) return good.test > 2 * good.train && good["test R²"] < good["train R²"] - APART;
  const chance = 2 * Math.sqrt((good.test * (1 - good.test)) / test.length);
  return good.train - good.test > Math.max(APART, chance);
}

const parted = ({ train, test }, { n_classes }) => (n_classes
  ? `${(100 * train).toFixed(0)} % of the training rows are right, but ${(100 * test).toFixed(0)} % of the test rows`
  : `its error on the test rows is ${(test / train).toFixed(1)} times that on the training rows`);

/** What goes badly, the most telling first; nothing where it goes well or has come to its end. */
export function doctor(session) {
  const { network, parameters, settings, problem } = session, some = rowsLookedAt(session.n_rows), n_rows = some.length;
  const X = rowsOf(session.X, problem.n_inputs, some), Y = rowsOf(session.Y, problem.n_outputs, some);
  const scale = session.shownScale, losses = session.curves.loss.subarray(0, Math.max(session.epoch - session.first_epoch, 1)).map((loss) => scale * loss);
  const converged = session.epoch < settings.epochs && !session.ended.includes("diverged");
  const rate = settings.learning_rate, values = valuesOf(network, parameters, X);
  const outputs = columns(values.at(-1), network.n_outputs), answers = columns(Y, network.n_outputs);
  const loss = scale * mean(network.trace(parameters, X, Y).losses), constant = constantLoss(network, answers, Y, scale);
  const course = courseOf(losses, rate, converged);
  const result = (constant === null ? [] : resultOf(outputs, answers, n_rows, loss, constant));
  if (!result.length) result.push(...oneClass(network, outputs, answers, n_rows));
  const slow = course.length || constant === null || loss < MUCH * constant ? [] : slowness(losses, rate);
  if (converged && !(course.length || result.length || slow.length)) return [];
  const causes = [...unscaled(columns(X, problem.n_inputs), problem.inputs), ...idleUnits(network, parameters, values)];
  const ran = causes.length ? course : [...course, ...(course.length ? [] : slow)]; // inputs out of scale are reason enough
  return ran.some(({ name }) => name === "not converged") ? [...causes, ...ran] : [...ran, ...causes, ...result];
}

/** All rows, or some at equal steps. */
const rowsLookedAt = (n) => (n <= MOST_ROWS ? range(n) : Int32Array.from(new Set(spaced(0, n - 1, MOST_ROWS).map(Math.floor))));

const columns = (values, n) => Array.from(range(n), (k) => columnOf(values, n, k));

/** Judge the curve of the loss. */
function courseOf(losses, rate, converged) {
  const n = losses.length;
  if (!n || !losses.every(Number.isFinite)) return [];
  const falling = losses.every((loss, i) => i === 0 || loss < losses[i - 1]);
  if (n < 3 || (n < FEW_EPOCHS && falling)) {
    return converged ? [] : [{ name: "not converged", evidence: `the epochs ran out after ${n}`, remedy: "more epochs, such as 200" }];
  }
  const lowest = least(losses), last = median(losses.slice(-3)), at = losses.indexOf(lowest) + 1;
  if (last > lowest + RISEN * Math.max(lowest, 0.1 * losses[0]) && at <= 0.8 * n) {
    const evidence = `the loss fell to ${short(lowest)} in epoch ${at} and rose again to ${short(last)}`;
    return [{ name: "rate too high", evidence, remedy: `a tenth of the learning rate: ${general(rate / 10)}` }];
  }
  const tenth = Math.max(Math.floor(n / 10), 1), before = mean(losses.slice(n - 2 * tenth, n - tenth)), after = mean(losses.slice(n - tenth));
  const exact = after <= 2 ** -52 * losses[0]; // what still falls is rounding
  if (converged || exact || !(before - after > STILL_FALLING * before)) return [];
  const share = ((100 * (before - after)) / before).toFixed(0);
  const evidence = `the loss was still falling, by ${share} % in the last ${tenth} of ${grouped(n)} epochs, when they ran out at ${short(last)}`;
  return [{ name: "not converged", evidence, remedy: `more epochs, such as ${grouped(5 * n)}` }];
}

/** Judge the curve of a run that came to nothing: whether it has only begun to fall, as straight as ever. */
function slowness(losses, rate) {
  const n = losses.length;
  if (n < FEW_EPOCHS || !losses.every(Number.isFinite)) return [];
  const falls = losses.slice(1).map((loss, i) => losses[i] - loss), quarter = Math.floor(falls.length / 4), fallen = losses[0] - losses[n - 1];
  const straight = mean(falls.slice(-quarter)) > 0.5 * mean(falls.slice(0, quarter));
  const steady = falls.filter((fall) => fall > 0).length / falls.length >= STEADILY;
  if (!straight || !steady || fallen > HARDLY_FALLEN * losses[0]) return [];
  const evidence = `the loss fell in nearly every epoch, but from ${short(losses[0])} to no less than ${short(losses[n - 1])} in ${grouped(n)}`;
  return [{ name: "rate too low", evidence, remedy: `ten times the learning rate: ${general(10 * rate)}` }];
}

/** Look whether all rows are given one class where none is usual. */
function oneClass({ activations, n_outputs }, outputs, answers, n_rows) {
  if (!["softmax", "logistic"].includes(activations.at(-1)) || (activations.at(-1) === "logistic" && n_outputs > 1)) return [];
  const classOf = (values, row) =>
    n_outputs === 1 ? Number(values[0][row] > 0.5) : values.reduce((best, column, k) => (column[row] > values[best][row] ? k : best), 0);
  const given = Array.from(range(n_rows), (row) => classOf(outputs, row)), right = Array.from(range(n_rows), (row) => classOf(answers, row));
  const counts = right.reduce((found, each) => found.set(each, (found.get(each) ?? 0) + 1), new Map());
  if (Math.max(...counts.values()) / n_rows >= USUAL || given.some((each) => each !== given[0])) return [];
  const evidence = `all ${grouped(n_rows)} rows looked at are given one class, to which ${grouped(counts.get(given[0]) ?? 0)} belong`;
  return [{ name: "one class only", evidence, remedy: "more epochs, or another learning rate" }];
}

/** Compare with the best constant: the targets' mean, which is also the classes' shares. */
function resultOf(outputs, answers, n_rows, loss, constant) {
  if (loss < (1 - GAIN) * constant) return [];
  const widest = Math.max(...outputs.map(spread));
  if (widest < 0.05 * Math.max(...answers.map(spread))) {
    const evidence = `all ${grouped(n_rows)} rows looked at are given nearly the same, ${shares(outputs.map(mean))}, which differs by no more than ${general(widest, 2)}`;
    return [{ name: "constant prediction", evidence, remedy: "scale inputs and targets to mean 0 and deviation 1, and try a higher learning rate" }];
  }
  const evidence = `the loss ${short(loss)} is no better than that of always predicting ${shares(answers.map(mean))}, ${short(constant)}`;
  return [{ name: "no gain over the baseline", evidence,
    remedy: "look whether the columns have to do with the target; if they do, more units or another learning rate" }];
}

/** The loss of predicting the mean for every row, by a network that is all bias; null where that is no baseline. */
function constantLoss({ loss, activations, n_outputs }, answers, Y, scale) {
  if (!["squared_error", "log_loss"].includes(loss) || !answers.some(spread)) return null;
  const output = activations.at(-1), p = answers.map(mean), size = (value) => log(Math.max(value, TINY));
  const z = output === "softmax" ? p.map(size) : output === "logistic" ? p.map((each) => size(each) - size(1 - each)) : p;
  const constant = networkOf({ layer_sizes: [1, n_outputs], activations: [output], loss, biases: true });
  return scale * constant.loss_and_gradient(Float64Array.from([...p.map(() => 0), ...z]), new Float64Array(Y.length / n_outputs), Y).loss;
}

/** Look whether the inputs are of one size. */
function unscaled(inputs, names) {
  const found = inputs.map((values, k) => ({ name: `'${names[k]}'`, low: least(values), high: most(values),
    middle: Math.abs(mean(values)), deviation: deviation(values) }));
  const varying = found.filter((each) => each.deviation > 0), width = ({ low, high }) => high - low;
  if (!varying.length) return [];
  const sorted = Array.from(order(varying.map(width)), (k) => varying[k]), [small, large] = [sorted[0], sorted.at(-1)];
  const remedy = "scale the inputs, for example with StandardScaler";
  const between = ({ name, low, high }, digits) => `${name} ranges from ${general(low, digits)} to ${general(high, digits)}`;
  if (width(large) > SPREADS * width(sorted[(sorted.length - 1) >> 1])) {
    const evidence = `${between(large, 4)}, ${small.name} from ${short(small.low)} to ${short(small.high)}`;
    return [{ name: "unscaled inputs", evidence, remedy }];
  }
  const far = varying.reduce((a, b) => (b.middle / b.deviation > a.middle / a.deviation ? b : a));
  if (far.middle / far.deviation > SPREADS || Math.min(...varying.map((each) => each.deviation)) > SPREADS) {
    return [{ name: "unscaled inputs", evidence: `${between(far, 6)}, far from mean 0 and deviation 1`, remedy }];
  }
  return [];
}

/** Look for units that do not answer to the inputs any more, or are all the same. */
function idleUnits(network, parameters, values) {
  return layersOf(network, parameters).slice(0, -1).flatMap(({ activation, weights, n_out: units }, l) => {
    const of = columns(values[l + 1], units), same = (array) => array.every((value, i) => value === array[i - (i % units)]);
    if (units > 1 && same(values[l + 1]) && same(weights)) {
      const evidence = `the ${units} units of hidden layer ${l + 1} have the same weights, and so they stay the same`;
      return [{ name: "equal units", evidence, remedy: "random initial weights, another for each unit" }];
    }
    if (activation === "relu") {
      const dead = of.filter((unit) => unit.every((value) => value <= 0)).length;
      const evidence = `${dead} of the ${units} units of hidden layer ${l + 1} are 0 on every row looked at`;
      return dead > MOST_OF * units ? [{ name: "dead units", evidence, remedy: "a smaller learning rate, or the activation leaky_relu" }] : [];
    }
    if (!SATURATED[activation]) return [];
    const [low, high] = SATURATED[activation], share = (unit) => unit.filter((value) => value < low || value > high).length / unit.length;
    const stuck = of.filter((unit) => share(unit) > ON_NEARLY_ALL).length;
    const evidence = `${stuck} of the ${units} units of hidden layer ${l + 1} stand at a limit of ${activation} on nearly all rows, where they learn no more`;
    return stuck > MOST_OF * units ? [{ name: "saturated units", evidence, remedy: "scale the inputs, or begin with smaller weights" }] : [];
  });
}
