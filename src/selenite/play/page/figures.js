// How good the network is: on training and test rows, beside what needs no network; who is taken for whom.

import { $, fill, h } from "./dom.js";
import { LOSSES } from "./functions.js";
import { on, store } from "./store.js";
import { measured } from "./opened.js";
import { loss, percent, short, whole } from "./text.js";

export function setUp() {
  on("frame", show);
  on("detail", show);
  on("state", show);
}

let last = "";
let wrote = 0;
function show() {
  const { state, frame, detail } = store;
  if (state.waiting) { last = ""; fill($("losses")); return fill($("figures"), h("p", { class: "quiet" }, "–")); }
  if (!frame || (frame.playing && performance.now() - wrote < 100)) return; // text is slow to lay out, and to read
  wrote = performance.now();
  const classes = state.classes.length > 0;
  const good = frame.good || (detail && detail.good) || {};
  const { settings } = state;
  const unit = classes ? percent : short;
  const wanted = JSON.stringify([state.opened, state.source, frame.loss, frame.test_loss, good, detail && [detail.baseline, detail.good.fresh, detail.confusion], frame.other && [frame.other.loss, frame.other.good]]);
  if (wanted === last) return;
  last = wanted;
  if (state.opened) return fill($("figures"), ...ofOpened(state, good, unit), detail && detail.confusion && confusion(detail, state));
  const told = (kind, value, right, name = kind) => h("span", { class: `key ${kind}` }, `${name} ${value}`, h("span", { title: classes ? "Accuracy" : "RMS error" }, unit(right)));
  const aside = state.side === "A" ? "B" : "A";
  fill($("losses"), frame.other && told("other", loss(frame.other.loss), frame.other.good, aside), told("train", loss(frame.loss), good.train), state.rows.test && told("test", loss(frame.test_loss), good.test));
  const name = { log_loss: "Cross-entropy", squared_error: settings.sums ? "½ Σ error²" : "½ error²", absolute_error: "|error|", huber: "Huber loss" }[settings.loss] ?? LOSSES[settings.loss].words.replace(/^./, (one) => one.toUpperCase());
  const rows = [
    [classes ? "Accuracy" : "RMS error", unit(good.train), state.rows.test ? unit(good.test) : "–"],
    [settings.sums && settings.loss === "log_loss" ? "Σ cross-entropy" : name, loss(frame.loss), state.rows.test ? loss(frame.test_loss) : "–"],
  ];
  if (!classes) rows.push(["R²", ...["train R²", "test R²"].map((name) => (typeof good[name] === "number" ? good[name].toFixed(3).replace("-", "−") : "–"))]);
  fill($("figures"),
    h("table", { class: "figures" }, h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, "train"), h("th", { scope: "col" }, "test"))),
      h("tbody", {}, ...rows.map(([title, ...cells]) => h("tr", {}, h("th", { scope: "row" }, title), ...cells.map((cell) => h("td", {}, cell)))))),
    h("p", { class: "quiet" }, `${detail ? compared(detail, unit, `always the ${classes ? "commonest class" : "mean"}`) : ""} The network has ${whole(state.parameters)} weights and biases.`),
    detail && detail.confusion && confusion(detail, state));
}

// Beside a network without hidden layers: on new points, drawn as these were, where there are some; a few test rows may flatter a line.
function compared({ baseline: { rows, n_rows, linear, constant }, good: { fresh } }, unit, always) {
  const simple = linear === undefined ? "" : `without hidden layers ${unit(linear)}; `; // of many rows it is not trained
  return `On ${whole(n_rows)} ${rows === "new" ? `new points this network ${unit(fresh)}, ` : `${rows} rows: `}${simple}${always} ${unit(constant)}.`;
}

// Of an opened model: how good it is on the rows that are seen, apart those that it was made from.
function ofOpened(state, good, unit) {
  const { opened, rows, classes } = state;
  const known = [["training rows", rows.training, good.train], [rows.training ? "test rows" : "these rows", rows.test, good.test]].filter(([, n]) => n > 0);
  const table = opened.has_rows && state.answers && h("table", { class: "figures" }, h("thead", {}, h("tr", {}, h("td", {}), ...known.map(([name, n]) => h("th", { scope: "col" }, `${name} (${whole(n)})`)))),
    h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, classes.length ? "Accuracy" : "RMS error"), ...known.map(([, , value]) => h("td", {}, unit(value))))));
  return [table, measured(opened)];
}

function confusion(detail, state) {
  const open = $("figures").querySelector("details")?.open;
  return h("details", { open }, h("summary", {}, `Who is taken for whom (${detail.confusion_rows} rows)`),
    h("table", { class: "confusion" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "true ↓ predicted →"), ...state.classes.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...detail.confusion.map((row, i) => h("tr", {}, h("th", { scope: "row" }, state.classes[i]), ...row.map((n, j) => h("td", { class: i === j ? "right" : n ? "wrong" : "" }, String(n))))))));
}
