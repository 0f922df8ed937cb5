// Update: a parameter after one step of the optimizer on the rows at hand, taken apart, and what the optimizer remembers.

import { Refusal, general } from "../text.js";
import { textOf } from "./address.js";
import { constant, pattern, product, term } from "./expansion.js";
import { expandGradient } from "./backward.js";

/** new = old + step; the value is the new one, as the kernel's own step leaves it. */
export function expandUpdate(run, where) {
  const { optimizer, step } = run, plain = { ...where, attribute: "" };
  const next = run.ofVector(step.parameters, plain), old = run.parameter(plain);
  const decay = step.rate * optimizer.weight_decay;
  const terms = [product("old", [old])], isAdamw = optimizer.name === "adamw";
  if (isAdamw && where.kind === "weights" && decay) terms.push(product("decay", [constant(decay, "rate × weight decay"), old], { negative: true }));
  terms.push(optimizer.name === "sgd" ? descent(run, where) : adam(run, where));
  const way = `${next >= old.value ? "+" : ""}${general(next - old.value)}`;
  return run.expansion(where, next, formulaOf(optimizer), terms, { note: `the new value, ${way} from the old one` });
}

function formulaOf({ name, momentum }) {
  const descending = pattern("old - rate × gradient", "w - \\eta \\frac{\\partial L}{\\partial w}");
  if (name === "sgd") return momentum ? pattern("old + velocity", "w + v") : descending;
  const text = "old - rate × √(1 - β₂ᵗ) / (1 - β₁ᵗ) × mean / (√mean square + ε)";
  const latex = "w - \\eta \\frac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t} \\cdot \\frac{m}{\\sqrt{s} + \\varepsilon}";
  return name === "adamw" ? pattern(`${text} - rate × decay × old`, `${latex} - \\eta \\lambda w`) : pattern(text, latex);
}

/** The learning rate; where the article sums over the rows, the rate of the sum. */
const rateOf = (run) => constant(run.step.rate, "rate", { alias: run.article ? "lr" : "" });

/** The gradient as a factor; a step adds up the rows in an order of its own, which shows where they cancel. */
function gradientOf(run, where) {
  const at = { ...where, attribute: "gradient" }, { value, check } = expandGradient(run, at);
  return run.factorAt(at, value, null, check.scale);
}

const memoryOf = (run, where, attribute, vector) => run.factorAt({ ...where, attribute }, run.ofVector(vector, where));

function descent(run, where) {
  if (run.optimizer.momentum) return product("velocity", [memoryOf(run, where, "velocity", run.step.after.first)]);
  return product("step", [rateOf(run), gradientOf(run, where)], { negative: true });
}

function adam(run, where) {
  const { beta_1, beta_2, epsilon } = run.optimizer, { after, rate } = run.step;
  const correction = Math.sqrt(1 - beta_2 ** after.steps) / (1 - beta_1 ** after.steps);
  const factors = [constant(rate * correction, "corrected rate"), memoryOf(run, where, "mean", after.first),
    memoryOf(run, where, "mean_square", after.second), constant(epsilon, "epsilon")];
  const [corrected, mean, square] = factors.map(({ value }) => value);
  return term("step", (-corrected * mean) / (Math.sqrt(square) + epsilon), factors,
    pattern("-#0 × #1 / (√#2 + #3)", "-#0 \\cdot \\frac{#1}{\\sqrt{#2} + #3}"));
}

/** What the optimizer remembers of a parameter, after the step: velocity, mean or mean square. */
export function expandMemory(run, where) {
  const { optimizer, step } = run, { attribute } = where;
  const have = optimizer.name === "sgd" ? (optimizer.momentum > 0 ? ["velocity"] : []) : ["mean", "mean_square"];
  if (!have.includes(attribute)) {
    throw new Refusal(`there is no ${textOf(where)}: the optimizer ${optimizer.name} has ${have.join(" and ") || "no memory"}`);
  }
  const second = attribute === "mean_square";
  const [before, after] = second ? [step.before.second, step.after.second] : [step.before.first, step.after.first];
  const gradient = gradientOf(run, where), old = constant(run.ofVector(before, where), "before"), value = run.ofVector(after, where);
  if (second) gradient.scale *= 2; // a square is off by twice as much
  if (attribute === "velocity") {
    const terms = [product("before", [constant(optimizer.momentum, "momentum"), old]), product("step", [rateOf(run), gradient], { negative: true })];
    return run.expansion(where, value, pattern("momentum × velocity before - rate × gradient",
      "\\mu v - \\eta \\frac{\\partial L}{\\partial w}"), terms);
  }
  const beta = constant(second ? optimizer.beta_2 : optimizer.beta_1, second ? "β₂" : "β₁");
  const squared = second ? "²" : "", power = second ? "^2" : "", letter = second ? "s" : "m";
  const size = (1 - beta.value) * (second ? gradient.value * gradient.value : gradient.value);
  const terms = [product("before", [beta, old]), term("gradient", size, [beta, gradient],
    pattern(`(1 - #0) × #1${squared}`, `(1 - #0) \\cdot #1${power}`))];
  const formula = pattern(`β × ${attribute.replace("_", " ")} before + (1 - β) × gradient${squared}`, `\\beta ${letter} + (1 - \\beta) g${power}`);
  return run.expansion(where, value, formula, terms);
}
