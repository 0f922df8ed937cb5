// Numbers as text for people, as Python writes them.

/** A count with a comma between thousands. */
export const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** A number to so many digits, without zeros at its end: Python's format "g". */
export function general(value, digits = 6) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const short = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  const power = Number(exponent);
  if (power >= -4 && power < digits) return short(value.toFixed(digits - 1 - power));
  return `${short(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** A number to so many digits, without an exponent where a few zeros do. */
export function plain(value, digits = 5) {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value + 0);
  const rounded = Number(value.toPrecision(digits)), size = Math.abs(rounded);
  if (!(size >= 1e-6 && size < 1e15)) return general(value, digits);
  const text = rounded.toFixed(Math.max(digits - 1 - Math.floor(Math.log10(size)), 0));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A number with all its digits, a whole one without a point. */
export function exact(value) {
  const size = Math.abs(value);
  if (Number.isNaN(value)) return "";
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return Object.is(value, -0) ? "0" : String(value);
  return String(value.toExponential()).replace(/e([+-])(\d)$/, "e$10$2");
}

/** Text in quotes, a long one with an ellipsis for its end. */
export const shown = (text, limit = 40) => `"${text.length <= limit ? text : `${text.slice(0, limit - 1)}…`}"`;
export const listed = (names, most = Infinity) =>
  names.slice(0, most).map((name) => shown(name)).join(", ") + (names.length > most ? ` and ${grouped(names.length - most)} more` : "");

/** A refusal: what was given, what would work. It is told to the user in these words. */
export class Refusal extends Error {}
