"""inspect, fit, predict and score on a file: the figures agree, the files are as promised, mistakes are named."""

import csv
import gzip
import io
import json
import math

import msgspec
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

import selenite
from selenite.fitting.out_of_fold import judged_again
from selenite.model import Model
from selenite.table import ReadOptions, read_table


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_inspect_says_what_is_there(run, people):
    text = run("inspect", people).stdout
    assert "200 rows, 5 columns" in text
    for words in ("age", "number", "missing", "category", "3: cat, dog, none", "yes/no", "target?"):
        assert words in text
    report = json.loads(run("inspect", people, "--target", "happy", "--json").stdout)
    assert {column["name"]: column["kind"] for column in report["columns"]}["id"] == "identifier"
    assert report["rows"] == 200
    classes = report["target"]["classes"]
    assert classes == {label: people.read_text().count(f",{label}\n") for label in ("no", "yes")}
    assert report["target"]["baseline"]["accuracy"] == max(classes.values()) / 200


def test_inspect_says_how_the_answers_are_spread_and_what_to_beat(run, tmp_path):
    lines = [f"{i % 2},{'abc'[max(i - 7, 0)]},{i * i}.5" for i in range(10)]
    (tmp_path / "t.csv").write_text("\n".join(["x,kind,number", *lines]) + "\n")
    told = run("inspect", "t.csv", "--target", "kind").stdout
    assert "target     3 classes: a in 80 %, b in 10 %, c in 10 % of the rows\n" in told
    assert "to beat    Always the commonest class, a, is right in 80 %\n\nNext: selenite fit" in told
    number = run("inspect", "t.csv", "--target", "number").stdout
    assert "target     0.5 to 81.5, mean 29, median 21\n" in number
    off = sum(abs(i * i - 28.5) for i in range(10)) / 10
    assert f"Always the mean is off by {off:.1f} on average\n\nNext: selenite fit t.csv --target number" in number


def test_inspect_says_why_a_column_cannot_be_the_target(run, people):
    told = run("inspect", people, "--target", "age").stdout
    assert 'The target, column "age", is missing in' in " ".join(told.split())
    assert "Next" not in told
    assert json.loads(run("inspect", people, "--target", "age", "--json").stdout)["target"] is None


def test_what_inspect_prints_is_80_wide(run, tmp_path):
    categories = [f"a category with a long name {i}" for i in range(9)]
    (tmp_path / "t.csv").write_text("\n".join(["kind,x", *(f"{categories[i % 9]},{i}" for i in range(99))]) + "\n")
    assert max(map(len, run("inspect", "t.csv", "--target", "kind").stdout.splitlines())) <= 80


def test_fit_predict_and_score_give_the_same_figures(run, people):
    aside = ("--test-fraction", 0.15)
    told = json.loads(run("fit", people, "--target", "happy", "-o", "m.selenite", "--json", *aside).stdout)
    assert told["rows"] == {"training": 170, "validation": 20, "test": 30}
    assert (told["members"], told["folds"], len(told["best_epochs"])) == (6, 0, 6)
    figures = {name: metric["value"] for name, metric in told["test"]["selenite"].items()}
    assert figures["accuracy"] >= 0.95 > told["test"]["majority"]["accuracy"]["value"]
    assert told["test"]["linear"]["accuracy"]["value"] < 0.9  # an exclusive or: no line parts it

    scored = json.loads(run("score", "m.selenite", people, "--json").stdout)["scores"]
    found = {name: m["value"] for name, m in scored["test_rows"]["metrics"].items()}
    assert {name: found[name] for name in figures} == figures
    assert {"balanced accuracy", "precision", "recall", "F1", "MCC", "average precision", "Brier score"} < found.keys()
    assert scored["test_rows"]["rows"] == 30

    run("predict", "m.selenite", people, "-o", "out.csv", "-q")
    predicted = rows_of(people.with_name("out.csv").read_text())
    truth = [row["happy"] for row in rows_of(people.read_text())]
    yes = np.array([float(row["probability of yes"]) for row in predicted])
    answers = np.array(truth) == "yes"
    everything = {name: m["value"] for name, m in scored["all_rows"]["metrics"].items()}
    assert everything["accuracy"] == accuracy_score(truth, [row["prediction"] for row in predicted])
    assert everything["log loss"] == pytest.approx(log_loss(answers, yes), abs=1e-6)
    assert everything["area under ROC"] == pytest.approx(roc_auc_score(answers, yes), rel=1e-6)


