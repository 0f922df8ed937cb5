"""Who is turned away: hosts, origins, tokens, sizes, the slow and the many; what every answer says."""

import json
import socket
import time
from pathlib import Path

import pytest

from selenite.errors import OptionError
from selenite.play.server import bound
from selenite.play.stream import MOST_PAGES

CALLS = ["/api/state", "/api/stream", "/api/export/model", "/api/play", "/api/file", "/api/enter", "/api/nothing"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "user@127.0.0.1",
        "",
        "localhost.",
        "127.0.0.1:1",
        "127.0.0.1",
        None,
        "[::1]",
    ],
)
def test_another_host_is_refused(visitor, host):
    for path in ("/", "/page/main.js", "/api/state"):
        status, _, _ = visitor.request("GET", path, host=host)
        assert status in (400, 421)


def test_two_hosts_are_refused(playground):
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nHost: evil.example\r\n\r\n"
    assert b" 400 " in raw(playground, head.encode())


@pytest.mark.parametrize("path", CALLS)
def test_without_the_token_nothing_is_answered(visitor, path):
    method, body = ("POST", {}) if path.rsplit("/", 1)[1] in ("play", "file", "enter", "nothing") else ("GET", None)
    token = visitor.playground.token
    for given in (None, "", "wrong", token[:-1], token + "x"):
        assert visitor.request(method, path, body, x_selenite_token=given)[0] == 403
    assert (
        visitor.request(method, f"{path}?token={token}&x-selenite-token={token}", body, x_selenite_token=None)[0] == 403
    )
    assert not visitor.state()["state"]["playing"]


def test_the_browsers_key_opens_once(visitor):
    key = visitor.playground.key
    assert visitor.request("GET", "/api/state", x_selenite_token=key)[0] == 403
    status, _, body = visitor.request("POST", "/api/enter", {}, x_selenite_token=key)
    assert status == 200
    assert json.loads(body)["token"] == visitor.playground.token
    assert visitor.request("POST", "/api/enter", {}, x_selenite_token=key)[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "text/plain"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
    ],
)
def test_other_pages_cannot_post(visitor, headers):
    assert visitor.request("POST", "/api/play", {"speed": 1}, **headers)[0] == 403
    assert not visitor.state()["state"]["playing"]


def test_what_is_too_large_is_refused(visitor, playground):
    before = resident()
    assert (
        visitor.request("POST", "/api/change", content_length=str(2 << 20), content_type="application/json")[0] == 413
    )
    assert chunked(playground, 3 << 20) in (413, None)
    deep = b'{"settings":' * 1000 + b"1" + b"}" * 1000
    assert visitor.request("POST", "/api/change", deep)[0] == 400
    many = {f"x-{i}": "1" for i in range(80)}
    assert visitor.request("GET", "/api/state", **many)[0] == 431
    assert visitor.request("GET", "/api/state", x_long="x" * 20_000)[0] in (400, 431)
    assert visitor.request("GET", "/api/state", x_long="x" * 70_000)[0] in (400, 431)
    assert resident() - before < 5e6


def test_two_lengths_are_refused(playground):
    head = (
        f"POST /api/play HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Selenite-Token: {playground.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    )
    assert b" 400 " in raw(playground, head.encode())


def test_the_silent_do_not_keep_others_waiting(visitor, playground, monkeypatch):
    monkeypatch.setattr("selenite.play.serving.REQUEST_SECONDS", 1.0)
    silent = [socket.create_connection(("127.0.0.1", playground.port)) for _ in range(100)]
    for each in silent:
        each.sendall(b"GET / HTTP/1.1\r\nHost: ")
    begun = time.perf_counter()
    assert visitor.request("GET", "/")[0] == 200
    assert time.perf_counter() - begun < 1
    for each in silent:
        each.settimeout(10)
        assert each.recv(1) == b""
        each.close()


def test_who_falls_silent_after_an_answer_is_let_go(playground, monkeypatch):
    monkeypatch.setattr("selenite.play.serving.REQUEST_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        connection.sendall(f"GET /page/icon.svg HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\n\r\n".encode())
        assert b" 200 " in connection.recv(65536)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        begun = time.perf_counter()
        while connection.recv(65536):
            pass
        assert time.perf_counter() - begun < 4


def test_the_oldest_of_many_listeners_is_dropped(visitor, playground):
    listeners = [listen(playground) for _ in range(30)]
    visitor.call("play", speed=1)
    time.sleep(0.3)
    assert len(playground.stream.pages) == MOST_PAGES
    for each in listeners:
        each.close()
    visitor.call("play", speed=1)
    deadline = time.monotonic() + 10
    while playground.stream.pages and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not playground.stream.pages
    epoch = visitor.state()["frame"]["epoch"]
    time.sleep(0.3)
    assert visitor.state()["frame"]["epoch"] > epoch


@pytest.mark.parametrize(
    "path",
    [
        "/../etc/passwd",
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/..%2fserver.py",
        "//etc/passwd",
        "/page//etc/passwd",
        "/page/%00",
        "/page/..\\server.py",
        "/page/main.js%00.css",
        "/page/",
        "/page/__init__.py",
        "/etc/passwd",
    ],
)
def test_no_other_file_is_served(visitor, path):
    assert visitor.request("GET", path)[0] in (404, 405)


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/page/none", "/api/state", "/api/none"])
def test_every_answer_has_its_headers(visitor, path):
    for token in (visitor.playground.token, "wrong"):
        _, headers, _ = visitor.request("GET", path, x_selenite_token=token)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_it_listens_on_this_machine_alone(playground):
    assert playground.socket.getsockname()[0] == "127.0.0.1"
    with pytest.raises(OptionError, match="may be in use"):
        bound(playground.port)


def raw(playground, content):
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        connection.sendall(content)
        return connection.recv(4096)


def chunked(playground, size):
    """Send a body without saying its length; return the status, None where the connection was closed on it."""
    head = (
        f"POST /api/change HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Selenite-Token: {playground.token}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        try:
            connection.sendall(head.encode())
            for _ in range(size // 65536):
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
            return int(connection.recv(4096).split()[1])
        except (ConnectionError, IndexError):
            return None


def listen(playground):
    connection = socket.create_connection(("127.0.0.1", playground.port), timeout=10)
    connection.sendall(
        f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\n"
        f"X-Selenite-Token: {playground.token}\r\n\r\n".encode()
    )
    assert b" 200 " in connection.recv(4096)
    return connection


def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * 4096
