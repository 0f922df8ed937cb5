"""Several targets by one network: each is as a model of its own, and what takes one target says so."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.cli import group
from selenite.errors import OptionError, SaveError, SchemaError, TableError
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.out_of_fold import judged_again
from selenite.model import Settings
from selenite.model.rows import rows_used
from selenite.nn import Network
from selenite.table import Numbers, Table, as_column, encode_target, learn_target
from selenite.table.target import joint_target, strata_of

pytestmark = pytest.mark.usefixtures("short_linear_models")

FEW = Settings(members=2, hidden=(16,), epochs=12)


def rows(n=300, seed=0):
    """Return three columns, two numbers of very different size that depend on them, and two labels."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 3))
    shared = X[:, 0] * X[:, 1]
    numbers = np.column_stack([shared + 0.1 * random.normal(size=n), 5000 + 900 * shared + 300 * X[:, 2]])
    labels = np.column_stack([np.where(shared > 0, "yes", "no"), np.where(X[:, 2] > 0.2, "on", "off")])
    return X, numbers, labels


def table_of(n=300, seed=0):
    X, numbers, labels = rows(n, seed)
    columns = {f"x{k}": X[:, k] for k in range(3)} | {"small": numbers[:, 0], "large": numbers[:, 1]}
    columns |= {"sign": labels[:, 0], "light": labels[:, 1]}
    return Table(tuple(columns), tuple(map(as_column, columns.values())), n)


@pytest.fixture(scope="module")
def regressor():
    X, numbers, _ = rows()
    return SeleniteRegressor(members=2, hidden_layer_sizes=(32, 16), max_iter=30).fit(X, numbers)


@pytest.fixture(scope="module")
def classifier():
    X, _, labels = rows()
    return SeleniteClassifier(members=2, hidden_layer_sizes=(32, 16), max_iter=30).fit(X, labels)


def test_an_output_alone_is_what_the_network_gives_for_it():
    random = np.random.default_rng(0)
    network = Network.of((3, 5, 4, 3), "tanh", "squared_error")
    parameters, X = random.normal(size=(2, network.n_parameters)), random.normal(size=(7, 3))
    verbs = selenite.backend.get("numpy")
    for k in range(3):
        alone, own = network.output_alone(k, parameters)
        for one, whole in zip(own, parameters, strict=True):
            expected = verbs.predict(network, whole, X)[:, k]
            np.testing.assert_allclose(verbs.predict(alone, one, X)[:, 0], expected, rtol=1e-12)


def test_numbers_are_scaled_each_and_predicted_in_their_units(regressor):
    X, numbers, _ = rows(200, seed=1)
    predicted = regressor.predict(X)
    assert predicted.shape == (200, 2)
    left = ((predicted - numbers) ** 2).sum(axis=0) / ((numbers - numbers.mean(axis=0)) ** 2).sum(axis=0)
    assert (left < 0.3).all(), left
    assert regressor.score(X, numbers) == pytest.approx(1 - left.mean())


def test_each_target_is_a_model_of_its_own(regressor, classifier):
    X, _, _ = rows(50, seed=2)
    for model in (regressor.model_, classifier.model_):
        whole = model.predict(X)
        for k, one in enumerate(model.each):
            assert one.network.n_outputs == 1
            np.testing.assert_array_equal(one.predict(X), whole[:, k])
            assert model.of(one.target.name).target == one.target
    one = classifier.model_.each[1]
    np.testing.assert_allclose(one.predict_proba(X)[:, 1], classifier.predict_proba(X)[:, 1], atol=1e-6)
    assert one.target.classes == ("off", "on")
    assert one.recipe.temperature == classifier.model_.of_targets[1].temperature
    assert one.predict_set(X).shape == (50, 2)


def test_intervals_of_each_hold_its_answers(regressor):
    X, numbers, _ = rows(1000, seed=3)
    for k, one in enumerate(regressor.model_.each):
        low, high = one.predict_interval(X, coverage=0.8).T
        assert 0.65 < ((low <= numbers[:, k]) & (numbers[:, k] <= high)).mean() < 0.95


def test_labels_keep_their_type_and_have_the_shapes_that_scikit_learn_knows(classifier):
    X, _, labels = rows()
    assert [one.tolist() for one in classifier.classes_] == [["no", "yes"], ["off", "on"]]
    assert classifier.predict(X).shape == labels.shape
    assert (classifier.predict(X) == labels).mean() > 0.85
    assert classifier.score(X, labels) == (classifier.predict(X) == labels).all(axis=1).mean()
    assert classifier.predict_proba(X).shape == (300, 2)
    as_numbers = SeleniteClassifier(members=1, hidden_layer_sizes=(), max_iter=3).fit(X, (labels == labels[0]).tolist())
    assert as_numbers.predict(X).dtype == bool


