/* An expansion as plain text, as LaTeX, and as what the page shows: numbers written to some digits, patterns filled. */

import { grouped, plain } from "../text.js";
import { allOpened, shortened } from "./expansion.js";

const NOTHING = 1e-15; // what is less, is what rounding leaves of 0, where not all digits are asked for
const OPERATORS = ["×", "-", "+", "/", "√"];

/** A number to some digits, or to as many as tell it from its neighbours. */
export const number = (value, digits) => (value === 0 || (digits && Math.abs(value) < NOTHING) ? "0" : digits ? plain(value, digits) : String(value));

/** A pattern with text for its factors; a negative number after an operator gets brackets. */
export const filled = (text, values) => text.replace(/\{(\d)\}/g, (place, k, at) => {
  const value = values[k], before = text.slice(0, at).trimEnd(), after = text[at + place.length];
  return value.startsWith("-") && (OPERATORS.some((one) => before.endsWith(one)) || after === "²") ? `(${value})` : value;
});

export function inNumbers(one, digits) {
  const text = filled(one.pattern.text, one.factors.map(({ value }) => number(value, digits)));
  return text === "-0" ? "0" : text;
}

export const verdict = ({ check }) => (check.holds ? "adds up ✓" : `does NOT add up: ${grouped(check.ulp)} ulp apart`);

const overRows = ({ terms }) => terms.length > 1 && terms.every(({ label, count }) => label.startsWith("row ") || count > 1);

/** The formula in the article's names, the number's own where a factor has none; "" without either. */
export function inArticleNames(expansion) {
  const { alias, terms } = expansion;
  if (!alias || !terms.length) return alias;
  const sum = overRows(expansion), parts = [];
  for (const one of sum ? terms.slice(0, 1) : terms) {
    if (one.factors.some((factor) => !factor.alias)) return alias;
    parts.push(filled(one.pattern.text, one.factors.map((factor) => factor.alias)) || "…");
  }
  parts.sort((a, b) => a.startsWith("-") - b.startsWith("-")); // p - y, whichever is larger
  return `${alias} = ${sum ? "Σ " : ""}${parts[0]}${parts.slice(1).map((part) => (part.startsWith("-") ? ` - ${part.slice(1)}` : ` + ${part}`)).join("")}`;
}

const articleOf = ({ alias, equation }) => (alias ? { name: alias, equation: equation || null } : null);

/** An expansion as the page reads it: the fields of the command's --json. */
export function toDict(expansion, { terms, digits }) {
  const shown = (one) => ({
    address: one.address, value: one.value, text: number(one.value, digits), note: one.note, remarks: one.remarks, article: articleOf(one),
    formula: { ...one.formula, article: inArticleNames(one) || null },
    terms: one.terms.map((each) => ({
      label: each.label, value: each.value, text: number(each.value, digits), count: each.count, numbers: inNumbers(each, digits),
      factors: each.factors.map((factor) => ({
        symbol: factor.symbol, address: factor.address, value: factor.value, article: articleOf(factor), opens: factor.opens,
        opened: factor.opened && shown(factor.opened),
      })),
    })),
    check: one.check && { total: one.check.total, ulp: one.check.ulp, limit: one.check.limit, holds: one.check.holds, backend: one.check.backend },
    verdict: one.check && verdict(one),
  });
  return shown(shortened(expansion, terms));
}

/** An expansion and those opened inside it as text: a block a number. */
export function toText(expansion, { terms, digits }) {
  const opened = [...allOpened(shortened(expansion, terms))], addresses = new Set(opened.map((one) => one.address));
  return opened.map((one) => block(one, digits, addresses)).join("\n\n");
}

function block(one, digits, addresses) {
  const lines = [`${one.address} = ${number(one.value, digits)}${one.note && `   ${one.note}`}`], article = inArticleNames(one);
  if (article) {
    lines.push(`  article: ${article}${one.equation ? `   equation ${one.equation}` : ""}`);
    for (const factor of one.terms[0]?.factors ?? []) if (factor.equation && !factor.opens) lines.push(`  article: ${factor.alias} = ${factor.symbol}   equation ${factor.equation}`);
  }
  lines.push(...one.remarks.map((remark) => `  note: ${remark}`));
  if (one.check) {
    lines.push(`  = ${one.formula.text}`, ...sumLines(one, digits), `  ${verdict(one)}`);
    const closed = (one.terms[0]?.factors ?? []).filter((factor) => factor.opens && !addresses.has(factor.address)).map((factor) => factor.address);
    if (closed.length) lines.push(`  to open: ${closed.join(", ")}`);
  }
  return lines.join("\n");
}

