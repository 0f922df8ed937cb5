// Where the card stands that says why: beside what was clicked, never over it, always inside the window; or pinned over the loss.

import { $ } from "./dom.js";
import { on, store } from "./store.js";

const AWAY = 14; // from what was clicked
const MOST = 560; // of its height
const EDGE = 6; // from the window's
let pinned = false;
let target = () => null; // the box of what is spoken of, in the window

export const isPinned = () => pinned;
export const isAsked = () => document.body.classList.contains("asks");

export function setUp() {
  on("draw", place);
  addEventListener("resize", place);
}

// Show the card at a place that may move: `box` says where it is by now.
export function showAt(box) {
  target = box;
  document.body.classList.add("asks");
  place();
}

export function hideCard() {
  document.body.classList.remove("asks");
  pin(false);
}

export function pin(on_ = !pinned) {
  pinned = on_;
  document.body.classList.toggle("pinned", pinned);
  requestAnimationFrame(place);
}

const narrow = () => innerWidth <= 820;

const overlap = (a, b) => Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

// What a box would hide at a place: units, most of all those that feed the one it speaks of, and the answer; and how far away it is.
function costOf(card, at, units, answer) {
  const before = Math.max(...units.map(({ right }) => right).filter((right) => right <= at.left + 1));
  const hidden = units.filter((unit) => overlap(card, unit) > 0).reduce((sum, { right }) => sum + (Math.abs(right - before) < 2 ? 3 : 1), 0);
  const away = [[card.left, at.right], [at.left, card.right], [card.top, at.bottom], [at.top, card.bottom]].map(([to, from]) => Math.max(0, to - from));
  return hidden + (6 * overlap(card, answer)) / (answer.width * answer.height) + Math.hypot(...away) / 250;
}

/** Of some places, [left, top], the first of those at which a box hides least. */
export function leastInTheWay(places, at, width, height) {
  const answer = $("output").getBoundingClientRect(), units = [...document.querySelectorAll(".unit")].map((unit) => unit.getBoundingClientRect());
  const costs = places.map(([left, top]) => costOf({ left, right: left + width, top, bottom: top + height }, at, units, answer));
  return places[costs.indexOf(Math.min(...costs))];
}

export function place() {
  const card = $("why");
  if (!isAsked() || narrow() || !store.state) return;
  const put = (left, top, width, most, height = "auto") => Object.assign(card.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, maxHeight: `${most}px`, height });
  if (pinned) {
    const { left, top, width, height } = $("curves").getBoundingClientRect();
    return put(left, top, width, height, `${height}px`);
  }
  const top = $("story").getBoundingClientRect().bottom, bottom = document.querySelector("footer").getBoundingClientRect().top || innerHeight;
  const at = target() ?? { left: innerWidth / 2, right: innerWidth / 2, top, bottom: top };
  const width = innerWidth > 1600 ? 420 : 360, most = Math.min(bottom - top - 2 * EDGE, MOST);
  put(0, top + EDGE, width, most);
  const height = card.offsetHeight, middle = (at.top + at.bottom) / 2, y = Math.max(top + EDGE, Math.min(middle - height / 2, bottom - EDGE - height));
  const places = [at.right + AWAY, at.left - AWAY - width, EDGE].filter((x) => x >= EDGE && x + width <= innerWidth - EDGE && (x >= at.right || x + width <= at.left)).map((x) => [x, y]);
  put((leastInTheWay(places, at, width, height) ?? [EDGE])[0], y, width, most);
}
