"""`selenite export` writes, says what it checked, and checks again; what is wrong ends it in one line."""

import subprocess
import sys

import pytest


def test_a_model_is_written_and_checked_and_checked_again(run, model, tmp_path):
    folder = tmp_path / "home"
    said = run("export", model, "--to", "python", "-o", folder, "--name", "people").stdout
    assert said.splitlines()[0] == str(folder / "people.py")
    assert "people.py checked on 64 rows: largest difference" in said
    assert said.splitlines()[1] == run("export", model, "--verify", folder).stdout.strip()


def test_the_module_answers_a_file_of_rows(run, model, people, tmp_path):
    run("export", model, "--to", "python", "-o", tmp_path, "--name", "people")
    answered = subprocess.run(
        [sys.executable, tmp_path / "people.py", people], capture_output=True, text=True, check=True
    ).stdout
    predicted = run("predict", model, people, "-q").stdout
    assert [line.split(",")[0] for line in answered.splitlines()[1:]] == [
        line.split(",")[0] for line in predicted.splitlines()[1:]
    ]


def test_an_answer_that_moved_is_told(run, model, tmp_path):
    run("export", model, "--to", "python", "-o", tmp_path, "--name", "people")
    path = tmp_path / "people.py"
    path.write_text(path.read_text().replace('"mixing"', '"mixed"') + "\noutput = lambda row: [0.5]\n")
    said = run("export", model, "--verify", tmp_path, code=1).stderr
    assert said.startswith("error: people.py ")


@pytest.mark.parametrize("arguments", [[], ["--to", "c", "--verify", "x"]])
def test_what_to_do_is_said(run, model, arguments):
    assert (
        "say what to write, --to c|js|onnx|html|python, or what to check"
        in run("export", model, *arguments, code=2).stderr
    )


def test_a_page_compares_with_the_rows_of_data(run, model, people, tmp_path):
    run("export", model, "--to", "html", "-o", tmp_path, "--name", "people", "--data", people)
    assert "100 rows drawn from 200" in (tmp_path / "people.html").read_text()
    assert "--data is for" in run("export", model, "--to", "js", "--data", people, code=2).stderr


def test_integers_are_judged_beside_the_model(run, model, people, tmp_path):
    said = run("export", model, "--to", "c", "--integer", "-o", tmp_path, "--tolerance", 1, "--data", people).stdout
    assert "Proved over the ranges of training: no probability differs by more than" in said
    assert "Measured on 200 rows of people.csv" in said or "no C compiler" in said
    assert run("export", model, "--verify", tmp_path).stdout.startswith("m.h ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "js", "--integer"], "--integer is for --to c"),
        (["--to", "c", "--data", "x.csv"], "--data is for --distil, --int"),
        (["--to", "js", "--distil", "16,8"], "--distil needs --data TABLE: the table that MODEL was fitted on"),
        (["--to", "js", "--distil", "16;8", "--data", "x.csv"], "'16;8' must be sizes from 1 to 65536, such as 64,32"),
    ],
)
def test_options_that_need_others_say_so(run, model, arguments, message):
    assert message in run("export", model, *arguments, code=2).stderr


def test_a_small_network_is_exported_in_place_of_the_model(run, model, people, tmp_path):
    folder = tmp_path / "home"
    asked = ("--distil", "6,4", "--data", people, "--name", "small")
    said = run("export", model, "--to", "python", "-o", folder, *asked).stdout
    assert said.startswith("distilled: one network ")
    assert "on all 200 rows, each by models fitted without its fold" in said
    assert f"The distilled model is {folder / 'small.selenite'};" in said.replace("\n  ", " ")
    assert run("export", folder / "small.selenite", "--verify", folder).stdout.startswith("small.py checked on")
    assert "lies beside it: check with that model" in run("export", model, "--verify", folder, code=1).stderr
    assert "is read; name another" in run("export", model, "--to", "c", "-o", ".", *asked[:4], code=2).stderr


def test_distilling_needs_the_answers(run, model, tmp_path):
    (tmp_path / "x.csv").write_text("age,pets,garden\n30,cat,yes\n")
    said = run("export", model, "--to", "js", "--distil", "4", "--data", "x.csv", code=4).stderr
    assert 'column "happy", which the model predicts, is missing in x.csv' in said
