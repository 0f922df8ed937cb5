/* What the model says of the row: the answer, what each column adds to it, and what would change it. */

import { CLASSES, COLUMNS, PLAN, TARGET, predict, predictProba, quantile } from "../model.js";
import { element, own } from "./dom.js";
import { FACTS } from "./facts.js";
import { answered, percent, shown, written } from "./written.js";

const MOST_CLASSES = 8, MOST_COLUMNS = 40, MOST_WORDS = 10, MOST_CHANGES = 5, LOW = 0.05, HIGH = 0.95;
const EXACT = "Exact Shapley values", SAMPLED = "Sampled Shapley values, each with its 95 % interval";

/** How contributions were computed, and whether they add up. */
const NOTES = {
  draft: () => "Approximate so far: from a few orders of the columns.",
  sampled: () => `${compared(SAMPLED)} `,
  final: (found) => `${addsUp(found)}${compared(FACTS.method === "exact" ? EXACT : SAMPLED)}`,
};

const compared = (method) => `${method}; compared with ${FACTS.baseline.words}.`;

function addsUp({ values, base, prediction }) {
  const gap = prediction - base - values.reduce((sum, value) => sum + value, 0);
  return Math.abs(gap) <= 1e-6 * (Math.abs(prediction - base) || 1) ? "Adds up to the prediction ✓ " : `Adds up to the prediction within ${Math.abs(gap).toPrecision(1)}. `;
}

/** The answer with its probabilities, or its interval. */
export function answer(row, name = TARGET || "target") {
  const label = predict(row);
  if (!CLASSES.length) {
    const interval = PLAN.quantiles ? `90 % interval: ${written(quantile(row, LOW))} to ${written(quantile(row, HIGH))}` : "This model knows no interval.";
    return [element("p", { class: "said" }, own(name), " is ", element("b", {}, written(label))), element("p", { class: "quiet" }, interval)];
  }
  const shares = predictProba(row), order = shares.map((_, k) => k);
  if (CLASSES.length > MOST_CLASSES) order.sort((a, b) => shares[b] - shares[a]);
  const lines = order.slice(0, MOST_CLASSES).map((k) => element("li", {}, element("span", { class: "label" }, own(CLASSES[k])), bar(shares[k], CLASSES.length === 2 && k === 0 ? "fill first" : "fill"), element("span", { class: "number" }, percent(shares[k]))));
  const more = order.length - lines.length;
  return [
    element("p", { class: "said" }, own(name), " is ", element("b", {}, own(String(label))), `, ${percent(shares[place(label)])}`, threshold()),
    element("ul", { class: "shares" }, ...lines),
    more > 0 ? element("p", { class: "quiet" }, `and ${more} further classes, less likely than these`) : "",
  ];
}

/** The answer in one sentence, for those who hear the page. */
export function sentence(row) {
  return CLASSES.length ? `${TARGET} is ${predict(row)}, ${percent(predictProba(row)[place(predict(row))])}` : `${TARGET} is ${written(predict(row))}`;
}

/** The place of a class, by the label that `predict` gives. */
const place = (label) => CLASSES.findIndex((text) => text === label || text.toLowerCase() === String(label).toLowerCase() || Number(text) === label);

/** From which probability on the second class is predicted, if it is not the likelier one that is. */
const threshold = () => (PLAN.threshold === null ? "" : element("span", { class: "quiet" }, `; ${CLASSES[1]} from ${percent(PLAN.threshold)} on`));

const bar = (share, kind) => {
  const fill = element("span", { class: kind });
  fill.style.width = `${100 * share}%`;
  return element("span", { class: "bar" }, fill);
};

/** What each column adds, the most first, above a note of how it was computed, in a draft, sampled or in the end. */
export function contributed(found, cells, index, stage) {
  const { values, errors, base, prediction } = found;
  const rounding = 1e-6 * Math.max(Math.abs(base), Math.abs(prediction)); // below it a contribution is none
  const largest = Math.max(rounding, ...values.map(Math.abs)) || 1, order = values.map((_, k) => k).sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]));
  const columns = COLUMNS.filter(({ n_inputs }) => n_inputs > 0);
  const rows = order.slice(0, MOST_COLUMNS).map((k) => {
    const size = Math.abs(values[k]), way = size <= rounding ? "" : values[k] > 0 ? "up" : "down", fill = element("span", { class: way ? `fill ${way}-fill` : "fill" });
    fill.style.width = `${way ? (50 * size) / largest : 0}%`;
    const error = errors && stage !== "draft" ? ` ±${written(1.96 * errors[k])}` : "";
    return element("tr", {}, element("td", {}, own(columns[k].name, 28), " = ", own(shown(columns[k], cells[COLUMNS.indexOf(columns[k])]), 16)),
      element("td", { class: "signed" }, element("span", { class: "signed-bar" }, fill)), element("td", { class: `number ${way}` }, `${written(values[k], "exceptZero")}${error}`));
  });
  const line = (text, number) => element("tr", { class: "sum" }, element("td", { colspan: 2 }, text), element("td", { class: "number" }, number));
  const others = order.slice(MOST_COLUMNS);
  if (others.length) rows.push(line(`${others.length} further columns`, written(others.reduce((sum, k) => sum + values[k], 0), "exceptZero")));
  const what = CLASSES.length ? ["Probability of ", own(CLASSES[index])] : [own(TARGET || "target")];
  return [
    element("p", { class: "quiet" }, ...what, ": contribution of each column."),
    element("table", {}, element("tbody", {}, line("mean of the baseline", written(base)), ...rows, line("together, the prediction", written(prediction)))),
    element("p", { class: "note" }, NOTES[stage](found), stage === "sampled" ? element("span", { class: "progress" }) : null),
  ];
}

/** What words of free text add, the most first. */
export function told(effects) {
  if (!effects.length) return [];
  const several = new Set(effects.map(({ column }) => column)).size > 1;
  const rows = effects.slice(0, MOST_WORDS).map(({ column, word, effect }) => element("tr", {},
    element("td", {}, ...(several ? [own(column, 28), ": "] : []), own(word, 40)), element("td", { class: `number ${effect >= 0 ? "up" : "down"}` }, written(effect, "exceptZero"))));
  return [element("p", { class: "quiet" }, "Words, and what each adds: the prediction with it less the one without it."), element("table", {}, element("tbody", {}, ...rows))];
}

/** The changes of one column that flip the class; one is made by its button. */
export function changed(found, cells, make) {
  if (!found.length) return [element("p", {}, "No change of one column within what training saw gives another class.")];
  const line = ({ column, value, answer: other, share }) => element("li", {},
    element("button", { type: "button", onclick: () => make(column, value) }, own(COLUMNS[column].name, 28), ` ${shown(COLUMNS[column], cells[column])} → ${shown(COLUMNS[column], value)}`),
    " gives ", element("b", {}, own(String(other))), share === null ? "" : element("span", { class: "quiet" }, `, ${percent(share)} of its range`));
  const [first, ...others] = found.slice(0, MOST_CHANGES).map(line);
  return [element("ul", { class: "changes" }, first, ...others), element("p", { class: "note" }, "The nearest first, within what training saw; all other columns stay as they are. A model's reasons, not the world's.")];
}

/** What the curves show. */
export function curvesNote(index, [low, high]) {
  const what = CLASSES.length ? `the probability of ${CLASSES[index]}, 0 % at the bottom and 100 % at the top` : `${TARGET || "the target"}, ${answered(low)} at the bottom and ${answered(high)} at the top`;
  return `A curve shows what the model would say were that column alone changed: ${what}. Drag on it, or use the slider.`;
}
