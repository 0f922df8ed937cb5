// Numbers as text: five digits at most, commas between thousands, no powers of ten but for what no one could read without.

import { grouped } from "./worker/text.js";

const TINY = 5e-6; // is shown as 0
function digits(value, decimals) {
  const text = Math.abs(value).toFixed(decimals), point = text.length - decimals - (decimals > 0);
  return (value < 0 && Number(text) ? "−" : "") + (point > 3 ? grouped(text.slice(0, point)) + text.slice(point) : text);
}
export const upTo = (value, decimals) => digits(value, decimals).replace(decimals ? /\.?0+$/ : "", ""); // without zeros at its end
const decimalsOf = (size, of) => Math.max(0, of - 1 - Math.floor(Math.log10(size)));

// A number to three digits, or as many as stand before its point.
export function short(value) {
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value < 0 ? "−∞" : "∞";
  if (size < TINY) return "0";
  if (size >= 1e15) return value.toExponential(2).replaceAll("-", "−");
  if (size < 1e-3) return digits(value, decimalsOf(size, size < 1e-4 ? 1 : 2));
  return digits(value, Math.min(decimalsOf(size, size >= 100 ? 4 : 3), 6));
}

const small = (value) => (Math.abs(value) >= 1 ? short(value) : Math.abs(value) < 1e-9 ? "0" : digits(value, Math.min(20, decimalsOf(Math.abs(value), 2))));

// A cell of a table as it is, or five digits of a number that has more.
export const cellText = (text) => (/^-?\d+\.\d{4,}(e[-+]?\d+)?$/.test(text) ? fiveDigits(Number(text)) : text);
const fiveDigits = (value) => (Math.abs(value) < 1e-9 ? "0" : upTo(value, Math.min(12, decimalsOf(Math.abs(value), 5))));

// A text with numbers in it, as a computer writes them, so that people read them.
export const plainly = (text) => String(text).replace(/-?\d+(\.\d+)?e[+-]?\d+/g, (found) => small(Number(found))).replace(/-(?=[\d.])/g, "−").replace(/−0(?![\d.])/g, "0");

// A loss: to four decimals, or five digits.
export function loss(value) {
  if (!Number.isFinite(value)) return "–";
  if (value < 5e-8 || value >= 1e15) return short(value);
  if (value < 1e-3) return digits(value, decimalsOf(value, 1));
  return digits(value, Math.min(4, decimalsOf(value, 5)));
}

export const percent = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(share > 0.9995 || share < 0.0005 ? 0 : 1)} %`);
export const whole = (value) => digits(value, 0);
