"""`fit(checkpoint=...)` and `fit(resume=...)` in Python: cut off, a fit goes on to the same model.

That it does so wherever it is killed is tested on the command line, in cli/test_checkpoint.py.
"""

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import ModelFileError, OptionError, SchemaError
from selenite.training import journal, journal_file


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300)})
    return X, X.a * X.b > 0


@pytest.fixture
def cut_off(rows, tmp_path, monkeypatch):
    """Return the path of a checkpoint, and the estimator whose fit was cut off."""
    monkeypatch.chdir(tmp_path)
    classifier, saved = SeleniteClassifier(members=2, max_iter=8), journal.Journal.goes_on

    def killed(self, runs):
        saved(self, runs)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(journal, "SECONDS_BETWEEN", 0.0)
        patched.setattr(journal, "TIMES_ITS_COST", 0.0)
        patched.setattr(journal.Journal, "goes_on", killed)
        with pytest.raises(SystemExit):
            classifier.fit(*rows, checkpoint="ck")
    return tmp_path / "ck", classifier


def test_a_fit_that_goes_on_is_that_without_the_break(cut_off, rows):
    path, classifier = cut_off
    assert len(journal_file.read(path).standings) == 1
    whole = SeleniteClassifier(members=2, max_iter=8).fit(*rows)
    assert classifier.fit(*rows, resume=path).model_.to_bytes() == whole.model_.to_bytes()
    assert not path.exists()


def test_so_may_a_model_that_goes_on_and_very_many_rows(rows, tmp_path, monkeypatch):
    monkeypatch.setattr("selenite.estimators.tables.base.LARGE", 100)
    monkeypatch.setattr("selenite.fitting.large.CHOOSING", 60)
    monkeypatch.setattr("selenite.fitting.large.FEWEST_COUNTING", 10)
    monkeypatch.setattr(journal.Journal, "remove", lambda self: None)
    monkeypatch.setattr(journal, "TIMES_ITS_COST", 0.0)
    for options in ({}, {"init_model": SeleniteClassifier(members=1, max_iter=1).fit(*rows)}):
        path = tmp_path / f"ck{len(options)}"
        first = SeleniteClassifier(members=1, max_iter=3).fit(*rows, checkpoint=path, **options)
        assert len(journal_file.read(path).standings) > 0
        again = SeleniteClassifier(members=1, max_iter=3).fit(*rows, resume=path, **options)
        assert again.model_.to_bytes() == first.model_.to_bytes()


def test_another_fit_is_refused_by_what_differs(cut_off, rows, monkeypatch):
    _, classifier = cut_off
    X, y = rows
    for parameters, words in (
        ({"max_iter": 9}, "max_iter=9: the fit of ck was begun with max_iter=8; give the same"),
        ({"random_state": 1}, "random_state=1: the fit of ck was begun with random_state=0"),
        ({"time_limit": 5}, "checkpoint and time_limit"),
    ):
        with pytest.raises(OptionError, match=words):
            SeleniteClassifier(**{"members": 2, "max_iter": 8} | parameters).fit(X, y, resume="ck")
    for fit, error, words in (
        ({"X": X[::-1]}, SchemaError, "X and y: not as it was when the fit of ck was begun"),
        ({"validation_set": rows}, SchemaError, "validation_set: not as it was"),
        ({"sample_weight": np.arange(300)}, SchemaError, "X and y"),
        ({"time_column": "a"}, OptionError, "time_column='a': the fit of ck was begun with time_column=None"),
        ({"record": True}, OptionError, "checkpoint and record"),
        ({"checkpoint": "ck"}, OptionError, "not both"),
        ({"resume": "absent"}, ModelFileError, "absent cannot be read"),
        ({"resume": None, "checkpoint": "ck"}, OptionError, "ck holds a fit that was cut off: give resume='ck'"),
    ):
        with pytest.raises(error, match=words):
            classifier.fit(**{"X": X, "y": y, "resume": "ck"} | fit)
    with pytest.raises(OptionError, match="made by SeleniteClassifier.fit, and this is SeleniteRegressor.fit"):
        SeleniteRegressor().fit(X, y.astype(float), resume="ck")
    monkeypatch.setattr("selenite.estimators.tables.keeping.arithmetic", lambda backend: "kernel of Mars")
    with pytest.warns(UserWarning, match="this is kernel of Mars: the model may differ in last digits"):
        classifier.fit(X, y, resume="ck")
