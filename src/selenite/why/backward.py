"""Backward: losses, deltas and gradients, each taken apart by the chain rule."""

from __future__ import annotations

from dataclasses import replace
from math import log, pi, sin

import numpy as np

from selenite.errors import OptionError
from selenite.nn.losses import parse_loss
from selenite.why import article
from selenite.why.address import Address
from selenite.why.expansion import Expansion, Factor, Pattern, Term
from selenite.why.formulas import softplus
from selenite.why.forward import mixture, place_of, turns_of
from selenite.why.run import Run

FROM_RAW_OUTPUT = {("log_loss", "softmax"), ("log_loss", "logistic"), ("poisson", "exp")}  # where delta is p - y


def expand_loss(run: Run, address: Address, row: int | None) -> Expansion:
    """The loss of one row; of several their mean, or sum, and the penalty on the weights."""
    n, l2 = run.subject.n_rows, run.subject.l2
    if row is not None and (address.row is not None or (n == 1 and l2 == 0)):
        terms = row_loss(run, row)
        name, activation = parse_loss(run.network.loss)[0], run.network.activations[-1]
        assert run.Y is not None
        return run.expansion(address, run.trace.losses[row], _loss_formula(name, activation), terms, row)
    terms = []
    count = Factor(float(n), "rows")
    over = n > 1 and not run.subject.summed
    _ = run.Y
    for r, loss in enumerate(run.trace.losses.tolist()):
        factor = run.factor_at(Address("loss"), loss, r)
        terms.append(
            Term(
                f"row {run.subject.row_numbers[r]}",
                loss / n if over else loss,
                (factor, count) if over else (factor,),
                Pattern.product(2, over=True) if over else Pattern("{0}", "{0}"),
            )
        )
    if l2 > 0:
        squares = sum(float((weights.astype(np.float64) ** 2).sum()) for weights in run.weights)
        factors = (Factor(l2, "l2"), Factor(squares, "squared weights"), count)
        pattern = Pattern("½ × {0} × {1} / {2}", r"\frac{{{0} \cdot {1}}}{{2 \cdot {2}}}")
        terms.append(Term("penalty", 0.5 * l2 * squares / n * run.factor, factors, pattern))
    text, latex = (
        ("Σ loss of a row", r"\sum_r L_r") if not over else ("Σ loss of a row / rows", r"\frac{1}{n} \sum_r L_r")
    )
    if l2 > 0:
        text, latex = f"{text} + ½ l2 Σ weight² / rows", rf"{latex} + \frac{{\lambda}}{{2n}} \sum w^2"
    return run.expansion(address, run.loss, Pattern(text, latex), terms)


def row_loss(run: Run, row: int) -> list[Term]:
    """Return the terms of a row's loss, over the outputs."""
    name, written = parse_loss(run.network.loss)
    parameter = float(run.parameters.dtype.type(written))
    terms: list[Term] = []
    for k, y in enumerate(run.Y[row].tolist()):
        p, z, answer = _output(run, k, "a", row), _output(run, k, "z", row), Factor(y, "y")
        label = f"output {k + 1}" if run.network.n_outputs > 1 else name
        if name == "squared_error":
            half = 0.5 * (p.value - y) ** 2 / parameter
            pattern = Pattern("½ × ({0} - {1})²", r"\tfrac{{1}}{{2}} ({0} - {1})^2")
            terms.append(_divided(Term(label, half, (p, answer), pattern), parameter))
        elif name == "log_loss" and run.network.activations[-1] == "softmax":
            terms += _softmax_loss(run, row, k, y, parameter, label)
        elif name == "log_loss":
            terms += _logistic_loss(z, answer, parameter, label)
        elif name == "poisson":
            terms += _poisson_loss(run, p, z, answer, parameter)
        elif name == "absolute_error":
            terms.append(Term(label, abs(p.value - y), (p, answer), Pattern("|{0} - {1}|", "|{0} - {1}|")))
        elif name == "huber":
            terms.append(_huber_loss(p, answer, parameter, label))
        else:
            low = p.value <= y
            level = parameter if low else _complement(run, written)
            first, second = (answer, p) if low else (p, answer)
            pattern = Pattern("{0} × ({1} - {2})", "{0} ({1} - {2})")
            size = level * (first.value - second.value)
            terms.append(Term(label, size, (Factor(level, "level"), first, second), pattern))
    return terms


