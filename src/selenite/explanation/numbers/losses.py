"""The loss, of one row and of several, and its derivative where backpropagation begins, each taken apart."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term
from selenite.explanation.numbers.formulas import Part, at, put_in
from selenite.explanation.numbers.run import Run
from selenite.nn.activations import softplus
from selenite.nn.losses import LOSSES, parse_loss

FROM_RAW_OUTPUT = {("log_loss", "softmax"), ("log_loss", "logistic"), ("poisson", "exp")}  # where delta is p - y


def delta_at_once(run: Run) -> bool:
    """Whether the output's delta is p - y, without a slope of its own."""
    return (parse_loss(run.network.loss)[0], run.network.activations[-1]) in FROM_RAW_OUTPUT


def expand_loss(run: Run, address: Address, row: int | None) -> Expansion:
    """The loss of one row; of several their mean, or sum, and the penalty on the weights."""
    n, l1, l2 = run.subject.n_rows, run.subject.l1, run.subject.l2
    if row is not None and (address.row is not None or (n == 1 and not run.subject.penalised)):
        terms = row_loss(run, row)
        name, activation = parse_loss(run.network.loss)[0], run.network.activations[-1]
        formula = _loss_formula(name, activation)
        if name == "log_loss" and activation == "softmax" and 1.0 not in run.Y[row].tolist():
            formula = Pattern(
                "Σ y × (ln Σ e^z - z) = -Σ y ln p", r"\sum_k y_k (\ln \sum_j e^{z_j} - z_k) = -\sum_k y_k \ln p_k"
            )
        note = "the row's own loss; `loss` has the penalty on the weights as well" * run.subject.penalised
        return run.expansion(address, run.losses[row], formula, terms, row, note)
    terms = []
    count = Factor(float(n), "rows")
    over = n > 1 and not run.subject.summed
    for r, loss in enumerate(run.losses.tolist()):
        factor = replace(run.factor_at(Address("loss"), loss, r), alias="error_out" * bool(run.subject.article))
        terms.append(Term.product(f"row {run.subject.row_numbers[r]}", factor, *[count] * over, over=over))
    if l1 > 0:
        sizes = sum(float(np.abs(weights.astype(np.float64)).sum()) for weights in run.weights)
        factors = (Factor(l1, "l1"), Factor(sizes, "sizes of the weights"), count)
        pattern = Pattern("{0} × {1} / {2}", r"\frac{{{0} \cdot {1}}}{{{2}}}")
        terms.append(Term("l1 penalty", l1 * sizes / n * run.factor, factors, pattern))
    if l2 > 0:
        squares = sum(float((weights.astype(np.float64) ** 2).sum()) for weights in run.weights)
        factors = (Factor(l2, "l2"), Factor(squares, "squared weights"), count)
        pattern = Pattern("½ × {0} × {1} / {2}", r"\frac{{{0} \cdot {1}}}{{2 \cdot {2}}}")
        terms.append(Term("penalty", 0.5 * l2 * squares / n * run.factor, factors, pattern))
    text, latex = "Σ loss of a row" + " / rows" * over, r"\frac{1}{n} " * over + r"\sum_r L_r"
    if l1 > 0:
        text, latex = f"{text} + l1 Σ |weight| / rows", rf"{latex} + \frac{{\lambda_1}}{{n}} \sum |w|"
    if l2 > 0:
        text, latex = f"{text} + ½ l2 Σ weight² / rows", rf"{latex} + \frac{{\lambda}}{{2n}} \sum w^2"
    return run.expansion(address, run.loss, Pattern(text, latex), terms)


