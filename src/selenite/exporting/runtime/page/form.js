/* The form: for each column a field, a curve of what the model would say, and a slider on it. */

import { COLUMNS } from "../model.js";
import { MOST_TRIED, UNSEEN, fieldText, hasRange, hasTime, isListed, isText, mayMiss, shareOf, stepsOf, tried, usual, valueAt } from "./columns.js";
import { drawn, element, own } from "./dom.js";
import { answered, daysOf, shown } from "./written.js";

const WIDTH = 400, HEIGHT = 44; // of a curve
const SETTLED = 400; // milliseconds after the last key

/** One column's part of the form; `changed(value, isSettled)` is told of each change, settled where nothing is dragged any more. */
export function control(k, changed) {
  const column = COLUMNS[k], id = `column-${k}`, range = hasRange(column) && !isListed(column);
  const field = isListed(column) ? list(column, id) : isText(column) ? written(id) : numeric(column, id);
  const slider = range ? element("input", { type: "range", min: 0, max: stepsOf(column), class: "slider", "aria-label": `${column.name}, slider` }) : null;
  const missing = !isListed(column) && !isText(column) && mayMiss(column) ? element("input", { type: "checkbox", id: `${id}-missing` }) : null;
  const picture = range ? line(column) : isListed(column) ? bars(column) : null;
  const flag = element("p", { class: "flag" }), ends = range ? element("p", { class: "ends" }, element("span", {}, shown(column, column.minimum)), element("span", {}, shown(column, column.maximum))) : null;
  const gap = missing && element("label", { class: "gap" }, missing, " missing");
  const top = element("div", { class: "top" }, element("label", { for: id }, own(column.name)), field, gap);
  const root = element("div", { class: "control", "data-column": column.name }, top, picture?.root, slider, ends, flag);
  let value = usual(column);

  const take = (next, isSettled) => { value = next; show(); changed(next, isSettled); };
  field.addEventListener("change", () => { const next = isListed(column) ? column.options[field.value] : read(column, field); if (next !== undefined) take(next, true); });
  if (isText(column)) field.addEventListener("input", settling(() => take(read(column, field), false), () => take(value, true)));
  slider?.addEventListener("input", () => take(valueAt(column, slider.value / slider.max), false));
  slider?.addEventListener("change", () => take(value, true));
  missing?.addEventListener("change", () => take(missing.checked ? null : usual(column), true));
  if (picture) drag(picture.root, (share, isSettled) => { const next = picture.valueAt(share); if (isSettled || next !== value) take(next, isSettled); });

  function show() {
    if (isListed(column)) field.value = String(Math.max(column.options.indexOf(value), 0));
    else if (value === null) field.value = "";
    else if (field !== document.activeElement || read(column, field) !== value) field.value = fieldText(column, value);
    if (missing) missing.checked = value === null;
    picture?.mark(value);
    if (!slider) return;
    slider.value = value === null ? slider.value : Math.round(shareOf(column, value) * slider.max);
    slider.setAttribute("aria-valuetext", shown(column, value));
    slider.classList.toggle("off", value === null);
  }
  show();
  return {
    root,
    set(next) { value = next; show(); },
    draw: (...what) => picture?.draw(...what),
    flagged(words) { flag.textContent = words; root.classList.toggle("outside", words !== ""); },
  };
}

/** A line of the answers over a column's range. */
function line(column) {
  const curve = drawn("polyline", { class: "line" }), now = drawn("line", { class: "now", y1: 0, y2: HEIGHT }), handle = drawn("line", { class: "handle" }), at = tried(column);
  return {
    root: curveOf(now, curve, handle),
    valueAt: (share) => valueAt(column, share),
    draw(answers, span, answer) {
      curve.setAttribute("points", at.map((value, i) => `${WIDTH * shareOf(column, value)},${heightOf(answers[i], span)}`).join(" "));
      for (const end of ["y1", "y2"]) handle.setAttribute(end, heightOf(answer, span));
    },
    mark(value) {
      for (const one of [now, handle]) {
        one.classList.toggle("off", value === null);
        if (value !== null) for (const end of ["x1", "x2"]) one.setAttribute(end, WIDTH * shareOf(column, value));
      }
    },
  };
}

/** A bar of the answer for each category, of the first ones where there are many. */
function bars(column) {
  const at = tried(column), width = WIDTH / at.length, made = at.map((_, i) => drawn("rect", { x: width * (i + 0.1), width: width * 0.8 }, drawn("title")));
  return {
    root: curveOf(...made),
    valueAt: (share) => at[Math.min(Math.max(Math.floor(share * at.length), 0), at.length - 1)],
    draw(answers, span) {
      made.forEach((bar, i) => {
        const y = heightOf(answers[i], span);
        bar.setAttribute("y", y);
        bar.setAttribute("height", HEIGHT - y);
        bar.firstChild.textContent = `${shown(column, at[i])}: ${answered(answers[i])}`;
      });
    },
    mark(value) { made.forEach((bar, i) => bar.setAttribute("class", at[i] === value ? "bar-now" : "bar-other")); },
  };
}

const curveOf = (...parts) => drawn("svg", { class: "curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts);
const heightOf = (answer, [low, high]) => HEIGHT - 2 - (HEIGHT - 4) * Math.min(Math.max((answer - low) / (high - low || 1), 0), 1);

function list(column, id) {
  column.options = [...column.categories, UNSEEN, null];
  const texts = [...column.categories, "(another)", "(missing)"];
  return element("select", { id }, ...texts.map((text, i) => element("option", { value: i }, text === "" ? "(empty)" : text.slice(0, 80))));
}

function written(id) {
  return element("textarea", { id, rows: 4, placeholder: "Write or paste a text" });
}

/** Does one thing at each event, and another when no more have come for a while. */
function settling(at, after) {
  let timer;
  return () => { at(); clearTimeout(timer); timer = setTimeout(after, SETTLED); };
}

function numeric(column, id) {
  if (column.kind === "date") return element("input", { id, type: hasTime(column) ? "datetime-local" : "date" });
  return element("input", { id, type: "number", step: "any" });
}

/** What a field holds; undefined where that is no value. */
function read(column, field) {
  if (field.value === "") return mayMiss(column) && !field.validity.badInput ? null : undefined;
  if (isText(column)) return field.value;
  const value = column.kind === "date" ? daysOf(field.value) : Number(field.value);
  return Number.isFinite(value) ? value : undefined;
}

/** Tells of each place, 0 to 1, that a pointer is dragged to. */
function drag(picture, told) {
  const share = (event) => { const box = picture.getBoundingClientRect(); return (event.clientX - box.left) / box.width; };
  picture.addEventListener("pointerdown", (event) => { picture.setPointerCapture(event.pointerId); told(share(event), false); });
  picture.addEventListener("pointermove", (event) => { if (picture.hasPointerCapture(event.pointerId)) told(share(event), false); });
  picture.addEventListener("pointerup", (event) => told(share(event), true));
}