def _divided(term: Term, divisor: float) -> Term:
    """Return the term with its divisor shown, if it has one."""
    if divisor == 1:
        return term
    place = f"{{{len(term.factors)}}}"
    pattern = Pattern(f"{term.pattern.text} / {place}", rf"\frac{{{{{term.pattern.latex}}}}}{{{{{place}}}}}")
    return replace(term, factors=(*term.factors, Factor(divisor, "divisor")), pattern=pattern)


def _softmax_loss(run: Run, row: int, k: int, y: float, cap: float, label: str) -> list[Term]:
    """y × (ln Σ e^(z - top) + top - z), that is -y ln p; nothing where y is 0."""
    if y == 0:
        return []
    raw = run.trace.z[-1][row]
    top = int(np.argmax(raw))
    total = float(np.exp((raw - raw[top]).astype(np.float64)).sum())
    if log(total) + float(raw[top]) - float(raw[k]) > cap:
        return [Term(label, y * cap, (Factor(y, "y"), Factor(cap, "cap")), Pattern.product(2))]
    answer = Factor(y, "y")
    s = run.factor_at(Address("output", "total"), total, row)
    highest, z = _output(run, top, "z", row), _output(run, k, "z", row)
    if y == 1:
        return [
            Term(f"{label}, ln total", log(total), (s,), Pattern("ln({0})", r"\ln({0})")),
            Term(f"{label}, greatest z", highest.value, (highest,)),
            Term(f"{label}, its z", -z.value, (z,), Pattern("-{0}", "-{0}")),
        ]
    return [
        Term(f"{label}, ln total", y * log(total), (answer, s), Pattern("{0} × ln({1})", r"{0} \ln({1})")),
        Term(f"{label}, greatest z", y * highest.value, (answer, highest), Pattern.product(2)),
        Term(f"{label}, its z", -y * z.value, (answer, z), Pattern.product(2, negative=True)),
    ]


def _logistic_loss(z: Factor, y: Factor, cap: float, label: str) -> list[Term]:
    """y ln(1 + e^-z) + (1 - y) ln(1 + e^z), that is -y ln p - (1 - y) ln(1 - p); what is 0 left out."""
    yes, no = softplus(-z.value), softplus(z.value)
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
    plain, negative = Pattern("{0}", "{0}"), Pattern("-{0}", "-{0}")
    terms = [Term("p", p.value / divisor, (p,), plain), Term("y", -y.value / divisor, (y,), negative)]
    if y.value > 0:
        size = y.value * log(y.value) / divisor
        terms.append(Term("y ln y", size, (y,), Pattern("{0} × ln({0})", r"{0} \ln {0}")))
        if run.network.activations[-1] == "exp":
            pattern = Pattern.product(2, negative=True)
            terms.append(Term("y ln p", -y.value * z.value / divisor, (y, z), pattern))
        else:
            pattern = Pattern("-{0} × ln({1})", r"-{0} \ln {1}")
            terms.append(Term("y ln p", -y.value * log(p.value) / divisor, (y, p), pattern))
    return [_divided(term, divisor) for term in terms]


def _huber_loss(p: Factor, y: Factor, threshold: float, label: str) -> Term:
    e = abs(p.value - y.value)
    if e <= threshold:
        return Term(label, 0.5 * e * e, (p, y), Pattern("½ × ({0} - {1})²", r"\tfrac{{1}}{{2}} ({0} - {1})^2"))
    pattern = Pattern("{2} × (|{0} - {1}| - {2} / 2)", r"{2} (|{0} - {1}| - {2}/2)")
    return Term(label, threshold * (e - 0.5 * threshold), (p, y, Factor(threshold, "threshold")), pattern)


