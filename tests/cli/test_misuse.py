"""Commands called wrongly: each answer says what would work."""

import re
import shlex

import click
import pytest

from selenite.cli import group


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "t.csv", "--hidden", "64", "32"), "one word, with commas between: --hidden 64,32"),
        (("fit", "--hidden", "64,", "32", "t.csv"), "one word, with commas between: --hidden 64,32"),
        (("fit", "t.csv", "more.csv"), "error: got unexpected extra argument (more.csv)"),
        (("tutorial", "1", "out.png"), "(out.png). Did you mean -o out.png?"),
        (("serve", "m.selenite", "8080"), "Did you mean --port 8080?"),
        (("check-gradient", "net.py", "2"), "Did you mean --tutorial 2?"),
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


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("fit", "people.csv", "happy"), "Did you mean --target happy?"),
        (("fit", "people.csv", "Happy", "best", "100"), "Did you mean --target happy --preset best --epochs 100?"),
        (("fit", "happy", "people.csv"), "Did you mean people.csv --target happy?"),
        (("fit", "unhappy?", "people.csv"), "people.csv --target happy?"),
        (("fit", "people.csv", "colour"), 'with --target; it has "id", "age", "pets", "garden", "happy"'),
        (("fit", "gone.csv", "happy"), "Did you mean --target happy?"),
        (("fit", "people.csv", "happy", "m.selenite"), "Did you mean --target happy -o m.selenite?"),
        (("fit", "people.csv", "--target", "happy", "./people.csv"), "Did you mean --validation ./people.csv?"),
        (("fit", "people.csv", "--target", "happy", "garden"), "with commas between: --target happy,garden"),
        (("fit", "--drop", "id", "age", "people.csv"), "with commas between: --drop id,age"),
        (("fit", "--target", "happy", "people.csv", "0.3"), "Did you mean --test-fraction 0.3?"),
        (("tune", "people.csv", "happy", "20"), "Did you mean --target happy --trials 20?"),
        (("inspect", "people.csv", "happy"), "Did you mean --target happy?"),
        (("export", "m.selenite", "c", "folder"), "Did you mean --to c -o folder?"),
        (("predict", "m.selenite", "people.csv", "out.csv"), "Did you mean -o out.csv?"),
        (("predict", "m.selenite", "people.csv", ".9"), "Did you mean --coverage .9?"),
        (("predict", "m.selenite", "people.csv", "--quantiles", ".1", ".9"), "commas between: --quantiles .1,.9"),
        (("score", "m.selenite", "people.csv", "roc.png"), "Did you mean --plot roc.png?"),
        (("explain", "m.selenite", "people.csv", "7"), "Did you mean --row 7?"),
        (("explain", "m.selenite", "people.csv", "yes"), "Did you mean --class yes?"),
        (("why", "m.selenite", "loss", "people.csv", "7"), "Did you mean --row 7?"),
        (("report", "m.selenite", "people.csv", "r.html"), "Did you mean -o r.html?"),
        (("diff", "m.selenite", "m.selenite", "people.csv"), "Did you mean --on people.csv?"),
    ],
)
def test_an_argument_too_many_is_answered_with_the_option_that_takes_it(run, model, arguments, answer):
    last = run(*arguments, code=2).stderr.splitlines()[-1]
    assert answer in last
    if found := re.search(r"\((.*)\). Did you mean (.*)[?]$", last):
        extra, meant = found[1].split(" "), shlex.split(found[2])
        given = [one for one in arguments[1:] if one not in extra] if meant[0].startswith("-") else []
        command = group.get_command(click.Context(group), arguments[0])
        command.make_context(arguments[0], [*given, *meant])  # raises where it does not take them
