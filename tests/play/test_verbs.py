"""What the page may ask, at its limits: refused in words, one training at a time, pause at once, the own table."""

import gzip
import json
import threading
import time
import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import r2_score

from selenite import nn
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
    ("change", {"settings": {"axes": ["x1", "x9"]}}),
    ("change", {"settings": {"axes": ["label", ""]}}),
    ("change", {"settings": {"data": "people", "axes": ["x1", ""]}}),
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
        status, _, body = visitor.request("POST", "/api/play", content)
        assert (status, list(json.loads(body))) == (200, ["error"])
    assert not visitor.state()["state"]["playing"]


def test_pause_is_obeyed_at_once_in_the_middle_of_a_long_epoch(visitor):
    visitor.change(data="clouds", rows=2000, hidden=[64] * 6, activations=["tanh"] * 6, batch_size=1)
    for _ in range(5):
        visitor.call("play", speed=0)
        time.sleep(0.3)
        before = visitor.state()["frame"]["epoch"]
        visitor.call("pause")
        first = visitor.state()["frame"]
        time.sleep(0.1)
        assert visitor.state()["frame"]["epoch"] == first["epoch"] <= before + 1  # which may have been all but over


def test_training_ends_by_itself_where_it_stands_still(visitor):
    visitor.change(data="gauss", hidden=[], activations=[], learning_rate=0.5, optimizer="sgd", l2=5)
    visitor.call("play", speed=0)
    visitor.wait(lambda now: now["state"]["playing"], every=0.05)
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
    visitor.opened(tmp_path / "people.csv")
    found = visitor.state()["state"]
    assert found["classes"] == ["no", "yes"]
    assert found["axes"][0]["name"] == "age"  # what tells most
    assert found["source"] == "people.csv"
    now = visitor.state()["state"]["settings"]
    for axes in (["answer", ""], ["pet", "agee"]):
        assert "cannot be an axis of the picture; these can: " in visitor.refused(
            "change", settings={**now, "axes": axes}
        )
        assert visitor.state()["state"]["settings"] == now
    visitor.change(axes=["pet", "age"], hold="row")
    assert visitor.state()["state"]["axes"][0]["labels"] == ["cat", "dog"]
    visitor.change(target="age", loss="squared_error", axes=["", ""])
    assert visitor.state()["state"]["classes"] == []
    visitor.call("step", what="epoch")
    assert visitor.state()["frame"]["epoch"] == 1


def test_a_file_that_cannot_be_read_is_named_and_changes_nothing(visitor, tmp_path):
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n3\n")
    status, _, body = visitor.upload(tmp_path / "broken.csv")
    assert status == 200
    assert "broken.csv" in json.loads(body)["error"]
    assert "/tmp" not in json.loads(body)["error"]
    (tmp_path / "x.csv").write_text("a|b\n1|2\n" * 9)
    assert (
        'Add --separator "|" (options are for the terminal: '
        in json.loads(visitor.upload(tmp_path / "x.csv")[2])["error"]
    )
    (tmp_path / "x.exe").write_text("MZ")
    assert "cannot be opened here" in json.loads(visitor.upload(tmp_path / "x.exe")[2])["error"]
    assert visitor.state()["state"]["file"] is None