def _loss_formula(name: str, activation: str) -> Pattern:
    """Return the loss of one output, in symbols."""
    if name == "log_loss":
        return (
            Pattern("ln Σ e^z - z of the right class = -ln p", r"\ln \sum_k e^{z_k} - z_{\text{right}} = -\ln p")
            if activation == "softmax"
            else Pattern("-y ln p - (1 - y) ln(1 - p)", r"-y \ln p - (1 - y) \ln(1 - p)")
        )
    return {
        "squared_error": Pattern("½ (p - y)²", r"\tfrac{1}{2}(p - y)^2"),
        "poisson": Pattern("p - y + y ln y - y ln p", r"p - y + y \ln y - y \ln p"),
        "absolute_error": Pattern("|p - y|", "|p - y|"),
        "huber": Pattern("½ (p - y)² up to the threshold, then its tangent", r"\text{Huber}(p - y)"),
        "quantile": Pattern(
            "level × (y - p) if too low, (1 - level) × (p - y) if too high", r"\max(q (y - p), (1 - q)(p - y))"
        ),
    }[name]


def _output(run: Run, unit: int, attribute: str, row: int) -> Factor:
    layer = run.network.n_layers
    values = run.trace.a[-1] if attribute == "a" else run.trace.z[-1]
    return run.factor_at(run.unit(layer, unit, attribute, row), values[row, unit], row)


# -------------------------------------------------------------------- deltas


def expand_activation_gradient(run: Run, address: Address, row: int) -> Expansion:
    """dloss/da: at the output the loss's own derivative, below Σ weight × delta of the layer above."""
    layer, unit = run.layer(address.part), address.index[0]
    if layer < run.network.n_layers:
        return _from_above(run, address, layer, unit, row)
    value, terms, formula = loss_slope(run, unit, row)
    return run.expansion(address, value, formula, terms, row)


def expand_feature_gradient(run: Run, address: Address, row: int) -> Expansion:
    """dloss/dfeature."""
    i = place_of(run.subject.feature_names, address)
    return _from_above(run, replace(address, name=run.subject.feature_names[i]), 0, i, row)


def _from_above(run: Run, address: Address, layer: int, unit: int, row: int) -> Expansion:
    above = run.subject.layers[layer]
    terms = []
    for k, delta in enumerate(run.trace.delta[layer][row].tolist()):
        weight = run.parameter(Address(above, "weights", (unit, k)))
        if weight.alias and layer == 1:
            number = str(k + 1) if run.network.n_outputs > 1 else ""
            weight = replace(
                weight, alias=f"dzo{number}_dah{unit + 1}", equation=7 * run.subject.article.startswith("2")
            )
        given = run.factor_at(run.unit(layer + 1, k, "delta", row), delta, row)
        terms.append(Term(f"{above} unit {k + 1}", weight.value * delta, (given, weight), Pattern.product(2)))
    formula = Pattern("Σ delta above × weight", r"\sum_k \delta_k w_k")
    return run.expansion(address, run.activation_gradients(layer)[row, unit], formula, terms, row)


