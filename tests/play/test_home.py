"""What leaves the page: links, the model on the command line, the script, the curves, the drawing."""

import csv
import io
import json
import re
import subprocess
import sys
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from selenite.cli import group
from selenite.errors import OptionError
from selenite.nn import predict
from selenite.play import export
from selenite.play.account import state
from selenite.play.export import PALETTE, curves_csv, data_csv, drawing_of, model_of, script_of, weights_json
from selenite.play.link import Link, decode_link, encode_link
from selenite.play.questions import link_here
from selenite.play.server import EXPORTS
from selenite.play.settings import Settings
from selenite.play.verbs import change, draw, hide, open_link, set_weight
from selenite.play.workbench import Workbench
from selenite.plots.style import CLASSES, DOWN, UP, WRONG
from selenite.table import Numbers, Table, Text, read_table
from selenite.table.cells import spreadsheet_safe

OLD_LINK = (  # made by the first version of the page
    "1.eNo1UdFum0AQ_Jd7BRWMqVJb6gNVpTh1XBPJcZJaEVrgDCfDLblbDEmUf--eQ3i52VntzM7yLqwkUrqyYvkuSiAQS9Eiait8YX"
    "BgehaGvtCorBTL8NvMFyQtZUcDBSnUjou--ywjS8a-OEqg3kgePIhxxipjJJ55CEwlicWZgfGzzdC1amxK5ypLBZq5WpWlZOHDnJ"
    "vO5QzO6TJCoGs3kyuwToRML33RoGXMT5VdIK_Dfs6tatAgMYEdqVa9ScMklNAy1UgwmqNnBugrW4ut1NS3ruQwTTSB0mCHPU1VDl"
    "TUmWW5S2TZYVHzAlEYultBT5hZwu5rPdu33D1CY13RqG4qPqZRvnHki0GqqiaXI5m-8HdwNcyj2-Tp1qaLvtJPnXdf3AXxdpVsfl"
    "WbxZt3v99dX29S3Z2H_AYW27gIIEiH2X7fxQ-vuZecXvDf4251Ssd13-R3VZrHwXa9fpl7feIZj8o_slnBbky9K0zjeWzOp2B386"
    "DT4a8yux8_-U4dKu32Ojy7m1nrfroQH_8BCeq1Dg"
)

SECOND_LINK = (  # made when L1, schedules and controls put away had come
    "1.eNpNUdFqwzAM_Bc9m5FkjEF-pZSgxmpicKxgKWtZ6b9PSlPY2-nO0unkBwippjIJ9A-"
    "IqAg9LMxFIEDlm9Ft0wQonISgbz7aAEqiw7XiqImLc91XsDEUDQe4EupWyRpPcG9tyr2DszVhnUhtuDF4f8kGXZo5R3elmLAYN6cYyQafPk10l"
    "x90p70l85RE0-h9l4Tig7RuFEwRw_5g2KGtZJ7uOGWurEbwqmlJv1SNxIiLUZmwFos_VNR3voUXKrotXlogGWeKWzYVRpZUyNvad-"
    "7cHc9i5ZU3PaoL6jgPYmb7UWjlcbb1uqbxa-KmPIjy-l7e8Wttb--"
    "M2BbDV8ziak7rUTyPWdB_B7hRmmaV11FXTsXx6eypRPxr4P81LVf13fek5-cf32Kf0A"
)


@pytest.fixture
def irises(tmp_path):
    """A file of three classes with four columns of numbers and one of text."""
    rng = np.random.default_rng(3)
    lines = ["sepal,petal,width,colour,kind"]
    for row in range(150):
        kind = row % 3
        numbers = rng.normal([5 + kind, 1 + 2 * kind, 0.2 + kind], 0.4)
        lines.append(",".join(f"{value:.2f}" for value in numbers) + f",{'pale' if row % 5 else 'dark'},k{kind}")
    path = tmp_path / "irises.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_link_carries_settings_weights_and_points():
    bench = Workbench()
    draw(bench, "begin")
    draw(bench, "add", 0.9, 0.9, 1)
    bench.session.train(30)
    text = link_here(bench)
    assert len(text) < 8000
    other = Workbench()
    assert "press play" in open_link(other, f"http://127.0.0.1:1/#{text}")
    np.testing.assert_array_equal(other.session.parameters, bench.session.parameters)
    assert other.drawn == bench.drawn
    assert other.session.epoch == 30
    assert not other.playing.is_set()


