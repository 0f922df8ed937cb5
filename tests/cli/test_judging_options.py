"""`fit --seeds`, `--folds`, `--repeat` and `--out-of-fold`: what they say is what models say of rows they never saw."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, log_loss

import selenite
from selenite.backend import limit_threads
from selenite.errors import OptionError
from selenite.fitting.out_of_fold import judged_again
from selenite.splits.grouping import Grouping
from selenite.splits.split import parts
from selenite.table import read_table

QUICK = ("--preset", "fast", "--epochs", 4, "--hidden", 8)
SAME = {"preset": "fast", "epochs": 4, "hidden": 8}


@pytest.fixture
def clinics(tmp_path):
    """Write 300 visits of 30 patients, one a day; whether they got better depends on the dose."""
    rng = np.random.default_rng(1)
    dose, age = rng.normal(size=300), rng.integers(20, 80, 300)
    frame = pd.DataFrame(
        {
            "dose": dose.round(3),
            "age": age,
            "patient": [f"p{k // 10}" for k in range(300)],
            "day": pd.date_range("2024-01-01", periods=300).strftime("%Y-%m-%d"),
            "better": np.where(dose + 0.5 * rng.normal(size=300) > 0, "yes", "no"),
        }
    )
    path = tmp_path / "clinics.csv"
    frame.sample(frac=1, random_state=0).to_csv(path, index=False)
    return path


def test_folds_are_judged_by_models_without_them(run, clinics):
    """The rows of a file come in its order, the figures are those of its predictions, and the report finds them."""
    options = ("--groups", "patient", "--folds", 4, "--out-of-fold", "oof.csv", "--json")
    found = json.loads(run("fit", clinics, "--target", "better", *QUICK, *options).stdout)
    told, rows = pd.read_csv("oof.csv"), pd.read_csv(clinics)
    assert told.columns.tolist() == ["prediction", "probability of no", "probability of yes"]
    assert found["folds"] == 4
    figures = found["test"]["selenite"]
    assert figures["accuracy"]["value"] == pytest.approx(accuracy_score(rows["better"], told["prediction"]))
    assert figures["log loss"]["value"] == pytest.approx(log_loss(rows["better"], told.iloc[:, 2]), rel=1e-5)
    model = selenite.load("clinics.selenite")
    assert (model.data.folds, model.data.test_rows, model.data.training_rows) == (4, 0, 300)
    again = judged_again(model, read_table(clinics))
    assert again.as_stored
    assert np.allclose(again.prediction, told.iloc[:, 1:])


def test_every_row_is_told_by_a_model_that_has_not_seen_it(clinics):
    """Answers that follow the patient alone cannot be told of patients that no row trained."""
    frame = pd.read_csv(clinics)
    frame["better"] = np.where(np.random.default_rng(0).random(30) < 0.5, "yes", "no")[
        frame["patient"].str[1:].astype(int)
    ]
    frame["token"] = "t" + frame["patient"].str[1:]
    of_rows = selenite.fit(frame, "better", folds=5, drop=["patient"], preset="fast", epochs=20)
    frame = frame[["token", "better", "patient"]]
    of_groups = selenite.fit(frame, "better", folds=5, groups="patient", preset="fast", epochs=20)
    assert of_rows.figures["selenite"][0].value > 0.95
    assert of_groups.figures["selenite"][0].value < 0.8


def test_stretches_of_time_are_told_by_the_rows_before():
    times = np.array([50, 10, 30, 20, 60, 40, 50])
    for fitting, judging in parts(7, 3, 0.1, 0, grouping=Grouping(times=times)):
        assert times[fitting].max() < times[judging].min()


def test_rows_before_the_first_stretch_have_gaps(run, clinics):
    options = ("--time-column", "day", "--folds", 4, "--out-of-fold", "oof.parquet", "--seeds", 2)
    told = run("fit", clinics, "--target", "better", *QUICK, *options).output
    assert "rows of 4 stretches of time, each by a model fitted on the rows before" in " ".join(told.split())
    found, days = pd.read_parquet("oof.parquet"), pd.read_csv(clinics)["day"]
    gap = found["probability of yes"].isna()
    assert gap.sum() == 60
    assert days[gap].max() < days[~gap].min()
    assert (found["prediction"][gap] == "").all()
    assert judged_again(selenite.load("clinics.selenite"), read_table(clinics)).as_stored
    run("report", "clinics.selenite", clinics)
    page = Path("clinics.html").read_text()
    assert "--time-column day --folds 4 --seeds 2" in page
    assert "Over 2 seeds, on the same rows" in page
    assert "stretches of time" in page


def test_folds_drawn_again_judge_again(clinics):
    once = selenite.fit(clinics, "better", folds=3, **SAME)
    twice = selenite.fit(clinics, "better", folds=3, repeat=2, **SAME)
    assert (once.n_judged, twice.n_judged) == (300, 300)
    assert "each by 2 models fitted without its fold" in " ".join(str(twice).split())
    assert once.model.data.repeats == 1
    assert twice.to_dict()["repeats"] == 2
    widths = [one.high - one.low for one in (fit.figures["selenite"][0] for fit in (once, twice))]
    assert widths[1] > 0.8 * widths[0]  # the same rows again tell hardly more


def test_a_threshold_decides_out_of_fold_too(clinics):
    found = selenite.fit(clinics, "better", folds=3, threshold="0.8", **SAME)
    told = found.out_of_fold.columns()
    assert told["prediction"] == ["yes" if p >= 0.8 else "no" for p in told["probability of yes"]]
    right = np.mean(np.array(told["prediction"]) == pd.read_csv(clinics)["better"])
    assert found.figures["selenite"][0].value == pytest.approx(right)


def test_seeds_show_how_figures_vary(run, clinics):
    said = run("fit", clinics, "--target", "better", *QUICK, "--test-fraction", 0.3, "--seeds", 3, "--seed", 7).output
    model = selenite.load("clinics.selenite")
    accuracy = next(one for one in model.over_seeds if one.metric == "accuracy")
    assert len(set(accuracy.values)) > 1
    assert accuracy.mean == pytest.approx(np.mean(accuracy.values))
    assert accuracy.deviation == pytest.approx(np.std(accuracy.values, ddof=1))
    assert model.figures[0].value == accuracy.values[0]
    assert "Over 3 seeds, on the same rows: accuracy" in " ".join(said.split())
    one = selenite.fit(clinics, "better", seed=7, test_fraction=0.3, **SAME)
    assert (one.model.parameters == model.parameters).all()  # the first seed's
    assert not one.model.over_seeds


def test_each_of_several_targets_is_judged_over_seeds_and_told_out_of_its_fold(run):
    X = np.random.default_rng(0).normal(size=(120, 3))
    frame = pd.DataFrame(X, columns=["x0", "x1", "x2"]).assign(small=X[:, 0] * X[:, 1], large=5000 + 900 * X[:, 2])
    labels = {"sign": np.where(X[:, 0] > 0, "yes", "no"), "light": np.where(X[:, 2] > 0.2, "on", "off")}
    frame.assign(**labels).to_csv("rows.csv", index=False)
    options = ("--hidden", "8", "--members", 1, "--epochs", 4, "--folds", 3, "--seeds", 2, "--out-of-fold", "oof.csv")
    fit = ("fit", "rows.csv", "-o", "m.selenite", *options)
    said = run(*fit, "--target", "small,large", "--drop", "sign,light").output
    found, model = pd.read_csv("oof.csv"), selenite.load("m.selenite")
    assert list(found) == ["prediction for small", "prediction for large"]
    for one in model.each:
        name = one.target.name
        rmse = next(figure.value for figure in one.figures if (figure.metric, figure.model) == ("RMSE", "selenite"))
        assert np.sqrt(((found[f"prediction for {name}"] - frame[name]) ** 2).mean()) == pytest.approx(rmse)
        spread = next(each for each in one.over_seeds if each.metric == "RMSE")
        assert len(set(spread.values)) == 2
        assert spread.values[0] == pytest.approx(rmse)
    assert said.count("Over 2 seeds, on the same rows") == 2
    assert "light" in run(*fit, "--target", "sign,light", "--drop", "small,large", "--json").output
    found = pd.read_csv("oof.csv")
    assert list(found)[2:4] == ["probability of yes for sign", "prediction for light"]
    run("report", "m.selenite", "rows.csv", "--of", "light")
    page = Path("m.html").read_text()
    assert "--folds 3 --seeds 2" in page
    assert "Over 2 seeds" in page


def test_threads_change_nothing(clinics):
    found = []
    for n in (1, 2):
        with limit_threads(n):
            fit = selenite.fit(clinics, "better", folds=3, repeat=2, seeds=2, members=2, epochs=3, hidden=(8,))
            found.append((fit.model.to_bytes(), fit.out_of_fold.values.tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"repeat": 2}, "say how many with folds"),
        ({"folds": 5, "test_fraction": 0.2}, "leave test_fraction out"),
        ({"folds": 5, "repeat": 2, "time_column": "day"}, "leave repeat out"),
        ({"folds": 1}, "at least 2"),
        ({"seeds": 0}, "at least 1"),
    ],
)
def test_what_does_not_go_together_is_refused(clinics, options, said):
    with pytest.raises(OptionError, match=said):
        selenite.fit(clinics, "better", **options, **SAME)


def test_classes_of_one_row_cannot_be_told_in_folds(clinics):
    frame = pd.read_csv(clinics)
    frame.loc[3, "better"] = "perhaps"
    with pytest.raises(OptionError, match='none of the class "perhaps"'):
        selenite.fit(frame, "better", folds=5, **SAME)


def test_the_command_refuses_before_it_fits(run, clinics):
    fit = ("fit", clinics, "--target", "better", *QUICK)
    assert "--folds, such as 5" in run(*fit, "--out-of-fold", "o.csv", code=2).output
    assert "file of predictions" in run(*fit, "--folds", 3, "-o", "o.x", "--out-of-fold", "o.x", code=2).output
    run(*fit, "-q")
    refused = run("fit", clinics, "--from", "clinics.selenite", "-o", "b.selenite", "--folds", 3, code=2).output
    assert "--folds does not go with --from" in refused


def test_a_folder_of_very_many_rows_is_read_at_once_for_them(run, clinics, tmp_path, monkeypatch):
    monkeypatch.setattr("selenite.cli.streaming.LARGE", 100)
    frame = pd.read_csv(clinics)
    (tmp_path / "folder").mkdir()
    for part in range(2):
        frame[150 * part : 150 * (part + 1)].to_parquet(tmp_path / "folder" / f"{part}.parquet")
    frame.to_parquet(tmp_path / "file.parquet")
    asked = ("--target", "better", "--folds", 2, *QUICK, "-q")
    for source in ("folder", "file.parquet"):
        run("fit", source, *asked, "-o", f"{source}.selenite")
    assert (tmp_path / "folder.selenite").read_bytes() == (tmp_path / "file.parquet.selenite").read_bytes()
    told = run("fit", "folder", *asked, "--stream", code=2).stderr
    assert (
        "--folds needs all rows of folder in memory, and --stream reads them in pieces: leave one of them out" in told
    )
    monkeypatch.setattr("selenite.cli.streaming.free_memory", lambda: 1000)
    assert "need at least" in run("fit", "folder", *asked, code=3).stderr
