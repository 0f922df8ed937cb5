"""Who is turned away: hosts, origins, tokens, sizes, the slow and the many; what every answer says.

The numbers W1 to W10 are those of the cases that a page on one's own machine must stand.
"""

import hmac
import http.client
import json
import socket
import struct
import time
from itertools import repeat
from pathlib import Path

import pytest

from selenite.errors import OptionError
from selenite.play.guard import MOST_FILE, MOST_HEADERS, TOO_LARGE
from selenite.play.questions import QUESTIONS
from selenite.play.server import EXPORTS, bound
from selenite.play.serving import REQUEST_SECONDS
from selenite.play.stream import MOST_PAGES
from selenite.play.verbs import VERBS

GETS = ["/api/state", "/api/stream", "/api/nothing", *(f"/api/export/{what}" for what in EXPORTS)]
CALLS = [*GETS, "/api/file", "/api/enter", *(f"/api/{verb}" for verb in (*VERBS, *QUESTIONS))]


# W1
HOSTS = [
    "evil.example", "127.0.0.1.evil.example", "user@evil", "user@127.0.0.1", "", "localhost.", "[::1]", "127.0.0.1",
    "127.0.0.1:1", "localhost:1", "evil.example:PORT", "127.0.0.1:PORT@evil.example", "127.0.0.1:PORT, evil", None,
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused(visitor, host):
    host = host and host.replace("PORT", str(visitor.playground.port))
    for path in ("/", "/page/main.js", "/api/state"):
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
    method, body = ("GET", None) if path in GETS else ("POST", {})
    token = visitor.playground.token
    for given in (None, "", "wrong", token[:-1], token + "x"):
        assert visitor.request(method, path, body, x_selenite_token=given)[0] == 403
    assert (
        visitor.request(method, f"{path}?token={token}&x-selenite-token={token}", body, x_selenite_token=None)[0] == 403
    )
    assert not visitor.state()["state"]["playing"]


def test_the_token_is_compared_in_constant_time_and_is_written_nowhere(visitor, monkeypatch, capfd, caplog):
    compared = []
    monkeypatch.setattr(
        "selenite.play.guard.compare_digest", lambda a, b: compared.append((a, b)) or hmac.compare_digest(a, b)
    )
    caplog.set_level("DEBUG")
    token = visitor.playground.token
    assert visitor.request("GET", "/api/state", x_selenite_token="wrong")[0] == 403
    assert (b"wrong", token.encode()) in compared
    for path in ("/", "/api/state", "/api/none", f"/?token={token}"):
        _, headers, body = visitor.request("GET", path)
        assert headers["referrer-policy"] == "no-referrer"  # so that no address travels
        assert token.encode() not in body
        assert token not in str(headers)
    written = "".join(capfd.readouterr()) + caplog.text
    assert token not in written


def test_the_browsers_key_opens_once(visitor):
    key = visitor.playground.key
    assert visitor.request("GET", "/api/state", x_selenite_token=key)[0] == 403
    status, _, body = visitor.request("POST", "/api/enter", {}, x_selenite_token=key)
    assert status == 200
    assert json.loads(body)["token"] == visitor.playground.token
    assert visitor.request("POST", "/api/enter", {}, x_selenite_token=key)[0] == 403


# W3
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
    before = visitor.state()
    for verb, message in (
        ("play", {"speed": 1}),
        ("step", {"what": "epoch"}),
        ("lesson", {"key": "part3"}),
        ("file", {}),
    ):
        assert visitor.request("POST", f"/api/{verb}", message, **headers)[0] == 403
    assert visitor.state() == before


# W5
def test_what_is_too_large_is_refused(visitor, playground):
    visitor.state()
    before = resident()
    for lengthy in (True, False):  # 10 MB, said beforehand or not
        assert string(playground, 10 << 20, lengthy) == 413
    assert (
        visitor.request("POST", "/api/change", content_length=str(2 << 20), content_type="application/json")[0] == 413
    )
    deep = b'{"settings":' * 1000 + b"1" + b"}" * 1000
    status, _, body = visitor.request("POST", "/api/change", deep)
    assert (status, list(json.loads(body))) == (200, ["error"])
    most = {f"x-{i}": "1" for i in range(MOST_HEADERS - 2)}  # beside host and token
    assert visitor.request("GET", "/api/state", **most)[0] == 200
    many = {f"x-{i}": "1" for i in range(MOST_HEADERS - 1)}
    assert visitor.request("GET", "/api/state", **many)[0] == 431
    assert visitor.request("GET", "/api/state", x_long="x" * 20_000)[0] in (400, 431)
    assert visitor.request("GET", "/api/state", x_long="x" * 70_000)[0] in (400, 431)
    assert resident() - before < 5e6


@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_too_large_a_file_hears_of_it(playground, chunked):
    """Though it listens only when all is sent: the connection is not cut before."""
    part = bytes(1 << 20)
    connection = http.client.HTTPConnection("127.0.0.1", playground.port, timeout=20)
    count = (MOST_FILE >> 20) + 16
    headers = {"X-Selenite-Token": playground.token, "Content-Type": "application/octet-stream"}
    if not chunked:
        headers["Content-Length"] = str(count << 20)
    connection.request("POST", "/api/file", (part for _ in range(count)), headers, encode_chunked=chunked)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (413, {"error": TOO_LARGE})
    assert "64 MiB" in TOO_LARGE
    connection.close()


def test_who_never_stops_sending_is_cut_off(playground, monkeypatch):
    monkeypatch.setattr("selenite.play.guard.HEARD_SECONDS", 0.2)
    head = (
        f"POST /api/open HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Selenite-Token: {playground.token}\r\n"
        f"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    part = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        connection.sendall(head.encode())
        with pytest.raises(ConnectionError):
            list(map(connection.sendall, repeat(part, 100_000)))


def test_two_lengths_are_refused(playground):
    head = (
        f"POST /api/play HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Selenite-Token: {playground.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    )
    assert b" 400 " in raw(playground, head.encode())


# W6
def test_the_silent_do_not_keep_others_waiting(visitor, playground, monkeypatch):
    assert REQUEST_SECONDS == 10
    monkeypatch.setattr("selenite.play.serving.REQUEST_SECONDS", 3.0)
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
    monkeypatch.setattr("selenite.play.serving.REQUEST_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        connection.sendall(f"GET /page/icon.svg HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\n\r\n".encode())
        assert b" 200 " in connection.recv(65536)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        while connection.recv(65536):  # or its ten seconds are over
            pass


# W7
def test_the_oldest_of_a_hundred_listeners_are_dropped(visitor, playground):
    visitor.call("play", speed=1)
    listeners = [listen(playground) for _ in range(100)]
    assert len(playground.stream.pages) == MOST_PAGES
    for each in listeners[:-MOST_PAGES]:  # were told that it is over
        each.settimeout(10)
        while each.recv(65536):
            pass
    for each in listeners[-MOST_PAGES:]:
        assert b"event: frame" in until(each, b"event: frame")
    for each in listeners[::2]:
        each.close()
    for each in listeners[1::2]:  # vanish: nothing is read, and nothing said
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        each.close()
    deadline = time.monotonic() + 10
    while playground.stream.pages and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not playground.stream.pages
    visitor.call("play", speed=1)
    epoch = visitor.state()["frame"]["epoch"]
    time.sleep(0.3)
    assert visitor.state()["frame"]["epoch"] > epoch


def test_listeners_that_come_and_go_leave_nothing_behind(visitor, playground):
    visitor.call("play", speed=1)

    def come_and_go():
        for _ in range(30):
            listen(playground).close()
        deadline = time.monotonic() + 10
        while playground.stream.pages and time.monotonic() < deadline:
            time.sleep(0.05)
        visitor.state()

    come_and_go()
    before = resident()
    for _ in range(3):
        come_and_go()
    assert resident() - before < 5e6
    deadline = time.monotonic() + 10  # and their connections are gone
    while len(playground.server.server_state.connections) > 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(playground.server.server_state.connections) <= 2


def test_one_that_does_not_read_holds_nothing_up_and_piles_nothing_up(visitor, playground):
    visitor.change(data="spiral", rows=500, hidden=[16, 16], activations=["tanh", "tanh"], auto_stop=False)
    idle = listen(playground)
    visitor.call("play", speed=1)
    time.sleep(0.5)
    before, epoch = resident(), visitor.state()["frame"]["epoch"]
    time.sleep(1)
    assert visitor.state()["frame"]["epoch"] > epoch
    assert resident() - before < 5e6
    idle.close()


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
        "/api/export/../state/x",
        "/api/export/%2e%2e%2fmodel",
    ],
)
def test_no_other_file_is_served(visitor, path):
    assert visitor.request("GET", path)[0] in (404, 405)


# W9
@pytest.mark.parametrize("path", ["/", "/page/main.js", "/page/none", "/api/state", "/api/none", "/api/stream"])
def test_every_answer_has_its_headers(visitor, path):
    for token in (visitor.playground.token, "wrong"):
        if path != "/api/stream" or token == "wrong":
            check_headers(visitor.request("GET", path, x_selenite_token=token)[1])


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
        ("POST", "/api/change", {"content_length": str(2 << 20)}),
        ("POST", "/", {}),
        ("GET", "/", {"host": "evil"}),
    ):
        check_headers(visitor.request(method, path, {} if method == "POST" else None, **headers)[1])


def test_an_error_of_our_own_has_them_too(visitor, monkeypatch, caplog):
    monkeypatch.setattr("selenite.play.server.everything", lambda bench: 1 / 0)
    status, headers, _ = visitor.request("GET", "/api/state")
    assert status == 500
    check_headers(headers)


def check_headers(headers):
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
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


def string(playground, size, lengthy):
    """Send a long JSON string; return the status, None where the connection was closed on it."""
    length = f"Content-Length: {size}" if lengthy else "Transfer-Encoding: chunked"
    head = (
        f"POST /api/open HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Selenite-Token: {playground.token}\r\n"
        f"Content-Type: application/json\r\n{length}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", playground.port), timeout=10) as connection:
        try:
            connection.sendall(head.encode())
            for k in range(size // 65536):
                part = (b'{"link":"' if k == 0 else b"").ljust(65536, b"x")
                connection.sendall(part if lengthy else b"10000\r\n" + part + b"\r\n")
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


def until(connection, text):
    """Read until a text has come."""
    connection.settimeout(10)
    found = b""
    while text not in found:
        part = connection.recv(65536)
        assert part, found[-200:]
        found += part
    return found


def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * 4096
