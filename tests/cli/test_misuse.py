"""Commands called wrongly: each answer says what would work."""

import pytest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "t.csv", "--hidden", "64", "32"), "error: sizes are one word, with commas between: --hidden 64,32"),
        (("fit", "--hidden", "64,", "32", "t.csv"), "error: sizes are one word, with commas between: --hidden 64,32"),
        (("fit", "t.csv", "more.csv"), "error: got unexpected extra argument (more.csv)"),
        (("fit", "t.csv", "--time-limit", "1m"), "'1m' is no number of seconds above 0: write 60"),
        (("fit", "t.csv", "--time-limit", "1.5 hours"), "'1.5 hours' is no number of seconds above 0: write 5400"),
        (("fit", "t.csv", "--time-limit", "soon"), "write a number such as 60"),
        (("fit", "t.csv", "--time-limit", "nan"), "write a number such as 60"),
        (("fit", "t.csv", "--fast"), "error: no such option '--fast'"),
        (("fitt",), "error: there is no command 'fitt'. Did you mean fit?"),
        (("predict",), "error: missing argument 'MODEL'"),
        (("why", "tutorial2", "loss"), "error: there is no file tutorial2; did you mean tutorial:2?"),
    ],
)
def test_the_answer_says_what_would_work(run, arguments, message):
    told = run(*arguments, code=2).stderr
    assert message in told.splitlines()[-1]
    assert "Error" not in told


@pytest.mark.parametrize("command", ["predict", "score", "explain", "report", "why"])
def test_model_and_table_in_the_wrong_order(run, people, command):
    run("fit", people, "--target", "happy", "-o", "m", "-q", "--epochs", 1, "--preset", "fast")
    address = ["probability"] if command == "why" else []
    told = run(command, "people.csv", *address, "m", code=5).stderr
    assert told == "error: people.csv is not a model, and m is: put m first\n"
    told = run(command, "people.csv", *address, "none.csv", code=5).stderr
    assert told == "error: people.csv is not a model that can be read: it does not begin as a selenite model does\n"
