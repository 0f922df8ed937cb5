// The runs made so far, the present one above: what each was trained by and how good it became. Again takes its settings.

import { ask, call } from "./api.js";
import { $, fill, h } from "./dom.js";
import { change } from "./settings.js";
import { on, store, tell } from "./store.js";
import { loss, percent, short, whole } from "./text.js";
import { views, watcher } from "./views.js";

const refresh = watcher("runs", async () => {
  const found = await ask("runs");
  if (found) show(found);
});

let open = () => {};
export const showTraining = (id) => { open(id); if (innerWidth <= 820) tell("panel", "curves"); };
export const showCurve = () => open("curves-box");

export function setUp() {
  open = views("curves-views", "Views of the training", [["curves-box", "Loss"], ["runs", "Runs"], ["seeds-box", "Seeds"]], () => tell("views"));
  on("detail", refresh);
  on("state", refresh);
}

function show(runs) {
  const classes = runs.map((run) => run.classes);
  const good = classes.includes(false) ? (classes.includes(true) ? "Accuracy, RMS error" : "RMS error") : "Accuracy";
  const headings = ["", good, "Test loss", "Loss", "Epochs", "Network", "Setting", "Data"];
  const box = $("runs").querySelector(".rows-box");
  const [along, down] = [box?.scrollLeft || 0, box?.scrollTop || 0];
  fill($("runs"),
    h("div", { class: "rows-box", tabIndex: 0, role: "region", "aria-label": "Runs" },
      h("table", { class: "rows" }, h("thead", {}, h("tr", {}, ...headings.map((name) => (name ? h("th", { scope: "col" }, name) : h("td", {}))))),
        h("tbody", {}, ...runs.map(line)))),
    h("p", { class: "quiet" }, `${good} of the test rows, where there are any. Again begins a run anew: the same settings, the same first weights.`));
  Object.assign($("runs").querySelector(".rows-box"), { scrollLeft: along, scrollTop: down });
}

function line(run, i) {
  const again = run.now ? "now" : h("button", { class: "small", id: `again-${i}`, disabled: !run.settings, title: run.settings ? "Begin it anew" : `It was made of ${run.source}; open that file again`, onclick: () => take(run.settings) }, "Again");
  const good = run.classes ? percent(run.good) : run.good === null ? "–" : short(run.good);
  const cells = [good, loss(run.test_loss), loss(run.loss), whole(run.epochs), run.network, run.setting, run.source];
  return h("tr", { class: run.now ? "mine" : "" }, h("th", { scope: "row" }, again), ...cells.map((cell) => h("td", { title: cell }, cell)));
}

async function take(settings) {
  const { axes, hold, data, target } = store.state.settings;
  const seen = settings.data === data && settings.target === target ? { axes, hold } : {};
  await change({ ...settings, ...seen });
  call("reset");
}
