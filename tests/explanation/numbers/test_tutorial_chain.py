"""The article's equations with their numbers, written out: what a pocket calculator confirms."""

import re
from math import exp

import numpy as np
import pytest
from sklearn.datasets import make_moons

import selenite
from selenite.errors import OptionError
from selenite.nn import Optimizer
from selenite.tutorial.as_printed import train_perceptron_as_printed
from selenite.tutorial.data import load_part
from selenite.tutorial.networks import perceptron_start

# The first row of the two moons before the first step, as `selenite why tutorial:2 'hidden1.weights[1,1].update'
# --row 1 --digits 8` shows it; eight digits, as a pocket calculator has them.
X1, X2, LABEL, LR = -0.053483686, 0.99258199, 0, 0.5
WH = {"w1": 0.78854551, "w2": 0.77740756}
WO = {"w9": 0.2728219, "w10": 0.3708528, "w11": 0.19705428, "w12": 0.45985588}
AH = {"ah1": 0.67468817, "ah2": 0.56327339, "ah3": 0.5826745, "ah4": 0.63218299}
CHAIN = {
    "zh1": 0.72946643,
    "ah1": 0.67468817,
    "zo": 0.79849279,
    "ao": 0.68965198,
    "dcost_dao": 0.68965198,
    "dao_dzo": 0.21403213,
    "dcost_dzo": 0.14760768,
    "dcost_dah1": 0.040270608,
    "dah1_dzh1": 0.21948404,
    "dcost_dw1": -0.00047272924,
    "w1": 0.78878188,
}
EQUATIONS = {
    "dcost_dw1": 2,
    "dcost_dah1": 3,
    "dcost_dzo": 4,
    "dcost_dao": 5,
    "dao_dzo": 6,
    "dzo_dah1": 7,
    "dah1_dzh1": 8,
    "dzh1_dw1": 9,
}


def named(answer):
    """Return (value, equation) of each of the article's names in an answer, constants of its terms included."""
    found = {}
    for expansion in answer.expansion.opened():
        for term in expansion.terms:
            for factor in term.factors:
                if factor.alias:
                    found.setdefault(factor.alias, (factor.value, factor.equation))
        if expansion.alias:
            found[expansion.alias] = (expansion.value, expansion.equation)
    return found


def test_a_pocket_calculator_confirms_the_chain():
    """Each number from those before it, to eight digits: the article's nine equations by hand."""

    def by_hand(name, value):
        assert CHAIN[name] == pytest.approx(value, rel=2e-7), name

    by_hand("zh1", WH["w1"] * X1 + WH["w2"] * X2)
    by_hand("ah1", 1 / (1 + exp(-CHAIN["zh1"])))
    by_hand("zo", sum(AH[f"ah{j}"] * WO[f"w{8 + j}"] for j in range(1, 5)))
    by_hand("ao", 1 / (1 + exp(-CHAIN["zo"])))
    by_hand("dcost_dao", CHAIN["ao"] - LABEL)  # 5
    by_hand("dao_dzo", CHAIN["ao"] * (1 - CHAIN["ao"]))  # 6
    by_hand("dcost_dzo", CHAIN["dcost_dao"] * CHAIN["dao_dzo"])  # 4
    by_hand("dcost_dah1", CHAIN["dcost_dzo"] * WO["w9"])  # 3, with 7: dzo_dah1 is w9
    by_hand("dah1_dzh1", CHAIN["ah1"] * (1 - CHAIN["ah1"]))  # 8
    by_hand("dcost_dw1", CHAIN["dcost_dah1"] * CHAIN["dah1_dzh1"] * X1)  # 2, with 9: dzh1_dw1 is x1
    by_hand("w1", WH["w1"] - LR * CHAIN["dcost_dw1"])


def test_why_shows_that_chain_under_the_articles_names_and_numbers():
    answer = selenite.why("tutorial:2", "hidden1.weights[1,1].update", row=1, depth=None, digits=8)
    found = named(answer)
    for name, value in CHAIN.items():
        assert found[name][0] == pytest.approx(value, rel=1e-7), name
        assert f"{value:.8g}" in str(answer), name
    assert {name: found[name][1] for name in EQUATIONS} == EQUATIONS
    for text in (
        "article: w1 = w1 - lr × dcost_dw1\n",
        "article: dcost_dw1 = dcost_dah1 × dah1_dzh1 × dzh1_dw1   equation 2",
        "article: dzh1_dw1 = input[x1]   equation 9",
        "article: dcost_dah1 = dcost_dzo × dzo_dah1   equation 3",
        "article: dzo_dah1 = output.weights[1,1]   equation 7",
        "article: dcost_dzo = dcost_dao × dao_dzo   equation 4",
        "article: dcost_dao = ao - label   equation 5",
        "article: dao_dzo = ao × (1 - ao)   equation 6",
        "article: dah1_dzh1 = ah1 × (1 - ah1)   equation 8",
        "times ah it is equation 1: output.weights[1,1].gradient",
    ):
        assert text in str(answer), text
    assert "NO" not in str(answer)
    assert max(one.check.ulp for one in answer.expansion.opened()) <= 4


def test_equation_1_is_the_output_weights():
    answer = selenite.why("tutorial:2", "output.weights[1,1].gradient", row=1, digits=8)
    assert "article: dcost_dw9 = dcost_dao × dao_dzo × dzo_dw9   equation 1" in str(answer)
    assert answer.value == pytest.approx(CHAIN["dcost_dzo"] * AH["ah1"], rel=2e-7)


