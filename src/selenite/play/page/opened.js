// A model that was opened: which of its networks is looked into, whose answer is shown, and what was measured of it.

import { call } from "./api.js";
import { $, field, fill, h, select } from "./dom.js";
import { on, store } from "./store.js";
import { short } from "./text.js";

const BASELINES = { selenite: "selenite", linear: "linear model", majority: "always the commonest class", "weighted shares": "classes' shares" };

export const setUp = () => on("state", show);

function show() {
  const { opened } = store.state;
  document.body.classList.toggle("opened", Boolean(opened));
  $("training-fields").hidden = Boolean(opened);
  fill($("member-fields"), ...(opened && opened.members > 1 ? choices(opened) : []));
}

function choices(opened) {
  const numbers = Array.from({ length: opened.members }, (_none, i) => [i, `${i + 1} of ${opened.members}`]);
  const look = () => call("look", { member: Number($("member").value), alone: Boolean($("alone").value) });
  return [
    field("Look into network", select(numbers, opened.member, look, { id: "member" })),
    field("Answer", select([["", "of all together (their mean)"], ["alone", "of this network alone"]], opened.alone ? "alone" : "", look, { id: "alone" })),
  ];
}

// What was measured when the model was made, beside what needs no network.
export function measured(opened) {
  const names = [...new Set(opened.figures.map((figure) => figure.metric))];
  if (!names.length) return null;
  const models = [...new Set(opened.figures.map((figure) => figure.model))];
  const cell = (metric, model) => opened.figures.find((figure) => figure.metric === metric && figure.model === model);
  return h("details", { open: true }, h("summary", {}, `Measured when it was made${opened.judged ? `, ${opened.judged}` : ""}`),
    h("table", { class: "figures small" }, h("thead", {}, h("tr", {}, h("td", {}), ...models.map((model) => h("th", { scope: "col" }, BASELINES[model] || `always the ${model}`)))),
      h("tbody", {}, ...names.map((metric) => h("tr", {}, h("th", { scope: "row" }, metric), ...models.map((model) => h("td", {}, cell(metric, model) ? short(cell(metric, model).value) : "–")))))));
}
