"""Flat scripts: right ones are not accused, each slip is named, nothing waits for the epochs, errors name the line."""

import re
import sys
import time

import pytest

import article_scripts as scripts
from selenite.errors import ForeignCodeError, OptionError
from selenite.gradient_check.script import check, running

pytest.importorskip("matplotlib")


@pytest.fixture
def checked(tmp_path):
    """Return a function that checks a script after some edits of its text."""

    def checked(text, *edits):
        for before, after in edits:
            assert before in text
            text = text.replace(before, after)
        path = tmp_path / "article.py"
        path.write_text(text)
        assert check.is_flat_script(str(path))
        return check.check_script(str(path), "article.py")

    return checked


NO_COST = ("    error_out = (1 / 2) * np.power(ao - labels, 2)\n    print(error_out.sum())\n", "")
NO_PLOT = ('        plt.plot(epoch, error_out.sum(), "o")\n', "")
RENAMED = (
    ("wh", "V"), ("wo", "U"), ("feature_set", "data"), ("labels", "answers"), ("dcost_", "grad_"), ("ao", "out"),
)  # fmt: skip
RIGHT = {
    "part 1": (scripts.PERCEPTRON, [], "3-1, logistic, loss ½ Σ error²", "computes no cost"),
    "part 2": (scripts.MOONS, [], "2-4-1, logistic, logistic, loss ½ Σ error²", "`error_out.sum()` of line 32"),
    "part 3": (scripts.ANIMALS, [], "2-4-3, logistic, softmax, loss Σ cross-entropy", "`loss` of line 55"),
    "renamed": (re.sub, RENAMED, "2-4-1, logistic, logistic, loss ½ Σ error²", "error_out.sum()"),
    "no cost": (scripts.MOONS, [NO_COST, NO_PLOT], "loss ½ Σ error²", "computes no cost"),
    "a mean": (
        scripts.MOONS,
        [("(1 / 2) * np.power(ao - labels, 2)", "((ao - labels) ** 2).mean()"), ("dcost_dao = ao - labels",
         "dcost_dao = 2 * (ao - labels) / len(labels)")],
        "loss mean of error²", "`error_out`",
    ),
    "rows, summed": (scripts.ROW_BY_ROW_SUMMED, [], "2-4-1, logistic, logistic, loss ½ Σ error²", "`total`"),
    "rows, a step each": (scripts.ROW_BY_ROW_STEPS, [], "2-3-1, logistic, logistic, loss ½ Σ error²", "no cost"),
    "eleven lines": (scripts.ELEVEN_LINES, [], "3-4-1, logistic, logistic, loss ½ Σ error²", "no cost"),
    "lists": (scripts.LISTS, [], "3-5-1, logistic, logistic, loss mean of cross-entropy", "`cost`"),
    "zipped": (scripts.ZIPPED, [], "3-5-1, tanh, identity, loss mean of error²", "np.mean((p - y) ** 2)"),
    "functions": (scripts.FUNCTIONS_OF_ITS_NAMES, [], "2-1, logistic, loss ½ Σ error²", "cost(predict(X), Y)"),
    "batches": (scripts.BATCHES_AND_MOMENTUM, [], "2-1, logistic, loss mean of cross-entropy", "`loss`"),
    "one line": (scripts.IN_ONE_LINE, [], "2-1, identity, loss ½ Σ error²", "`X @ w`"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_script_is_right(name, checked):
    text, edits, network, judge = RIGHT[name]
    if text is re.sub:
        text, edits = scripts.MOONS, []
        for before, after in RENAMED:
            text = re.sub(rf"\b{before}\b" if len(before) < 6 else before, after, text)
    found = checked(text, *edits)
    assert found.ok, str(found)
    assert network in found.network
    assert judge in found.notes[0]
    assert all(one.from_ours < 1e-9 for one in found.parameters)


SLIPS = {
    "slope of a, part 1": (scripts.PERCEPTRON, [("sigmoid_der(XW)", "sigmoid_der(z)")], "slope-of-activation", ""),
    "slope of ah": (scripts.MOONS, [("sigmoid_der(zh)", "sigmoid_der(ah)")], "slope-of-activation", "hidden layer"),
    "slope of ao": (scripts.MOONS, [("sigmoid_der(zo)", "sigmoid_der(ao)")], "slope-of-activation", "output layer"),
    "no slope in wo": (scripts.MOONS, [(", dcost_dao * dao_dzo)", ", dcost_dao)")], "slope-forgotten", "output layer"),
    "no slope in dzo": (scripts.MOONS, [("dzo = dcost_dao * dao_dzo", "dzo = dcost_dao")], "error-passed-back", ""),
    "z for a": (scripts.MOONS, [("dzo_dwo = ah", "dzo_dwo = zh")], "sum-in-place-of-activation", ""),
    "uphill": (scripts.MOONS, [("wh -= lr", "wh += lr")], "sign", r"added \(wh in line 46\)"),
    "target - prediction": (scripts.MOONS, [("dcost_dao = ao - labels", "dcost_dao = labels - ao")], "sign", ""),
    "rate twice": (scripts.MOONS, [("dcost_wh = ", "dcost_wh = lr * ")], "learning-rate", "wh: .* lr = 0.5, .*twice"),
    "rate squared": (scripts.ANIMALS, [("wo -= lr", "wo -= lr * lr")], "learning-rate", "wo: .* lr = 0.001, .*twice"),
    "no rate": (scripts.MOONS, [("wh -= lr * ", "wh -= ")], "learning-rate", "wh: its step lacks"),
    "step too early": (
        scripts.MOONS,
        [("    wo -= lr * dcost_wo\n", ""), ("    # the hidden weights\n", "    wo -= lr * dcost_wo\n")],
        "updated-weights", r"gradient of wh .*\(wo in line 38\)",
    ),
    "one sum": (scripts.ANIMALS, [("dcost_bh.sum(axis=0)", "dcost_bh.sum()")], "bias-not-summed", "hidden layer"),
    "not summed": (
        scripts.ANIMALS, [("bo -= lr * dcost_bo.sum(axis=0)", "bo = bo - lr * dcost_bo")], "bias-not-summed", "bo",
    ),
    "softmax twice": (
        scripts.ANIMALS, [("ao - one_hot_labels", "(ao - one_hot_labels) * ao * (1 - ao)")], "derived-twice", "softmax",
    ),
    "a mean shown": (
        scripts.MOONS, [("(1 / 2) * np.power(ao - labels, 2)", "((ao - labels) ** 2).mean()")], "missing-1/n", "n is",
    ),
    "square, not transposed": (
        scripts.ANIMALS.replace("(2, 4)", "(2, 3)").replace("(4, 3)", "(3, 3)").replace("randn(4)", "randn(3)"),
        [("dzo_dah.T", "dzo_dah")], "transpose-missing", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_found_and_named(name, checked):
    text, edits, slip, words = SLIPS[name]
    found = checked(text, *edits)
    assert not found.ok
    assert [one.name for one in found.slips] == [slip], str(found)
    assert re.search(words, str(found.slips[0]))


def test_each_gradient_has_its_line(checked):
    found = checked(scripts.MOONS)
    assert [(one.name, one.computed) for one in found.parameters] == [
        ("wh", "line 44, dcost_wh"),
        ("wo", "line 37, dcost_wo"),
    ]
    found = checked(scripts.MOONS, ("sigmoid_der(zh)", "sigmoid_der(ah)"))
    assert [one.agrees for one in found.parameters] == [False, True]
    assert "line 44, dcost_wh  differs by" in str(found)
    assert "article.py, the loop of line 25" in found.line


def verdicts(found):
    """Return what is said of each line of the way back, by its name."""
    return {row.text.split(" ")[0]: (row.agrees, row.note) for row in found.lines}


def test_the_way_back_is_judged_line_by_line(checked):
    right = verdicts(checked(scripts.MOONS))
    assert [*right] == [
        "dcost_dao", "dao_dzo", "dzo_dwo", "dcost_wo", "dcost_dzo", "dzo_dah", "dcost_dah", "dah_dzh", "dzh_dwh",
        "dcost_wh",
    ]  # fmt: skip
    assert {*right.values(), *verdicts(checked(scripts.ANIMALS)).values()} == {(True, "")}
    named = (
        ("error_out = (1 / 2) * np.power(ao - labels, 2)", "cost = 0.5 * ((ao - labels) ** 2).sum()"),
        ("error_out.sum()", "cost"),
    )
    assert {*verdicts(checked(scripts.MOONS, *named)).values()} == {(True, "")}
    found = checked(scripts.MOONS, ("sigmoid_der(zh)", "sigmoid_der(ah)"))
    assert {name: said for name, said in verdicts(found).items() if not said[0]} == {
        "dah_dzh": (False, ""),
        "dcost_wh": (False, "as line 42 is"),
    }
    assert "  line 42  dah_dzh = sigmoid_der(ah)                       wrong\n" in str(found)
    assert max(len(line) for line in str(found).split("\n") if "  line " in line and "=" in line) <= 80


@pytest.mark.parametrize(
    ("before", "after", "name", "note"),
    [
        ("dcost_dao = ao - labels", "dcost_dao = labels - ao", "dcost_dao", "-1 times the right one"),
        ("dcost_dao = ao - labels", "dcost_dao = 2 * (ao - labels)", "dcost_dao", "2 times the right one"),
        ("dzo_dwo = ah", "dzo_dwo = zh", "dzo_dwo", ""),
        ("dcost_dzo = dcost_dao * dao_dzo", "dcost_dzo = dcost_dao", "dcost_dzo", ""),
        ("dzh_dwh = feature_set", "dzh_dwh = feature_set + 1", "dzh_dwh", ""),
    ],
)
def test_the_first_wrong_line_is_the_cause(before, after, name, note, checked):
    wrong = {
        name: said for name, (agrees, said) in verdicts(checked(scripts.MOONS, (before, after))).items() if not agrees
    }
    assert next(iter(wrong)) == name
    assert wrong[name] == note


def test_a_gradient_that_is_summed_later_is_not_accused(checked):
    found = checked(scripts.ANIMALS, ("dcost_bo", "dcost_dbo"), ("dcost_wh", "dcost_dwh"))
    assert found.ok
    assert {*verdicts(found).values()} == {(True, "")}
    assert {"dcost_dbo", "dcost_dwh"} <= {*verdicts(found)}


def test_without_a_cost_it_says_that_another_would_fit(checked):
    found = checked(scripts.MOONS, NO_COST, NO_PLOT, ("dcost_dao * dao_dzo", "dcost_dao"))
    assert found.slips[0].name == "slope-forgotten"
    assert "Of the cross-entropy it is exactly the gradient" in found.notes[1]


LINE = """
import numpy as np
x = np.linspace(0, 1, 20)
y = 3 * x + 2
m, c, L, n = 0, 0, 0.001, len(x)
for i in range(1000):
    Y_pred = m * x + c
    D_m = (-2 / n) * sum(x * (y - Y_pred))
    D_c = (-2 / n) * sum(y - Y_pred)
    m = m - L * D_m
    c = c - L * D_c
"""


def test_without_a_cost_a_mean_is_as_good_as_a_sum(checked):
    found = checked(LINE)
    assert found.ok, str(found)
    assert "target)² × 2/20, of `Y_pred`" in found.notes[0]
    assert not checked(LINE, ("D_c = (-2 / n)", "D_c = (-2)")).ok


def test_adams_step_is_told_apart(checked):
    step = "w = w - 0.01 * np.sign(X.T @ (X @ w - y))"
    found = checked(scripts.IN_ONE_LINE, ("w = w - 0.01 * X.T @ (X @ w - y)", step))
    assert not found.ok
    assert "as Adam's first step does" in found.notes[-1]


def test_what_is_shown_is_not_always_the_cost(checked):
    shown = "print(error_out.sum())"
    for other in ("print(np.mean(np.abs(ao - labels)))", "rmse = np.sqrt(np.mean((ao - labels) ** 2))",
                  "print('accuracy', np.mean((ao > 0.5) == labels))"):  # fmt: skip
        found = checked(
            scripts.MOONS, NO_PLOT, ("    error_out = (1 / 2) * np.power(ao - labels, 2)\n", ""), (shown, other)
        )
        assert found.ok, str(found)
        assert "computes no cost" in found.notes[0]


def test_nothing_waits_for_the_epochs_and_names_stay_as_they_were(checked):
    begun = time.perf_counter()
    endless = (("for epoch in range(200000):", "epoch = 0\nwhile True:"), ("    # forward\n", "    epoch += 1\n"))
    arguments, modules = [*sys.argv], sys.modules["__main__"]
    assert checked(scripts.MOONS, *endless).ok
    assert time.perf_counter() - begun < 60
    assert (sys.argv, sys.modules["__main__"]) == (arguments, modules)


def test_random_numbers_in_the_loop_are_the_same_in_each_turn(checked):
    noisy = ("ah = sigmoid(zh)", "ah = sigmoid(zh) * (np.random.rand(*zh.shape) < 0.8)")
    found = checked(scripts.MOONS, noisy, ("dah_dzh = sigmoid_der(zh)", "dah_dzh = sigmoid_der(zh) * (ah != 0)"))
    assert found.ok, str(found)


@pytest.mark.parametrize(
    ("edits", "error", "message"),
    [
        ([("dzo_dah.T", "dzo_dah")], ForeignCodeError, r"article.py, line 41, in <module>: `dcost_dah = .*ValueError"),
        ([("labels = labels.reshape(100, 1)", "")], ForeignCodeError, r"labels \(100\).*labels.reshape\(-1, 1\)"),
        ([("import numpy", "import nosuch")], ForeignCodeError, r"line 3, .*ModuleNotFoundError"),
        ([("range(200000)", "range(0)")], OptionError, "without a turn of its training loop in line 25"),
        ([("lr = 0.5", "lr = 0.5\ninput('rate?')")], ForeignCodeError, r"line 24, .*`input\('rate\?'\)`: EOFError"),
        ([("    zh = np.dot", "    import time; time.sleep(0.6)\n    zh = np.dot")], OptionError, "fewer rows"),
        ([("for epoch", "def train():\n  for epoch"), ("    ", "      ")], OptionError, "inside the function train"),
    ],
)
def test_errors_say_where_and_what_would_work(edits, error, message, checked):
    with pytest.raises(error, match=message):
        checked(scripts.MOONS, *edits)


def test_a_script_that_does_not_come_to_its_loop_is_stopped(checked, monkeypatch):
    monkeypatch.setattr(running, "TIME_LIMIT", 0.2)
    with pytest.raises(
        OptionError, match="without reaching its training loop in line 27; it was in the loop of line 25"
    ):
        checked(scripts.MOONS, ("lr = 0.5", "lr = 0.5\n\nwhile True:\n    lr = 0.5"), ("\n\nfor epoch", "\nfor epoch"))


def test_a_second_training_loop_is_told_of(checked):
    found = checked(scripts.IN_ONE_LINE + "for _ in range(10):\n    w = w - 0.1 * X.T @ (X @ w - y)\n")
    assert found.ok
    assert "line 9 was not looked at" in found.notes[-1]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nx = np.zeros(3)\nfor i in range(3):\n    x[i] += i\n    x -= x.mean()\n",
        "total, t = 0.0, 0.0\nwhile t < 1:\n    t += 0.1\n    total += t * t\n",
        "class Net:\n    def loss(self, X, y): ...\n    def gradient(self, X, y): ...\n" + scripts.IN_ONE_LINE,
        "import numpy as np\nnet = object()\nfor _ in range(3):\n    net.w -= 0.1 * net.gradient(1, 2)\n",
    ],
)
def test_other_files_are_no_flat_scripts(text, tmp_path):
    path = tmp_path / "other.py"
    path.write_text(text)
    assert not check.is_flat_script(str(path))
