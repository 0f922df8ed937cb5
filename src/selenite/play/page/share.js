// Leaving: the address as a link, and everything that can be taken home. The dialogs of the page.

import { ask, call, isAlone, isOurs } from "./api.js";
import { $, fill, h, save } from "./dom.js";
import { ownFields, ownLesson } from "./own_lesson.js";
import { on, remember, remembered, store, tell } from "./store.js";
import { whole } from "./text.js";
import { WORDS } from "./words.js";

const LONG_LINK = 2000; // characters
const HOME = [
  ["model", "Model file", "model.selenite", "predicts on the command line: selenite predict model.selenite data.csv"],
  ["script", "Python script", "run.py", "makes the same run with the same numbers"],
  ["article", "NumPy script", "article.py", "the run as the article writes it, in NumPy alone"],
  ["weights", "Weights", "weights.json", "the network and its numbers, as JSON"],
  ["data", "Data", "data.csv", "the rows as the network is given them"],
  ["spreadsheet", "Spreadsheet", "sheet.csv", "the same; an apostrophe keeps text from being run as a formula"],
  ["curves", "Curves", "curves.csv", "loss, test loss and gradient of every epoch"],
  ["svg", "Drawing", "output.svg", "the output, scalable"],
  ["png", "Picture", "output.png", "the output as you see it"],
];
const KEYS = [["Space", "play or pause"], ["→", "one epoch"], ["Shift + →", "one operation"], ["←", "one step back, of the kind made last"], ["Shift + ←", "one operation back"], ["Home", "reset to the same start"], ["R", "new start"],
  ["1 – 5", "go to a panel"], ["← → on tabs", "other views of a panel"], ["arrows", "move along units or over the output"], ["Enter", "why? of a unit, a weight of the matrix or a point; draw a point"], ["Shift + click", "add a point of class 1 to a set; it is yours from then on"], ["Esc", "close what is open"], ["+ −", "units of the last hidden layer"],
  ["[ ]", "take away or add a layer"], ["B", "biases"], ["T", "test points"], ["A", "A | B: change sides"], ["Ctrl+Z, Ctrl+Y", "undo, redo"], ["?", "this list"]];

export function setUp() {
  openView();
  $("share").onclick = share;
  $("export").onclick = home;
  $("help").onclick = help;
  on("state", hide);
  if (window.parent === window) on("state", keep);
  addEventListener("hashchange", () => isOurs(location.hash.slice(1)) && location.reload());
}

// The view that the address asks for.
function openView() {
  const view = $(`view-${/&view=(\w+)$/.exec(location.hash)?.[1]}`);
  view?.click();
  if (view) view.closest("section").style.order = 0; // on a narrow screen it comes first
}

function dialog(title, ...content) {
  fill($("dialog"), h("h2", { id: "dialog-title" }, title), ...content, h("form", { method: "dialog" }, h("button", {}, "Close")));
  $("dialog").showModal();
}

export function help() {
  const buttons = [...document.querySelectorAll(".tools [title], .transport button[title]")].map((each) => [each.ariaLabel ?? each.textContent, each.title]);
  dialog("Keys and help",
    h("p", {}, "A network is given points and told their classes. Each epoch it sees all training rows and changes its weights a little so that its answers get better. Test points are never trained on: they tell whether it has understood or only remembered."),
    h("table", {}, h("tbody", {}, ...KEYS.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, what))))),
    h("details", {}, h("summary", {}, "What each control does"), h("table", {}, h("tbody", {}, ...[...Object.entries(WORDS), ...buttons].map(([name, what]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, what)))))),
    h("label", { class: "check" }, h("input", { type: "checkbox", checked: remembered("letters") !== "off", onchange: (event) => remember("letters", event.target.checked ? "on" : "off") }), h("span", {}, "single letters are keys")));
}

// Controls that a link may put away, so that a pupil sees only what matters.
const HIDABLE = {
  data: ["sets of points", "#sets, #file, #drawing"], fields: ["points, noise, test share, seed", "#data-fields"], layers: ["layers and units", ".heading .small"],
  activations: ["activations", ".heading select"], rate: ["learning rate", ".field:has(> #set-learning_rate)"], optimizer: ["optimizer", ".field:has(> #set-optimizer)"],
  batch: ["batch", ".field:has(> #set-batch_size)"], loss: ["loss", ".field:has(> #set-loss)"], biases: ["biases", ".check:has(> #check-biases)"], more: ["settings", "#settings"],
  steps: ["single steps", "#back, #epoch, #batch, #row, #operation"], reset: ["reset", "#reset"], seeds: ["20 seeds", "#twenty"], beside: ["A | B", "#beside"], speed: ["speed", "label:has(> #speed)"],
  lessons: ["lessons", ".lesson"], home: ["take home", "#export"], why: ["why?", "#why, #tab-why"], curves: ["loss", "#curves, #tab-curves"], picture: ["test points, regions, border", ".picture-row .check"],
};
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);

