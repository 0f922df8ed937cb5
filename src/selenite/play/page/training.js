// How it is trained: rate, optimizer, batch and penalty above the diagram, all else in a drawer.

import { call } from "./api.js";
import { $, check, field, fill, h, number, select } from "./dom.js";
import { LOSSES } from "./functions.js";
import { change } from "./settings.js";
import { on, store } from "./store.js";

const RATES = [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 0.5, 1, 3, 10, 30, 100];
const STARTS = { glorot: "random (Glorot)", he: "random (He)", lecun: "random (LeCun)", normal: "normal", uniform: "uniform 0 to 1", article: "the article's" };
const SCHEDULES = { constant: "constant", step: "halved ten times", cosine: "half a cosine", one_cycle: "up, then down" };
const button = h("button", { id: "settings", "aria-expanded": "false", "aria-controls": "drawer", onclick: () => ($("drawer").hidden ? openDrawer(store.state.lesson_at) : closeDrawer()) }, "Settings");

export function setUp() {
  on("state", show);
  $("drawer").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closeDrawer();
    button.focus();
  });
}

// Open the drawer, at one of its fields if one is meant.
export function openDrawer(at) {
  $("drawer").hidden = false;
  button.setAttribute("aria-expanded", "true");
  const control = $("drawer").contains($(at)) ? $(at) : null;
  $("drawer").querySelectorAll(".lights").forEach((lit) => lit.classList.remove("lights"));
  control?.closest("label").classList.add("lights");
  (control || $("drawer").querySelector("select, input"))?.focus();
}

export function closeDrawer() {
  $("drawer").hidden = true;
  button.setAttribute("aria-expanded", "false");
}

let lesson = "";
function show() {
  const { settings, losses, rows, opened } = store.state;
  if (opened || lesson !== store.state.lesson) closeDrawer();
  lesson = store.state.lesson;
  const rates = RATES.includes(settings.learning_rate) ? RATES : [...RATES, settings.learning_rate].sort((a, b) => a - b);
  const batches = [...new Set([0, 1, 8, 10, 16, 32, 64, 128, 256, settings.batch_size])].filter((n) => n <= rows.training).sort((a, b) => a - b);
  const number_ = (name, properties) => number(settings[name], (value) => change({ [name]: value }), { id: `set-${name}`, ...properties });
  const list = (name, options, properties) => select(options, settings[name], (value) => change({ [name]: value }), { id: `set-${name}`, ...properties });
  const printed = { disabled: settings.slip }; // the perceptron as printed knows none of these
  fill($("training-fields"),
    field("Learning rate", select(rates.map((rate) => [rate, rate.toFixed(5).replace(/\.?0+$/, "")]), settings.learning_rate, (rate) => change({ learning_rate: Number(rate) }), { id: "set-learning_rate" })),
    field("Optimizer", list("optimizer", [["sgd", "gradient descent"], ["adam", "Adam"], ["adamw", "AdamW"]])),
    field("Batch", select(batches.map((n) => [n, n || "all rows"]), settings.batch_size, (n) => change({ batch_size: Number(n) }), { id: "set-batch_size" })),
    field("L2 penalty", number_("l2", { min: 0, max: 1000, step: "any", ...printed })), button);
  const perceptron = !settings.hidden.length && settings.loss === "squared_error" && settings.sums && settings.biases;
  fill($("drawer"), h("button", { id: "drawer-close", class: "small plain", "aria-label": "Close the settings", onclick: () => { closeDrawer(); button.focus(); } }, "×"),
    check("biases", settings.biases, (biases) => change({ biases })),
    (settings.slip || perceptron) && check("as printed", settings.slip, (slip) => change({ slip })),
    field("Loss", list("loss", losses.map((name) => [name, LOSSES[name].words]))),
    check("sum over rows", settings.sums, (sums) => change({ sums, slip: sums && settings.slip })),
    field("Initial weights", list("start", Object.entries(STARTS))),
    field("Schedule", list("schedule", Object.entries(SCHEDULES), printed)),
    field("Momentum", number_("momentum", { min: 0, max: 0.99, step: 0.01, disabled: settings.slip || settings.optimizer !== "sgd" })),
    field("L1 penalty", number_("l1", { min: 0, max: 1000, step: "any", ...printed })),
    field("Dropout", number_("dropout", { min: 0, max: 0.8, step: 0.01, ...printed })),
    field("Stop after", number_("epochs", { min: 1, max: 1000000, step: 1 })),
    field("Stop below", number_("stop_loss", { min: 0, max: 1e9, step: "any" })),
    check("stop when the loss no longer falls", settings.auto_stop, (auto_stop) => change({ auto_stop })),
    h("button", { id: "rates", class: "small", title: "The same start at nine learning rates", onclick: () => { closeDrawer(); call("seeds", { do: "rates" }); }, ...printed }, "Try other rates"));
}
