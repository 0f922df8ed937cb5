/* What each column seems to be, as table/kinds.py finds: those that number or name the rows are set aside, unless the answers say
   otherwise. Answers are { values, n_classes }, of numbers with 0 classes. */

import { deviation, mean, order, sum } from "../numbers.js";
import { log } from "../elementary.js";
import { grouped } from "../text.js";
import { countDifferent, countedTexts, gapsOf } from "./column.js";
import { folded } from "./match.js";
import { shuffled } from "./permutation.js";

const FEWEST_ROWS = 20; // fewer show nothing about a column being an identifier
export const FEW_CATEGORIES = 20; // different texts: up to here they are categories, however rare
const SURE = 3.5; // standard errors beyond which answers go along with a column
const FEWEST_TEXTS = 100, FEWEST_WORDS = 4; // rows of free text, and words in one on average, parted by blanks and with a letter
const MOST_LOOKED_AT = 1000; // different texts, to tell whether they are free text
export const FREE_TEXT = "free text, which selenite fit learns from";
const UNEVEN = 0.3; // steps between sorted numbers drawn by chance differ by half of their size, those of a trend by less
const NAME = /(^|[^a-z])(id|ids|uuid|guid|key|idx|no|nr|row ?num|row number|unnamed: 0)[.]?$|^(index)?$/;
const PAIRS = [["no", "yes"], ["n", "y"], ["false", "true"], ["f", "t"]];

/** The kind a column seems to be, and why if it is set aside. */
export function seemingKind(column, answers = null) {
  const { name, type, codes, values } = column, gaps = gapsOf(column), n_rows = gaps.length, n_present = n_rows - sum(gaps);
  const byHeart = (count, what) => `${grouped(count)} different ${what} in ${grouped(n_rows)} rows, would only be learnt by heart`;
  if (!n_present) return { kind: "constant", reason: "no values at all" };
  if (n_present === n_rows && (codes ?? values).every((value, _, all) => value === all[0])) return { kind: "constant", reason: "one value only" };
  if (type === "date") return { kind: "date", reason: "" };
  if (yesNo(column)) return { kind: "yes/no", reason: "" };
  if (type === "number") {
    if (n_present === n_rows && n_rows >= FEWEST_ROWS && looksLikeIdentifier(name)) {
      if (values.every(Number.isInteger) && countDifferent(column) === n_rows) return { kind: "identifier", reason: byHeart(n_rows, "values") };
    } else if (numbersRows(column)) {
      const reason = whyRowNumbersAreSetAside(answers);
      return { kind: reason ? "identifier" : "number", reason };
    }
    return { kind: "number", reason: "" };
  }
  const n_different = countDifferent(column);
  if (n_different > 0.5 * n_present && isFreeText(column)) return { kind: "identifier", reason: FREE_TEXT };
  const namesRows = n_rows >= FEWEST_ROWS && n_different > FEW_CATEGORIES && n_different > 0.5 * n_present;
  if (namesRows && !(answers && answersGoAlong(repeated(column), answers))) return { kind: "identifier", reason: byHeart(n_different, "texts") };
  return { kind: "category", reason: "" };
}

/** Whether a column's texts are many, and of many words. The page sets such a column aside. */
function isFreeText({ codes, texts }) {
  const used = [...new Set(codes)].filter((code) => code >= 0).sort((a, b) => a - b);
  if (used.length < FEWEST_TEXTS) return false;
  const counts = used.slice(0, MOST_LOOKED_AT).map((code) => texts[code].split(/\s+/).filter((part) => /\p{L}/u.test(part)).length);
  return sum(counts) >= FEWEST_WORDS * counts.length;
}

/** The texts for no and yes, if the column holds these two; else null. */
export function yesNo(column) {
  if (column.type === "number") {
    const found = new Set(column.values.filter((value) => value === value));
    return found.size === 2 && found.has(0) && found.has(1) ? (column.logical ? ["false", "true"] : ["0", "1"]) : null;
  }
  if (countDifferent(column) !== 2) return null;
  const byFolded = new Map(countedTexts(column).texts.map((text) => [folded(text), text])), pair = PAIRS.find((each) => each.every((text) => byFolded.has(text)));
  return pair ? pair.map((text) => byFolded.get(text)) : null;
}

/** Whether some of a column's rows could be taken for numbers or names of the rows, though all are not. */
export const mayBeIdentifier = (column) => numbersRows(column) || (column.type === "text" && countDifferent(column) > FEW_CATEGORIES);