def test_score_predicts_once(run, people, tmp_path, monkeypatch):
    run("fit", people, "--target", "happy", "-o", "m.selenite", "--epochs", 2, "--test-fraction", 0.15, "-q")
    output, calls = Model.output, []
    monkeypatch.setattr(Model, "output", lambda model, inputs: calls.append(len(inputs)) or output(model, inputs))
    run("score", "m.selenite", people, "--plot", "score.png")
    assert calls == [200]


def test_fit_prints_result_baselines_and_next_steps(run, people):
    text = " ".join(run("fit", people, "--target", "happy", "--epochs", 30).output.split())
    for words in (
        "200 training rows, of which each member takes",
        "as its validation rows; judged in 5 folds (seed 0)",
        "hidden layers 128,64 relu, 1 output;",
        "on all 200 rows, each by a model fitted without its fold",
        "selenite",
        "linear",
        "commonest class",
        "±",
        "Verdict:",
        "Saved people.selenite",
        "Next:",
    ):
        assert words in text
    assert "would only be learnt by heart" in text


def test_classes_of_one_row_each_are_refused(run, tmp_path):
    (tmp_path / "names.csv").write_text("x,name\n" + "".join(f"{k % 7},n{k}\n" for k in range(60)))
    said = run("fit", tmp_path / "names.csv", "--target", "name", "-o", "m", code=2).output
    assert "has 60 classes in 60 rows: too few rows of each to learn it" in said
    assert "from 1 column\n" in said
    assert not (tmp_path / "m").exists()


def test_few_rows_are_judged_out_of_their_folds(run, people):
    told = json.loads(run("fit", people, "--target", "happy", "-o", "m", "--json").stdout)
    assert (told["folds"], told["rows"]["training"], told["rows"]["test"]) == (5, 200, 0)
    assert told["test"]["selenite"]["accuracy"]["value"] > 0.9
    assert told["test"]["linear"]["accuracy"]["value"] < 0.9
    text = run("score", "m", people).output
    assert "so these figures are too kind" in text
    figure = f"accuracy {told['test']['selenite']['accuracy']['value']:.3f}"
    assert figure in text
    assert "test_rows" not in json.loads(run("score", "m", people, "--json").stdout)["scores"]


def test_rows_that_stay_together_are_judged_together(run, tmp_path):
    """Each person has twenty rows of one label, which a network could learn by heart; groups tell it cannot."""
    rng = np.random.default_rng(0)
    rows = [
        f"{person},{rng.normal():.3f},{taste + 0.01 * rng.normal():.3f},{rng.integers(1, 4)},{label}"
        for person, (taste, label) in enumerate(zip(rng.normal(size=60), rng.integers(0, 2, 60), strict=True))
        for _ in range(20)
    ]
    (tmp_path / "t.csv").write_text("person,x,taste,count,y\n" + "\n".join(rows) + "\n")
    fit = ("fit", "t.csv", "--target", "y", "--json", "--members", 2)
    apart = json.loads(run(*fit).stdout)
    together = json.loads(run(*fit, "--groups", "person").stdout)
    assert apart["test"]["selenite"]["accuracy"]["value"] > 0.9
    assert together["test"]["selenite"]["accuracy"]["value"] < 0.8
    assert together["rows"]["test"] in (160, 180)
    assert "test_rows" in json.loads(run("score", "t.selenite", "t.csv", "--json").stdout)["scores"]
    quick = ("fit", "t.csv", "--target", "y", "--json", "--epochs", 2, "--members", 1)
    by_time = json.loads(run(*quick, "--time-column", "person").stdout)
    assert by_time["rows"]["test"] in (160, 180)
    weighted = json.loads(run(*quick, "--weights", "count").stdout)
    assert weighted["layer_sizes"][0] == apart["layer_sizes"][0] - 2  # the weights are not learnt from
    told = run("fit", "t.csv", "--target", "y", "--preset", "fast", "--weights", "count", "--groups", "person").stdout
    assert "from 2 columns" in told  # x and taste
    assert (
        "cannot be held out by both"
        in run("fit", "t.csv", "--target", "y", "--groups", "person", "--time-column", "x", code=2).stderr
    )


