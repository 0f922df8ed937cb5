// What a value that arrives from outside may be: each limit takes a value and its name, and returns it or refuses.

import { Refusal, grouped } from "./text.js";

const refuse = (name, value, wanted) => {
  const given = JSON.stringify(value) ?? "nothing";
  throw new Refusal(`${name} cannot be ${given.length > 40 ? `${given.slice(0, 39)}…` : given}; it is ${wanted}`);
};

/** In words, from where to where: a least number next to 0 stands for all above it, a largest next to 1 for all below. */
function range(low, high) {
  const above = low === Number.MIN_VALUE ? "above 0" : `from ${grouped(low)}`;
  return Number.isInteger(high) || high < 0.99 ? `${above} to ${Number.isInteger(high) ? grouped(high) : high}` : `${above} to below 1`;
}

const number = (low, high) => (value, name) =>
  typeof value === "number" && value >= low && value <= high ? value : refuse(name, value, `a number ${range(low, high)}`);

const whole = (low, high) => (value, name) =>
  Number.isInteger(value) && value >= low && value <= high ? value : refuse(name, value, `a whole number ${range(low, high)}`);

const flag = (value, name) => (typeof value === "boolean" ? value : refuse(name, value, "true or false"));

const text = (longest) => (value, name) =>
  typeof value === "string" && value.length <= longest ? value : refuse(name, value, `text of at most ${grouped(longest)} characters`);

const bytes = (value, name) => (value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new Uint8Array(value.buffer ?? value) : refuse(name, value, "bytes"));

const matching = (pattern, wanted) => (value, name) => (typeof value === "string" && pattern.test(value) ? value : refuse(name, value, wanted));

const oneOf = (...words) => (value, name) => (words.includes(value) ? value : refuse(name, value, `one of ${words.join(", ")}`));

const list = (each, longest, shortest = 0) => (value, name) =>
  Array.isArray(value) && value.length <= longest && value.length >= shortest
    ? Object.freeze(value.map((one) => each(one, name)))
    : refuse(name, value, `a list of ${shortest === longest ? longest : `at most ${longest}`}`);

const pair = (first, second) => (value, name) => Object.freeze(list((each) => each, 2, 2)(value, name).map((each, k) => [first, second][k](each, name)));

const optional = (each, usual) => (value, name) => (value === undefined || value === null ? usual : each(value, name));

/** A record of these fields and no others. */
const record = (fields) => (value, name) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(name, value, "a record");
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
  if (unknown !== undefined) {
    throw new Refusal(`${name} has no ${JSON.stringify(unknown.slice(0, 40))}; it has ${Object.keys(fields).join(", ") || "nothing"}`);
  }
  return Object.fromEntries(Object.entries(fields).map(([key, check]) => [key, check(value[key], key)]));
};

export const limits = { number, whole, flag, text, bytes, matching, oneOf, list, pair, optional, record };
