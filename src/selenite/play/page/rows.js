// The rows of the data with what is predicted for them, sorted as wanted; a click follows a row.

import { ask, call } from "./api.js";
import { $, fill, h } from "./dom.js";
import { on, store, tell } from "./store.js";
import { cellText, percent, short, whole } from "./text.js";
import { views, watcher } from "./views.js";

const PAGE = 50;
let by = 0;
let descending = false;
let start = 0;
let source = "";

const refresh = watcher("table-box", async () => {
  if (store.state.waiting) return fill($("table-box"), h("p", { class: "quiet" }, store.state.waiting));
  const found = await ask("rows", { by, descending, start });
  if (found) show(found);
});

export function setUp() {
  views("output-views", "Views of the output", [["surface-box", "Picture"], ["figures", "Figures"], ["table-box", "Rows"], ["dependence", "Curve"]], () => tell("views"));
  on("detail", refresh);
  on("state", () => {
    const { state } = store;
    const now = `${state.source} ${state.target}`;
    if (now !== source) [source, by, descending, start] = [now, 0, false, 0];
    refresh();
  });
}

function show(found) {
  const { state } = store;
  const last = Math.min(found.start + PAGE, found.total);
  const page = (to) => () => { start = to; refresh(); };
  const head = found.columns.map((name, k) => h("th", { scope: "col", "aria-sort": k === found.by ? (found.descending ? "descending" : "ascending") : "none" },
    h("button", { class: "sort", id: `sort-${k}`, onclick: () => { descending = by === k ? !descending : k === 3; by = k; start = 0; refresh(); } }, name, k === found.by ? (found.descending ? " ▾" : " ▴") : "")));
  const scroll = $("table-box").querySelector(".rows-box")?.scrollLeft || 0;
  fill($("table-box"),
    h("div", { class: "rows-box", tabIndex: 0, role: "region", "aria-label": "Rows of the data" },
      h("table", { class: "rows follows" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...found.rows.map((each) => line(each, state))))),
    h("div", { class: "row pager" }, h("button", { class: "small", id: "rows-before", disabled: found.start === 0, "aria-label": "Rows before", onclick: page(Math.max(0, found.start - PAGE)) }, "◀"),
      h("span", { class: "quiet" }, `${whole(found.start + 1)} to ${whole(last)} of ${whole(found.total)} rows`),
      h("button", { class: "small", id: "rows-after", disabled: last >= found.total, "aria-label": "Rows after", onclick: page(found.start + PAGE) }, "▶")),
    h("p", { class: "quiet" }, state.classes.length ? "Error: what the right class lacks. A click on a row follows it." : "Error: predicted minus true, sorted by its size. A click on a row follows it."));
  $("table-box").querySelector(".rows-box").scrollLeft = scroll;
}

function line(each, state) {
  const follow = () => call("follow", { row: each.row });
  const told = each.sure === null ? short(each.told) : `${each.told} (${percent(each.sure)})`;
  const error = each.error === null ? "–" : state.classes.length ? percent(each.error) : short(each.error);
  const mine = each.row === state.followed;
  return h("tr", { class: `${mine ? "mine" : ""} ${each.wrong ? "wrong" : ""}`, onclick: follow, "aria-current": mine ? "true" : null },
    h("th", { scope: "row" }, h("button", { class: "small", id: `follow-${each.row}`, "aria-label": `Follow row ${each.row + 1}${each.test ? ", a test row" : ""}${each.wrong ? ", wrong" : ""}`, onclick: (event) => { event.stopPropagation(); follow(); } }, `${each.row + 1}${each.test ? " t" : ""}`)),
    h("td", { title: each.is ?? "" }, cellText(each.is ?? "–")), h("td", { class: each.wrong ? "bad" : "" }, told), h("td", {}, error), ...each.cells.map((cell) => h("td", { title: cell }, cellText(cell || "–"))));
}
