"""`selenite diff` reads each model's rows as that model does, and keeps to 80 columns."""

import json

import pytest


@pytest.fixture
def models(run, people, tmp_path):
    """Two models, the second trained for longer, and a file that neither was fitted on."""
    for name, epochs in (("a", 2), ("b", 30)):
        run(
            "fit", people, "--target", "happy", "-o", name, "-q", "--epochs", epochs, "--preset", "fast", "--members", 2
        )
    lines = people.read_text().splitlines()
    (tmp_path / "new.csv").write_text("\n".join([lines[0], *lines[60:]]) + "\n")
    return "new.csv"


def test_two_models_on_new_rows(run, models):
    text = run("diff", "a", "b", "--on", models).stdout
    assert text.startswith("A  a\nB  b\n\n")
    assert "epochs                    2 → 30" in text
    assert "answers on new.csv, 141 rows" in text
    assert "\nVerdict: B is better" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_same_as_json(run, models):
    found = json.loads(run("diff", "a", "b", "--on", models, "--json").stdout)
    assert (found["a"], found["b"], found["equal"]) == ("a", "b", False)
    assert found["answers"]["judgement"]["n_rows"] == 141
    assert {layer["layer"] for layer in found["weights"]} >= {"hidden1", "output"}


def test_rows_that_both_learned_from_judge_none(run, models, people):
    text = " ".join(run("diff", "a", "b", "--on", people).stdout.split())
    assert "Verdict: none, A and B learned from these rows" in text


def test_without_rows_and_of_equal_files(run, models):
    assert "Verdict: A and B differ in their settings, " in run("diff", "a", "b").stdout
    assert run("diff", "a", "a").stdout == (
        "A  a\nB  a\n\nVerdict: A and B are equal in everything that their files hold.\n"
    )


def test_a_table_in_the_place_of_a_model_is_one_line(run, models, people):
    assert "is not a model" in run("diff", "a", people, code=5).stderr


def test_each_model_reads_a_file_in_its_own_way(run, models, people, tmp_path):
    run(
        "fit", people, "--target", "happy", "-o", "c", "-q", "--epochs", 2, "--preset", "fast", "--kind", "age=category"
    )
    rows = (tmp_path / models).read_text()
    assert ", 141 rows" in run("diff", "a", "b", "--on", "-", stdin=rows).stdout
    assert "age                       number → category" in run("diff", "a", "c", "--on", models).stdout
    assert "name a file" in run("diff", "a", "c", "--on", "-", stdin=rows, code=2).stderr
