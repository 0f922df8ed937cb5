/* Update: a parameter after one step of the optimizer on the rows at hand, and what the optimizer remembers of it. */

import { Refusal, general } from "../text.js";
import { at, textOf } from "./address.js";
import { expandGradient } from "./backward.js";
import { constant, pattern, product, term } from "./expansion.js";

/** new = old + step; the value is the new one, as the kernel's own step leaves it. */
export function expandUpdate(run, place) {
  const o = run.optimizer, value = run.ofVector(run.step.parameters, place), old = run.parameter(place);
  const terms = [product("old", [old])];
  let formula;
  if (o.name === "sgd") {
    terms.push(descent(run, place));
    formula = o.momentum === 0 ? pattern("old - rate × gradient", "w - \\eta \\frac{\\partial L}{\\partial w}") : pattern("old + velocity", "w + v");
  } else {
    terms.push(adam(run, place));
    formula = pattern("old - rate × √(1 - β₂ᵗ) / (1 - β₁ᵗ) × mean / (√mean square + ε)", "w - \\eta \\frac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t} \\cdot \\frac{m}{\\sqrt{s} + \\varepsilon}");
    if (o.name === "adamw") formula = pattern(`${formula.text} - rate × decay × old`, `${formula.latex} - \\eta \\lambda w`);
  }
  const change = value - old.value;
  return run.expansion(place, value, formula, terms, { note: `the new value, ${change < 0 ? "" : "+"}${general(change, 6)} from the old one` });
}

const rateOf = (run) => constant(run.step.rate, "rate", { alias: run.article ? "lr" : "" });

/** The gradient; a step adds up the rows in an order of its own, which shows where they cancel. */
function gradientOf(run, place) {
  const whole = expandGradient(run, at(place, "gradient"));
  return run.factorAt(at(place, "gradient"), whole.value, null, whole.check.scale);
}

function descent(run, place) {
  if (run.optimizer.momentum === 0) return product("step", [rateOf(run), gradientOf(run, place)], { negative: true });
  return product("velocity", [run.factorAt(at(place, "velocity"), run.ofVector(run.step.after.first, place))]);
}

function adam(run, place) {
  const o = run.optimizer, t = run.step.after.steps, correction = Math.sqrt(1 - o.beta_2 ** t) / (1 - o.beta_1 ** t);
  const rate = constant(run.step.rate * correction, "corrected rate"), epsilon = constant(o.epsilon, "epsilon");
  const mean = run.factorAt(at(place, "mean"), run.ofVector(run.step.after.first, place));
  const square = run.factorAt(at(place, "mean_square"), run.ofVector(run.step.after.second, place));
  const size = (-rate.value * mean.value) / (Math.sqrt(square.value) + epsilon.value);
  return term("step", size, [rate, mean, square, epsilon], pattern("-{0} × {1} / (√{2} + {3})", "-{0} \\cdot \\frac{{1}}{\\sqrt{{2}} + {3}}"));
}

/** What the optimizer remembers of a parameter, after the step: velocity, mean or mean square. */
export function expandMemory(run, place) {
  const o = run.optimizer, { attribute } = place, { before, after } = run.step, sgd = o.name === "sgd";
  if ((attribute === "velocity") !== sgd || (sgd && !o.momentum)) {
    const have = sgd ? (o.momentum ? "velocity" : "no memory") : "mean and mean_square";
    throw new Refusal(`there is no ${textOf(place)}: the optimizer ${o.name} has ${have}`);
  }
  const second = attribute === "mean_square", memory = second ? "second" : "first", gradient = gradientOf(run, place);
  if (second) gradient.scale *= 2; // a square is off by twice as much
  const old = constant(run.ofVector(before[memory], place), "before"), value = run.ofVector(after[memory], place);
  if (sgd) {
    const terms = [product("before", [constant(o.momentum, "momentum"), old]), product("step", [rateOf(run), gradient], { negative: true })];
    return run.expansion(place, value, pattern("momentum × velocity before - rate × gradient", "\\mu v - \\eta \\frac{\\partial L}{\\partial w}"), terms);
  }
  const beta = second ? constant(o.beta_2, "β₂") : constant(o.beta_1, "β₁"), [squared, inLatex, letter] = second ? ["²", "^2", "s"] : ["", "", "m"];
  const size = (1 - beta.value) * (second ? gradient.value ** 2 : gradient.value);
  const terms = [product("before", [beta, old]), term("gradient", size, [beta, gradient], pattern(`(1 - {0}) × {1}${squared}`, `(1 - {0}) \\cdot {1}${inLatex}`))];
  return run.expansion(place, value, pattern(`β × ${attribute.replace("_", " ")} before + (1 - β) × gradient${squared}`, `\\beta ${letter} + (1 - \\beta) g${inLatex}`), terms);
}
