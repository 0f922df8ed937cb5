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
        (("fit", "t.csv", "-target", "y"), "no such option -target. Did you mean --target, with two dashes?"),
        (("fit", "t.csv", "--epochs", "many"), "'many' is not a whole number from 1 on"),
        (("fit", "t.csv", "--test-fraction", "15"), "is not a number from 0.01 to 0.9; did you mean 0.15?"),
        (("fit", "t.csv", "--dropout", "1.5"), "1.5 is not a number from 0 to below 1"),
        (("tune", "t.csv", "--minutes", "0"), "is not a number above 0"),
        (("serve", "m.selenite", "--port", "80000"), "80000 is not a whole number from 0 to 65535"),
        (
            ("predict", "m", "t.csv", "--target", "y"),
            "predict has no option --target; leave it out, it is one of inspect, fit",
        ),
        (("help",), "there is no command 'help'. Did you mean selenite --help?"),
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
    what = "error: people.csv is not a model that can be read: it does not begin as a selenite model does"
    assert told == f"{what}; selenite fit makes one of a table\n"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("fit", "people.csv", "happy"), "Did you mean --target happy?"),
        (("fit", "people.csv", "Happy", "best", "100"), "Did you mean --target happy --preset best --epochs 100?"),
        (("fit", "happy", "people.csv"), "Did you mean people.csv --target happy?"),
        (("fit", "unhappy", "people.csv"), "people.csv --target happy?"),
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


@pytest.mark.parametrize(
    ("arguments", "code", "answer"),
    [
        (("inspect", "m.selenite"), 3, "not a table of text but a model file; selenite predict takes it"),
        (
            ("predict", "n.selenite", "people.csv"),
            5,
            'n.selenite cannot be read: No such file or directory. Did you mean "m',
        ),
        (("predict", "m.selenite", "people.csv", "-o", "o.xlsx"), 2, "and no spreadsheet; name it o.csv"),
        (("export", "m.selenite", "--to", "python", "-o", "people.csv"), 74, "people.csv is a file; name a folder"),
        (("serve", "m.selenite", "--host", "192.0.2.1"), 2, "192.0.2.1 is no address of this machine"),
        (("play", "people.csv", "m.selenite"), 2, "as in selenite play m.selenite people.csv"),
        (("inspect", "commas.csv"), 3, 'Delete the "," at the end of such lines, or write one behind the names, too'),
    ],
)
def test_a_wrong_file_or_place_is_answered_with_what_would_work(run, model, tmp_path, arguments, code, answer):
    (tmp_path / "commas.csv").write_text("a,b\n1,2,\n3,4,\n")
    assert answer in run(*arguments, code=code).stderr
