/* The page: a form, and what the model says of its row. What takes longer comes from a worker. */

import { CLASSES, COLUMNS, outside } from "../model.js";
import { answer, changed, contributed, curvesNote, sentence, told } from "./answer.js";
import { worker } from "./background.js";
import { rowOf, usual } from "./columns.js";
import { element } from "./dom.js";
import { FACTS } from "./facts.js";
import { control } from "./form.js";
import { tableSection } from "./many.js";

/** Puts the page into an element. */
export function start(app) {
  let values = COLUMNS.map(usual), turn = 0, span = [];
  const controls = COLUMNS.map((_, k) => control(k, (value, isSettled) => { values = values.with(k, value); show(isSettled); }));
  const parts = laidOut(app, controls, () => setAll(COLUMNS.map(usual))), busy = worker();
  busy.onmessage = ({ data }) => take(data);
  busy.onerror = ({ message }) => parts.adds.replaceChildren(element("p", { class: "warning" }, `This browser cannot compute in the background: ${message}`));

  function setAll(next) {
    values = next;
    controls.forEach((one, k) => one.set(next[k]));
    show(true);
  }

  /** Shows what the model says at once, and asks for the rest. */
  function show(isSettled) {
    const row = rowOf(values), flags = outside(row);
    parts.answer.replaceChildren(...answer(row));
    if (isSettled) parts.heard.textContent = sentence(row);
    controls.forEach((one, k) => {
      const head = `${COLUMNS[k].name}: `;
      one.flagged(flags.filter((flag) => flag.startsWith(head)).map((flag) => flag.slice(head.length)).join("; "));
    });
    parts.adds.setAttribute("aria-busy", "true");
    busy.postMessage({ turn: ++turn, values, isSettled });
  }

  /** Shows what the worker has found, of a row that may have been changed meanwhile. */
  function take({ curves, contributions, stage, words, changes, progress, isDone, ...of }) {
    if (curves) drawCurves(curves, of);
    if (contributions) parts.adds.replaceChildren(...contributed(contributions, of.values, of.index, stage));
    if (words) parts.words.replaceChildren(...told(words));
    if (changes) parts.flips.replaceChildren(...changed(changes, of.values, (k, value) => setAll(of.values.with(k, value))));
    if (progress !== undefined) parts.adds.querySelector(".progress")?.replaceChildren(`Computing the exact ones: ${Math.floor(100 * progress)} %`);
    if (isDone && of.turn === turn) parts.adds.removeAttribute("aria-busy");
  }

  /** Draws all columns' curves on one scale: of a number it grows until all that was drawn fits. */
  function drawCurves(curves, { answers, index }) {
    span = CLASSES.length ? [0, 1] : extent([...span, ...answers, ...curves.filter(Boolean).flatMap(extent)]);
    controls.forEach((one, k) => one.draw(curves[k], span, answers[index]));
    parts.note.textContent = curvesNote(index, span);
  }

  show(true);
}

const extent = (numbers) => [Math.min(...numbers), Math.max(...numbers)];

/** The parts of the page that change. */
function laidOut(app, controls, again) {
  const parts = {
    answer: element("div", { class: "answer" }), heard: element("p", { class: "heard", role: "status" }), note: element("p", { class: "note" }),
    adds: element("div", { id: "adds" }), words: element("div", { id: "words" }), flips: element("div", { id: "flips" }),
  };
  if (!FACTS.baseline) parts.adds.append(element("p", {}, "There is nothing to compare with: export with --data, the rows that the model was fitted to."));
  app.append(
    element("div", { class: "what" },
      element("section", { class: "form" }, element("h2", {}, "A row"), parts.note, element("div", { class: "controls" }, ...controls.map(({ root }) => root)),
        element("p", {}, element("button", { type: "button", onclick: again }, "The usual values"))),
      element("div", { class: "side" },
        element("section", { class: "says", "aria-label": "The answer" }, parts.answer, parts.heard),
        element("section", {}, element("h2", {}, "What each column adds"), parts.adds, parts.words),
        CLASSES.length ? element("section", {}, element("h2", {}, "What would change the class"), parts.flips) : null)),
    tableSection(),
  );
  return parts;
}
