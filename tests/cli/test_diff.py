"""`selenite diff` reads each model's rows as that model does, and keeps to 80 columns."""

import json
import shutil

import numpy as np
import pytest

from selenite import load
from selenite.model.rows import rows_used
from selenite.table import read_table
from selenite.table.cells import cell_texts


@pytest.fixture
def models(fitted_to_people, people, tmp_path):
    """Two models, the second trained for longer, and a file that neither was fitted on."""
    for name, epochs in (("a", "2"), ("b", "30")):
        shutil.copy(fitted_to_people("--epochs", epochs, "--preset", "fast", "--members", "2"), tmp_path / name)
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


@pytest.mark.parametrize("copies", [0, 40])
def test_of_the_table_fitted_on_the_test_rows_of_both_judge(copies, run, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=1200).round(6)
    lines = [
        f"{each},{'yes' if each + noise > 0 else 'no'}" for each, noise in zip(x, rng.normal(size=1200), strict=True)
    ]
    (tmp_path / "many.csv").write_text("\n".join(["x,y", *lines, *lines[:copies]]) + "\n")
    for name, seed in (("a", 0), ("b", 1)):
        options = ["--epochs", 1, "--preset", "fast", "--members", 1, "--hidden", 4, "--seed", seed]
        run("fit", "many.csv", "--target", "y", "-o", name, "-q", *options)
    table = read_table("many.csv")
    aside = [rows_used(load(name), table).aside for name in ("a", "b")]
    both = sorted(set(aside[0]) & set(aside[1]))
    found = json.loads(run("diff", "a", "b", "--on", "many.csv", "--json").stdout)["answers"]["judgement"]
    assert (found["n_rows"], found["learned"]) == (len(both), "")
    assert len(both) < min(map(len, aside))
    right = [(load(name).predict(table.without("y")) == np.array(cell_texts(table["y"])))[both] for name in ("a", "b")]
    assert found["only_a_right"] == (right[0] & ~right[1]).sum()
    assert (found["p_value"] is None) == bool(copies)  # rows that belong together are no throws of a coin


def test_without_rows_and_of_equal_files(run, models):
    assert "Verdict: A and B differ in their settings, " in run("diff", "a", "b").stdout
    assert run("diff", "a", "a").stdout == (
        "A  a\nB  a\n\nVerdict: A and B are equal in everything that their files hold.\n"
    )


def test_an_export_on_either_side_answers_as_its_model_does(run, models):
    run("export", "b", "--to", "python", "-o", "home", "--name", "it")
    of_model, on_b, on_a = (
        json.loads(run("diff", *both, "--on", models, "--json").stdout)
        for both in (("a", "b"), ("a", "home"), ("home/it.py", "a"))
    )
    wanted, found, turned = of_model["answers"], on_b["answers"], on_a["answers"]
    assert (on_b["changes"], on_b["weights"], on_b["equal"]) == (None, None, None)
    for name in ("only_a_right", "only_b_right", "p_value"):
        assert found["judgement"][name] == wanted["judgement"][name]
    assert (turned["judgement"]["only_a_right"], turned["n_changed"]) == (
        wanted["judgement"]["only_b_right"], wanted["n_changed"])  # fmt: skip
    assert found["judgement"]["loss"]["b"] == pytest.approx(wanted["judgement"]["loss"]["b"], abs=1e-6)
    assert found["largest"]["b"] == pytest.approx(wanted["largest"]["b"], abs=1e-6)
    text = run("diff", "b", "home", "--on", models).stdout
    assert "Verdict: A and B give the same answers, but for rounding." in text
    assert "Which rows it learned from an export does not tell." in text
    run("export", "a", "--to", "python", "-o", "home", "--name", "other")
    for both, message in (
        (("a", "home"), 'home holds 2 exports: "home/it.py", "home/other.py"; name one'),
        (("a", "home/none.py"), "home/none.py is not there: name a model, or the folder or file of an export"),
        (("a", "."), "holds no export"),
    ):
        assert message in run("diff", *both, "--on", models, code=2).stderr
    assert "an export has answers alone: give a table, --on TABLE" in run("diff", "a", "home/it.py", code=2).stderr


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
