"""Update: a parameter after one step of the optimizer on the rows at hand, taken apart."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from selenite.errors import OptionError
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term
from selenite.explanation.numbers.gradients import expand_gradient
from selenite.explanation.numbers.run import Run


def expand_update(run: Run, address: Address) -> Expansion:
    """new = old + step; the value is the new one, as the backend's own step leaves it."""
    optimizer = run.subject.optimizer
    plain = address.at("")
    step = run.step
    new, old = run.of_vector(step.parameters, plain), run.parameter(plain)
    shrink = step.rate * run.share(plain) * optimizer.weight_decay
    terms = [Term.product("old", old)]
    if optimizer.name == "adamw" and address.kind == "weights" and shrink:
        terms.append(Term.product("decay", Factor(shrink, "rate × weight decay"), old, negative=True))
    if optimizer.name == "sgd":
        terms += _descent(run, address)
        formula = _descent_formula(run)
    else:
        terms.append(_adam(run, address))
        formula = Pattern(
            "old - rate × √(1 - β₂ᵗ) / (1 - β₁ᵗ) × mean / (√mean square + ε)",
            r"w - \eta \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot \frac{m}{\sqrt{s} + \varepsilon}",
        )
        if optimizer.name == "adamw":
            formula = Pattern(formula.text + " - rate × decay × old", formula.latex + r" - \eta \lambda w")
    return run.expansion(address, new, formula, terms, note=f"the new value, {new - old.value:+.6g} from the old one")


def _rate(run: Run, address: Address) -> Factor:
    """Return the learning rate; where the article sums over the rows, the rate of the sum."""
    return Factor(run.step.rate * run.share(address), "rate", alias="lr" * bool(run.subject.article))


def _gradient(run: Run, address: Address) -> Factor:
    """Return the gradient; a step adds up the rows in an order of its own, which shows where they cancel."""
    whole = expand_gradient(run, address.at("gradient"))
    assert whole.check is not None
    return run.factor_at(address.at("gradient"), whole.value, scale=whole.check.scale)


def _descent(run: Run, address: Address) -> list[Term]:
    optimizer = run.subject.optimizer
    down = Term.product("step", _rate(run, address), _gradient(run, address), negative=True)
    if optimizer.momentum == 0:
        return [down]
    velocity = run.factor_at(address.at("velocity"), run.of_vector(run.step.after.first, address.at("")))
    if not optimizer.nesterov:
        return [Term.product("velocity", velocity)]
    return [Term.product("velocity", Factor(optimizer.momentum, "momentum"), velocity), down]


def _descent_formula(run: Run) -> Pattern:
    optimizer = run.subject.optimizer
    if optimizer.momentum == 0:
        return Pattern("old - rate × gradient", r"w - \eta \frac{\partial L}{\partial w}")
    if optimizer.nesterov:
        return Pattern("old + momentum × velocity - rate × gradient", r"w + \mu v - \eta \frac{\partial L}{\partial w}")
    return Pattern("old + velocity", "w + v")


def _adam(run: Run, address: Address) -> Term:
    optimizer, t = run.subject.optimizer, run.step.after.steps
    correction = sqrt(1 - optimizer.beta_2**t) / (1 - optimizer.beta_1**t)
    rate = Factor(run.step.rate * run.share(address) * correction, "corrected rate")
    plain = address.at("")
    mean = run.factor_at(address.at("mean"), run.of_vector(run.step.after.first, plain))
    square = run.factor_at(address.at("mean_square"), run.of_vector(run.step.after.second, plain))
    epsilon = Factor(optimizer.epsilon, "epsilon")
    size = -rate.value * mean.value / (sqrt(square.value) + epsilon.value)
    pattern = Pattern("-{0} × {1} / (√{2} + {3})", r"-{0} \cdot \frac{{{1}}}{{\sqrt{{{2}}} + {3}}}")
    return Term("step", size, (rate, mean, square, epsilon), pattern)


def expand_memory(run: Run, address: Address) -> Expansion:
    """What the optimizer remembers of a parameter, after the step: velocity, mean or mean square."""
    optimizer, step = run.subject.optimizer, run.step
    plain = address.at("")
    have = ["velocity"] * (optimizer.momentum > 0) if optimizer.name == "sgd" else ["mean", "mean_square"]
    if address.attribute not in have:
        what = " and ".join(have) or "no memory"
        raise OptionError(f"there is no {address}: the optimizer {optimizer.name} has {what}")
    gradient = _gradient(run, address)
    second = address.attribute == "mean_square"
    if second:
        gradient = replace(gradient, scale=2 * gradient.scale)  # a square is off by twice as much
    before, after = (step.before.second, step.after.second) if second else (step.before.first, step.after.first)
    old, value = Factor(run.of_vector(before, plain), "before"), run.of_vector(after, plain)
    if address.attribute == "velocity":
        terms = [
            Term.product("before", Factor(optimizer.momentum, "momentum"), old),
            Term.product("step", _rate(run, address), gradient, negative=True),
        ]
        formula = Pattern("momentum × velocity before - rate × gradient", r"\mu v - \eta \frac{\partial L}{\partial w}")
        return run.expansion(address, value, formula, terms)
    beta = Factor(optimizer.beta_2 if second else optimizer.beta_1, "β₂" if second else "β₁")
    power, squared = (2, "²") if second else (1, "")
    size = (1 - beta.value) * gradient.value**power
    pattern = Pattern(f"(1 - {{0}}) × {{1}}{squared}", rf"(1 - {{0}}) \cdot {{1}}{'^2' * second}")
    terms = [
        Term.product("before", beta, old),
        Term("gradient", size, (beta, gradient), pattern),
    ]
    letter = "s" if second else "m"
    formula = Pattern(
        f"β × {address.attribute.replace('_', ' ')} before + (1 - β) × gradient{squared}",
        rf"\beta {letter} + (1 - \beta) g{'^2' * second}",
    )
    return run.expansion(address, value, formula, terms)
