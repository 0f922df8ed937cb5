// Lessons: what is shown, and the question that is answered by doing. Without one, a sentence on what is to be seen.

import { call } from "./api.js";
import { $, fill, h } from "./dom.js";
import { on, store } from "./store.js";

export function setUp() {
  $("lesson").onchange = () => call("lesson", { key: $("lesson").value });
  on("state", show);
}

function show() {
  const { state } = store;
  if (document.activeElement !== $("lesson")) {
    fill($("lesson"), h("option", { value: "" }, "free play"), ...Object.entries(state.lessons).map(([key, title]) => h("option", { value: key, selected: key === state.lesson }, title)));
    $("lesson").value = state.lesson;
  }
  $("intro").hidden = Boolean(state.lesson);
  fill($("intro"), intro(state));
  $("lesson-box").hidden = !state.lesson;
  if (state.lesson) fill($("lesson-box"), h("h2", {}, state.lessons[state.lesson]), ...state.lesson_text.map((text) => h("p", {}, text)),
    h("p", { class: "question" }, h("strong", {}, "Question: "), state.lesson_question),
    state.lesson_answer && h("p", { class: "answer", id: "answer" }, "✓ " + state.lesson_answer));
}

function intro(state) {
  const { settings, classes, rows, opened } = state;
  if (opened) return `${opened.name}: ${opened.headline}. It is finished: look into it here and ask it; it is not trained on${opened.members > 1 ? ", for its networks were each stopped on rows of their own" : ""}. ${opened.has_rows ? "" : "Drop a table on the page to see it by your rows."}`;
  const hidden = settings.hidden.length ? `a network with ${settings.hidden.join(" + ")} hidden units` : "a network without hidden units";
  const what = classes.length ? `${classes.length} classes of points` : `a number, ${state.target},`;
  return `${rows.all.toLocaleString("en")} rows, ${what}, and ${hidden}. Press Play and watch it learn: the picture under Output shows its answer everywhere. Change anything; what goes wrong is said and can be undone.`;
}