/** Whether a column's name is one of those given to identifiers. */
export const looksLikeIdentifier = (name) => NAME.test(folded(name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").replaceAll("_", " ")));

/** Whether a column counts the rows in their order, from 0 or 1 on. */
export const numbersRows = ({ type, values }) =>
  type === "number" && values.length >= FEWEST_ROWS && (values[0] === 0 || values[0] === 1) && values.every((value, i) => !i || value - values[i - 1] === 1);

/** A group for each row, its value: -1 where it is missing or has no other row. */
function repeated({ codes, texts }) {
  const counts = new Int32Array(texts.length);
  for (const code of codes) if (code >= 0) counts[code] += 1;
  return codes.map((code) => (counts[code] > 1 ? code : -1));
}

/** Why a column that numbers the rows is not learnt from, in words; "" where it is. */
function whyRowNumbersAreSetAside(answers) {
  if (!answers) return "numbers the rows; learnt from where the target goes along with it";
  if (areInOrder(answers)) return "numbers the rows, which stand in the order of the target";
  return goAlongTheRows(answers) ? "" : "numbers the rows, and the target does not go along with it";
}

const stepsOf = (values) => Float64Array.from({ length: values.length - 1 }, (_, i) => values[i + 1] - values[i]);

/** Whether rows were sorted by their answers: each class in one block, or numbers by chance's steps. */
function areInOrder({ values, n_classes }) {
  const steps = stepsOf(values);
  if (n_classes) return steps.filter((step) => step !== 0).length + 1 === n_classes;
  if (!steps.every((step) => step >= 0) && !steps.every((step) => step <= 0)) return false;
  const pairs = sum(steps.subarray(1).map((step, i) => Math.abs(step + steps[i])));
  return isBeyond(sum(stepsOf(steps).map(Math.abs)), UNEVEN * pairs);
}

/** Whether answers rise or fall along the rows, or whether neighbours' are alike, by more than chance. */
function goAlongTheRows({ values, n_classes }) {
  const n = values.length, place = Float64Array.from(values, (_, i) => (i - (n - 1) / 2) / Math.sqrt((n * n - 1) / 12));
  let trends, likeness;
  if (n_classes) {
    const counts = new Float64Array(n_classes), sums = new Float64Array(n_classes);
    values.forEach((code, i) => { counts[code] += 1; sums[code] += place[i]; });
    trends = sums.map((total, code) => total / Math.sqrt(counts[code] * (1 - counts[code] / n)));
    const expected = n - sum(counts.map((count) => count * count)) / n; // changes from row to row, were their order chance
    likeness = 1 - stepsOf(values).filter((step) => step !== 0).length / Math.max(expected, 1e-300);
  } else {
    const ranks = ranksOf(values), spread = deviation(ranks);
    if (!spread) return false;
    const middle = mean(ranks), scaled = ranks.map((rank) => (rank - middle) / spread);
    trends = Float64Array.of(sum(place.map((at, i) => at * scaled[i])) / Math.sqrt(n));
    likeness = 1 - sum(stepsOf(scaled).map((step) => step * step)) / (2 * n);
  }
  const sure = Math.sqrt(SURE ** 2 + 2 * log(Math.max(trends.length, 1))); // the largest of many lies further out
  return isBeyond(trends.reduce((most, trend) => Math.max(most, Math.abs(trend)), 0), sure) || isBeyond(likeness * Math.sqrt(n), SURE);
}

/** Which of the different numbers, in ascending order, each is. */
function ranksOf(values) {
  const ranks = new Float64Array(values.length), sorted = order(values);
  sorted.forEach((row, i) => { ranks[row] = i ? ranks[sorted[i - 1]] + (values[row] > values[sorted[i - 1]]) : 0; });
  return ranks;
}

/** Whether the group of a row (-1: none) says more of its answer than chance, in rows that were not looked at. */
function answersGoAlong(groups, answers) {
  if (groups.every((group) => group < 0)) return false;
  const rows = shuffled(groups.length), half = rows.length >> 1, gain = new Float64Array(groups.length);
  for (const [learnt, tried] of [[rows.subarray(0, half), rows.subarray(half)], [rows.subarray(half), rows.subarray(0, half)]]) {
    const found = answers.n_classes ? gainOfClasses(groups, answers, learnt, tried) : gainOfNumbers(groups, ranksOf(answers.values), learnt, tried);
    tried.forEach((row, i) => { gain[row] = groups[row] < 0 ? 0 : found[i]; });
  }
  const spread = deviation(gain), largest = gain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 && isBeyond(spread, 1e-9 * largest) && isBeyond((mean(gain) / spread) * Math.sqrt(gain.length), SURE);
}

/** By how much the learnt rows of its group foretell the class of each tried row better than all learnt rows do: by the logarithm of
    the probability. All learnt rows count as one more row of each group. */
function gainOfClasses(groups, { values, n_classes }, learnt, tried) {
  const of_all = new Float64Array(n_classes).fill(1), of_group = new Map(), seen = new Map();
  for (const row of learnt) {
    of_all[values[row]] += 1;
    counted(of_group, groups[row]);
    counted(seen, `${groups[row]} ${values[row]}`);
  }
  return Float64Array.from(tried, (row) => {
    const share = of_all[values[row]] / (learnt.length + n_classes);
    return log(((seen.get(`${groups[row]} ${values[row]}`) ?? 0) + share) / ((of_group.get(groups[row]) ?? 0) + 1)) - log(share);
  });
}

/** The same of numbers, by the squared error of the rank. */
function gainOfNumbers(groups, ranks, learnt, tried) {
  const middle = mean(Float64Array.from(learnt, (row) => ranks[row])), rows = new Map(), sums = new Map();
  for (const row of learnt) {
    counted(rows, groups[row]);
    counted(sums, groups[row], ranks[row]);
  }
  return Float64Array.from(tried, (row) => {
    const of_group = ((sums.get(groups[row]) ?? 0) + middle) / ((rows.get(groups[row]) ?? 0) + 1);
    return (ranks[row] - middle) ** 2 - (ranks[row] - of_group) ** 2;
  });
}

const counted = (counts, key, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);

/** Thrown where a decision hangs on how sums were rounded: what another order of them would decide is not known. */
export class Undecided extends Error {}

function isBeyond(value, limit) {
  if (Math.abs(value - limit) <= 1e-9 * Math.abs(limit)) throw new Undecided();
  return value > limit;
}