def weighted_rows(rng, n):
    for a, b, weight in zip(rng.normal(size=n), rng.choice(["u", "v"], n), rng.integers(0, 3, n), strict=True):
        yield f"{a:.3f},{b},{weight},{a * 2:.3f},{'p' if a > 0 else 'n'}"


def test_weights_beside_validation_rows_of_your_own(run, tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "t.csv").write_text("a,b,w,z,y\n" + "\n".join(weighted_rows(rng, 180)))
    rows = [row.split(",") for row in weighted_rows(rng, 60)]
    (tmp_path / "v.csv").write_text("more,y,b,a,z\n" + "\n".join(f"1,{y},{b},{a},{z}" for a, b, _, z, y in rows))
    (tmp_path / "short.csv").write_text("y,b,z\n" + "\n".join(f"{y},{b},{z}" for _, b, _, z, y in rows))
    told = run("fit", "t.csv", "--target", "y", "--preset", "fast", "--weights", "w", "--validation", "v.csv").stdout
    assert " and 60 validation rows, those of v.csv;" in told
    fit = ("fit", "t.csv", "--target", "y", "--preset", "fast", "--weights")
    assert 'column "a" is missing in short.csv' in run(*fit, "w", "--validation", "short.csv", code=4).stderr
    assert "on all 180 rows, each by a model" in run(*fit, "w").stdout  # those of weight 0 are judged, too
    assert 'the weights in "a" must be numbers from 0 on' in run(*fit, "a", code=2).stderr
    assert 'the weights in "b" must be numbers' in run(*fit, "b", code=2).stderr


def test_weights_may_number_the_rows(run, tmp_path):
    """They are no column to learn from, so nothing is said of it; and the folds are fitted again as they were."""
    x = np.random.default_rng(0).normal(size=300)
    rows = "\n".join(f"{k + 1},{a:.3f},{a * a:.3f}" for k, a in enumerate(x))
    (tmp_path / "t.csv").write_text(f"w,x,y\n{rows}\n")
    told = run("fit", "t.csv", "--target", "y", "--preset", "fast", "--weights", "w").stdout
    assert "y (a number) from 1 column\n" in told
    assert "set aside" not in told
    model, table = selenite.load("t.selenite"), read_table("t.csv", ReadOptions())
    assert [column.name for column in model.schema.columns] == ["x"]
    assert judged_again(model, table).as_stored


def test_options_that_do_not_go_together(run, people):
    told = run("fit", people, "--target", "id", "--task", "regression", "--class-weight", "balanced", code=2).stderr
    assert 'class weights are for classes; column "id" holds numbers' in told
    assert (
        "is not a whole number from 0 to 9223372036854775807"
        in run("fit", people, "--target", "happy", "--seed", 2**64, code=2).stderr
    )
    assert (
        "must lie between 0 and 1" in run("fit", people, "--target", "happy", "--test-fraction", "nan", code=2).stderr
    )


def test_equal_answers_do_not_spoil_the_model(run, tmp_path):
    """R2 is 0 then, as scikit-learn has it."""
    (tmp_path / "t.csv").write_text("x,y\n" + "\n".join(f"{7 * i % 11},7.3" for i in range(40)))
    run("fit", "t.csv", "--target", "y", "--preset", "fast")
    (first, *_) = rows_of(run("predict", "t.selenite", "t.csv", "-q").stdout)
    assert float(first["prediction"]) == pytest.approx(7.3, abs=0.1)
    assert {figure.metric for figure in selenite.load("t.selenite").figures} == {"R2", "RMSE", "MAE"}


def test_fit_twice_gives_the_same_file(run, people, tmp_path):
    for name in ("a", "b"):
        run("fit", people, "--target", "happy", "-o", name, "-q", "--epochs", 5)
    run("fit", people, "--target", "happy", "-o", "c", "-q", "--epochs", 5, "--seed", 1)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b != c
    selenite.load("a").save("d")
    assert (tmp_path / "d").read_bytes() == a