def row_loss(run: Run, row: int) -> list[Term]:
    """Return the terms of a row's loss, over the outputs."""
    name, written = parse_loss(run.network.loss)
    parameter = float(run.parameters.dtype.type(written))
    terms: list[Term] = []
    for k, y in enumerate(run.Y[row].tolist()):
        p, z, answer = *(run.of_unit(run.network.n_layers, k, attribute, row) for attribute in "az"), Factor(y, "y")
        label = f"output {k + 1}" if run.network.n_outputs > 1 else name
        if name == "squared_error":
            half = 0.5 * (p.value - y) ** 2
            pattern = Pattern("½ × ({0} - {1})²", r"\tfrac{{1}}{{2}} ({0} - {1})^2")
            terms.append(_divided(Term(label, half, (p, answer), pattern), parameter))
        elif name == "log_loss" and run.network.activations[-1] == "softmax":
            terms += _softmax_loss(run, row, k, y, parameter, label)
        elif name == "log_loss":
            terms += _logistic_loss(z, answer, parameter, label)
        elif name == "poisson":
            terms += _poisson_loss(run, p, z, answer, parameter)
        elif name == "huber":
            terms.append(_huber_loss(p, answer, parameter, label))
        elif name == "quantile":
            low = p.value <= y
            level = parameter if low else _complement(run, written)
            first, second = (answer, p) if low else (p, answer)
            pattern = Pattern("{0} × ({1} - {2})", "{0} ({1} - {2})")
            size = level * (first.value - second.value)
            terms.append(Term(label, size, (Factor(level, "level"), first, second), pattern))
        else:
            terms.append(_whole(label, value_part(name, parameter), p, answer))
    return terms


def _whole(label: str, part: Part, p: Factor, y: Factor) -> Term:
    """Return a formula of p and y as one term."""
    piece, letters = put_in(part, p=p.value, y=y.value), {"p": p, "y": y}
    return Term(label, piece.value, tuple(letters[letter] for letter in piece.letters), piece.pattern)


def value_part(name: str, parameter: float) -> Part:
    """Return the loss of one output, from p and y."""
    of = LOSSES[name]
    return Part(*of.formula, lambda p, y: of.value(y, p, p, "identity", parameter))


def slope_part(name: str, parameter: float) -> Part:
    """Return its derivative with respect to p, from p and y: what its delta is where p is z."""
    of = LOSSES[name]
    return Part(*of.slope, lambda p, y: of.delta(y, p, p, "identity", parameter))


def _divided(term: Term, divisor: float) -> Term:
    """Return the term with its divisor shown, if it has one."""
    if divisor == 1:
        return term
    place = f"{{{len(term.factors)}}}"
    pattern = Pattern(f"{term.pattern.text} / {place}", rf"\frac{{{{{term.pattern.latex}}}}}{{{{{place}}}}}")
    factors = (*term.factors, Factor(divisor, "divisor"))
    return replace(term, value=term.value / divisor, factors=factors, pattern=pattern)


def _softmax_loss(run: Run, row: int, k: int, y: float, cap: float, label: str) -> list[Term]:
    """y × (ln Σ e^(z - top) + top - z), that is -y ln p; nothing where y is 0."""
    if y == 0:
        return []
    raw = run.trace.z[-1][row]
    top = int(np.argmax(raw))
    total = float(np.exp((raw - raw[top]).astype(np.float64)).sum())
    if log(total) + float(raw[top]) - float(raw[k]) > cap:
        return [Term.product(label, Factor(y, "y"), Factor(cap, "cap"))]
    answer = Factor(y, "y")
    s = run.factor_at(Address("output", "total"), total, row)
    highest, z = (run.of_unit(run.network.n_layers, unit, "z", row) for unit in (top, k))
    weighed = [answer] * (y != 1)
    of_total = Pattern("{0} × ln({1})", r"{0} \ln({1})") if weighed else Pattern("ln({0})", r"\ln({0})")
    return [
        Term(f"{label}, ln total", y * log(total), (*weighed, s), of_total),
        Term.product(f"{label}, greatest z", *weighed, highest),
        Term.product(f"{label}, its z", *weighed, z, negative=True),
    ]


def _logistic_loss(z: Factor, y: Factor, cap: float, label: str) -> list[Term]:
    """y ln(1 + e^-z) + (1 - y) ln(1 + e^z), that is -y ln p - (1 - y) ln(1 - p); what is 0 left out."""
    yes, no = at(softplus, -z.value), at(softplus, z.value)
    terms = []
    for share, size, sign, first in ((y.value, yes, "-", "{1}"), (1 - y.value, no, "", "(1 - {1})")):
        if share == 0:
            continue
        if size > cap:
            terms.append(
                Term(label, share * cap, (Factor(cap, "cap"), y), Pattern(f"{first} × {{0}}", f"{first} {{0}}"))
            )
        elif share == 1:
            pattern = Pattern(f"ln(1 + e^({sign}{{0}}))", rf"\ln(1 + e^{{{{{sign}{{0}}}}}})")
            terms.append(Term(label, size, (z,), pattern))
        else:
            pattern = Pattern(f"{first} × ln(1 + e^({sign}{{0}}))", rf"{first} \ln(1 + e^{{{{{sign}{{0}}}}}})")
            terms.append(Term(label, share * size, (z, y), pattern))
    return terms