def loss_slope(run: Run, unit: int, row: int) -> tuple[float, list[Term], Pattern]:
    """Return dloss/da of an output, with its terms and its formula."""
    name, written = parse_loss(run.network.loss)
    parameter = float(run.parameters.dtype.type(written))
    if (name, run.network.activations[-1]) in FROM_RAW_OUTPUT:
        raise OptionError(
            f"with the loss {name} the derivative is taken of z at once: ask for output.unit{unit + 1}.delta"
        )
    p, y = _output(run, unit, "a", row), Factor(float(run.Y[row, unit]), "y", alias="label" * bool(run.subject.article))
    real = run.parameters.dtype.type
    error = float(real(p.value) - real(y.value))
    if name == "squared_error":
        return error, _difference(p, y), Pattern("p - y", "p - y")
    if name == "poisson":
        value = float(1 - real(y.value) / real(p.value))
        ratio = Term("y / p", -y.value / p.value, (y, p), Pattern("-{0} / {1}", r"-\frac{{{0}}}{{{1}}}"))
        return value, [Term("one", 1.0, (), Pattern("1", "1")), ratio], Pattern("1 - y / p", r"1 - \frac{y}{p}")
    if name == "absolute_error":
        pattern = Pattern("sign({0} - {1})", r"\text{{sign}}({0} - {1})")
        value = float(np.sign(error))
        return value, [Term("sign", value, (p, y), pattern)], Pattern("sign(p - y)", r"\text{sign}(p - y)")
    if name == "huber":
        formula = Pattern("p - y, kept within ± threshold", r"\text{clip}(p - y, \pm t)")
        if abs(error) <= parameter:
            return error, _difference(p, y), formula
        value = float(np.copysign(parameter, error))
        sign = "" if error > 0 else "-"
        return (
            value,
            [Term("threshold", value, (Factor(parameter, "threshold"),), Pattern(sign + "{0}", sign + "{0}"))],
            formula,
        )
    formula = Pattern("1 - level if p > y, else -level", r"1 - q \text{ if } p > y \text{, else } -q")
    level = Factor(parameter, "level")
    if error > 0:
        value, pattern = _complement(run, written), Pattern("1 - {0}", "1 - {0}")
    else:
        value, pattern = (
            (-parameter, Pattern("-{0}", "-{0}")) if error < 0 else (0.0, Pattern("0 × {0}", r"0 \cdot {0}"))
        )
    return float(real(value)), [Term("too high" if error > 0 else "too low", value, (level,), pattern)], formula


def _complement(run: Run, level: float) -> float:
    """Return 1 - level as the backend has it: the kernel rounds the level, NumPy the difference."""
    real = run.parameters.dtype.type
    return float(real(1 - level)) if run.verbs.name == "numpy" else float(1 - real(level))


def _difference(p: Factor, y: Factor) -> list[Term]:
    return [Term("p", p.value, (p,)), Term("y", -y.value, (y,), Pattern("-{0}", "-{0}"))]


def expand_delta(run: Run, address: Address, row: int) -> Expansion:
    """dloss/dz: what reaches a times the slope of the activation."""
    layer, unit = run.layer(address.part), address.index[0]
    assert run.Y is not None
    value = run.trace.delta[layer - 1][row, unit]
    last = layer == run.network.n_layers
    if last and (parse_loss(run.network.loss)[0], run.network.activations[-1]) in FROM_RAW_OUTPUT:
        answer = Factor(float(run.Y[row, unit]), "y")
        terms = _difference(_output(run, unit, "a", row), answer)
        return run.expansion(address, value, Pattern("p - y", "p - y"), terms, row)
    formula = Pattern("dloss/da × da/dz", r"\frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial z}")
    if last or run.subject.article:
        reaching = activation_gradient_factor(run, layer, unit, row)
        if run.network.activations[layer - 1] == "identity":
            return run.expansion(address, value, formula, [Term("", reaching.value, (reaching,))], row)
        slope = slope_factor(run, layer, unit, row)
        term = Term("chain rule", reaching.value * slope.value, (reaching, slope), Pattern.product(2))
        note = ""
        if last and layer > 1 and run.subject.article.startswith("2"):
            gradient = run.here(Address("output", "weights", (0, unit), attribute="gradient"), row)
            note = f"times ah it is equation 1: {gradient}"
        return run.expansion(address, value, formula, [term], row, note)
    slope = slope_factor(run, layer, unit, row)
    above = run.subject.layers[layer]
    terms = []
    for k, delta in enumerate(run.trace.delta[layer][row].tolist()):
        weight = run.parameter(Address(above, "weights", (unit, k)))
        given = run.factor_at(run.unit(layer + 1, k, "delta", row), delta, row)
        size = delta * weight.value * slope.value
        terms.append(Term(f"{above} unit {k + 1}", size, (given, weight, slope), Pattern.product(3)))
    formula = Pattern("Σ delta above × weight × da/dz", r"\sum_k \delta_k w_k \cdot \frac{\partial a}{\partial z}")
    return run.expansion(address, value, formula, terms, row)


