// How it is trained: the fields above the diagram.

import { call } from "./api.js";
import { $, check, field, fill, h, number, select } from "./dom.js";
import { change } from "./settings.js";
import { on, store } from "./store.js";

const RATES = [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 0.5, 1, 3, 10, 30, 100];
const LOSSES = { log_loss: "cross-entropy", squared_error: "squared error", absolute_error: "absolute error", huber: "Huber" };
const STARTS = { glorot: "Glorot", he: "He", lecun: "LeCun", normal: "normal", uniform: "uniform 0 to 1", article: "the article's" };
const SCHEDULES = { constant: "constant", step: "halved ten times", cosine: "half a cosine", one_cycle: "up, then down" };

export function setUp() {
  on("state", show);
}

function show() {
  const { settings, losses, rows } = store.state;
  const rates = RATES.includes(settings.learning_rate) ? RATES : [...RATES, settings.learning_rate].sort((a, b) => a - b);
  const batches = [...new Set([0, 1, 8, 10, 16, 32, 64, 128, 256, settings.batch_size])].filter((n) => n <= rows.training).sort((a, b) => a - b);
  const own = (id, control) => Object.assign(control, { id });
  const number_ = (name, properties) => own(`set-${name}`, number(settings[name], (value) => change({ [name]: value }), properties));
  const list = (name, options, properties) => own(`set-${name}`, select(options, settings[name], (value) => change({ [name]: value }), properties));
  const printed = { disabled: settings.slip }; // the perceptron as printed knows none of these
  const extra = h("details", { id: "more-settings", open: Boolean($("more-settings")?.open || settings.sums) }, h("summary", {}, "More"),
    field("Start", list("start", Object.entries(STARTS))),
    field("Schedule", list("schedule", Object.entries(SCHEDULES), printed)),
    field("Momentum", number_("momentum", { min: 0, max: 0.99, step: 0.05, disabled: settings.slip || settings.optimizer !== "sgd" })),
    field("L1 penalty", number_("l1", { min: 0, max: 1000, step: "any", ...printed })),
    field("L2 penalty", number_("l2", { min: 0, max: 1000, step: "any", ...printed })),
    field("Dropout", number_("dropout", { min: 0, max: 0.8, step: 0.05, ...printed })),
    field("Stop after", number_("epochs", { min: 1, max: 1000000, step: 1 })),
    field("Stop below", number_("stop_loss", { min: 0, max: 1e9, step: "any" })),
    check("stop when still", settings.auto_stop, (auto_stop) => change({ auto_stop })),
    check("sums, not means", settings.sums, (sums) => change({ sums, slip: sums && settings.slip })),
    h("button", { id: "rates", class: "small", title: "The same start at nine learning rates", onclick: () => call("seeds", { do: "rates" }), ...printed }, "Try other rates"),
  );
  const perceptron = !settings.hidden.length && settings.loss === "squared_error" && settings.sums && settings.biases;
  if (settings.slip || perceptron) extra.append(check("as printed", settings.slip, (slip) => change({ slip })));
  fill($("training-fields"),
    field("Learning rate", own("set-learning_rate", select(rates.map((rate) => [rate, String(rate)]), settings.learning_rate, (rate) => change({ learning_rate: Number(rate) })))),
    field("Optimizer", list("optimizer", [["sgd", "gradient descent"], ["adam", "Adam"], ["adamw", "AdamW"]])),
    field("Batch", own("set-batch_size", select(batches.map((n) => [n, n ? `${n} rows` : "all rows"]), settings.batch_size, (n) => change({ batch_size: Number(n) })))),
    field("Loss", list("loss", losses.map((name) => [name, LOSSES[name] || name]))),
    check("biases", settings.biases, (biases) => change({ biases })),
    extra);
}