def _poisson_loss(run: Run, p: Factor, z: Factor, y: Factor, divisor: float) -> list[Term]:
    """p - y + y ln y - y ln p; ln p is z where p = e^z."""
    terms = difference(p, y)
    if y.value > 0:
        terms.append(Term("y ln y", y.value * log(y.value), (y,), Pattern("{0} × ln({0})", r"{0} \ln {0}")))
        if run.network.activations[-1] == "exp":
            terms.append(Term.product("y ln p", y, z, negative=True))
        else:
            pattern = Pattern("-{0} × ln({1})", r"-{0} \ln {1}")
            terms.append(Term("y ln p", -y.value * log(p.value), (y, p), pattern))
    return [_divided(term, divisor) for term in terms]


def _huber_loss(p: Factor, y: Factor, threshold: float, label: str) -> Term:
    e = abs(p.value - y.value)
    if e <= threshold:
        return Term(label, 0.5 * e * e, (p, y), Pattern("½ × ({0} - {1})²", r"\tfrac{{1}}{{2}} ({0} - {1})^2"))
    pattern = Pattern("{2} × (|{0} - {1}| - {2} / 2)", r"{2} (|{0} - {1}| - {2}/2)")
    return Term(label, threshold * (e - 0.5 * threshold), (p, y, Factor(threshold, "threshold")), pattern)


def _loss_formula(name: str, activation: str) -> Pattern:
    """Return the loss of one output, in symbols."""
    if (name, activation) == ("log_loss", "softmax"):
        return Pattern("ln Σ e^z - z of the right class = -ln p", r"\ln \sum_k e^{z_k} - z_{\text{right}} = -\ln p")
    return Pattern(*LOSSES[name].formula)


def loss_slope(run: Run, unit: int, row: int) -> tuple[float, list[Term], Pattern]:
    """Return dloss/da of an output, with its terms and its formula."""
    name, written = parse_loss(run.network.loss)
    parameter = float(run.parameters.dtype.type(written))
    if delta_at_once(run):
        raise OptionError(
            f"with the loss {name} the derivative is taken of z at once: ask for output.unit{unit + 1}.delta"
        )
    p = run.of_unit(run.network.n_layers, unit, "a", row)
    y = Factor(float(run.Y[row, unit]), "y", alias="label" * bool(run.subject.article))
    real = run.parameters.dtype.type
    error, formula = float(real(p.value) - real(y.value)), Pattern(*LOSSES[name].slope)
    if name == "squared_error":
        return error, difference(p, y), formula
    if name == "poisson":
        value = float(1 - real(y.value) / real(p.value))
        ratio = Term("y / p", -y.value / p.value, (y, p), Pattern("-{0} / {1}", r"-\frac{{{0}}}{{{1}}}"))
        return value, [Term("one", 1.0, (), Pattern("1", "1")), ratio], formula
    if name == "huber":
        if abs(error) <= parameter:
            return error, difference(p, y), formula
        term = Term.product("threshold", Factor(parameter, "threshold"), negative=error < 0)
        return term.value, [term], formula
    if name != "quantile":
        term = _whole("slope", slope_part(name, parameter), p, y)
        return float(real(term.value)), [term], formula
    level = Factor(parameter, "level")
    if error > 0:
        term = Term("too high", _complement(run, written), (level,), Pattern("1 - {0}", "1 - {0}"))
    elif error < 0:
        term = Term.product("too low", level, negative=True)
    else:
        term = Term("too low", 0.0, (level,), Pattern("0 × {0}", r"0 \cdot {0}"))
    return float(real(term.value)), [term], formula


def _complement(run: Run, level: float) -> float:
    """Return 1 - level as the backend has it: the kernel rounds the level, NumPy the difference."""
    real = run.parameters.dtype.type
    return float(real(1 - level)) if run.verbs.name == "numpy" else float(1 - real(level))


def difference(p: Factor, y: Factor) -> list[Term]:
    """Return the terms of p - y."""
    return [Term.product("p", p), Term.product("y", y, negative=True)]