def activation_gradient_factor(run: Run, layer: int, unit: int, row: int) -> Factor:
    """Return dloss/da of a unit as a factor, with the size of what was added in making it."""
    address = run.unit(layer, unit, "a.gradient", row)
    if layer == run.network.n_layers:
        value, terms, _ = loss_slope(run, unit, row)
        return run.factor_at(address, value, row, max(term.scale for term in terms))
    sizes = np.abs(run.weights[layer][unit].astype(np.float64) * run.trace.delta[layer][row])
    return run.factor_at(address, run.activation_gradients(layer)[row, unit], row, float(sizes.max()))


def slope_factor(run: Run, layer: int, unit: int, row: int) -> Factor:
    return run.factor_at(run.unit(layer, unit, "slope", row), run.slopes(layer)[row, unit], row)


# -------------------------------------------------------------------- gradients


def expand_gradient(run: Run, address: Address) -> Expansion:
    """A parameter's gradient: the mean, or sum, over the rows at hand of what each row says."""
    value = run.of_vector(run.gradient, address.at(""))
    terms = [term for row in range(run.subject.n_rows) for term in _of_row(run, address, row)]
    n = run.subject.n_rows
    over = n > 1 and not run.subject.summed
    if over:
        count = Factor(float(n), "rows")
        terms = [
            replace(
                term,
                value=term.value / n,
                factors=(*term.factors, count),
                pattern=Pattern.product(1 + len(term.factors), over=True, negative=term.pattern.text.startswith("-")),
            )
            for term in terms
        ]
    text, latex = _gradient_formula(run, address)
    if n > 1:
        text, latex = f"Σ {text}", rf"\sum_r {latex}"
    if over:
        text, latex = f"{text} / rows", rf"\frac{{1}}{{n}} {latex}"
    if run.subject.l2 > 0 and address.kind == "weights":
        weight = run.parameter(address)
        size = run.subject.l2 * weight.value / n * run.factor
        factors = (Factor(run.subject.l2, "l2"), weight, Factor(n / run.factor, "rows"))
        terms.append(Term("penalty", size, factors, Pattern.product(3, over=True)))
        text, latex = f"{text} + l2 × weight / rows", rf"{latex} + \frac{{\lambda}}{{n}} w"
    return run.expansion(address, value, Pattern(text, latex), terms)


def _gradient_formula(run: Run, address: Address) -> tuple[str, str]:
    chain, slope = r"\frac{\partial L}{\partial a}", r"\frac{\partial a}{\partial z}"
    if address.part == "front":
        return {
            "factors": ("dloss/dfeature × feature before its factor", r"\frac{\partial L}{\partial f} \cdot e"),
            "offsets": ("dloss/dfeature × factor", r"\frac{\partial L}{\partial f} \cdot s"),
            "mixing": ("dloss/dfeature × factor × wave", r"\frac{\partial L}{\partial f} \cdot s \cdot u"),
            "phases": (
                "dloss/dwave × dwave/dphase",
                r"\frac{\partial L}{\partial u} \cdot \frac{\partial u}{\partial b}",
            ),
            "frequencies": (
                "dloss/dwave × dwave/dphase × input",
                r"\frac{\partial L}{\partial u} \cdot \frac{\partial u}{\partial b} \cdot x",
            ),
        }[address.kind]
    if _in_three(run, run.layer(address.part)):
        text, latex = "dloss/da × da/dz", rf"{chain} \cdot {slope}"
    else:
        text, latex = "delta", r"\delta"
    return (f"{text} × what the weight multiplies", rf"{latex} \cdot a") if address.kind == "weights" else (text, latex)


def _in_three(run: Run, layer: int) -> bool:
    """Whether the article's chain of three derivatives is shown in place of delta × input."""
    if not run.subject.article:
        return False
    last = layer == run.network.n_layers
    return not (last and (parse_loss(run.network.loss)[0], run.network.activations[-1]) in FROM_RAW_OUTPUT)