def test_a_frame_names_the_targets():
    pandas = pytest.importorskip("pandas")
    X, numbers, _ = rows(60)
    y = pandas.DataFrame(numbers, columns=["small", "large"])
    fitted = SeleniteRegressor(members=1, hidden_layer_sizes=(), max_iter=2).fit(X, y)
    assert fitted.model_.target.names == ("small", "large")
    assert list(fitted.set_output(predict="pandas").predict(X)) == ["small", "large"]


@pytest.mark.parametrize("module", ["pandas", "polars", "pyarrow"])
def test_frames_of_every_kind_are_targets(module):
    library = pytest.importorskip(module)
    X, _, labels = rows(60)
    columns = {"sign": labels[:, 0].tolist(), "light": labels[:, 1].tolist()}
    y = library.table(columns) if module == "pyarrow" else library.DataFrame(columns)
    fitted = SeleniteClassifier(members=1, hidden_layer_sizes=(), max_iter=2).fit(X, y)
    assert fitted.model_.target.names == ("sign", "light")


def test_the_file_keeps_all_of_it(regressor, classifier, tmp_path):
    X, _, _ = rows(20)
    for fitted in (regressor, classifier):
        fitted.save(tmp_path / "several.selenite")
        again = selenite.load(tmp_path / "several.selenite")
        assert (again.target, again.of_targets) == (fitted.model_.target, fitted.model_.of_targets)
        np.testing.assert_array_equal(again.predict(X), fitted.model_.predict(X))
        again.each[0].save(tmp_path / "one.selenite")  # a model of one target as any other
        one = selenite.load(tmp_path / "one.selenite")
        assert not one.target.each
        np.testing.assert_array_equal(one.predict(X), again.predict(X)[:, 0])


def test_a_file_whose_targets_do_not_fit_is_refused(regressor, tmp_path):
    model = regressor.model_
    target = model.target
    for broken in (
        replace(model, of_targets=model.of_targets[:1]),
        replace(model, target=replace(target, each=target.each[:1] * 2)),
        replace(model, target=replace(target, name="x")),
        replace(model, target=replace(target, each=(*target.each, target.each[0]))),
    ):
        with pytest.raises(SaveError, match="target"):
            broken.save(tmp_path / "broken.selenite")


def test_what_takes_one_target_says_so(regressor, classifier):
    X, numbers, labels = rows(60)
    model, name = regressor.model_, regressor.model_.target.names[0]
    asked = {
        "quantiles": lambda: model.predict(X, quantiles=(0.1,)),
        "intervals": lambda: regressor.predict_interval(X),
        "sets of classes": lambda: classifier.predict_set(X),
        "ask for one of them": lambda: selenite.explain(model, X),
        "this model predicts": lambda: selenite.why(model, "prediction", X),
        "predicts no": lambda: model.of("other"),
        "partial_fit takes one": lambda: SeleniteRegressor().partial_fit(X, numbers),
        "class_weight takes one": lambda: SeleniteClassifier(class_weight="balanced").fit(X, labels),
        "class weights are of one": lambda: fit_and_evaluate(
            table_of(60), ("sign", "light"), replace(FEW, class_weight={"yes": 2.0})
        ),
        "threshold": lambda: fit_and_evaluate(table_of(60), ("sign", "light"), replace(FEW, threshold="f1")),
        "going on|predicts": lambda: SeleniteRegressor().fit(X, numbers, init_model=regressor),
    }
    for words, ask in asked.items():
        with pytest.raises(OptionError, match=words):
            ask()
    assert selenite.explain(model.of(name), X).columns


def test_targets_that_no_network_predicts_together_are_refused():
    table = table_of(60)
    three = Table(("a", "b"), (table["sign"], as_column(["p", "q", "r"] * 20)), 60)
    with pytest.raises(OptionError, match='"b" has 3 classes'):
        learn_target(three, "")
    with pytest.raises(OptionError, match='"small" is a number, "sign" has 2 classes'):
        learn_target(table.only("small", "sign"), "")
    gap = Table(("a", "b"), (table["small"], Numbers(np.where(np.arange(60) == 7, np.nan, 1.5 + np.arange(60)))), 60)
    with pytest.raises(TableError, match='column "b", is missing in 1 of 60 rows, first in row 8'):
        learn_target(gap, "")
    both = learn_target(table.only("small", "large"), "")
    with pytest.raises(SchemaError, match="a column each"):
        encode_target(both, table["small"])