def test_fit_a_number_with_every_option(run, tmp_path):
    rng = np.random.default_rng(1)
    for name in ("t.csv", "v.csv"):
        rows = "\n".join(f"{a:.4f};{a * a + 1:.4f}" for a in rng.uniform(-2, 2, 400))
        (tmp_path / name).write_text("x;y\n" + rows.replace(".", ","))
    told = json.loads(
        run(
            *("fit", "t.csv", "--target", "y", "--hidden", "16,8", "--activation", "tanh", "--loss", "huber(1.0)"),
            *("--epochs", 60, "--batch-size", 16, "--learning-rate", 0.02, "--seed", 3, "--validation", "v.csv"),
            *("--separator", ";", "--decimal", ",", "--json", "--task", "regression", "--test-fraction", 0.2),
        ).stdout
    )
    assert told["layer_sizes"] == [2, 16, 8, 1]  # the number, and its rank
    assert told["rows"] == {"training": 320, "validation": 400, "test": 80}
    assert told["test"]["selenite"]["R2"]["value"] > 0.95 > 0.5 > told["test"]["linear"]["R2"]["value"]
    predicted = rows_of(run("predict", "t.selenite", "-", "-q", stdin="x\n0,5\n").stdout)  # reads as fit did
    assert float(predicted[0]["prediction"]) == pytest.approx(1.25, abs=0.15)


def test_divergence_is_told_once_and_few_rows_get_no_verdict(run, people, tmp_path):
    diverging = ("fit", people, "--target", "happy", "-o", "m", "--learning-rate", "1e9", "--members", 2)
    told = run(*diverging, code=9)
    assert (told.output.count("diverged in epoch 1"), told.stderr.count("error: training diverged")) == (1, 1)
    assert "Warning" not in told.output
    assert "Next:" not in told.output
    assert "Saved" not in told.output
    assert "Nothing is saved; --keep-diverged saves them" in " ".join(told.stderr.split())
    assert not (tmp_path / "m").exists()
    for option in ("-q", "--json"):
        told = run(*diverging, option, "--keep-diverged", code=9)
        assert "error: training diverged in epoch 1" in told.stderr
        assert "They are in m" in told.stderr
        assert selenite.load("m").recipe.ended == "diverged"
    assert json.loads(told.stdout)["ended"] == "diverged"
    (tmp_path / "few.csv").write_text("x,y\n" + "".join(f"{i * 7 % 11},{i % 3}\n" for i in range(40)))
    assert (
        "Verdict: none, 6 rows are too few"
        in run("fit", "few.csv", "--target", "y", "--epochs", 3, "--test-fraction", 0.15).output
    )


def test_predict_reads_stdin_keeps_order_and_flags_what_is_new(run, people):
    run("fit", people, "--target", "happy", "-o", "m", "-q", "--epochs", 30)
    new = "garden,pets,age,more\nyes,dog,30,1\nno,tiger,30,1\nyes,cat,300,1\n"
    result = run("predict", "m", "-", stdin=new)
    predicted = rows_of(result.stdout)
    assert predicted[0]["prediction"] == "yes"
    assert predicted[0]["outside"] == ""
    assert predicted[1]["outside"] == 'pets category "tiger" never seen'
    assert predicted[2]["outside"].startswith("age above")
    assert "2 rows flagged" in result.stderr
    assert run("predict", "m", "-", "--strict", stdin=new, code=6).stdout == ""
    lines = run("predict", "m", "-", "--json", "-q", stdin=new).stdout.splitlines()
    assert [json.loads(line)["prediction"] for line in lines] == [row["prediction"] for row in predicted]


def test_predict_suggests_a_rename_and_takes_it(run, people, model):
    error = run("predict", model, "-", stdin="age_years,pets,garden\n30,dog,no\n", code=4).stderr
    assert 'column "age" is missing' in error
    assert "--rename age_years=age" in error
    renamed = run("predict", model, "-", "--rename", "age_years=age", stdin="age_years,pets,garden\n30,dog,no\n")
    assert len(rows_of(renamed.stdout)) == 1


def test_names_with_an_equals_sign_are_renamed_as_suggested(run, tmp_path):
    rows = "".join(f"{'pq'[i % 2]},{i % 7},{'ab'[i % 2]}\n" for i in range(60))
    (tmp_path / "t.csv").write_text("the=kind,x,y\n" + rows)
    run("fit", "t.csv", "--target", "y", "-q", "--epochs", 2)
    (tmp_path / "u.csv").write_text("its=kind,x\np,1\n")
    error = run("predict", "t.selenite", "u.csv", code=4).stderr
    assert "--rename its=kind=the=kind" in error
    assert len(rows_of(run("predict", "t.selenite", "u.csv", "--rename", "its=kind=the=kind").stdout)) == 1
    assert "must be written" in run("predict", "t.selenite", "u.csv", "--rename", "x", code=2).stderr
    unknown = run("predict", "t.selenite", "u.csv", "--rename", "its=kind=kind", code=2).stderr
    assert 'the model knows no column "kind"; did you mean "the=kind"?' in unknown


