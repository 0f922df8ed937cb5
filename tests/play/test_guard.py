"""Who is turned away: hosts, origins, tokens, sizes, the slow and the many; what every answer says.

The numbers W1 to W10 are those of the cases that a page on one's own machine must stand.
"""

import hmac
import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import pytest

from asking import unpacked
from selenite.errors import OptionError
from selenite.play.guard import MOST_BODY, TOO_LARGE
from selenite.play.messages import MESSAGES
from selenite.play.one_file import PAGE, SCRIPTS, script
from selenite.play.wire import KIND
from selenite.serving.door import REQUEST_SECONDS, bound
from selenite.serving.guard import MOST_HEADERS

CALLS = [f"/api/{verb}" for verb in ("nothing", "file", "enter", "begin", *MESSAGES)]


# W1
HOSTS = [
    "evil.example", "127.0.0.1.evil.example", "user@evil", "user@127.0.0.1", "", "localhost.", "[::1]", "127.0.0.1",
    "127.0.0.1:1", "localhost:1", "evil.example:PORT", "127.0.0.1:PORT@evil.example", "127.0.0.1:PORT, evil", None,
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused(visitor, host):
    host = host and host.replace("PORT", str(visitor.playground.port))
    for path in ("/", "/page/main.js", "/api/learn"):
        status, _, _ = visitor.request("GET", path, host=host)
        assert status in (400, 421)


def test_this_host_is_served_in_any_case(visitor):
    for host in (f"127.0.0.1:{visitor.playground.port}", f"LOCALHOST:{visitor.playground.port}"):
        assert visitor.request("GET", "/", host=host)[0] == 200


def test_no_host_is_refused_in_the_old_version_too(playground):
    for version in ("1.0", "1.1"):
        assert b" 400 " in raw(playground, f"GET / HTTP/{version}\r\n\r\n".encode())


def test_two_hosts_are_refused(playground):
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nHost: evil.example\r\n\r\n"
    assert b" 400 " in raw(playground, head.encode())


# W2
@pytest.mark.parametrize("path", CALLS)
def test_without_the_token_nothing_is_answered(visitor, path):
    token = visitor.playground.token
    for method, body in (("GET", None), ("POST", {})):
        for given in (None, "", "wrong", token[:-1], token + "x"):
            assert visitor.request(method, path, body, x_selenite_token=given)[0] == 403
        named = f"{path}?token={token}&x-selenite-token={token}"
        assert visitor.request(method, named, body, x_selenite_token=None)[0] == 403


def test_the_token_is_compared_in_constant_time_and_is_written_nowhere(visitor, monkeypatch, capfd, caplog):
    compared = []
    monkeypatch.setattr(
        "selenite.play.guard.compare_digest", lambda a, b: compared.append((a, b)) or hmac.compare_digest(a, b)
    )
    caplog.set_level("DEBUG")
    token = visitor.playground.token
    assert visitor.request("POST", "/api/begin", {}, x_selenite_token="wrong")[0] == 403
    assert (b"wrong", token.encode()) in compared
    for path in ("/", "/api/begin", "/api/none", f"/?token={token}"):
        _, headers, body = visitor.request("POST" if "api" in path else "GET", path, {} if "api" in path else None)
        assert headers["referrer-policy"] == "no-referrer"  # so that no address travels
        assert token.encode() not in body
        assert token not in str(headers)
    written = "".join(capfd.readouterr()) + caplog.text
    assert token not in written


def test_the_browsers_key_opens_once(visitor):
    key = visitor.playground.key
    assert visitor.request("POST", "/api/begin", {}, x_selenite_token=key)[0] == 403
    status, _, body = visitor.request("POST", "/api/enter", {}, x_selenite_token=key)
    assert status == 200
    assert visitor.playground.token.encode() in body
    assert visitor.request("POST", "/api/enter", {}, x_selenite_token=key)[0] == 403


# W3
@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "text/plain"},
        {"content_type": "application/json"},
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
    for verb in ("begin", "enter", "file", "learn", "model_file"):
        assert visitor.request("POST", f"/api/{verb}", {}, **headers)[0] == 403


