// Play, pause and every step; the timeline; the doctor's line; 20 seeds.

import { call } from "./api.js";
import { change } from "./settings.js";
import { $, fill, h, select } from "./dom.js";
import { operate } from "./operations.js";
import { on, store, tell } from "./store.js";
import { showTraining } from "./runs.js";
import { loss, percent, short, whole } from "./text.js";
import { leave } from "./why.js";

const SPEEDS = [[1, "slow"], [5, "normal"], [10, "10 a frame"], [50, "50 a frame"], [100, "100 a frame"], [500, "500 a frame"], [0, "fastest"]];
let speed = null;
let dismissed = "";
let dragging = false;
let stepped = "epoch";

export const playing = () => (store.frame && !store.state.waiting ? store.frame.playing : store.state.playing);
export const toggle = () => (playing() ? call("pause") : call("play", { speed: speed ?? store.state.speed }));
export function step(what) { stepped = what; return what === "operation" ? operate(1) : call("step", { what }); }
export const back = () => (stepped === "operation" ? operate(-1) : call("back", { what: stepped }));

export function setUp() {
  $("play").onclick = toggle;
  $("reset").onclick = () => call("reset");
  $("back").onclick = back;
  for (const what of ["epoch", "batch", "row", "operation"]) $(what).onclick = () => step(what);
  $("twenty").onclick = () => { leave(); showTraining("seeds-box"); call("seeds", { do: store.state.trying ? "stop" : "seeds" }); };
  on("trials", ({ share }) => {
    if (!store.state?.trying) return;
    $("twenty").textContent = `Stop (${Math.floor(100 * share)} %)`;
    if ($("tried")) $("tried").value = share;
  });
  $("speed").replaceWith(select(SPEEDS, 5, (value) => { speed = Number(value); if (playing()) call("play", { speed }); }, { id: "speed" }));
  $("timeline").addEventListener("input", () => { dragging = true; clock(Number($("timeline").value)); });
  $("timeline").addEventListener("change", async () => { if (store.detail) await call("goto", { epoch: Math.min(Number($("timeline").value), store.detail.last_epoch) }); dragging = false; });
  on("state", state);
  on("frame", () => standing(store.frame));
  on("detail", detail);
}

function state() {
  const { state: now } = store;
  if (speed === null || now.lesson !== state.lesson) { speed = now.speed; $("speed").value = String(speed); }
  state.lesson = now.lesson;
  $("timeline").min = now.first_epoch;
  Object.assign($("batch"), now.batches < 2 ? { disabled: true, title: "A batch is all training rows: one batch is an epoch" } : { disabled: false, title: "One step: as many rows as Batch says" });
  $("play").disabled = Boolean(now.waiting);
  if (now.waiting) standing({ playing: false, epoch: 0 }); // no frame comes of it
  if (!now.trying) $("twenty").textContent = "20 seeds";
  else if (!state.trying) $("twenty").textContent = "Stop (0 %)";
  if (now.seeds && !state.seeds) showTraining("seeds-box");
  if (now.branched !== null && state.branched === null) tell("say", `Branch B begins at epoch ${whole(now.branched)} from identical weights; the run so far is kept beside it as A.`);
  Object.assign(state, { trying: now.trying, branched: now.branched, seeds: Boolean(now.seeds) });
  seeds(now);
}

function standing(now) {
  $("play").textContent = now.playing ? "‖ Pause" : "▶ Play";
  $("play").classList.toggle("on", now.playing);
  if (!dragging) {
    if (Number($("timeline").max) < now.epoch || store.state.waiting) $("timeline").max = now.epoch;
    $("timeline").value = now.epoch;
    clock(now.epoch, now.row);
  }
}

function clock(epoch, row) {
  const { state: now } = store;
  $("clock").textContent = `epoch ${whole(epoch)}${row ? `, row ${row} of ${whole(now.rows.training)}` : ""}`;
  $("timeline").setAttribute("aria-valuetext", `epoch ${epoch}`);
}

function detail() {
  const { detail: now, frame: at } = store;
  $("timeline").max = Math.max(now.last_epoch, now.other ? now.other.last_epoch : 0, store.state.first_epoch);
  if (at && !dragging) $("timeline").value = at.epoch;
  branches(now);
  const said = !at || at.playing ? "" : now.verdict ?? at.ended;
  if (!said) dismissed = ""; // a new run is judged anew
  $("doctor").hidden = !said || said === dismissed;
  if (said) fill($("doctor"), h("span", {}, said), h("button", { class: "small", "aria-label": "Dismiss", onclick: () => { dismissed = said; $("doctor").hidden = true; } }, "×"));
}