def test_answers_that_are_not_there_may_have_another_name(run, people, model):
    people.write_text(people.read_text().replace("happy", "Happy"))
    for command in ("score", "report"):
        error = run(command, model, "people.csv", code=4).stderr
        assert 'column "happy", which the model predicts, is missing in people.csv. It has "Happy"' in error
        assert "Add --rename Happy=happy" in error
    run("score", model, people, "--rename", "Happy=happy")
    people.write_text("age,pets,garden\n30,dog,no\n")
    assert 'It has "age", "pets", "garden"' in run("score", model, people, code=4).stderr


def test_predictions_are_written_as_the_name_says(run, people, model):
    for name in ("p.csv", "p.csv.gz", "p.parquet"):
        run("predict", model, people, "-q", "-o", name)
    tables = [selenite.table.read_table(name) for name in ("p.csv", "p.csv.gz", "p.parquet")]
    for table in tables:
        assert table.names == ("prediction", "probability of no", "probability of yes", "outside")
        assert [table["prediction"].values[code] for code in table["prediction"].codes] == [
            tables[0]["prediction"].values[code] for code in tables[0]["prediction"].codes
        ]
        yes = table["probability of yes"].values
        np.testing.assert_array_equal(yes.astype(np.float32), tables[0]["probability of yes"].values.astype(np.float32))
    for option in ("--json", "--spreadsheet-safe"):
        assert "is to be Parquet" in run("predict", model, people, option, "-o", "q.parquet", code=2).stderr


def test_a_model_is_named_after_its_table(run, people, tmp_path):
    for name, model in (("a.2024.csv", "a.2024"), ("a.2025.csv.gz", "a.2025"), ("b", "b")):
        content = people.read_bytes()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        run("fit", name, "--target", "happy", "-q", "--epochs", 1, "--members", 1)
        assert (tmp_path / f"{model}.selenite").exists()


@pytest.mark.parametrize("option", ["--weights", "--groups", "--time-column"])
def test_the_target_is_nothing_else(option, run, people):
    error = run("fit", people, "--target", "happy", option, "happy", code=2).stderr
    assert f"error: {option} happy: that is the target; name another column" in error


@pytest.mark.parametrize("strip", ["1", "$."])
def test_what_numbers_are_made_of_is_not_stripped(strip, run, people):
    assert f"would change numbers; leave {strip[-1]} out" in run("inspect", people, "--strip", strip, code=2).stderr


def test_one_row_is_one(run, people, model):
    told = run("predict", model, "-", stdin="age,pets,garden\n30,tiger,no\n").stderr
    assert told.startswith("1 row.\n1 row flagged")
    assert "1 row, 1 column\n" in run("inspect", "-", stdin="a\n1\n").stdout


def test_one_epoch_is_one(run, people):
    told = run("fit", people, "--target", "happy", "--epochs", 1, "--preset", "fast").stdout
    assert "training: all 1 epoch run, epoch 1 kept" in told


def test_wrong_cells_are_told_by_the_line_of_the_file(run, people, model):
    lines = people.read_text().splitlines()
    lines[4] = lines[4].rsplit(",", 1)[0] + ",perhaps"
    people.write_text("\n".join(lines) + "\n")
    assert 'line 5: class "perhaps" of column "happy" is unknown' in run("score", model, "people.csv", code=4).stderr
    lines[4] = lines[4].replace("perhaps", "")
    people.write_text("\n".join(lines) + "\n")
    assert 'column "happy", is missing, first in line 5' in run("score", model, "people.csv", code=4).stderr
    lines[4] = lines[4] + "yes"
    lines[2] = ",".join((lines[2].split(",")[0], "", *lines[2].split(",")[2:]))
    people.write_text("\n".join(lines) + "\n")
    refused = run("fit", "people.csv", "--target", "happy", "--time-column", "age", code=2).stderr
    assert 'the time column "age" has no value in line 3' in refused