def columns_of_parquet(path, rows, columns):
    """Write a Parquet file of equal rows, small whatever their number."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    part = pa.table({f"c{i}": np.zeros(min(rows, 1_000_000)) for i in range(columns)})
    with parquet.ParquetWriter(path, part.schema, compression="zstd") as writer:
        for _ in range(max(rows // 1_000_000, 1)):
            writer.write_table(part)


def lines_of_csv(path, rows, columns):
    with gzip.open(path, "wt", compresslevel=1) if path.suffix == ".gz" else path.open("w") as file:
        file.write(",".join(f"c{i}" for i in range(columns)) + "\n")
        for _ in range(rows // 100_000):
            file.write(("0," * (columns - 1) + "0\n") * 100_000)


@pytest.mark.parametrize(
    ("make", "name", "rows", "columns"),
    [
        (columns_of_parquet, "long.parquet", 20_000_000, 1),
        (columns_of_parquet, "wide.parquet", 3, 2000),
        (lines_of_csv, "long.csv.gz", 20_000_000, 2),
        (lines_of_csv, "wide.csv", 0, 20_000),
    ],
)
@pytest.mark.parametrize("as_rows", [False, True])
def test_a_table_too_large_for_the_page_is_refused_before_it_is_read(
    visitor, tmp_path, ensemble, make, name, rows, columns, as_rows
):
    """A small file may hold many rows; what it would take as numbers is never taken."""
    make(tmp_path / name, rows, columns)
    if as_rows:  # for a model
        visitor.opened(ensemble)
    settings = visitor.state()["state"]["settings"]
    tracemalloc.start()
    status, _, body = visitor.upload(tmp_path / name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 200
    reason = json.loads(body)["error"]
    assert f"{name} has " in reason
    assert "the page takes at most 300 columns and 200,000 rows. For more: selenite fit FILE" in reason
    assert peak < 120e6, peak
    assert visitor.state()["state"]["settings"] == settings


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


def test_a_change_in_the_past_begins_a_branch_from_identical_weights(visitor):
    visitor.change(auto_stop=False)
    for _ in range(6):
        visitor.call("step", what="epoch")
    end = visitor.state()["frame"]["weights"]
    visitor.call("goto", epoch=2)
    here = visitor.state()["frame"]["weights"]
    visitor.change(learning_rate=0.001)
    found = visitor.state()
    assert (found["state"]["side"], found["state"]["branched"], found["frame"]["epoch"]) == ("B", 2, 2)
    assert found["frame"]["weights"] == here
    assert found["detail"]["other"]["last_epoch"] == 6
    for epoch in (3, 4, 5, 6, 7):  # B alone until it has caught up, then both
        visitor.call("step", what="epoch")
        found = visitor.state()
        assert (found["frame"]["epoch"], found["detail"]["other"]["last_epoch"]) == (epoch, max(epoch, 6))
    visitor.call("beside", do="switch")
    visitor.call("back", what="epoch")
    assert visitor.state()["frame"]["weights"] == end


def test_a_weight_changed_in_the_past_is_a_branch_too(visitor):
    for _ in range(3):
        visitor.call("step", what="epoch")
    visitor.call("goto", epoch=1)
    visitor.call("weight", layer=0, before=0, unit=0, value=2.5)
    found = visitor.state()
    assert found["frame"]["weights"][0][0][0] == 2.5
    assert (found["state"]["branched"], found["detail"]["other"]["last_epoch"]) == (1, 3)


def test_twenty_seeds_keep_nobody_waiting_and_can_be_ended(visitor):
    visitor.change(data="clouds", rows=2000, hidden=[16, 16], activations=["tanh", "tanh"])
    visitor.call("seeds", epochs=3000)
    assert visitor.state()["state"]["trying"]
    for x in np.linspace(0, 1, 20):
        visitor.call("at", x=float(x), y=0.5)
    assert visitor.state()["state"]["trying"]  # none of these waited for its end
    visitor.call("seeds", do="stop")
    found = visitor.state()["state"]
    assert not found["trying"]
    assert found["seeds"] is None


def tried(visitor, **message):
    visitor.call("seeds", **message)
    visitor.wait(lambda now: now["state"]["trying"])
    return visitor.state()["state"]["seeds"]


def test_trials_are_the_runs_one_would_make_oneself(visitor):
    visitor.change(optimizer="sgd", schedule="cosine", epochs=300, l1=0.01, batch_size=20, auto_stop=False)
    found = tried(visitor, do="rates", epochs=300)
    assert found["of"] == len(found["rates"]) == 9
    visitor.change(learning_rate=found["rates"][4])
    visitor.call("reset")
    visitor.call("play", speed=0)
    visitor.wait(lambda now: now["frame"]["epoch"] < 300, every=0.05)
    session = visitor.playground.bench.session
    loss, _ = nn.loss_and_gradient(session.network, session.parameters, session.X, session.Y)
    np.testing.assert_allclose(found["losses"][4], loss, rtol=1e-9)
    seeds = tried(visitor, epochs=20)
    assert seeds["of"] == 20
    assert seeds["linear"] < np.log(2)  # a line does better than a coin


def test_the_backward_view_shows_the_rows_part_in_the_gradient(visitor):
    visitor.change(hidden=[3, 2], activations=["tanh", "relu"], data="clouds")
    visitor.call("show", what="backward")
    visitor.call("follow", row=5)
    frame, session = visitor.state()["frame"], visitor.playground.bench.session
    _, gradient = nn.loss_and_gradient(
        session.network, session.parameters, session.problem.X[[5]], session.problem.Y[[5]]
    )
    for shown, delta, true, biases in zip(
        frame["gradients"],
        frame["deltas"],
        session.network.weights(gradient),
        session.network.bias_vectors(gradient),
        strict=True,
    ):
        np.testing.assert_allclose(shown, true, atol=1e-12)
        np.testing.assert_allclose(delta, biases, atol=1e-12)


def test_drawing_is_undone_and_done_again(visitor):
    visitor.call("draw", do="begin")
    first = list(visitor.playground.bench.drawn)
    visitor.call("draw", do="add", x=0.5, y=0.5, of_class=2)
    visitor.call("draw", do="move", index=0, x=0.1, y=0.1)
    visitor.call("draw", do="move", index=0, x=0.9, y=0.9, goes_on=True)
    last = list(visitor.playground.bench.drawn)
    visitor.call("draw", do="undo")  # the whole drag
    assert visitor.playground.bench.drawn[0] == first[0]
    visitor.call("draw", do="undo")
    assert visitor.playground.bench.drawn == first
    visitor.refused("draw", do="undo")
    visitor.call("draw", do="redo")
    visitor.call("draw", do="redo")
    assert visitor.playground.bench.drawn == last
    visitor.refused("draw", do="redo")


def test_numbers_have_r2_as_scikit_learn_has_it(visitor):
    visitor.change(data="hills", loss="squared_error", rows=200)
    visitor.call("step", what="epoch")
    good, session = visitor.state()["frame"]["good"], visitor.playground.bench.session
    for name, rows in (("train", session.problem.training), ("test", session.problem.test)):
        prediction = nn.predict(session.network, session.parameters, session.problem.X[rows])
        assert good[f"{name} R²"] == pytest.approx(r2_score(session.problem.Y[rows], prediction), rel=1e-9)


def test_a_run_that_blows_up_says_so_and_its_weights_stay_numbers(visitor):
    visitor.change(data="plane", loss="squared_error", activations=["relu"], optimizer="sgd", learning_rate=1000)
    visitor.call("play", speed=100)
    visitor.wait(lambda now: now["state"]["playing"])
    frame = visitor.state()["frame"]
    assert "diverged" in frame["ended"]
    assert np.isfinite(frame["weights"][0]).all()


def test_one_training_at_a_time(visitor):
    for _ in range(5):
        visitor.call("play", speed=1)
    assert [thread.name for thread in threading.enumerate()].count("trainer") == 1
    for _ in range(5):
        visitor.call("seeds", epochs=2000)
    visitor.call("seeds", do="stop")
    deadline = time.monotonic() + 10
    while any(thread.name == "trials" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
