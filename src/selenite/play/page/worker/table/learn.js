// Learns of a table what the page's Python learns: the target, which rows train, what each column is, and the inputs.

import { checkClasses } from "../problem.js";
import { split } from "../split.js";
import { Refusal, shown } from "../text.js";
import { beyond } from "./cells.js";
import { cellText, countDifferent, countedTexts, gapsOf, present, taken } from "./column.js";
import { DAY, columnSchema, encode, phaseOf } from "./encode.js";
import { FEW_CATEGORIES, FREE_TEXT, Undecided, looksLikeIdentifier, mayBeIdentifier, numbersRows, seemingKind, yesNo } from "./kinds.js";
import { SET_ASIDE, called } from "./match.js";
import { answersOf, encodedTarget, learnTarget, outputsOf } from "./target.js";

const MOST_CATEGORIES = 255; // the rest share one code
const PERIODS = ["year", "week", "day"]; // in which a moment lies somewhere
const MOST_INDICATORS = 4096; // of all columns of text; beyond, each keeps fewer categories, down to the few

/** Schema and target of a table, its inputs X and outputs Y, and the rows for training and for the test. */
export function learn(table, { target: name, test_fraction, seed, drop = [], kinds = [] }) {
  const column = table.columns.find((each) => each.name === name), rest = table.columns.filter((each) => each !== column && !drop.includes(each.name));
  const target = learnTarget(column, table.first_line);
  checkClasses(target);
  const answers = encodedTarget(target, column);
  const [training, test] = split(table.n_rows, test_fraction, seed, target.classes.length ? Int32Array.from(answers) : null);
  const schema = schemaOf(table.source, rest, training, answersOf(column), new Map(kinds));
  return { schema, target, X: encode(schema, rest, table.n_rows), Y: outputsOf(target, answers), training, test };
}

/** What is known of the columns from their training rows; what each is, all rows tell. */
function schemaOf(source, columns, training, answers, declared) {
  const n_texts = columns.filter(({ type }) => type === "text").length;
  const most = Math.min(Math.max(Math.floor(MOST_INDICATORS / Math.max(n_texts, 1)), FEW_CATEGORIES), MOST_CATEGORIES);
  const known = kindsOfAll(source, columns, answers, declared);
  return columns.map((column, k) => {
    const { kind, reason } = known[k], part = taken(column, training);
    if (kind === "identifier") return columnSchema(column.name, kind, { reason });
    return learnColumn(part, declared.has(column.name) || (kind !== "constant" && mayBeIdentifier(column)) ? { kind, reason: "" } : seemingKind(part), most);
  });
}

/** What each column is in all rows; `declared`: what some are said to be. */
function kindsOfAll(source, columns, answers, declared) {
  const found = columns.map((column) => {
    const kind = declared.get(column.name);
    const held = { number: "numbers", text: "text", date: "dates" }[column.type], such = () => `${held} such as ${shown(countedTexts(column).texts[0])}`;
    if (kind === "text" || (kind === "date" && column.type !== kind)) throw beyond(source, `${source}: ${called(column.name)}`, `is said to be of kind ${kind}${kind === "text" ? "" : ` and holds ${such()}`}`);
    if (kind === "number" && column.type !== kind) throw new Refusal(`${called(column.name)} cannot be of kind number: it holds ${such()}, not numbers`);
    if (kind) return { kind, reason: kind === "identifier" ? "declared as identifier" : "" };
    try {
      return seemingKind(column, answers);
    } catch (error) {
      if (error instanceof Undecided) throw beyond(source, `${source}: ${called(column.name)}`, "may name the rows, which is not sure");
      throw error;
    }
  });
  if (!found.every(({ kind }) => SET_ASIDE.includes(kind))) return found;
  if (found.some(({ reason }) => reason === FREE_TEXT)) throw beyond(source, source, "has nothing to learn from but free text");
  return found.map((each, k) => (!declared.has(columns[k].name) && numbersRows(columns[k]) && !looksLikeIdentifier(columns[k].name) ? { kind: "number", reason: "" } : each));
}

/** The schema of a column of training rows, of a kind. */
function learnColumn(column, { kind, reason }, mostCategories) {
  const missing = gapsOf(column).includes(1), schema = (known) => columnSchema(column.name, kind, { reason, missing, ...known });
  if (kind === "identifier") return schema({ missing: false });
  if (kind === "constant") return schema({ categories: countDifferent(column) === 1 ? [cellText(column, present(column)[0])] : [] });
  if (kind === "yes/no") return schema({ categories: yesNo(column) });
  if (kind === "number" || kind === "date") {
    const values = column.values.filter((value) => value === value).sort(), isDate = kind === "date", ascending = isDate ? values.map((moment) => moment / DAY) : values;
    const known = { scales: [scaleOf(ascending)], minimum: ascending.at(0) ?? null, maximum: ascending.at(-1) ?? null };
    return schema(isDate ? { ...known, zoned: column.zoned, parts: ["time", ...PERIODS.filter((period) => vary(values, period)).flatMap((period) => [`${period}_sin`, `${period}_cos`])] } : known);
  }
  const { texts, counts } = countedTexts(column), n_rows = gapsOf(column).length;
  const kept = keptCategories(texts, counts, n_rows, mostCategories);
  return schema({ categories: kept, rare: kept.length < texts.length });
}

const vary = (moments, period) => new Set(moments.map((moment) => phaseOf(moment, period))).size > 1;

/** Of sorted numbers median and interquartile range, or half the whole range where that is 0. */
function scaleOf(ascending) {
  if (!ascending.length) return { center: 0, width: 0 };
  const [low, lower, center, upper, high] = quantiles(ascending.map((value) => value / 4), [0, 0.25, 0.5, 0.75, 1]);
  const width = upper > lower ? upper - lower : (high - low) / 2; // of quarters: 1e308 - -1e308 would overflow
  return { center: center * 4, width: Math.min(width, Number.MAX_VALUE / 4) * 4 };
}

/** The numbers at some levels of sorted ones, between two of them in proportion. */
function quantiles(ascending, levels) {
  return levels.map((level) => {
    const place = (ascending.length - 1) * level, below = Math.floor(place), share = place - below;
    const low = ascending[below], high = ascending[Math.min(below + 1, ascending.length - 1)];
    return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
  });
}

/** The categories with a code of their own, sorted by text. */
function keptCategories(texts, counts, n_rows, most) {
  const byCount = [...texts.keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, most);
  const often = texts.length > FEW_CATEGORIES ? byCount.filter((i) => counts[i] >= Math.max(2, Math.floor(n_rows / 5000))) : byCount;
  return often.sort((a, b) => a - b).map((i) => texts[i]);
}