def test_the_first_step_is_that_of_the_articles_program():
    """The article's program, one epoch of it, beside the update of every weight on all rows."""
    np.random.seed(0)  # noqa: NPY002 - as the article does
    X, y = make_moons(100, noise=0.10)
    labels = y.reshape(100, 1)
    wh, wo = np.random.rand(2, 4), np.random.rand(4, 1)  # noqa: NPY002
    ah = 1 / (1 + np.exp(-X @ wh))
    ao = 1 / (1 + np.exp(-ah @ wo))
    dcost_dzo = (ao - labels) * ao * (1 - ao)
    dcost_dwo = ah.T @ dcost_dzo
    dcost_dwh = X.T @ (dcost_dzo @ wo.T * ah * (1 - ah))
    for i, j in np.ndindex(wh.shape):
        at = f"hidden1.weights[{i + 1},{j + 1}]"
        assert selenite.why("tutorial:2", f"{at}.gradient").value == pytest.approx(dcost_dwh[i, j], rel=1e-12)
        assert selenite.why("tutorial:2", f"{at}.update").value == pytest.approx(
            wh[i, j] - 0.5 * dcost_dwh[i, j], rel=1e-13
        )
    for j in range(4):
        at = f"output.weights[{j + 1},1].update"
        assert selenite.why("tutorial:2", at).value == pytest.approx(wo[j, 0] - 0.5 * dcost_dwo[j, 0], rel=1e-13)
    assert selenite.why("tutorial:2", "loss").value == pytest.approx(0.5 * ((ao - labels) ** 2).sum(), rel=1e-13)


def test_all_rows_add_up_and_the_rest_is_summed():
    text = str(selenite.why("tutorial:2", "hidden1.weights[1,1].gradient", terms=3, digits=None))
    rows = re.findall(r"^    row \d+ .*= (\S+)$", text, re.MULTILINE)
    rest = re.search(r"97 others +.*= (\S+)$", text, re.MULTILINE)[1]
    value = re.match(r"hidden1\.weights\[1,1\]\.gradient = (\S+)", text)[1]
    sizes = [abs(float(row)) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(map(float, rows)) + float(rest) == pytest.approx(float(value), rel=1e-14)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("1", "output.weights[2,1].update"),
        ("2-perceptron", "output.biases[1].update"),
        ("2-biases", "hidden1.biases[4].update"),
        ("3", "hidden1.weights[2,1].update"),
        ("3", "output.biases[3].gradient"),
    ],
)
def test_the_other_networks(name, address):
    answer = selenite.why(f"tutorial:{name}", address, depth=None)
    assert all(one.check.holds for one in answer.expansion.opened())


def test_after_some_epochs_the_loss_is_the_articles():
    assert selenite.why("tutorial:2-biases", "loss", epoch=2000).value == pytest.approx(0.0100, abs=5e-5)
    with pytest.raises(OptionError, match="epoch=-1"):
        selenite.why("tutorial:2", "loss", epoch=-1)
    with pytest.raises(OptionError, match="it has 1, 2, 2-biases"):
        selenite.why("tutorial:4", "loss")


def remarks(thing, address, **options):
    return " ".join(selenite.why(thing, address, **options).expansion.remarks)


def test_a_slip_stands_beside_the_number_that_it_bears_on():
    """The numbers as printed are those of the article's program after one epoch."""
    X, y = load_part(1)
    weights, bias = perceptron_start(1)
    a = 1 / (1 + np.exp(-(X @ weights + bias)))
    printed, _ = train_perceptron_as_printed(weights, bias, X, y, 0.05, 1)
    for i in range(3):
        at = f"output.weights[{i + 1},1]"
        assert f"as printed {printed[i]:.6g}:" in remarks("tutorial:1", f"{at}.update")
        step = (weights[i] - printed[i]) / 0.05
        assert f"as printed {float(f'{step:.6g}'):.6g}:" in remarks("tutorial:1", f"{at}.gradient")
    assert f"as printed {printed[3]:.6g}:" in remarks("tutorial:1", "output.biases[1].update")
    again = 1 / (1 + np.exp(-a[1]))
    assert f"as printed {again * (1 - again):.6g}:" in remarks("tutorial:1", "output.slope", row=2)
    assert f"as printed {(a[1] - y[1]) * again * (1 - again):.6g}:" in remarks("tutorial:1", "output.delta", row=2)
    assert f"prints {(a - y).sum():.6g}, the sum of signed errors" in remarks("tutorial:1", "loss")
    assert "as printed" in remarks("tutorial:2-perceptron", "row3.output.weights[1,1].gradient")


def test_other_slips_are_named_where_they_are_and_nowhere_else():
    found = remarks("tutorial:2", "loss")
    assert f"the mean squared error is {2 * selenite.why('tutorial:2', 'loss').value / 100:.6g}" in found
    assert "on their mean the rate 0.5 would be 50" in remarks("tutorial:2", "hidden1.weights[1,1].update")
    assert "overflows" in remarks("tutorial:3", "output.unit2.a", row=4)
    for address in ("hidden1.unit1.slope", "output.slope", "loss", "hidden1.weights[1,1].update", "output.delta"):
        assert not remarks("tutorial:2", address, row=1)
    adam = Optimizer("adam", 0.1)
    assert not remarks("tutorial:1", "output.weights[1,1].update", optimizer=adam)