def test_a_file_keeps_its_name_in_a_note(run, people):
    people.write_text(people.read_text() + "\n\n1,2,cat,no,yes\n")
    assert "note       people.csv: 2 blank lines skipped" in run("inspect", "people.csv").stdout


def test_json_has_null_for_what_is_no_number_and_escapes_for_what_is_no_text(run, people, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{i % 7},{i * 1.5}\n" for i in range(60)))
    (tmp_path / "u.csv").write_text("x,y\n1,2.5\n")
    run("fit", "t.csv", "--target", "y", "-q", "--epochs", 2)
    scored = msgspec.json.decode(run("score", "t.selenite", "u.csv", "--json").stdout)
    assert scored["scores"]["all_rows"]["metrics"]["R2"] == {
        "value": None,
        "low": None,
        "high": None,
        "reason": "1 row has no variance",
    }
    people.rename(tmp_path / "caf\udce9.csv")
    report = msgspec.json.decode(run("inspect", "caf\udce9.csv", "--json").stdout)
    assert report["file"] == r"caf\udce9.csv"
    assert r"caf\xe9.csv   200 rows" in run("inspect", "caf\udce9.csv").output
    assert "--missing holds bytes" in run("inspect", "t.csv", "--missing", "\udce9", code=2).stderr


def test_the_confusion_of_long_names_stands_in_columns(run, tmp_path):
    labels = ["the same beginning, A", "the same beginning, B"]
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f'{i % 2},"{labels[i % 2]}"\n' for i in range(60)))
    run("fit", "t.csv", "--target", "y", "-q", "--epochs", 2)
    head, *rows = run("score", "t.selenite", "t.csv").output.splitlines()[-3:]
    assert {len(row) for row in rows} == {len(head)}


def test_long_names_are_told_apart(run, tmp_path):
    labels = ["the same beginning, A", "the same beginning, B"]
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f'{i % 2},"{labels[i % 2]}"\n' for i in range(60)))
    run("fit", "t.csv", "--target", "y", "-q", "--epochs", 2)
    text = run("score", "t.selenite", "t.csv").output
    assert [text.count(label) for label in labels] == [2, 3]  # in the matrix, and precision is of the second


def test_score_prints_metrics_and_confusion(run, people):
    run("fit", people, "--target", "happy", "-o", "m", "-q", "--epochs", 30, "--test-fraction", 0.15)
    text = run("score", "m", people).output
    for words in ("test rows (30)", "all rows (200)", "accuracy", "log loss", "true \\ predicted"):
        assert words in text
    half = people.with_name("half.csv")
    half.write_text("\n".join(people.read_text().splitlines()[:101]) + "\n")
    assert "test rows" not in run("score", "m", half).output


