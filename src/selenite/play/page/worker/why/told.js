// An expansion as it is told: as what the page draws, as plain text, and as LaTeX.

import { general, grouped } from "../text.js";
import { shortened } from "./expansion.js";

const OPERATORS = ["×", "-", "+", "/", "√"];

/** A number as text; 0 of either sign is 0. */
const number = (value, digits) => (value === 0 ? "0" : general(value, digits));

/** A pattern with text for its factors; a negative number after an operator, or that is squared, gets brackets. */
function filled(made, values) {
  return made.replace(/#(\d)/g, (place, k, at) => {
    const before = made.slice(0, at).trimEnd(), after = made[at + place.length];
    const bare = !values[k].startsWith("-") || !(OPERATORS.some((operator) => before.endsWith(operator)) || after === "²");
    return bare ? values[k] : `(${values[k]})`;
  });
}

const inNumbers = ({ pattern, factors }, digits) => filled(pattern.text, factors.map(({ value }) => number(value, digits)));
const articleOf = ({ alias, equation }) => (alias ? { name: alias, equation: equation || null } : null);
const verdict = ({ holds, ulp }) => `sums to value: ${holds ? "yes" : "NO"} (${grouped(ulp)} ulp)`;

/** The terms are rows, all of them or the largest. */
const overRows = ({ terms }) => terms.length > 1 && terms.every(({ label, count }) => label.startsWith("row ") || count > 1);

/** The formula in the article's names, the number's own where a factor has none; "" without either. */
function inArticleNames(expansion) {
  const { alias, terms } = expansion, some = overRows(expansion) ? terms.slice(0, 1) : terms;
  if (!alias || !terms.length || some.some(({ factors }) => factors.some((factor) => !factor.alias))) return alias;
  const parts = some.map(({ pattern, factors }) => filled(pattern.text, factors.map((factor) => factor.alias)) || "…");
  const [first, ...others] = [...parts.filter((part) => !part.startsWith("-")),
    ...parts.filter((part) => part.startsWith("-"))]; // p - y, whichever is larger
  return `${alias} = ${overRows(expansion) ? "Σ " : ""}${first}${others.map((part) => (part.startsWith("-") ? ` - ${part.slice(1)}` : ` + ${part}`)).join("")}`;
}

/** An expansion as the page draws it: its largest terms, numbers in texts to so many digits. */
export const asTree = (expansion, terms, digits) => tree(shortened(expansion, terms), digits);

function tree(expansion, digits) {
  const { address, value, note, remarks, formula, check } = expansion;
  return {
    address, value, text: number(value, digits), note, remarks,
    article: articleOf(expansion),
    formula: { ...formula, article: inArticleNames(expansion) || null },
    terms: expansion.terms.map((term) => ({
      label: term.label, value: term.value, text: number(term.value, digits), count: term.count, numbers: inNumbers(term, digits),
      factors: term.factors.map((factor) => ({
        symbol: factor.symbol, address: factor.address, value: factor.value, article: articleOf(factor), opens: factor.opens,
        opened: factor.opened && tree(factor.opened, digits),
      })),
    })),
    check: check && { total: check.total, ulp: check.ulp, limit: check.limit, holds: check.holds, backend: check.backend },
    verdict: check && verdict(check),
  };
}

/** An expansion and those opened inside it, the nearest first. */
function opened(expansion) {
  const found = [expansion];
  for (const { terms } of found) terms.forEach(({ factors }) => factors.forEach((factor) => factor.opened && found.push(factor.opened)));
  return found;
}

/** An expansion and those opened inside it as text: a block a number, the formula, its numbers, the check. */
export function asText(expansion, terms, digits) {
  const blocks = opened(shortened(expansion, terms)), addresses = new Set(blocks.map(({ address }) => address));
  return blocks.map((one) => block(one, digits, addresses)).join("\n\n");
}

function block(expansion, digits, addresses) {
  const { address, value, note, remarks, alias, equation, check, formula, terms } = expansion;
  const [first] = terms, lines = [`${address} = ${number(value, digits)}${note && `   ${note}`}`];
  if (alias) {
    lines.push(`  article: ${inArticleNames(expansion)}${equation ? `   equation ${equation}` : ""}`);
    const given = (first?.factors ?? []).filter((factor) => factor.equation && !factor.opens);
    lines.push(...given.map((factor) => `  article: ${factor.alias} = ${factor.symbol}   equation ${factor.equation}`));
  }
  lines.push(...remarks.map((remark) => `  note: ${remark}`));
  if (check) {
    lines.push(`  = ${formula.text}`, ...sums(terms, digits), `  ${verdict(check)}`);
    const closed = first.factors.filter((factor) => factor.opens && !addresses.has(factor.address));
    if (closed.length) lines.push(`  to open: ${closed.map((factor) => factor.address).join(", ")}`);
  }
  return lines.join("\n");
}

