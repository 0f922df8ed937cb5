"""Forward: inputs, features, sums z and activations a, each taken apart."""

from __future__ import annotations

from fractions import Fraction
from math import cos, exp, pi

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.cells import described, encoding, label
from selenite.explanation.numbers.expansion import Expansion, Pattern, Term
from selenite.explanation.numbers.formulas import activation, slope
from selenite.explanation.numbers.run import Run
from selenite.nn.activations import ACTIVATIONS
from selenite.text import nearest, shown
from selenite.types import Array


def expand_z(run: Run, address: Address, row: int) -> Expansion:
    """z = Σ weight × what comes from below + bias."""
    layer, unit = run.layer(address.part), address.index[0]
    below = run.subject.layers[layer - 2] if layer > 1 else ""
    terms = []
    for i in range(run.network.widths[layer - 1]):
        given = run.of_unit(layer - 1, i, "a", row) if below else run.of_first(i, row)
        name = f"{below} unit {i + 1}" if below else label(run.subject, i, row)
        terms.append(Term.product(name, run.weight(layer, i, unit), given))
    if run.network.biases:
        terms.append(Term.product("bias", run.parameter(Address(address.part, "biases", (unit,)))))
    from_below = "a" if below else "input" if run.network.embedding is None else "feature"
    text, latex = f"Σ weight × {from_below}", rf"\sum_i w_i \, {'a_i' if below else 'x_i'}"
    formula = Pattern(text + " + bias", latex + " + b") if run.network.biases else Pattern(text, latex)
    return run.expansion(address, run.trace.z[layer - 1][row, unit], formula, terms, row)


def expand_a(run: Run, address: Address, row: int) -> Expansion:
    """a = activation(z)."""
    layer, unit = run.layer(address.part), address.index[0]
    name, z = run.network.activations[layer - 1], run.trace.z[layer - 1][row]
    value = float(run.trace.a[layer][row, unit])
    if name == "softmax":
        top = int(np.argmax(z))
        total = run.factor_at(Address("output", "total"), _total(z), row)
        factors = (run.of_unit(layer, unit, "z", row), run.of_unit(layer, top, "z", row), total)
        pattern = Pattern("e^({0} - {1}) / {2}", r"\frac{{e^{{{0} - {1}}}}}{{{2}}}")
        term = Term("softmax", exp(float(z[unit] - z[top])) / total.value, factors, pattern)
        latex = r"\frac{e^{z - \max z}}{\sum_k e^{z_k - \max z}}"
        return run.expansion(address, value, Pattern("e^(z - greatest z) / Σ e^(z - greatest z)", latex), [term], row)
    given = run.of_unit(layer, unit, "z", row)
    terms = [
        Term(name, piece.value, (given,) * len(piece.letters), piece.pattern) for piece in activation(name, given.value)
    ]
    felt = abs(given.value * float(run.slopes(layer)[row, unit]))  # how much a rounding of z is felt
    return run.expansion(address, value, Pattern(*ACTIVATIONS[name].formula), terms, row, scale=felt)


def expand_total(run: Run, address: Address, row: int) -> Expansion:
    """The sum of e^(z - greatest z) over the units of a softmax."""
    if run.network.activations[-1] != "softmax":
        raise OptionError(f"there is no {address}: it is what softmax divides by, and the output is not softmax")
    layer = run.network.n_layers
    z = run.trace.z[-1][row]
    top = int(np.argmax(z))
    each, power = [run.of_unit(layer, k, "z", row) for k in range(len(z))], Pattern("e^({0} - {1})", "e^{{{0} - {1}}}")
    terms = [Term(f"unit {k + 1}", exp(float(z[k] - z[top])), (each[k], each[top]), power) for k in range(len(z))]
    formula = Pattern("Σ e^(z - greatest z)", r"\sum_k e^{z_k - \max z}")
    return run.expansion(address, _total(z), formula, terms, row)


def _total(z: Array) -> float:
    return float(np.exp((z - z.max()).astype(np.float64)).sum())


def expand_slope(run: Run, address: Address, row: int) -> Expansion:
    """da/dz, written with z and a."""
    layer, unit = run.layer(address.part), address.index[0]
    name = run.network.activations[layer - 1]
    if name == "softmax":
        raise OptionError(
            f"there is no {address}: each output of softmax depends on every z. Ask for output.unit1.delta"
        )
    letters = {attribute: run.of_unit(layer, unit, attribute, row) for attribute in "za"}
    terms = [
        Term(name, piece.value, tuple(letters[letter] for letter in piece.letters), piece.pattern)
        for piece in slope(name, letters["z"].value, letters["a"].value)
    ]
    return run.expansion(address, run.slopes(layer)[row, unit], Pattern(*ACTIVATIONS[name].slope), terms, row)


