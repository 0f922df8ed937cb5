// Lessons: what is shown, and the question that is answered by doing. Without one, a sentence on what is to be seen.

import { call } from "./api.js";
import { $, fill, h } from "./dom.js";
import { on, store } from "./store.js";
import { whole } from "./text.js";
import { openDrawer } from "./training.js";

const SPOKEN = { "as printed": "check-as-printed" }; // fields in the drawer that a lesson speaks of

export function setUp() {
  $("lesson").onchange = () => call("lesson", { key: $("lesson").value });
  for (const [id, by] of [["lesson-before", -1], ["lesson-next", 1]]) {
    $(id).onclick = () => { const to = beside(by); if (to !== undefined) call("lesson", { key: to }); };
  }
  on("state", show);
}

// The lesson before or after this one; free play stands before the first.
function beside(by) {
  const keys = ["", ...Object.keys(store.state.lessons)];
  return keys[keys.indexOf(store.state.lesson) + by];
}

function show() {
  const { state } = store;
  if (document.activeElement !== $("lesson")) {
    fill($("lesson"), h("option", { value: "" }, "free play"), ...Object.entries(state.lessons).map(([key, title]) => h("option", { value: key, selected: key === state.lesson }, title)));
    $("lesson").value = state.lesson;
  }
  $("lesson-before").disabled = beside(-1) === undefined;
  $("lesson-next").disabled = beside(1) === undefined;
  $("intro").hidden = Boolean(state.lesson);
  fill($("intro"), intro(state));
  $("lesson-box").hidden = !state.lesson;
  if (state.lesson) fill($("lesson-box"),
    h("div", { class: "told" }, h("h2", {}, state.lessons[state.lesson]), ...state.lesson_text.flatMap((text) => [h("p", {}, text), " "])),
    h("div", {}, h("p", { class: "question" }, ...asked(state.lesson_question)), state.lesson_answer && h("p", { class: "answer", id: "answer" }, "✓ " + state.lesson_answer)));
}

// The question; a field of the drawer that it names in quotes is opened by a click on its name.
function asked(question) {
  return question.split(/(“[^”]+”)/).map((part) => {
    const id = SPOKEN[part.slice(1, -1)];
    return id ? h("button", { class: "link", onclick: () => openDrawer(id) }, part) : part;
  });
}

function intro(state) {
  const { settings, classes, rows, opened, waiting } = state;
  if (waiting) return "An empty plane. Click into it to put points of at least two classes; the network learns from them as they come.";
  if (opened) return `${opened.name}: ${opened.headline}. It is finished: look into it here and ask it; it is not trained on${opened.members > 1 ? ", for its networks were each stopped on rows of their own" : ""}. ${opened.has_rows ? "" : "Drop a table on the page to see it by your rows."}`;
  const one = settings.hidden.length === 1 && settings.hidden[0] === 1;
  const network = settings.hidden.length ? `A network with ${settings.hidden.join(" + ")} hidden unit${one ? "" : "s"}` : "A network without hidden units";
  const what = classes.length ? `one of ${classes.length} classes` : "a number";
  return `${whole(rows.all)} rows. ${network} predicts ${state.target}, ${what}. Press Play: the picture shows its answer everywhere as it learns. Undo takes back any change.`;
}
