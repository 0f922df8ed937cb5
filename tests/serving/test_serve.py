"""`selenite serve`: the answers are those of `predict`, and who may not ask is turned away."""

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("starlette", reason="serving needs starlette: pip install 'selenite[serve]'")
pytest.importorskip("uvicorn", reason="serving needs uvicorn: pip install 'selenite[serve]'")

from click.testing import CliRunner

from selenite.cli import group
from selenite.errors import OptionError
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings, load
from selenite.serving.description import description_of, example_of
from selenite.serving.server import MOST_BODY, ModelServer
from selenite.table import read_table

JSON, CSV = "application/json", "text/csv"
HEADER = "weight,kind,born,tame"
CELLS = [("cat", "2020-03-01", 4.5), ("dog", "2021-11-30", 17.25), ("parrot", "2019-06-15", 0.75)]
TABLE = "\n".join(
    [HEADER]
    + [
        f"{kg + i / 64},{kind},{born},{('no', 'yes')[(i + i // 3) % 2]}"
        for i, (kind, born, kg) in enumerate(CELLS * 20)
    ]
)
ROW = {"weight": 4.5, "kind": "dog", "born": "2020-05-05"}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A classifier and a regressor of the same table, their files and the table's."""
    folder = tmp_path_factory.mktemp("served")
    file = folder / "pets.csv"
    file.write_text(TABLE)
    settings = Settings(hidden=(8,), members=2, epochs=6)
    for target in ("tame", "weight"):
        fit_and_evaluate(read_table(file), target, settings, test_fraction=0.2).model.save(
            folder / f"{target}.selenite"
        )
    return folder


def served(model, **more):
    """Start a server in a thread."""
    server = ModelServer(model, "pets.selenite", **more)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    return server, thread


def ended(server, thread):
    server.server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def server(models):
    found, thread = served(load(models / "tame.selenite"))
    yield found
    ended(found, thread)