function sumLines({ terms }, digits) {
  if (terms.length === 1) return [`  = ${inNumbers(terms[0], digits)}`];
  const rows = terms.map((one) => [one.label, inNumbers(one, digits), number(one.value, digits)]);
  const [first, second] = [0, 1].map((k) => Math.max(...rows.map((row) => row[k].length)));
  return rows.map(([label, numbers, value]) => {
    const result = numbers === value || numbers === `-${value}` ? "" : `= ${value}`;
    return `    ${label.padEnd(first)}   ${numbers.padEnd(second)}   ${result}`.trimEnd();
  });
}

// ---------------------------------------------------------------- LaTeX

const SPECIAL = { "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}" };
const escaped = (text) => text.replace(/[\\^~&%$#_{}]/g, (one) => SPECIAL[one] ?? `\\${one}`);
const OF_UNIT = { z: "z^{(L)}_{J}", a: "a^{(L)}_{J}", slope: "\\frac{\\partial a^{(L)}_{J}}{\\partial z^{(L)}_{J}}", delta: "\\delta^{(L)}_{J}", "a.gradient": "\\frac{\\partial L}{\\partial a^{(L)}_{J}}" };
const OF_PARAMETER = { "": "P", gradient: "\\frac{\\partial L}{\\partial P}", update: "P^{\\text{new}}", velocity: "v[P]", mean: "m[P]", mean_square: "s[P]" };

/** An address as a symbol. */
export function symbol(text) {
  const [, row, rest] = text.match(/^(?:row(\d+)\.)?(.*)$/s), layer = (name) => (name === "output" ? "\\text{out}" : name.slice("hidden".length));
  const unit = rest.match(/^(hidden\d+|output)\.unit(\d+)\.(.+)$/), place = rest.match(/^(hidden\d+|output)\.(weights|biases)\[([\d,]+)\](?:\.(.+))?$/);
  let found = rest === "loss" ? "L" : `\\text{${escaped(rest)}}`;
  if (unit) found = OF_UNIT[unit[3]].replaceAll("(L)", `(${layer(unit[1])})`).replaceAll("{J}", `{${unit[2]}}`);
  else if (place) found = OF_PARAMETER[place[4] ?? ""].replace(/\bP\b/, () => `${place[2] === "weights" ? "w" : "b"}^{(${layer(place[1])})}_{${place[3]}}`);
  return row === undefined ? found : `${found}\\langle ${row} \\rangle`;
}

function inLatex(value, digits) {
  const [mantissa, exponent] = number(value, digits).split("e");
  return exponent === undefined ? mantissa : `${mantissa} \\cdot 10^{${Number(exponent)}}`;
}

/** An expansion and those opened inside it as LaTeX: an align* a number. Needs amsmath. */
export function toLatex(expansion, { terms, digits = 5 }) {
  return [...allOpened(shortened(expansion, terms))].map((one) => {
    const head = one.alias ? [`% the article: ${inArticleNames(one)}${one.equation ? `, equation ${one.equation}` : ""}`] : [];
    const value = inLatex(one.value, digits), lines = [...head, ...one.remarks.map((remark) => `% ${remark}`), "\\begin{align*}"];
    if (!one.check) lines.push(`${symbol(one.address)} &= ${value}`);
    else lines.push(`${symbol(one.address)} &= ${one.formula.latex} \\\\`, ...latexSum(one.terms, digits), `&= ${value} \\qquad \\text{${escaped(verdict(one))}}`);
    return [...lines, "\\end{align*}"].join("\n");
  }).join("\n\n");
}

function latexSum(terms, digits) {
  return terms.map((one, k) => {
    const numbers = one.factors.map(({ value }) => (value < 0 ? `(${inLatex(value, digits)})` : inLatex(value, digits)));
    if (k === 0 && /^(\{0\}|@0)/.test(one.pattern.latex)) numbers[0] = inLatex(one.factors[0].value, digits);
    const inside = one.count > 1 ? `\\underbrace{${inLatex(one.value, digits)}}_{\\text{${escaped(one.label)}}}` : one.pattern.latex.replace(one.pattern.latex.includes("@") ? /@(\d)/g : /\{(\d)\}/g, (_, at) => numbers[at]);
    const sign = k === 0 ? "=" : inside.startsWith("-") ? "\\quad" : "+", what = terms.length > 1 && one.count === 1 ? ` && \\text{${escaped(one.label)}}` : "";
    return `&${sign} ${inside}${what} \\\\`;
  });
}