/** The terms with their numbers, a line each. */
function sums(terms, digits) {
  if (terms.length === 1) return [`  = ${inNumbers(terms[0], digits)}`];
  const rows = terms.map((term) => [term.label, inNumbers(term, digits), number(term.value, digits)]);
  const width = (k) => Math.max(...rows.map((row) => [...row[k]].length));
  const [labels, numbers] = [width(0), width(1)], padded = (text, length) => text + " ".repeat(length - [...text].length);
  return rows.map(([label, made, value]) => `    ${padded(label, labels)}   ${padded(made, numbers)}   ${made === value || made === `-${value}` ? "" : `= ${value}`}`.trimEnd());
}

// -------------------------------------------------------------------- LaTeX

const OF_UNIT = {
  z: (l, j) => `z^{(${l})}_{${j}}`, a: (l, j) => `a^{(${l})}_{${j}}`, delta: (l, j) => `\\delta^{(${l})}_{${j}}`,
  slope: (l, j) => `\\frac{\\partial a^{(${l})}_{${j}}}{\\partial z^{(${l})}_{${j}}}`,
    "a.gradient": (l, j) => `\\frac{\\partial L}{\\partial a^{(${l})}_{${j}}}`,
};
const OF_PARAMETER = {
  "": (w) => w, gradient: (w) => `\\frac{\\partial L}{\\partial ${w}}`, update: (w) => `${w}^{\\text{new}}`,
    velocity: (w) => `v[${w}]`, mean: (w) => `m[${w}]`, mean_square: (w) => `s[${w}]`,
};
const SPECIAL = { "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}" };
const escaped = (text) => text.replace(/[\\^~&%$#_{}]/g, (character) => SPECIAL[character] ?? `\\${character}`);
const layerName = (name) => (name === "output" ? "\\text{out}" : name.replace("hidden", ""));

/** An expansion and those opened inside it as LaTeX: an `align*` a number. */
export const asLatex = (expansion, terms, digits = 6) => opened(shortened(expansion, terms)).map((one) => latexBlock(one, digits)).join("\n\n");

/** An address as a symbol. */
function symbol(address) {
  const [, row, rest] = /^(?:row(\d+)\.)?(.*)$/s.exec(address), unit = /^(hidden\d+|output)\.unit(\d+)\.(.+)$/.exec(rest);
  const place = /^(hidden\d+|output)\.(weights|biases)\[([\d,]+)\](?:\.(.+))?$/.exec(rest);
  const ofRow = row === undefined ? "" : `\\langle ${row} \\rangle`;
  if (unit) return OF_UNIT[unit[3]](layerName(unit[1]), unit[2]) + ofRow;
  if (place) return OF_PARAMETER[place[4] ?? ""](`${place[2] === "weights" ? "w" : "b"}^{(${layerName(place[1])})}_{${place[3]}}`) + ofRow;
  return (rest === "loss" ? "L" : `\\text{${escaped(rest)}}`) + ofRow;
}

function latexBlock(expansion, digits) {
  const { address, value, remarks, alias, equation, check, formula, terms } = expansion, lines = [];
  if (alias) lines.push(`% the article: ${inArticleNames(expansion)}${equation ? `, equation ${equation}` : ""}`);
  lines.push(...remarks.map((remark) => `% ${remark}`), "\\begin{align*}");
  if (!check) lines.push(`${symbol(address)} &= ${latexNumber(value, digits)}`);
  else lines.push(`${symbol(address)} &= ${formula.latex} \\\\`, ...latexSum(terms, digits),
    `&= ${latexNumber(value, digits)} \\qquad \\text{${escaped(verdict(check))}}`);
  return [...lines, "\\end{align*}"].join("\n");
}

/** The terms with their numbers, a line each, and what each is. */
function latexSum(terms, digits) {
  return terms.map(({ label, value, count, factors, pattern: { latex } }, i) => {
    const braced = (factor) => (factor.value < 0 ? `(${latexNumber(factor.value, digits)})` : latexNumber(factor.value, digits));
    const numbers = factors.map(braced);
    if (i === 0 && latex.startsWith("#0")) numbers[0] = latexNumber(factors[0].value, digits);
    const rest = () => `\\underbrace{${latexNumber(value, digits)}}_{\\text{${escaped(label)}}}`;
    const inside = count > 1 ? rest() : latex.replace(/#(\d)/g, (_, k) => numbers[k]);
    const sign = i === 0 ? "=" : inside.startsWith("-") ? "\\quad" : "+";
    const what = terms.length > 1 && count === 1 ? ` && \\text{${escaped(label)}}` : "";
    return `&${sign} ${inside}${what} \\\\`;
  });
}

function latexNumber(value, digits) {
  const [mantissa, exponent] = number(value, digits).split("e");
  return exponent ? `${mantissa} \\cdot 10^{${Number(exponent)}}` : mantissa;
}