def test_pictures_are_drawn_on_request(run, people, tmp_path):
    run("fit", people, "--target", "happy", "-o", "m", "-q", "--epochs", 5, "--plot", "fit.png")
    run("score", "m", people, "--plot", "score.png")
    for name in ("fit.png", "score.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_three_classes_and_more(run, tmp_path):
    rng = np.random.default_rng(2)
    angle = rng.uniform(0, 2 * math.pi, 600)
    rows = [f"{math.cos(a):.3f},{math.sin(a):.3f},{chr(65 + int(a / (2 * math.pi) * 14))}" for a in angle]
    (tmp_path / "t.csv").write_text("x,y,part\n" + "\n".join(rows) + "\n")
    fit = ("fit", "t.csv", "--target", "part", "--test-fraction", 0.2, "--members", 2)
    told = json.loads(run(*fit, "--json").stdout)
    assert told["test"]["selenite"]["accuracy"]["value"] > 0.85
    assert "mistakes" in run("score", "t.selenite", "t.csv").output


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["fit", "people.csv"], 2, "say what to predict with --target; likely columns: happy"),
        (["fit", "people.csv", "--target", "hapy"], 2, 'no column "hapy"; did you mean "happy"?'),
        (["fit", "people.csv", "--target", "happy", "-o", "no/m"], 74, "there is no folder no"),
        (["fit", "people.csv", "--target", "happy", "--plot", "loss.bmp"], 74, "must end in .png, .svg, .pdf"),
        (["fit", "people.csv", "--target", "happy", "--hidden", "0"], 2, "'0' must be sizes from 1 to 65536"),
        (["fit", "people.csv", "--target", "happy", "--activation", "rely"], 2, "no activation 'rely'; there are"),
        (["fit", "people.csv", "--target", "happy", "--loss", "poisson"], 2, "poisson does not go with 2 classes"),
        (["fit", "people.csv", "--target", "happy", "--learning-rate", "-1"], 2, "learning_rate=-1"),
        (["fit", "people.csv", "--target", "pets", "--task", "regression"], 2, "pets"),
        (["fit", "peple.csv", "--target", "happy"], 3, "there is no file peple.csv. Did you mean"),
        (["predict", "people.csv", "people.csv"], 5, "people.csv is not a model that can be read"),
        (["predict", "absent", "people.csv"], 5, "absent cannot be read: No such file"),
        (["score", "absent", "people.csv"], 5, "absent cannot be read"),
        (["fitt", "people.csv"], 2, "Did you mean fit?"),
        (["tutorial", "4"], 2, "'4' is not one of '1', '2', '3'"),
        (["tutorial", "1", "-o", "no/x.png"], 74, "there is no folder no"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(run, people, tmp_path, args, code, words):
    result = run(*args, code=code)
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


BROKEN = {
    "short row": ("a,b,y\n1,2,0\n3,1\n", 3, "line 3"),
    "long row": ("a,b,y\n1,2,0\n3,1,4,5\n", 3, "line 3"),
    "duplicate column": ("a,a,y\n1,2,0\n", 3, '"a"'),
    "unclosed quote": ('a,b,y\n1,"2,0\n3,1,1\n', 3, "quote"),
    "UTF-16": ("a,b,y\n1,2,0\n".encode("utf-16"), 3, "--encoding utf-16"),
    "Latin-1": ("a,b,y\n1,2,caf\u00e9\n".encode("latin-1"), 3, "--encoding latin-1"),
    "NUL": ("a,b,y\n1,x\x00y,0\n", 3, "line 2"),
    "semicolons": ("a;b;y\n1;2;0\n", 3, "--separator"),
    "tabs": ("a\tb\ty\n1\t2\t0\n", 3, "--separator"),
    "thousands": ('a,b,y\n"1,000",2,0\n"2,500",3,1\n', 3, "--thousands"),
    "decimal comma": ('a,b,y\n"1,5",2,0\n"2,75",3,1\n', 3, "--decimal"),
    "percent": ("a,b,y\n10%,2,0\n20%,3,1\n", 3, "--strip"),
    "currency": ("a,b,y\n$10,2,0\n$20,3,1\n", 3, "--strip"),
    "infinity": ("a,b,y\n" + "1,2,0\n" * 30 + "inf,3,1\n", 3, "line 32"),
    "a word among numbers": ("a,b,y\n" + "".join(f"{i},2,{i % 2}\n" for i in range(60)) + "oops,3,1\n", 3, "line 62"),
    "empty file": ("", 3, "empty"),
    "only newlines": ("\n\n\n", 3, ""),
    "header only": ("a,b,y\n", 3, "no rows"),
    "a pickle": (b"\x80\x04\x95\x10\x00\x00\x00", 3, ""),
    "target missing": ("a,b,y\n" + "1,2,0\n" * 20 + "1,2,\n", 3, "line 22"),
    "one class": ("a,b,y\n" + "".join(f"{i},2,1\n" for i in range(30)), 3, "class"),
    "few rows": ("a,b,y\n1,2,0\n2,3,1\n", 2, "at least 20"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_end_with_their_code_and_leave_nothing(run, tmp_path, name):
    content, code, words = BROKEN[name]
    path = tmp_path / "broken.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run("fit", path, "--target", "y", code=code)
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["broken.csv"]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffa,b,y\n{rows}",  # a byte order mark
        "a,b,y\r\n{rows}".replace("\n", "\r\n"),
        "a,b,y\n{rows}".rstrip("\n"),
    ],
)
def test_harmless_differences_are_read(run, tmp_path, content):
    rows = "".join(f"{i},{i % 7},{i % 2}\n" for i in range(40))
    (tmp_path / "t.csv").write_bytes(content.format(rows=rows).rstrip("\n").encode())
    told = json.loads(run("fit", "t.csv", "--target", "y", "--json", "--epochs", 2).stdout)
    assert told["rows"]["training"] == 40
