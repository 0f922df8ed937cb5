// The course: what is shown, a task that is done here, where to begin, and which lessons are done. Without a lesson, a sentence on what is to be seen.

import { call } from "./api.js";
import { $, fill, h } from "./dom.js";
import { showCurve } from "./runs.js";
import { on, remember, remembered, store } from "./store.js";
import { whole } from "./text.js";
import { openDrawer } from "./training.js";

const SPOKEN = { "as printed": "check-as-printed", Loss: "set-loss", biases: "check-biases" }; // fields of the drawer that tasks name
const sheet = new CSSStyleSheet(); // rings the control that is meant, however often it is made anew
const RING = "outline: 3px dashed var(--accent); outline-offset: 1px; border-radius: 6px;";
document.adoptedStyleSheets.push(sheet);

const done = new Set((remembered("done") ?? "").split(" ").filter(Boolean));
let begun = null; // the lesson that was shown last
let used = false; // whether the control that is meant has been

export function setUp() {
  $("lesson").onchange = () => call("lesson", { key: $("lesson").value });
  for (const [id, by] of [["lesson-before", -1], ["lesson-next", 1]]) $(id).onclick = () => go(by);
  for (const kind of ["click", "change"]) addEventListener(kind, use, true);
  on("state", show);
}

// The lesson before or after this one; free play stands before the first.
function beside(by) {
  const keys = ["", ...Object.keys(store.state.lessons)];
  return keys[keys.indexOf(store.state.lesson) + by];
}

const go = (by) => call("lesson", { key: beside(by) });

function show() {
  const { state } = store, { lesson, lessons } = state, keys = Object.keys(lessons);
  if (state.lesson_answer && !done.has(lesson)) remember("done", [...done.add(lesson)].join(" "));
  if (document.activeElement !== $("lesson")) {
    fill($("lesson"), h("option", { value: "" }, "free play"),
      ...keys.map((key, i) => h("option", { value: key }, `${i + 1}. ${lessons[key]}${done.has(key) ? " ✓" : ""}`)));
    $("lesson").value = lesson;
  }
  $("lesson-before").disabled = beside(-1) === undefined;
  $("lesson-next").disabled = beside(1) === undefined;
  $("intro").hidden = Boolean(lesson);
  fill($("intro"), intro(state));
  $("lesson-box").hidden = !lesson;
  if (lesson) fill($("lesson-box"), ...told(state, `${keys.indexOf(lesson) + 1} of ${keys.length}`));
  $("story").style.setProperty("--told", lesson ? `${$("lesson-box").firstChild.offsetHeight}px` : "100vh"); // on a narrow screen the task stays
  queueMicrotask(point); // once all others have made their controls
}

function told({ lesson, lessons, lesson_text, lesson_docs, lesson_task, lesson_answer }, place) {
  const next = lesson_answer && beside(1);
  return [
    h("div", { class: "told" }, h("h2", { title: place }, lessons[lesson]), ...lesson_text.flatMap((text) => [h("p", {}, text), " "]),
      lesson_docs && h("p", { class: "quiet", title: "This lesson in the docs, with its formula and NumPy" }, `docs/lessons/${lesson_docs}.md`)),
    h("div", {}, h("p", { class: "question" }, ...asked(lesson_task)),
      lesson_answer && h("p", { class: "answer" }, h("span", { id: "answer" }, "✓ " + lesson_answer), " ",
        next && h("button", { id: "lesson-on", class: "link", title: lessons[next], onclick: () => go(1) }, "Next ›"))),
  ];
}

// The task; a field of the drawer that it names in quotes is opened by a click on its name.
function asked(task) {
  return task.split(/(“[^”]+”)/).map((part) => {
    const id = SPOKEN[part.slice(1, -1)];
    return id ? h("button", { class: "link", onclick: () => openDrawer(id) }, part) : part;
  });
}

const meant = () => (store.state.lesson_at ? $(store.state.lesson_at) : null);

// Ring the control that the task begins with, until it is used; of a field in the closed drawer the button that opens it.
function point() {
  const { lesson, lesson_at, lesson_answer } = store.state, control = meant();
  if (lesson !== begun) used = false;
  if (lesson && lesson !== begun) showCurve();
  const ringed = control && !used && !lesson_answer;
  sheet.replaceSync(!ringed ? "" : $("drawer").contains(control)
    ? `body:has(#drawer[hidden]) #settings, label:has(> #${lesson_at}) { ${RING} }` : `#${lesson_at} { ${RING} }`);
  if (lesson !== begun && ringed && window.parent === window) ($("drawer").contains(control) ? $("settings") : control).scrollIntoView({ block: "center" });
  begun = lesson;
}
function use({ target }) {
  if (!store.state || !meant()?.contains(target)) return;
  used = true;
  point();
}

function intro(state) {
  const { settings, classes, rows, opened, waiting, playing } = state;
  if (waiting) return "An empty plane. Click into it to put points of at least two classes; the network learns from them as they come.";
  if (opened) return `${opened.name}: ${opened.headline}. It is finished: look into it here and ask it; it is not trained on${opened.members > 1 ? ", for its networks were each stopped on rows of their own" : ""}. ${opened.has_rows ? "" : "Drop a table on the page to see it by your rows."}`;
  const one = settings.hidden.length === 1 && settings.hidden[0] === 1;
  const network = settings.hidden.length ? `A network with ${settings.hidden.join(" + ")} hidden unit${one ? "" : "s"}` : "A network without hidden units";
  const what = classes.length ? `one of ${classes.length} classes` : "a number";
  return `${whole(rows.all)} rows. ${network} predicts ${state.target}, ${what}. ${playing ? "It is learning: the picture shows its answer everywhere, ↺ begins again." : "Press Play: the picture shows its answer everywhere as it learns. Undo takes back any change."}`;
}