def ask(server, method="POST", path="/predict", body=None, kind=JSON, **headers):
    """Return the status and what JSON says; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    usual = {"Host": f"127.0.0.1:{server.port}", "Content-Type": kind, "Content-Length": str(len(content))}
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    for name, value in (usual | named).items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(content)
    answer = connection.getresponse()
    is_json = answer.headers["content-type"] == JSON
    found = answer.status, json.loads(answer.read()) if is_json else None
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    connection.close()
    return found


@pytest.mark.parametrize(("target", "asked"), [("tame", "coverage=.9"), ("weight", "quantiles=.9,.1&coverage=.5")])
def test_the_answers_are_those_of_predict(models, target, asked):
    found, thread = served(load(models / f"{target}.selenite"))
    options = [f"--{part}" for part in asked.split("&")]
    file = str(models / "pets.csv")
    lines = CliRunner().invoke(group, ["predict", str(models / f"{target}.selenite"), file, "--json", "-q", *options])
    wanted = [json.loads(line) for line in lines.stdout.splitlines()]
    assert len(wanted) == 60
    assert ask(found, path=f"/predict?{asked}", body=TABLE.encode(), kind=f"{CSV}; charset=utf-8") == (200, wanted)
    names = HEADER.split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in TABLE.splitlines()[1:]]
    rows = [row | {"weight": float(row["weight"])} for row in rows]
    assert ask(found, path=f"/predict?{asked}", body=rows) == (200, wanted)
    assert ask(found, path=f"/predict?{asked}", body=rows[7]) == (200, wanted[7])
    ended(found, thread)


def test_what_training_never_saw_is_told(server):
    status, answer = ask(server, body=ROW | {"weight": 400, "kind": None, "further": "is not looked at"})
    assert status == 200
    assert "weight above" in answer["outside"]
    assert "kind missing" in answer["outside"]


def test_columns_may_have_other_names(models):
    found, thread = served(load(models / "tame.selenite"), renamed={"kg": "weight"})
    row = {"kg": ROW["weight"], **{name: ROW[name] for name in ("kind", "born")}}
    status, answer = ask(found, body=row)
    assert (status, answer["outside"]) == (200, "")
    assert ask(found, body=b"kg,kind,born\n4.5,dog,2020-05-05\n", kind=CSV) == (200, [answer])
    ended(found, thread)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{"kind": "dog", "born": "2020-05-05"}], '"weight" is missing in the request'),
        ([ROW, {"kind": "dog", "born": "2020-05-05"}], 'row 2 of 2 rows has no "weight": write null for a gap'),
        ([ROW, ROW | {"weight": "heavy"}], "mixes float and str"),
        ([ROW | {"weight": "heavy"}], 'held numbers in training, but here "heavy"'),
        ([ROW | {"born": "1st of May"}], 'row 1: column "born" is "1st of May", no date such as 2026-03-01'),
        ([ROW | {"born": 7}], 'row 1: column "born" is "7", no date'),
        ([ROW | {"kind": ["dog"]}], "got `array`"),
        ([[1, 2]], "Expected `object`"),
        ([], "has no rows"),
        (b"[{", "truncated"),
        (b"", "truncated"),
        (b'{"weight": NaN}', "malformed"),
        (b'{"weight": 1e999}', "out of range"),
        (b"\xff\xfe", "malformed"),
        (b"[" * 100_000, "must be a JSON object a row"),
        ([ROW] * 10_001, "the request has 10,001 rows"),
    ],
)
def test_rows_that_cannot_be_predicted_are_refused_in_words(server, body, words):
    status, answer = ask(server, body=body)
    assert status == 400
    assert words in answer["error"]


def test_text_that_is_no_table_is_refused_in_words(server):
    for body, words in (
        (b"", "the request is empty"),
        (b"weight,kind,born\n1,dog\n", "row 1 has 2 cells"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"weight,kind,born\n1,dog,2020-05-05\n" + b"1,dog,2020-05-05\n" * 10_000, "a request takes at most"),
    ):
        status, answer = ask(server, body=body, kind=CSV)
        assert status == 400
        assert words in answer["error"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("?coverage=most", "must be a number"),
        ("?coverage=2", "coverage"),
        ("?quantiles=.5", "is a class"),
        ("?quantiles=,", "must be numbers between 0 and 1"),
        ("?threshold=.5", "threshold cannot be asked for"),
        ("?coverage=.5&coverage=.9", "once each"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(server, path, words):
    status, answer = ask(server, path=f"/predict{path}", body=ROW)
    assert status == 400
    assert words in answer["error"]


def test_it_says_what_it_is(server, models):
    model = load(models / "tame.selenite")
    assert ask(server, "GET", "/health") == (200, {"status": "ok", "model": "pets.selenite", "predicts": "tame"})
    _, start = ask(server, "GET", "/")
    assert start["POST /predict"] == example_of(model)
    _, description = ask(server, "GET", "/openapi.json")
    assert description == json.loads(json.dumps(description_of(model, "pets.selenite")))
    row, answer = (description["components"]["schemas"][name] for name in ("Row", "Answer"))
    assert row["required"] == ["weight", "kind", "born"]
    assert "Seen: cat, dog, parrot" in row["properties"]["kind"]["description"]
    status, answered = ask(server, body=row["examples"][0])
    assert (status, list(answered), answered["outside"]) == (200, answer["required"], "")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/predict", 405), ("PUT", "/predict", 405), ("GET", "/nothing", 404), ("GET", "/../etc/passwd", 404)],
)
def test_nothing_else_is_served(server, method, path, status):
    found, answer = ask(server, method, path)
    assert found == status
    assert "POST /predict" in answer["error"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1", "127.0.0.1:1", None])
def test_another_host_is_refused(server, host):
    assert ask(server, body=ROW, host=host)[0] == 400


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}, {"origin": "http://a"}],
)
def test_other_pages_cannot_ask(server, headers):
    assert ask(server, body=ROW, **headers)[0] == 403
    assert ask(server, "GET", "/health", **headers)[0] == 403


def test_what_is_too_large_or_of_another_kind_is_refused(server):
    assert ask(server, body=ROW, content_length=str(MOST_BODY + 1)) == (
        413,
        {"error": "a request has at most 16 MiB and 10,000 rows; send the rows in several"},
    )
    assert ask(server, body=ROW, kind="application/x-www-form-urlencoded")[0] == 415
    assert ask(server, body=ROW, kind=None)[0] == 415
    assert ask(server, body=ROW, **{f"x_{i}": "1" for i in range(80)})[0] == 431


def test_what_cannot_be_http_is_refused_and_not_told_to_the_terminal(server, caplog):
    head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: {JSON}\r\n"
    for rest in (
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Content-Length: -2\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
        "Host: another\r\n\r\n",
        "\x00\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall((head + rest).encode())
            assert b" 400 " in connection.recv(65536), rest
    assert not caplog.records


def test_who_sends_too_slowly_is_let_go(server, monkeypatch):
    monkeypatch.setattr("selenite.serving.guard.BODY_SECONDS", 0.2)
    head = (
        f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: {JSON}\r\nContent-Length: 9\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert b" 408 " in connection.recv(65536)


def test_an_answer_that_takes_too_long_is_given_up(server, monkeypatch):
    monkeypatch.setattr("selenite.serving.server.ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(server, "_answer", lambda *_: time.sleep(0.5))
    status, answer = ask(server, body=ROW)
    assert status == 503
    assert "took longer" in answer["error"]


def test_an_error_of_our_own_is_told(server, monkeypatch):
    monkeypatch.setattr(server, "_answer", lambda *_: 1 / 0)
    status, answer = ask(server, body=ROW)
    assert status == 500
    assert "the server failed" in answer["error"]


def test_many_at_once_get_their_own_answers(server):
    rows = [ROW | {"weight": kg} for kg in range(1, 17)]
    alone = [ask(server, body=row) for row in rows]
    with ThreadPoolExecutor(16) as crowd:
        assert list(crowd.map(lambda row: ask(server, body=row), rows * 4)) == alone * 4


def test_elsewhere_any_name_is_taken_but_no_other_page(models):
    found, thread = served(load(models / "tame.selenite"), host="0.0.0.0")
    assert ask(found, body=ROW, host="model.example")[0] == 200
    assert ask(found, body=ROW, host="model.example", origin="https://model.example")[0] == 200
    assert ask(found, body=ROW, host="model.example", origin="https://evil.example")[0] == 403
    ended(found, thread)


def test_a_port_in_use_is_refused(server, models):
    with pytest.raises(OptionError, match="may be in use"):
        ModelServer(load(models / "tame.selenite"), "", port=server.port)