def test_a_link_made_by_the_first_version_opens():
    bench = Workbench()
    open_link(bench, OLD_LINK)
    assert bench.session.epoch == 12
    assert bench.session.network.layer_sizes == (2, 3, 1)
    assert bench.session.parameters[0] == 0.25


def test_a_link_of_the_second_version_opens():
    bench = Workbench()
    open_link(bench, SECOND_LINK)
    settings = bench.session.settings
    assert (settings.l1, settings.schedule, settings.stop_loss) == (0.25, "cosine", 0.02)
    assert (bench.hidden, bench.session.epoch) == (("more", "rate"), 7)


def test_controls_that_are_put_away_travel_with_the_link_and_are_names_only():
    bench = Workbench()
    hide(bench, ("rate", "layers"))
    other = Workbench()
    open_link(other, link_here(bench))
    assert state(other)["hidden"] == ("rate", "layers")
    with pytest.raises(OptionError):
        decode_link(packed(b'{"settings":{},"hidden":["*{color:red}"]}'))


def packed(content):
    return "1." + urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "2.abc",
        "1.",
        "1.!!",
        "1.AAAA",
        packed(b"{}"),
        packed(b"[" * 5000),
        packed(b" " * (2 << 20)),
        "1." + "A" * 200_000,
        packed(b'{"settings":{},"weights":"x"}'),
        packed(b'{"settings":{"data":"file"}}'),
        packed(b'{"settings":{"hidden":[1e9]}}'),
    ],
)
def test_a_link_that_is_none_is_refused_and_changes_nothing(text):
    bench = Workbench()
    before = state(bench)
    with pytest.raises(OptionError):
        open_link(bench, text)
    assert state(bench) == before


def test_links_are_read_as_they_are_written():
    link = Link(Settings(hidden=(3,), data="xor"), 7, "", ((0.5, -0.25, 2),), "part2")
    assert decode_link(encode_link(link)) == link


@pytest.mark.parametrize("target", ["kind", "petal", "colour"])
def test_the_model_predicts_the_same_on_the_command_line(irises, tmp_path, target):
    bench = Workbench()
    bench.open_table(read_table(irises))
    loss = "squared_error" if target == "petal" else "log_loss"
    change(bench, Settings(**{**as_dict(bench.session.settings), "target": target, "loss": loss}))
    bench.session.train(40)
    (tmp_path / "m.selenite").write_bytes(model_of(bench.session).to_bytes())
    out = CliRunner().invoke(group, ["predict", str(tmp_path / "m.selenite"), str(irises), "--json", "-q"])
    assert out.exit_code == 0, out.output
    rows = [json.loads(line) for line in out.stdout.splitlines()]
    problem, session = bench.session.problem, bench.session
    shown = predict(session.network, session.parameters, problem.X)
    if target == "petal":
        expected = problem.target.center + problem.target.width * shown[:, 0]
        np.testing.assert_allclose([row["prediction"] for row in rows], expected, rtol=1e-12)
    else:
        shares = shown if problem.n_classes > 2 else np.hstack([1 - shown, shown])
        named = [[row[f"probability of {name}"] for name in problem.target.classes] for row in rows]
        np.testing.assert_allclose(named, shares, rtol=1e-9, atol=1e-12)


def test_the_model_of_a_built_in_set_predicts_its_data_file(tmp_path):
    bench = Workbench()
    change(bench, Settings(data="circle", features=("x1", "x1²", "x2²")))
    bench.session.train(60)
    (tmp_path / "m.selenite").write_bytes(model_of(bench.session).to_bytes())
    (tmp_path / "d.csv").write_text(data_csv(bench.session))
    out = CliRunner().invoke(group, ["score", str(tmp_path / "m.selenite"), str(tmp_path / "d.csv"), "--json"])
    assert out.exit_code == 0, out.output
    prediction = predict(bench.session.network, bench.session.parameters, bench.session.problem.X)[:, 0] > 0.5
    right = float((prediction == bench.session.problem.codes).mean())
    assert f"{right:.4f}"[:5] in out.output or str(right) in out.output


