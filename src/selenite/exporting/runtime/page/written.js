/* Numbers and dates as text: predictions as `selenite explain` writes them. */

import { FACTS } from "./facts.js";
import { CLASSES } from "../model.js";

const DAY = 86_400_000; // milliseconds
const DECIMALS = Number(/\d+/.exec(FACTS.form));

/** A prediction, or what a column adds to one, which has its sign. */
export function written(value, signDisplay = "negative") {
  if (!FACTS.form.endsWith("f")) {
    const text = value.toExponential(DECIMALS).replace(/e([+-])(\d)$/, "e$10$2");
    return signDisplay === "exceptZero" && value > 0 ? `+${text}` : text;
  }
  return value.toLocaleString("en-US", { minimumFractionDigits: DECIMALS, maximumFractionDigits: DECIMALS, signDisplay });
}

/** A probability in per cent, a predicted number as it is. */
export const answered = (value) => (CLASSES.length ? percent(value) : written(value));

/** A share in per cent; near the ends in the digits that tell it from them. */
export function percent(share) {
  const digits = share === 0 || share === 1 ? 0 : Math.min(share, 1 - share) < 0.001 ? 3 : 1;
  return `${(100 * share).toFixed(digits)} %`;
}

/** A column's value for people: five digits, of a date the day, or the minute where days are divided. */
export function shown(column, value) {
  if (value === null) return "missing";
  if (column.kind === "date") return dateText(value, column.parts.some((part) => part.startsWith("day"))).replace("T", " ");
  if (typeof value !== "number") return value === "" ? "(empty)" : value;
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? value.toLocaleString("en-US") : String(Number(value.toPrecision(5)));
}

/** Days since 1970 in ISO 8601. */
export const dateText = (days, hasTime) => new Date(Math.round(days * DAY)).toISOString().slice(0, hasTime ? 16 : 10);

/** Days since 1970 of a date in ISO 8601, NaN of no date. */
export const daysOf = (text) => Date.parse(text.includes("T") ? `${text}Z` : text) / DAY;