def _of_row(run: Run, address: Address, row: int) -> list[Term]:
    """Return what a row says of a parameter's gradient, before it is averaged."""
    name = f"row {run.subject.row_numbers[row]}"
    if address.part == "front":
        return _of_front(run, address, row, name)
    layer, unit = run.layer(address.part), address.index[-1]
    if _in_three(run, layer):
        chain = [activation_gradient_factor(run, layer, unit, row), slope_factor(run, layer, unit, row)]
    else:
        assert run.Y is not None
        chain = [run.factor_at(run.unit(layer, unit, "delta", row), run.trace.delta[layer - 1][row, unit], row)]
    if address.kind == "weights":
        chain.append(_multiplied(run, address, layer, row))
    return [_product(name, chain)]


def _multiplied(run: Run, address: Address, layer: int, row: int) -> Factor:
    """Return what a weight is multiplied by, in the article's words dz/dw."""
    i, unit = address.index
    a = run.trace.a[layer - 1][row, i]
    if layer > 1:
        below = run.factor_at(run.unit(layer - 1, i, "a", row), a, row)
    else:
        part, names = (
            ("input", run.subject.input_names) if run.network.front is None else ("feature", run.subject.feature_names)
        )
        below = run.factor_at(Address(part, name=names[i]), a, row)
    weight, _ = article.name_of(run.subject, address.at(""))
    if not weight or run.network.n_layers == 1:
        return below
    z, _ = article.name_of(run.subject, run.unit(layer, unit, "z", row))
    return replace(below, alias=f"d{z}_d{weight}", equation=9 * (layer == 1 and run.subject.article.startswith("2")))


def _product(name: str, factors: list[Factor], sign: int = 1) -> Term:
    size = float(sign)
    for factor in factors:
        size *= factor.value
    return Term(name, size, tuple(factors), Pattern.product(len(factors), negative=sign < 0))


def _of_front(run: Run, address: Address, row: int, name: str) -> list[Term]:
    """Return what a row says of the gradient of one of the front's parameters."""
    assert run.network.front is not None
    front, views = run.network.front, run.front[1]
    n_inputs, kind = run.network.n_inputs, address.kind
    reaching = run.activation_gradients(0)[row]
    names = run.subject.feature_names

    def reaches(i: int) -> Factor:
        sizes = np.abs(run.weights[0][i].astype(np.float64) * run.trace.delta[0][row])
        at = Address("feature", name=names[i], attribute="gradient")
        return run.factor_at(at, reaching[i], row, float(sizes.max()))

    if kind == "factors":
        i = address.index[0]
        if i < n_inputs:
            return [_product(name, [reaches(i), run.factor_at(Address("input", name=names[i]), run.X[row, i], row)])]
        plain = run.plain_features[row, i]
        size = max(term.scale for term in mixture(run, i, row))
        return [_product(name, [reaches(i), Factor(float(plain), f"{names[i]} before its factor", scale=size)])]
    place = address.index[0]
    components = range(front.n_components) if kind in ("frequencies", "phases") else [address.index[1]]
    terms = []
    for component in components:
        i = n_inputs + place * front.n_components + component
        chain = [reaches(i), run.parameter(Address("front", "factors", (i,)))]
        if kind == "mixing":
            f = address.index[2]
            chain.append(run.factor_at(Address("wave", index=(place, f)), run.waves(place, f)[row], row))
        elif kind != "offsets":
            f = address.index[1]
            x = run.X[row, front.periodic[place]]
            turns = turns_of(run, float(x), float(views.frequencies[place, f]), float(views.phases[place, f]))
            steep = -2 * pi * sin(2 * pi * (turns - round(turns)))
            chain.append(run.parameter(Address("front", "mixing", (place, component, f))))
            chain.append(Factor(steep, f"slope of wave {f + 1}", scale=4 * pi * pi * max(abs(turns), 1.0)))
            if kind == "frequencies":
                chain.append(run.factor_at(Address("input", name=names[front.periodic[place]]), x, row))
        label = name if len(components) == 1 else f"{name}, mixture {component + 1}"
        terms.append(_product(label, chain))
    return terms
