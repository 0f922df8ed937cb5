"""What the page may ask, at its limits: refused in words, one training at a time, pause at once, the own table."""

import json
import time

import numpy as np
import pytest

from selenite.cli import group

EXTREME = [
    ("change", {"settings": {"hidden": [10**9], "activations": ["relu"]}}),
    ("change", {"settings": {"epochs": 10**9}}),
    ("change", {"settings": {"rows": 10**9}}),
    ("change", {"settings": {"batch_size": -1}}),
    ("change", {"settings": {"data": "file"}}),
    ("change", {"settings": {"data": "plane"}}),
    ("change", {"settings": {"features": ["x9"]}}),
    ("change", {"settings": {"target": "x"}}),
    ("change", {}),
    ("play", {"speed": -1}),
    ("play", {"speed": 10**9}),
    ("play", {"speed": 1, "more": 1}),
    ("step", {"what": "all"}),
    ("goto", {"epoch": 10**9}),
    ("goto", {"epoch": 5}),
    ("weight", {"layer": 0, "before": 0, "unit": 0, "value": 1e300}),
    ("weight", {"layer": 9, "before": 0, "unit": 0, "value": 1}),
    ("weight", {"layer": 0, "before": 99, "unit": 0, "value": 1}),
    ("follow", {"row": 10**6}),
    ("lesson", {"key": "none"}),
    ("seeds", {"epochs": 10**9}),
    ("seeds", {"epochs": 10**6}),
    ("draw", {"do": "add", "x": 2}),
    ("draw", {"do": "remove", "index": 400}),
    ("open", {"link": "2.x"}),
    ("look", {"member": 1}),
    ("change", {"settings": {"data": "model"}}),
    ("expand", {"address": "hidden9.unit1.z"}),
    ("expand", {"address": "x" * 5000}),
    ("expand", {"address": "input[x1]", "terms": 0}),
    ("matrix", {"layer": 2}),
    ("bent", {"layer": 2}),
    ("bent", {"layer": 1, "units": [1, 1]}),
    ("bent", {"layer": 1, "units": [0, 4]}),
    ("rows", {"by": 6}),
    ("rows", {"start": -1}),
    ("depends", {"column": "x3"}),
    ("depends", {"column": "x1", "of_class": 2}),
]


@pytest.mark.parametrize(("verb", "message"), EXTREME, ids=[f"{verb}-{i}" for i, (verb, _) in enumerate(EXTREME)])
def test_extremes_are_refused_in_words(visitor, verb, message):
    if verb == "seeds" and message["epochs"] == 10**6:
        visitor.change(data="clouds", rows=2000, hidden=[64, 64], activations=["tanh", "tanh"])
    before = visitor.state()
    assert len(visitor.refused(verb, **message)) > 10
    after = visitor.state()
    assert after["state"]["settings"] == before["state"]["settings"]
    assert not after["state"]["playing"]


def test_numbers_that_are_none_are_refused(visitor):
    for content in (
        b'{"speed": NaN}',
        b'{"speed": 1e400}',
        b"[]",
        b"null",
        b"\xff",
        b'{"speed": 1',
        b'"' + b"x" * 900_000,
    ):
        assert visitor.request("POST", "/api/play", content)[0] == 400


def test_pause_is_obeyed_at_once_in_the_middle_of_a_long_epoch(visitor):
    visitor.change(data="clouds", rows=2000, hidden=[64] * 6, activations=["tanh"] * 6, batch_size=1)
    visitor.call("play", speed=0)
    time.sleep(0.5)
    begun = time.perf_counter()
    visitor.call("pause")
    took = time.perf_counter() - begun
    first = visitor.state()["frame"]
    time.sleep(0.3)
    assert visitor.state()["frame"]["epoch"] == first["epoch"]
    assert took < 1  # 0.2 s on a machine with nothing else to do


def test_training_ends_by_itself_where_it_stands_still(visitor):
    visitor.change(data="gauss", hidden=[], activations=[], learning_rate=0.5, optimizer="sgd", l2=5)
    visitor.call("play", speed=0)
    deadline = time.monotonic() + 20
    while visitor.state()["state"]["playing"] and time.monotonic() < deadline:
        time.sleep(0.05)
    found = visitor.state()["frame"]
    assert "hardly moved" in found["ended"]
    visitor.call("play", speed=1)  # whoever wants to may go on


def test_an_own_table_with_text_and_gaps(visitor, tmp_path):
    rng = np.random.default_rng(0)
    lines = ["age,pet,income,answer"]
    for _ in range(300):
        age, pet = rng.integers(18, 90), rng.choice(["cat", "dog", ""])
        lines.append(f"{age},{pet},{rng.normal() if rng.random() > 0.1 else ''},{'yes' if age > 50 else 'no'}")
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")
    status, _, body = visitor.upload(tmp_path / "people.csv")
    assert status == 200, body
    found = visitor.state()["state"]
    assert found["classes"] == ["no", "yes"]
    assert found["axes"][0]["name"] == "age"  # what tells most
    assert found["source"] == "people.csv"
    visitor.change(axes=["pet", "age"], hold="row")
    assert visitor.state()["state"]["axes"][0]["labels"] == ["cat", "dog"]
    visitor.change(target="age", loss="squared_error", axes=["", ""])
    assert visitor.state()["state"]["classes"] == []
    visitor.call("step", what="epoch")
    assert visitor.state()["frame"]["epoch"] == 1


def test_a_file_that_cannot_be_read_is_named_and_changes_nothing(visitor, tmp_path):
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n3\n")
    status, _, body = visitor.upload(tmp_path / "broken.csv")
    assert status == 400
    assert "broken.csv" in json.loads(body)["error"]
    assert "/tmp" not in json.loads(body)["error"]
    (tmp_path / "x.exe").write_text("MZ")
    assert visitor.upload(tmp_path / "x.exe")[0] == 400
    assert visitor.state()["state"]["file"] is None


def test_back_undoes_each_kind_of_step(visitor):
    visitor.change(batch_size=10)
    for what in ("epoch", "batch", "row", "row"):
        before = visitor.state()["frame"]
        visitor.call("step", what=what)
        after = visitor.state()["frame"]
        assert (after["epoch"], after["row"]) > (before["epoch"], before["row"])
        visitor.call("back", what=what)
        again = visitor.state()["frame"]
        assert (again["epoch"], again["row"], again["weights"]) == (before["epoch"], before["row"], before["weights"])
        visitor.call("step", what=what)


def test_the_command_says_what_is_missing(monkeypatch):
    import sys

    from click.testing import CliRunner

    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "selenite.play.server", raising=False)
    monkeypatch.delattr("selenite.play.server", raising=False)
    result = CliRunner().invoke(group, ["play", "--no-browser"])
    assert result.exit_code == 2
    assert "pip install 'selenite[play]'" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--host", "0.0.0.0"],
        ["tutorial:4"],
        ["none.csv"],
        ["none.selenite"],
        ["iris.csv", "more.csv"],
        ["--port", "99999"],
    ],
)
def test_the_command_refuses(arguments):
    from click.testing import CliRunner

    assert CliRunner().invoke(group, ["play", "--no-browser", *arguments]).exit_code in (2, 3, 5)
