"""What the tutorial calls the numbers, and under which equation it has them.

Part 2, *Adding Hidden Layers*, derives its two gradients in nine equations:

    1  dcost_dwo = dcost_dao × dao_dzo × dzo_dwo
    2  dcost_dwh = dcost_dah × dah_dzh × dzh_dwh
    3  dcost_dah = dcost_dzo × dzo_dah              6  dao_dzo = σ(zo) (1 - σ(zo))
    4  dcost_dzo = dcost_dao × dao_dzo              7  dzo_dah = wo
    5  dcost_dao = ao - labels                      8  dah_dzh = σ(zh) (1 - σ(zh))
                                                    9  dzh_dwh = the inputs

It numbers the weights unit by unit: w1 and w2 lead from x1 and x2 to the first hidden unit, w9 to w12 from the four
hidden units to the output. Behind other names the number of their unit is put here: zh1 is the first hidden unit's z.
The network with biases is not the article's, so that its numbers have none of these names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from selenite.explanation.numbers.address import Address

if TYPE_CHECKING:
    from selenite.explanation.numbers.subject import Subject

OF_LAYER = {"z": "z{l}{j}", "a": "a{l}{j}", "slope": "da{l}{j}_dz{l}{j}", "delta": "dcost_dz{l}{j}",
            "a.gradient": "dcost_da{l}{j}"}  # fmt: skip
OF_PERCEPTRON = {"z": "XW", "a": "z", "slope": "dpred_dz", "delta": "z_delta", "a.gradient": "dcost_dpred"}
EQUATIONS = {("h", "slope"): 8, ("h", "a.gradient"): 3, ("o", "slope"): 6, ("o", "delta"): 4, ("o", "a.gradient"): 5}


def name_of(subject: Subject, address: Address) -> tuple[str, int]:
    """Return the article's name of a number and its equation; "" and 0 where it has none."""
    if subject.article in ("", "2-biases"):
        return "", 0
    if address.part == "loss":
        return "error_out" if subject.n_rows == 1 else "error_out.sum()", 0
    if address.part == "input":
        return address.name, 0
    if address.part not in ("hidden1", "output"):
        return "", 0
    perceptron, part_2 = subject.network.n_layers == 1, subject.article.startswith("2")
    hidden = address.part == "hidden1"
    if address.kind == "unit":
        letter = "h" if hidden else "o"
        number = str(address.index[0] + 1) if hidden or subject.network.n_outputs > 1 else ""
        name = (OF_PERCEPTRON if perceptron else OF_LAYER)[address.attribute].format(l=letter, j=number)
        return name, EQUATIONS.get((letter, address.attribute), 0) * (part_2 and not perceptron)
    if address.kind not in ("weights", "biases"):
        return "", 0
    name, equation = _parameter(subject, address, hidden, perceptron)
    if address.attribute == "gradient":
        return f"dcost_d{name}", equation * part_2
    return (name, 0) if address.attribute in ("", "update") else ("", 0)


def _parameter(subject: Subject, address: Address, hidden: bool, perceptron: bool) -> tuple[str, int]:
    """Return the name of a weight or a bias, and the equation of its gradient."""
    first = address.index[0] + 1
    if perceptron:
        return (f"weights{first}", 0) if address.kind == "weights" else ("bias", 0)
    if address.kind == "biases":
        return f"b{'h' if hidden else 'o'}{first}", 0
    n_inputs, n_hidden, _ = subject.network.layer_sizes
    to_unit = address.index[1]
    return (f"w{n_inputs * to_unit + first}", 2) if hidden else (f"w{n_hidden * (n_inputs + to_unit) + first}", 1)
