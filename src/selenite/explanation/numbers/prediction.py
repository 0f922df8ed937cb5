"""What the whole model says, a probability or a prediction: the mean of its members, taken apart."""

from __future__ import annotations

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term
from selenite.explanation.numbers.run import Run
from selenite.explanation.numbers.subject import Subject
from selenite.text import shown
from selenite.types import Array


def expand_probability(run: Run, address: Address, row: int) -> Expansion:
    """The probability of a class: an output, or the mean of the members' outputs."""
    subject = run.subject
    classes = subject.classes
    if not classes:
        raise OptionError(
            f"this network gives no probability: its output is {run.network.activations[-1]}. Ask for prediction"
        )
    output = ensemble_output(subject, row)
    single = run.network.n_outputs == 1
    k = _class_of(classes, address, 1 if single else int(np.argmax(output)))
    named = Address("probability", name=classes[k])
    rest = single and k == 0
    value = float(1 - output[0]) if rest else float(output[0 if single else k])
    terms = [Term("one", 1.0, (), Pattern("1", "1"))] * rest
    terms += members_of(run, 0 if single else k, row, negative=rest)
    formula = _mean_formula(subject, "1 - p" if rest else "p")
    return run.expansion(named, value, formula, terms, row, f"of class {classes[k]}")


def expand_prediction(run: Run, address: Address, row: int) -> Expansion:
    """What is predicted: the network's output, or for a number of the user's that scaled back."""
    subject = run.subject
    target = subject.target
    if target is not None and target.task == "classification":
        raise OptionError("this model predicts a class: ask for probability, or probability[CLASS]")
    k = int(address.name) - 1 if address.name.isdigit() else 0
    if not 0 <= k < run.network.n_outputs or (address.name and not address.name.isdigit()):
        raise OptionError(f"there is no {address}; the outputs are 1 to {run.network.n_outputs}")
    output = ensemble_output(subject, row)
    named = Address("prediction", name=str(k + 1) if run.network.n_outputs > 1 else "")
    if target is None or (target.center, target.width) == (0.0, 1.0):
        return run.expansion(named, float(output[k]), _mean_formula(subject, "output"), members_of(run, k, row), row)
    width = Factor(target.width, "width")
    terms = [Term.product("center", Factor(target.center, "center"))]
    for term in members_of(run, k, row):
        terms.append(Term.product(term.label, width, *term.factors, over=len(term.factors) > 1))
    value = target.center + target.width * float(output[k])
    formula = _mean_formula(subject, "output")
    scaled = Pattern(f"center + width × {formula.text}", rf"\text{{center}} + \text{{width}} \cdot {formula.latex}")
    return run.expansion(named, value, scaled, terms, row, f"of {target.name}")


def ensemble_output(subject: Subject, row: int) -> Array:
    """Return the mean of the members' outputs, (n_outputs,), as the backend gives it."""
    parameters = subject.members if len(subject.members) > 1 else subject.members[0]
    output: Array = subject.verbs.predict(subject.network, np.ascontiguousarray(parameters), subject.X)[row]
    return output


def members_of(run: Run, output: int, row: int, negative: bool = False) -> list[Term]:
    """Return each member's part in the mean of an output."""
    layer, count = run.network.n_layers, len(run.subject.members)
    if count == 1:
        return [Term.product("output", run.of_unit(layer, output, "a", row), negative=negative)]
    members, share = (Run(run.subject, m) for m in range(count)), Factor(float(count), "members")
    return [
        Term.product(f"member {m}", member.of_unit(layer, output, "a", row), share, over=True, negative=negative)
        for m, member in enumerate(members, 1)
    ]


def _mean_formula(subject: Subject, what: str) -> Pattern:
    if len(subject.members) == 1:
        return Pattern(what, what.replace("output", "a"))
    one = "1 - " if what.startswith("1") else ""
    return Pattern(f"{one}Σ member's output / members", rf"{one}\frac{{1}}{{M}} \sum_m a_m")


def _class_of(classes: tuple[str, ...], address: Address, otherwise: int) -> int:
    """Return which class is meant, by its label."""
    if not address.name:
        return otherwise
    if address.name not in classes:
        raise OptionError(
            f"there is no class {shown(address.name)}; there are {', '.join(shown(name) for name in classes[:12])}"
        )
    return classes.index(address.name)
