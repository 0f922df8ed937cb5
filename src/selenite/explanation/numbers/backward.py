"""Backward: how the loss depends on each activation and each sum, taken apart by the chain rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term
from selenite.explanation.numbers.forward import place_of
from selenite.explanation.numbers.losses import delta_at_once, difference, loss_slope
from selenite.explanation.numbers.run import Run


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
    terms = []
    for name, k in _above(run, layer):
        weight = run.weight(layer + 1, unit, k)
        if weight.alias and layer == 1:
            number = str(k + 1) if run.network.n_outputs > 1 else ""
            equation = 7 * run.subject.article.startswith("2")
            weight = replace(weight, alias=f"dzo{number}_dah{unit + 1}", equation=equation)
        terms.append(Term.product(name, run.of_unit(layer + 1, k, "delta", row), weight))
    formula = Pattern("Σ delta above × weight", r"\sum_k \delta_k w_k")
    return run.expansion(address, run.activation_gradients(layer)[row, unit], formula, terms, row)


def _above(run: Run, layer: int) -> list[tuple[str, int]]:
    """Return the units of the layer above, each with what it is called."""
    return [(f"{run.subject.layers[layer]} unit {k + 1}", k) for k in range(run.network.widths[layer + 1])]


def expand_delta(run: Run, address: Address, row: int) -> Expansion:
    """dloss/dz: what reaches a times the slope of the activation."""
    layer, unit = run.layer(address.part), address.index[0]
    value = run.delta[layer - 1][row, unit]
    last = layer == run.network.n_layers
    if last and delta_at_once(run):
        terms = difference(run.of_unit(layer, unit, "a", row), Factor(float(run.Y[row, unit]), "y"))
        return run.expansion(address, value, Pattern("p - y", "p - y"), terms, row)
    formula = Pattern("dloss/da × da/dz", r"\frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial z}")
    if last or run.subject.article:
        reaching = activation_gradient_factor(run, layer, unit, row)
        if run.network.activations[layer - 1] == "identity":
            return run.expansion(address, value, formula, [Term.product("", reaching)], row)
        term = Term.product("chain rule", reaching, run.of_unit(layer, unit, "slope", row))
        note = ""
        if last and layer > 1 and run.subject.article == "2":
            gradient = run.here(Address("output", "weights", (0, unit), attribute="gradient"), row)
            note = f"times ah it is equation 1: {gradient}"
        return run.expansion(address, value, formula, [term], row, note)
    slope = run.of_unit(layer, unit, "slope", row)
    terms = [
        Term.product(name, run.of_unit(layer + 1, k, "delta", row), run.weight(layer + 1, unit, k), slope)
        for name, k in _above(run, layer)
    ]
    formula = Pattern("Σ delta above × weight × da/dz", r"\sum_k \delta_k w_k \cdot \frac{\partial a}{\partial z}")
    return run.expansion(address, value, formula, terms, row)


def activation_gradient_factor(run: Run, layer: int, unit: int, row: int) -> Factor:
    """Return dloss/da of a unit as a factor, with the size of what was added in making it."""
    address = run.unit(layer, unit, "a.gradient", row)
    if layer == run.network.n_layers:
        value, terms, _ = loss_slope(run, unit, row)
        return run.factor_at(address, value, row, max(term.scale for term in terms))
    sizes = np.abs(run.weights[layer][unit].astype(np.float64) * run.delta[layer][row])
    return run.factor_at(address, run.activation_gradients(layer)[row, unit], row, float(sizes.max()))
