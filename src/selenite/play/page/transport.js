// Play, pause and every step; the timeline; the doctor's line; 20 seeds.

import { call } from "./api.js";
import { $, fill, h, select } from "./dom.js";
import { on, store } from "./store.js";
import { loss, percent, short, whole } from "./text.js";

const SPEEDS = [[1, "slow"], [5, "normal"], [10, "10 epochs a frame"], [50, "50 a frame"], [100, "100 a frame"], [500, "500 a frame"], [0, "as fast as it can"]];
let speed = null;
let dismissed = "";
let dragging = false;
let stepped = "epoch";

export const playing = () => (store.frame && !store.state.waiting ? store.frame.playing : store.state.playing);
export const toggle = () => (playing() ? call("pause") : call("play", { speed: speed ?? store.state.speed }));
export function step(what) { stepped = what; return call("step", { what }); }
export const back = () => call("back", { what: stepped });

export function setUp() {
  $("play").onclick = toggle;
  $("reset").onclick = () => call("reset");
  $("back").onclick = back;
  for (const what of ["epoch", "batch", "row"]) $(what).onclick = () => step(what);
  $("twenty").onclick = async () => {
    $("twenty").disabled = true;
    await call("seeds");
    $("twenty").disabled = false;
    $("seeds-box").scrollIntoView({ block: "nearest" });
  };
  $("speed").replaceWith(Object.assign(select(SPEEDS, 5, (value) => { speed = Number(value); if (playing()) call("play", { speed }); }), { id: "speed" }));
  $("timeline").addEventListener("input", () => { dragging = true; clock(Number($("timeline").value)); });
  $("timeline").addEventListener("change", async () => { await call("goto", { epoch: Number($("timeline").value) }); dragging = false; });
  on("state", state);
  on("frame", frame);
  on("detail", detail);
}

function state() {
  const { state: now } = store;
  if (speed === null || now.lesson !== state.lesson) { speed = now.speed; $("speed").value = String(speed); }
  state.lesson = now.lesson;
  $("timeline").min = now.first_epoch;
  $("batch").disabled = now.batches < 2;
  $("play").disabled = Boolean(now.waiting);
  seeds(now);
}

function frame() {
  const { frame: now } = store;
  $("play").textContent = now.playing ? "‖ Pause" : "▶ Play";
  $("play").classList.toggle("on", now.playing);
  if (!dragging) {
    if (Number($("timeline").max) < now.epoch) $("timeline").max = now.epoch;
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
  $("timeline").max = Math.max(now.last_epoch, store.state.first_epoch);
  if (at && !dragging) $("timeline").value = at.epoch;
  const finding = now.finding;
  const text = (at && at.ended) || "";
  const said = finding ? `${text} Doctor: ${finding.evidence}. Try ${finding.remedy}.` : text;
  $("doctor").hidden = !said || said === dismissed;
  if (said) fill($("doctor"), h("span", {}, said.trim()), h("button", { class: "small", "aria-label": "Dismiss", onclick: () => { dismissed = said; $("doctor").hidden = true; } }, "×"));
}

// Each start a mark on a strip, the best on the left.
function seeds(now) {
  const found = now.seeds;
  if (!found) return fill($("seeds-box"));
  const known = found.losses.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)].map((v) => Math.log10(Math.max(v, 1e-12)));
  const strip = h("div", { class: "strip", role: "img", "aria-label": `Losses of ${found.of} starts: ${known.map((v) => loss(v)).join(", ")}` });
  known.forEach((value, i) => {
    const mark = h("i", { title: `start ${i + 1}: ${loss(value)}` });
    mark.style.left = `${2 + (96 * (Math.log10(Math.max(value, 1e-12)) - low)) / (high - low || 1)}%`;
    strip.append(mark);
  });
  const good = found.scores.filter((v) => v !== null).sort((a, b) => a - b);
  const unit = now.classes.length ? percent : short;
  const below = found.below_2 === null ? "" : `${found.below_2} of ${found.of} get below 2. `;
  fill($("seeds-box"), h("h3", {}, `${found.of} seeds, ${whole(found.epochs)} epochs each`),
    h("p", { id: "seeds-text" }, `${below}Median loss ${loss(found.median)}; ${found.score_name} from ${unit(good[0])} to ${unit(good.at(-1))} (${found.score_rows} rows).`),
    strip, h("p", { class: "ends quiet" }, h("span", {}, loss(Math.min(...known))), h("span", {}, loss(Math.max(...known)))));
}
