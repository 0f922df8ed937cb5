"""Backward: how the loss depends on each activation and each sum, taken apart by the chain rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term
from selenite.explanation.numbers.forward import place_of
from selenite.explanation.numbers.losses import delta_at_once, difference, loss_slope, output_factor
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
    above = run.subject.layers[layer]
    terms = []
    for k, delta in enumerate(run.delta[layer][row].tolist()):
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


def expand_delta(run: Run, address: Address, row: int) -> Expansion:
    """dloss/dz: what reaches a times the slope of the activation."""
    layer, unit = run.layer(address.part), address.index[0]
    value = run.delta[layer - 1][row, unit]
    last = layer == run.network.n_layers
    if last and delta_at_once(run):
        answer = Factor(float(run.Y[row, unit]), "y")
        terms = difference(output_factor(run, unit, "a", row), answer)
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
    for k, delta in enumerate(run.delta[layer][row].tolist()):
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
    sizes = np.abs(run.weights[layer][unit].astype(np.float64) * run.delta[layer][row])
    return run.factor_at(address, run.activation_gradients(layer)[row, unit], row, float(sizes.max()))


def slope_factor(run: Run, layer: int, unit: int, row: int) -> Factor:
    return run.factor_at(run.unit(layer, unit, "slope", row), run.slopes(layer)[row, unit], row)