def text_column(texts):
    values = tuple(dict.fromkeys(texts))
    return Text(np.array([values.index(text) for text in texts], np.int32), values)


def test_the_data_for_a_spreadsheet_runs_no_formula_there():
    """As `selenite predict --spreadsheet-safe` writes it; without the guard to the character."""
    texts = ["=1+1", "+49 30", "-danger", "@x", "plain", 'a "b", c', "-1.5"] * 6
    table = Table(
        ("=name", "x", "y"), (text_column(texts), Numbers(-np.arange(42.0)), text_column(["a", "b"] * 21)), 42
    )
    bench = Workbench()
    bench.open_table(table)
    for guarded in (False, True):
        rows = list(csv.reader(io.StringIO(data_csv(bench.session, guarded))))
        kept = spreadsheet_safe if guarded else str
        assert rows[0] == [kept("=name"), "x", "y"]
        assert [row[0] for row in rows[1:]] == [kept(text) for text in texts]
        assert [float(row[1]) for row in rows[1:]] == [-float(i) for i in range(42)]
    assert EXPORTS["spreadsheet"][1](bench).decode() == data_csv(bench.session, guarded=True)


def test_the_data_of_many_rows_looks_at_each_column_once(monkeypatch):
    bench = Workbench()
    looked, texts = [], export.cell_texts
    monkeypatch.setattr(export, "cell_texts", lambda column: looked.append(column) or texts(column))
    assert data_csv(bench.session).count("\n") == 101
    assert len(looked) == len(bench.session.problem.table.names)


def test_the_script_makes_the_same_run(irises, tmp_path):
    for prepare in (lambda bench: None, lambda bench: bench.open_table(named(read_table(irises))), drawn):
        bench = Workbench()
        prepare(bench)
        bench.session.train(20)
        set_weight(bench, 0, 0, 1, 0.5)
        bench.session.train(20)
        more = {"batch_size": 8, "l1": 0.05, "l2": 0.1, "dropout": 0.2, "schedule": "cosine"}
        change(bench, Settings(**{**as_dict(bench.session.settings), "learning_rate": 0.02, **more}))
        bench.session.train(10)
        (tmp_path / "run.py").write_text(script_of(bench.session, bench.drawn))
        done = subprocess.run([sys.executable, "run.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout.split()[:4] == ["epoch", "50", "loss", repr(float(bench.session.curves["loss"][-1]))]
        assert json.loads(done.stdout.split("weights ")[1]) == np.round(bench.session.parameters, 4).tolist()


def test_weights_as_json_are_those_of_the_network():
    bench = Workbench()
    bench.session.train(5)
    found = json.loads(weights_json(bench.session))
    network, parameters = bench.session.network, bench.session.parameters
    assert found["inputs"] == ["x1", "x2"]
    for layer, weights, biases in zip(
        found["layers"], network.weights(parameters), network.bias_vectors(parameters), strict=True
    ):
        assert layer["weights"] == weights.tolist()
        assert layer["biases"] == biases.tolist()


def test_curves_and_drawing_hold_what_was_seen():
    bench = Workbench()
    bench.session.train(25)
    lines = curves_csv(bench.session).splitlines()
    assert lines[0] == "epoch,loss,test_loss,gradient_norm"
    assert [float(line.split(",")[1]) for line in lines[1:]] == bench.session.curves["loss"].tolist()
    drawing = ElementTree.fromstring(drawing_of(bench.session, bench.view))
    assert len([part for part in drawing if part.tag.endswith("circle")]) == 100


def as_dict(settings):
    return {name: getattr(settings, name) for name in settings.__struct_fields__}


def named(table):
    return replace(table, source="irises.csv")


def drawn(bench):
    draw(bench, "begin")
    draw(bench, "add", 0.2, 0.8, 2)


def test_one_palette_for_page_pictures_and_drawings():
    script = files("selenite.play").joinpath("page", "palette.js").read_text()
    up, down = re.findall(r'(?:UP|DOWN) = "(#\w{6})"', script)
    rest = re.findall(r'"(#\w{6})"', re.search(r"CLASSES = \[DOWN, UP, (.*)\]", script)[1])
    assert PALETTE == CLASSES == (down, up, *rest)
    assert (up, down) == (UP, DOWN)
    assert f'WRONG = "{WRONG}"' in script
