// The data panel: built-in sets, a file of one's own, points drawn by hand, and the row that is followed.

import { ask, call } from "./api.js";
import { dark, numberColour, pointColour } from "./colours.js";
import { $, check, field, fill, h, number, select } from "./dom.js";
import { change, reseed } from "./settings.js";
import { on, store, tell } from "./store.js";
import { brush, draw } from "./surface.js";
import { cellText, whole } from "./text.js";
import { WORDS } from "./words.js";

const NUMBERS = ["plane", "hills"];
const FEATURES = ["x1", "x2", "x1²", "x2²", "x1·x2", "sin x1", "sin x2"];
const KINDS = { number: ["number", "category", "date", "text", "identifier"], text: ["category", "text", "date", "identifier"], date: ["date", "identifier"] }; // that a column may be, by what it holds
const SIDE = 72; // of a set's picture, in its own pixels
const picker = h("input", { type: "file", id: "picker", accept: ".csv,.tsv,.tab,.txt,.gz,.json,.jsonl,.ndjson,.xlsx,.xls,.ods,.parquet,.pq,.selenite", class: "visually-hidden", tabIndex: -1, "aria-label": "Open a CSV, JSON, Excel or Parquet file, or a model",
  onchange: () => { if (picker.files[0]) open(picker.files[0]); picker.value = ""; } });

export function setUp() {
  on("state", show);
  on("state", drawTiles);
  addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });
}

async function open(file) {
  tell("say", `Reading ${file.name} …`);
  const { result } = await call("file", { name: file.name, bytes: await file.arrayBuffer() });
  if (result === undefined) return;
  const learning = !file.name.endsWith(".selenite") && !store.state.opened;
  tell("say", learning ? `${file.name} is open. Choose what to predict, then press play.` : `${file.name} is open.`);
}

// The settings by which a made set is begun.
function plainOf(name) {
  const { settings } = store.state;
  const isNumber = NUMBERS.includes(name);
  const losses = { loss: isNumber ? "squared_error" : "log_loss" };
  const plain = settings.start === "article" ? { start: "glorot", sums: false, slip: false, optimizer: "adam", learning_rate: 0.05, auto_stop: true, test_fraction: 0.25, biases: true } : {};
  return { data: name, target: "", drop: [], kinds: [], axes: ["", ""], features: ["x1", "x2"], ...losses, ...plain, batch_size: 0, rows: Math.max(settings.rows, name === "spiral" ? 200 : 10) };
}

function show() {
  const { state } = store;
  const { settings, sets } = state;
  fill($("sets"), h("fieldset", {}, h("legend", { class: "visually-hidden" }, "A set of points"),
    h("div", { class: "tiles" }, ...Object.entries(sets).map(([name, title]) => tile(name, title, settings.data === name))),
    h("p", { id: "set-name" }, sets[settings.data]),
    ...files(state),
    state.model && radio("model", state.model, settings.data === "model", () => change({ data: "model", axes: ["", ""] })),
    radio("drawn", "points I draw", settings.data === "drawn", drawAnew)));
  fill($("file"), picker, h("button", { onclick: () => picker.click() }, "Open a file …"), h("span", { class: "quiet" }, state.opened ? " or drop rows for this model anywhere" : " or drop a CSV, Parquet or model file anywhere"));
  fill($("drawing"), ...(settings.data === "drawn" ? brushes() : []));
  fields();
  row();
}

/** The tables that were opened: the present one, and those that one can come back to. */
const files = ({ file, files: all = file ? [file] : [], settings }) => all.map((name, i) => (name === file
  ? radio("file", name, settings.data === "file", () => change({ data: "file", target: "", drop: [], kinds: [], axes: ["", ""] }))
  : radio(`file-${i}`, name, false, () => call("table", { name }))));

function radio(name, title, checked, choose) {
  return h("label", { class: "check", title: WORDS[title] ?? "" }, h("input", { type: "radio", name: "set", id: `of-${name}`, value: name, checked, onchange: choose }), h("span", {}, title));
}

let thumbnails = null; // of the sets, asked for once, when the page stands
function drawTiles() {
  if (thumbnails) return;
  thumbnails = {};
  requestAnimationFrame(() => setTimeout(async () => { thumbnails = await ask("thumbnails"); show(); }));
}

// A built-in set as its picture; its name stands below once it is chosen.
function tile(name, title, checked) {
  return h("label", { class: "tile", title: `${title}: ${WORDS[title]}` },
    h("input", { type: "radio", name: "set", id: `of-${name}`, value: name, checked, "aria-label": title, onchange: () => change(plainOf(name)) }), picture(name));
}

const pictures = new Map(); // that are drawn, by day or night
function picture(name) {
  const key = `${name} ${dark()}`, points = thumbnails?.[name];
  if (!points || pictures.has(key)) return pictures.get(key);
  const canvas = h("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" }), context = canvas.getContext("2d");
  const { x, y, shade, number } = points, dot = x.length > 99 ? 4 : 10;
  x.forEach((across, i) => {
    context.fillStyle = number ? numberColour(shade[i]) : pointColour(shade[i]);
    context.fillRect(4 + across * (SIDE - 8 - dot), 4 + (1 - y[i]) * (SIDE - 8 - dot), dot, dot);
  });
  pictures.set(key, canvas);
  return canvas;
}

function brushes() {
  return [h("fieldset", { class: "brushes" }, h("legend", {}, "A click adds a point of class"),
    ...[0, 1, 2, 3, 4, 5].map((i) => {
      const dot = h("i", { class: "dot", "aria-hidden": "true", style: `background: ${pointColour(i)}` });
      return h("label", { class: "check" }, h("input", { type: "radio", name: "brush", checked: brush.of === i, onchange: () => { brush.of = i; } }), dot, h("span", {}, `${i}`));
    })),
    h("p", { class: "quiet" }, "Shift-click the next class, ctrl-click takes away, drag moves."),
    h("button", { onclick: () => draw({ do: "clear" }) }, "Clear all points")];
}

