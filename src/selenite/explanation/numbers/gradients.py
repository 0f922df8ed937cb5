"""Gradients: what each row says of a parameter, and the mean of it, taken apart by the chain rule."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin

import numpy as np

from selenite.explanation.numbers import article
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.backward import activation_gradient_factor
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term
from selenite.explanation.numbers.forward import mixture, turns_of
from selenite.explanation.numbers.losses import delta_at_once
from selenite.explanation.numbers.run import Run


def expand_gradient(run: Run, address: Address) -> Expansion:
    """A parameter's gradient: the mean, or sum, over the rows at hand of what each row says."""
    value = run.of_vector(run.gradient, address.at(""))
    terms = [term for row in range(run.subject.n_rows) for term in _of_row(run, address, row)]
    n = run.subject.n_rows
    over = n > 1 and not run.subject.summed
    if over:
        terms = [Term.product(term.label, *term.factors, Factor(float(n), "rows"), over=True) for term in terms]
    text, latex = _gradient_formula(run, address)
    if n > 1:
        text, latex = f"Σ {text}", rf"\sum_r {latex}"
    if over:
        text, latex = f"{text} / rows", rf"\frac{{1}}{{n}} {latex}"
    rows = Factor(n / run.factor, "rows")
    if run.subject.l1 > 0 and address.kind == "weights":
        sign = Factor(float(np.sign(run.parameter(address).value)), "sign of the weight")
        terms.append(Term.product("l1 penalty", Factor(run.subject.l1, "l1"), sign, rows, over=True))
        text += " + l1 × sign of weight / rows"
        latex += r" + \frac{\lambda_1}{n} \operatorname{sign} w"
    if run.subject.l2 > 0 and address.kind == "weights":
        terms.append(Term.product("penalty", Factor(run.subject.l2, "l2"), run.parameter(address), rows, over=True))
        text, latex = f"{text} + l2 × weight / rows", rf"{latex} + \frac{{\lambda}}{{n}} w"
    return run.expansion(address, value, Pattern(text, latex), terms)


def _gradient_formula(run: Run, address: Address) -> tuple[str, str]:
    if address.part == "embedding":
        feature = r"\frac{\partial L}{\partial f}"
        phase = r"\frac{\partial L}{\partial u} \cdot \frac{\partial u}{\partial b}"
        return {
            "factors": ("dloss/dfeature × feature before its factor", rf"{feature} \cdot e"),
            "offsets": ("dloss/dfeature × factor", rf"{feature} \cdot s"),
            "mixing": ("dloss/dfeature × factor × wave", rf"{feature} \cdot s \cdot u"),
            "phases": ("dloss/dwave × dwave/dphase", phase),
            "frequencies": ("dloss/dwave × dwave/dphase × input", rf"{phase} \cdot x"),
        }[address.kind]
    if _in_three(run, run.layer(address.part)):
        text, latex = "dloss/da × da/dz", r"\frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial z}"
    else:
        text, latex = "delta", r"\delta"
    return (f"{text} × what the weight multiplies", rf"{latex} \cdot a") if address.kind == "weights" else (text, latex)


def _in_three(run: Run, layer: int) -> bool:
    """Whether the article's chain of three derivatives is shown in place of delta × input."""
    return bool(run.subject.article) and not (layer == run.network.n_layers and delta_at_once(run))


def _of_row(run: Run, address: Address, row: int) -> list[Term]:
    """Return what a row says of a parameter's gradient, before it is averaged."""
    name = f"row {run.subject.row_numbers[row]}"
    if address.part == "embedding":
        return _of_embedding(run, address, row, name)
    layer, unit = run.layer(address.part), address.index[-1]
    if _in_three(run, layer):
        chain = [activation_gradient_factor(run, layer, unit, row), run.of_unit(layer, unit, "slope", row)]
    else:
        chain = [run.of_unit(layer, unit, "delta", row)]
    if address.kind == "weights":
        chain.append(_multiplied(run, address, layer, row))
    return [Term.product(name, *chain)]


def _multiplied(run: Run, address: Address, layer: int, row: int) -> Factor:
    """Return what a weight is multiplied by, in the article's words dz/dw."""
    i, unit = address.index
    below = run.of_unit(layer - 1, i, "a", row) if layer > 1 else run.of_first(i, row)
    weight, _ = article.name_of(run.subject, address.at(""))
    if not weight or run.network.n_layers == 1:
        return below
    z, _ = article.name_of(run.subject, run.unit(layer, unit, "z", row))
    return replace(below, alias=f"d{z}_d{weight}", equation=9 * (layer == 1 and run.subject.article.startswith("2")))


def _of_embedding(run: Run, address: Address, row: int, name: str) -> list[Term]:
    """Return what a row says of the gradient of one of the embedding's parameters."""
    assert run.network.embedding is not None
    embedding, views = run.network.embedding, run.embedding[1]
    n_inputs, kind = run.network.n_inputs, address.kind
    reaching = run.activation_gradients(0)[row]
    names = run.subject.feature_names

    def reaches(i: int) -> Factor:
        sizes = np.abs(run.weights[0][i].astype(np.float64) * run.delta[0][row])
        at = Address("feature", name=names[i], attribute="gradient")
        return run.factor_at(at, reaching[i], row, float(sizes.max()))

    if kind == "factors":
        i = address.index[0]
        if i < n_inputs:
            given = run.factor_at(Address("input", name=names[i]), run.X[row, i], row)
            return [Term.product(name, reaches(i), given)]
        plain = run.plain_features[row, i]
        size = max(term.scale for term in mixture(run, i, row))
        return [Term.product(name, reaches(i), Factor(float(plain), f"{names[i]} before its factor", scale=size))]
    place = address.index[0]
    components = range(embedding.n_components) if kind in ("frequencies", "phases") else [address.index[1]]
    terms = []
    for component in components:
        i = n_inputs + place * embedding.n_components + component
        chain = [reaches(i), run.parameter(Address("embedding", "factors", (i,)))]
        if kind == "mixing":
            chain.append(run.wave(place, address.index[2], row))
        elif kind != "offsets":
            f = address.index[1]
            x = run.X[row, embedding.periodic[place]]
            turns = turns_of(run, float(x), float(views.frequencies[place, f]), float(views.phases[place, f]))
            steep = -2 * pi * sin(2 * pi * (turns - round(turns)))
            chain.append(run.parameter(Address("embedding", "mixing", (place, component, f))))
            chain.append(Factor(steep, f"slope of wave {f + 1}", scale=4 * pi * pi * max(abs(turns), 1.0)))
            if kind == "frequencies":
                chain.append(run.factor_at(Address("input", name=names[embedding.periodic[place]]), x, row))
        label = name if len(components) == 1 else f"{name}, mixture {component + 1}"
        terms.append(Term.product(label, *chain))
    return terms
