/* Turns columns into the numbers that a network takes, as a schema says: as table/encode.py, to the bit. Ranks, indicators of
   numbers and means of answers, which models of selenite fit have, are the server's to make.

   A schema lists what is known of each column, under the names of table/schema.py. From it comes the plan, in which each
   input has its name and its arithmetic; to encode is to carry the plan out. */

import { cos, sin } from "../elementary.js";
import { gapsOf } from "./column.js";
import { SET_ASIDE, categoryCodes } from "./match.js";

export const SOFT_LIMIT = 3; // scaled numbers approach it and never pass it
export const DAY = 86_400e6; // microseconds

/** What is known of a column: its kind ("number", "category", "yes/no", "date", "identifier" or "constant"), how it is encoded,
    and what was seen in training. */
export const columnSchema = (name, kind, known = {}) => ({
  name, kind,
  reason: "", // why it was set aside, in words
  scales: [], // { center, width } of a number, or of a part of a date; none of a number that is taken as it is
  parts: [], // of a date: "time", "year_sin", ...
  categories: [], // in order of code; of yes/no: no, yes
  rank_quantiles: [], // of a number's rank; none if it has no such input
  frequent_values: [], // numbers that many rows share, each with an indicator
  rare: false, // rare categories share one code, which unseen ones join
  missing: false, // gaps were seen in training: they have an indicator
  zoned: null, // of dates: whether their times had a zone
  minimum: null, maximum: null, // of the training rows
  ...known,
});

/** The inputs of some rows of columns, row by row. */
export function encode(schema, columns, n_rows) {
  const width = inputNames(schema).length, inputs = new Float64Array(n_rows * width);
  let at = 0;
  for (const known of schema.filter(({ kind }) => !SET_ASIDE.includes(kind))) {
    const column = columns.find(({ name }) => name === known.name), isMeasured = known.kind === "number" || known.kind === "date";
    const seen = { ...column, get gaps() { return gapsOf(column); }, codes: isMeasured ? null : categoryCodes(known, column) };
    for (const { values } of planOf(known)) {
      values(seen).forEach((value, row) => { inputs[row * width + at] = value; });
      at += 1;
    }
  }
  return inputs;
}

/** What each input means: "age", "age is missing", "sex = M", "joined: year_sin". */
export const inputNames = (schema) => schema.flatMap((known) => planOf(known).map(({ name }) => name));

/** Of each input the place of its column in the schema. */
export const inputColumns = (schema) => schema.flatMap((known, k) => planOf(known).map(() => k));

/** The inputs that a column becomes: of each its name and its values. */
function planOf(known) {
  if (SET_ASIDE.includes(known.kind)) return [];
  const name = known.name || "column without a name", plan = PLANS[known.kind](known, name);
  return known.missing ? [...plan, { name: `${name} is missing`, values: ({ gaps }) => gaps }] : plan;
}

const PLANS = {
  number: numberPlan,
  date: datePlan,
  "yes/no": pairPlan,
  category: (known, name) => (isPair(known) ? pairPlan(known, name) : categoryPlan(known, name)),
};

function numberPlan(known, name) {
  const { scales: [scale] } = known;
  return [{ name, values: ({ values }) => (scale ? values.map((x) => scaled(x, scale)) : values) }]; // without one as it is
}

function datePlan({ scales: [scale], parts }, name) {
  return parts.map((part) => ({
    name: `${name}: ${part}`,
    values: ({ values }) => values.map((moment) => (part === "time" ? scaled(moment / DAY, scale) : phased(moment, ...part.split("_")))),
  }));
}

function pairPlan({ kind, categories }, name) {
  return [{ name: kind === "yes/no" ? name : `${name} = ${categories[1]}`, values: ({ codes }) => Array.from(codes, (code) => [-1, 1][code] ?? 0) }];
}

function categoryPlan({ categories, rare }, name) {
  const others = rare ? ["other"] : []; // the code of those that were rare, and of those never seen
  return [...categories, ...others].map((category, k) => ({ name: `${name} = ${category}`, values: ({ codes }) => Array.from(codes, (code) => Number(code === k)) }));
}

/** Whether a column is one input, -1 or +1, between two categories. */
export const isPair = ({ kind, categories, rare, missing }) => kind === "yes/no" || (kind === "category" && categories.length === 2 && !rare && !missing);

/** z = (x - center) / width, softly clipped: z / √(1 + (z/3)²); 0 of a gap. */
function scaled(x, { center, width }) {
  const z = Math.min(Math.max(width === 0 || Number.isNaN(x) ? 0 : (x - center) / width, -1e100), 1e100), share = z / SOFT_LIMIT;
  return z / Math.sqrt(1 + share * share);
}

/** Sine or cosine of where in the year, the week or the day a moment lies; 0 of a gap. */
function phased(moment, period, wave) {
  if (Number.isNaN(moment)) return 0;
  const angle = (2 * Math.PI * phaseOf(moment, period)) / { year: 366, week: 7, day: 1440 }[period];
  return wave === "sin" ? sin(angle) : cos(angle);
}

/** Where in the year, the week or the day a moment lies, in days or minutes. */
export function phaseOf(moment, period) {
  const day = Math.floor(moment / DAY), year = new Date(day * 86_400_000).getUTCFullYear();
  return { year: () => day - new Date(0).setUTCFullYear(year, 0, 1) / 86_400_000, week: () => (((day + 3) % 7) + 7) % 7, day: () => Math.floor((moment - day * DAY) / 60e6) }[period]();
}