// An empty plane, and a small new network that waits for its points.
async function drawAnew() {
  const { data, hidden } = store.state.settings;
  if (data !== "moons" || hidden.join() !== "4") await call("change", { settings: { ...store.state.settings, ...plainOf("moons"), hidden: [4], activations: ["tanh"], slip: false } });
  await call("draw", { do: "begin" });
  await call("draw", { do: "clear" });
}

function fields() {
  const { state } = store;
  const { settings } = state;
  const made = !["drawn", "file", "people", "clouds", "model"].includes(settings.data);
  const columns = state.columns.map((name) => [name, name]);
  const box = [];
  if (made || settings.data === "clouds") box.push(field("Points", number(made ? settings.rows : state.rows.all, (rows) => change({ rows: Math.min(rows, 2000) }), { min: 10, max: made ? 2000 : 2100, step: 1 })));
  if (made) box.push(field("Noise", number(settings.noise, (noise) => change({ noise }), { min: 0, max: 1, step: 0.01 })));
  if (!state.opened) {
    box.push(field("Test share", number(settings.test_fraction, (test_fraction) => change({ test_fraction }), { min: 0, max: 0.8, step: 0.01 })));
    box.push(field("Seed", number(settings.seed, (seed) => change({ seed }), { min: 0, max: 4294967295, step: 1 })));
    box.push(h("button", { id: "reseed", class: "small", title: "The next seed: other points, another start (R)", onclick: reseed }, "↻ Next seed"));
  }
  if (settings.data === "file") {
    box.push(field("Predict", select(state.names.map((name) => [name, name]), state.target, (target) => change({ target, axes: ["", ""], drop: settings.drop.filter((name) => name !== target) }))));
    if (state.names.length > 2) box.push(inputs(state));
  }
  if (columns.length > 2) {
    const axes = state.axes.map((axis) => (axis ? axis.name : ""));
    box.push(field("Across", select(columns, axes[0], (name) => change({ axes: [name, name === axes[1] ? axes[0] : axes[1]] }))));
    box.push(field("Up", select(columns, axes[1], (name) => change({ axes: [name === axes[0] ? axes[1] : axes[0], name] }))));
    box.push(field("Other columns", select([["median", "median"], ["row", "followed"]], settings.hold, (hold) => change({ hold }))));
  }
  if (state.derived) box.push(h("fieldset", { class: "features", title: WORDS["Inputs"] }, h("legend", {}, "Inputs"), ...FEATURES.map((name) =>
    check(name, settings.features.includes(name), (on_) => {
      const features = FEATURES.filter((each) => (each === name ? on_ : settings.features.includes(each)));
      if (features.length) change({ features });
      else { tell("problem", "A network needs at least one input."); tell("state", state); }
    }))));
  fill($("data-fields"), ...box);
}

/** Which columns of a file are learnt from, each with what it is. */
function inputs(state) {
  const { names, target, settings: { drop } } = state, others = names.filter((name) => name !== target), used = others.filter((name) => !drop.includes(name));
  return h("details", { id: "columns-used", open: $("columns-used")?.open, title: WORDS["Learn from"] }, h("summary", {}, `Learn from ${used.length} of ${others.length} columns`),
    ...others.map((name, i) => h("div", { class: "column" }, h("label", { class: "check" },
      h("input", { type: "checkbox", checked: !drop.includes(name), onchange: ({ target: box }) => use(name, box.checked, others) }),
      h("span", {}, name)), drop.includes(name) ? h("span", { class: "quiet" }, "left out") : kindOf(name, `kind-${i}`, state))));
}

/** What a column is, as it seems or as one says. */
function kindOf(name, id, { kinds, types, settings }) {
  const said = new Map(settings.kinds), others = KINDS[types[name]].filter((kind) => said.has(name) || kind !== kinds[name]);
  return select([["", said.has(name) ? "as it seems" : kinds[name]], ...others.map((kind) => [kind, kind])], said.get(name) ?? "", (kind) => {
    said.delete(name);
    change({ kinds: kind ? [...said, [name, kind]] : [...said], axes: ["", ""] });
  }, { id, title: WORDS["What a column is"], "aria-label": `What ${name} is` });
}

function use(name, on_, others) {
  const { state } = store, drop = others.filter((each) => (each === name ? !on_ : state.settings.drop.includes(each)));
  if (drop.length < others.length) change({ drop, axes: ["", ""] });
  else { tell("problem", "A network needs at least one column."); tell("state", state); }
}

function row() {
  const { state } = store;
  const n = state.rows;
  const about = !state.opened ? n.test ? `${whole(n.training)} training rows, ${whole(n.test)} test rows.` : `${whole(n.training)} training rows, no test rows: every figure is of rows that it learns from.`
    : !state.opened.has_rows ? "One row of usual values stands for the data." : n.training ? `${whole(n.training)} rows the model was made from, ${whole(n.test)} test rows.` : `${whole(n.test)} rows of ${state.source}.`;
  fill($("row-box"), h("p", { class: "quiet" }, about),
    !state.waiting && h("details", { open: $("row-box").querySelector("details")?.open },
      h("summary", {}, `Followed row: ${state.followed + 1}`),
      field("Row", number(state.followed + 1, (value) => call("follow", { row: value - 1 }), { min: 1, max: n.all, step: 1 })),
      h("table", {}, h("tbody", {}, ...state.followed_row.map(([name, cell]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", { title: cell }, cellText(cell || "(missing)"))))))));
}