# W5
def test_what_is_too_large_is_refused(visitor, playground):
    visitor.call("begin")
    before = resident()
    assert visitor.request("POST", "/api/begin", content_length=str(MOST_BODY + 1), content_type=KIND)[0] == 413
    deep = b'{"settings":' * 1000 + b"1" + b"}" * 1000
    status, _, body = visitor.request("POST", "/api/learn", len(deep).to_bytes(4, "little") + deep)
    assert (status, list(unpacked(body))) == (200, ["error"])
    most = {f"x-{i}": "1" for i in range(MOST_HEADERS - 4)}  # beside host, token, length and type
    assert visitor.request("POST", "/api/begin", {}, **most)[0] == 200
    many = {f"x-{i}": "1" for i in range(MOST_HEADERS - 3)}
    assert visitor.request("POST", "/api/begin", {}, **many)[0] == 431
    assert visitor.request("POST", "/api/begin", {}, x_long="x" * 20_000)[0] in (400, 431)
    assert visitor.request("POST", "/api/begin", {}, x_long="x" * 70_000)[0] in (400, 431)
    assert resident() - before < 5e6


@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_too_large_a_file_hears_of_it(playground, chunked):
    """Though it listens only when all is sent: the connection is not cut before."""
    part = bytes(1 << 20)
    connection = http.client.HTTPConnection("127.0.0.1", playground.port, timeout=20)
    count = (MOST_BODY >> 20) + 16
    headers = {"X-Selenite-Token": playground.token, "Content-Type": KIND}
    if not chunked:
        headers["Content-Length"] = str(count << 20)
    connection.request("POST", "/api/file", (part for _ in range(count)), headers, encode_chunked=chunked)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (413, {"error": TOO_LARGE})
    assert "64 MiB" in TOO_LARGE
    connection.close()


def test_who_never_stops_sending_is_cut_off(playground, monkeypatch):
    monkeypatch.setattr("selenite.serving.guard.HEARD_SECONDS", 0.2)
    head = (
        f"POST /api/learn HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Selenite-Token: {playground.token}\r\n"
        f"Content-Type: {KIND}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    part = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        connection.sendall(head.encode())
        with pytest.raises(ConnectionError):
            list(map(connection.sendall, repeat(part, 100_000)))


def test_two_lengths_are_refused(playground):
    head = (
        f"POST /api/learn HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Selenite-Token: {playground.token}\r\n"
        f"Content-Type: {KIND}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
    )
    assert b" 400 " in raw(playground, head.encode())


# W6
def test_the_silent_do_not_keep_others_waiting(visitor, playground, monkeypatch):
    assert REQUEST_SECONDS == 10
    monkeypatch.setattr("selenite.serving.door.REQUEST_SECONDS", 3.0)
    silent = [socket.create_connection(("127.0.0.1", playground.port)) for _ in range(100)]
    for each in silent:
        each.sendall(b"GET / HTTP/1.1\r\nHost: ")
    for _ in range(5):
        assert visitor.request("GET", "/")[0] == 200
    for each in silent:  # none of these was waited for
        each.setblocking(False)
        with pytest.raises(BlockingIOError):
            each.recv(1)
    for each in silent:
        each.settimeout(10)
        assert each.recv(1) == b""
        each.close()


def test_who_falls_silent_after_an_answer_is_let_go(playground, monkeypatch):
    monkeypatch.setattr("selenite.serving.door.REQUEST_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        connection.sendall(f"GET /page/icon.png HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\n\r\n".encode())
        assert b" 200 " in connection.recv(65536)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        while connection.recv(65536):  # or its ten seconds are over
            pass


# W7
def test_many_at_once_are_answered_and_leave_nothing_behind(visitor, playground):
    def ask():
        with ThreadPoolExecutor(50) as crowd:
            return {
                status for status, _, _ in crowd.map(lambda _: visitor.request("POST", "/api/begin", {}), range(200))
            }

    assert ask() == {200}
    before = resident()
    assert ask() == {200}
    assert resident() - before < 5e6


def test_one_that_does_not_read_holds_nothing_up(visitor, playground):
    idle = [socket.create_connection(("127.0.0.1", playground.port)) for _ in range(20)]
    for each in idle:
        each.sendall(f"GET /page/kernel.wasm HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\n\r\n".encode())
    for _ in range(5):
        assert visitor.request("GET", "/")[0] == 200
    for each in idle:
        each.close()


# W8
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
        "/page/..%5cserver.py",
        "/page/%252e%252e/server.py",
        "/page/....//server.py",
        "/page/%c0%ae%c0%ae/server.py",
        "/page/file:///etc/passwd",
        "/page/worker/../../server.py",
        "/page/worker/%2e%2e/%2e%2e/server.py",
        "/page/worker",
        "/api/../page/../server.py",
    ],
)
def test_no_other_file_is_served(visitor, path):
    assert visitor.request("GET", path)[0] in (404, 405)