# -------------------------------------------------------------------- below the first layer


def place_of(names: tuple[str, ...], address: Address) -> int:
    """Return which input or feature is meant, by its name or its number from 1."""
    if address.name in names:
        return names.index(address.name)
    if address.name.isdigit() and 1 <= int(address.name) <= len(names):
        return int(address.name) - 1
    near = nearest(address.name, names)
    hint = f"there are {', '.join(map(shown, names[:12]))}" if near is None else f"did you mean {shown(near)}?"
    raise OptionError(f"there is no {address.part} {shown(address.name)}; {hint}")


def expand_input(run: Run, address: Address, row: int) -> Expansion:
    """An input: how the table's value became the number that the network takes."""
    subject = run.subject
    i = place_of(subject.input_names, address)
    named = Address("input", name=subject.input_names[i])
    value = float(run.X[row, i])
    found = encoding(subject, i, row)
    if found is None:
        return run.expansion(named, value, Pattern("given", r"\text{given}"), [], row, described(subject, i, row))
    formula, terms = found
    return run.expansion(named, value, formula, terms, row, described(subject, i, row))


def expand_feature(run: Run, address: Address, row: int) -> Expansion:
    """A feature: an input times its factor, or a mixture of waves times its own."""
    subject = run.subject
    i = place_of(subject.feature_names, address)
    named = Address("feature", name=subject.feature_names[i])
    value = float(run.trace.a[0][row, i])
    factor = run.parameter(Address("embedding", "factors", (i,)))
    if i < run.network.n_inputs:
        given = run.factor_at(Address("input", name=subject.input_names[i]), run.X[row, i], row)
        terms = [Term.product(label(subject, i, row), factor, given)]
        return run.expansion(named, value, Pattern("factor × input", r"f \cdot x"), terms, row)
    terms = [Term.product(term.label, factor, *term.factors) for term in mixture(run, i, row)]
    formula = Pattern("factor × (Σ mixing × wave + offset)", r"f \cdot (\sum_f A_f \, u_f + c)")
    return run.expansion(named, value, formula, terms, row)


def mixture(run: Run, feature: int, row: int) -> list[Term]:
    """Return the terms of a mixture of waves, before its factor."""
    embedding = run.network.embedding
    assert embedding is not None
    place, component = divmod(feature - run.network.n_inputs, embedding.n_components)
    terms = []
    for f in range(embedding.n_frequencies):
        mixing = run.parameter(Address("embedding", "mixing", (place, component, f)))
        terms.append(Term.product(f"wave {f + 1}", mixing, run.wave(place, f, row)))
    return [*terms, Term.product("offset", run.parameter(Address("embedding", "offsets", (place, component))))]


def expand_wave(run: Run, address: Address, row: int) -> Expansion:
    """A wave: cos(2π (x × frequency + phase))."""
    periodic, views = run.embedding
    place, f = address.index
    if not (0 <= place < len(periodic) and 0 <= f < views.frequencies.shape[1]):
        raise OptionError(
            f"there is no {address}: {len(periodic)} inputs become waves, of {views.frequencies.shape[1]} frequencies"
        )
    name = run.subject.input_names[periodic[place]]
    x = run.factor_at(Address("input", name=name), run.X[row, periodic[place]], row)
    frequency = run.parameter(Address("embedding", "frequencies", (place, f)))
    phase = run.parameter(Address("embedding", "phases", (place, f)))
    turns = turns_of(run, x.value, frequency.value, phase.value)
    term = Term(
        name,
        cos(2 * pi * (turns - round(turns))),
        (x, frequency, phase),
        Pattern("cos(2π × ({0} × {1} + {2}))", r"\cos(2\pi({0} \cdot {1} + {2}))"),
    )
    formula = Pattern("cos(2π × (input × frequency + phase))", r"\cos(2\pi(x w + b))")
    return run.expansion(address, run.waves(place, f)[row], formula, [term], row, scale=2 * pi * abs(turns))


def turns_of(run: Run, x: float, frequency: float, phase: float) -> float:
    """Return x w + b in the backend's precision: the kernel rounds once, NumPy twice."""
    real = run.parameters.dtype.type
    if run.verbs.name == "numpy":
        return float(real(x) * real(frequency) + real(phase))
    return float(real(float(Fraction(x) * Fraction(frequency) + Fraction(phase))))
