// A lesson of one's own: what it says, and what is to be reached; it travels with the link that Share makes.

import { field, h, number, select } from "./dom.js";

const MARKS = { loss_below: ["the loss is below", 0.1], right_above: ["training rows right, above %", 90], test_right_above: ["test rows right, above %", 90], answer_above: ["the followed row's answer is above", 0.9], epochs_from: ["so many epochs are done", 1000] };
const draft = { title: "", text: "", task: "", mark: "loss_below", value: 0.1 };

// The fields; `renew` is called when the lesson is another.
export function ownFields(renew) {
  const line = (label, name, longest) => field(label, h("input", { id: `own-${name}`, value: draft[name], maxLength: longest, oninput: ({ target }) => { draft[name] = target.value; }, onchange: renew }));
  const value = number(draft.value, (to) => { draft.value = to; renew(); }, { id: "own-value", step: "any" });
  const mark = select(Object.entries(MARKS).map(([key, [title]]) => [key, title]), draft.mark, (key) => {
    Object.assign(draft, { mark: key, value: MARKS[key][1] });
    value.value = draft.value;
    renew();
  }, { id: "own-mark" });
  return h("details", { id: "own", open: Boolean(draft.task) }, h("summary", {}, "A lesson of your own"),
    line("Title", "title", 80), line("Sentence", "text", 400), line("Task", "task", 400), field("Done when", mark), field("Limit", value));
}

// The lesson as a link carries it; nothing without a task.
export function ownLesson() {
  if (!draft.task.trim()) return null;
  const value = draft.mark.endsWith("right_above") ? draft.value / 100 : draft.value;
  return { title: draft.title || "A lesson", text: draft.text ? [draft.text] : [], task: draft.task, mark: { [draft.mark]: value } };
}
