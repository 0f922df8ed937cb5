// Points drawn by hand: added, moved, taken away; enough of them can be learnt from.

import { rounded } from "./numbers.js";
import { PLANE } from "./plane.js";
import { columnNamed, pointsTable } from "./points.js";
import { Refusal } from "./text.js";

export const MOST_DRAWN = 500;
const MOST_UNDONE = 100;
const FEWEST_POINTS = 4, FEWEST_CLASSES = 2;
export const TOO_FEW = `Draw at least ${FEWEST_POINTS} points of at least ${FEWEST_CLASSES} classes.`;

/** The points of a problem, if they are two numbers with classes and not too many to draw on; else null. */
export function pointsOfProblem({ derived, n_classes, n_rows, table, codes }) {
  if (!(derived && n_classes && n_rows <= MOST_DRAWN)) return null;
  const [x, y] = ["x1", "x2"].map((name) => columnNamed(table, name).values);
  return Array.from(codes, (code, row) => [rounded(x[row], 3), rounded(y[row], 3), code]);
}

/** The points that are drawn now, each x, y and class, and those before and after each change. */
export class Drawing {
  points = [];
  before = []; // to undo, the last at the end
  after = []; // to redo

  /** Change the points; what goes on with a drag is undone with it. */
  change(points, goesOn = false) {
    if (!goesOn) {
      this.before = [...this.before, this.points].slice(-MOST_UNDONE);
      this.after = [];
    }
    this.points = points;
  }

  /** Undo the last change, or redo what was undone. */
  goBack(forth = false) {
    const [taken, given] = forth ? [this.after, this.before] : [this.before, this.after];
    if (!taken.length) throw new Refusal(`there is no drawing to ${forth ? "redo" : "undo"}`);
    given.push(this.points);
    this.points = taken.pop();
  }

  /** The points with one added, moved or taken away, or none; x and y are shares of the plane. */
  edited({ do: what, x, y, of_class, index }) {
    const { points } = this, place = [x, y].map((share, k) => rounded(PLANE[k].low + share * (PLANE[k].high - PLANE[k].low), 3));
    if (what === "clear") return [];
    if (what === "add") {
      if (points.length >= MOST_DRAWN) throw new Refusal(`there are ${MOST_DRAWN} points; take some away, or open a file`);
      return [...points, [...place, of_class]];
    }
    if (index >= points.length) throw new Refusal(`there is no point ${index + 1}; there are ${points.length}`);
    return points.toSpliced(index, 1, ...(what === "move" ? [[...place, points[index][2]]] : []));
  }

  get n_classes() {
    return new Set(this.points.map(([, , code]) => code)).size;
  }

  /** Whether the points can be learnt from. */
  get isEnough() {
    return this.points.length >= FEWEST_POINTS && this.n_classes >= FEWEST_CLASSES;
  }

  get table() {
    return pointsTable(Float64Array.from(this.points.flatMap(([x, y]) => [x, y])), Float64Array.from(this.points, ([, , code]) => code));
  }

  /** The points as the page shows them while they cannot be learnt from. */
  get shown() {
    const share = (k) => (point) => (point[k] - PLANE[k].low) / (PLANE[k].high - PLANE[k].low);
    return {
      rows: [...this.points.keys()], x: this.points.map(share(0)), y: this.points.map(share(1)),
      shade: this.points.map(([, , code]) => code), test: this.points.map(() => false),
    };
  }
}