# W9
@pytest.mark.parametrize("path", ["/", "/page/worker/worker.js", "/page/none", "/api/begin", "/api/none", "/api/learn"])
def test_every_answer_has_its_headers(visitor, path):
    for token in (visitor.playground.token, "wrong"):
        for method, body in (("GET", None), ("POST", {})):
            check_headers(visitor.request(method, path, body, x_selenite_token=token)[1])


def test_every_file_of_the_page_is_served_as_what_it_is(visitor):
    for name, kind in (("kernel.wasm", "application/wasm"), ("style.css", "text/css"), ("icon.png", "image/png")):
        status, headers, body = visitor.request("GET", f"/page/{name}")
        assert (status, headers["content-type"].partition(";")[0]) == (200, kind)
        assert body == (PAGE / name).read_bytes()
    for name in SCRIPTS:
        status, headers, body = visitor.request("GET", f"/page/{name}")
        assert (status, headers["content-type"].partition(";")[0]) == (200, "text/javascript")
        assert body.startswith(script(name).encode())
        assert (PAGE / name).read_bytes()[-400:] in body


def test_answers_to_what_is_no_request_have_the_headers_too(visitor, playground):
    answers = [
        raw(playground, b"nonsense\r\n\r\n"),
        raw(playground, b"GET / HTTP/1.1\r\nbad header\r\n\r\n"),
        raw(playground, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        raw(playground, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
    ]
    for answer in answers:
        head, *lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        assert " 400 " in head
        check_headers(dict(line.lower().split(": ", 1) for line in lines))
    for method, path, headers in (
        ("POST", "/api/learn", {"content_length": str(1 << 30)}),
        ("POST", "/", {}),
        ("GET", "/", {"host": "evil"}),
    ):
        check_headers(visitor.request(method, path, {} if method == "POST" else None, **headers)[1])


def test_an_error_of_our_own_has_them_too(visitor, monkeypatch, caplog):
    monkeypatch.setattr(visitor.playground, "first", lambda: 1 / 0)
    status, headers, _ = visitor.request("POST", "/api/begin", {})
    assert status == 500
    check_headers(headers)


def check_headers(headers):
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    assert directives["script-src"] == "'self' 'wasm-unsafe-eval'"  # no text becomes a script, but the kernel a module
    assert directives["worker-src"] == directives["connect-src"] == directives["style-src"] == "'self'"
    assert policy.count("unsafe") == 1
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.lower().startswith("access-control")]


# W10
def test_it_listens_on_this_machine_alone(playground):
    assert playground.socket.getsockname()[0] == "127.0.0.1"
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    ]
    own = [address for address in listening if address.endswith(f":{playground.port:04X}")]
    assert own == [f"0100007F:{playground.port:04X}"]
    six = [line.split()[1] for line in Path("/proc/net/tcp6").read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert not [address for address in six if address.endswith(f":{playground.port:04X}")]
    with pytest.raises(OptionError, match="may be in use"):
        bound(playground.port)


def test_a_port_takes_visitors_as_soon_as_its_address_is_known():
    with bound(0) as listening:
        socket.create_connection(listening.getsockname(), timeout=10).close()


def raw(playground, content):
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        connection.sendall(content)
        return connection.recv(4096)


def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * 4096
