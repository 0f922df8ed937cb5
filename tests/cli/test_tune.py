"""`selenite tune`: its words, its JSON, and what it refuses."""

import json

import selenite


def test_it_shows_what_was_tried_and_fits(run, people):
    arguments = ("--target", "happy", "--trials", 3, "--preset", "fast", "--seed", 2)
    said = run("tune", people, *arguments).stdout
    assert "  3 trials, on 170 validation rows" in said
    assert "of the recipe)" in said
    assert "Tuning: " in said
    assert "on 30 test rows" in said
    assert "Verdict" in said
    told = json.loads(run("tune", people, *arguments, "--json").stdout)
    assert [trial["loss"] for trial in told["trials"]] == [
        trial.loss for trial in selenite.load("people.selenite").recipe.trials
    ]
    assert told["rows"]["test"] == 30
    assert 1 <= told["chosen_trial"] <= 3


def test_the_page_has_the_trials_and_the_command(run, people, tmp_path):
    run("tune", people, "--target", "happy", "--trials", 2, "--preset", "fast", "-o", "m.selenite", "-q")
    run("report", "m.selenite", people)
    page = (tmp_path / "m.html").read_text()
    assert "Settings that were tried" in page
    assert "selenite tune people.csv --target happy --preset fast --test-fraction 0.15 --trials 2 -o m.selenite" in page


def test_minutes_and_trials_are_one_question(run, people):
    told = run("tune", people, "--target", "happy", "--trials", 3, "--minutes", 1, code=2).stderr
    assert "give --minutes or --trials, not both" in told
    assert "--target" in run("tune", people, code=2).stderr