// Both runs as bars under the timeline: where B left A, and how far each has come.
function branches(now) {
  const { beside, side, branched, first_epoch } = store.state;
  if (!beside || !now.other) return fill($("branches"));
  const end = Math.max(now.last_epoch, now.other.last_epoch, first_epoch + 1);
  const runs = side === "A" ? [now.last_epoch, now.other.last_epoch] : [now.other.last_epoch, now.last_epoch];
  const share = (epoch) => (100 * (epoch - first_epoch)) / (end - first_epoch);
  $("branches").setAttribute("aria-label", `Run A to epoch ${whole(runs[0])}; run B ${branched === null ? "" : `from epoch ${whole(branched)} `}to epoch ${whole(runs[1])}`);
  fill($("branches"), ...["A", "B"].map((name, i) => {
    const from = i && branched !== null ? share(branched) : 0;
    const bar = h("i", { class: name === side ? "this" : "" });
    Object.assign(bar.style, { marginLeft: `${from}%`, width: `${Math.max(share(runs[i]) - from, 0.5)}%` });
    return h("div", {}, h("span", {}, name), h("div", {}, bar));
  }));
}

// Each start, or rate, a mark on a strip, the best on the left; the long one is a network without hidden layers.
function seeds(now) {
  const found = now.seeds;
  if (!found) return fill($("seeds-box"), now.trying ? h("progress", { id: "tried", "aria-label": "How much is done" }) : h("p", { class: "quiet" }, "“20 seeds” trains the same setting from 20 starts: was it luck?"));
  const known = found.losses.filter((value) => value !== null);
  const ends = found.linear === null ? known : [...known, found.linear];
  const [low, high] = [Math.min(...ends), Math.max(...ends)].map((v) => Math.log10(Math.max(v, 1e-12)));
  const strip = h("div", { class: "strip", role: "img", "aria-label": `Losses of ${found.of} starts: ${known.map((v) => loss(v)).join(", ")}` });
  const named = (i) => (found.rates ? `rate ${found.rates[i]}` : `start ${i + 1}`);
  [...found.losses, found.linear].forEach((value, i) => {
    if (value === null) return;
    const linear = i === found.losses.length;
    const mark = h("i", { class: linear ? "linear" : "", title: `${linear ? "without hidden layers" : named(i)}: ${loss(value)}` });
    mark.style.left = `${2 + (96 * (Math.log10(Math.max(value, 1e-12)) - low)) / (high - low || 1)}%`;
    strip.append(mark);
  });
  const good = found.scores.filter((v) => v !== null).sort((a, b) => a - b);
  const unit = now.classes.length ? percent : short;
  const below = found.below_2 === null ? "" : `${found.below_2} of ${found.of} get below 2. `;
  const best = found.losses.indexOf(Math.min(...known));
  const lost = found.of - known.length;
  const range = [...new Set([good[0], good.at(-1)].map(unit))].join(" to ");
  const scores = `${found.score_name} ${range}`, linear = loss(found.linear);
  const told = (found.loss_rows ?? found.score_rows) === found.score_rows
    ? `On the ${found.score_rows} rows the median loss is ${loss(found.median)}, ${scores}; without hidden layers the loss is ${linear}.`
    : `Median loss ${loss(found.median)} (${found.loss_rows} rows); ${scores} (${found.score_rows} rows). Without hidden layers ${linear}.`;
  fill($("seeds-box"), h("p", { id: "seeds-text" }, h("b", {}, `${found.of} ${found.rates ? "rates" : "seeds"}, ${whole(found.epochs)} epochs each. `),
    `${below}${told}${lost ? ` ${lost} diverged.` : ""}`),
    found.rates && h("p", {}, `The lowest loss is that of rate ${found.rates[best]}. `, h("button", { class: "small", id: "take-rate", onclick: () => change({ learning_rate: found.rates[best] }) }, "Take it")),
    strip, h("p", { class: "ends quiet" }, h("span", {}, loss(Math.min(...ends))), h("span", {}, loss(Math.max(...ends)))));
}