function hide() {
  const selectors = store.state.hidden.map((name) => HIDABLE[name]?.[1]).filter(Boolean);
  sheet.replaceSync(selectors.length ? `${selectors.join(", ")} { display: none !important; }` : "");
}

const hidables = (renew) => h("details", { open: store.state.hidden.length > 0 }, h("summary", {}, "Hidden controls"), h("div", { class: "row" },
  ...Object.entries(HIDABLE).map(([name, [title]]) => h("label", { class: "check" }, h("input", { type: "checkbox", id: `hide-${name}`, checked: store.state.hidden.includes(name), onchange: async (event) => {
    const controls = event.target.checked ? [...store.state.hidden, name] : store.state.hidden.filter((each) => each !== name);
    const { result } = await call("hide", { controls });
    if (result !== undefined) renew();
  } }), h("span", {}, title)))));

const address = (fragment) => {
  history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  return location.href;
};

// What was changed stands in the address, as it began: a reload or a bookmark brings it back.
let kept = null;
let keeping = 0;
function keep() {
  const { settings, lesson, lessons, hidden, points, opened } = store.state;
  const now = { what: JSON.stringify([settings, lesson, hidden, settings.data === "drawn" && points]), lesson };
  const begins = lesson && kept && kept.lesson !== lesson; // a link's own has its link there already
  if (kept && kept.what !== now.what && !(begins && lesson === "own")) {
    clearTimeout(keeping);
    keeping = setTimeout(async () => address(opened || ["file", "model"].includes(settings.data) ? ""
      : begins ? `lesson=${Object.keys(lessons).indexOf(lesson) + 1}` : await ask("link", { start: true })), 500);
  }
  kept = now;
}

async function share() {
  const { settings, source, rows } = store.state;
  const box = h("input", { readOnly: true, "aria-label": "The link", id: "link", onclick: () => box.select() });
  const size = h("span", { class: "quiet", id: "link-size" });
  const table = h("input", { type: "checkbox", id: "with-table", onchange: async () => { if (!(await renew())) table.checked = false; } });
  const renew = async () => {
    const fragment = await ask("link", { table: table.checked, own: ownLesson() });
    if (!fragment) return false;
    box.value = address(fragment);
    fill(size, ` ${whole(fragment.length)} characters${fragment.length > LONG_LINK ? "; some mail programs cut such long links" : ""}`);
    return true;
  };
  if (!(await renew())) return;
  const other = h("input", { id: "other-link", "aria-label": "A link to open", placeholder: "paste a link here" });
  dialog("Share", h("p", {}, "The link carries the settings, the weights and drawn points; a table only where you say so. It is in the address and is sent nowhere. ",
      isAlone() ? "A click opens it wherever this page lies; so does " : "It opens with ", h("code", {}, "selenite play 'LINK'"), "."), box,
    h("div", {}, h("button", { onclick: () => navigator.clipboard?.writeText(box.value).then(() => tell("say", "Copied.")) }, "Copy"), size),
    settings.data === "file" && h("label", { class: "check" }, table, h("span", {}, `with the table ${source}, ${whole(rows.all)} rows; without it the link opens only where the same file is open`)),
    ownFields(renew), hidables(renew),
    h("h3", {}, "Open a link"), other, h("button", { id: "open-link", onclick: async () => {
      const { result } = await call("open", { link: other.value.trim() });
      if (result) { $("dialog").close(); tell("say", result); }
    } }, "Open"));
}

function home() {
  const has = store.state.opened ? ["model", "data", "spreadsheet", "svg", "png"] : HOME.map(([key]) => key);
  dialog("Take home", h("ul", { class: "home" }, ...HOME.filter(([key]) => has.includes(key)).map(([key, title, name, what]) =>
    h("li", {}, h("button", { id: `take-${key}`, onclick: () => take(key, name) }, title), h("span", { class: "quiet" }, ` ${name}: ${what}`)))),
    store.state.settings.data === "file" && h("p", { class: "quiet" }, "The script expects your file beside it."));
}

function take(key, name) {
  if (key === "png") $("surface").toBlob((blob) => save(blob, name));
  else ask("take", { what: key }).then((found) => found === undefined || save(new Blob([found]), name));
}
