// Lessons: what is shown, and the question that is answered by doing. Without one, a sentence on what is to be seen.

import { call } from "./api.js";
import { $, fill, h } from "./dom.js";
import { on, store } from "./store.js";
import { whole } from "./text.js";

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
  const one = settings.hidden.length === 1 && settings.hidden[0] === 1;
  const network = settings.hidden.length ? `A network with ${settings.hidden.join(" + ")} hidden unit${one ? "" : "s"}` : "A network without hidden units";
  const what = classes.length ? `one of ${classes.length} classes` : "a number";
  return `${whole(rows.all)} rows. ${network} predicts ${state.target}, ${what}. Press Play: Output shows its answer everywhere as it learns. Undo takes back any change.`;
}
