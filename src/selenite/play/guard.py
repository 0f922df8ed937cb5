"""The door: who may ask, how much, and for how long. Everything that is not the page itself is turned away.

A page that the user happens to visit can send requests to this machine, too. So each must carry the token, which only
the address opened from the terminal has, must name this host, and must not come from another origin.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from hmac import compare_digest
from typing import Any

import msgspec

from selenite.play.wire import KIND

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_HEADERS, MOST_HEADER_BYTES = 64, 16_384
MOST_BODY = 64 << 20
TOO_LARGE = f"the page takes files of at most {MOST_BODY >> 20} MiB. For more: selenite fit FILE"
BODY_SECONDS = 10.0  # between two parts of a body
HEARD_SECONDS = 3.0  # that a refused sender may take to send the rest, after which it listens
ENTER_PATH = "/api/enter"
HEADERS = {  # of every answer, uvicorn's own too
    "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


class Refused(Exception):
    """A request that is turned away."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Guard:
    """Stands before an application; `key` opens the door once, to fetch the token."""

    def __init__(self, app: App, port: int, token: str, key: str = "") -> None:
        self.app, self.token, self.key = app, token, key
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        begun = False

        async def answer(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
            await send(message)

        try:
            self.check(scope)
            await self.app(scope, limited(receive, MOST_BODY), answer)
        except Refused as refused:
            if not begun:
                await Refusal(refused.status, refused.reason)(scope, receive, answer)

    def check(self, scope: Scope) -> None:
        """Raise unless a request may pass."""
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        if len(headers) > MOST_HEADERS or sum(len(n) + len(v) for n, v in headers) > MOST_HEADER_BYTES:
            raise Refused(431, "too many or too long headers")
        named: dict[str, list[str]] = {}
        for name, value in headers:
            named.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if "content-length" in named and "transfer-encoding" in named:
            raise Refused(400, "two lengths")
        hosts = named.get("host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            raise Refused(400, "this host is not served here")
        origins = named.get("origin", [])
        if origins and (len(origins) > 1 or origins[0].lower() not in {f"http://{host}" for host in self.hosts}):
            raise Refused(403, "another origin")
        site = named.get("sec-fetch-site", ["same-origin"])
        opened = site == ["none"] and scope["method"] == "GET"  # by the user: the address bar, a bookmark
        if site != ["same-origin"] and not opened:
            raise Refused(403, "another site")
        if scope["path"].startswith("/api/"):
            self._check_call(scope, named)
        elif scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "only GET")
        length = named.get("content-length", ["0"])[0]
        if not length.isdigit() or int(length) > MOST_BODY:
            raise Refused(413, TOO_LARGE)

    def _check_call(self, scope: Scope, named: dict[str, list[str]]) -> None:
        given = (named.get("x-selenite-token") or [""])[0].encode()
        if scope["path"] == ENTER_PATH and self.key and compare_digest(given, self.key.encode()):
            self.key = ""
        elif not compare_digest(given, self.token.encode()):
            raise Refused(403, "without the token; open the address that the terminal shows")
        kind = (named.get("content-type") or [""])[0].partition(";")[0].strip().lower()
        if scope["method"] == "POST" and kind != KIND:
            raise Refused(403, f"a message is {KIND}")


def limited(receive: Receive, most: int) -> Receive:
    """Return a receiver that takes no more bytes than that, and waits no longer than it should."""
    taken, over = 0, False

    async def receiver() -> MutableMapping[str, Any]:
        nonlocal taken, over
        if over:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), BODY_SECONDS)
        except TimeoutError:
            raise Refused(408, "too slow") from None
        taken += len(message.get("body", b""))
        over = taken > most or not message.get("more_body", False)
        if taken > most:
            raise Refused(413, TOO_LARGE)
        return message

    return receiver


class Refusal:
    """An answer in JSON, and the end of the connection.

    Many a sender listens only when all is sent, and would find the connection cut: so what still comes from one that
    may enter, and sends too much, is thrown away for a while.
    """

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.body = status, msgspec.json.encode({"error": reason})
        self.seconds = HEARD_SECONDS if status == 413 else 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self.body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                while self.seconds and (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body"})