def test_splits_keep_the_shares_of_each_combination_of_labels():
    table = table_of(400).only("sign", "light")
    target = learn_target(table, "")
    strata = strata_of(target, encode_target(target, table))
    pairs = {(a, b) for a, b in zip(table["sign"].codes, table["light"].codes, strict=True)}
    assert len(np.unique(strata)) == len(pairs) == 4
    assert joint_target(target.each) == target


@pytest.mark.parametrize("names", [("small", "large"), ("sign", "light")])
def test_an_evaluated_fit_judges_each_by_the_same_rows_and_knows_them_again(names):
    table = table_of(1200).without(*({"small", "large", "sign", "light"} - set(names)))
    fit = fit_and_evaluate(table, names, FEW)
    assert [len(one.figures["selenite"]) for one in fit.judged] == [3, 3]
    assert list(fit.to_dict()["targets"]) == list(names)
    assert names[1] in str(fit)
    used = rows_used(fit.model, table)
    assert len(used.aside) == fit.model.data.test_rows == fit.n_judged
    for one in fit.model.each:
        again = judged_again(one, table)
        assert again.as_stored
        np.testing.assert_array_equal(again.rows, used.aside)
        assert one.verdict.startswith("Verdict")


def test_a_report_is_of_one_and_makes_all_again():
    table = table_of(80).without("sign", "light")
    model = fit_and_evaluate(table, ("small", "large"), FEW).model
    page = selenite.report(model, table, of="large").html
    assert "report on large" in page
    assert "--target small,large" in page
    assert "added up over" in page
    with pytest.raises(OptionError, match="--of"):
        selenite.report(model, table)


def test_folds_are_fitted_again_for_all_targets():
    table = table_of(90).without("small", "large")
    fit = fit_and_evaluate(table, ("sign", "light"), FEW)
    assert fit.model.data.folds
    assert all(judged_again(one, table).as_stored for one in fit.model.each)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a table in a file and a model of two of its columns."""
    folder = tmp_path_factory.mktemp("several")
    table = table_of(150)
    names = [name for name in table.names if name not in ("sign", "light")]
    lines = [",".join(names), *(",".join(map(str, row)) for row in zip(*(table[n].values for n in names), strict=True))]
    (folder / "t.csv").write_text("\n".join(lines))
    done = run(folder, "fit", "t.csv", "--target", "small,large", "--members", "1", "--epochs", "8", "--json")
    assert list(json.loads(done.stdout)["targets"]) == ["small", "large"]
    return folder


def run(folder: Path, command: str, *arguments: str):
    """Run a command whose arguments with a dot are files in a folder."""
    paths = [str(folder / one) if one.endswith((".csv", ".selenite")) else one for one in arguments]
    output = ["-o", str(folder / "t.selenite")] if command in ("fit", "tune") else []
    return CliRunner().invoke(group, [command, *paths, *output])


def test_predict_and_score_tell_of_each(folder):
    done = run(folder, "predict", "t.selenite", "t.csv", "--json", "--coverage", ".9", "--quantiles", ".5")
    row = json.loads(done.stdout.splitlines()[0])
    assert list(row)[:4] == ["prediction for small", "quantile 0.5 for small", "low for small", "high for small"]
    assert row["low for large"] < row["quantile 0.5 for large"] < row["high for large"]
    found = json.loads(run(folder, "score", "t.selenite", "t.csv", "--json").stdout)["targets"]
    whole = selenite.score(str(folder / "t.selenite"), str(folder / "t.csv"))
    assert found["large"]["scores"]["all_rows"]["metrics"]["R2"]["value"] == whole.each["large"].metrics["R2"].value


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "t.selenite", "t.csv", "--row", "2"),
        ("why", "t.selenite", "prediction", "t.csv", "--row", "2"),
        ("export", "t.selenite", "--to", "python", "-o", "{}/py"),
        ("score", "t.selenite", "t.csv", "--json"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_ask_of_one(folder, arguments):
    command, *rest = (one.format(folder) for one in arguments)
    done = run(folder, command, *rest, "--of", "large")
    assert done.exit_code == 0, done.output
    if command != "score":
        refused = run(folder, command, *rest)
        assert isinstance(refused.exception, OptionError) or "--of" in refused.output
        assert "--of" in (refused.output + str(refused.exception))


def test_inspect_and_misuse(folder):
    told = run(folder, "inspect", "t.csv", "--target", "small,large").output
    assert "small, -" in told
    assert "large, " in told
    for target, words in (("small,small", "twice"), ("small,nothing", "no column")):
        done = run(folder, "fit", "t.csv", "--target", target)
        assert words in done.output + str(done.exception)
